#include "command/table.h"

#include <stddef.h>

#include "command/cmd_help.h"

const struct command *const command_table[] = {&cmd_help, &cmd_version, NULL};
