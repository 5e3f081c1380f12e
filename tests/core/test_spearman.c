/* Ranks and their correlation. */
#include "near.h"

#include "core/spearman.h"

static void test_ranks(void **state)
{
    (void)state;
    const double values[] = {3, -1, 3, 7, 0, 3};
    const double want[] = {4, 1, 4, 6, 2, 4};
    double rank[6];
    spearman_ranks(values, 6, rank);
    for (size_t i = 0; i < 6; i++)
        assert_near(rank[i], want[i], 0, 0);
}

/* 1 - 6 sum d^2 / (n (n^2 - 1)) without ties; any rising change of the values leaves it. */
static void test_correlation(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 4, 5}, y[] = {2, 1, 4, 3, 5}, flat[] = {3, 3, 3, 3, 3};
    double bent[5], a[5], b[5];
    spearman_ranks(x, 5, a);
    spearman_ranks(y, 5, b);
    assert_near(spearman_of_ranks(a, b, 5), 1 - 6.0 * 4 / (5 * 24), 1e-12, 0);
    for (size_t i = 0; i < 5; i++)
        bent[i] = -exp(y[i]);
    spearman_ranks(bent, 5, b);
    assert_near(spearman_of_ranks(a, b, 5), -(1 - 6.0 * 4 / (5 * 24)), 1e-12, 0);
    spearman_ranks(flat, 5, b);
    assert_near(spearman_of_ranks(a, b, 5), 0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_correlation),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
