/* Commands of the context lab: a typed context, labels, and the router fine-tuned on them. */
#ifndef COMMAND_CMD_LAB_H
#define COMMAND_CMD_LAB_H

#include "command/command.h"

extern const struct command cmd_context, cmd_lab, cmd_label, cmd_tune;

#endif
