#include "core/bootstrap.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"

enum { BOOTSTRAP_STREAM = 0x626f6f74 };

/* Counts of one prompt under one attribute: n pairs, and how many each predictor has right.
 */
struct tally {
    uint32_t unit, column;
    uint32_t *counts; /* [1 + n_predictors] */
};

struct keyed {
    int64_t unit;
    uint32_t column, pair;
};

static int compare_keyed(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return x->pair < y->pair ? -1 : x->pair > y->pair;
}

/* Tallies in order of prompts; returns the number of prompts. */
static size_t tally_pairs(const struct bootstrap *b, struct tally *tallies,
                          size_t *n_tallies, uint32_t *counts)
{
    struct keyed *keyed = mem_alloc(b->n_pairs * sizeof *keyed);
    for (size_t i = 0; i < b->n_pairs; i++) {
        int64_t unit = b->unit[i] >= 0 ? b->unit[i] : INT32_MAX + (int64_t)i;
        keyed[i] = (struct keyed){unit, b->column[i], (uint32_t)i};
    }
    qsort(keyed, b->n_pairs, sizeof *keyed, compare_keyed);
    size_t n_units = 0, n = 0, width = 1 + b->n_predictors;
    for (size_t i = 0; i < b->n_pairs; i++) {
        bool new_unit = i == 0 || keyed[i].unit != keyed[i - 1].unit;
        n_units += new_unit;
        if (new_unit || keyed[i].column != keyed[i - 1].column) {
            tallies[n] = (struct tally){(uint32_t)(n_units - 1), keyed[i].column,
                                        counts + n * width};
            n++;
        }
        uint32_t *count = tallies[n - 1].counts;
        count[0]++;
        for (size_t p = 0; p < b->n_predictors; p++)
            count[1 + p] += b->right[keyed[i].pair * b->n_predictors + p];
    }
    free(keyed);
    *n_tallies = n;
    return n_units;
}

/* means[p] of one draw; sums is (n_columns, 1 + n_predictors). */
static void score_draw(const struct bootstrap *b, const double *sums, double *means)
{
    size_t width = 1 + b->n_predictors, columns = 0;
    memset(means, 0, width * sizeof *means);
    for (size_t c = 0; c < b->n_columns; c++) {
        const double *sum = sums + c * width;
        if (sum[0] == 0)
            continue;
        for (size_t p = 0; p < b->n_predictors; p++)
            means[p] += sum[1 + p] / sum[0];
        means[b->n_predictors] += sum[1 + b->oracle_head[c]] / sum[0];
        columns++;
    }
    for (size_t p = 0; p < width; p++)
        means[p] = columns ? means[p] / (double)columns : (double)NAN;
}

size_t bootstrap_run(const struct bootstrap *b, struct interval *means,
                     struct interval *differences)
{
    size_t width = 1 + b->n_predictors, n_tallies = 0, n = b->resamples;
    struct tally *tallies = mem_zero(b->n_pairs * sizeof *tallies);
    uint32_t *counts = mem_zero(b->n_pairs * width * sizeof *counts);
    size_t n_units = tally_pairs(b, tallies, &n_tallies, counts);
    uint32_t *times = mem_zero(n_units * sizeof *times);
    double *sums = mem_zero(b->n_columns * width * sizeof *sums);
    double *draws = mem_zero((n ? n : 1) * width * sizeof *draws); /* (width, n) */
    double *one = mem_zero(width * sizeof *one);
    struct rng rng;
    rng_init(&rng, b->seed, BOOTSTRAP_STREAM);
    for (size_t r = 0; r < n; r++) {
        memset(times, 0, n_units * sizeof *times);
        memset(sums, 0, b->n_columns * width * sizeof *sums);
        for (size_t i = 0; i < n_units; i++)
            times[rng_below(&rng, n_units)]++;
        for (size_t t = 0; t < n_tallies; t++) {
            double weight = times[tallies[t].unit];
            double *sum = sums + tallies[t].column * width;
            for (size_t p = 0; p < width && weight > 0; p++)
                sum[p] += weight * tallies[t].counts[p];
        }
        score_draw(b, sums, one);
        for (size_t p = 0; p < width; p++)
            draws[p * n + r] = one[p];
    }
    double *gaps = mem_zero((n ? n : 1) * sizeof *gaps);
    for (size_t p = 0; p < width; p++) {
        for (size_t r = 0; r < n; r++)
            gaps[r] = b->reference == SIZE_MAX
                          ? (double)NAN
                          : draws[p * n + r] - draws[b->reference * n + r];
        differences[p] = interval_percentile(gaps, n);
    }
    for (size_t p = 0; p < width; p++)
        means[p] = interval_percentile(draws + p * n, n);
    free(gaps);
    free(one);
    free(draws);
    free(sums);
    free(times);
    free(counts);
    free(tallies);
    return n_units;
}
