#include "lines.h"

#include "corpus/comparison.h"

#define P(prompt, chosen, rejected, rest)                                                  \
    "{\"prompt\":\"" prompt "\",\"chosen\":\"" chosen "\",\"rejected\":\"" rejected        \
    "\"" rest "}\n"
#define OF(attribute) ",\"attribute\":\"" attribute "\""
#define TRAIN         ",\"split\":\"train\""

static void test_same_responses_lie_side_by_side(void **state)
{
    (void)state;
    struct corpus corpus;
    read_lines(&corpus,
               P("p", "a", "b", OF("x")) P("q", "a", "b", OF("x")) P("p", "b", "a", OF("y"))
                   P("p", "c", "a", OF("x")) P("p", "b", "a", OF("x") ",\"user\":\"u\""));
    struct error err = {0};
    struct comparison *comparisons = comparisons_of(&corpus, &err);
    assert_non_null(comparisons);
    static const struct {
        uint32_t pair;
        bool first_chosen;
    } want[] = {{0, true}, {4, false}, {2, false}, {3, false}, {1, true}};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(comparisons[i].pair, want[i].pair);
        assert_int_equal(comparisons[i].first_chosen, want[i].first_chosen);
    }
    assert_int_equal(comparison_run(comparisons, 5, 0, COMPARISON_RESPONSES), 3);
    assert_int_equal(comparison_run(comparisons, 5, 0, COMPARISON_ATTRIBUTE), 2);
    assert_int_equal(comparison_run(comparisons, 5, 0, COMPARISON_JUDGE), 1);
    assert_int_equal(comparison_run(comparisons, 5, 4, COMPARISON_RESPONSES), 5);
    assert_int_equal(comparison_verdict(comparisons, 0, 1), 1);
    assert_int_equal(comparison_verdict(comparisons, 0, 2), 0);
    assert_int_equal(comparison_verdict(comparisons, 0, 3), -1);
    free(comparisons);
    corpus_done(&corpus);
}

static size_t dropped(const char *lines, size_t *n_left)
{
    struct corpus corpus;
    struct error err = {0};
    size_t n;
    read_lines(&corpus, lines);
    assert_int_equal(comparison_drop_unanimous(&corpus, &n, &err), STATUS_OK);
    *n_left = corpus.n_pairs;
    corpus_done(&corpus);
    return n;
}

static void test_unanimous(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        size_t n_dropped, n_left;
    } cases[] = {
        /* one attribute cannot agree with another */
        {P("p", "a", "b", OF("x") TRAIN), 0, 1},
        {P("p", "a", "b", OF("x") TRAIN) P("p", "a", "b", OF("y") TRAIN), 2, 0},
        {P("p", "a", "b", OF("x") TRAIN) P("p", "b", "a", OF("y") TRAIN), 0, 2},
        /* z does not judge a and b */
        {P("p", "a", "b", OF("x") TRAIN) P("p", "a", "b", OF("y") TRAIN)
             P("p", "a", "c", OF("z") TRAIN),
         0, 3},
        /* other prompts are other pairs */
        {P("p", "a", "b", OF("x") TRAIN) P("q", "a", "b", OF("y") TRAIN), 0, 2},
        /* only training pairs go; others still have a say */
        {P("p", "a", "b", OF("x") TRAIN) P("p", "a", "b", OF("y") ",\"split\":\"test\""), 1,
         1},
        {P("p", "a", "b", OF("x")) P("p", "a", "b", OF("y")), 0, 2},
        /* an attribute that contradicts itself gives no verdict */
        {P("p", "a", "b", OF("x") TRAIN) P("p", "b", "a", OF("x") TRAIN)
             P("p", "a", "b", OF("y") TRAIN),
         0, 3},
        {P("p", "a", "b", OF("x") TRAIN) P("p", "a", "b", OF("y") TRAIN)
             P("p", "a", "b", TRAIN),
         2, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n_left;
        assert_int_equal(dropped(cases[i].lines, &n_left), cases[i].n_dropped);
        assert_int_equal(n_left, cases[i].n_left);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_responses_lie_side_by_side),
        cmocka_unit_test(test_unanimous),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
