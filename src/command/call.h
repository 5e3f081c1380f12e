/* What a handler gets when its command is run. */
#ifndef COMMAND_CALL_H
#define COMMAND_CALL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/jobs.h"
#include "command/progress.h"
#include "command/report.h"
#include "io/table.h"
#include "session/held.h"

struct command;
struct workspace;
struct interpreter;

/* What a command leaves to the session that it is part of. */
struct outcome {
    /* Each owned; takes the place of the session's; NULL: that one stays. */
    struct held_corpus *corpus;
    struct held_features *features;
    struct held_model *model;
    /* Owned; the line that the log has instead of the one that was typed, so that a saved session
     * says more than it did. NULL: that one. */
    char *line;
    /* Borrowed until the command has ended: the report to be written instead of the call's own. */
    const struct report *instead;
};

struct call {
    const struct command *command;
    const void *args; /* the command's own struct; texts in it are valid during the call */

    size_t seed, threads; /* threads is at least 1 */
    bool quiet;
    bool force;           /* what is there may be replaced, what is not saved may go */
    enum table_mode mode; /* how the report will be written */

    struct cancel *cancel;     /* look at it every step: cancel_asked(call->cancel) */
    struct progress *progress; /* NULL: nobody looks */
    struct report *report;     /* to be filled */

    /* Within a session; all NULL on the command line. */
    const struct given
        *given; /* fields of a held kind that were left out name what is in it */
    struct outcome *outcome;     /* to be filled */
    struct workspace *workspace; /* COMMAND_SESSION and COMMAND_DISPLAY only */
    struct interpreter
        *interpreter; /* the same: jobs, results, and what is on the screen */

    const char *source; /* the line as it can be run again */

    /* Shows a table of what is there so far while the command goes on (call_show). */
    void (*show)(void *self, struct table *table);
    void *self;

    const struct command *const *commands; /* the table, ended by NULL */
};

/* Hands over a table of what is there so far; it takes the place of the one before of that name. */
void call_show(const struct call *call, struct table *table);

/* The report only says what was done to the session: for people it goes to standard error, so that
 * standard output has the results of a script and no more. */
void call_yield_to_results(struct call *call);

#endif
