/* PAL-A on frozen features, in its linear form (docs/equations.md E32): prototypes of taste, and
 * for every user a blend of them.
 *
 *     r_u(y) = ( sum_k w_uk v_k ) . phi(y)          w_u = softmax(W_u)
 *     loss   = mean max(0, 1 - ( r_u(chosen) - r_u(rejected) ))
 *
 * A new user's W_u is fitted to labelled pairs with the prototypes as they are.
 */
#ifndef CORE_PAL_H
#define CORE_PAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/contrasts.h"

struct pal_options {
    size_t prototypes, epochs, batch;
    double prototype_rate, user_rate; /* AdamW's, with a cosine to 0 */
    uint64_t seed;
    const struct cancel *cancel; /* NULL: nobody stops it */
};

/* 20 epochs of batches of 64; rates 0.002 and 0.02. */
struct pal_options pal_defaults(size_t prototypes, uint64_t seed);

struct pal {
    size_t n_prototypes, width, n_users;
    float *prototypes; /* (n_prototypes, width) v, owned */
    float *logits;     /* (n_users, n_prototypes) W, owned */
};

/* user [contrasts->n]: of each row, -1: none, and then it is left out. *out is created.
 * STATUS_SHAPE when no row has a user, STATUS_NUMERIC, STATUS_NO_MEMORY, STATUS_CANCELLED. */
enum status pal_fit(struct pal *out, const struct contrasts *contrasts, const int32_t *user,
                    size_t n_users, const struct pal_options *options, struct error *err);
void pal_done(struct pal *pal);

/* The blend [n_prototypes] of a new user from margins (n, n_prototypes) of v_k on labelled
 * pairs; even without any. */
void pal_adapt(const float *margin, size_t n, size_t n_prototypes, double *weights);

#endif
