/* The kinds of ablate that adapt a model, budget and tau: accuracy of the adapted router against the number of
 * labelled pairs of each attribute (the paper's Figure 4), and against tau. */
#ifndef COMMAND_ABLATE_BUDGET_H
#define COMMAND_ABLATE_BUDGET_H

#include "command/call.h"

/* The call's args are a struct ablate_args; --model is needed, --seeds are the budgets drawn
 * for each point. Both adapt at every point, the learning rate chosen anew (E13), and fill
 * the call's report. STATUS_USAGE without a model or for values that are no budgets or taus,
 * STATUS_CANCELLED, or errors of opening and adapting. */
enum status ablate_budget(struct call *call, struct error *err);
enum status ablate_tau(struct call *call, struct error *err);

#endif
