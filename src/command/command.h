/* A command: one row that says all there is to know about it.
 *
 * The row lies beside its handler; command/table.c lists the rows. The command line, help,
 * the manual and (later) the REPL, key bindings and completion read the same rows.
 */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

#include <stddef.h>

#include "base/error.h"
#include "base/text.h"
#include "command/field.h"

struct call;

struct command {
    const char *name;  /* one lower-case word */
    const char *group; /* heading in the overview: "data", "model", ...; rows of a group
                          stand together */
    const char *help;  /* one sentence without full stop, at most 60 characters */
    const char *more;  /* paragraphs and examples for `microscope help NAME`; NULL: none */
    const struct field
        *fields;      /* ended by {0}; NULL: none. Names of command_options are taken */
    size_t args_size; /* of the struct that the fields describe */
    enum status (*run)(struct call *call, struct error *err);
};

/* Options that every command has, in the same notation. */
struct common {
    bool help, json, quiet;
    int mode;          /* enum table_mode; TABLE_JSON when --json was given */
    const char *table; /* NULL: the main one */
    size_t seed;
    size_t threads; /* at least 1: 0 on the command line means every processor */
};
extern const struct field command_options[];

/* The row of that name or of the only name that begins so; NULL with STATUS_USAGE, which
 * lists the candidates or names the nearest row. */
const struct command *command_find(const struct command *const *table, const char *name,
                                   struct error *err);

/* The nearest of n names when it is near enough to be meant; NULL otherwise. */
const char *command_nearest(const char *typed, const char *const *names, size_t n);

/* Among the command's own fields and command_options: an option by its long name, or NULL.
 */
const struct field *command_option(const struct command *command, const char *name);

/* Appends "microscope train FEATURES [--heads N] ..." without newline; options in short
 * form
 * "[options]" when `brief`. */
void command_add_usage(const struct command *command, bool brief, struct text *out);

#endif
