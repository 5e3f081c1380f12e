/* A command: one row that says all there is to know about it.
 *
 * The row lies beside its handler; command/table.c lists the rows. The command line, help,
 * the manual and later the REPL, key bindings and completion read the same rows.
 */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"
#include "command/field.h"

struct call;

/* What a command works on, and so where and on which thread it can run. */
enum command_kind {
    COMMAND_WORK,   /* what it is given: anywhere, on any thread */
    COMMAND_WITHIN, /* the same, but only within a session, to which it leaves something */
    COMMAND_SESSION, /* the workspace: within a session, on the front end's thread, at once */
    COMMAND_DISPLAY, /* what is on the screen: the same; nothing where there is no screen */
};

struct command {
    const char *name;  /* one lower-case word */
    const char *group; /* heading in the overview; rows of a group stand together */
    const char *help;  /* one sentence without full stop, at most 60 characters */
    const char *more;  /* lines of at most 80 columns with examples; NULL: none */
    const struct field *fields; /* ended by {0}; NULL: none. One that is named as a common
                                 * option takes its place in this command */
    size_t args_size;           /* of the struct that the fields describe */
    enum command_kind kind;
    bool asks; /* COMMAND_SESSION: changes nothing, so no saved session needs it */
    enum status (*run)(struct call *call, struct error *err);
};

/* Whether it can run on any thread. */
static inline bool command_is_work(const struct command *command)
{
    return command->kind == COMMAND_WORK || command->kind == COMMAND_WITHIN;
}

/* Options that every command has, in the same notation. */
struct common {
    bool help, json, jsonl, quiet, force, pager;
    int mode; /* enum table_mode; that of --json or --jsonl where one is given */
    bool
        mode_is_given; /* by --mode, --json or the ending of --out; a setting must not win */
    const char *table;                  /* NULL: the main one */
    const char *where, *sort, *columns; /* of that table, see shaping.h; NULL: as it is */
    size_t top;                         /* rows of it; 0: all */
    int plot;                           /* enum plot: that table as a chart */
    const char *out;  /* file that the result goes to; NULL: standard output */
    const char *name; /* under which a session keeps the result; NULL: as the last one */
    size_t seed, threads; /* threads is at least 1; 0 on the line means every processor */
};
extern const struct field common_fields[]; /* ended by {0} */

/* The row of that name, or the only one whose name begins so; NULL with STATUS_USAGE, which
 * lists the candidates or names the nearest row. */
const struct command *command_find(const struct command *const *table, const char *name,
                                   struct error *err);

/* The nearest name of an option of the command, common ones included, or NULL. */
const char *command_nearest_option(const struct command *command, const char *typed);

/* Appends "microscope train FEATURES [options]". */
void command_add_usage(const struct command *command, struct text *out);

#endif
