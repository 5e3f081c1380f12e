/* The mixture's loss and its gradients for one block of pairs (docs/equations.md E2, E3).
 *
 *     P_b   = sum_k f_k(x_b) sigma(m_kb)
 *     loss  = 1/B sum_b ( -log P_b  +  alpha sum_k f_k log f_k )
 *
 * Everything is a log-sum-exp, so margins of any size are safe. Arrays lie head by head:
 * element (k, b) at [k * stride + b], so that the loops over pairs are contiguous.
 * Allocates nothing.
 */
#ifndef CORE_MIXTURE_H
#define CORE_MIXTURE_H

#include <stddef.h>
#include <stdint.h>

/* One model's part of a block. Prompts are distinct, `slot` says which one a pair has;
 * pairs of a prompt follow one another. */
struct mixture_block {
    size_t n_heads, stride;
    size_t first_prompt, end_prompt; /* columns of logit to work on */
    size_t first_pair, end_pair;     /* columns of margin: the pairs of those prompts */
    const uint32_t *slot;            /* [stride] prompt's column of each pair */
    float *logit;                    /* (K, prompts) in: z; out: log f */
    const float *margin;             /* (K, pairs) */
    float *d_logit;                  /* (K, prompts) out: dL/dz */
    float *d_margin;                 /* (K, pairs) out: dL/dm */
    float *scratch;                  /* [3 * stride] */
    float alpha, scale;              /* scale = 1 / B of the whole batch */
};

/* Sums over pairs, to be divided by their number. */
struct mixture_sums {
    double nll;         /* -log P */
    double regulariser; /* sum_k f_k log f_k */
};

/* Turns logits into log weights and adds to *sums; no gradients. */
void mixture_loss(const struct mixture_block *block, struct mixture_sums *sums);

/* The same and the gradients. */
void mixture_gradient(const struct mixture_block *block, struct mixture_sums *sums);

/* z (K, inputs) -> log softmax over the heads, in place, of inputs [begin, end); element (k, i)
 * at z[k * stride + i]. scratch [2 * stride]. */
void mixture_log_softmax(float *z, size_t n_heads, size_t stride, size_t begin, size_t end,
                         float *scratch);

/* log sigma(m) without overflow. */
float log_sigmoid(float margin);

#endif
