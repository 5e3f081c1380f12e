/* Spearman's rank correlation. */
#ifndef CORE_SPEARMAN_H
#define CORE_SPEARMAN_H

#include <stddef.h>

/* rank[i] of value i among n, from 1; equal values share the mean of their ranks. */
void spearman_ranks(const double *values, size_t n, double *rank);

/* Pearson's correlation of two arrays of ranks; 0 when one of them does not vary. */
double spearman_of_ranks(const double *a, const double *b, size_t n);

#endif
