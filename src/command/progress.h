/* Progress of long work: what, percent, rate, time left, in one line that is rewritten.
 *
 * Called from the thread that runs the command. A struct progress * may be NULL: nobody
 * looks. The front end decides where the line goes; the handler only counts:
 *
 *     progress_begin(call->progress, "reading summeval.jsonl", "pairs");
 *     for (...)
 *         progress_update(call->progress, done, total);
 *     progress_end(call->progress);
 */
#ifndef COMMAND_PROGRESS_H
#define COMMAND_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct progress {
    /* Shows the line in place of the one before; NULL clears it. */
    void (*show)(struct progress *progress, const char *line);
    size_t cells;          /* longest line that may be shown */
    double (*clock)(void); /* seconds; clock_seconds outside of tests */

    const char *what, *unit; /* borrowed between begin and end */
    double began, shown;     /* clock at begin, and when the line was last shown */
    double first, done, total;
    bool visible;
    struct text line;
};

/* A line on standard error that is rewritten at most ten times a second. */
void progress_on_terminal(struct progress *progress);

void progress_begin(struct progress *progress, const char *what, const char *unit);

/* done of total so far, in the unit of progress_begin; total 0: not known. Costs a look at
 * the clock. The first update says where counting starts, so that work that is resumed has
 * a true rate. */
void progress_update(struct progress *progress, double done, double total);

/* Changes what is being done within the same count: "epoch 3 of 10". */
void progress_say(struct progress *progress, const char *what);

void progress_end(
    struct progress *progress); /* clears the line; harmless when none is shown */
void progress_done(struct progress *progress); /* ends and frees the memory */

#endif
