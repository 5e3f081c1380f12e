/* Paired bootstrap over prompts of mean accuracies (docs/equations.md E8).
 *
 * Prompts are drawn with replacement and bring all their pairs; every predictor is scored
 * on the same draw, so the interval of a difference is much narrower than the two intervals
 * suggest. The statistic is the unweighted mean over attributes. The oracle's heads are
 * those it chose on the whole split: were it to choose anew in every draw, its interval
 * would lie above its value, as the best of K noisy heads always does.
 */
#ifndef CORE_BOOTSTRAP_H
#define CORE_BOOTSTRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/jobs.h"
#include "core/interval.h"

struct bootstrap {
    size_t n_pairs, n_predictors, n_columns;
    const size_t *oracle_head; /* [n_columns] the predictor that is the oracle there */
    size_t reference;          /* predictor that differences are taken to; SIZE_MAX: none */
    const uint8_t *right;      /* (n_pairs, n_predictors) */
    const uint32_t *column;    /* [n_pairs] attribute */
    const int32_t *unit;       /* [n_pairs] prompt; pairs with -1 are units of their own */
    size_t resamples;
    uint64_t seed;
    const struct cancel *cancel; /* looked at in every draw; NULL: nobody stops it */
};

/* The same in steps, for whoever must not wait: bootstrap_create copies what it needs;
 * bootstrap_draw, `resamples` draws in all; then the intervals, with any reference.
 * Any division into steps gives the same bits as bootstrap_run. */
struct bootstrap_draws;
struct bootstrap_draws *bootstrap_create(const struct bootstrap *bootstrap);
void bootstrap_free(struct bootstrap_draws *draws); /* NULL is allowed */
void bootstrap_draw(struct bootstrap_draws *draws, size_t most);
/* All that are left; when it is stopped, all intervals are NaN from then on. */
void bootstrap_draw_all(struct bootstrap_draws *draws, const struct cancel *cancel);
bool bootstrap_finished(const struct bootstrap_draws *draws);
size_t bootstrap_units(const struct bootstrap_draws *draws); /* prompts */
/* Multiplications of one draw, to choose how many make a step. */
size_t bootstrap_cost(const struct bootstrap_draws *draws);
void bootstrap_differences(const struct bootstrap_draws *draws, size_t reference,
                           struct interval *differences);
void bootstrap_means(const struct bootstrap_draws *draws, struct interval *means);

/* Intervals of n_predictors + 1 means, the last one the oracle's, and of their differences
 * to the reference (NaN without one). Returns the number of prompts. When it is stopped all
 * intervals are NaN. */
size_t bootstrap_run(const struct bootstrap *bootstrap, struct interval *means,
                     struct interval *differences);

#endif
