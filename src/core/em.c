#include "core/em.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/kernel.h"
#include "core/logistic.h"

enum { PASSES_MAX = 20000 };
static const double tolerance = 1e-11; /* nats a label */
static const double hopeless = -700;   /* a head that far behind still has a chance */

void em_row(const float *margin, size_t n_heads, double *row)
{
    double top = -HUGE_VAL;
    for (size_t k = 0; k < n_heads; k++) {
        row[k] = log_logistic((double)margin[k]);
        top = fmax(top, row[k]);
    }
    for (size_t k = 0; k < n_heads; k++)
        row[k] = exp(fmax(row[k] - top, hopeless));
}

void em_pseudo_counts(const double *prior, size_t n_heads, double strength, double *counts)
{
    for (size_t k = 0; k < n_heads; k++)
        counts[k] = strength * (double)n_heads * prior[k] / 2;
}

static double total(const struct em_problem *problem)
{
    double sum = (double)problem->n;
    for (size_t k = 0; k < problem->n_heads; k++)
        sum += problem->counts[k];
    return sum;
}

/* Sum of the logarithms of positive numbers up to 1, one logarithm for many of them. */
struct log_sum {
    double sum, product;
};

KERNEL_PART void log_sum_add(struct log_sum *log_sum, double p)
{
    const double least = 1e-150; /* far enough from 0 for one more factor of this size */
    if (p < least || log_sum->product < least) {
        log_sum->sum += log(log_sum->product);
        log_sum->product = 1;
    }
    log_sum->product *= p;
}

static double log_sum_total(const struct log_sum *log_sum)
{
    return log_sum->sum + log(log_sum->product);
}

/* In lanes, so that additions need not wait for one another. */
KERNEL_PART double dot(const double *a, const double *b, size_t n)
{
    enum { LANES = 8 };
    double lanes[LANES] = {0}, sum = 0;
    size_t whole = n / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            lanes[j] += a[i + j] * b[i + j];
    for (size_t i = whole; i < n; i++)
        sum += a[i] * b[i];
    for (size_t j = 0; j < LANES; j++)
        sum += lanes[j];
    return sum;
}

/* One pass: from weights to the next ones. *objective (unless NULL) becomes that at `from`;
 * returns how much, at most, the maximum lies above it. */
KERNEL static double pass(const struct em_problem *problem, double sum_of_counts,
                          const double *from, double *to, double *objective)
{
    size_t K = problem->n_heads;
    struct log_sum logs = {0, 1};
    double steepest = 0;
    memset(to, 0, K * sizeof *to);
    for (size_t i = 0; i < problem->n; i++) {
        const double *row = problem->rows + i * K;
        double p = dot(from, row, K), factor = 1 / p;
        if (objective)
            log_sum_add(&logs, p);
        for (size_t k = 0; k < K; k++)
            to[k] += row[k] * factor;
    }
    if (objective)
        *objective = log_sum_total(&logs);
    for (size_t k = 0; k < K; k++) {
        double count = problem->counts[k];
        if (objective && count > 0)
            *objective += count * log(from[k]);
        steepest = fmax(steepest, to[k] + (count > 0 ? count / from[k] : 0));
        to[k] = (from[k] * to[k] + count) / sum_of_counts;
    }
    return steepest - sum_of_counts;
}

/* Three successive weights -> the point to which they seem to go (SQUAREM, Varadhan and
 * Roland 2008, scheme S3). False when it lies outside of the simplex. */
static bool extrapolate(const double *w0, const double *w1, const double *w2, size_t K,
                        double *out)
{
    double first = 0, second = 0, sum = 0;
    for (size_t k = 0; k < K; k++) {
        double r = w1[k] - w0[k], v = w2[k] - w1[k] - r;
        first += r * r;
        second += v * v;
    }
    if (!(second > 0) || first <= second)
        return false;
    double step = sqrt(first / second);
    for (size_t k = 0; k < K; k++) {
        double r = w1[k] - w0[k], v = w2[k] - w1[k] - r;
        out[k] = w0[k] + 2 * step * r + step * step * v;
        if (!(out[k] > 0) && w0[k] > 0)
            return false;
        sum += out[k];
    }
    for (size_t k = 0; k < K; k++)
        out[k] /= sum;
    return true;
}

size_t em_fit(const struct em_problem *problem, double *weights, double *scratch)
{
    size_t K = problem->n_heads, bytes = K * sizeof *weights, passes = 0;
    double sum = total(problem), gap_allowed = tolerance * sum;
    double *w1 = scratch, *w2 = w1 + K, *w3 = w2 + K, *far = w3 + K;
    while (passes < PASSES_MAX) {
        double later, beyond;
        passes++;
        if (pass(problem, sum, weights, w1, NULL) <= gap_allowed)
            break;
        passes++;
        if (pass(problem, sum, w1, w2, &later) <= gap_allowed) {
            memcpy(weights, w1, bytes);
            break;
        }
        /* A step that is too bold is not taken: the plain one never loses. */
        bool bold = extrapolate(weights, w1, w2, K, far);
        if (bold) {
            passes++;
            pass(problem, sum, far, w3, &beyond);
            bold = beyond >= later;
        }
        memcpy(weights, bold ? w3 : w2, bytes);
    }
    return passes;
}
