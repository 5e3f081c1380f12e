/* The command `compare`: every method on one footing. */
#ifndef COMMAND_CMD_COMPARE_H
#define COMMAND_CMD_COMPARE_H

#include "command/command.h"

extern const struct command cmd_compare;

#endif
