#include "core/mixture.h"

#include <math.h>

float log_sigmoid(float margin)
{
    float tail = log1pf(expf(-fabsf(margin)));
    return (margin < 0 ? margin : 0) - tail;
}

void mixture_log_softmax(float *logit, size_t n_heads, size_t stride, size_t begin,
                         size_t end, float *scratch)
{
    float *top = scratch, *sum = scratch + stride;
    for (size_t u = begin; u < end; u++) {
        top[u] = logit[u];
        sum[u] = 0;
    }
    for (size_t k = 1; k < n_heads; k++) {
        const float *z = logit + k * stride;
        for (size_t u = begin; u < end; u++)
            top[u] = z[u] > top[u] ? z[u] : top[u];
    }
    for (size_t k = 0; k < n_heads; k++) {
        const float *z = logit + k * stride;
        for (size_t u = begin; u < end; u++)
            sum[u] += expf(z[u] - top[u]);
    }
    for (size_t u = begin; u < end; u++)
        top[u] += logf(sum[u]);
    for (size_t k = 0; k < n_heads; k++) {
        float *z = logit + k * stride;
        for (size_t u = begin; u < end; u++)
            z[u] -= top[u];
    }
}

/* scratch[0 .. ) = log P of every pair. */
static void log_probabilities(const struct mixture_block *block)
{
    const size_t K = block->n_heads, first = block->first_pair, end = block->end_pair;
    float *top = block->scratch, *sum = block->scratch + block->stride;
    for (size_t b = first; b < end; b++) {
        top[b] = -INFINITY;
        sum[b] = 0;
    }
    /* One pass: the sum is rescaled when a larger term comes. */
    for (size_t k = 0; k < K; k++) {
        const float *log_f = block->logit + k * block->stride;
        const float *m = block->margin + k * block->stride;
        for (size_t b = first; b < end; b++) {
            float term = log_f[block->slot[b]] + log_sigmoid(m[b]);
            if (term <= top[b]) {
                sum[b] += expf(term - top[b]);
            } else {
                sum[b] = sum[b] * expf(top[b] - term) + 1;
                top[b] = term;
            }
        }
    }
    for (size_t b = first; b < end; b++)
        top[b] += logf(sum[b]);
}

/* scratch[2 * stride ..) = sum_k f_k log f_k of every prompt. */
static void negative_entropies(const struct mixture_block *block)
{
    float *entropy = block->scratch + 2 * block->stride;
    for (size_t u = block->first_prompt; u < block->end_prompt; u++)
        entropy[u] = 0;
    for (size_t k = 0; k < block->n_heads; k++) {
        const float *log_f = block->logit + k * block->stride;
        for (size_t u = block->first_prompt; u < block->end_prompt; u++)
            entropy[u] += expf(log_f[u]) * log_f[u];
    }
}

void mixture_loss(const struct mixture_block *block, struct mixture_sums *sums)
{
    mixture_log_softmax(block->logit, block->n_heads, block->stride, block->first_prompt,
                        block->end_prompt, block->scratch);
    log_probabilities(block);
    negative_entropies(block);
    const float *log_p = block->scratch, *entropy = block->scratch + 2 * block->stride;
    for (size_t b = block->first_pair; b < block->end_pair; b++) {
        sums->nll -= (double)log_p[b];
        sums->regulariser += (double)entropy[block->slot[b]];
    }
}

void mixture_gradient(const struct mixture_block *block, struct mixture_sums *sums)
{
    mixture_loss(block, sums);
    const float *log_p = block->scratch, *entropy = block->scratch + 2 * block->stride;
    for (size_t k = 0; k < block->n_heads; k++) {
        const float *log_f = block->logit + k * block->stride;
        const float *m = block->margin + k * block->stride;
        float *d_m = block->d_margin + k * block->stride;
        float *d_z = block->d_logit + k * block->stride;
        for (size_t u = block->first_prompt; u < block->end_prompt; u++)
            d_z[u] = 0;
        for (size_t b = block->first_pair; b < block->end_pair; b++) {
            const size_t u = block->slot[b];
            /* log sigma(-m) = log sigma(m) - m, so one exponential serves both. */
            float log_s = log_sigmoid(m[b]);
            float q = expf(log_f[u] + log_s - log_p[b]);
            float f = expf(log_f[u]);
            d_m[b] = -block->scale * q * expf(log_s - m[b]);
            d_z[u] += block->scale * (f - q + block->alpha * f * (log_f[u] - entropy[u]));
        }
    }
}
