/* ArmoRM on frozen features, second part: how much the reward of each attribute counts for a
 * prompt, learned from pairs (docs/equations.md E30).
 *
 *     g(x)  = c softmax( z(x) / temperature )  over the attributes, z a net with one hidden layer
 *     loss  = mean -log sigma( sum_j g_j(x) R_j ),   R_j = margin of attribute j's reward
 */
#ifndef CORE_GATING_H
#define CORE_GATING_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "io/dtype.h"

struct gating_options {
    size_t hidden, steps, batch;
    double learning_rate, temperature, dropout;
    uint64_t seed;
    const struct cancel *cancel; /* NULL: nobody stops it */
};

/* 128 hidden units, 1000 steps of 256 pairs drawn with replacement; rate 0.001 with a cosine to
 * 0, temperature 10 and dropout 0.2 as ArmoRM's. */
struct gating_options gating_defaults(uint64_t seed);

struct gating {
    size_t n_attributes, hidden, width;
    double temperature;
    float
        *block; /* owned: first (hidden, width), its bias, last (n_attributes, hidden), its
                     bias, c */
};

/* Pair i has the prompt row prompt[i] (-1: none, then the net sees 0) and margins (n, A).
 * *out is created. STATUS_NO_MEMORY, STATUS_NUMERIC, STATUS_CANCELLED. */
struct gating_pairs {
    const struct rows *prompts;
    const int32_t *prompt; /* [n] */
    const float *margin;   /* (n, n_attributes) */
    size_t n, n_attributes;
};
enum status gating_fit(struct gating *out, const struct gating_pairs *pairs,
                       const struct gating_options *options, struct error *err);
void gating_done(struct gating *gating);

/* weights [n_attributes] for a row of prompts (-1: none); they sum to c. */
void gating_weights(const struct gating *gating, const struct rows *prompts, int32_t row,
                    double *weights);

#endif
