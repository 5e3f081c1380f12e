/* The tables of a corpus's census; shared by info, synth and demo. */
#ifndef COMMAND_CENSUS_REPORT_H
#define COMMAND_CENSUS_REPORT_H

#include "command/report.h"
#include "corpus/census.h"

void census_report(const struct census *census, const struct corpus *corpus,
                   struct report *report);

/* The table "attributes", of a corpus as of features: counts (n, ATTRIBUTE_COUNTS) of pairs in each
 * split, the last of those in none, which are shown when has_unsplit; and their sums. */
enum { ATTRIBUTE_COUNTS = CORPUS_SPLIT_COUNT + 1 };
void report_attribute_pairs(struct report *report, const char *const *names,
                            const size_t *counts, size_t n, bool has_unsplit);

/* How often two attributes, judging the same two responses, disagree: the mean over the conflicts
 * counted, weighed by their number; NaN when no responses are judged under two attributes. */
double census_conflict_rate(const struct census *census);

#endif
