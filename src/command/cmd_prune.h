#ifndef COMMAND_CMD_PRUNE_H
#define COMMAND_CMD_PRUNE_H

#include "command/command.h"

extern const struct command cmd_prune;

#endif
