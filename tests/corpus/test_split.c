#include "lines.h"

#include "base/text.h"
#include "corpus/split.h"

static enum corpus_split split_of(const char *text, double test, double holdout,
                                  uint64_t seed)
{
    struct split_options options = {test, holdout, seed};
    return split_of_prompt(text, strlen(text), &options);
}

/* These hold for ever: a corpus imported again must not move prompts into the test. */
static void test_splits_are_stable(void **state)
{
    (void)state;
    static const char want[] = "trrtrrtrhhrhrhtr";
    char got[sizeof want] = {0};
    for (size_t i = 0; i < sizeof want - 1; i++) {
        char prompt[32];
        snprintf(prompt, sizeof prompt, "prompt %zu", i);
        got[i] = "rht"[split_of(prompt, 0.3, 0.2, 1)];
    }
    assert_string_equal(got, want);
}

static void test_shares_are_kept(void **state)
{
    (void)state;
    enum { N = 20000 };
    for (uint64_t seed = 0; seed < 3; seed++) {
        size_t counts[CORPUS_SPLIT_COUNT] = {0};
        for (int i = 0; i < N; i++) {
            char prompt[32];
            snprintf(prompt, sizeof prompt, "%d?", i);
            counts[split_of(prompt, 0.2, 0.1, seed)]++;
        }
        /* Four standard deviations of a binomial share. */
        assert_near((double)counts[CORPUS_TEST] / N, 0.2, 0, 4 * sqrt(0.2 * 0.8 / N));
        assert_near((double)counts[CORPUS_HOLDOUT] / N, 0.1, 0, 4 * sqrt(0.1 * 0.9 / N));
    }
}

static void test_ends_of_the_range(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        char prompt[32];
        snprintf(prompt, sizeof prompt, "%d", i);
        assert_int_equal(split_of(prompt, 0, 0, 5), CORPUS_TRAIN);
        assert_int_equal(split_of(prompt, 1, 0, 5), CORPUS_TEST);
        assert_int_equal(split_of(prompt, 0, 1, 5), CORPUS_HOLDOUT);
    }
}

static void test_seed_matters_and_holdout_leaves_the_test_alone(void **state)
{
    (void)state;
    size_t n_moved = 0;
    for (int i = 0; i < 500; i++) {
        char prompt[32];
        snprintf(prompt, sizeof prompt, "%d", i);
        n_moved += split_of(prompt, 0.5, 0, 1) != split_of(prompt, 0.5, 0, 2);
        assert_int_equal(split_of(prompt, 0.3, 0.1, 1) == CORPUS_TEST,
                         split_of(prompt, 0.3, 0.6, 1) == CORPUS_TEST);
    }
    assert_in_range(n_moved, 200, 300);
}

static void test_shares_that_make_no_sense(void **state)
{
    (void)state;
    static const struct {
        double test, holdout;
        const char *message;
    } cases[] = {
        {-0.1, 0, "the test share is -0.1"},       {1.5, 0, "the test share is 1.5"},
        {(double)NAN, 0, "the test share is nan"}, {0, 2, "the hold-out share is 2"},
        {0, (double)NAN, "the hold-out share"},    {0.7, 0.4, "more than the whole"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        struct split_options options = {cases[i].test, cases[i].holdout, 0};
        assert_int_equal(split_check(&options, &err), STATUS_USAGE);
        assert_contains(err.message, cases[i].message);
    }
    struct split_options whole = {0.9, 0.1, 0};
    assert_int_equal(split_check(&whole, NULL), STATUS_OK);
}

static void test_assigning_keeps_what_is_said(void **state)
{
    (void)state;
    struct text lines = {0};
    for (int i = 0; i < 60; i++)
        text_printf(&lines, "{\"prompt\":\"p%d\",\"chosen\":\"a\",\"rejected\":\"b\"%s}\n",
                    i % 20, i % 3 == 0 ? ",\"split\":\"train\"" : "");
    struct corpus corpus;
    read_lines(&corpus, lines.bytes);
    struct split_options options = {1, 0, 0};
    assert_int_equal(split_assign(&corpus, &options), 40);
    for (size_t i = 0; i < 60; i++)
        assert_int_equal(corpus.pairs[i].split, i % 3 ? CORPUS_TEST : CORPUS_TRAIN);
    assert_int_equal(split_assign(&corpus, &options), 0);
    corpus_done(&corpus);
    text_done(&lines);
}

/* The same prompt as a string and as a conversation of one turn is one prompt. */
static void test_form_of_a_prompt_does_not_matter(void **state)
{
    (void)state;
    struct corpus corpus;
    struct text lines = {0};
    for (int i = 0; i < 40; i++)
        text_printf(
            &lines,
            "{\"prompt\":\"p%d\",\"chosen\":\"a\",\"rejected\":\"b\"}\n"
            "{\"prompt\":[{\"role\":\"user\",\"content\":\"p%d\"}],\"chosen\":\"a\","
            "\"rejected\":\"b\"}\n",
            i, i);
    read_lines(&corpus, lines.bytes);
    struct split_options options = {0.5, 0, 0};
    split_assign(&corpus, &options);
    for (size_t i = 0; i < corpus.n_pairs; i += 2)
        assert_int_equal(corpus.pairs[i].split, corpus.pairs[i + 1].split);
    corpus_done(&corpus);
    text_done(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_splits_are_stable),
        cmocka_unit_test(test_shares_are_kept),
        cmocka_unit_test(test_ends_of_the_range),
        cmocka_unit_test(test_seed_matters_and_holdout_leaves_the_test_alone),
        cmocka_unit_test(test_shares_that_make_no_sense),
        cmocka_unit_test(test_assigning_keeps_what_is_said),
        cmocka_unit_test(test_form_of_a_prompt_does_not_matter),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
