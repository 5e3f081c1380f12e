/* Commands that make data from data: import and encode. */
#ifndef COMMAND_CMD_DATA_H
#define COMMAND_CMD_DATA_H

#include "command/command.h"

extern const struct command cmd_import, cmd_encode;

#endif
