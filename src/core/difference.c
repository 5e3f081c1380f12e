#include "core/difference.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/bootstrap.h"
#include "core/evaluate.h"

enum { MIXTURE_BEFORE, ORACLE_BEFORE, MIXTURE_AFTER, ORACLE_AFTER, PREDICTORS };

/* The mixture's and the oracle's decisions, as two columns of right. */
void differences_judge(const struct features *features,
                       const struct predictions *predictions, uint8_t *right, size_t width,
                       size_t at)
{
    size_t K = predictions->n_heads, n = predictions->n;
    size_t n_predictors = predictions->n_predictors, columns = features->n_attributes + 1;
    uint32_t *counts = mem_zero(columns * K * sizeof *counts);
    uint32_t *column = mem_alloc((n + 1) * sizeof *column);
    size_t *best = mem_zero(columns * sizeof *best);
    evaluation_columns(features, predictions, column);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < K; k++)
            counts[column[i] * K + k] += predictions->right[i * n_predictors + k];
    for (size_t c = 0; c < columns; c++)
        for (size_t k = 1; k < K; k++)
            if (counts[c * K + k] > counts[c * K + best[c]])
                best[c] = k;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *from = predictions->right + i * n_predictors;
        right[i * width + at] = from[K];
        right[i * width + at + 1] = from[best[column[i]]];
    }
    free(counts);
    free(column);
    free(best);
}

static void compare(const struct bootstrap_draws *draws, const double *means, size_t before,
                    size_t after, struct difference *out)
{
    /* One more than the predictors: the bootstrap adds an oracle, which is not used. */
    struct interval differences[PREDICTORS + 1];
    bootstrap_differences(draws, before, differences);
    *out = (struct difference){.before = means[before],
                               .after = means[after],
                               .gap = means[after] - means[before],
                               .interval = differences[after]};
}

void differences_means(const uint8_t *right, size_t n, size_t width, const uint32_t *column,
                       size_t n_columns, double *means)
{
    size_t attributes = 0;
    size_t *pairs = mem_zero(n_columns * sizeof *pairs);
    size_t *counts = mem_zero(n_columns * width * sizeof *counts);
    for (size_t i = 0; i < n; i++) {
        pairs[column[i]]++;
        for (size_t p = 0; p < width; p++)
            counts[column[i] * width + p] += right[i * width + p];
    }
    memset(means, 0, width * sizeof *means);
    for (size_t c = 0; c < n_columns; c++) {
        attributes += pairs[c] > 0;
        for (size_t p = 0; p < width && pairs[c]; p++)
            means[p] += (double)counts[c * width + p] / (double)pairs[c];
    }
    for (size_t p = 0; p < width; p++)
        means[p] /= (double)attributes;
    free(counts);
    free(pairs);
}

void differences_make(const struct features *features, const struct predictions *before,
                      const struct predictions *after,
                      const struct differences_options *options, struct differences *out)
{
    size_t n = before->n, columns = features->n_attributes + 1;
    uint8_t *right = mem_zero(n * PREDICTORS);
    uint32_t *column = mem_alloc(n * sizeof *column);
    int32_t *unit = mem_alloc(n * sizeof *unit);
    size_t *unused = mem_zero(columns * sizeof *unused);
    differences_judge(features, before, right, PREDICTORS, MIXTURE_BEFORE);
    differences_judge(features, after, right, PREDICTORS, MIXTURE_AFTER);
    evaluation_columns(features, before, column);
    for (size_t i = 0; i < n; i++)
        unit[i] = features->pair_prompt[before->pairs[i]];
    struct bootstrap bootstrap = {.n_pairs = n,
                                  .n_predictors = PREDICTORS,
                                  .n_columns = columns,
                                  .oracle_head = unused,
                                  .right = right,
                                  .column = column,
                                  .unit = unit,
                                  .resamples = options->resamples,
                                  .seed = options->seed};
    double means[PREDICTORS];
    struct bootstrap_draws *draws = bootstrap_create(&bootstrap);
    bootstrap_draw_all(draws, options->cancel);
    differences_means(right, n, PREDICTORS, column, columns, means);
    compare(draws, means, MIXTURE_BEFORE, MIXTURE_AFTER, &out->mixture);
    compare(draws, means, ORACLE_BEFORE, ORACLE_AFTER, &out->oracle);
    bootstrap_free(draws);
    free(right);
    free(column);
    free(unit);
    free(unused);
}
