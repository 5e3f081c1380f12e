/* Commands on what runs in the background. */
#ifndef COMMAND_CMD_JOBS_H
#define COMMAND_CMD_JOBS_H

#include "command/command.h"

extern const struct command cmd_jobs, cmd_wait, cmd_cancel;

#endif
