#include "session/ratings.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"
#include "corpus/corpus.h"

static bool is_rated(const struct pair *pair)
{
    return pair->attribute >= 0 &&
           (!isnan(pair->chosen_rating) || !isnan(pair->rejected_rating));
}

/* Mean so far of n values, and one more. */
static void add(float *mean, uint32_t *n, double value)
{
    if (isnan(value))
        return;
    double before = *n ? (double)*mean : 0;
    ++*n;
    *mean = (float)(before + (value - before) / *n);
}

enum status ratings_make(float **labels, const struct features *features,
                         const struct corpus *corpus, struct error *err)
{
    size_t A = features->n_attributes, R = features->chosen.n_rows, first = 0;
    *labels = NULL;
    while (first < corpus->n_pairs && !is_rated(&corpus->pairs[first]))
        first++;
    if (first == corpus->n_pairs)
        return STATUS_OK;
    float *made = mem_array(R, A * sizeof *made);
    uint32_t *n = mem_array(R, A * sizeof *n);
    if (!made || !n) {
        free(made);
        free(n);
        return error_set(err, STATUS_NO_MEMORY,
                         "no memory for the ratings of %zu responses", R);
    }
    for (size_t i = 0; i < R * A; i++)
        made[i] = NAN;
    for (size_t i = first; i < corpus->n_pairs; i++) {
        const struct pair *pair = &corpus->pairs[i];
        if (!is_rated(pair))
            continue;
        size_t a = (size_t)pair->attribute;
        size_t chosen = (size_t)features->pair_chosen[i] * A + a;
        size_t rejected = (size_t)features->pair_rejected[i] * A + a;
        add(&made[chosen], &n[chosen], pair->chosen_rating);
        add(&made[rejected], &n[rejected], pair->rejected_rating);
    }
    free(n);
    *labels = made;
    return STATUS_OK;
}
