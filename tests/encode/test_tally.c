#include "near.h"

#include <string.h>

#include "encode/tally.h"

static struct tally tally_of(const char *text)
{
    struct vocabulary *vocabulary = vocabulary_create();
    struct tally_scratch *scratch = tally_scratch_create(vocabulary);
    struct tokens tokens = {0};
    struct tally tally;
    tokens_read(&tokens, text, strlen(text));
    tally_tokens(scratch, &tokens, &tally);
    tokens_done(&tokens);
    tally_scratch_free(scratch);
    vocabulary_free(vocabulary);
    return tally;
}

static void test_classes(void **state)
{
    (void)state;
    const struct {
        const char *text;
        enum word_class class;
        uint32_t n;
    } cases[] = {
        {"Perhaps it may seem so", CLASS_HEDGE, 3},
        {"I gave you MY book and yours", CLASS_FIRST, 2},
        {"I gave you MY book and yours", CLASS_SECOND, 2},
        {"Don't. Never without it", CLASS_NEGATION, 3},
        {"two dozen, half", CLASS_NUMERAL, 3},
        {"haha, what a silly pun", CLASS_HUMOUR, 3},
        {"Please, thanks", CLASS_POLITE, 2},
        {"hence therefore because", CLASS_CONNECTIVE, 3},
        {"a, e, i, o", CLASS_FIRST, 1},
        {"", CLASS_FUNCTION, 0},
        {"the of and", CLASS_FUNCTION, 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(tally_of(cases[i].text).classes[cases[i].class], cases[i].n);
}

static void test_repetition(void **state)
{
    (void)state;
    struct tally tally = tally_of("the red cat saw the red cat run, The RED dog");
    assert_int_equal(tally.different, 6);
    assert_int_equal(tally.repeated_bigrams, 3);
    assert_int_equal(tally.repeated_trigrams, 1);
    tally = tally_of("a b b a"); /* "a b" and "b a" are two different bigrams */
    assert_int_equal(tally.different, 2);
    assert_int_equal(tally.repeated_bigrams, 0);
}

static void test_forms(void **state)
{
    (void)state;
    struct tally tally =
        tally_of("We didn't walk 12 famous miles. he jumped with Anna to Rome's careful, "
                 "unbelievable end. Write!");
    assert_int_equal(tally.contractions, 1);
    assert_int_equal(tally.numbers, 1);
    assert_int_equal(tally.names, 2);
    assert_int_equal(tally.adjectives, 3);
    assert_int_equal(tally.past, 2); /* did, jumped */
    assert_int_equal(tally.small_starts, 1);
    assert_int_equal(tally.imperative_starts, 1);
    assert_int_equal(tally.long_words, 2);
}

static void test_sentence_squares(void **state)
{
    (void)state;
    assert_near(tally_of("One two. One two three.").sentence_squares, 13, 0, 0);
    assert_near(tally_of("").sentence_squares, 0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_repetition),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_sentence_squares),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
