/* A comparison on RewardBench by the benchmark's categories. */
#ifndef COMMAND_COMPARE_CATEGORIES_H
#define COMMAND_COMPARE_CATEGORIES_H

#include "command/compare_report.h"

/* Adds the table `categories`, each method under both weightings, when every group is one of the
 * benchmark's subsets; nothing otherwise. */
void compare_categories(const struct compare_report *what,
                        const struct comparing_results *results, struct report *report);

#endif
