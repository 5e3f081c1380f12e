/* Differences of pairs, and the products over them. */
#include "pairs_of.h"

#include <string.h>

#include "base/vector.h"
#include "core/linalg.h"

static const struct made_sizes sizes = {50, 5, 3, 19, 2};

static void test_rows_and_margins(void **state)
{
    (void)state;
    struct made made;
    made_init(&made, &sizes, 3);
    struct contrasts contrasts = contrasts_of(&made.features, SPLIT_TRAIN);
    assert_int_equal(contrasts.n, 50);
    float head[2 * 19], margin[2 * 50];
    for (size_t d = 0; d < 38; d++)
        head[d] = (float)d / 10 - 1;
    contrasts_margins(&contrasts, head, 2, margin);
    for (size_t i = 0; i < 50; i++)
        for (size_t k = 0; k < 2; k++) {
            double want = 0;
            for (size_t d = 0; d < 19; d++)
                want += (double)(made.chosen[i * 19 + d] - made.rejected[i * 19 + d]) *
                        (double)head[k * 19 + d];
            assert_near((double)margin[i * 2 + k], want, 1e-5, 1e-5);
            assert_near(vector_dot(contrasts_row(&contrasts, i), head + k * 19, 19), want,
                        1e-5, 1e-5);
        }
    contrasts_done(&contrasts);
    made_done(&made);
}

static void test_refuses_what_is_not_finite(void **state)
{
    (void)state;
    struct made made;
    struct contrasts contrasts;
    struct error err = {0};
    made_init(&made, &sizes, 3);
    made.rejected[7 * 19 + 4] = NAN;
    assert_int_equal(contrasts_make(&contrasts, &made.features,
                                    pairs_of(&made.features, SPLIT_TRAIN), &err),
                     STATUS_NUMERIC);
    assert_non_null(strstr(err.message, "pair 7"));
    made_done(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_and_margins),
        cmocka_unit_test(test_refuses_what_is_not_finite),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
