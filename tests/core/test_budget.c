#include "made.h"

#include <string.h>

#include "core/budget.h"

enum { PAIRS = 200 };

/* Pairs of the train split, all with a context but each tenth; attribute 3 has few. */
struct labelled {
    struct made made;
    int32_t context[PAIRS];
};

static void make(struct labelled *labelled)
{
    made_init(&labelled->made, &(struct made_sizes){PAIRS, 10, 3, 3, 4}, 1);
    for (size_t i = 0; i < PAIRS; i++) {
        labelled->context[i] = i % 10 ? (int32_t)i : -1;
        labelled->made.attribute[i] = i < 13 ? 3 : (int32_t)(i % 3);
        if (i >= 150)
            labelled->made.split[i] = i % 2 ? SPLIT_TEST : SPLIT_HOLDOUT;
    }
    labelled->made.features.pair_context = labelled->context;
}

static struct budget draw(const struct labelled *labelled, size_t n, uint64_t seed)
{
    struct budget budget;
    struct error err = {0};
    if (budget_draw(&budget, &labelled->made.features, n, seed, &err))
        fail_msg("%s", err.message);
    return budget;
}

static void test_what_is_drawn(void **state)
{
    (void)state;
    struct labelled labelled;
    make(&labelled);
    struct budget budget = draw(&labelled, 20, 1);
    bool seen[PAIRS] = {false};
    assert_int_equal(budget.n_attributes, 4);
    assert_int_equal(budget.start[4], budget.n);
    for (size_t a = 0; a < 4; a++) {
        size_t n = budget.start[a + 1] - budget.start[a];
        assert_int_equal(n, a == 3 ? 11 : 20); /* 13 pairs, two of them without context */
        for (size_t i = budget.start[a]; i < budget.start[a + 1]; i++) {
            uint32_t pair = budget.pairs[i];
            assert_int_equal(labelled.made.attribute[pair], a);
            assert_int_equal(labelled.made.split[pair], SPLIT_TRAIN);
            assert_true(labelled.context[pair] >= 0);
            assert_false(seen[pair]);
            seen[pair] = true;
        }
    }
    assert_int_equal(budget.n_short, 1);
    budget_done(&budget);
    made_done(&labelled.made);
}

/* The same seed gives the same pairs, another one others, and a smaller budget is part of a
 * larger one. */
static void test_nested(void **state)
{
    (void)state;
    struct labelled labelled;
    make(&labelled);
    struct budget small = draw(&labelled, 5, 1), large = draw(&labelled, 20, 1);
    struct budget again = draw(&labelled, 20, 1), other = draw(&labelled, 20, 2);
    struct budget none = draw(&labelled, 0, 1), all = draw(&labelled, 1000, 1);
    for (size_t a = 0; a < 4; a++)
        assert_memory_equal(small.pairs + small.start[a], large.pairs + large.start[a],
                            5 * sizeof(uint32_t));
    assert_memory_equal(large.pairs, again.pairs, large.n * sizeof(uint32_t));
    assert_memory_not_equal(large.pairs, other.pairs, large.n * sizeof(uint32_t));
    assert_int_equal(none.n, 0);
    assert_int_equal(none.n_short, 0);
    assert_int_equal(all.n, 135);
    assert_int_equal(all.n_short, 4);
    struct budget *budgets[] = {&small, &large, &again, &other, &none, &all};
    for (size_t i = 0; i < 6; i++)
        budget_done(budgets[i]);
    made_done(&labelled.made);
}

static void test_split(void **state)
{
    (void)state;
    struct labelled labelled;
    make(&labelled);
    const struct {
        size_t budget, held;
    } cases[] = {{20, 4 + 4 + 4 + 2}, {5, 4}, {4, 0}, {0, 0}};
    for (size_t c = 0; c < 4; c++) {
        struct budget budget = draw(&labelled, cases[c].budget, 1);
        uint32_t fit[PAIRS], held[PAIRS];
        bool seen[PAIRS] = {false};
        size_t n = budget_split(&budget, fit, held);
        assert_int_equal(n, cases[c].held);
        for (size_t i = 0; i < budget.n; i++) {
            uint32_t pair = i < n ? held[i] : fit[i - n];
            assert_false(seen[pair]);
            seen[pair] = true;
        }
        for (size_t i = 0; i < budget.n; i++)
            assert_true(seen[budget.pairs[i]]);
        budget_done(&budget);
    }
    made_done(&labelled.made);
}

static void test_refused(void **state)
{
    (void)state;
    struct labelled labelled;
    struct budget budget;
    struct error err = {0};
    make(&labelled);
    for (size_t i = 0; i < PAIRS; i++)
        labelled.made.attribute[i] = -1;
    assert_int_equal(budget_draw(&budget, &labelled.made.features, 5, 1, &err),
                     STATUS_SHAPE);
    assert_non_null(strstr(err.message, "has an attribute"));
    labelled.made.features.pair_context = labelled.made.none;
    assert_int_equal(budget_draw(&budget, &labelled.made.features, 5, 1, &err),
                     STATUS_SHAPE);
    assert_non_null(strstr(err.message, "no pair of the train split has a context"));
    made_done(&labelled.made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_drawn),
        cmocka_unit_test(test_nested),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
