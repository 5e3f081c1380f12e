/* The logistic function in double, and logistic regression on labelled pairs.
 *
 * Regression (docs/equations.md E23): every pair counts as one example whose label is 1,
 *
 *     minimise over b   sum_i -log sigma( offset_i + b . x_i )  +  (ridge / 2) |b|^2
 *
 * without intercept, as the chosen response stands first in every pair and so there is no
 * order to learn. Solved by Newton's method whose steps come from conjugate gradients, so
 * that thousands of features cost no matrix of their squares.
 */
#ifndef CORE_LOGISTIC_H
#define CORE_LOGISTIC_H

#include <stddef.h>

#include "base/error.h"

double logistic(double margin);     /* sigma(m), without overflow */
double log_logistic(double margin); /* log sigma(m), without overflow */

struct logistic_problem {
    size_t n, width;
    const double *x;      /* (n, width) */
    const double *offset; /* [n]; NULL: 0 */
    double ridge;         /* > 0, so that the minimum exists and is one */
};

/* b: [width], set to the minimum, at which the gradient's norm is 1e-9 of what it can be.
 * STATUS_NUMERIC when x or offset is not finite, STATUS_NO_MEMORY; b is then unspecified. */
enum status logistic_fit(const struct logistic_problem *problem, double *b,
                         struct error *err);

#endif
