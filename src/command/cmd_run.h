/* Commands about commands: run a script, tell how long things take, show a result again. */
#ifndef COMMAND_CMD_RUN_H
#define COMMAND_CMD_RUN_H

#include "command/command.h"

extern const struct command cmd_run, cmd_timer, cmd_last, cmd_repl;

#endif
