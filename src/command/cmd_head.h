#ifndef COMMAND_CMD_HEAD_H
#define COMMAND_CMD_HEAD_H

#include "command/command.h"

extern const struct command cmd_head;

#endif
