/* The tables of a comparison. */
#ifndef COMMAND_COMPARE_REPORT_H
#define COMMAND_COMPARE_REPORT_H

#include "command/call.h"
#include "command/report.h"
#include "session/comparing.h"

struct compare_report {
    const struct comparing *comparing;
    const struct comparing_options *options;
    const char *command; /* the line that runs all of it again, without --methods */
};

/* `methods`: a row a method with mean, difference, what it was told, and the line that gives it
 * alone; `accuracy`: methods by groups; and for the subsets of RewardBench `categories`. Into the call's
 * report, and shown as below. */
void compare_report(const struct compare_report *what, const struct call *call);

/* The methods with their accuracies by group as far as they are known, for whoever watches: a table
 * "comparison". */
void compare_show(const struct compare_report *what, const struct call *call);

#endif
