#include "folder.h"
#include "reopened.h"

static struct folder folder;
static char name[300]; /* of the encoder: "vectors:FOLDER/v.txt" */

static const char vectors[] = "the 1 0\ncat 0 2\nsat 4 4\nn't 8 0\n";

static struct encoder *open_with(const struct encoder_choices *choices)
{
    struct error err = {0};
    struct encoder *encoder =
        encoder_create(name, &(struct encoder_opening){.choices = choices}, &err);
    if (!encoder)
        fail_msg("%s", err.message);
    return encoder;
}

static void test_means(void **state)
{
    (void)state;
    struct encoder *encoder = open_with(NULL);
    float row[4];
    assert_int_equal(encoder_width(encoder, ENCODER_PROMPT), 4);
    assert_int_equal(encoder_width(encoder, ENCODER_RESPONSE), 2);
    assert_true(encoder_adds_context(encoder));
    encode_response(encoder, "The cat, the CAT!", row);
    assert_row(row, (const double[]){0.5, 1}, 2);
    encode_response(encoder, "the dog didn't", row); /* dog, did unknown */
    assert_row(row, (const double[]){4.5, 0}, 2);
    encode_response(encoder, "a dog", row);
    assert_row(row, (const double[]){0, 0}, 2);
    encode_response(encoder, "", row);
    assert_row(row, (const double[]){0, 0}, 2);
    encode_prompt(encoder, "the cat sat", NULL, row);
    assert_row(row, (const double[]){5. / 3, 2, 0, 0}, 4);
    encode_prompt(encoder, "the cat sat", "the the", row);
    assert_row(row, (const double[]){5. / 3, 2, 1, 0}, 4);
    struct encoder_coverage coverage;
    assert_int_equal(encoder_coverage(encoder, &coverage, 1), 1);
    assert_string_equal(coverage.name, name);
    assert_int_equal(coverage.n_words, 4 + 4 + 2 + 0 + 3 + 3 + 2);
    assert_int_equal(coverage.n_unknown, 2 + 2);
    assert_string_equal(encoder_feature(encoder, ENCODER_RESPONSE, 1), "vectors.1");
    assert_string_equal(encoder_feature(encoder, ENCODER_PROMPT, 1), "prompt.vectors.1");
    assert_string_equal(encoder_feature(encoder, ENCODER_PROMPT, 2), "context.vectors.0");
    assert_null(encoder_feature(encoder, ENCODER_RESPONSE, 2));
    encoder_free(encoder);
}

static void test_sif(void **state)
{
    (void)state;
    struct encoder *encoder = open_with(&(struct encoder_choices){.sif = 0.5});
    float row[4];
    const double harmonic = 1 + 1. / 2 + 1. / 3 + 1. / 4;
    double the = 0.5 / (0.5 + 1 / harmonic), sat = 0.5 / (0.5 + 1 / (3 * harmonic));
    encode_response(encoder, "the sat dog", row);
    assert_row(row, (const double[]){(the + 4 * sat) / 2, 4 * sat / 2}, 2);
    struct encoder *again = reopen(encoder, NULL);
    float same[4];
    encode_response(again, "the sat dog", same);
    assert_memory_equal(row, same, 2 * sizeof *row);
    encoder_free(again);
    encoder_free(encoder);
}

static const char *const texts[] = {"the cat", "cat sat", "the sat sat", "the",
                                    "cat cat sat"};
enum { N = sizeof texts / sizeof *texts };

/* Fitted and standardised, rows are those that the encoder gives afterwards, and made again. */
static void test_component_and_settings(void **state)
{
    (void)state;
    for (int removes = 0; removes < 2; removes++) {
        struct encoder *encoder =
            open_with(&(struct encoder_choices){.removes_component = removes});
        float prompts[N][4], responses[N][2], row[4];
        for (size_t i = 0; i < N; i++) {
            encode_prompt(encoder, texts[i], i % 2 ? texts[N - 1 - i] : NULL, prompts[i]);
            encode_response(encoder, texts[i], responses[i]);
        }
        const uint32_t training[] = {0, 1, 2, 4};
        assert_int_equal(
            encoder_fit(encoder, ENCODER_PROMPT, prompts[0], training, 4, NULL), STATUS_OK);
        assert_int_equal(
            encoder_fit(encoder, ENCODER_RESPONSE, responses[0], training, 4, NULL),
            STATUS_OK);
        encoder_standardise(encoder, ENCODER_PROMPT, prompts[0], N);
        encoder_standardise(encoder, ENCODER_RESPONSE, responses[0], N);
        struct encoder *again = reopen(encoder, NULL);
        assert_non_null(again);
        for (size_t i = 0; i < N; i++) {
            encode_prompt(again, texts[i], i % 2 ? texts[N - 1 - i] : NULL, row);
            assert_memory_equal(row, prompts[i], sizeof row);
            encode_response(encoder, texts[i], row);
            assert_memory_equal(row, responses[i], 2 * sizeof *row);
        }
        struct json *settings = encoder_settings(encoder);
        const struct json *components = json_get(settings, "components");
        assert_int_equal(components != NULL, removes);
        if (removes) {
            const struct json *u = json_get(components, "response");
            double x = 0, y = 0;
            assert_true(json_number(json_first(u), &x));
            assert_true(json_number(json_next(json_first(u)), &y));
            assert_near(x * x + y * y, 1, 1e-6, 0);
        }
        json_free(settings);
        encoder_free(again);
        encoder_free(encoder);
    }
}

static void test_file_gone_or_changed(void **state)
{
    (void)state;
    const char *path = folder_path(&folder, "v.txt"),
               *aside = folder_path(&folder, "x.txt");
    struct encoder *encoder = open_with(NULL);
    struct error err = {0};
    assert_int_equal(rename(path, aside), 0);
    assert_null(reopen(encoder, &err));
    assert_int_equal(err.status, STATUS_NOT_FOUND);
    assert_non_null(strstr(err.message, "v.txt', which is not there; put the file back"));
    folder_write(&folder, "v.txt", "the 1 0 2\n", 10);
    assert_null(reopen(encoder, &err));
    assert_int_equal(err.status, STATUS_FORMAT);
    assert_non_null(strstr(err.message, "encode anew with this one"));
    assert_int_equal(rename(aside, path), 0);
    struct encoder *again = reopen(encoder, &err);
    assert_non_null(again);
    encoder_free(again);
    encoder_free(encoder);
}

static void test_refusals(void **state)
{
    (void)state;
    const struct {
        const char *name, *settings;
        enum status status;
        const char *message;
    } cases[] = {
        {"vectors:", NULL, STATUS_USAGE, "names no file"},
        {"vectors", NULL, STATUS_NOT_FOUND, "'vectors:FILE'"},
        {"vectors:/no/such/file", NULL, STATUS_NOT_FOUND, "'/no/such/file'"},
        {name, "{}", STATUS_FORMAT, "version 1"},
        {name, "{\"version\": 2}", STATUS_FORMAT, "version 1"},
        {name, "{\"version\": 1}", STATUS_FORMAT, "no text 'file'"},
        {name, "{\"version\": 1, \"file\": \"/no\"}", STATUS_FORMAT, "no text 'hash'"},
        {name, "{\"version\": 1, \"sif\": -1}", STATUS_FORMAT, "'sif'"},
        {name, "{\"version\": 1, \"file\": \"/no\", \"hash\": \"00\"}", STATUS_FORMAT,
         "is not what encoder"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        const char *text = cases[i].settings;
        struct json *settings = text ? json_parse(text, strlen(text), NULL) : NULL;
        struct encoder *encoder = encoder_open(cases[i].name, settings, &err);
        if (encoder || err.status != cases[i].status ||
            !strstr(err.message, cases[i].message))
            fail_msg("case %zu: %d, %s", i, err.status, err.message);
        json_free(settings);
    }
    struct error err = {0};
    struct encoder_choices sif = {.sif = 0.001}, component = {.removes_component = true};
    assert_null(
        encoder_create("surface", &(struct encoder_opening){.choices = &sif}, &err));
    assert_int_equal(err.status, STATUS_USAGE);
    assert_null(
        encoder_create("surface", &(struct encoder_opening){.choices = &component}, &err));
    assert_int_equal(err.status, STATUS_USAGE);
}

static int make_folder(void **state)
{
    (void)state;
    folder_make(&folder);
    const char *path = folder_write(&folder, "v.txt", vectors, sizeof vectors - 1);
    snprintf(name, sizeof name, "vectors:%s", path);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    folder_remove(&folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_means),
        cmocka_unit_test(test_sif),
        cmocka_unit_test(test_component_and_settings),
        cmocka_unit_test(test_file_gone_or_changed),
        cmocka_unit_test(test_refusals),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
