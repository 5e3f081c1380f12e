/* Groups of pairs, and budgets drawn from them. */
#include "pairs_of.h"

#include <string.h>

#include "core/groups.h"

static const struct made_sizes sizes = {90, 5, 3, 4, 3};

static void test_by_attribute_and_user(void **state)
{
    (void)state;
    struct made made;
    struct groups groups;
    char name[160];
    int32_t user[90];
    made_init(&made, &sizes, 3);
    made.attribute[5] = -1;
    groups_make(&groups, &made.features, GROUP_ATTRIBUTE);
    assert_int_equal(groups.n, 4);
    assert_int_equal(groups.of_pair[5], 3);
    assert_string_equal(groups_name(&groups, 3, name), "(none)");
    assert_string_equal(groups_name(&groups, 1, name), "clarity");
    groups_done(&groups);
    assert_false(groups_known(&made.features, GROUP_USER));
    assert_false(groups_known(&made.features, GROUP_CONTEXT));
    for (size_t i = 0; i < 90; i++)
        user[i] = i < 80 ? (int32_t)(i % 7) : -1;
    made.features.pair_user = user;
    assert_true(groups_known(&made.features, GROUP_USER));
    groups_make(&groups, &made.features, GROUP_USER);
    assert_int_equal(groups.n, 7);
    assert_int_equal(groups.of_pair[85], -1);
    assert_string_equal(groups_name(&groups, 0, name), "user 1");
    groups_done(&groups);
    made_done(&made);
}

/* Shares of the right groups and split, nested, and as large as can be. */
static void test_draw(void **state)
{
    (void)state;
    struct made made;
    struct groups groups;
    struct budget small, large, again;
    made_init(&made, &sizes, 3);
    for (size_t i = 0; i < 90; i++)
        made.split[i] = i % 3 ? SPLIT_TRAIN : SPLIT_TEST;
    groups_make(&groups, &made.features, GROUP_ATTRIBUTE);
    groups_draw(&small, &groups, SPLIT_TRAIN, 4, 9);
    groups_draw(&large, &groups, SPLIT_TRAIN, 1000, 9);
    groups_draw(&again, &groups, SPLIT_TRAIN, 4, 9);
    assert_int_equal(small.n, 12);
    assert_int_equal(small.n_short, 0);
    assert_int_equal(large.n, 60);
    assert_int_equal(large.n_short, 3);
    assert_memory_equal(small.pairs, again.pairs, 12 * sizeof *small.pairs);
    for (size_t g = 0; g < 3; g++) {
        assert_int_equal(small.start[g + 1] - small.start[g], 4);
        for (size_t i = 0; i < 4; i++) {
            uint32_t pair = small.pairs[small.start[g] + i];
            assert_int_equal(made.attribute[pair], (int32_t)g);
            assert_int_equal(made.split[pair], SPLIT_TRAIN);
            assert_int_equal(pair, large.pairs[large.start[g] + i]);
        }
    }
    budget_done(&small);
    budget_done(&large);
    budget_done(&again);
    groups_done(&groups);
    made_done(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_attribute_and_user),
        cmocka_unit_test(test_draw),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
