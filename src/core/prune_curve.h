/* Every cut that a pruning threshold from 1 down can make, and what each costs
 * (docs/equations.md E17), so that a threshold can be moved by hand.
 *
 * Call order: prune_curve_create; prune_curve_step until prune_curve_finished; then it does
 * not change and may be read on any thread; prune_curve_free. Accuracies are there after
 * prune_curve_scored, the intervals of their differences when it is finished.
 */
#ifndef CORE_PRUNE_CURVE_H
#define CORE_PRUNE_CURVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "core/correlation.h"
#include "core/difference.h"
#include "core/prune.h"

/* Predictions of all heads on one split. */
struct prune_view {
    enum split split;
    uint32_t *pairs; /* [predictions.n] owned */
    struct predictions predictions;
};

struct prune_point {
    double high,
        low; /* the cut of thresholds in (low, high]; low is -HUGE_VAL for the last */
    size_t n_kept;
    uint32_t *leader; /* [K] the head that leads k's cluster, k itself when it is kept */
    /* By view: the split that decides, and test. */
    struct differences differences[2]; /* of the whole mixture to this one */
    double nll[2];                     /* of this one, nats per pair */
};

struct prune_curve_options {
    enum statistic statistic;
    bool centred, merge;
    size_t resamples; /* 0: no intervals */
    uint64_t seed;
    struct workers workers; /* of predicting and correlating */
};

struct prune_curve {
    const struct features *features; /* borrowed */
    struct prune_curve_options options;
    struct prune_view
        views[2]; /* the split that decides, and test if that is another one */
    size_t n_views;
    struct correlation correlation; /* of the first view */
    struct prune_index index;
    double nll[2];              /* of the whole mixture, by view */
    struct prune_point *points; /* [n_points] by falling threshold */
    size_t n_points;
    struct prune_curve_work *work; /* NULL when finished */
};

/* Takes over the predictions of the views, and their pairs. The features are borrowed.
 * STATUS_NO_MEMORY: then they are freed. */
struct prune_curve *prune_curve_create(const struct features *features,
                                       const struct prune_view *views, size_t n_views,
                                       const struct prune_curve_options *options,
                                       struct error *err);
/* The same, predicting first: `split` decides. STATUS_SHAPE when it is empty; errors of
 * predictions_make. */
struct prune_curve *prune_curve_open(const struct features *features,
                                     const struct model *model, enum split split,
                                     const struct prune_curve_options *options,
                                     struct error *err);
void prune_curve_free(struct prune_curve *curve); /* NULL is allowed */

enum status prune_curve_step(struct prune_curve *curve, struct error *err);
bool prune_curve_scored(const struct prune_curve *curve);
bool prune_curve_finished(const struct prune_curve *curve);

/* The one of a curve's points that a threshold makes; one above 1 is 1's. */
const struct prune_point *prune_point_at(const struct prune_point *points, size_t n_points,
                                         double threshold);

#endif
