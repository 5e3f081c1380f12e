/* RewardBench's categories under both weightings. */
#include "near.h"

#include "corpus/rewardbench.h"

static void test_categories(void **state)
{
    (void)state;
    assert_int_equal(rewardbench_category("alpacaeval-easy"), REWARDBENCH_CHAT);
    assert_int_equal(rewardbench_category("llmbar-adver-GPTOut"), REWARDBENCH_CHAT_HARD);
    assert_int_equal(rewardbench_category("donotanswer"), REWARDBENCH_SAFETY);
    assert_int_equal(rewardbench_category("hep-rust"), REWARDBENCH_REASONING);
    assert_int_equal(rewardbench_category("chat"), REWARDBENCH_CATEGORIES);
}

static void test_scores(void **state)
{
    (void)state;
    const struct rewardbench_subset subsets[] = {
        {"alpacaeval-easy", 0.9, 100}, {"mt-bench-easy", 0.5, 28},
        {"math-prm", 0.6, 447},        {"hep-go", 1, 164},
        {"hep-js", 0.8, 164},          {"xstest-should-refuse", (double)NAN, 154},
        {"donotanswer", 0.7, 136},
    };
    const size_t n = sizeof subsets / sizeof *subsets;
    const struct {
        enum rewardbench_category category;
        double own, plain;
    } cases[] = {
        {REWARDBENCH_CHAT, (0.9 * 100 + 0.5 * 28) / 128, 0.7},
        {REWARDBENCH_CHAT_HARD, (double)NAN, (double)NAN},
        {REWARDBENCH_SAFETY, 0.7, 0.7},
        {REWARDBENCH_REASONING, (0.6 + 0.9) / 2, 0.8},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        assert_near(rewardbench_score(subsets, n, cases[c].category, REWARDBENCH_OWN),
                    cases[c].own, 1e-12, 0);
        assert_near(rewardbench_score(subsets, n, cases[c].category, REWARDBENCH_PLAIN),
                    cases[c].plain, 1e-12, 0);
    }
    /* Code alone is what there is of reasoning. */
    assert_near(rewardbench_score(subsets + 3, 2, REWARDBENCH_REASONING, REWARDBENCH_OWN),
                0.9, 1e-12, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_categories),
        cmocka_unit_test(test_scores),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
