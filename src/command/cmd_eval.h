#ifndef COMMAND_CMD_EVAL_H
#define COMMAND_CMD_EVAL_H

#include "command/command.h"

extern const struct command cmd_eval;

#endif
