#ifndef COMMAND_CMD_INFO_H
#define COMMAND_CMD_INFO_H

#include "command/command.h"

extern const struct command cmd_info;

#endif
