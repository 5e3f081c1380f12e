/* The insides of an analysis, shared by analysis*.c only. */
#ifndef SESSION_ANALYSIS_INSIDE_H
#define SESSION_ANALYSIS_INSIDE_H

#include "core/bootstrap.h"
#include "session/analysis.h"

/* What is left to do: `phase` of analysis_phases, and how far it is. */
struct analysis_work {
    size_t phase;
    size_t done, of;               /* of the phase, to show */
    size_t at;                     /* place in the phase: a pair, a head, a view */
    bool begun;                    /* the phase */
    struct bootstrap_draws *draws; /* of the intervals at work */
    struct prune_view views[2];    /* of pruning, until the curve takes them */
    size_t n_views;
};

/* One step of a phase; sets *more when there is more of it. */
struct analysis_phase {
    enum status (*run)(struct analysis *analysis, bool *more, struct error *err);
    enum analysis_stage reached; /* when it has ended; ANALYSIS_NOTHING: none of its own */
};
extern const struct analysis_phase analysis_phases[];
extern const size_t analysis_n_phases;

/* Pairs whose predictions make a step. */
size_t analysis_slice(const struct analysis *analysis);

/* Index of predictions, routes and evaluations. */
static inline size_t analysis_routing(const struct analysis *analysis, enum routing routing)
{
    return routing == ROUTE_CONTEXT && analysis->has_contexts ? 1 : 0;
}

void analysis_work_free(struct analysis_work *work);

#endif
