#include "near.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "encode/overlap.h"
#include "encode/tally.h"

static struct overlap_measures measures_of(const char *prompt, const char *response)
{
    struct vocabulary *vocabulary = vocabulary_create();
    struct tally_scratch *scratch = tally_scratch_create(vocabulary);
    struct overlap *overlap = overlap_create();
    struct tokens p = {0}, r = {0};
    struct tally tally;
    struct overlap_measures out;
    tokens_read(&p, prompt, strlen(prompt));
    tokens_read(&r, response, strlen(response));
    overlap_index(overlap, &p, vocabulary);
    tally_tokens(scratch, &r, &tally);
    overlap_measure(overlap, &r, tally_classes(scratch), &out);
    tokens_done(&p);
    tokens_done(&r);
    overlap_free(overlap);
    tally_scratch_free(scratch);
    vocabulary_free(vocabulary);
    return out;
}

static void test_known_values(void **state)
{
    (void)state;
    /* content words of the prompt: quick brown fox jumps lazy dog */
    const char *prompt = "The quick brown fox jumps over the lazy dog. The fox!";
    const struct {
        const char *response;
        struct overlap_measures wanted;
    } cases[] = {
        {"Quick brown fox.", {1, 1, 0.5, (log(2) * 2 + log(3)) / 3, 3, 3, 0, 1}},
        {"A brown cat.", {0.5, 0, 1.0 / 6, log(2) / 2, 1.0 / 3, 0, 0, 0}},
        {"The lazy dog sleeps. Fox.",
         {3.0 / 4, 0.5, 0.5, (log(2) * 2 + log(3)) / 4, 2, 3, 0, 0}},
        {"Cats sleep", {0, 0, 0, 0, 0, 0, 0, 0}},
        {"", {0, 0, 0, 0, 0, 0, 0, 0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct overlap_measures got = measures_of(prompt, cases[i].response);
        const struct overlap_measures *want = &cases[i].wanted;
        assert_near(got.content_precision, want->content_precision, 1e-12, 0);
        assert_near(got.bigram_precision, want->bigram_precision, 1e-12, 0);
        assert_near(got.recall, want->recall, 1e-12, 0);
        assert_near(got.salience, want->salience, 1e-12, 0);
        assert_near(got.density, want->density, 1e-12, 0);
        assert_near(got.longest_run, want->longest_run, 0, 0);
        assert_near(got.lead, want->lead, 1e-12, 0);
        assert_near(got.copied_sentences, want->copied_sentences, 1e-12, 0);
    }
}

static void test_the_longest_of_several_places_is_taken(void **state)
{
    (void)state;
    struct overlap_measures got = measures_of("a b x. a b c y. a b c d e.", "a b c d e");
    assert_near(got.longest_run, 5, 0, 0);
    assert_near(got.density, 5, 0, 0);
}

static void test_lead(void **state)
{
    (void)state;
    const char *prompt =
        "one two a b c d e f g h i j k l m n o p q r s t u v w x y z aa bb cc "
        "dd ee ff gg hh ii jj kk ll";
    assert_near(measures_of(prompt, "One two. Jj kk.").lead, 0.5, 1e-12, 0);
}

static void test_an_empty_prompt(void **state)
{
    (void)state;
    struct overlap_measures got = measures_of("", "some words");
    assert_near(got.content_precision + got.density + got.lead + got.recall, 0, 0, 0);
}

/* The same word over and over has as many candidates as words; still linear. */
static void test_repetition_does_not_explode(void **state)
{
    (void)state;
    enum { WORDS = 200000 };
    char *text = malloc(2 * WORDS + 1);
    assert_non_null(text);
    for (size_t i = 0; i < WORDS; i++)
        memcpy(text + 2 * i, "a ", 3);
    clock_t start = clock();
    struct overlap_measures got = measures_of(text, text);
    assert_near(got.longest_run, WORDS, 0, 0);
    assert_true(clock() - start < 20 * CLOCKS_PER_SEC);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_values),
        cmocka_unit_test(test_the_longest_of_several_places_is_taken),
        cmocka_unit_test(test_lead),
        cmocka_unit_test(test_an_empty_prompt),
        cmocka_unit_test(test_repetition_does_not_explode),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
