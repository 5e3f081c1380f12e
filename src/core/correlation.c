#include "core/correlation.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

const char *const statistic_names[] = {"margin", "probability", "agreement", NULL};

enum { BLOCK = 64 }; /* pairs at a time, so that their columns stay in the cache */

static double value_of(float margin, enum statistic statistic)
{
    double m = (double)margin;
    if (statistic == STATISTIC_PROBABILITY)
        return tanh(m / 2) / 2;
    return statistic == STATISTIC_AGREEMENT ? (double)((m > 0) - (m < 0)) : m;
}

/* shift[k] = mean of column k. Taken from the first row on, so that it is exact for a
 * column that is constant. */
static void find_means(const float *margin, size_t n, size_t K, enum statistic statistic,
                       double *shift)
{
    for (size_t k = 0; k < K; k++) {
        double first = value_of(margin[k], statistic), sum = 0;
        for (size_t i = 1; i < n; i++)
            sum += value_of(margin[i * K + k], statistic) - first;
        shift[k] = first + sum / (double)n;
    }
}

/* products (K, K), upper half += x^T x over n rows (n, K). */
static void add_products(const double *x, size_t n, size_t K, double *products)
{
    for (size_t j = 0; j < K; j++) {
        double *row = products + j * K;
        for (size_t i = 0; i < n; i++) {
            const double *at = x + i * K;
            for (size_t k = j; k < K; k++)
                row[k] += at[j] * at[k];
        }
    }
}

/* Products to cosines, both halves. */
static void normalise(double *values, const double *square, size_t K)
{
    for (size_t j = 0; j < K; j++) {
        values[j * K + j] = 1;
        for (size_t k = j + 1; k < K; k++) {
            double norm = sqrt(square[j] * square[k]), cosine = 0;
            if (norm > 0)
                cosine = fmax(-1, fmin(1, values[j * K + k] / norm));
            values[j * K + k] = values[k * K + j] = cosine;
        }
    }
}

struct columns {
    size_t K;
    double *values; /* (K, K) upper half: products of the columns */
    double *x;      /* (BLOCK, K) of the pairs at work */
    double *shift;  /* [K] what is taken off a column */
};

static enum status multiply(const float *margin, size_t n, struct columns *columns,
                            const struct correlation_options *options, struct error *err)
{
    size_t K = columns->K;
    for (size_t i = 0; i < n; i += BLOCK) {
        size_t now = n - i < BLOCK ? n - i : BLOCK;
        if (cancel_asked(options->cancel))
            return error_set(err, STATUS_CANCELLED,
                             "correlating was stopped after %zu of %zu pairs", i, n);
        for (size_t at = 0; at < now * K; at++)
            columns->x[at] =
                value_of(margin[i * K + at], options->statistic) - columns->shift[at % K];
        add_products(columns->x, now, K, columns->values);
    }
    return STATUS_OK;
}

enum status correlation_make(struct correlation *out, const float *margin, size_t n,
                             size_t n_heads, const struct correlation_options *options,
                             struct error *err)
{
    size_t K = n_heads;
    struct columns columns = {K, mem_array(K, K * sizeof(double)),
                              mem_array(BLOCK, K * sizeof(double)),
                              mem_array(K, sizeof(double))};
    enum status status = STATUS_OK;
    if (!columns.values || !columns.x || !columns.shift)
        status = error_set(err, STATUS_NO_MEMORY,
                           "no memory for the correlations of %zu heads", K);
    if (!status && options->centred)
        find_means(margin, n, K, options->statistic, columns.shift);
    if (!status)
        status = multiply(margin, n, &columns, options, err);
    for (size_t k = 0; k < K && !status; k++)
        columns.shift[k] = columns.values[k * K + k];
    if (!status) {
        normalise(columns.values, columns.shift, K);
        *out = (struct correlation){K, columns.values};
    } else {
        free(columns.values);
    }
    free(columns.x);
    free(columns.shift);
    return status;
}

void correlation_done(struct correlation *correlation)
{
    free(correlation->values);
    *correlation = (struct correlation){0};
}
