#ifndef COMMAND_CMD_HEDGE_H
#define COMMAND_CMD_HEDGE_H

#include "command/command.h"

extern const struct command cmd_hedge;

#endif
