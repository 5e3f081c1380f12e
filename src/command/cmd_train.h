#ifndef COMMAND_CMD_TRAIN_H
#define COMMAND_CMD_TRAIN_H

#include "command/command.h"

extern const struct command cmd_train;

#endif
