/* Made-up pairs of three attributes, all with a context that tells the attribute, and a
 * model whose heads are of use. */
#ifndef TESTS_CORE_LABELLED_H
#define TESTS_CORE_LABELLED_H

#include "made.h"

#include "core/model.h"

enum { LABELLED = 240, LABELLED_WIDTH = 4, LABELLED_HEADS = 3 };

struct labelled {
    struct made made;
    float contexts[LABELLED * LABELLED_WIDTH];
    struct model model;
};

/* The last third is the test split. Head k looks at column k, as the labels of attribute k
 * do; the single head at the mean of all. */
static inline void labelled_init(struct labelled *labelled)
{
    struct rng rng;
    struct error err;
    struct made *made = &labelled->made;
    made_init(made, &(struct made_sizes){LABELLED, 0, LABELLED_WIDTH, LABELLED_WIDTH, 3},
              7);
    rng_init(&rng, 7, 1);
    for (size_t i = 0; i < LABELLED; i++) {
        float *context = labelled->contexts + i * LABELLED_WIDTH;
        for (size_t d = 0; d < LABELLED_WIDTH; d++)
            context[d] =
                (float)rng_normal(&rng) * 0.3f + (d == (size_t)made->attribute[i] ? 1 : 0);
        made->split[i] = i >= 160 ? SPLIT_TEST : SPLIT_TRAIN;
    }
    made->features.context = (struct rows){labelled->contexts, DTYPE_F32, LABELLED,
                                           LABELLED_WIDTH, LABELLED_WIDTH};
    made->features.pair_context = made->row;
    assert_int_equal(model_create(&labelled->model,
                                  &(struct shape){ROUTER_LINEAR, LABELLED_HEADS, 0,
                                                  LABELLED_WIDTH, LABELLED_WIDTH},
                                  &err),
                     0);
    model_draw(&labelled->model, 3, 0);
    for (size_t k = 0; k < LABELLED_HEADS; k++)
        for (size_t d = 0; d < LABELLED_WIDTH; d++)
            labelled->model.heads[k * LABELLED_WIDTH + d] = d == k ? 1.0f : 0.1f;
    labelled->model.single = mem_array(LABELLED_WIDTH, sizeof(float));
    for (size_t d = 0; d < LABELLED_WIDTH; d++)
        labelled->model.single[d] = 0.5f;
}

static inline void labelled_done(struct labelled *labelled)
{
    model_done(&labelled->model);
    made_done(&labelled->made);
}

#endif
