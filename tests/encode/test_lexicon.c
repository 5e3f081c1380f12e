#include "near.h"

#include <string.h>

#include "encode/lexicon.h"

static void count(const char *text, int32_t counts[CONCEPT_COUNT])
{
    struct lexicon *lexicon = lexicon_create();
    struct tokens tokens = {0};
    tokens_read(&tokens, text, strlen(text));
    lexicon_count(lexicon, &tokens, counts);
    tokens_done(&tokens);
    lexicon_free(lexicon);
}

static void test_counts(void **state)
{
    (void)state;
    const struct {
        const char *text;
        enum concept concept;
        int32_t n;
    } cases[] = {
        {"Be concise.", CONCEPT_CONCISE, 1},
        {"Keep it SHORT, brief and succinctly put", CONCEPT_CONCISE, 3},
        {"Shorty", CONCEPT_CONCISE, 0},           /* no star behind short */
        {"Get to the point", CONCEPT_CONCISE, 1}, /* a phrase */
        {"to the, point", CONCEPT_CONCISE, 0},    /* broken by a comma */
        {"to the", CONCEPT_CONCISE, 0},           /* cut by the end */
        {"without fluff", CONCEPT_CONCISE, 1},    /* against, negated */
        {"full of fluff", CONCEPT_CONCISE, -1},
        {"Don't be funny", CONCEPT_HUMOROUS, -1},
        {"Do not try to be funny", CONCEPT_HUMOROUS, 1}, /* out of reach */
        {"Not too long, but funny", CONCEPT_HUMOROUS, 1},
        {"avoid jokes", CONCEPT_HUMOROUS, -1},
        {"not only funny", CONCEPT_HUMOROUS, 1},
        {"a story rather than poems", CONCEPT_POETIC, -1},
        {"a story rather than poems", CONCEPT_NARRATIVE, 1},
        {"Avoid harm. Funny", CONCEPT_SAFE, 1},
        {"Avoid harm. Funny", CONCEPT_HUMOROUS, 1},
        {"user-friendly", CONCEPT_FRIENDLY, 1},
        {"", CONCEPT_CLEAR, 0},
        {"\xe6\x97\xa5\xe6\x9c\xac", CONCEPT_CLEAR, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int32_t counts[CONCEPT_COUNT];
        count(cases[i].text, counts);
        if (counts[cases[i].concept] != cases[i].n)
            print_error("'%s': %s %d\n", cases[i].text, concept_name(cases[i].concept),
                        counts[cases[i].concept]);
        assert_int_equal(counts[cases[i].concept], cases[i].n);
    }
}

/* What people ask for, in the words that they use: the concept must lead. */
static void test_requests(void **state)
{
    (void)state;
    const struct {
        const char *text;
        enum concept concept;
    } cases[] = {
        {"I only have a minute, so give me the gist in as few words as you can.",
         CONCEPT_CONCISE},
        {"Cut the fluff and answer in a single sentence.", CONCEPT_CONCISE},
        {"The answer should be easy to follow and well organised.", CONCEPT_CLEAR},
        {"Go deep: I want a thorough, comprehensive treatment of every aspect.",
         CONCEPT_DETAILED},
        {"I am a specialist; use the proper terminology of engineers.", CONCEPT_TECHNICAL},
        {"Surprise me with something original and imaginative.", CONCEPT_CREATIVE},
        {"Think outside the box, no cliches please.", CONCEPT_CREATIVE},
        {"Reason carefully, justify each claim and state your assumptions.",
         CONCEPT_RIGOROUS},
        {"Every claim has to be accurate, verifiable and backed by reliable sources.",
         CONCEPT_FACTUAL},
        {"No made-up figures, cite your references.", CONCEPT_FACTUAL},
        {"Write warmly, like a good friend who is supportive.", CONCEPT_FRIENDLY},
        {"Keep the tone professional; this goes to our legal department.", CONCEPT_FORMAL},
        {"Tell it as a gripping tale with a hero and vivid scenes.", CONCEPT_NARRATIVE},
        {"Make me laugh! The sillier the jokes, the better.", CONCEPT_HUMOROUS},
        {"Teach it to a beginner with examples, step by step.", CONCEPT_PEDAGOGIC},
        {"Play with language: metaphors, rhythm and rhyme.", CONCEPT_POETIC},
        {"Be respectful of other traditions and avoid stereotypes.", CONCEPT_CULTURAL},
        {"Make sure nothing in it is harmful, offensive or illegal.", CONCEPT_SAFE},
        {"Give me actionable tips that I can apply in real life.", CONCEPT_PRACTICAL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int32_t counts[CONCEPT_COUNT];
        count(cases[i].text, counts);
        for (int c = 0; c < CONCEPT_COUNT; c++) {
            bool is_wanted = c == (int)cases[i].concept;
            if (!is_wanted && counts[c] >= counts[cases[i].concept])
                print_error("'%s': %s %d\n", cases[i].text, concept_name((enum concept)c),
                            counts[c]);
            assert_true(is_wanted || counts[c] < counts[cases[i].concept]);
        }
    }
}

static void test_names_are_unique(void **state)
{
    (void)state;
    for (int i = 0; i < CONCEPT_COUNT; i++)
        for (int j = 0; j < i; j++)
            assert_string_not_equal(concept_name((enum concept)i),
                                    concept_name((enum concept)j));
    assert_null(concept_name(CONCEPT_COUNT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_names_are_unique),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
