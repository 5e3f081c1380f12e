/* microscope head on the shipped demo: names, accuracies, pairs and their texts. */
#include "run.h"

#include "core/checkpoint.h"
#include "corpus/corpus.h"

static struct folder folder;
static char features[512], model[512], corpus[512];

static int set_up(void **state)
{
    (void)state;
    folder_make(&folder);
    strcpy(features, source_path("data/demo.features.safetensors"));
    strcpy(model, source_path("data/demo.model.safetensors"));
    strcpy(corpus, source_path("data/demo.jsonl.gz"));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    folder_remove(&folder);
    return 0;
}

static void test_weights(void **state)
{
    (void)state;
    struct model opened;
    struct json *metadata;
    struct error err = {0};
    assert_int_equal(checkpoint_open(model, &opened, &metadata, &err), STATUS_OK);
    size_t D = opened.shape.response_width;
    struct json *report = run_well(
        RUN("head", model, "3", "--features", features, "--top", "1000", "--pairs", "0"));
    const struct json *rows = rows_of(report, "weights");
    assert_int_equal(json_length(rows), D);
    double before = HUGE_VAL, sum = 0, want = 0;
    for (const struct json *row = json_first(rows); row; row = json_next(row)) {
        double weight = number_of(row, "weight");
        assert_true(fabs(weight) <= before);
        before = fabs(weight);
        sum += weight;
    }
    for (size_t d = 0; d < D; d++)
        want += (double)opened.heads[2 * D + d];
    assert_near(sum, want, 1e-6, 1e-6);
    assert_non_null(row_of(rows, "feature", "log-words"));
    assert_int_equal(json_length(rows_of(report, "surest")), 0);
    json_free(report);
    json_free(metadata);
    model_done(&opened);
}

static void test_accuracies_are_those_of_eval(void **state)
{
    (void)state;
    struct json *head = run_well(RUN("head", model, "3", "--features", features));
    struct json *eval = run_well(RUN("eval", features, model, "--json"));
    const struct json *h3 = row_of(rows_of(eval, "heads"), "head", "h3");
    const struct json *rows = rows_of(head, "attributes"), *row;
    double before = 1;
    for (row = json_first(rows); row; row = json_next(row)) {
        double accuracy = number_of(row, "accuracy");
        assert_true(accuracy <= before);
        before = accuracy;
        assert_near(accuracy, number_of(h3, text_of(row, "attribute")), 1e-12, 0);
    }
    assert_int_equal(json_length(rows), 9);
    assert_near(number_of(head, "accuracy"), number_of(h3, "mean"), 1e-12, 0);
    assert_near(number_of(head, "weight"), number_of(h3, "load"), 1e-12, 0);
    assert_int_equal(json_length(rows_of(head, "others")), 9);
    assert_null(row_of(rows_of(head, "others"), "head", "h3"));
    assert_true(has_note(head, "--corpus"));
    json_free(head);
    json_free(eval);
}

static void test_pairs_and_texts(void **state)
{
    (void)state;
    struct json *report = run_well(RUN("head", model, "3", "--features", features,
                                       "--corpus", corpus, "--pairs", "4"));
    const struct json *rows = rows_of(report, "surest"), *texts = rows_of(report, "texts");
    assert_int_equal(json_length(rows), 8);
    size_t n = 0;
    double before = HUGE_VAL;
    for (const struct json *row = json_first(rows); row; row = json_next(row), n++) {
        double margin = number_of(row, "margin");
        assert_string_equal(text_of(row, "verdict"), n < 4 ? "right" : "wrong");
        assert_true(n < 4 ? margin > 0 : margin < 0);
        assert_true(n == 4 || fabs(margin) <= before);
        assert_near(number_of(row, "probability"), 1 / (1 + exp(-margin)), 1e-12, 0);
        before = fabs(margin);
    }
    /* The text of the first one, by its number in the file. */
    const struct json *first = json_first(texts);
    double number = number_of(first, "pair");
    assert_true(number == number_of(json_first(rows), "pair"));
    assert_string_equal(text_of(first, "part"), "prompt");
    struct corpus read = {0};
    struct error err = {0};
    assert_int_equal(corpus_read(&read, corpus, &(struct corpus_watch){0}, &err),
                     STATUS_OK);
    const struct pair *pair = &read.pairs[(size_t)number - 1];
    const struct json *chosen = row_of(texts, "part", "chosen");
    assert_string_equal(text_of(first, "text"), read.prompts.items[pair->prompt].plain);
    assert_string_equal(text_of(chosen, "text"), read.responses.items[pair->chosen].plain);
    corpus_done(&read);
    json_free(report);
}

static void test_features_without_names(void **state)
{
    (void)state;
    const char *pairs = source_path("tests/reference/pairs.safetensors");
    const char *small = source_path("tests/reference/init_mlp.safetensors");
    struct json *report = run_well(
        RUN("head", small, "1", "--features", pairs, "--split", "train", "--top", "2"));
    assert_true(has_note(report, "numbers for names"));
    const char *name = text_of(json_first(rows_of(report, "weights")), "feature");
    assert_in_range(atoi(name), 0, 11);
    assert_int_equal(json_length(rows_of(report, "weights")), 2);
    json_free(report);
    /* One head has no others. */
    const char *single = source_path("tests/reference/init_single.safetensors");
    report = run_well(RUN("head", single, "1", "--features", pairs, "--split", "train"));
    assert_null(json_get(json_get(report, "tables"), "others"));
    json_free(report);
}

static void test_bad_use(void **state)
{
    (void)state;
    const char *pairs = source_path("tests/reference/pairs.safetensors");
    const char *small = source_path("tests/reference/init_mlp.safetensors");
    const char *other = folder_path(&folder, "other.jsonl");
    json_free(run_well(RUN("synth", "--prompts", "3", "--out", other)));
    const struct {
        const char *words[RUN_WORDS];
        enum status status;
        const char *message;
    } cases[] = {
        {{"head", model, "3"}, STATUS_USAGE, "--features"},
        {{"head", model, "0", "--features", features}, STATUS_USAGE, "HEAD wants"},
        {{"head", model, "11", "--features", features},
         STATUS_USAGE,
         "has 10 heads and no head 11"},
        {{"head", model, "3", "--features", features, "--corpus", other},
         STATUS_SHAPE,
         "they were made from another one"},
        {{"head", small, "1", "--features", pairs, "--corpus", other},
         STATUS_NOT_FOUND,
         "do not say which corpus"},
        {{"head", model, "1", "--features", pairs}, STATUS_SHAPE, "there are no pairs in"},
        {{"head", model, "1", "--features", pairs, "--split", "train"},
         STATUS_SHAPE,
         "the model's heads read"},
        {{"head", model, "1", "--features", features, "--corpus", "no-such-file"},
         STATUS_NOT_FOUND,
         "no-such-file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        run_badly(run_words(cases[i].words, NULL), cases[i].status, cases[i].message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_accuracies_are_those_of_eval),
        cmocka_unit_test(test_pairs_and_texts),
        cmocka_unit_test(test_features_without_names),
        cmocka_unit_test(test_bad_use),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
