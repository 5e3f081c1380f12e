/* Sums over rows of every length are what a plain loop gives. */
#include "near.h"

#include "base/rng.h"
#include "base/vector.h"

enum { MOST = 131 };

static void test_sums(void **state)
{
    (void)state;
    struct rng rng;
    rng_init(&rng, 1, 0);
    for (size_t n = 0; n <= MOST; n++) {
        float x[MOST], y[MOST], to[MOST];
        double wide[MOST], sum = 0;
        for (size_t i = 0; i < n; i++) {
            x[i] = (float)rng_normal(&rng);
            y[i] = to[i] = (float)rng_normal(&rng);
            wide[i] = (double)y[i];
            sum += (double)x[i] * (double)y[i];
        }
        assert_near(vector_dot(x, y, n), sum, 1e-5, 1e-5);
        vector_add(to, 0.5f, x, n);
        vector_add_double(wide, 0.25, x, n);
        for (size_t i = 0; i < n; i++) {
            assert_near((double)to[i], (double)y[i] + 0.5 * (double)x[i], 1e-6, 1e-6);
            assert_near(wide[i], (double)y[i] + 0.25 * (double)x[i], 1e-15, 1e-15);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sums)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
