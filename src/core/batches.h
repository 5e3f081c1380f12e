/* The order of pairs in an epoch, cut into batches, and the grouping of a batch by prompt.
 */
#ifndef CORE_BATCHES_H
#define CORE_BATCHES_H

#include <stddef.h>
#include <stdint.h>

#include "core/recipe.h"

struct batches {
    size_t n;         /* pairs */
    size_t n_batches; /* an epoch, the same in every epoch */
    size_t largest;   /* pairs of the largest batch that can occur */
    uint32_t *order;  /* [n] pairs in the order of the epoch last begun */

    /* private */
    enum order kind;
    uint64_t seed;
    size_t size;
    const uint32_t *pairs; /* borrowed */
    uint32_t *by_prompt;   /* [n] pairs sorted by prompt; prompt order only */
    uint32_t *group_start; /* [n_groups + 1] into by_prompt */
    uint32_t *group_order; /* [n_groups] */
    uint32_t *batch_start; /* [n_batches + 1] of this epoch */
    size_t n_groups;
};

/* pairs [n] and prompts (prompt of each pair, indexed by pair) are borrowed. Whole prompts
 * are kept together by ORDER_BY_PROMPT, so its batches differ in size; a pair without a
 * prompt stands alone. Aborts without memory: 12 bytes a pair. */
void batches_init(struct batches *batches, const uint32_t *pairs, size_t n,
                  const int32_t *prompts, const struct recipe *recipe);
void batches_done(struct batches *batches);

/* Orders the pairs of an epoch; the same for the same seed and epoch. */
void batches_begin(struct batches *batches, size_t epoch);

/* The pairs of batch i of the epoch begun; *n may be 0 in prompt order. */
const uint32_t *batches_at(const struct batches *batches, size_t i, size_t *n);

/* Pairs of one batch, those of a prompt side by side. */
struct grouping {
    uint32_t *pair;  /* [largest] */
    uint32_t *group; /* [largest] distinct prompt that each of them has, rising from 0 */

    /* private */
    uint32_t *seen,
        *slot;       /* [prompts] round in which a prompt was last seen, and its group */
    uint32_t *start; /* [largest + 1] */
    uint32_t round;
};

void grouping_init(struct grouping *grouping, size_t largest, size_t n_prompts);
void grouping_done(struct grouping *grouping);

/* Groups n pairs, n <= largest, in order of first appearance; pairs without a prompt (-1)
 * are one group. */
void grouping_make(struct grouping *grouping, const uint32_t *pairs, size_t n,
                   const int32_t *prompts);

#endif
