#include "near.h"

#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "corpus/synth_template.h"

static const struct synth_topic topic = {.topic = "a kite", .part = "the tail"};
static const struct synth_slots slots = {.topic = &topic, .person = "old Marta"};

static void test_slots_are_filled(void **state)
{
    (void)state;
    static const struct {
        const char *template, *want;
    } cases[] = {
        {"", ""},
        {"No slots.", "No slots."},
        {"{Topic} has {part}.", "A kite has the tail."},
        {"{person} and {Person}", "old Marta and Old Marta"},
        {"[only one]", "only one"},
        {"[{Part}] of {topic}", "The tail of a kite"},
    };
    struct rng rng;
    rng_init(&rng, 1, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text text = {0};
        text_add(&text, "");
        synth_expand(&text, cases[i].template, &slots, &rng);
        assert_string_equal(text.bytes, cases[i].want);
        text_done(&text);
    }
}

static void test_every_alternative_is_drawn_about_equally_often(void **state)
{
    (void)state;
    static const char *const wanted[] = {"A kite.", "b.", "."};
    enum { N = 3000 };
    size_t n_seen[3] = {0};
    struct rng rng;
    rng_init(&rng, 2, 0);
    struct text text = {0};
    for (size_t i = 0; i < N; i++) {
        text_clear(&text);
        synth_expand(&text, "[{Topic}|b|].", &slots, &rng);
        for (size_t k = 0; k < 3; k++)
            n_seen[k] += !strcmp(text.bytes, wanted[k]);
    }
    assert_int_equal(n_seen[0] + n_seen[1] + n_seen[2], N);
    for (size_t k = 0; k < 3; k++)
        assert_near((double)n_seen[k], N / 3.0, 0.1, 0);
    text_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slots_are_filled),
        cmocka_unit_test(test_every_alternative_is_drawn_about_equally_often),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
