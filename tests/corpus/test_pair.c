#include "lines.h"

#include "corpus/pair.h"

static void test_least_and_most(void **state)
{
    (void)state;
    struct corpus corpus = {0};
    struct text out = {0};
    struct pair pair = PAIR_NONE;
    pair.prompt = passages_add_text(&corpus.prompts, "p");
    pair.chosen = passages_add_text(&corpus.responses, "a");
    pair.rejected = passages_add_text(&corpus.responses, "b");
    pair_write(&corpus, &pair, &out);
    assert_string_equal(out.bytes,
                        "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}");
    pair.id = "{";
    pair.attribute = passages_add_text(&corpus.attributes, "x");
    pair.context = passages_add_text(&corpus.contexts, "c");
    pair.user = passages_add_text(&corpus.users, "u");
    pair.origin = passages_add_text(&corpus.origins, "o");
    pair.extra = passages_add_text(&corpus.extras, "\"k\":1");
    pair.split = CORPUS_HOLDOUT;
    pair.chosen_rating = 1.0 / 3.0;
    pair.rejected_rating = 0.0;
    text_clear(&out);
    pair_write(&corpus, &pair, &out);
    assert_string_equal(
        out.bytes, "{\"id\":\"{\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\","
                   "\"attribute\":\"x\",\"context\":\"c\",\"user\":\"u\",\"split\":"
                   "\"holdout\",\"chosen_rating\":0.3333333333333333,"
                   "\"rejected_rating\":0,\"origin\":\"o\",\"k\":1}");
    text_done(&out);
    corpus_done(&corpus);
}

static void test_extra_keys_never_take_names_of_the_schema(void **state)
{
    (void)state;
    struct text extra = {0};
    pair_add_extra(&extra, "", "k\"", "1", 1);
    pair_add_extra(&extra, "chosen_", "rating", "2", 1);
    pair_add_extra(&extra, "chosen_", "model", "3", 1);
    for (size_t i = 0; i < PAIR_KEYS; i++)
        pair_add_extra(&extra, "", pair_keys[i], "4", 1);
    assert_string_equal(extra.bytes,
                        "\"k\\\"\":1,\"original_chosen_rating\":2,\"chosen_model\":3,"
                        "\"original_id\":4,\"original_prompt\":4,\"original_chosen\":4,"
                        "\"original_rejected\":4,\"original_attribute\":4,"
                        "\"original_context\":4,\"original_user\":4,\"original_split\":4,"
                        "\"original_chosen_rating\":4,\"original_rejected_rating\":4,"
                        "\"original_origin\":4");
    text_done(&extra);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_least_and_most),
        cmocka_unit_test(test_extra_keys_never_take_names_of_the_schema),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
