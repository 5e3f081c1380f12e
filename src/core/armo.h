/* ArmoRM on frozen features, first part: a head for each rated attribute by ridge regression,
 * and verbosity taken out of the others (docs/equations.md E30).
 *
 *     w_j = argmin  sum over rated responses (y_j - w . phi)^2 + alpha_j |w|^2
 *     w_j - lambda_j w_v        lambda_j: the first of a list with which the reward's rank
 *                               correlation with verbosity is at most a threshold
 *
 * The weights that say how much each head counts come from core/gating.h.
 */
#ifndef CORE_ARMO_H
#define CORE_ARMO_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/features.h"

enum { ARMO_PENALTIES = 24 };
extern const double armo_penalties[ARMO_PENALTIES]; /* lambda, as tried */

struct armo_options {
    int verbosity;     /* attribute that is taken out of the others; -1: none */
    double threshold;  /* of the rank correlation; 0.03 */
    double validation; /* share of the responses to choose alpha by, if no hold-out pair has
                           any of its own; 0.2 */
    uint64_t seed;
    const struct cancel *cancel; /* NULL: nobody stops it */
};

struct armo {
    size_t n_attributes, width; /* attributes of the features */
    float *heads;               /* (n_attributes, width); 0 for an attribute without ratings
                                   and for verbosity once it is taken out */
    double *alpha;              /* [n_attributes] chosen; NaN without ratings */
    double *error;              /* [n_attributes] mean square on the validation responses */
    double *penalty;            /* [n_attributes] lambda; 0 without verbosity */
    size_t n_rated;             /* responses with a rating that were fitted */
};

/* The attribute whose name is or ends in "verbosity"; -1: none. */
int armo_verbosity(const struct features *features);

/* From the rated responses of the training pairs. *out is created. STATUS_SHAPE when there
 * are none, STATUS_FAILED when no penalty is large enough; errors of ridge_make. */
enum status armo_fit(struct armo *out, const struct features *features,
                     const struct armo_options *options, struct team *team,
                     struct error *err);
void armo_done(struct armo *armo);

/* lambda of every column of rewards (n, n_columns) against column v, as armo_penalties. */
void armo_find_penalties(const double *rewards, size_t n, size_t n_columns, size_t v,
                         double threshold, double *penalty);

#endif
