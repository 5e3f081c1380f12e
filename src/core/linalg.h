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

/* Holds OpenBLAS to one thread; before the first product, and before threads that multiply are made.
 * Calling it again does nothing. */
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

/* ---- in double, by LAPACK; matrices are whole and row-major ---- */

/* C (m, n) = A (m, k) B (k, n). */
void linalg_product_double(size_t m, size_t n, size_t k, const double *a, const double *b,
                           double *c);
/* C (m, n) = A (m, k) B (n, k)^T. */
void linalg_product_double_nt(size_t m, size_t n, size_t k, const double *a,
                              const double *b, double *c);

/* The symmetric positive definite a (n, n), of which the lower triangle is read, becomes its
 * Cholesky factor there. False when it is not positive definite. */
bool linalg_cholesky(double *a, size_t n);

/* Solves A x = b for each of the rows b (n_sides, n), in place, by the factor of A. */
void linalg_cholesky_solve(const double *factor, size_t n, double *b, size_t n_sides);

/* The `most` largest eigenvalues of the symmetric a (n, n), which is destroyed, largest
 * first, and their vectors, the rows of vectors (most, n), of length 1. False when LAPACK
 * does not converge. */
bool linalg_eigen(double *a, size_t n, size_t most, double *values, double *vectors);

/* Lower triangle of C (n, n) = A (k, n)^T A; the upper one is not touched. */
void linalg_square_tn(size_t n, size_t k, struct matrix a, struct matrix c);

#endif
