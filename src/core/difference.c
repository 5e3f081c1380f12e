#include "core/difference.h"

#include <stdlib.h>

#include "base/memory.h"
#include "core/bootstrap.h"
#include "core/evaluate.h"

enum { MIXTURE_BEFORE, MIXTURE_AFTER, ORACLE_BEFORE, ORACLE_AFTER, PREDICTORS };

/* Column of a pair among the attributes, those without one behind the others. */
static size_t column_of(const struct features *features, uint32_t pair)
{
    int32_t attribute = features->pair_attribute[pair];
    return attribute < 0 ? features->n_attributes : (size_t)attribute;
}

/* The mixture's and the oracle's decisions, as two columns of right (n, PREDICTORS). */
static void judge(const struct features *features, const struct predictions *predictions,
                  size_t mixture, size_t oracle, uint8_t *right)
{
    size_t K = predictions->n_heads, width = predictions->n_predictors;
    size_t columns = features->n_attributes + 1;
    uint32_t *counts = mem_zero(columns * K * sizeof *counts);
    size_t *best = mem_zero(columns * sizeof *best);
    for (size_t i = 0; i < predictions->n; i++)
        for (size_t k = 0; k < K; k++)
            counts[column_of(features, predictions->pairs[i]) * K + k] +=
                predictions->right[i * width + k];
    for (size_t c = 0; c < columns; c++)
        for (size_t k = 1; k < K; k++)
            if (counts[c * K + k] > counts[c * K + best[c]])
                best[c] = k;
    for (size_t i = 0; i < predictions->n; i++) {
        const uint8_t *from = predictions->right + i * width;
        right[i * PREDICTORS + mixture] = from[K];
        right[i * PREDICTORS + oracle] =
            from[best[column_of(features, predictions->pairs[i])]];
    }
    free(counts);
    free(best);
}

static void compare(struct bootstrap *bootstrap, const double *means, size_t before,
                    size_t after, struct difference *out)
{
    /* One more than the predictors: bootstrap_run adds an oracle, which is not used. */
    struct interval intervals[PREDICTORS + 1], differences[PREDICTORS + 1];
    bootstrap->reference = before;
    bootstrap_run(bootstrap, intervals, differences);
    *out = (struct difference){.before = means[before],
                               .after = means[after],
                               .gap = means[after] - means[before],
                               .interval = differences[after]};
}

/* Means over the attributes that have pairs. */
static void find_means(const struct bootstrap *bootstrap, double means[PREDICTORS])
{
    size_t n_columns = 0, columns = bootstrap->n_columns;
    size_t(*counts)[1 + PREDICTORS] = mem_zero(columns * sizeof *counts);
    for (size_t i = 0; i < bootstrap->n_pairs; i++) {
        size_t *count = counts[bootstrap->column[i]];
        count[PREDICTORS]++;
        for (size_t p = 0; p < PREDICTORS; p++)
            count[p] += bootstrap->right[i * PREDICTORS + p];
    }
    for (size_t p = 0; p < PREDICTORS; p++)
        means[p] = 0;
    for (size_t c = 0; c < columns; c++) {
        size_t n = counts[c][PREDICTORS];
        n_columns += n > 0;
        for (size_t p = 0; p < PREDICTORS && n; p++)
            means[p] += (double)counts[c][p] / (double)n;
    }
    for (size_t p = 0; p < PREDICTORS; p++)
        means[p] /= (double)n_columns;
    free(counts);
}

void differences_make(const struct features *features, const struct predictions *before,
                      const struct predictions *after, size_t resamples, uint64_t seed,
                      struct differences *out)
{
    size_t n = before->n, columns = features->n_attributes + 1;
    uint8_t *right = mem_zero(n * PREDICTORS);
    uint32_t *column = mem_alloc(n * sizeof *column);
    int32_t *unit = mem_alloc(n * sizeof *unit);
    size_t *unused = mem_zero(columns * sizeof *unused);
    judge(features, before, MIXTURE_BEFORE, ORACLE_BEFORE, right);
    judge(features, after, MIXTURE_AFTER, ORACLE_AFTER, right);
    for (size_t i = 0; i < n; i++) {
        column[i] = (uint32_t)column_of(features, before->pairs[i]);
        unit[i] = features->pair_prompt[before->pairs[i]];
    }
    struct bootstrap bootstrap = {.n_pairs = n,
                                  .n_predictors = PREDICTORS,
                                  .n_columns = columns,
                                  .oracle_head = unused,
                                  .right = right,
                                  .column = column,
                                  .unit = unit,
                                  .resamples = resamples,
                                  .seed = seed};
    double means[PREDICTORS];
    find_means(&bootstrap, means);
    compare(&bootstrap, means, MIXTURE_BEFORE, MIXTURE_AFTER, &out->mixture);
    compare(&bootstrap, means, ORACLE_BEFORE, ORACLE_AFTER, &out->oracle);
    free(right);
    free(column);
    free(unit);
    free(unused);
}
