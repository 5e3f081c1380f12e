#include "core/adam.h"

#include <math.h>

#include "base/kernel.h"

#define BETA1   0.9
#define BETA2   0.999
#define EPSILON 1e-8f

struct adam adam_constants(double learning_rate, double weight_decay, uint64_t t)
{
    return (struct adam){
        .keep = (float)(1.0 - learning_rate * weight_decay),
        .rate = (float)(learning_rate / (1.0 - pow(BETA1, (double)t))),
        .root = (float)(1.0 / sqrt(1.0 - pow(BETA2, (double)t))),
        .scale = 1.0f,
    };
}

KERNEL static void update(struct adam adam, float *restrict parameter,
                          const float *restrict gradient, float *restrict first_moment,
                          float *restrict second_moment, size_t n)
{
    const float b1 = (float)BETA1, c1 = (float)(1 - BETA1);
    const float b2 = (float)BETA2, c2 = (float)(1 - BETA2);
    for (size_t i = 0; i < n; i++) {
        float g = gradient[i] * adam.scale;
        float m = b1 * first_moment[i] + c1 * g;
        float v = b2 * second_moment[i] + c2 * g * g;
        first_moment[i] = m;
        second_moment[i] = v;
        parameter[i] =
            adam.keep * parameter[i] - adam.rate * m / (sqrtf(v) * adam.root + EPSILON);
    }
}

void adam_update(const struct adam *adam, float *parameter, const float *gradient,
                 float *first_moment, float *second_moment, size_t n)
{
    update(*adam, parameter, gradient, first_moment, second_moment, n);
}
