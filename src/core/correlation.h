/* How alike the heads of a mixture judge the same pairs (docs/equations.md E16).
 *
 *     x_ik = m_ik                      margin
 *          = sigma(m_ik) - 1/2         probability
 *          = sign(m_ik)                agreement
 *
 *     C_jk = sum_i x_ij x_ik / sqrt( sum_i x_ij^2  sum_i x_ik^2 )
 *
 * Which response of a pair comes first is a convention (the chosen one), so every pair is
 * counted both ways round, as x and as -x: their mean is 0 and Pearson's correlation is the
 * cosine above. It is signed: a head that wants the opposite has -1. For agreement,
 * (1 + C) / 2 is the share of pairs that two heads decide alike, when there are no ties.
 */
#ifndef CORE_CORRELATION_H
#define CORE_CORRELATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/jobs.h"

enum statistic {
    STATISTIC_MARGIN,
    STATISTIC_PROBABILITY,
    STATISTIC_AGREEMENT,
    STATISTIC_COUNT,
};
extern const char *const statistic_names[]; /* "margin", "probability", "agreement", NULL */

struct correlation {
    size_t n_heads; /* K */
    double *values; /* (K, K) symmetric, -1 to 1, diagonal 1; owned */
};

struct correlation_options {
    enum statistic statistic;
    bool centred;                /* plain Pearson, over the pairs as they are stored */
    const struct cancel *cancel; /* NULL: nobody stops it */
};

/* From margins (n, K), n and K at least 1; sums are in float64, columns that are equal have
 * exactly 1. A head without any spread (all margins 0; when centred, all the same) has 0
 * with every other. *out is created; STATUS_NO_MEMORY, STATUS_CANCELLED. */
enum status correlation_make(struct correlation *out, const float *margin, size_t n,
                             size_t n_heads, const struct correlation_options *options,
                             struct error *err);
void correlation_done(struct correlation *correlation);

static inline double correlation_at(const struct correlation *correlation, size_t j,
                                    size_t k)
{
    return correlation->values[j * correlation->n_heads + k];
}

#endif
