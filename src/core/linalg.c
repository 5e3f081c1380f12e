#include "core/linalg.h"

#include <string.h>

#include <cblas.h>

#include "base/kernel.h"

/* OpenBLAS multiplies without packing its operands first ("small matrix" kernels) when it has such
 * kernels for the processor and m * n * k <= SMALL. A product of a batch with a layer spends a fifth
 * of its time packing, so there it is quickest cut into pieces of that size. The shapes of the pieces
 * are measured ones, and pay while one side is no longer than a BATCH. FEW: rows below which a cut
 * pays without such kernels too. */
enum { SMALL = 1000000, FEW = 32, LONG = 512, BATCH = 256 };

static bool has_small_kernels;

void linalg_init(void)
{
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
