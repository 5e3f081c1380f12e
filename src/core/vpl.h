/* VPL on frozen features, in its linear form (docs/equations.md E32): a user is a short vector read
 * off some labelled pairs, and moves a reward that all share.
 *
 *     z       = V mean_i ( D_i / |D_i| )       over the context's pairs
 *     r(y; z) = ( w + U'z ) . phi(y)
 *     loss    = mean -log sigma( r(chosen; z) - r(rejected; z) ) + beta |z|^2 / 2
 *
 * In training the context of a pair is drawn from the other pairs of its unit.
 */
#ifndef CORE_VPL_H
#define CORE_VPL_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/contrasts.h"

struct vpl_options {
    size_t latent, epochs, batch;
    size_t context; /* pairs that a user is read off */
    double learning_rate, beta;
    uint64_t seed;
    const struct cancel *cancel; /* NULL: nobody stops it */
};

/* 16 numbers a user, 20 epochs of batches of 64, rate 0.002 with a cosine to 0, beta 1e-3. */
struct vpl_options vpl_defaults(size_t context, uint64_t seed);

struct vpl {
    size_t width, latent;
    float *block; /* owned: w [width], U (latent, width), V (latent, width) */
};

/* unit [contrasts->n]: of each row, -1: none, and then it is left out, as is a row whose unit
 * has no other. *out is created. STATUS_SHAPE when nothing is left, STATUS_NUMERIC,
 * STATUS_NO_MEMORY, STATUS_CANCELLED. */
enum status vpl_fit(struct vpl *out, const struct contrasts *contrasts, const int32_t *unit,
                    size_t n_units, const struct vpl_options *options, struct error *err);
void vpl_done(struct vpl *vpl);

/* Who labelled these pairs: direction [width] = w + U'z. Without pairs z is 0. */
void vpl_direction(const struct vpl *vpl, const struct contrasts *labels, float *direction);

#endif
