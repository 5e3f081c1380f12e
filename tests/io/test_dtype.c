#include "near.h"

#include <string.h>

#include "io/dtype.h"

static void test_every_half_round_trips(void **state)
{
    (void)state;
    for (uint32_t bits = 0; bits < 0x10000; bits++) {
        uint16_t in = (uint16_t)bits, out;
        float wide;
        dtype_widen(&wide, &in, DTYPE_F16, 1);
        dtype_narrow(&out, &wide, DTYPE_F16, 1);
        if (isnan(wide))
            assert_true((out & 0x7c00) == 0x7c00 && (out & 0x3ff));
        else
            assert_int_equal(out, in);
        dtype_widen(&wide, &in, DTYPE_BF16, 1);
        dtype_narrow(&out, &wide, DTYPE_BF16, 1);
        if (isnan(wide))
            assert_true((out & 0x7f80) == 0x7f80 && (out & 0x7f));
        else
            assert_int_equal(out, in);
    }
}

static void test_known_halves(void **state)
{
    (void)state;
    const struct {
        uint16_t bits;
        float value;
    } cases[] = {{0x3c00, 1.0f},      {0xc000, -2.0f},           {0x7bff, 65504.0f},
                 {0x0400, 0x1p-14f},  {0x0001, 0x1p-24f},        {0x7c00, INFINITY},
                 {0xfc00, -INFINITY}, {0x3555, 0.333251953125f}, {0x8000, -0.0f}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float wide;
        dtype_widen(&wide, &cases[i].bits, DTYPE_F16, 1);
        assert_memory_equal(&wide, &cases[i].value, sizeof wide);
    }
}

static void test_rounding_to_nearest_even(void **state)
{
    (void)state;
    const struct {
        float value;
        uint16_t half;
    } cases[] = {{2049.0f, 0x6800},  {2051.0f, 0x6802},    {65519.0f, 0x7bff},
                 {65520.0f, 0x7c00}, {0x1.8p-24f, 0x0002}, {0x1p-25f, 0x0000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint16_t half;
        dtype_narrow(&half, &cases[i].value, DTYPE_F16, 1);
        assert_int_equal(half, cases[i].half);
    }
}

static void test_subtract_equals_widen_then_subtract(void **state)
{
    (void)state;
    enum { N = 67 };
    float a[N], b[N];
    for (size_t i = 0; i < N; i++) {
        a[i] = (float)i * 0.37f - 9.0f;
        b[i] = 3.0f - (float)i * 0.11f;
    }
    const enum dtype types[] = {DTYPE_F32, DTYPE_F16, DTYPE_BF16};
    for (size_t t = 0; t < 3; t++) {
        float x[N], y[N], wide_a[N], wide_b[N], got[N];
        dtype_narrow(x, a, types[t], N);
        dtype_narrow(y, b, types[t], N);
        dtype_widen(wide_a, x, types[t], N);
        dtype_widen(wide_b, y, types[t], N);
        dtype_subtract(got, x, y, types[t], N);
        for (size_t i = 0; i < N; i++)
            assert_true(got[i] == wide_a[i] - wide_b[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_half_round_trips),
        cmocka_unit_test(test_known_halves),
        cmocka_unit_test(test_rounding_to_nearest_even),
        cmocka_unit_test(test_subtract_equals_widen_then_subtract),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
