/* One adaptation on a budget: chooses the learning rate on an inner split of the budget,
 * then adapts on all of it (docs/equations.md E13). Nothing but the budget's pairs is seen.
 *
 * Call order: adapt_budget_create; adapt_budget_step until adapt_budget_finished;
 * adapt_budget_model; adapt_budget_free.
 */
#ifndef CORE_ADAPT_BUDGET_H
#define CORE_ADAPT_BUDGET_H

#include "core/adapt.h"
#include "core/budget.h"

/* Rates that are tried when none is given, from the smallest. */
enum { ADAPT_RATES = 5 };
extern const double adapt_rates[ADAPT_RATES];

struct adapt_budget;

/* Options as of adapt; learning_rate 0 chooses it. features, model, budget and team are
 * borrowed. A budget too small for an inner split takes adapt_defaults' rate; an empty one
 * leaves the model as it is. NULL on failure, with errors as of adapt_create. */
struct adapt_budget *adapt_budget_create(const struct features *features,
                                         const struct model *model,
                                         const struct budget *budget,
                                         const struct adapt_options *options,
                                         struct team *team, struct error *err);
void adapt_budget_free(struct adapt_budget *work); /* NULL is allowed */

enum status adapt_budget_step(struct adapt_budget *work, struct error *err);
bool adapt_budget_finished(const struct adapt_budget *work);

/* Share of the work that is done, 0 to 1. */
double adapt_budget_done_share(const struct adapt_budget *work);

/* Once it has finished: the rate that was used, losses of the last epoch (NaN for an empty
 * budget), and a copy of the adapted model. */
double adapt_budget_rate(const struct adapt_budget *work);
struct adapt_losses adapt_budget_losses(const struct adapt_budget *work);
enum status adapt_budget_model(const struct adapt_budget *work, struct model *model,
                               struct error *err);

#endif
