#include "core/linalg.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "base/kernel.h"
#include "base/memory.h"

/* OpenBLAS multiplies without packing its operands first ("small matrix" kernels) when it has such
 * kernels for the processor and m * n * k <= SMALL. A product of a batch with a layer spends a fifth
 * of its time packing, so there it is quickest cut into pieces of that size. The shapes of the pieces
 * are measured ones, and pay while one side is no longer than a BATCH. FEW: rows below which a cut
 * pays without such kernels too. */
enum { SMALL = 1000000, FEW = 32, LONG = 512, BATCH = 256 };

static bool has_small_kernels;

/* Commands in the background may call it again while others multiply. */
void linalg_init(void)
{
    static atomic_flag is_done = ATOMIC_FLAG_INIT;
    if (atomic_flag_test_and_set(&is_done))
        return;
    static const char *const cores[] = {"SkylakeX", "Cooperlake", "SapphireRapids"};
    openblas_set_num_threads(1);
    for (size_t i = 0; i < sizeof cores / sizeof *cores; i++)
        has_small_kernels =
            has_small_kernels || strcmp(openblas_get_corename(), cores[i]) == 0;
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

/* The longest multiple of 64 that keeps a piece small, at least 64. */
static size_t piece_length(size_t m, size_t n)
{
    size_t length = SMALL / (m * n) / 64 * 64;
    return length ? length : 64;
}

/* ---- many rows by a few ---- */

/* Rewards of heads: the rows come from memory once and the sums stay in registers, 4 x 5 of them with
 * 512 bits each; sgemm reads such a product at half the rate. */
enum { WIDE = 16, TILE_ROWS = 4, TILE_COLUMNS = 5, FEW_COLUMNS = 20 };
typedef float wide __attribute__((vector_size(4 * WIDE)));
typedef float wide_anywhere __attribute__((vector_size(4 * WIDE), aligned(4), may_alias));

KERNEL_PART void tile(size_t m, size_t n, size_t k, struct matrix a, struct matrix b,
                      struct matrix c, bool add)
{
    wide sum[TILE_ROWS][TILE_COLUMNS];
    size_t whole = k / WIDE * WIDE;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            sum[i][j] = (wide){0};
    for (size_t l = 0; l < whole; l += WIDE) {
        wide x[TILE_ROWS], y[TILE_COLUMNS];
        for (size_t i = 0; i < m; i++)
            x[i] = *(const wide_anywhere *)(a.data + i * a.stride + l);
        for (size_t j = 0; j < n; j++)
            y[j] = *(const wide_anywhere *)(b.data + j * b.stride + l);
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++)
                sum[i][j] += x[i] * y[j];
    }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            float total = add ? c.data[i * c.stride + j] : 0;
            for (size_t l = 0; l < WIDE; l++)
                total += sum[i][j][l];
            for (size_t l = whole; l < k; l++)
                total += a.data[i * a.stride + l] * b.data[j * b.stride + l];
            c.data[i * c.stride + j] = total;
        }
}

KERNEL static void product_few(size_t m, size_t n, size_t k, struct matrix a,
                               struct matrix b, struct matrix c, bool add)
{
    size_t rows = m / TILE_ROWS * TILE_ROWS, j = 0;
    for (size_t i = 0; i < rows; i += TILE_ROWS) {
        struct matrix from = {a.data + i * a.stride, a.stride};
        for (j = 0; j + TILE_COLUMNS <= n; j += TILE_COLUMNS)
            tile(TILE_ROWS, TILE_COLUMNS, k, from,
                 (struct matrix){b.data + j * b.stride, b.stride},
                 (struct matrix){c.data + i * c.stride + j, c.stride}, add);
        for (; j < n; j++)
            tile(TILE_ROWS, 1, k, from, (struct matrix){b.data + j * b.stride, b.stride},
                 (struct matrix){c.data + i * c.stride + j, c.stride}, add);
    }
    for (size_t i = rows; i < m; i++)
        for (j = 0; j < n; j++)
            tile(1, 1, k, (struct matrix){a.data + i * a.stride, a.stride},
                 (struct matrix){b.data + j * b.stride, b.stride},
                 (struct matrix){c.data + i * c.stride + j, c.stride}, add);
}

void linalg_product_nt(size_t m, size_t n, size_t k, struct matrix a, struct matrix b,
                       struct matrix c, bool add)
{
    if (!m || !n)
        return;
    if (has_small_kernels && n <= FEW_COLUMNS && m > 2 * n && k >= LONG) {
        product_few(m, n, k, a, b, c, add);
        return;
    }
    bool cut = k >= LONG && ((has_small_kernels && least(m, n) <= BATCH) || m < FEW);
    size_t rows = cut ? 16 : m, columns = cut ? 32 : n;
    size_t step = cut ? piece_length(rows, columns) : k ? k : 1;
    for (size_t l = 0; l == 0 || l < k; l += step)
        for (size_t i = 0; i < m; i += rows)
            for (size_t j = 0; j < n; j += columns)
                sgemm(CblasNoTrans, CblasTrans, least(rows, m - i), least(columns, n - j),
                      least(step, k - l), part(a, i, l), part(b, j, l), part(c, i, j),
                      add || l);
}

void linalg_product_nn(size_t m, size_t n, size_t k, struct matrix a, struct matrix b,
                       struct matrix c, bool add)
{
    if (!m || !n)
        return;
    bool cut = n >= LONG && ((has_small_kernels && k <= BATCH) || m < FEW);
    size_t columns = cut ? 64 : n, rows = cut ? SMALL / (columns * (k ? k : 1)) : m;
    rows = rows < m ? (rows < 16 ? 16 : rows / 16 * 16) : m;
    for (size_t j = 0; j < n; j += columns)
        for (size_t i = 0; i < m; i += rows)
            sgemm(CblasNoTrans, CblasNoTrans, least(rows, m - i), least(columns, n - j), k,
                  part(a, i, 0), part(b, 0, j), part(c, i, j), add);
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

/* ---- in double ---- */

/* OpenBLAS brings LAPACK with it, in Fortran's calling convention: everything by address, column
 * by column, and the lengths of texts behind the arguments. */
/* NOLINTBEGIN(readability-identifier-naming): Fortran's names */
void dpotrf_(const char *triangle, const int *n, double *a, const int *stride, int *info,
             size_t length);
void dpotrs_(const char *triangle, const int *n, const int *sides, const double *a,
             const int *stride, double *b, const int *b_stride, int *info, size_t length);
void dsyevr_(const char *job, const char *range, const char *triangle, const int *n,
             double *a, const int *stride, const double *low, const double *high,
             const int *first, const int *last, const double *tolerance, int *found,
             double *values, double *vectors, const int *v_stride, int *support,
             double *work, const int *n_work, int *whole, const int *n_whole, int *info,
             size_t l1, size_t l2, size_t l3);
/* NOLINTEND(readability-identifier-naming) */

void linalg_product_double(size_t m, size_t n, size_t k, const double *a, const double *b,
                           double *c)
{
    if (m && n)
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint)m, (blasint)n,
                    (blasint)k, 1, a, (blasint)(k ? k : 1), b, (blasint)n, 0, c,
                    (blasint)n);
}

void linalg_product_double_nt(size_t m, size_t n, size_t k, const double *a,
                              const double *b, double *c)
{
    blasint stride = (blasint)(k ? k : 1);
    if (m && n)
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)m, (blasint)n,
                    (blasint)k, 1, a, stride, b, stride, 0, c, (blasint)n);
}

void linalg_square_tn(size_t n, size_t k, struct matrix a, struct matrix c)
{
    if (n)
        cblas_ssyrk(CblasRowMajor, CblasLower, CblasTrans, (blasint)n, (blasint)k, 1,
                    a.data, (blasint)a.stride, 0, c.data, (blasint)c.stride);
}

/* The lower triangle by rows is the upper one by columns. */
bool linalg_cholesky(double *a, size_t n)
{
    int order = (int)n, info = 0;
    if (n)
        dpotrf_("U", &order, a, &order, &info, 1);
    return info == 0;
}

void linalg_cholesky_solve(const double *factor, size_t n, double *b, size_t n_sides)
{
    int order = (int)n, sides = (int)n_sides, info = 0;
    if (n && n_sides)
        dpotrs_("U", &order, &sides, factor, &order, b, &order, &info, 1);
}

/* LAPACK counts from the smallest. */
static void reverse(double *values, double *vectors, size_t n, size_t most)
{
    for (size_t i = 0; i < most / 2; i++) {
        size_t j = most - 1 - i;
        double value = values[i];
        values[i] = values[j];
        values[j] = value;
        for (size_t d = 0; d < n; d++) {
            double x = vectors[i * n + d];
            vectors[i * n + d] = vectors[j * n + d];
            vectors[j * n + d] = x;
        }
    }
}

bool linalg_eigen(double *a, size_t n, size_t most, double *values, double *vectors)
{
    if (!n || !most)
        return true;
    int order = (int)n, first = (int)(n - most + 1), found = 0, info = 0;
    int n_work = (int)(32 * n), n_whole = (int)(16 * n);
    double none = 0;
    double *work = mem_alloc((size_t)n_work * sizeof *work);
    double *all = mem_alloc(n * sizeof *all);
    int *whole = mem_alloc((size_t)n_whole * sizeof *whole);
    int *support = mem_alloc(2 * n * sizeof *support);
    dsyevr_("V", "I", "U", &order, a, &order, &none, &none, &first, &order, &none, &found,
            all, vectors, &order, support, work, &n_work, whole, &n_whole, &info, 1, 1, 1);
    memcpy(values, all, most * sizeof *values);
    reverse(values, vectors, n, most);
    free(work);
    free(all);
    free(whole);
    free(support);
    return info == 0 && (size_t)found == most;
}
