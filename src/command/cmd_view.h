/* Commands on how a view shows things: order, filter, scale, columns, and marked prompts. Part of the
 * state, so undo takes them back and saved sessions have them. A view reads them as entries of
 * state.views, "heads.sort" and the like, with what stands behind the command's view as the value. */
#ifndef COMMAND_CMD_VIEW_H
#define COMMAND_CMD_VIEW_H

#include "command/command.h"

extern const struct command cmd_sort, cmd_filter, cmd_scale, cmd_columns, cmd_show,
    cmd_mark;

#endif
