/* What a router does after its input layer, and back, for one block of inputs
 * (docs/equations.md E4).
 *
 * Arrays lie unit by unit: element (row, i) at [row * stride + i], so that the loops over
 * inputs i are contiguous. Allocates nothing.
 */
#ifndef CORE_ROUTER_BLOCK_H
#define CORE_ROUTER_BLOCK_H

#include <stdbool.h>

#include "core/model.h"

struct router_block {
    const struct shape *shape;
    struct tail tail;
    size_t stride, begin, end; /* inputs to work on */
    float *inside;             /* (F, inputs) in: input layer's product with the inputs;
                                  out: the same after bias and relu (mlp) */
    float *logit;              /* (K, inputs) out: z */
    float *d_logit;            /* (K, inputs) dL/dz */
    float *d_inside;           /* (F, inputs) out: dL/d inside, before the relu */
};

/* inside -> logit. */
void router_block_forward(const struct router_block *block);

/* d_logit -> d_inside. */
void router_block_backward(const struct router_block *block);

/* Gradient of the parameters that do not touch the inputs, from d_logit and d_inside; added
 * to what is there when `add`. */
void router_block_tail(const struct router_block *block, struct tail d_tail, bool add);

#endif
