/* What sets the two responses of each pair apart, as one matrix in memory:
 *
 *     D_i = phi(chosen_i) - phi(rejected_i)                    docs/equations.md E1
 *
 * A Bradley-Terry head with weights w gives pair i the margin w . D_i, so this is all that the
 * methods which fit heads by passing over their pairs again and again need to know.
 */
#ifndef CORE_CONTRASTS_H
#define CORE_CONTRASTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "core/features.h"
#include "core/trainer.h"

struct contrasts {
    size_t n, width;
    float *rows; /* (n, width) owned */
};

/* Of the pairs in their order. STATUS_NUMERIC naming the pair when one is not finite,
 * STATUS_NO_MEMORY. *out is created. */
enum status contrasts_make(struct contrasts *out, const struct features *features,
                           struct pair_list pairs, struct error *err);
void contrasts_done(struct contrasts *contrasts);

static inline const float *contrasts_row(const struct contrasts *contrasts, size_t i)
{
    return contrasts->rows + i * contrasts->width;
}

/* out[i] = w . D_i for heads (n_heads, width): (n, n_heads). */
void contrasts_margins(const struct contrasts *contrasts, const float *heads,
                       size_t n_heads, float *out);

#endif
