/* The list of commands and nothing else. */
#ifndef COMMAND_TABLE_H
#define COMMAND_TABLE_H

#include "command/command.h"

extern const struct command *const command_table[]; /* ended by NULL */

#endif
