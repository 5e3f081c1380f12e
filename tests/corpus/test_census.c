#include "lines.h"

#include "base/text.h"
#include "corpus/census.h"

#define P(prompt, chosen, rejected, rest)                                                  \
    "{\"prompt\":\"" prompt "\",\"chosen\":\"" chosen "\",\"rejected\":\"" rejected        \
    "\"" rest "}\n"
#define OF(attribute) ",\"attribute\":\"" attribute "\""

static void take(const char *lines, struct corpus *corpus, struct census *census)
{
    struct error err = {0};
    read_lines(corpus, lines);
    if (census_take(census, corpus, &err))
        fail_msg("%s", err.message);
}

static void test_counts(void **state)
{
    (void)state;
    struct corpus corpus;
    struct census census;
    take(P("p", "a", "b", OF("x") ",\"split\":\"train\",\"id\":\"1\",\"user\":\"u\"")
             P("p", "a", "c", OF("y") ",\"split\":\"test\",\"id\":\"1\",\"user\":\"v\"") P(
                 "q", "a", "b",
                 OF("x") ",\"split\":\"test\",\"chosen_rating\":1,\"rejected_rating\":0")
                 P("r", "same", "same", ",\"context\":\"c\"")
                     P("q", "b", "d", ",\"origin\":\"o\",\"chosen_rating\":1,\"id\":\"2\""),
         &corpus, &census);
    assert_int_equal(census.n_pairs, 4);
    assert_int_equal(census.n_prompts, 2); /* r is only of a pair that was left out */
    assert_int_equal(census.n_responses, 4);
    assert_int_equal(census.n_contexts, 0);
    assert_int_equal(census.n_users, 2);
    assert_int_equal(census.n_attributes, 2);
    assert_int_equal(census.n_origins, 1);
    assert_int_equal(census.n_splits[CORPUS_TRAIN], 1);
    assert_int_equal(census.n_splits[CORPUS_HOLDOUT], 0);
    assert_int_equal(census.n_splits[CORPUS_TEST], 2);
    assert_int_equal(census.n_unsplit, 1);
    const size_t by_attribute[] = {1, 0, 1, 0, /* x */ 0, 0, 1, 0, /* y */ 0, 0, 0, 1};
    assert_memory_equal(census.n_by_attribute, by_attribute, sizeof by_attribute);
    const size_t by_origin[] = {1, 3};
    assert_memory_equal(census.n_by_origin, by_origin, sizeof by_origin);
    assert_int_equal(census.n_rated, 1);
    assert_int_equal(census.n_judged, 4);
    assert_int_equal(census.n_same_ids, 1);
    assert_int_equal(census.n_leaking, 2);
    census_done(&census);
    corpus_done(&corpus);
}

static void test_duplicates(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        size_t n_repeated, n_contradicted;
    } cases[] = {
        {P("p", "a", "b", "") P("p", "a", "b", ""), 1, 0},
        {P("p", "a", "b", "") P("p", "b", "a", ""), 0, 2},
        {P("p", "a", "b", "") P("p", "b", "a", "") P("p", "a", "b", ""), 1, 3},
        {P("p", "a", "b", OF("x")) P("p", "a", "b", OF("y")), 0, 0},
        {P("p", "a", "b", ",\"user\":\"u\"") P("p", "b", "a", ",\"user\":\"v\""), 0, 0},
        {P("p", "a", "b", ",\"context\":\"u\"") P("p", "a", "b", ""), 0, 0},
        {P("p", "a", "b", "") P("q", "a", "b", ""), 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct corpus corpus;
        struct census census;
        take(cases[i].lines, &corpus, &census);
        assert_int_equal(census.n_repeated, cases[i].n_repeated);
        assert_int_equal(census.n_contradicted, cases[i].n_contradicted);
        census_done(&census);
        corpus_done(&corpus);
    }
}

static void test_conflicts(void **state)
{
    (void)state;
    struct corpus corpus;
    struct census census;
    take(P("p", "a", "b", OF("x")) P("p", "b", "a", OF("y")) P("p", "a", "b", OF("z"))
             P("q", "a", "b", OF("y")) P("q", "a", "b", OF("x")) P("q", "b", "c", OF("z"))
         /* y says both, two to one */
         P("r", "a", "b", OF("x")) P("r", "a", "b", OF("y")) P("r", "b", "a", OF("y"))
             P("r", "b", "a", OF("y"))
         /* z is even: no verdict */
         P("r", "b", "a", OF("z")) P("r", "a", "b", OF("z")) P("r", "a", "b", ""),
         &corpus, &census);
    static const struct census_conflict want[] = {
        {0, 1, 3, 2}, /* x and y differ on p and r */
        {0, 2, 1, 0},
        {1, 2, 1, 1},
    };
    assert_int_equal(census.n_conflicts, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(census.conflicts[i].a, want[i].a);
        assert_int_equal(census.conflicts[i].b, want[i].b);
        assert_int_equal(census.conflicts[i].n, want[i].n);
        assert_int_equal(census.conflicts[i].n_differ, want[i].n_differ);
    }
    census_done(&census);
    corpus_done(&corpus);
}

static void test_lengths(void **state)
{
    (void)state;
    struct text lines = {0};
    /* Responses of 1 to 100 characters and one word, used once or twice. */
    for (int i = 2; i <= 100; i++)
        text_printf(&lines,
                    "{\"prompt\":\"\xc3\xa9 two\\n\\tthree \",\"chosen\":\"%0*d\","
                    "\"rejected\":\"0\"}\n",
                    i, 0);
    struct corpus corpus;
    struct census census;
    take(lines.bytes, &corpus, &census);
    assert_int_equal(census.prompts.n, 1);
    assert_int_equal(census.prompts.median_characters, 13);
    assert_int_equal(census.prompts.p95_words, 3);
    assert_near(census.prompts.mean_words, 3, 0, 0);
    assert_int_equal(census.responses.n, 100);
    assert_near(census.responses.mean_characters, 50.5, 1e-12, 0);
    assert_int_equal(census.responses.median_characters, 50);
    assert_int_equal(census.responses.p95_characters, 95);
    assert_int_equal(census.responses.median_words, 1);
    census_done(&census);
    corpus_done(&corpus);
    text_done(&lines);
}

/* More attributes than the table of conflicts has room for, and one pair of texts said so
 * often that a comparison of all with all would take minutes. */
static void test_extremes_take_no_time(void **state)
{
    (void)state;
    struct corpus corpus = {0};
    struct census census;
    struct error err = {0};
    struct pair pair = PAIR_NONE;
    pair.prompt = passages_add_text(&corpus.prompts, "p");
    int32_t a = passages_add_text(&corpus.responses, "a"),
            b = passages_add_text(&corpus.responses, "b");
    for (int i = 0; i < 200000; i++) {
        char name[16];
        snprintf(name, sizeof name, "x%d", i < 1000 ? i : 0);
        pair.attribute = passages_add_text(&corpus.attributes, name);
        pair.chosen = i % 2 ? a : b;
        pair.rejected = i % 2 ? b : a;
        corpus_add(&corpus, &pair);
    }
    assert_int_equal(census_take(&census, &corpus, &err), STATUS_OK);
    assert_int_equal(census.n_attributes, 1000);
    assert_int_equal(census.n_judged, 1);
    assert_int_equal(census.n_repeated, 200000 - 1000 - 1);
    assert_int_equal(census.n_conflicts, 256 * 255 / 2);
    census_done(&census);
    corpus_done(&corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_duplicates),
        cmocka_unit_test(test_conflicts),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_extremes_take_no_time),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
