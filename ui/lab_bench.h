/* The lab as the views see it: made on a worker, and brought to the settings of the state here.
 *
 * Where the encoder has to read a typed context together with each prompt it is asked in the background
 * (session/live.h). Until it has answered the lab keeps the context that it had, with all else as it is
 * wanted, and the snapshot says that it is stale; when the encoder cannot be reached, why.
 *
 *   1. lab_bench_open      takes counts of what the state holds
 *   2. lab_bench_make      on a worker: takes a while
 *   3. lab_bench_update    whenever the state is another
 *   4. lab_bench_done
 */
#ifndef UI_LAB_BENCH_H
#define UI_LAB_BENCH_H

#include <stdbool.h>

#include "base/text.h"
#include "session/lab.h"
#include "session/live.h"
#include "session/state.h"
#include "ui/view.h"

struct lab_bench {
    struct held_features *features; /* with counts, as the others; NULL: nothing was made */
    struct held_model *model;
    struct held_corpus *corpus; /* may be NULL */
    struct lab *lab;            /* NULL: there is none, */
    struct error wrong;         /* and this is why; status OK: nothing is wrong */
    bool is_set;
    struct lab_settings at; /* what it was brought to, or was refused at last */
    struct error refused;   /* why not to those; status OK: it was */
    double seconds;         /* that this took */
    /* Settings that it will be brought to when they rest, and since when they do; 0: none. */
    struct lab_settings wanted;
    double since;

    /* Where contexts are encoded elsewhere: what is asked for, and what the lab has of it. */
    struct live *live;        /* NULL: nothing was yet */
    char *text;               /* a context, NULL: none, */
    struct effect *effect;    /* and what it does; with a count */
    struct effect *at_effect; /* that the lab was brought to; with a count */
    int shown_percent;        /* of what is under way; -1: nothing is */
    struct text unreached;    /* why the encoder could not be asked; "": it could */
};

/* What it is helped by: threads, of which it uses one, and how long it waits. */
struct lab_help {
    struct pool *pool;
    struct live_options options;
};

void lab_bench_open(struct lab_bench *bench, const struct state *state);
enum status lab_bench_make(struct lab_bench *bench);
void lab_bench_done(struct lab_bench *bench);

/* Whether it is of what the state holds. */
bool lab_bench_fits(const struct lab_bench *bench, const struct state *state);

/* Brings it to the settings that are wanted, the state's or, is_typed, with what is being typed: at once if that is quick and else when they have rested for a
 * moment, so that typing never waits. Whether anything is another than before. */
bool lab_bench_update(struct lab_bench *bench, const struct state *state,
                      const struct lab_settings *wanted, bool is_typed,
                      struct lab_help *help);
/* Whether an answer of the encoder is still to come, and "encoding 40 %" of it. */
bool lab_bench_waits(const struct lab_bench *bench);
void lab_bench_add_progress(const struct lab_bench *bench, struct text *out);
/* Milliseconds until it should be asked again; -1: when the state is another. */
int lab_bench_pause(const struct lab_bench *bench);

void lab_bench_fill(const struct lab_bench *bench, const struct lab_settings *wanted,
                    struct snapshot *snapshot);

#endif
