#include "base/vector.h"

#include "base/kernel.h"

/* The kernels are static and the functions plain: a clone that other files call by its name is
 * something that clang before 16 does not link. */

enum { LANES = 16 };

KERNEL static void vector_add_kernel(float *restrict to, float factor,
                                     const float *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] += factor * x[i];
}

void vector_add(float *to, float factor, const float *x, size_t n)
{
    vector_add_kernel(to, factor, x, n);
}

KERNEL static void vector_add_double_kernel(double *restrict to, double factor,
                                            const float *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] += factor * (double)x[i];
}

void vector_add_double(double *to, double factor, const float *x, size_t n)
{
    vector_add_double_kernel(to, factor, x, n);
}

/* Lanes are summed apart so that the loop is vectorised without changing its result. */
KERNEL static double vector_dot_kernel(const float *x, const float *y, size_t n)
{
    float lanes[LANES] = {0}, rest = 0;
    size_t whole = n / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            lanes[j] += x[i + j] * y[i + j];
    for (size_t i = whole; i < n; i++)
        rest += x[i] * y[i];
    double sum = (double)rest;
    for (size_t j = 0; j < LANES; j++)
        sum += (double)lanes[j];
    return sum;
}

double vector_dot(const float *x, const float *y, size_t n)
{
    return vector_dot_kernel(x, y, n);
}
