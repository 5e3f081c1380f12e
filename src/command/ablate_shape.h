/* The kinds of ablate that train: over heads, alpha and hidden units. */
#ifndef COMMAND_ABLATE_SHAPE_H
#define COMMAND_ABLATE_SHAPE_H

#include "command/call.h"

enum status ablate_heads(struct call *call, struct error *err);
enum status ablate_alpha(struct call *call, struct error *err);
enum status ablate_hidden(struct call *call, struct error *err);

#endif
