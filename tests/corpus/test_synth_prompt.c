#include "near.h"

#include <string.h>

#include "base/text.h"
#include "corpus/passage.h"
#include "corpus/synth_prompt.h"

static void add_prompt(struct passages *prompts, struct text *text, size_t number,
                       uint64_t seed)
{
    struct synth_prompt prompt = synth_prompt_at(number, seed);
    text_clear(text);
    synth_prompt_write(text, &prompt);
    passages_add(prompts, text->bytes, text->length);
}

static void test_no_two_prompts_have_the_same_text(void **state)
{
    (void)state;
    struct passages prompts = {0};
    struct text text = {0};
    size_t n = synth_prompt_count();
    assert_true(n >= 100000);
    for (size_t i = 0; i < n; i++)
        add_prompt(&prompts, &text, i, 7);
    assert_int_equal(prompts.n, n);
    passages_done(&prompts);
    text_done(&text);
}

static void test_consecutive_prompts_run_through_kinds_and_topics(void **state)
{
    (void)state;
    size_t n = KIND_COUNT * synth_n_topics, seen[KIND_COUNT][64] = {0};
    assert_in_range(synth_n_topics, 40, 64);
    for (size_t i = 0; i < n; i++) {
        struct synth_prompt prompt = synth_prompt_at(i, 3);
        seen[prompt.kind][prompt.topic - synth_topics]++;
    }
    for (size_t kind = 0; kind < KIND_COUNT; kind++)
        for (size_t topic = 0; topic < synth_n_topics; topic++)
            assert_int_equal(seen[kind][topic], 1);
}

static void test_another_seed_gives_other_prompts_first(void **state)
{
    (void)state;
    struct passages prompts = {0};
    struct text text = {0};
    for (size_t i = 0; i < 100; i++) {
        add_prompt(&prompts, &text, i, 1);
        add_prompt(&prompts, &text, i, 2);
    }
    assert_true(prompts.n > 150);
    passages_done(&prompts);
    text_done(&text);
}

static void test_a_kind_calls_for_its_attribute(void **state)
{
    (void)state;
    static const struct {
        enum synth_kind kind;
        enum synth_attribute most, least;
    } cases[] = {
        {KIND_STORY, ATTRIBUTE_NARRATIVE, ATTRIBUTE_FACTUAL},
        {KIND_VERIFY, ATTRIBUTE_FACTUAL, ATTRIBUTE_NARRATIVE},
        {KIND_TEACH, ATTRIBUTE_PEDAGOGY, ATTRIBUTE_LINGUISTIC},
        {KIND_TOAST, ATTRIBUTE_HUMOR, ATTRIBUTE_RIGOR},
        {KIND_POEM, ATTRIBUTE_LINGUISTIC, ATTRIBUTE_RIGOR},
        {KIND_ADVISE, ATTRIBUTE_FRIENDLINESS, ATTRIBUTE_LINGUISTIC},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct synth_prompt prompt = {.kind = cases[i].kind, .topic = &synth_topics[0]};
        assert_true(synth_prompt_calls_for(&prompt, cases[i].most) >
                    synth_prompt_calls_for(&prompt, cases[i].least) + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_two_prompts_have_the_same_text),
        cmocka_unit_test(test_consecutive_prompts_run_through_kinds_and_topics),
        cmocka_unit_test(test_another_seed_gives_other_prompts_first),
        cmocka_unit_test(test_a_kind_calls_for_its_attribute),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
