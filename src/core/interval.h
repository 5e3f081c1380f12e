/* How certain a measured share is. */
#ifndef CORE_INTERVAL_H
#define CORE_INTERVAL_H

#include <stddef.h>

struct interval {
    double low, high; /* NaN when there is nothing to measure */
};

/* Wilson's 95 % interval of a share of `right` in n (Wilson 1927; docs/equations.md E7). */
struct interval interval_wilson(size_t right, size_t n);

/* Student's 95 % interval of the mean of n independent values (docs/equations.md E13); NaN
 * for fewer than two. */
struct interval interval_mean(const double *values, size_t n);

/* The middle 95 % of n values (linear interpolation between order statistics); sorts them.
 * NaN values are left out. */
struct interval interval_percentile(double *values, size_t n);

#endif
