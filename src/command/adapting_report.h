/* Runs adaptations under a call, and says what came of them; shared by adapt and ablate. */
#ifndef COMMAND_ADAPTING_REPORT_H
#define COMMAND_ADAPTING_REPORT_H

#include "command/call.h"
#include "core/interval.h"
#include "session/adapting.h"

/* Who is told after every run; run NULL: nobody. */
struct adapting_watcher {
    void (*run)(const struct adapting *adapting, size_t n_done, const void *self);
    const void *self;
};

/* Steps until all runs have finished or the call is cancelled (STATUS_CANCELLED). *seconds
 * is the time of the steps alone. */
enum status adapting_watch(struct adapting *adapting, struct call *call,
                           const struct adapting_watcher *watcher, double *seconds,
                           struct error *err);

/* Something of every run of a setting: its mean, and its interval over the runs. */
struct over_runs {
    double mean;
    struct interval interval;
};
struct over_runs adapting_over_runs(const struct adapting *adapting, size_t setting,
                                    size_t n_runs,
                                    double (*of)(const struct adapting_run *run));

/* For it: accuracy of the adapted mixture (mean over attributes), its likelihood, losses of
 * the last epoch. */
double adapting_accuracy(const struct adapting_run *run);
double adapting_nll(const struct adapting_run *run);
double adapting_cross_entropy(const struct adapting_run *run);
double adapting_label_entropy(const struct adapting_run *run);

/* Values that say what the model is without adaptation: accuracy of the single head, of the
 * mixture by prompts and by contexts, of the oracle. */
void adapting_report_before(const struct adapting *adapting, struct report *report);

/* Whether a rule teaches the router, which can then be saved; em is hedge with tau 1. */
static inline bool adapting_routes(enum weigh_rule rule)
{
    return rule == WEIGH_HEDGE || rule == WEIGH_EM;
}

/* All there is to say of one setting: table "accuracy" by attribute (the main one),
 * "summary" of every predictor, "runs". In "accuracy" stands the adapted router, or with a
 * rule that has none (stack and em-residual) what the rule makes of the same labels. */
void adapting_report(const struct adapting *adapting, size_t n_runs, enum weigh_rule rule,
                     struct report *report);

#endif
