#include "near.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "core/linalg.h"
#include "core/model.h"

/* ---- shapes ---- */

static void test_shapes(void **state)
{
    (void)state;
    const struct {
        struct shape given, want;
        size_t inputs, tail, parameters;
    } cases[] = {
        {{ROUTER_MLP, 4, 8, 12, 10}, {ROUTER_MLP, 4, 8, 12, 10}, 8, 44, 180},
        {{ROUTER_MLP, 1, 1, 1, 1}, {ROUTER_MLP, 1, 1, 1, 1}, 1, 3, 5},
        {{ROUTER_LINEAR, 4, 8, 12, 10}, {ROUTER_LINEAR, 4, 0, 12, 10}, 4, 4, 92},
        {{ROUTER_STATIC, 4, 8, 12, 10}, {ROUTER_STATIC, 4, 0, 0, 10}, 0, 4, 44},
        {{ROUTER_NONE, 1, 8, 12, 10}, {ROUTER_NONE, 1, 0, 0, 10}, 0, 0, 10},
        {{ROUTER_STATIC, 1024, 0, 0, 3}, {ROUTER_STATIC, 1024, 0, 0, 3}, 0, 1024, 4096},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct shape shape = cases[i].given;
        struct error err = {0};
        assert_int_equal(shape_normalise(&shape, &err), STATUS_OK);
        assert_int_equal(shape.router, cases[i].want.router);
        assert_int_equal(shape.n_heads, cases[i].want.n_heads);
        assert_int_equal(shape.n_hidden, cases[i].want.n_hidden);
        assert_int_equal(shape.prompt_width, cases[i].want.prompt_width);
        assert_int_equal(shape.response_width, cases[i].want.response_width);
        assert_int_equal(shape_inputs(&shape), cases[i].inputs);
        assert_int_equal(shape_tail(&shape), cases[i].tail);
        assert_int_equal(shape_parameters(&shape), cases[i].parameters);
    }
}

static void test_wrong_shapes(void **state)
{
    (void)state;
    const struct {
        struct shape shape;
        enum status status;
        const char *part;
    } cases[] = {
        {{ROUTER_MLP, 0, 8, 12, 10}, STATUS_USAGE, "0 heads: a model has 1 to 1024"},
        {{ROUTER_STATIC, 1025, 0, 0, 10}, STATUS_USAGE, "1025 heads"},
        {{ROUTER_NONE, 2, 0, 0, 10}, STATUS_USAGE, "2 heads need a router"},
        {{ROUTER_MLP, 2, 0, 12, 10},
         STATUS_USAGE,
         "0 hidden units: a router has 1 to 65536"},
        {{ROUTER_MLP, 2, 65537, 12, 10}, STATUS_USAGE, "65537 hidden units"},
        {{ROUTER_MLP, 2, 8, 0, 10}, STATUS_SHAPE, "'mlp' reads prompts"},
        {{ROUTER_LINEAR, 2, 0, 0, 10}, STATUS_SHAPE, "'linear' reads prompts"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct shape shape = cases[i].shape;
        struct error err = {0};
        assert_int_equal(shape_normalise(&shape, &err), cases[i].status);
        assert_non_null(strstr(err.message, cases[i].part));
    }
}

static const struct shape shapes[] = {
    {ROUTER_MLP, 4, 9, 30, 20},
    {ROUTER_LINEAR, 5, 0, 30, 20},
    {ROUTER_STATIC, 6, 0, 0, 20},
    {ROUTER_NONE, 1, 0, 0, 20},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static struct model make(const struct shape *shape, uint64_t seed, uint64_t stream)
{
    struct model model;
    struct error err = {0};
    assert_int_equal(model_create(&model, shape, &err), STATUS_OK);
    model_draw(&model, seed, stream);
    return model;
}

/* The parts of a model lie in its block one behind the other and fill it. */
static void test_parts_fill_the_block(void **state)
{
    (void)state;
    for (size_t s = 0; s < SHAPES; s++) {
        const struct shape *shape = &shapes[s];
        struct model model;
        struct error err = {0};
        assert_int_equal(model_create(&model, shape, &err), STATUS_OK);
        size_t K = shape->n_heads, H = shape->n_hidden;
        const struct {
            const float *at;
            size_t n;
        } parts[] = {
            {model.heads, K * shape->response_width},
            {model.input, shape_inputs(shape) * shape->prompt_width},
            {model.tail.first_bias, H},
            {model.tail.last, K * H},
            {model.tail.last_bias, shape->router == ROUTER_NONE ? 0 : K},
        };
        size_t at = 0;
        for (size_t p = 0; p < 5; p++) {
            if (parts[p].n)
                assert_ptr_equal(parts[p].at, model.block + at);
            else
                assert_null(parts[p].at);
            at += parts[p].n;
        }
        assert_int_equal(at, shape_parameters(shape));
        for (size_t i = 0; i < at; i++)
            assert_true(model.block[i] == 0);
        model_done(&model);
        assert_null(model.block);
    }
}

static void assert_uniform(const float *values, size_t n, size_t inputs)
{
    double bound = 1 / sqrt((double)inputs), largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs((double)values[i]));
    assert_true(largest <= bound);
    assert_true(n < 40 || largest > 0.8 * bound);
}

static void test_draws(void **state)
{
    (void)state;
    for (size_t s = 0; s < SHAPES; s++) {
        const struct shape *shape = &shapes[s];
        size_t K = shape->n_heads, H = shape->n_hidden, n = shape_parameters(shape);
        struct model one = make(shape, 7, 1), same = make(shape, 7, 1);
        struct model others[] = {make(shape, 8, 1), make(shape, 7, 2)};
        assert_memory_equal(one.block, same.block, n * sizeof(float));
        assert_uniform(one.heads, K * shape->response_width, shape->response_width);
        assert_uniform(one.input, shape_inputs(shape) * shape->prompt_width,
                       shape->prompt_width);
        assert_uniform(one.tail.first_bias, H, shape->prompt_width);
        assert_uniform(one.tail.last, K * H, H);
        if (shape->prompt_width)
            assert_uniform(one.tail.last_bias, K, H ? H : shape->prompt_width);
        for (size_t i = 0; i < n; i++)
            assert_true(one.block[i] != 0);
        for (size_t o = 0; o < 2; o++) {
            assert_memory_not_equal(one.block, others[o].block, n * sizeof(float));
            model_done(&others[o]);
        }
        model_done(&one);
        model_done(&same);
    }
}

/* ---- rewards and weights ---- */

enum { ROWS = 600, WIDTH = 30, STRIDE = 37 };

struct matrix_of {
    void *bytes;
    struct rows rows;
    float *values; /* (ROWS, STRIDE) as they are after rounding to the type */
};

static struct matrix_of make_rows(enum dtype dtype, size_t n_columns)
{
    struct matrix_of made = {
        .bytes = mem_array(ROWS * STRIDE, dtype_size(dtype)),
        .values = mem_array(ROWS * STRIDE, sizeof(float)),
    };
    struct rng rng;
    rng_init(&rng, 11, dtype);
    for (size_t i = 0; i < ROWS * STRIDE; i++)
        made.values[i] = (float)rng_normal(&rng);
    dtype_narrow(made.bytes, made.values, dtype, ROWS * STRIDE);
    dtype_widen(made.values, made.bytes, dtype, ROWS * STRIDE);
    made.rows = (struct rows){made.bytes, dtype, ROWS, n_columns, STRIDE};
    return made;
}

static void free_rows(struct matrix_of *made)
{
    free(made->bytes);
    free(made->values);
}

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

static const enum dtype dtypes[] = {DTYPE_F32, DTYPE_F16, DTYPE_BF16};

static void test_rewards(void **state)
{
    (void)state;
    static const size_t counts[] = {0, 1, 255, 256, 257, 600};
    struct model model = make(&(struct shape){ROUTER_STATIC, 7, 0, 0, WIDTH}, 1, 0);
    uint32_t backwards[ROWS];
    for (uint32_t i = 0; i < ROWS; i++)
        backwards[i] = ROWS - 1 - i;
    for (size_t d = 0; d < 3; d++) {
        struct matrix_of made = make_rows(dtypes[d], WIDTH);
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
            for (int listed = 0; listed < 2; listed++) {
                size_t n = counts[c];
                float *out = mem_array(n, 7 * sizeof *out);
                struct error err = {0};
                assert_int_equal(model_rewards(model.heads, 7, &made.rows,
                                               listed ? backwards : NULL, n, out, &err),
                                 STATUS_OK);
                for (size_t i = 0; i < n; i++)
                    for (size_t k = 0; k < 7; k++) {
                        size_t row = listed ? backwards[i] : i;
                        double want =
                            dot(model.heads + k * WIDTH, made.values + row * STRIDE, WIDTH);
                        assert_near((double)out[i * 7 + k], want, 1e-5, 3e-6);
                    }
                free(out);
            }
        free_rows(&made);
    }
    model_done(&model);
}

/* The router in double, from its parts. */
static void route(const struct model *model, const float *x, double *log_f)
{
    const struct shape *shape = &model->shape;
    size_t K = shape->n_heads, H = shape->n_hidden, D = shape->prompt_width;
    double top = -HUGE_VAL, sum = 0;
    for (size_t k = 0; k < K; k++) {
        log_f[k] = model->tail.last_bias ? (double)model->tail.last_bias[k] : 0;
        if (shape->router == ROUTER_LINEAR)
            log_f[k] += dot(model->input + k * D, x, D);
        for (size_t h = 0; h < H; h++) {
            double a = dot(model->input + h * D, x, D) + (double)model->tail.first_bias[h];
            log_f[k] += fmax(a, 0) * (double)model->tail.last[k * H + h];
        }
        top = fmax(top, log_f[k]);
    }
    for (size_t k = 0; k < K; k++)
        sum += exp(log_f[k] - top);
    for (size_t k = 0; k < K; k++)
        log_f[k] -= top + log(sum);
}

static void test_weights(void **state)
{
    (void)state;
    for (size_t s = 0; s < SHAPES; s++)
        for (size_t d = 0; d < 3; d++)
            for (size_t n = 1; n <= ROWS; n += 599) {
                struct model model = make(&shapes[s], 3, s);
                size_t K = shapes[s].n_heads;
                struct matrix_of made = make_rows(dtypes[d], WIDTH);
                float *out = mem_array(n, K * sizeof *out);
                struct error err = {0};
                assert_int_equal(
                    model_log_weights(&model, shape_inputs(&shapes[s]) ? &made.rows : NULL,
                                      NULL, n, out, &err),
                    STATUS_OK);
                for (size_t i = 0; i < n; i++) {
                    double want[8], sum = 0;
                    route(&model, made.values + i * STRIDE, want);
                    for (size_t k = 0; k < K; k++) {
                        sum += exp((double)out[i * K + k]);
                        assert_near((double)out[i * K + k], want[k], 1e-5, 2e-6);
                    }
                    assert_near(sum, 1, 1e-6, 0);
                }
                free(out);
                free_rows(&made);
                model_done(&model);
            }
}

static void test_weights_of_listed_rows(void **state)
{
    (void)state;
    struct model model = make(&shapes[0], 3, 0);
    struct matrix_of made = make_rows(DTYPE_F32, WIDTH);
    const uint32_t which[] = {599, 0, 17, 17};
    float listed[4 * 4], all[ROWS * 4];
    struct error err = {0};
    assert_int_equal(model_log_weights(&model, &made.rows, which, 4, listed, &err), 0);
    assert_int_equal(model_log_weights(&model, &made.rows, NULL, ROWS, all, &err), 0);
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < 4; k++)
            assert_near((double)listed[i * 4 + k], (double)all[which[i] * 4 + k], 1e-6,
                        1e-6);
    free_rows(&made);
    model_done(&model);
}

/* Logits a thousand apart: one head has all the weight, and nothing overflows. */
static void test_extreme_logits(void **state)
{
    (void)state;
    struct model model = make(&(struct shape){ROUTER_STATIC, 3, 0, 0, 2}, 0, 0);
    const float logits[] = {1000, -1000, 999},
                want[] = {-0.31326169f, -2000.3133f, -1.3132617f};
    memcpy(model.tail.last_bias, logits, sizeof logits);
    float out[3];
    struct error err = {0};
    assert_int_equal(model_log_weights(&model, NULL, NULL, 1, out, &err), STATUS_OK);
    for (size_t k = 0; k < 3; k++)
        assert_near((double)out[k], (double)want[k], 1e-6, 1e-4);
    model_done(&model);
}

static void test_rows_that_are_not_finite(void **state)
{
    (void)state;
    static const float bad[] = {NAN, INFINITY, -INFINITY, 3e38f};
    struct model model = make(&shapes[0], 3, 0);
    float out[ROWS * 9];
    for (size_t b = 0; b < sizeof bad / sizeof *bad; b++) {
        struct matrix_of made = make_rows(DTYPE_F32, WIDTH);
        float *values = made.bytes;
        for (size_t j = 0; j < WIDTH; j++)
            if (j == 11 || b == 3)
                values[431 * STRIDE + j] = model.heads[j] < 0 && b == 3 ? -bad[b] : bad[b];
        for (size_t j = 0; j < 20 && b == 3; j++) /* the product overflows, not the row */
            model.heads[j] *= 100;
        struct error err = {0};
        struct rows narrow = made.rows;
        narrow.n_columns = 20;
        assert_int_equal(model_rewards(model.heads, 4, &narrow, NULL, ROWS, out, &err),
                         STATUS_NUMERIC);
        assert_non_null(strstr(err.message, "row 431 "));
        const uint32_t which[] = {5, 431, 6};
        err.message[0] = '\0';
        assert_int_equal(model_rewards(model.heads, 4, &narrow, which, 3, out, &err),
                         STATUS_NUMERIC);
        assert_non_null(strstr(err.message, "row 431 "));
        err.message[0] = '\0';
        if (b < 3) {
            assert_int_equal(model_log_weights(&model, &made.rows, NULL, ROWS, out, &err),
                             STATUS_NUMERIC);
            assert_non_null(strstr(err.message, "row 431 "));
        }
        free_rows(&made);
    }
    model_done(&model);
}

/* What lies between the rows of a matrix is not looked at. */
static void test_between_rows(void **state)
{
    (void)state;
    struct model model = make(&shapes[1], 3, 0);
    struct matrix_of made = make_rows(DTYPE_F32, WIDTH);
    float *values = made.bytes, out[ROWS * 5];
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = WIDTH; j < STRIDE; j++)
            values[i * STRIDE + j] = NAN;
    struct error err = {0};
    assert_int_equal(model_log_weights(&model, &made.rows, NULL, ROWS, out, &err), 0);
    free_rows(&made);
    model_done(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_wrong_shapes),
        cmocka_unit_test(test_parts_fill_the_block),
        cmocka_unit_test(test_draws),
        cmocka_unit_test(test_rewards),
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_weights_of_listed_rows),
        cmocka_unit_test(test_extreme_logits),
        cmocka_unit_test(test_rows_that_are_not_finite),
        cmocka_unit_test(test_between_rows),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
