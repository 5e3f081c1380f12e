/* Which pair to label next: in the order of the file, at random, or the one from whose label
 * most is expected to be learned about the weights (docs/equations.md E24).
 *
 * Call order: offer_create; offer_next, label the pair and hedge_update, as often as there
 * are pairs; offer_free.
 */
#ifndef CORE_OFFER_H
#define CORE_OFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/hedge.h"

enum offer_order { OFFER_FILE, OFFER_RANDOM, OFFER_INFORMATIVE };
extern const char *const offer_order_names[]; /* "file", "random", "informative", NULL */

/* The pairs to choose from; arrays are borrowed. */
struct offer_pairs {
    size_t n, n_heads;
    const float *margin;     /* (n, n_heads), of either response minus the other */
    const double *log_prior; /* (n, n_heads) */
};

struct offer;

/* Offers `pool` of the pairs, drawn by seed; 0 or more than there are: all. */
struct offer *offer_create(const struct offer_pairs *pairs, enum offer_order order,
                           size_t pool, uint64_t seed);
void offer_free(struct offer *offer); /* NULL is allowed */

/* Takes the next pair; false when all have been offered. Only the informative order looks
 * at hedge, and never at which response was chosen: the information of a pair is the same
 * with its sign turned. */
bool offer_next(struct offer *offer, const struct hedge *hedge, size_t *pair);

/* The same without taking it: the first, or most informative, of those that are not taken
 * [pairs.n] (NULL: none is). When whatever was peeked at is taken next, the order is that of
 * offer_next. */
bool offer_peek(struct offer *offer, const struct hedge *hedge, const bool *taken,
                size_t *pair);

/* Other priors for the same pairs; borrowed. */
void offer_set_prior(struct offer *offer, const double *log_prior);

#endif
