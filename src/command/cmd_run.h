/* Commands about commands: run a script, and tell how long things take. */
#ifndef COMMAND_CMD_RUN_H
#define COMMAND_CMD_RUN_H

#include "command/command.h"

extern const struct command cmd_run, cmd_timer;

#endif
