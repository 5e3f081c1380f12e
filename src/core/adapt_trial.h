/* A trial of stage 2: a model adapted to a budget drawn by seed, then judged with its router
 * reading contexts (docs/equations.md E13). A model without a router is judged as it is.
 *
 * Call order: adapt_trial_create; adapt_trial_step until adapt_trial_finished;
 * adapt_trial_accuracy; adapt_trial_free.
 */
#ifndef CORE_ADAPT_TRIAL_H
#define CORE_ADAPT_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/features.h"
#include "core/model.h"

struct adapt_trial_options {
    size_t per_attribute;   /* labelled pairs of each attribute */
    uint64_t seed;          /* of the budget, and of the order of its pairs */
    enum split split;       /* to be judged on */
    struct workers workers; /* team is needed */
};

struct adapt_trial;

/* By adapt_defaults, the learning rate chosen (E13). features are borrowed; *model is taken over
 * and emptied, also on failure. Errors as of budget_draw and adapt_create; NULL on failure. */
struct adapt_trial *adapt_trial_create(const struct features *features, struct model *model,
                                       const struct adapt_trial_options *options,
                                       struct error *err);
void adapt_trial_free(struct adapt_trial *trial); /* NULL is allowed */

/* Errors as of adapt_budget_step and evaluate. */
enum status adapt_trial_step(struct adapt_trial *trial, struct error *err);
bool adapt_trial_finished(const struct adapt_trial *trial);

double adapt_trial_done_share(const struct adapt_trial *trial); /* 0 to 1 */

/* Of the adapted mixture, mean over attributes; once it has finished. */
double adapt_trial_accuracy(const struct adapt_trial *trial);

#endif
