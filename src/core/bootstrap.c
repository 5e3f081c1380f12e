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

struct bootstrap_draws {
    size_t n_predictors, n_columns, width; /* width: 1 + n_predictors */
    size_t n_units, n_tallies;
    size_t *oracle_head; /* [n_columns] */
    struct tally *tallies;
    uint32_t *counts; /* (tallies, width) */
    struct rng rng;
    size_t n, done;  /* draws */
    double *draws;   /* (width, n) */
    uint32_t *times; /* [n_units] */
    double *sums;    /* (n_columns, width) */
    double *one;     /* [width] */
};

struct bootstrap_draws *bootstrap_create(const struct bootstrap *b)
{
    struct bootstrap_draws *draws = mem_zero(sizeof *draws);
    size_t width = 1 + b->n_predictors, n = b->resamples ? b->resamples : 1;
    *draws = (struct bootstrap_draws){
        .n_predictors = b->n_predictors,
        .n_columns = b->n_columns,
        .width = width,
        .oracle_head = mem_alloc((b->n_columns + 1) * sizeof *draws->oracle_head),
        .tallies = mem_zero(b->n_pairs * sizeof *draws->tallies),
        .counts = mem_zero(b->n_pairs * width * sizeof *draws->counts),
        .n = b->resamples,
        .draws = mem_zero(n * width * sizeof *draws->draws),
        .sums = mem_zero(b->n_columns * width * sizeof *draws->sums),
        .one = mem_zero(width * sizeof *draws->one),
    };
    memcpy(draws->oracle_head, b->oracle_head, b->n_columns * sizeof *b->oracle_head);
    draws->n_units = tally_pairs(b, draws->tallies, &draws->n_tallies, draws->counts);
    draws->times = mem_zero(draws->n_units * sizeof *draws->times);
    rng_init(&draws->rng, b->seed, BOOTSTRAP_STREAM);
    return draws;
}

void bootstrap_free(struct bootstrap_draws *draws)
{
    if (!draws)
        return;
    free(draws->oracle_head);
    free(draws->tallies);
    free(draws->counts);
    free(draws->draws);
    free(draws->times);
    free(draws->sums);
    free(draws->one);
    free(draws);
}

/* one[p] = means of the draw whose sums are there. */
static void score_draw(struct bootstrap_draws *draws)
{
    size_t width = draws->width, columns = 0;
    double *means = draws->one;
    memset(means, 0, width * sizeof *means);
    for (size_t c = 0; c < draws->n_columns; c++) {
        const double *sum = draws->sums + c * width;
        if (sum[0] == 0)
            continue;
        for (size_t p = 0; p < draws->n_predictors; p++)
            means[p] += sum[1 + p] / sum[0];
        means[draws->n_predictors] += sum[1 + draws->oracle_head[c]] / sum[0];
        columns++;
    }
    for (size_t p = 0; p < width; p++)
        means[p] = columns ? means[p] / (double)columns : (double)NAN;
}

static void draw_once(struct bootstrap_draws *draws)
{
    size_t width = draws->width;
    memset(draws->times, 0, draws->n_units * sizeof *draws->times);
    memset(draws->sums, 0, draws->n_columns * width * sizeof *draws->sums);
    for (size_t i = 0; i < draws->n_units; i++)
        draws->times[rng_below(&draws->rng, draws->n_units)]++;
    for (size_t t = 0; t < draws->n_tallies; t++) {
        const struct tally *tally = &draws->tallies[t];
        double weight = draws->times[tally->unit];
        double *sum = draws->sums + tally->column * width;
        for (size_t p = 0; p < width && weight > 0; p++)
            sum[p] += weight * tally->counts[p];
    }
    score_draw(draws);
    for (size_t p = 0; p < width; p++)
        draws->draws[p * draws->n + draws->done] = draws->one[p];
    draws->done++;
}

void bootstrap_draw(struct bootstrap_draws *draws, size_t most)
{
    for (size_t i = 0; i < most && draws->done < draws->n; i++)
        draw_once(draws);
}

void bootstrap_draw_all(struct bootstrap_draws *draws, const struct cancel *cancel)
{
    while (!bootstrap_finished(draws) && !cancel_asked(cancel))
        draw_once(draws);
    for (size_t i = 0; i < draws->n * draws->width && !bootstrap_finished(draws); i++)
        draws->draws[i] = (double)NAN;
}

bool bootstrap_finished(const struct bootstrap_draws *draws)
{
    return draws->done == draws->n;
}

size_t bootstrap_units(const struct bootstrap_draws *draws)
{
    return draws->n_units;
}

size_t bootstrap_cost(const struct bootstrap_draws *draws)
{
    return draws->n_tallies * draws->width + draws->n_units;
}

/* Of what every draw gives less what the reference does; SIZE_MAX: nothing is taken off. */
static struct interval interval_of(const struct bootstrap_draws *draws, size_t p,
                                   size_t reference, double *scratch)
{
    size_t n = draws->n;
    for (size_t r = 0; r < n; r++)
        scratch[r] = draws->draws[p * n + r] -
                     (reference == SIZE_MAX ? 0 : draws->draws[reference * n + r]);
    return interval_percentile(scratch, n);
}

void bootstrap_means(const struct bootstrap_draws *draws, struct interval *means)
{
    double *scratch = mem_zero((draws->n + 1) * sizeof *scratch);
    for (size_t p = 0; p < draws->width; p++)
        means[p] = interval_of(draws, p, SIZE_MAX, scratch);
    free(scratch);
}

void bootstrap_differences(const struct bootstrap_draws *draws, size_t reference,
                           struct interval *differences)
{
    double *scratch = mem_zero((draws->n + 1) * sizeof *scratch);
    for (size_t p = 0; p < draws->width; p++)
        differences[p] = reference == SIZE_MAX ? (struct interval){(double)NAN, (double)NAN}
                                               : interval_of(draws, p, reference, scratch);
    free(scratch);
}

size_t bootstrap_run(const struct bootstrap *b, struct interval *means,
                     struct interval *differences)
{
    struct bootstrap_draws *draws = bootstrap_create(b);
    size_t n_units = draws->n_units;
    bootstrap_draw_all(draws, b->cancel);
    bootstrap_means(draws, means);
    bootstrap_differences(draws, b->reference, differences);
    bootstrap_free(draws);
    return n_units;
}
