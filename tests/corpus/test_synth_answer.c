#include "near.h"

#include <string.h>

#include "base/rng.h"
#include "corpus/synth_answer.h"

static const struct synth_prompt prompt = {.kind = KIND_EXPLAIN, .topic = &synth_topics[0]};

static void test_shares_and_words_are_those_of_the_text(void **state)
{
    (void)state;
    static const enum synth_style styles[] = {STYLE_PLAIN, STYLE_JOKE, STYLE_PLAIN,
                                              STYLE_STORY};
    struct synth_answer answer = {0};
    struct rng rng;
    rng_init(&rng, 1, 0);
    synth_answer_write(&answer, &prompt, styles, 4, &rng);
    assert_near(answer.share[STYLE_PLAIN], 0.5, 0, 1e-12);
    assert_near(answer.share[STYLE_JOKE], 0.25, 0, 1e-12);
    assert_near(answer.share[STYLE_STORY], 0.25, 0, 1e-12);
    assert_near(answer.share[STYLE_FILLER], 0, 0, 0);
    size_t n_spaces = 0;
    for (size_t i = 0; i < answer.text.length; i++)
        n_spaces += answer.text.bytes[i] == ' ';
    assert_int_equal(answer.n_words, n_spaces + 1);
    synth_answer_write(&answer, &prompt, styles, 1, &rng);
    assert_near(answer.share[STYLE_PLAIN], 1, 0, 0);
    assert_near(answer.share[STYLE_STORY], 0, 0, 0);
    text_done(&answer.text);
}

static double rate(enum synth_style style, const char *marks)
{
    struct synth_answer answer = {0};
    struct rng rng;
    rng_init(&rng, 2, style);
    double n = 0, n_words = 0;
    for (size_t i = 0; i < 400; i++) {
        struct synth_prompt other = {.kind = KIND_EXPLAIN,
                                     .topic = &synth_topics[i % synth_n_topics]};
        synth_answer_write(&answer, &other, &style, 1, &rng);
        n_words += (double)answer.n_words;
        for (const char *at = answer.text.bytes; (at = strpbrk(at, marks)) != NULL; at++)
            n++;
    }
    text_done(&answer.text);
    return n / n_words;
}

/* A style that can be seen has more of its mark per word than the plain style has, by far. */
static void test_styles_are_visible_in_the_text(void **state)
{
    (void)state;
    static const struct {
        enum synth_style style;
        const char *marks;
    } cases[] = {
        {STYLE_FIGURES, "0123456789"}, {STYLE_TEACHING, "?"}, {STYLE_JOKE, "!"},
        {STYLE_STORY, "\""},           {STYLE_WARM, "!"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(rate(cases[i].style, cases[i].marks) >
                    3 * rate(STYLE_PLAIN, cases[i].marks) + 0.01);
}

static void test_an_answer_does_not_say_a_passage_twice(void **state)
{
    (void)state;
    enum synth_style styles[ANSWER_MAX_PASSAGES] = {STYLE_ORNATE, STYLE_ORNATE,
                                                    STYLE_ORNATE, STYLE_ORNATE};
    struct synth_answer answer = {0};
    struct rng rng;
    rng_init(&rng, 3, 0);
    for (size_t i = 0; i < 2000; i++) {
        synth_answer_write(&answer, &prompt, styles, ANSWER_MAX_PASSAGES, &rng);
        const char *first = strstr(answer.text.bytes, "unfurls like");
        assert_true(!first || !strstr(first + 1, "unfurls like"));
    }
    text_done(&answer.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares_and_words_are_those_of_the_text),
        cmocka_unit_test(test_styles_are_visible_in_the_text),
        cmocka_unit_test(test_an_answer_does_not_say_a_passage_twice),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
