/* The tables of `microscope hedge`. */
#ifndef COMMAND_HEDGE_REPORT_H
#define COMMAND_HEDGE_REPORT_H

#include <stddef.h>

#include "command/report.h"
#include "session/labelling.h"

/* One row a labelled pair: the pair's number among the features' pairs (pairs[i] for step
 * i), what each head said of it, the weights before and after, the mixture's probability
 * before it saw the label, loss, regret, bound. For people in several tables, for programs
 * in one. */
void hedge_report_steps(struct report *report, const struct hedge *hedge,
                        const size_t *pairs, size_t n_heads, enum table_mode mode);

/* Accuracy on the test pairs: adapted weights, the router, the single head. */
void hedge_report_scores(struct report *report, const struct labelling *labelling,
                         struct labelling_score before, struct labelling_score after);

/* Accuracy and loss after 0 .. most labels by order, means over attributes and seeds, and how
 * many labels in random order do as much as so many informative ones. accuracy, loss:
 * [orders of offer.h, most + 1]. */
void hedge_report_orders(struct report *report, const double *accuracy, const double *loss,
                         size_t most);

#endif
