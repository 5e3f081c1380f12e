/* Help: text made from the table of commands. */
#ifndef COMMAND_HELP_H
#define COMMAND_HELP_H

#include "base/text.h"
#include "command/command.h"
#include "io/table.h"

/* What the program is, and its commands by group: at most 40 lines of 80 columns. */
void help_overview(const struct command *const *table, struct text *out);

/* One command: usage, words, options with bounds, units and defaults, examples. A chapter
 * in TABLE_MARKDOWN, plain text of 80 columns otherwise. */
void help_command(const struct command *command, enum table_mode mode, struct text *out);

/* All commands, and the options that every one has: the reference part of the manual. */
void help_reference(const struct command *const *table, enum table_mode mode,
                    struct text *out);

#endif
