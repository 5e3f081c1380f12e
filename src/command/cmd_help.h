/* Commands about the program itself. */
#ifndef COMMAND_CMD_HELP_H
#define COMMAND_CMD_HELP_H

#include "command/command.h"

extern const struct command cmd_help, cmd_version, cmd_completions;

#endif
