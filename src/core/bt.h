/* A single Bradley-Terry head fitted to convergence (docs/equations.md E25):
 *
 *     minimise over w   sum_i c_i -log sigma(w . D_i)  +  (ridge / 2) |w - centre|^2
 *
 * Convex, so the start does not matter but for time. By L-BFGS (core/lbfgs.h).
 */
#ifndef CORE_BT_H
#define CORE_BT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/contrasts.h"

struct bt_problem {
    const struct contrasts *contrasts;
    const uint32_t *which; /* [n] rows of contrasts; NULL: all */
    size_t n;              /* of which; ignored without it */
    const double *weight;  /* c, by row of contrasts; NULL: 1 */
    const double *centre;  /* [width]; NULL: 0 */
    double ridge;          /* > 0 */
    double tolerance;      /* of the gradient's norm, a share of the number of pairs */
    size_t iterations;     /* of L-BFGS at most */
    const struct cancel *cancel; /* NULL: nobody stops it */
};

/* The objective at w [width], and its gradient when that is not NULL. */
double bt_objective(const struct bt_problem *problem, const double *w, double *gradient);

/* w: [width], in: the start, out: the minimum. *objective (may be NULL): its value. Errors
 * as of lbfgs_minimise. */
enum status bt_fit(const struct bt_problem *problem, double *w, double *objective,
                   struct error *err);

/* Ridges from large to small, as shares of a pair: times the number of pairs. The one with
 * the lowest likelihood on the hold-out wins (the smallest without a hold-out). */
enum { BT_RIDGES = 5 };
extern const double bt_ridges[BT_RIDGES];

/* w: [width] out. *ridge (may be NULL): the share that was chosen. */
enum status bt_fit_chosen(const struct contrasts *train, const struct contrasts *holdout,
                          const struct cancel *cancel, double *w, double *ridge,
                          struct error *err);

/* -log sigma(w . D_i), mean over the pairs. */
double bt_nll(const struct contrasts *contrasts, const double *w);

#endif
