#ifndef COMMAND_CMD_ROUTE_H
#define COMMAND_CMD_ROUTE_H

#include "command/command.h"

extern const struct command cmd_route;

#endif
