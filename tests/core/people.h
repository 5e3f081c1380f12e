/* Made-up people who want different things: half of them more of the first number, half of them
 * less, all of them a little of the second. */
#ifndef TESTS_CORE_PEOPLE_H
#define TESTS_CORE_PEOPLE_H

#include <stdlib.h>

#include "near.h"

#include "base/memory.h"
#include "base/rng.h"
#include "core/contrasts.h"

enum { PEOPLE = 12, PEOPLE_WIDTH = 5 };

struct people {
    struct contrasts contrasts;
    int32_t *person; /* [n] */
};

static inline int people_sign(int32_t person)
{
    return person % 2 ? -1 : 1;
}

/* n differences, turned so that the one whom they belong to chose the first response, with
 * Bradley-Terry's noise. */
static inline void people_init(struct people *people, size_t n, uint64_t seed)
{
    struct rng rng;
    rng_init(&rng, seed, 3);
    *people = (struct people){
        .contrasts = {n, PEOPLE_WIDTH, mem_array(n, PEOPLE_WIDTH * sizeof(float))},
        .person = mem_array(n, sizeof(int32_t))};
    for (size_t i = 0; i < n; i++) {
        float *row = people->contrasts.rows + i * PEOPLE_WIDTH;
        people->person[i] = (int32_t)rng_below(&rng, PEOPLE);
        for (size_t d = 0; d < PEOPLE_WIDTH; d++)
            row[d] = (float)rng_normal(&rng);
        double margin =
            4 * people_sign(people->person[i]) * (double)row[0] + (double)row[1];
        bool turned = rng_uniform(&rng) > 1 / (1 + exp(-margin));
        for (size_t d = 0; d < PEOPLE_WIDTH && turned; d++)
            row[d] = -row[d];
    }
}

static inline void people_done(struct people *people)
{
    contrasts_done(&people->contrasts);
    free(people->person);
}

#endif
