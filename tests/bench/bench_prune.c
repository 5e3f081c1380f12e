/* What the pruning view waits for: a new threshold once correlations are known, and the
 * correlations. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/rng.h"
#include "core/prune.h"

enum { PAIRS = 5000, HEADS = 64, FAMILIES = 20, ROUNDS = 2001, MAKES = 9 };

/* Heads come in families, so that every threshold drops some. */
static void draw(float *margin, float *log_weight)
{
    struct rng rng;
    rng_init(&rng, 1, 0);
    for (size_t i = 0; i < PAIRS; i++) {
        float family[FAMILIES];
        for (size_t f = 0; f < FAMILIES; f++)
            family[f] = (float)rng_normal(&rng);
        for (size_t k = 0; k < HEADS; k++) {
            float noise = 0.02f * (float)(k / FAMILIES);
            margin[i * HEADS + k] = family[k % FAMILIES] + noise * (float)rng_normal(&rng);
            log_weight[i * HEADS + k] = -4.16f - 0.001f * (float)k;
        }
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Median of the seconds that one of n takes. */
static double median(double *seconds, size_t n)
{
    qsort(seconds, n, sizeof *seconds, compare);
    return seconds[n / 2];
}

int main(void)
{
    static double at[ROUNDS], making[MAKES];
    static uint32_t leader[HEADS], pairs[PAIRS];
    float *margin = mem_array(PAIRS, HEADS * sizeof *margin);
    float *log_weight = mem_array(PAIRS, HEADS * sizeof *log_weight);
    struct predictions predictions;
    struct correlation correlation = {0};
    struct prune_index index;
    size_t kept = 0;
    draw(margin, log_weight);
    if (predictions_of_margins(&predictions, pairs, PAIRS, HEADS, margin, log_weight, NULL))
        return 1;
    for (size_t i = 0; i < MAKES; i++) {
        correlation_done(&correlation);
        double began = clock_seconds();
        if (correlation_make(&correlation, margin, PAIRS, HEADS,
                             &(struct correlation_options){STATISTIC_MARGIN}, NULL))
            return 1;
        making[i] = clock_seconds() - began;
    }
    double began = clock_seconds();
    if (prune_index_make(&index, &correlation, &predictions, NULL))
        return 1;
    double indexing = clock_seconds() - began;
    for (size_t i = 0; i < ROUNDS; i++) {
        double threshold = 1 - 2 * (double)i / (ROUNDS - 1);
        began = clock_seconds();
        kept += prune_at(&index, threshold, leader).n_kept;
        at[i] = clock_seconds() - began;
    }
    double half = median(at, ROUNDS);
    printf("{\"bench\": \"prune\", \"heads\": %d, \"pairs\": %d, \"threshold_us\": %.2f, "
           "\"threshold_p99_us\": %.2f, \"correlation_ms\": %.2f, \"index_ms\": %.2f, "
           "\"mean_kept\": %.1f}\n",
           HEADS, PAIRS, 1e6 * half, 1e6 * at[ROUNDS * 99 / 100],
           1e3 * median(making, MAKES), 1e3 * indexing, (double)kept / ROUNDS);
    prune_index_done(&index);
    correlation_done(&correlation);
    predictions_done(&predictions);
    free(margin);
    free(log_weight);
    return 0;
}
