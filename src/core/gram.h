/* Second moments of many rows, in parallel: the one pass over the data that ridge regression
 * and principal components need.
 *
 *     G = sum_i x_i x_i'        t = sum_i x_i
 *
 * Products are of floats over a block of rows, sums over the blocks are double. Threads share
 * the tiles of G. The same for any number of threads.
 */
#ifndef CORE_GRAM_H
#define CORE_GRAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/features.h"
#include "core/trainer.h"

/* Where rows come from. `fill` writes columns [begin, end) of rows first .. first + n - 1, row i
 * at out + i * stride, indexed by column; it is called by several threads at once. */
struct gram_source {
    size_t n, width;
    void (*fill)(const void *self, size_t first, size_t n, size_t begin, size_t end,
                 float *out, size_t stride);
    const void *self;
};

/* The differences of pairs, D_i. */
struct gram_pairs {
    const struct features *features;
    struct pair_list pairs;
};
struct gram_source gram_of_pairs(const struct gram_pairs *pairs);

/* Rows `which` [n] of a matrix. */
struct gram_rows {
    const struct rows *rows;
    const uint32_t *which;
    size_t n;
};
struct gram_source gram_of_rows(const struct gram_rows *rows);

struct gram {
    size_t n, width;
    double *moments; /* (width, width) G, owned */
    double *sum;     /* [width] t, owned */
};

/* *out is created. cancel may be NULL. STATUS_NUMERIC when a number is not finite,
 * STATUS_NO_MEMORY, STATUS_CANCELLED. */
enum status gram_make(struct gram *out, const struct gram_source *source, struct team *team,
                      const struct cancel *cancel, struct error *err);
void gram_done(struct gram *gram);

#endif
