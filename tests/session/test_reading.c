/* A corpus read by a model's encoder: the rows are those that encoding the corpus gave. */
#include "folder.h"
#include "near.h"

#include "base/memory.h"
#include "corpus/corpus.h"
#include "corpus/split.h"
#include "io/json.h"
#include "session/encoding.h"
#include "session/reading.h"

static const struct {
    const char *prompt, *context, *chosen, *rejected, *attribute;
} given[] = {
    {"Plan a trip to the sea.", "Be brief.", "By train.", "Take the long road by bus.",
     "short"},
    {"Plan a trip to the sea.", "Be brief.", "Go.", "I would rather stay at home.",
     "short"},
    {"Why is the sky blue?", NULL, "It scatters light.", "Because.", "clear"},
    {"Why is the sky blue?", "Be brief.", "Light.", "It scatters the light of day.",
     "short"},
    {"Plan a trip to the sea.", "In plain words, please!", "By bus.", "Promptly depart.",
     "plain"},
};
enum { PAIRS = sizeof given / sizeof *given };

static struct corpus make_corpus(void)
{
    struct corpus corpus = {0};
    for (size_t i = 0; i < PAIRS; i++) {
        struct pair pair = PAIR_NONE;
        pair.prompt = passages_add_text(&corpus.prompts, given[i].prompt);
        pair.chosen = passages_add_text(&corpus.responses, given[i].chosen);
        pair.rejected = passages_add_text(&corpus.responses, given[i].rejected);
        pair.attribute = passages_add_text(&corpus.attributes, given[i].attribute);
        if (given[i].context)
            pair.context = passages_add_text(&corpus.contexts, given[i].context);
        pair.split = CORPUS_TRAIN;
        assert_true(corpus_add(&corpus, &pair));
    }
    return corpus;
}

static void assert_same_row(const struct rows *a, int32_t row_a, const struct rows *b,
                            int32_t row_b)
{
    assert_int_equal(row_a < 0, row_b < 0);
    assert_int_equal(a->n_columns, b->n_columns);
    if (row_a >= 0)
        assert_memory_equal(rows_at(a, (size_t)row_a, 0), rows_at(b, (size_t)row_b, 0),
                            a->n_columns * sizeof(float));
}

static void test_rows_are_those_of_the_features(void **state)
{
    (void)state;
    struct corpus corpus = make_corpus();
    struct encoding encoding;
    struct reading reading;
    struct error err = {0};
    assert_int_equal(encoding_make(&encoding, &corpus,
                                   &(struct encoding_options){.encoder = "surface"}, &err),
                     STATUS_OK);
    const struct features *want = &encoding.features;
    assert_int_equal(reading_open(&reading, &corpus, want->metadata, true, NULL, &err), 0);
    const struct features *got = &reading.features;
    assert_int_equal(got->n_pairs, PAIRS);
    assert_int_equal(got->context.n_rows, 3);
    assert_int_equal(got->n_attributes, 3);
    for (size_t i = 0; i < PAIRS; i++) {
        assert_same_row(&got->prompt, got->pair_prompt[i], &want->prompt,
                        want->pair_prompt[i]);
        assert_same_row(&got->context, got->pair_context[i], &want->context,
                        want->pair_context[i]);
        assert_string_equal(got->attributes[got->pair_attribute[i]], given[i].attribute);
    }
    reading_done(&reading);

    /* Nothing is encoded when nobody asks for contexts, but the width is known. */
    assert_int_equal(reading_open(&reading, &corpus, want->metadata, false, NULL, &err), 0);
    assert_int_equal(reading.features.context.n_rows, 0);
    assert_int_equal(reading.features.prompt.n_columns, want->prompt.n_columns);
    reading_done(&reading);
    reading_done(&reading);
    encoding_done(&encoding);
    corpus_done(&corpus);
}

static void test_refused(void **state)
{
    (void)state;
    struct corpus corpus = make_corpus();
    struct encoding encoding;
    struct reading reading = {0};
    struct error err = {0};
    struct cancel cancel = {true};
    assert_int_equal(encoding_make(&encoding, &corpus,
                                   &(struct encoding_options){.encoder = "surface"}, &err),
                     STATUS_OK);
    assert_int_equal(
        reading_open(&reading, &corpus, encoding.features.metadata, true, &cancel, &err),
        STATUS_CANCELLED);
    struct json *metadata = json_object();
    assert_int_equal(reading_open(&reading, &corpus, metadata, true, NULL, &err),
                     STATUS_NOT_FOUND);
    json_put_text(metadata, "encoder", "surface");
    assert_int_equal(reading_open(&reading, &corpus, metadata, true, NULL, &err),
                     STATUS_NOT_FOUND);
    assert_non_null(strstr(err.message, "does not name the encoder"));
    json_put_text(metadata, "encoder.settings", "{\"width\":1}");
    assert_int_equal(reading_open(&reading, &corpus, metadata, true, NULL, &err),
                     STATUS_FORMAT);
    assert_non_null(strstr(err.message, "encoder of the model: "));
    assert_null(reading.arrays);
    json_free(metadata);
    encoding_done(&encoding);
    corpus_done(&corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_those_of_the_features),
        cmocka_unit_test(test_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
