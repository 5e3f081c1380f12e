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
    /* Shows the line in place of the one before; NULL takes it away. */
    void (*show)(struct progress *progress, const char *line);
    double (*clock)(void); /* clock_seconds outside of tests */
    size_t cells;          /* columns that a line may take */

    struct text what;
    const char *unit;    /* borrowed between begin and end; NULL: a bare percentage */
    double began, shown; /* when work began, and when the last line was shown */
    double first, done, total;
    bool counting, visible;
    struct text line;
    size_t width; /* of the line that is on the terminal */
};

/* Lines on standard error, if that is a terminal; cells is 0 otherwise and nothing is
 * shown. */
void progress_on_terminal(struct progress *progress);

void progress_begin(struct progress *progress, const char *what, const char *unit);

/* done of total so far, in the unit of progress_begin; total 0: not known. Shows a line at
 * most ten times a second and otherwise costs a look at the clock. The first update says
 * where counting starts, so that work that is resumed has a true rate. */
void progress_update(struct progress *progress, double done, double total);

/* Names what is being done within the same count: "epoch 3 of 10". */
void progress_say(struct progress *progress, const char *what);

void progress_end(struct progress *progress);  /* takes the line away, if there is one */
void progress_done(struct progress *progress); /* ends and frees the memory */

#endif
