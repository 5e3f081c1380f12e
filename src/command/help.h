/* Help: text made from the table of commands. */
#ifndef COMMAND_HELP_H
#define COMMAND_HELP_H

#include "base/text.h"
#include "command/command.h"
#include "io/table.h"

/* What the program is, its commands by group, and its topics: at most 40 lines of 80 columns. When
 * there are more commands the last groups are names only. */
void help_overview(const struct command *const *table, struct text *out);

/* One command: usage, words, options with bounds, units and defaults, examples. A chapter
 * in TABLE_MARKDOWN, plain text of 80 columns otherwise. */
void help_command(const struct command *command, enum table_mode mode, struct text *out);

/* All commands, and the options that every one has: the reference part of the manual. */
void help_reference(const struct command *const *table, enum table_mode mode,
                    struct text *out);

/* "-o, --out FILE" and "where it goes (required)", for other forms of the manual. */
void help_add_signature(const struct field *field, struct text *out);
void help_add_meaning(const struct field *field, struct text *out);

#endif
