#include "core/interval.h"

#include <math.h>
#include <stdbool.h>
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

/* P(|T| < t) for Student's T with f degrees of freedom (Abramowitz and Stegun 26.7.3 and
 * 26.7.4). */
static double student_within(double t, size_t f)
{
    const double angle = atan(t / sqrt((double)f)), c = cos(angle), s = sin(angle);
    const bool odd = f % 2;
    double term = odd ? c : 1, sum = f > 1 ? term : 0;
    for (size_t i = odd ? 3 : 2; i < f; i += 2) {
        term *= (double)(i - 1) / (double)i * c * c;
        sum += term;
    }
    return odd ? (angle + s * sum) / acos(0) : s * sum;
}

struct interval interval_mean(const double *values, size_t n)
{
    if (n < 2)
        return (struct interval){(double)NAN, (double)NAN};
    double mean = 0, squares = 0, low = 0, high = 16; /* of t, which is largest for n = 2 */
    for (size_t i = 0; i < n; i++)
        mean += values[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    for (int i = 0; i < 60; i++) {
        double t = (low + high) / 2;
        *(student_within(t, n - 1) < 0.95 ? &low : &high) = t;
    }
    double half = high * sqrt(squares / (double)(n - 1) / (double)n);
    return (struct interval){mean - half, mean + half};
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
