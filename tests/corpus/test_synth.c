#include "near.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "corpus/census.h"
#include "corpus/corpus.h"
#include "corpus/synth.h"
#include "corpus/synth_attribute.h"

static struct corpus demo;

static int make_demo(void **state)
{
    (void)state;
    struct synth_options options = SYNTH_DEFAULTS;
    return synth_population(&demo, &options, NULL) != STATUS_OK;
}

static int free_demo(void **state)
{
    (void)state;
    corpus_done(&demo);
    return 0;
}

static uint64_t hash_of(struct synth_options options)
{
    struct corpus corpus = {0};
    assert_int_equal(synth_population(&corpus, &options, NULL), STATUS_OK);
    uint64_t hash = corpus_hash(&corpus);
    corpus_done(&corpus);
    return hash;
}

static void test_equal_options_give_equal_corpora(void **state)
{
    (void)state;
    struct synth_options options = SYNTH_DEFAULTS, other = SYNTH_DEFAULTS;
    assert_true(hash_of(options) == corpus_hash(&demo));
    other.seed = 2;
    assert_true(hash_of(options) != hash_of(other));
    other = options;
    other.noise = 2;
    assert_true(hash_of(options) != hash_of(other));
}

static void test_a_prompt_does_not_depend_on_how_many_follow(void **state)
{
    (void)state;
    struct synth_options options = SYNTH_DEFAULTS;
    options.prompts = 30;
    struct corpus few = {0};
    assert_int_equal(synth_population(&few, &options, NULL), STATUS_OK);
    assert_in_range(few.n_pairs, 200, 400);
    for (size_t i = 0; i < few.n_pairs; i++) {
        assert_string_equal(few.pairs[i].id, demo.pairs[i].id);
        assert_string_equal(few.responses.items[few.pairs[i].chosen].plain,
                            demo.responses.items[demo.pairs[i].chosen].plain);
        assert_int_equal(few.pairs[i].split, demo.pairs[i].split);
    }
    corpus_done(&few);
}

static size_t count_combinations(void)
{
    size_t n = 0; /* pairs of one prompt and context stand together */
    for (size_t i = 0; i < demo.n_pairs; i++)
        n += !i || demo.pairs[i].prompt != demo.pairs[i - 1].prompt ||
             demo.pairs[i].context != demo.pairs[i - 1].context;
    return n;
}

static void test_the_demo_is_large_and_small_enough(void **state)
{
    (void)state;
    assert_int_equal(demo.prompts.n, 640);
    assert_in_range(demo.n_pairs, 6000, 7000);
    assert_in_range(demo.responses.n, 2500, 4000);
    assert_in_range(count_combinations(), 2000, 3000);
    assert_int_equal(demo.attributes.n, ATTRIBUTE_COUNT);
    assert_int_equal(demo.contexts.n, ATTRIBUTE_COUNT * SYNTH_N_WORDINGS);
    assert_int_equal(demo.users.n, 40);
    assert_int_equal(demo.n_equal, 0);
}

static void test_every_attribute_is_in_every_split(void **state)
{
    (void)state;
    static const size_t least[CORPUS_SPLIT_COUNT] = {
        [CORPUS_TRAIN] = 250, [CORPUS_HOLDOUT] = 25, [CORPUS_TEST] = 60};
    size_t n[ATTRIBUTE_COUNT][CORPUS_SPLIT_COUNT] = {0};
    for (size_t i = 0; i < demo.n_pairs; i++)
        n[demo.pairs[i].attribute][demo.pairs[i].split]++;
    for (size_t a = 0; a < ATTRIBUTE_COUNT; a++)
        for (size_t s = 0; s < CORPUS_SPLIT_COUNT; s++)
            assert_true(n[a][s] >= least[s]);
}

static bool is_wording(const char *context, const char *attribute, size_t first, size_t end)
{
    for (size_t a = 0; a < ATTRIBUTE_COUNT; a++) {
        if (strcmp(attribute, synth_attribute_name((enum synth_attribute)a)) != 0)
            continue;
        for (size_t w = first; w < end; w++)
            if (!strcmp(context, synth_attribute_wording((enum synth_attribute)a, w)))
                return true;
    }
    return false;
}

static void test_held_out_wordings_are_in_the_test_split_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < demo.n_pairs; i++) {
        const struct pair *pair = &demo.pairs[i];
        const char *context = demo.contexts.items[pair->context].plain;
        const char *attribute = demo.attributes.items[pair->attribute].plain;
        if (pair->split == CORPUS_TEST)
            assert_true(is_wording(context, attribute, SYNTH_N_SEEN, SYNTH_N_WORDINGS));
        else
            assert_true(is_wording(context, attribute, 0, SYNTH_N_SEEN));
    }
}

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (!strncmp(name, *names, strlen(*names)))
            return true;
    return false;
}

static void test_camps_conflict_and_agree_within(void **state)
{
    (void)state;
    static const char *const sober[] = {"clarity", "factual", "scientific", "pedagog",
                                        NULL};
    static const char *const playful[] = {"narrative", "linguistic", "creativity", "humor",
                                          NULL};
    struct census census;
    assert_int_equal(census_take(&census, &demo, NULL), STATUS_OK);
    size_t n_across = 0, n_differ_across = 0, n_within = 0, n_differ_within = 0;
    for (size_t i = 0; i < census.n_conflicts; i++) {
        const struct census_conflict *conflict = &census.conflicts[i];
        const char *a = demo.attributes.items[conflict->a].plain;
        const char *b = demo.attributes.items[conflict->b].plain;
        bool across = (is_one_of(a, sober) && is_one_of(b, playful)) ||
                      (is_one_of(b, sober) && is_one_of(a, playful));
        bool within = (is_one_of(a, sober) && is_one_of(b, sober)) ||
                      (is_one_of(a, playful) && is_one_of(b, playful));
        n_across += across ? conflict->n : 0;
        n_differ_across += across ? conflict->n_differ : 0;
        n_within += within ? conflict->n : 0;
        n_differ_within += within ? conflict->n_differ : 0;
    }
    assert_true(n_across > 500 && n_within > 500);
    assert_true((double)n_differ_across > 0.6 * (double)n_across);
    assert_true((double)n_differ_within < 0.3 * (double)n_within);
    assert_int_equal(census.n_leaking, 0);
    assert_int_equal(census.n_same_ids, 0);
    assert_int_equal(census.n_unsplit, 0);
    assert_in_range(census.prompts.mean_words, 15, 30);
    assert_in_range(census.responses.mean_words, 25, 70);
    census_done(&census);
}

static void check_texts(const struct passages *passages)
{
    for (size_t i = 0; i < passages->n; i++) {
        const struct passage *passage = &passages->items[i];
        assert_true(passage->length > 0);
        assert_int_equal(utf8_check(passage->plain, passage->length), passage->length);
        for (size_t c = 0; c < passage->length; c++)
            assert_true((unsigned char)passage->plain[c] >= ' ' &&
                        passage->plain[c] != 0x7f);
        assert_null(strpbrk(passage->plain, "{}[]|"));
        assert_null(strstr(passage->plain, "  "));
    }
}

static void test_texts_are_clean(void **state)
{
    (void)state;
    check_texts(&demo.prompts);
    check_texts(&demo.responses);
    check_texts(&demo.contexts);
    check_texts(&demo.users);
}

static void test_options_out_of_bounds_are_refused(void **state)
{
    (void)state;
    static const struct {
        struct synth_options options;
        const char *message;
    } cases[] = {
        {{0, 1, 1, .2, .1}, "prompts is 0"},
        {{SIZE_MAX, 1, 1, .2, .1}, "from 1 to 288000"},
        {{10, 1, 0, .2, .1}, "noise of the annotators is 0"},
        {{10, 1, -1, .2, .1}, "must be above 0"},
        {{10, 1, NAN, .2, .1}, "must be above 0"},
        {{10, 1, INFINITY, .2, .1}, "must be above 0"},
        {{10, 1, 1, 1.2, .1}, "1.2"},
        {{10, 1, 1, .8, .4}, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct corpus corpus = {0};
        struct error err = {0};
        assert_int_equal(synth_population(&corpus, &cases[i].options, &err), STATUS_USAGE);
        assert_non_null(strstr(err.message, cases[i].message));
        assert_int_equal(corpus.n_pairs, 0);
        assert_null(corpus.pairs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_options_give_equal_corpora),
        cmocka_unit_test(test_a_prompt_does_not_depend_on_how_many_follow),
        cmocka_unit_test(test_the_demo_is_large_and_small_enough),
        cmocka_unit_test(test_every_attribute_is_in_every_split),
        cmocka_unit_test(test_held_out_wordings_are_in_the_test_split_only),
        cmocka_unit_test(test_camps_conflict_and_agree_within),
        cmocka_unit_test(test_texts_are_clean),
        cmocka_unit_test(test_options_out_of_bounds_are_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_demo, free_demo);
}
