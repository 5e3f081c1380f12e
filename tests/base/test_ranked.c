#include "near.h"

#include <stdlib.h>

#include "base/ranked.h"

static void test_falls_and_keeps_equal_ones_in_order(void **state)
{
    (void)state;
    struct ranked ranked[] = {{0.5, 4}, {-1, 0}, {2, 3}, {0.5, 1}, {2, 7}, {0.5, 2}};
    const size_t wanted[] = {3, 7, 1, 2, 4, 0};
    enum { N = sizeof wanted / sizeof *wanted };
    qsort(ranked, N, sizeof *ranked, ranked_falling);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(ranked[i].index, wanted[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_falls_and_keeps_equal_ones_in_order),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
