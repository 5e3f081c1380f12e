#include "near.h"

#include "core/interval.h"

/* Values of the formula, worked out apart from this code. */
static void test_wilson(void **state)
{
    (void)state;
    static const struct {
        size_t right, n;
        double low, high;
    } cases[] = {
        {0, 1, 0, 0.793450685622763},
        {1, 1, 0.206549314377237, 1},
        {0, 10, 0, 0.277532799862889},
        {10, 10, 0.722467200137111, 1},
        {5, 10, 0.236593090512564, 0.763406909487436},
        {53, 53, 0.932418011423458, 1},
        {1, 100, 0.001767432064141, 0.054486196178705},
        {700, 1000, 0.670876139082783, 0.727593157522995},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct interval interval = interval_wilson(cases[i].right, cases[i].n);
        assert_near(interval.low, cases[i].low, 0, 1e-12);
        assert_near(interval.high, cases[i].high, 0, 1e-12);
    }
    assert_true(interval_wilson(0, 10).low == 0);
    assert_true(interval_wilson(10, 10).high == 1);
    assert_true(isnan(interval_wilson(0, 0).low) && isnan(interval_wilson(0, 0).high));
}

/* It holds its share, stays within 0 and 1, and turns with the question. */
static void test_wilson_everywhere(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 60; n++)
        for (size_t right = 0; right <= n; right++) {
            struct interval one = interval_wilson(right, n);
            struct interval other = interval_wilson(n - right, n);
            double share = (double)right / (double)n;
            assert_true(0 <= one.low && one.low <= share && share <= one.high &&
                        one.high <= 1);
            assert_near(one.low, 1 - other.high, 0, 1e-12);
            assert_true(interval_wilson(2 * right, 2 * n).high - share <=
                        one.high - share + 1e-12);
        }
}

static void test_percentile(void **state)
{
    (void)state;
    double values[103];
    /* 0 .. 100 out of order, with values that are missing between them */
    size_t n = 0;
    for (size_t i = 0; i <= 100; i++) {
        if (i % 50 == 7)
            values[n++] = (double)NAN;
        values[n++] = (double)(i * 37 % 101);
    }
    struct interval interval = interval_percentile(values, n);
    assert_near(interval.low, 2.5, 1e-12, 0);
    assert_near(interval.high, 97.5, 1e-12, 0);

    double two[] = {3, 1}, one[] = {4}, none[] = {(double)NAN, (double)NAN};
    interval = interval_percentile(two, 2);
    assert_near(interval.low, 1.05, 1e-12, 0);
    assert_near(interval.high, 2.95, 1e-12, 0);
    interval = interval_percentile(one, 1);
    assert_true(interval.low == 4 && interval.high == 4);
    interval = interval_percentile(none, 2);
    assert_true(isnan(interval.low) && isnan(interval.high));
    interval = interval_percentile(none, 0);
    assert_true(isnan(interval.low) && isnan(interval.high));
}

/* Half widths of Student's quantiles as tables print them. */
static void test_mean(void **state)
{
    (void)state;
    const struct {
        size_t n;
        double t;
    } cases[] = {{2, 12.70620}, {3, 4.30265},  {4, 3.18245},  {5, 2.77645},
                 {6, 2.57058},  {11, 2.22814}, {30, 2.04523}, {101, 1.98397}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        double values[101], n = (double)cases[c].n, squares = 0;
        for (size_t i = 0; i < cases[c].n; i++) {
            values[i] = 7 + (double)i;
            squares += ((double)i - (n - 1) / 2) * ((double)i - (n - 1) / 2);
        }
        struct interval interval = interval_mean(values, cases[c].n);
        double half = cases[c].t * sqrt(squares / (n - 1) / n);
        assert_near(interval.low, 7 + (n - 1) / 2 - half, 0, half * 2e-6);
        assert_near(interval.high, 7 + (n - 1) / 2 + half, 0, half * 2e-6);
    }
    assert_true(isnan(interval_mean((double[]){1}, 1).low));
    assert_true(isnan(interval_mean(NULL, 0).high));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wilson),
        cmocka_unit_test(test_wilson_everywhere),
        cmocka_unit_test(test_percentile),
        cmocka_unit_test(test_mean),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
