/* Files of made-up features: uniform noise of variance 1, and between chosen and rejected a
 * difference that a head can learn (about four pairs of five are in its favour). */
#ifndef TESTS_BENCH_SYNTHETIC_H
#define TESTS_BENCH_SYNTHETIC_H

#include <stddef.h>

/* prompt, chosen, rejected [n, width] F32, one prompt a pair, five attributes. */
void synthetic_raw(const char *path, size_t n, size_t width);

/* Our own layout, F32: n pairs with responses of their own, `group` pairs to a prompt. */
void synthetic_grouped(const char *path, size_t n, size_t width, size_t group);

/* Ten gigabytes of zeros in the layout of synthetic_raw: a header, and a file made long, which
 * takes no room. */
void synthetic_sparse(const char *path);

/* Bytes of the matrices of synthetic_raw, and of one epoch's reading from them. */
double synthetic_bytes(size_t n, size_t width);

#endif
