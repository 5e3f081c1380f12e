#ifndef COMMAND_CMD_BOUND_H
#define COMMAND_CMD_BOUND_H

#include "command/command.h"

extern const struct command cmd_bound;

#endif
