#include "near.h"

#include <time.h>

#include "base/clock.h"

static void test_clock_advances_with_time(void **state)
{
    (void)state;
    double start = clock_seconds();
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    double slept = clock_seconds() - start;
    assert_true(slept >= 0.02);
    assert_true(slept < 60);
}

static void test_clock_never_goes_back(void **state)
{
    (void)state;
    double last = clock_seconds();
    for (int i = 0; i < 100000; i++) {
        double now = clock_seconds();
        assert_true(now >= last);
        last = now;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clock_advances_with_time),
        cmocka_unit_test(test_clock_never_goes_back),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
