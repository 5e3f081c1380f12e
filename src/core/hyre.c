#include "core/hyre.h"

#include <math.h>

#include "core/logistic.h"

const char *const hyre_loss_names[] = {"sum", "mean", NULL};

void hyre_weights(const struct hyre_labels *labels, enum hyre_loss loss, double temperature,
                  double *weights)
{
    size_t K = labels->n_heads;
    double top = -HUGE_VAL, sum = 0;
    double divide = loss == HYRE_MEAN && labels->n ? (double)labels->n : 1;
    for (size_t k = 0; k < K; k++) {
        double scale = labels->scale ? labels->scale[k] : 1;
        weights[k] = 0;
        for (size_t i = 0; i < labels->n; i++)
            weights[k] += log_logistic((double)labels->margin[i * K + k] / scale);
        weights[k] /= divide * temperature;
        top = fmax(top, weights[k]);
    }
    for (size_t k = 0; k < K; k++)
        sum += weights[k] = exp(weights[k] - top);
    for (size_t k = 0; k < K; k++)
        weights[k] /= sum;
}

void hyre_scales(const float *chosen, const float *rejected, size_t n, size_t n_heads,
                 double *scale)
{
    for (size_t k = 0; k < n_heads; k++) {
        double mean = 0, squares = 0, count = 2 * (double)n;
        for (size_t i = 0; i < n; i++)
            mean += ((double)chosen[i * n_heads + k] + (double)rejected[i * n_heads + k]) /
                    count;
        for (size_t i = 0; i < n; i++) {
            double a = (double)chosen[i * n_heads + k] - mean;
            double b = (double)rejected[i * n_heads + k] - mean;
            squares += a * a + b * b;
        }
        scale[k] = squares > 0 ? sqrt(squares / (count - 1)) : 1;
    }
}

double hyre_decide(const double *weights, const double *scale, const float *margin,
                   size_t n_heads)
{
    double sum = 0;
    for (size_t k = 0; k < n_heads; k++)
        sum += weights[k] * (double)margin[k] / (scale ? scale[k] : 1);
    return sum;
}
