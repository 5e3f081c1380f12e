/* The tables of a corpus's census; shared by info, synth and demo. */
#ifndef COMMAND_CENSUS_REPORT_H
#define COMMAND_CENSUS_REPORT_H

#include "command/report.h"
#include "corpus/census.h"

void census_report(const struct census *census, const struct corpus *corpus,
                   struct report *report);

/* How often two attributes, judging the same two responses, disagree: the mean over the conflicts
 * counted, weighed by their number; NaN when no responses are judged under two attributes. */
double census_conflict_rate(const struct census *census);

#endif
