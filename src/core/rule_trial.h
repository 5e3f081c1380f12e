/* The weight rules and controls of weigh.h on a budget, side by side: every attribute's
 * weights come from its own labelled pairs, and decide the pairs of that attribute in a
 * split. Nobody routes: the attribute of every pair is known (docs/equations.md E14).
 *
 * Call order: rule_trial_create; rule_trial_step, an attribute at a time, until
 * rule_trial_finished; rule_trial_scores; rule_trial_free.
 */
#ifndef CORE_RULE_TRIAL_H
#define CORE_RULE_TRIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "core/budget.h"
#include "core/features.h"
#include "core/model.h"
#include "core/weigh.h"

/* Of one rule; NaN when the rule has nothing to go by (from-single without single head). */
struct rule_score {
    double mean; /* accuracy, unweighted over the attributes that have pairs in the split */
    double nll;  /* nats per pair */
};

struct rule_trial;

/* scale [K]: of weigh_scales on the training pairs; copied. The rest is borrowed. Errors as
 * of predictions_make. NULL on failure. */
struct rule_trial *rule_trial_create(const struct features *features,
                                     const struct model *model, const struct budget *budget,
                                     enum split split, const double *scale,
                                     struct error *err);
void rule_trial_free(struct rule_trial *trial); /* NULL is allowed */

enum status rule_trial_step(struct rule_trial *trial, struct error *err);
bool rule_trial_finished(const struct rule_trial *trial);

/* [WEIGH_COUNT], once it has finished. */
void rule_trial_scores(const struct rule_trial *trial, struct rule_score *out);

/* Accuracy of a rule on an attribute of the features that is done; NaN without pairs. */
double rule_trial_accuracy(const struct rule_trial *trial, enum weigh_rule rule,
                           size_t attribute);

#endif
