#include "ui/pace.h"

#include "near.h"

/* Draws whenever it may, until `end`; the most frames within any second. */
static int most_in_a_second(double step, double end)
{
    enum { MOST = 1000 };
    double times[MOST];
    struct pace pace = {0};
    int n = 0, most = 0;
    for (double now = 100; now < 100 + end; now += step)
        if (pace_wait(&pace, now) <= 0) {
            assert_true(n < MOST);
            times[n++] = now;
            pace_drawn(&pace, now);
        }
    for (int i = 0, first = 0; i < n; i++) {
        while (times[i] - times[first] > 1)
            first++;
        most = i - first + 1 > most ? i - first + 1 : most;
    }
    return most;
}

static void test_never_more_than_30_a_second(void **state)
{
    (void)state;
    assert_in_range(most_in_a_second(0.001, 5), 26, 30);
    assert_in_range(most_in_a_second(0.0001, 3), 26, 30);
    assert_in_range(most_in_a_second(0.05, 3), 19, 21);
}

static void test_after_a_rest_a_few_come_at_once(void **state)
{
    (void)state;
    struct pace pace = {0};
    assert_true(pace_wait(&pace, 5) <= 0);
    for (int i = 0; i < 4; i++) {
        assert_true(pace_wait(&pace, 5) <= 0);
        pace_drawn(&pace, 5);
    }
    double wait = pace_wait(&pace, 5);
    assert_true(wait > 0.03 && wait < 0.04);
    assert_true(pace_wait(&pace, 5 + wait + 1e-9) <= 0);
    assert_true(pace_wait(&pace, 60) <= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_never_more_than_30_a_second),
        cmocka_unit_test(test_after_a_rest_a_few_come_at_once),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
