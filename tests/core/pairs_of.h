/* Differences of pairs made in memory, and the opened ones of the reference. */
#ifndef TESTS_CORE_PAIRS_OF_H
#define TESTS_CORE_PAIRS_OF_H

#include "made.h"

#include "base/vector.h"
#include "core/contrasts.h"

enum { PAIRS_OF_MOST = 4096 };

/* All pairs of a split, at most PAIRS_OF_MOST; a static list. */
static inline struct pair_list pairs_of(const struct features *features, enum split split)
{
    static uint32_t lists[4][PAIRS_OF_MOST];
    static size_t next;
    uint32_t *list = lists[next++ % 4];
    assert_true(features->n_pairs <= PAIRS_OF_MOST);
    return (struct pair_list){list, features_select(features, split, -1, list)};
}

static inline struct contrasts contrasts_of(const struct features *features,
                                            enum split split)
{
    struct contrasts contrasts;
    struct error err = {0};
    if (contrasts_make(&contrasts, features, pairs_of(features, split), &err))
        fail_msg("%s", err.message);
    return contrasts;
}

static inline double accuracy_of(const struct contrasts *contrasts, const float *head)
{
    size_t right = 0;
    for (size_t i = 0; i < contrasts->n; i++)
        right += vector_dot(head, contrasts_row(contrasts, i), contrasts->width) > 0;
    return (double)right / (double)contrasts->n;
}

#endif
