/* Minimises a smooth function of many numbers by L-BFGS (Liu and Nocedal 1989), with a line
 * search that meets the strong Wolfe conditions (Nocedal and Wright, *Numerical
 * Optimization*, 2006, algorithms 7.4, 3.5 and 3.6).
 */
#ifndef CORE_LBFGS_H
#define CORE_LBFGS_H

#include <stddef.h>

#include "base/error.h"
#include "base/jobs.h"

struct lbfgs_problem {
    size_t n;
    /* The value at x [n]; its gradient goes to gradient [n]. */
    double (*value)(void *self, const double *x, double *gradient);
    void *self;
    double tolerance;            /* stops when the gradient's norm is at most that */
    size_t iterations;           /* at most */
    const struct cancel *cancel; /* looked at before every value; NULL: nobody stops it */
};

struct lbfgs_result {
    double value, gradient_norm;
    size_t iterations, n_values;
};

/* x: [n], in: where to start, out: the lowest point found, which is never worse than the
 * start. Ends too when no step gets lower, which is as near as doubles come. *result may be
 * NULL. STATUS_NO_MEMORY, STATUS_NUMERIC when the value at the start is not finite,
 * STATUS_CANCELLED; x is then the best so far. */
enum status lbfgs_minimise(const struct lbfgs_problem *problem, double *x,
                           struct lbfgs_result *result, struct error *err);

#endif
