/* Sums over long rows of numbers, compiled once per instruction set (kernel.h). */
#ifndef BASE_VECTOR_H
#define BASE_VECTOR_H

#include <stddef.h>

/* to += factor x, over n numbers; they do not overlap. */
void vector_add(float *to, float factor, const float *x, size_t n);
void vector_add_double(double *to, double factor, const float *x, size_t n);

/* Sum of x y over n numbers, in float over lanes and in double over those. */
double vector_dot(const float *x, const float *y, size_t n);

#endif
