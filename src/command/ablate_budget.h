/* `ablate budget` and `ablate tau`: accuracy of the adapted router against the number of
 * labelled pairs of each attribute (the paper's Figure 4), and against tau. */
#ifndef COMMAND_ABLATE_BUDGET_H
#define COMMAND_ABLATE_BUDGET_H

#include "command/call.h"
#include "command/subject.h"

struct ablate_budget {
    const double *values; /* the points, in the order in which they are shown: budgets
                             (whole numbers from 0) or taus (above 0) */
    size_t n_values;
    size_t budget; /* of `ablate tau` */
    double tau;    /* of `ablate budget` */
    size_t runs;   /* budgets drawn for each point, >= 1 */
    enum split split;
};

/* Adapt at every point and fill the call's report. STATUS_USAGE for values that are no
 * budgets or taus, STATUS_CANCELLED, or errors of adapting; the caller names the file. */
enum status ablate_budget_run(struct call *call, const struct subject *subject,
                              const struct ablate_budget *ablation, struct error *err);
enum status ablate_budget_run_tau(struct call *call, const struct subject *subject,
                                  const struct ablate_budget *ablation, struct error *err);

#endif
