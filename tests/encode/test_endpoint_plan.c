#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "encode/endpoint_plan.h"

static const unsigned char identity[SHA256_BYTES] = {1, 2, 3};

static struct endpoint_text prompt_of(const char *prompt)
{
    return (struct endpoint_text){.prompt = {prompt, strlen(prompt)}};
}

static void test_long_ones_first_and_equal_ones_once(void **state)
{
    (void)state;
    const struct endpoint_text texts[] = {
        prompt_of("short"),      prompt_of("rather longer than the others"),
        prompt_of("middle one"), prompt_of("short"),
        prompt_of("middle one"), prompt_of("short"),
    };
    static const char *const order[] = {"rather longer than the others", "middle one",
                                        "short"};
    static const size_t counts[] = {1, 2, 3}, firsts[] = {1, 2, 0};
    struct template *raw = template_open("raw", NULL);
    struct plan plan;
    plan_make(&plan, texts, 6, raw, identity, NULL);
    plan_list(&plan, NULL, 0, NULL, NULL, NULL);
    assert_int_equal(plan.n_todo, 3);
    for (size_t i = 0; i < 3; i++) {
        size_t item = plan.todo[i];
        struct encoder_text rendered = plan_render(&plan, item);
        assert_string_equal(rendered.bytes, order[i]);
        assert_int_equal(rendered.length, strlen(order[i]));
        assert_int_equal(plan_count(&plan, item), counts[i]);
        assert_int_equal(plan_text(&plan, item, 0), firsts[i]);
        assert_int_equal(plan_tokens(&plan, item), strlen(order[i]) / 3 + 1);
    }
    plan_done(&plan);
    template_free(raw);
}

static void test_keys_tell_texts_and_endpoints_apart(void **state)
{
    (void)state;
    const struct endpoint_text text = prompt_of("a");
    static const unsigned char other[SHA256_BYTES] = {1, 2, 4};
    struct template *raw = template_open("raw", NULL),
                    *chat = template_open("chatml", NULL);
    struct plan a, b, c, d;
    plan_make(&a, &text, 1, raw, identity, NULL);
    plan_make(&b, &text, 1, raw, other, NULL);
    plan_make(&c, &text, 1, chat, identity, NULL);
    plan_make(&d, &text, 1, raw, identity, NULL);
    assert_memory_not_equal(plan_key(&a, 0), plan_key(&b, 0), SHA256_BYTES);
    assert_memory_not_equal(plan_key(&a, 0), plan_key(&c, 0), SHA256_BYTES);
    assert_memory_equal(plan_key(&a, 0), plan_key(&d, 0), SHA256_BYTES);
    plan_done(&a);
    plan_done(&b);
    plan_done(&c);
    plan_done(&d);
    template_free(raw);
    template_free(chat);
}

static void test_batches(void **state)
{
    (void)state;
    struct endpoint_text texts[7];
    static const char *const words[7] = {
        "thirty bytes of text, or so ..", "a", "b", "c", "d", "e", "f"};
    static const struct {
        size_t most, budget, wanted[8];
    } cases[] = {
        {3, 1000, {3, 3, 1, 0}},
        {100, 3, {1, 3, 3, 0}}, /* the long one is over the budget, alone */
        {100, 1, {1, 1, 1, 1, 1, 1, 1, 0}},
        {100, 1000, {7, 0}},
    };
    struct template *raw = template_open("raw", NULL);
    for (size_t i = 0; i < 7; i++)
        texts[i] = prompt_of(words[i]);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct plan plan;
        plan_make(&plan, texts, 7, raw, identity, NULL);
        plan_list(&plan, NULL, 0, NULL, NULL, NULL);
        size_t b = 0;
        do
            assert_int_equal(plan_cut(&plan, cases[i].most, cases[i].budget),
                             cases[i].wanted[b]);
        while (cases[i].wanted[b++]);
        plan_done(&plan);
    }
    struct plan none;
    plan_make(&none, texts, 0, raw, identity, NULL);
    plan_list(&none, NULL, 0, NULL, NULL, NULL);
    assert_int_equal(plan_cut(&none, 1, 1), 0);
    plan_done(&none);
    template_free(raw);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_long_ones_first_and_equal_ones_once),
        cmocka_unit_test(test_keys_tell_texts_and_endpoints_apart),
        cmocka_unit_test(test_batches),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
