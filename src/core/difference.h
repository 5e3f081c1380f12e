/* What changed between two sets of predictions of the same pairs: mean accuracies before
 * and after, and the paired interval of their difference (docs/equations.md E8). */
#ifndef CORE_DIFFERENCE_H
#define CORE_DIFFERENCE_H

#include <stddef.h>
#include <stdint.h>

#include "core/features.h"
#include "core/interval.h"
#include "core/predict.h"

struct difference {
    double before, after;     /* unweighted means over the attributes that have pairs */
    double gap;               /* after - before */
    struct interval interval; /* of the gap; NaN when resamples is 0 */
};

struct differences {
    struct difference mixture;
    struct difference oracle; /* each side the heads that it is best with on these pairs */
};

struct differences_options {
    size_t resamples; /* 0: no intervals */
    uint64_t seed;
    const struct cancel
        *cancel; /* NULL: nobody stops them; when stopped, intervals are NaN */
};

/* Both of the same pairs in the same order; the heads may differ in number. */
void differences_make(const struct features *features, const struct predictions *before,
                      const struct predictions *after,
                      const struct differences_options *options, struct differences *out);

/* Its pieces, for several changes of the same pairs at once.
 *
 * Decisions of the mixture and of the oracle into columns `at` and `at` + 1 of right
 * (n, width). */
void differences_judge(const struct features *features,
                       const struct predictions *predictions, uint8_t *right, size_t width,
                       size_t at);

/* Mean accuracy of every column of right (n, width) over the attributes that have pairs:
 * means [width]. column [n]: of each pair, below n_columns. */
void differences_means(const uint8_t *right, size_t n, size_t width, const uint32_t *column,
                       size_t n_columns, double *means);

#endif
