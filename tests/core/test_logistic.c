/* Logistic regression: the gradient is zero at the minimum, whatever the shape. */
#include "near.h"

#include <string.h>

#include "base/rng.h"
#include "core/logistic.h"

enum { MOST = 60 };

static void functions_do_not_overflow(void **state)
{
    (void)state;
    static const struct {
        double margin, value, log_value;
    } cases[] = {
        {0, 0.5, -0.69314718055994531},
        {2, 0.88079707797788243, -0.12692801104297252},
        {-2, 0.11920292202211757, -2.1269280110429727},
        {800, 1, 0},
        {-800, 0, -800},
        {HUGE_VAL, 1, 0},
        {-HUGE_VAL, 0, -HUGE_VAL},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        assert_near(logistic(cases[c].margin), cases[c].value, 1e-14, 0);
        if (isfinite(cases[c].log_value))
            assert_near(log_logistic(cases[c].margin), cases[c].log_value, 1e-14, 0);
        else
            assert_true(log_logistic(cases[c].margin) == -HUGE_VAL);
    }
}

/* Largest entry of the gradient of E23's objective at b, by the definition. */
static double largest_slope(const struct logistic_problem *problem, const double *b)
{
    double largest = 0;
    for (size_t j = 0; j < problem->width; j++) {
        double slope = problem->ridge * b[j];
        for (size_t i = 0; i < problem->n; i++) {
            const double *x = problem->x + i * problem->width;
            double m = problem->offset ? problem->offset[i] : 0;
            for (size_t l = 0; l < problem->width; l++)
                m += b[l] * x[l];
            slope -= x[j] / (1 + exp(m));
        }
        largest = fmax(largest, fabs(slope));
    }
    return largest;
}

static void finds_the_minimum(void **state)
{
    (void)state;
    static const struct {
        size_t n, width;
        double scale, ridge, offset;
    } cases[] = {
        {20, 5, 1, 1, 0},      {5, 50, 1, 3, 1},      {50, 60, 10, 1, 1},
        {1, 1, 1, 1, 0},       {30, 8, 100, 1e-3, 0}, {30, 8, 1e-3, 1e3, 5},
        {40, 40, 1, 1e-6, 20},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct rng rng;
        struct error err = {0};
        static double x[MOST * MOST], offset[MOST], b[MOST];
        rng_init(&rng, c, 0);
        for (size_t i = 0; i < cases[c].n * cases[c].width; i++)
            x[i] = cases[c].scale * (rng_normal(&rng) + 0.3);
        for (size_t i = 0; i < cases[c].n; i++)
            offset[i] = cases[c].offset * rng_normal(&rng);
        struct logistic_problem problem = {cases[c].n, cases[c].width, x,
                                           cases[c].offset > 0 ? offset : NULL,
                                           cases[c].ridge};
        assert_int_equal(logistic_fit(&problem, b, &err), STATUS_OK);
        double most = (double)cases[c].n * cases[c].scale * sqrt((double)cases[c].width);
        assert_near(largest_slope(&problem, b), 0, 0, 5e-9 * most);
    }
}

/* One feature, n equal examples: the root of n sigma(-b) = b, found by halving. */
static void agrees_with_a_root_found_by_halving(void **state)
{
    (void)state;
    double x[] = {1, 1, 1, 1, 1, 1, 1}, b, low = 0, high = 7;
    struct error err;
    struct logistic_problem problem = {7, 1, x, NULL, 1};
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        *(7 / (1 + exp(middle)) > middle ? &low : &high) = middle;
    }
    assert_int_equal(logistic_fit(&problem, &b, &err), STATUS_OK);
    assert_near(b, low, 1e-8, 0);
}

static void without_pairs_there_is_nothing_to_say(void **state)
{
    (void)state;
    double b[] = {1, 2};
    struct error err;
    struct logistic_problem problem = {0, 2, NULL, NULL, 1};
    assert_int_equal(logistic_fit(&problem, b, &err), STATUS_OK);
    assert_true(b[0] == 0 && b[1] == 0);
}

static void refuses_what_is_not_finite(void **state)
{
    (void)state;
    double x[] = {1, 2, (double)NAN, 3}, b[2], offset[] = {0, (double)INFINITY};
    struct error err;
    struct logistic_problem problem = {2, 2, x, NULL, 1};
    assert_int_equal(logistic_fit(&problem, b, &err), STATUS_NUMERIC);
    assert_non_null(strstr(err.message, "labelled pair 1"));
    x[2] = 0;
    problem.offset = offset;
    assert_int_equal(logistic_fit(&problem, b, &err), STATUS_NUMERIC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_do_not_overflow),
        cmocka_unit_test(finds_the_minimum),
        cmocka_unit_test(agrees_with_a_root_found_by_halving),
        cmocka_unit_test(without_pairs_there_is_nothing_to_say),
        cmocka_unit_test(refuses_what_is_not_finite),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
