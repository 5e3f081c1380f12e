/* The lab as the views see it: made on a worker, and brought to the settings of the state here.
 *
 *   1. lab_bench_open      takes counts of what the state holds
 *   2. lab_bench_make      on a worker: takes a while
 *   3. lab_bench_update    whenever the state is another
 *   4. lab_bench_done
 */
#ifndef UI_LAB_BENCH_H
#define UI_LAB_BENCH_H

#include <stdbool.h>

#include "session/lab.h"
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
};

void lab_bench_open(struct lab_bench *bench, const struct state *state);
enum status lab_bench_make(struct lab_bench *bench);
void lab_bench_done(struct lab_bench *bench);

/* Whether it is of what the state holds. */
bool lab_bench_fits(const struct lab_bench *bench, const struct state *state);

/* Brings it to the wanted settings (the state's, or those with what is being typed), at once if that is quick and else when they have rested for a
 * moment, so that typing never waits. Whether anything is another than before. */
bool lab_bench_update(struct lab_bench *bench, const struct state *state,
                      const struct lab_settings *wanted);
/* Milliseconds until it should be asked again; -1: when the state is another. */
int lab_bench_pause(const struct lab_bench *bench);

void lab_bench_fill(const struct lab_bench *bench, struct snapshot *snapshot,
                    const struct lab_settings *wanted);

#endif
