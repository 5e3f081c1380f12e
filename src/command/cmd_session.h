/* Commands on what a session holds: open, set, undo, redo and their history, pin, the log, save. */
#ifndef COMMAND_CMD_SESSION_H
#define COMMAND_CMD_SESSION_H

#include "command/command.h"

extern const struct command cmd_open, cmd_set, cmd_undo, cmd_redo, cmd_history, cmd_pin,
    cmd_log, cmd_save;

#endif
