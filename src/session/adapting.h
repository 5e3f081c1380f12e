/* Stage 2 as a user runs it: a model's router adapted to budgets of context pairs, several
 * runs for each setting, each evaluated beside the model as it was (docs/equations.md E13).
 *
 * Run r draws the same budget order under every setting, so settings are compared on the
 * same labels and a smaller budget is part of a larger one.
 *
 * Call order: adapting_create; adapting_step until adapting_finished (or stop any time);
 * results; adapting_free.
 */
#ifndef SESSION_ADAPTING_H
#define SESSION_ADAPTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/adapt.h"
#include "core/evaluate.h"
#include "core/features.h"
#include "core/model.h"
#include "core/rule_trial.h"

struct json;

/* What differs between the points of an ablation. */
struct adapting_setting {
    size_t budget; /* pairs of each attribute; 0: the model as it is */
    double tau;
};

struct adapting_options {
    struct adapt_options adapt; /* tau is the setting's; learning_rate 0: chosen (E13) */
    enum rule rule;             /* how the mixture decides */
    enum split split;           /* to evaluate on; budgets come from train */
    bool with_rules;            /* score the weight rules and controls on the same labels */
    size_t runs;                /* >= 1 */
    uint64_t seed;
    const struct cancel *cancel; /* looked at within evaluations; NULL: nobody stops them */
};

struct adapting_run {
    size_t n_pairs; /* of the budget */
    size_t n_short; /* attributes that had fewer pairs than asked for */
    double learning_rate;
    struct adapt_losses losses;   /* of the last epoch */
    struct evaluation evaluation; /* of the adapted model, by context; without intervals */
    struct rule_score rules[WEIGH_COUNT]; /* of the same labels; NaN unless asked for */
    double *rule_accuracy; /* owned; (columns of the evaluation, WEIGH_COUNT), likewise */
};

struct adapting;

/* features, model, settings and team are borrowed. Errors as of adapt_create, budget_draw
 * and evaluate; NULL on failure. */
struct adapting *adapting_create(const struct features *features, const struct model *model,
                                 const struct adapting_setting *settings, size_t n_settings,
                                 const struct adapting_options *options, struct team *team,
                                 struct error *err);
void adapting_free(struct adapting *adapting); /* NULL is allowed */

enum status adapting_step(struct adapting *adapting, struct error *err);
bool adapting_finished(const struct adapting *adapting);

/* Runs done so far, the one at work counted by its share, and how many there are. */
double adapting_done(const struct adapting *adapting);
size_t adapting_ended(const struct adapting *adapting); /* whole ones: have their results */
size_t adapting_total(const struct adapting *adapting);

/* The model as it is on the split, its router reading prompts or contexts; borrowed. */
const struct evaluation *adapting_before(const struct adapting *adapting,
                                         enum routing routing);

/* A run that has ended; borrowed. */
const struct adapting_run *adapting_result(const struct adapting *adapting, size_t setting,
                                           size_t run);

/* The adapted model of the first setting's first run, once that has ended, and the metadata
 * of its file: `given`, the model's own (NULL: none), and what was done to it. Both are the
 * caller's. */
enum status adapting_model(const struct adapting *adapting, const struct json *given,
                           struct model *model, struct json **metadata, struct error *err);

#endif
