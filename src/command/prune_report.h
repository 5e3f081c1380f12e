/* The tables of a pruning. */
#ifndef COMMAND_PRUNE_REPORT_H
#define COMMAND_PRUNE_REPORT_H

#include "command/call.h"
#include "core/features.h"
#include "core/prune.h"

/* Predictions of all heads on one split. */
struct prune_view {
    enum split split;
    uint32_t *pairs; /* [predictions.n] owned */
    struct predictions predictions;
};

struct pruning {
    const struct features *features;
    struct prune_view views[2]; /* the split that decides, and the test split if it is
                                   another one and has pairs */
    size_t n_views;
    struct correlation correlation;
    struct prune_index index;
    const double *merge; /* the index's importance, or NULL: heads are dropped */
    double threshold;
    uint32_t *leader;   /* [K] the cut at the threshold */
    struct model model; /* without the other heads */
};

/* Adds who is kept ("heads", the main table), "correlation", and "accuracy" before and
 * after, all of the model as it is written. Errors as of predictions_make. */
enum status prune_report(const struct pruning *pruning, struct call *call, size_t resamples,
                         struct error *err);

/* Adds "curve": every cut that a threshold from 1 down can make, merges computed exactly.
 * STATUS_NO_MEMORY, STATUS_CANCELLED. */
enum status prune_report_curve(struct pruning *pruning, struct call *call,
                               struct error *err);

#endif
