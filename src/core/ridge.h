/* Ridge regression without intercept for several targets and penalties at once
 * (docs/equations.md E30):
 *
 *     w = argmin  sum_i (y_i - w . x_i)^2 + alpha |w|^2  =  (X'X + alpha I)^-1 X'y
 *
 * One pass over the data makes X'X and X'y; each penalty then costs a Cholesky factor.
 */
#ifndef CORE_RIDGE_H
#define CORE_RIDGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/gram.h"

/* ArmoRM's penalties: 1e-4, 1e-3 ... 1e4. */
enum { RIDGE_ALPHAS = 9 };
extern const double ridge_alphas[RIDGE_ALPHAS];

struct ridge {
    size_t n, width, n_targets;
    struct gram gram;
    double *products; /* (n_targets, width) X'y, owned */
};

/* target (rows->n, n_targets), all finite. *out is created; errors as of gram_make. */
enum status ridge_make(struct ridge *out, const struct gram_rows *rows,
                       const double *target, size_t n_targets, struct team *team,
                       const struct cancel *cancel, struct error *err);
/* Other targets for the same rows, as many as before: only X'y is made anew. */
void ridge_retarget(struct ridge *ridge, const struct gram_rows *rows,
                    const double *target);
void ridge_done(struct ridge *ridge);

/* w: (n_targets, width). STATUS_NUMERIC when alpha is too small for what the rows leave open. */
enum status ridge_solve(const struct ridge *ridge, double alpha, double *w,
                        struct error *err);

/* out[t] = mean square of what w (n_targets, width) misses of target (rows->n, n_targets). */
void ridge_errors(const struct gram_rows *rows, const double *target, size_t n_targets,
                  const double *w, double *out);

#endif
