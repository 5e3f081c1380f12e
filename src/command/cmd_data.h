/* Commands that make and describe data: import, synth, encode, info. */
#ifndef COMMAND_CMD_DATA_H
#define COMMAND_CMD_DATA_H

#include "command/command.h"

extern const struct command cmd_import, cmd_encode;

#endif
