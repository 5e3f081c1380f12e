/* The fine-tuning's own insides, shared by adapt.c and adapt_step.c only.
 *
 * Gradient and moments have the layout of the model's block behind its heads: input layer,
 * then tail. A position is the place of a pair in the list of pairs.
 */
#ifndef CORE_ADAPT_INSIDE_H
#define CORE_ADAPT_INSIDE_H

#include "core/adapt.h"
#include "core/batches.h"

enum { ADAPT_BLOCK = 64 }; /* pairs that are gathered and multiplied at once */

/* What belongs to one thread: columns of the input layer, and its part of the product. */
struct adapt_lane {
    size_t begin, end;
    float *part; /* [F, ADAPT_BLOCK]; the first lane's is `inside` itself */
};

struct adapt {
    const struct features *features;
    struct pair_list pairs;
    struct adapt_options options;
    struct team *team;
    struct model model; /* being fine-tuned */
    size_t n_heads, n_inputs, width, n_router;

    double *evidence;                               /* (n, K) -L / tau */
    float *target;                                  /* (n, K) omega */
    float *gradient, *first_moment, *second_moment; /* [n_router] */
    uint32_t *positions;                            /* [n] 0, 1, 2 ... */
    struct batches batches;                         /* of positions */

    /* State between steps. */
    size_t step, epoch, n_targets; /* n_targets: pairs that have theirs of this epoch */
    double epoch_loss, epoch_entropy, batch_loss;
    struct adapt_losses *losses; /* [epochs] */

    /* Workspace of one block. */
    size_t stride;
    float *rows;              /* [ADAPT_BLOCK, Dp] */
    float *inside, *d_inside; /* [F, ADAPT_BLOCK] */
    float *logit, *d_logit;   /* [K, ADAPT_BLOCK] */
    float *scratch;           /* [2 * ADAPT_BLOCK] */
    struct adapt_lane *lanes;

    /* The batch at work. */
    const uint32_t *batch;
    size_t n_batch;
    bool learning;
    double sum; /* over its pairs: cross-entropy when learning, entropy of targets if not */
};

/* The n pairs at these positions: one update when `learning`, new targets otherwise. */
void adapt_run_batch(struct adapt *adapt, const uint32_t *positions, size_t n,
                     bool learning);

#endif
