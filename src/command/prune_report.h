/* The tables of a pruning. */
#ifndef COMMAND_PRUNE_REPORT_H
#define COMMAND_PRUNE_REPORT_H

#include "command/call.h"
#include "core/features.h"
#include "core/prune_curve.h"

struct pruning {
    const struct features *features;
    struct prune_curve *curve; /* the figures that decide, and every cut */
    const double *merge;       /* the index's importance, or NULL: heads are dropped */
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
