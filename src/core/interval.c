#include "core/interval.h"

#include <math.h>
#include <stdlib.h>

#define Z95 1.959963984540054

struct interval interval_wilson(size_t right, size_t n)
{
    if (!n)
        return (struct interval){(double)NAN, (double)NAN};
    double N = (double)n, p = (double)right / N, z2 = Z95 * Z95;
    double centre = (p + z2 / (2 * N)) / (1 + z2 / N);
    double half = Z95 / (1 + z2 / N) * sqrt(p * (1 - p) / N + z2 / (4 * N * N));
    /* The bounds at the ends are exact; rounding would leave them a little off. */
    return (struct interval){right == 0 ? 0 : centre - half,
                             right == n ? 1 : centre + half};
}

static int compare_reals(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(const double *sorted, size_t n, double share)
{
    double at = share * (double)(n - 1);
    size_t below = (size_t)at;
    double part = at - (double)below;
    return below + 1 < n ? sorted[below] * (1 - part) + sorted[below + 1] * part
                         : sorted[below];
}

struct interval interval_percentile(double *values, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i]))
            values[kept++] = values[i];
    if (!kept)
        return (struct interval){(double)NAN, (double)NAN};
    qsort(values, kept, sizeof *values, compare_reals);
    return (struct interval){quantile(values, kept, 0.025), quantile(values, kept, 0.975)};
}
