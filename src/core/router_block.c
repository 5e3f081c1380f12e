#include "core/router_block.h"

#include "core/linalg.h"

void router_block_forward(const struct router_block *block)
{
    const struct shape *shape = block->shape;
    const size_t R = block->stride, begin = block->begin, end = block->end;
    for (size_t f = 0; f < shape->n_hidden; f++)
        for (size_t i = begin; i < end; i++) {
            float a = block->inside[f * R + i] + block->tail.first_bias[f];
            block->inside[f * R + i] = a < 0 ? 0 : a; /* lets NaN through, to be found */
        }
    if (shape->router == ROUTER_MLP)
        linalg_product_nn(shape->n_heads, end - begin, shape->n_hidden,
                          (struct matrix){block->tail.last, shape->n_hidden},
                          (struct matrix){block->inside + begin, R},
                          (struct matrix){block->logit + begin, R}, false);
    for (size_t k = 0; k < shape->n_heads; k++)
        for (size_t i = begin; i < end; i++) {
            float bias = block->tail.last_bias ? block->tail.last_bias[k] : 0;
            float product = shape->router == ROUTER_MLP      ? block->logit[k * R + i]
                            : shape->router == ROUTER_LINEAR ? block->inside[k * R + i]
                                                             : 0;
            block->logit[k * R + i] = product + bias;
        }
}

void router_block_backward(const struct router_block *block)
{
    const struct shape *shape = block->shape;
    const size_t R = block->stride, begin = block->begin, end = block->end;
    if (shape->router == ROUTER_LINEAR)
        for (size_t k = 0; k < shape->n_heads; k++)
            for (size_t i = begin; i < end; i++)
                block->d_inside[k * R + i] = block->d_logit[k * R + i];
    if (shape->router != ROUTER_MLP)
        return;
    linalg_product_tn(shape->n_hidden, end - begin, shape->n_heads,
                      (struct matrix){block->tail.last, shape->n_hidden},
                      (struct matrix){block->d_logit + begin, R},
                      (struct matrix){block->d_inside + begin, R}, false);
    for (size_t f = 0; f < shape->n_hidden; f++)
        for (size_t i = begin; i < end; i++)
            if (block->inside[f * R + i] <= 0)
                block->d_inside[f * R + i] = 0;
}

/* sums[row] (+)= sum over the inputs of d[row]. */
static void sum_rows(const struct router_block *block, const float *d, size_t rows,
                     float *sums, bool add)
{
    for (size_t row = 0; row < rows; row++) {
        float sum = 0;
        for (size_t i = block->begin; i < block->end; i++)
            sum += d[row * block->stride + i];
        sums[row] = add ? sums[row] + sum : sum;
    }
}

void router_block_tail(const struct router_block *block, struct tail d_tail, bool add)
{
    const struct shape *shape = block->shape;
    const size_t R = block->stride, begin = block->begin;
    if (d_tail.last_bias)
        sum_rows(block, block->d_logit, shape->n_heads, d_tail.last_bias, add);
    if (shape->router != ROUTER_MLP)
        return;
    sum_rows(block, block->d_inside, shape->n_hidden, d_tail.first_bias, add);
    linalg_product_nt(shape->n_heads, shape->n_hidden, block->end - begin,
                      (struct matrix){block->d_logit + begin, R},
                      (struct matrix){block->inside + begin, R},
                      (struct matrix){d_tail.last, shape->n_hidden}, add);
}
