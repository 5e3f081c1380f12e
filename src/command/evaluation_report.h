/* The tables of an evaluation; shared by eval and demo. */
#ifndef COMMAND_EVALUATION_REPORT_H
#define COMMAND_EVALUATION_REPORT_H

#include "command/report.h"
#include "core/evaluate.h"

/* Adds the tables "heads" (the main one), "intervals" in text mode, where "heads" leaves them out for
 * width, "summary", and what follows for the question whether a mixture helps. */
void evaluation_report(const struct evaluation *evaluation, struct report *report,
                       enum table_mode mode);

#endif
