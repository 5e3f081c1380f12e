#include "core/linalg.h"

#include <cblas.h>

#include "base/kernel.h"

/* Below m * n * k = SMALL, OpenBLAS multiplies without first packing its operands (its
 * "small matrix" kernels). A product with few rows spends most of its time packing, so it
 * is quickest cut into pieces of that size. FEW: rows below which the cut pays, as
 * measured. */
enum { SMALL = 1000000, FEW = 32, PIECE = 64 };

void linalg_init(void)
{
    openblas_set_num_threads(1);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void sgemm(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, size_t m, size_t n, size_t k,
                  struct matrix a, struct matrix b, struct matrix c, bool add)
{
    cblas_sgemm(CblasRowMajor, ta, tb, (blasint)m, (blasint)n, (blasint)k, 1.0f, a.data,
                (blasint)a.stride, b.data, (blasint)b.stride, add ? 1.0f : 0.0f, c.data,
                (blasint)c.stride);
}

static struct matrix part(struct matrix whole, size_t row, size_t column)
{
    whole.data += row * whole.stride + column;
    return whole;
}

/* The longest multiple of 64 that keeps a piece small. */
static size_t piece_length(size_t m, size_t n)
{
    size_t length = SMALL / (m * n) / 64 * 64;
    return length ? length : 64;
}

void linalg_product_nt(size_t m, size_t n, size_t k, struct matrix a, struct matrix b,
                       struct matrix c, bool add)
{
    if (!m || !n)
        return;
    if (m >= FEW || k < PIECE) {
        sgemm(CblasNoTrans, CblasTrans, m, n, k, a, b, c, add);
        return;
    }
    for (size_t j = 0; j < n; j += PIECE) {
        size_t columns = least(PIECE, n - j), step = piece_length(m, columns);
        for (size_t i = 0; i < k; i += step)
            sgemm(CblasNoTrans, CblasTrans, m, columns, least(step, k - i), part(a, 0, i),
                  part(b, j, i), part(c, 0, j), add || i);
    }
}

void linalg_product_nn(size_t m, size_t n, size_t k, struct matrix a, struct matrix b,
                       struct matrix c, bool add)
{
    if (!m || !n)
        return;
    size_t step = m >= FEW ? n : least(n, piece_length(m, k));
    for (size_t j = 0; j < n; j += step)
        sgemm(CblasNoTrans, CblasNoTrans, m, least(step, n - j), k, a, part(b, 0, j),
              part(c, 0, j), add);
}

void linalg_product_tn(size_t m, size_t n, size_t k, struct matrix a, struct matrix b,
                       struct matrix c, bool add)
{
    if (m && n)
        sgemm(CblasTrans, CblasNoTrans, m, n, k, a, b, c, add);
}

/* Lanes are summed apart so that the loop is vectorised without changing its result. */
enum { LANES = 64, BLOCK = 4096 };

KERNEL static float square_sum(const float *x, size_t n)
{
    float lanes[LANES] = {0};
    size_t whole = n / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            lanes[j] += x[i + j] * x[i + j];
    float sum = 0;
    for (size_t i = whole; i < n; i++)
        sum += x[i] * x[i];
    for (size_t j = 0; j < LANES; j++)
        sum += lanes[j];
    return sum;
}

double linalg_square_sum(const float *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i += BLOCK)
        sum += (double)square_sum(x + i, least(BLOCK, n - i));
    return sum;
}
