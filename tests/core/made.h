/* Features made in memory, with a preference that can be learned. */
#ifndef TESTS_CORE_MADE_H
#define TESTS_CORE_MADE_H

#include <stdlib.h>

#include "near.h"

#include "base/memory.h"
#include "base/rng.h"
#include "core/features.h"

/* Change the arrays at will: the features are views of them. */
struct made {
    struct features features;
    float *prompt, *chosen, *rejected;                     /* rows one behind the other */
    int32_t *pair_prompt, *row, *attribute, *none, *split; /* [n_pairs]; all split train */
};

struct made_sizes {
    size_t n_pairs, n_prompts, prompt_width, response_width, n_attributes;
};

static inline float *made_normals(struct rng *rng, size_t n)
{
    float *values = mem_array(n, sizeof *values);
    for (size_t i = 0; i < n; i++)
        values[i] = (float)rng_normal(rng);
    return values;
}

/* Chosen responses are a little larger in the column that is the pair's attribute. Without
 * prompts (n_prompts 0) no pair has one. */
static inline void made_init(struct made *made, const struct made_sizes *sizes,
                             uint64_t seed)
{
    static const char *const names[4] = {"brevity", "clarity", "rigour", "warmth"};
    size_t n = sizes->n_pairs, P = sizes->n_prompts, A = sizes->n_attributes;
    size_t Dp = sizes->prompt_width, Dr = sizes->response_width;
    struct rng rng;
    rng_init(&rng, seed, 0);
    *made = (struct made){
        .prompt = made_normals(&rng, P * Dp),
        .chosen = made_normals(&rng, n * Dr),
        .rejected = made_normals(&rng, n * Dr),
        .pair_prompt = mem_array(n, sizeof(int32_t)),
        .row = mem_array(n, sizeof(int32_t)),
        .attribute = mem_array(n, sizeof(int32_t)),
        .none = mem_array(n, sizeof(int32_t)),
        .split = mem_array(n, sizeof(int32_t)),
    };
    for (size_t i = 0; i < n; i++) {
        made->row[i] = (int32_t)i;
        made->none[i] = -1;
        made->pair_prompt[i] = P ? (int32_t)rng_below(&rng, P) : -1;
        made->attribute[i] = A ? (int32_t)rng_below(&rng, A) : -1;
        if (A)
            made->chosen[i * Dr + (size_t)made->attribute[i] % Dr] += 1.5f;
    }
    made->features = (struct features){
        .prompt = {made->prompt, DTYPE_F32, P, Dp, Dp},
        .chosen = {made->chosen, DTYPE_F32, n, Dr, Dr},
        .rejected = {made->rejected, DTYPE_F32, n, Dr, Dr},
        .n_pairs = n,
        .pair_prompt = made->pair_prompt,
        .pair_context = made->none,
        .pair_chosen = made->row,
        .pair_rejected = made->row,
        .pair_attribute = made->attribute,
        .pair_split = made->split,
        .n_attributes = A,
        .attributes = names,
        .layout = "raw",
    };
}

static inline void made_done(struct made *made)
{
    void *arrays[] = {made->prompt, made->chosen,    made->rejected, made->pair_prompt,
                      made->row,    made->attribute, made->none,     made->split};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
}

#endif
