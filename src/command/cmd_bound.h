#ifndef COMMAND_CMD_BOUND_H
#define COMMAND_CMD_BOUND_H

#include "base/text.h"
#include "command/command.h"
#include "core/bound.h"

extern const struct command cmd_bound;

/* Appends how much of a single head's loss any reward pays; bound->single is not NaN. */
void bound_verdict(const struct bound *bound, struct text *out);

#endif
