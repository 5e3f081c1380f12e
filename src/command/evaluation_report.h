/* The tables of an evaluation; shared by eval, demo and the overview. */
#ifndef COMMAND_EVALUATION_REPORT_H
#define COMMAND_EVALUATION_REPORT_H

#include "command/report.h"
#include "core/evaluate.h"

/* Adds values, the table "heads" (the main one), and what follows for the question whether a mixture
 * helps. In text mode "heads" has a row an attribute and "intervals" stands apart; in the other
 * modes it has a row a predictor with the intervals in it, and "attributes" has the pairs. */
void evaluation_report(const struct evaluation *evaluation, struct report *report,
                       enum table_mode mode);

/* Appends what that question is answered with: two sentences or more in two lines. Nothing when
 * there is no single head to compare with, or no interval of the difference. */
void evaluation_verdict(const struct evaluation *evaluation, struct text *out);

#endif
