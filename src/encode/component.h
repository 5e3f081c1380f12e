/* The first principal component of a set of rows, and rows without it.
 *
 *     u = argmax over |u| = 1 of sum_i (x_i . u)^2,     y = x - (x . u) u
 *
 * What all texts share (function words, mostly) goes; Arora, Liang and Ma 2017, "A simple but
 * tough-to-beat baseline for sentence embeddings", algorithm 1. Rows are not centred.
 */
#ifndef ENCODE_COMPONENT_H
#define ENCODE_COMPONENT_H

#include <stddef.h>

/* u [width] of the rows i < n, which begin `stride` floats apart; 0 when all of them are 0. Found by
 * power iteration from the longest row; the same rows give the same bytes. */
void component_fit(float *u, size_t width, const float *rows, size_t stride, size_t n);
void component_remove(const float *u, size_t width, float *rows, size_t stride, size_t n);

#endif
