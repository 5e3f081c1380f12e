/* How a model is trained: the settings of one run, shared by all models trained in it. */
#ifndef CORE_RECIPE_H
#define CORE_RECIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum decay { DECAY_COSINE, DECAY_CONSTANT };
extern const char *const decay_names[]; /* "cosine", "constant", NULL */

enum order {
    ORDER_SHUFFLED,  /* pairs, anew every epoch */
    ORDER_BY_PROMPT, /* prompts are shuffled and the pairs of a prompt stay together */
    ORDER_FILE,      /* as they stand */
};
extern const char *const order_names[]; /* "pair", "prompt", "file", NULL */

struct recipe {
    double learning_rate;
    double weight_decay;
    double warmup; /* share of all steps in which the rate rises from 0 */
    double clip;   /* largest global norm of a model's gradient; 0: off */
    enum decay decay;
    enum order order;
    size_t batch; /* pairs */
    size_t epochs;
    size_t patience; /* epochs without a better hold-out likelihood before it stops; 0:
                        never */
    uint64_t seed;
};

/* Factor on the learning rate at step s = 0, 1, ... of total (docs/equations.md E5):
 * s / warm while s < warm, then 1 or 0.5 (1 + cos(pi (s - warm) / (total - warm))). */
double recipe_factor(const struct recipe *recipe, size_t step, size_t total);

#endif
