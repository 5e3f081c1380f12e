/* Features know the corpus that they were made from, and no other. */
#include "near.h"

#include <string.h>

#include "corpus/corpus.h"
#include "corpus/split.h"
#include "io/json.h"
#include "session/encoding.h"
#include "session/origin.h"

static void add(struct corpus *corpus, const char *prompt, const char *chosen,
                const char *rejected)
{
    struct pair pair = PAIR_NONE;
    pair.prompt = passages_add_text(&corpus->prompts, prompt);
    pair.chosen = passages_add_text(&corpus->responses, chosen);
    pair.rejected = passages_add_text(&corpus->responses, rejected);
    assert_true(corpus_add(corpus, &pair));
}

static void fill(struct corpus *corpus)
{
    *corpus = (struct corpus){0};
    add(corpus, "Why is the sky blue?", "Air scatters blue light most.", "It just is.");
    add(corpus, "Name a prime.", "Seven.", "Nine, perhaps.");
    add(corpus, "Tell a joke.", "A neutrino walks through a bar.", "No.");
}

struct made {
    struct corpus corpus;
    struct encoding encoding;
};

static int make(void **state)
{
    static struct made made;
    struct error err = {0};
    fill(&made.corpus);
    split_assign(&made.corpus, &(struct split_options){0.3, 0.3, 5});
    made.corpus.pairs[0].split = CORPUS_TRAIN;
    made.corpus.pairs[1].split = CORPUS_TEST;
    struct encoding_options options = {.encoder = "surface"};
    if (encoding_make(&made.encoding, &made.corpus, &options, &err))
        fail_msg("%s", err.message);
    *state = &made;
    return 0;
}

static int unmake(void **state)
{
    struct made *made = *state;
    encoding_done(&made->encoding);
    corpus_done(&made->corpus);
    return 0;
}

static void check(struct corpus *corpus, const struct features *features,
                  enum status status, const char *message)
{
    struct error err = {0};
    assert_int_equal(origin_check(corpus, features, &err), status);
    if (!strstr(err.message, message))
        fail_msg("got '%s', want '%s'", err.message, message);
    corpus_done(corpus);
}

static void test_same(void **state)
{
    struct made *made = *state;
    struct error err = {0};
    assert_int_equal(origin_check(&made->corpus, &made->encoding.features, &err),
                     STATUS_OK);
}

/* A corpus that does not state its splits takes those that encoding gave it. */
static void test_without_splits(void **state)
{
    const struct made *made = *state;
    struct corpus corpus;
    struct error err = {0};
    fill(&corpus);
    assert_int_equal(origin_check(&corpus, &made->encoding.features, &err), STATUS_OK);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(corpus.pairs[i].split, made->corpus.pairs[i].split);
    corpus_done(&corpus);
}

static void test_others(void **state)
{
    const struct made *made = *state;
    const struct features *features = &made->encoding.features;
    struct corpus corpus;
    fill(&corpus);
    corpus.pairs[2].chosen = corpus.pairs[0].chosen;
    check(&corpus, features, STATUS_FORMAT, "the corpus has the hash");
    fill(&corpus);
    struct pair swapped = corpus.pairs[0];
    corpus.pairs[0] = corpus.pairs[2];
    corpus.pairs[2] = swapped;
    check(&corpus, features, STATUS_FORMAT, "the corpus has the hash");
    fill(&corpus);
    corpus.pairs[1].split = CORPUS_TRAIN;
    check(&corpus, features, STATUS_FORMAT, "the corpus has the hash");
    fill(&corpus);
    add(&corpus, "One more?", "Yes.", "No, thanks.");
    check(&corpus, features, STATUS_SHAPE, "has 4 pairs, the features have 3");
    fill(&corpus);
    struct features silent = *features;
    silent.metadata = NULL;
    check(&corpus, &silent, STATUS_NOT_FOUND, "do not say which corpus");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_without_splits),
        cmocka_unit_test(test_others),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make, unmake);
}
