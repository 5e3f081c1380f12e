#include "near.h"

#include <string.h>

#include "encode/component.h"

/* Rows a (3, 4) / 5 + b (-4, 3) / 5 with sum a^2 > sum b^2 and sum a b = 0: the component is the first
 * direction. */
static void test_known_direction(void **state)
{
    (void)state;
    static const double shares[][2] = {{5, 1}, {5, -1}, {-2, 2}, {2, 2}};
    float rows[4][3], u[2];
    for (size_t i = 0; i < 4; i++) {
        rows[i][0] = (float)(0.6 * shares[i][0] - 0.8 * shares[i][1]);
        rows[i][1] = (float)(0.8 * shares[i][0] + 0.6 * shares[i][1]);
        rows[i][2] = 100; /* beyond the width */
    }
    component_fit(u, 2, rows[0], 3, 4);
    double sign = u[0] < 0 ? -1 : 1;
    assert_near(sign * (double)u[0], 0.6, 1e-6, 0);
    assert_near(sign * (double)u[1], 0.8, 1e-6, 0);
    component_remove(u, 2, rows[0], 3, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_near((double)rows[i][0], -0.8 * shares[i][1], 0, 1e-6);
        assert_near((double)rows[i][1], 0.6 * shares[i][1], 0, 1e-6);
        assert_near((double)rows[i][2], 100, 0, 0);
    }
}

static void test_nothing_there(void **state)
{
    (void)state;
    float rows[4] = {0}, u[2] = {7, 7};
    component_fit(u, 2, rows, 2, 2);
    assert_true(u[0] == 0 && u[1] == 0);
    u[0] = 7;
    component_fit(u, 2, rows, 2, 0);
    assert_true(u[0] == 0);
}

static void test_one_row(void **state)
{
    (void)state;
    float row[] = {0, -3, 4}, u[3];
    component_fit(u, 3, row, 3, 1);
    component_remove(u, 3, row, 3, 1);
    for (size_t j = 0; j < 3; j++)
        assert_near((double)row[j], 0, 0, 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_direction),
        cmocka_unit_test(test_nothing_there),
        cmocka_unit_test(test_one_row),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
