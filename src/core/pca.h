/* Principal components: the directions in which rows differ most (docs/equations.md E31).
 *
 *     C = sum_i (x_i - mean)(x_i - mean)' / (n - 1)        centred, as scikit-learn's PCA
 *       = sum_i x_i x_i' / n                               not centred
 *
 * Eigenvectors of C by decreasing eigenvalue. Up to PCA_WHOLE numbers a row C is decomposed
 * whole; wider ones by a block Krylov space that is restarted until the vectors stand still.
 */
#ifndef CORE_PCA_H
#define CORE_PCA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/gram.h"

enum { PCA_WHOLE = 768 };

struct pca {
    size_t n_components, width;
    double *components; /* (n_components, width) of length 1; their signs mean nothing */
    double *variances;  /* [n_components] falling */
};

/* At most min(width, n - 1 or n) components. *out is created; errors as of gram_make, and
 * STATUS_SHAPE for fewer than two rows, STATUS_FAILED when they do not converge. */
enum status pca_make(struct pca *out, const struct gram_source *source, size_t n_components,
                     bool centred, struct team *team, const struct cancel *cancel,
                     struct error *err);
void pca_done(struct pca *pca);

#endif
