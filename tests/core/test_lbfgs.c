/* L-BFGS on functions whose minimum is known, and how it stops. */
#include "near.h"

#include "core/lbfgs.h"

/* Rosenbrock's valley in pairs of numbers; minimum 0 at 1, 1, ... */
static double valley(void *self, const double *x, double *gradient)
{
    double sum = 0;
    size_t n = *(size_t *)self;
    for (size_t i = 0; i < n; i += 2) {
        double a = 1 - x[i], b = x[i + 1] - x[i] * x[i];
        sum += a * a + 100 * b * b;
        gradient[i] = -2 * a - 400 * b * x[i];
        gradient[i + 1] = 200 * b;
    }
    return sum;
}

static void test_valley(void **state)
{
    (void)state;
    double x[8];
    size_t n = 8;
    struct lbfgs_problem problem = {n, valley, &n, 1e-9, 500, NULL};
    struct lbfgs_result result;
    struct error err = {0};
    for (size_t i = 0; i < n; i++)
        x[i] = i % 2 ? 1 : -1.2;
    assert_int_equal(lbfgs_minimise(&problem, x, &result, &err), STATUS_OK);
    for (size_t i = 0; i < n; i++)
        assert_near(x[i], 1, 0, 1e-8);
    assert_true(result.gradient_norm <= 1e-9);
    assert_true(result.iterations < 100);
}

/* Flat to the left of 0 as log(1 + exp) is: the minimum lies at infinity, and it goes there for
 * as long as it may. */
static double soft(void *self, const double *x, double *gradient)
{
    (void)self;
    double e = exp(-fabs(x[0]));
    gradient[0] = -(x[0] >= 0 ? e / (1 + e) : 1 / (1 + e));
    return fmax(-x[0], 0) + log1p(e);
}

static void test_far_away(void **state)
{
    (void)state;
    double x = -50;
    struct lbfgs_problem problem = {1, soft, NULL, 1e-6, 1000, NULL};
    struct error err = {0};
    assert_int_equal(lbfgs_minimise(&problem, &x, NULL, &err), STATUS_OK);
    assert_true(x > 13);
}

static double broken(void *self, const double *x, double *gradient)
{
    (void)self;
    gradient[0] = 1;
    return x[0] > 0 ? (double)NAN : x[0] * x[0];
}

static void test_refused_and_stopped(void **state)
{
    (void)state;
    double x = 1;
    size_t n = 2;
    struct error err = {0};
    struct lbfgs_problem problem = {1, broken, NULL, 1e-6, 10, NULL};
    assert_int_equal(lbfgs_minimise(&problem, &x, NULL, &err), STATUS_NUMERIC);
    struct cancel cancel;
    atomic_init(&cancel.asked, true);
    double y[2] = {-1.2, 1};
    problem = (struct lbfgs_problem){2, valley, &n, 1e-9, 500, &cancel};
    assert_int_equal(lbfgs_minimise(&problem, y, NULL, &err), STATUS_CANCELLED);
    assert_near(y[0], -1.2, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valley),
        cmocka_unit_test(test_far_away),
        cmocka_unit_test(test_refused_and_stopped),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
