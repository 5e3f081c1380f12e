#include "near.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "core/linalg.h"

enum { PAD = 3 }; /* elements between rows that no product may read or write */

typedef void product(size_t m, size_t n, size_t k, struct matrix a, struct matrix b,
                     struct matrix c, bool add);

/* What a product is made of: element (i, l) of the left and (l, j) of the right factor. */
static const struct kind {
    const char *name;
    product *run;
    bool a_transposed, b_transposed;
} kinds[] = {
    {"nt", linalg_product_nt, false, true},
    {"nn", linalg_product_nn, false, false},
    {"tn", linalg_product_tn, true, false},
};

static const float untouched = -123.5f;

static struct matrix random_matrix(struct rng *rng, size_t rows, size_t columns)
{
    struct matrix matrix = {.stride = columns + PAD};
    matrix.data = mem_array((rows + 1) * matrix.stride, sizeof(float));
    for (size_t i = 0; i < (rows + 1) * matrix.stride; i++)
        matrix.data[i] = NAN;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            matrix.data[i * matrix.stride + j] = (float)(2 * rng_uniform(rng) - 1);
    return matrix;
}

/* The sum in double, and of the absolute values, by which the error is measured. */
static double naive(const struct kind *kind, struct matrix a, struct matrix b, size_t i,
                    size_t j, size_t k, double *size)
{
    double sum = 0;
    for (size_t l = 0; l < k; l++) {
        size_t at = kind->a_transposed ? l * a.stride + i : i * a.stride + l;
        size_t bt = kind->b_transposed ? j * b.stride + l : l * b.stride + j;
        double term = (double)a.data[at] * (double)b.data[bt];
        sum += term;
        *size += fabs(term);
    }
    return sum;
}

static void compare(const struct kind *kind, size_t m, size_t n, size_t k, bool add)
{
    struct rng rng;
    rng_init(&rng, m * 1000 + n, k);
    struct matrix a =
        kind->a_transposed ? random_matrix(&rng, k, m) : random_matrix(&rng, m, k);
    struct matrix b =
        kind->b_transposed ? random_matrix(&rng, n, k) : random_matrix(&rng, k, n);
    struct matrix c = {.stride = n + PAD};
    c.data = mem_array((m + 1) * c.stride, sizeof(float));
    for (size_t i = 0; i < (m + 1) * c.stride; i++)
        c.data[i] = untouched;
    for (size_t i = 0; i < m && !add; i++) /* what stood there before does not count */
        for (size_t j = 0; j < n; j++)
            c.data[i * c.stride + j] = NAN;
    kind->run(m, n, k, a, b, c, add);
    for (size_t i = 0; i <= m; i++)
        for (size_t j = 0; j < c.stride; j++) {
            double got = (double)c.data[i * c.stride + j], size = 0;
            if (i == m || j >= n) {
                assert_true(c.data[i * c.stride + j] == untouched);
                continue;
            }
            double want = naive(kind, a, b, i, j, k, &size);
            if (add) {
                want += (double)untouched;
                size += fabs((double)untouched);
            }
            if (!(fabs(got - want) <= 1e-6 * size))
                fail_msg("%s %zu x %zu x %zu add %d at %zu %zu: %.9g, not %.9g", kind->name,
                         m, n, k, add, i, j, got, want);
        }
    free(a.data);
    free(b.data);
    free(c.data);
}

static void test_products(void **state)
{
    (void)state;
    /* Below and above the sizes from which products are cut into pieces, with pieces that
     * are whole and some that are left over in each direction. */
    static const size_t shapes[][3] = {
        {1, 1, 1},      {2, 3, 5},       {5, 1, 64},      {1, 64, 63},    {7, 65, 64},
        {8, 63, 129},   {31, 64, 700},   {31, 130, 65},   {16, 32, 2048}, {5, 70, 4100},
        {32, 64, 700},  {33, 66, 130},   {64, 10, 1000},  {10, 128, 30},  {31, 900, 120},
        {4, 2000, 128}, {32, 900, 70},   {3, 5, 20000},   {20, 33, 2500}, {40, 70, 4100},
        {130, 10, 900}, {40, 1030, 500}, {131, 13, 1003}, {45, 20, 517},
    };
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (size_t t = 0; t < sizeof kinds / sizeof *kinds; t++)
            for (int add = 0; add < 2; add++)
                compare(&kinds[t], shapes[s][0], shapes[s][1], shapes[s][2], add);
}

/* A sum of no terms is zero, and a matrix without rows or columns stays alone. */
static void test_zero_sizes(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 40, 70};
    for (size_t t = 0; t < sizeof kinds / sizeof *kinds; t++)
        for (size_t i = 0; i < 4; i++)
            for (size_t j = 0; j < 4; j++)
                for (int add = 0; add < 2; add++) {
                    compare(&kinds[t], sizes[i], sizes[j], 0, add);
                    compare(&kinds[t], 0, sizes[i], sizes[j], add);
                    compare(&kinds[t], sizes[i], 0, sizes[j], add);
                }
}

static void test_same_product_same_bytes(void **state)
{
    (void)state;
    enum { M = 9, N = 300, K = 1500 };
    struct rng rng;
    rng_init(&rng, 3, 0);
    struct matrix a = random_matrix(&rng, M, K), b = random_matrix(&rng, N, K), c[2];
    for (size_t run = 0; run < 2; run++) {
        c[run] = random_matrix(&rng, M, N);
        linalg_product_nt(M, N, K, a, b, c[run], false);
    }
    for (size_t i = 0; i < M; i++)
        assert_memory_equal(c[0].data + i * c[0].stride, c[1].data + i * c[1].stride,
                            N * sizeof(float));
    free(a.data);
    free(b.data);
    free(c[0].data);
    free(c[1].data);
}

static void test_square_sum(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 63, 64, 65, 4095, 4096, 4097, 100000};
    struct rng rng;
    rng_init(&rng, 7, 0);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        float *x = mem_array(sizes[s], sizeof *x);
        double want = 0;
        for (size_t i = 0; i < sizes[s]; i++) {
            x[i] = (float)(rng_normal(&rng) * 3);
            want += (double)x[i] * (double)x[i];
        }
        assert_near(linalg_square_sum(x, sizes[s]), want, 1e-6, 0);
        free(x);
    }
    const float huge[] = {1, NAN};
    assert_true(isnan(linalg_square_sum(huge, 2)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_products),
        cmocka_unit_test(test_zero_sizes),
        cmocka_unit_test(test_same_product_same_bytes),
        cmocka_unit_test(test_square_sum),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
