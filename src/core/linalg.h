/* Products of row-major float matrices, by OpenBLAS on the calling thread.
 *
 * OpenBLAS is held to one thread: threads are ours (base/jobs.h), each with its own
 * columns, so that a program has one pool and results do not depend on a library's mood.
 * Results are deterministic for one machine; between machines they differ in the last bits.
 */
#ifndef CORE_LINALG_H
#define CORE_LINALG_H

#include <stdbool.h>
#include <stddef.h>

/* Holds OpenBLAS to one thread; call once before the first product. */
void linalg_init(void);

/* A matrix in memory: element (i, j) is at data[i * stride + j]. */
struct matrix {
    float *data;
    size_t stride;
};

/* C (m, n) = A (m, k) B (n, k)^T, plus C when `add`. Made for long k: margins, first
 * layers. */
void linalg_product_nt(size_t m, size_t n, size_t k, struct matrix a, struct matrix b,
                       struct matrix c, bool add);

/* C (m, n) = A (m, k) B (k, n), plus C when `add`. Made for long n: their gradients. */
void linalg_product_nn(size_t m, size_t n, size_t k, struct matrix a, struct matrix b,
                       struct matrix c, bool add);

/* C (m, n) = A (k, m)^T B (k, n), plus C when `add`. */
void linalg_product_tn(size_t m, size_t n, size_t k, struct matrix a, struct matrix b,
                       struct matrix c, bool add);

/* Sum of squares of n floats, in double over blocks of float. */
double linalg_square_sum(const float *x, size_t n);

#endif
