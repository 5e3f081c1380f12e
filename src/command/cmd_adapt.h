#ifndef COMMAND_CMD_ADAPT_H
#define COMMAND_CMD_ADAPT_H

#include "command/command.h"

extern const struct command cmd_adapt;

#endif
