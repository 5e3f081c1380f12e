#include "folder.h"
#include "reopened.h"

#include "base/text.h"
#include "io/safetensors_writer.h"

static struct folder folder;
static char name[300];

static const char tokenizer[] = "{\"normalizer\": {\"type\": \"Lowercase\"}, "
                                "\"pre_tokenizer\": {\"type\": \"Whitespace\"},"
                                " \"model\": {\"type\": \"WordPiece\", \"unk_token\": "
                                "\"[UNK]\", \"vocab\": {\"[UNK]\": 0,"
                                " \"the\": 1, \"cat\": 2, \"##s\": 3, \"sat\": 4}}}";

/* What the model's folder holds. */
struct made {
    enum dtype dtype; /* of the embeddings */
    size_t n_rows;
    const float *weights;
    const int64_t *mapping;
    const char *config, *embeddings; /* NULL: no file, "embeddings" */
};

static const float rows[5][2] = {{100, 100}, {1, 0}, {0, 2}, {2, 2}, {3, -4}};

static void make(const struct made *made)
{
    size_t n = made->n_rows ? made->n_rows : 5, five = 5;
    const size_t shape[] = {n, 2};
    const char *tensor = made->embeddings ? made->embeddings : "embeddings";
    folder_write(&folder, "tokenizer.json", tokenizer, sizeof tokenizer - 1);
    if (made->config)
        folder_write(&folder, "config.json", made->config, strlen(made->config));
    else
        (void)unlink(folder_path(&folder, "config.json"));
    struct safetensors_writer *writer =
        safetensors_writer_open(folder_path(&folder, "model.safetensors"), NULL);
    if (made->mapping)
        safetensors_writer_declare(writer, "mapping", DTYPE_I64, 1, &five);
    if (made->weights)
        safetensors_writer_declare(writer, "weights", DTYPE_F32, 1, &five);
    safetensors_writer_declare(writer, tensor, made->dtype, 2, shape);
    if (made->mapping)
        safetensors_writer_bytes(writer, made->mapping, 5 * sizeof *made->mapping);
    if (made->weights)
        safetensors_writer_floats(writer, made->weights, 5);
    for (size_t i = 0; i < n; i++)
        safetensors_writer_floats(writer, rows[i], 2);
    assert_int_equal(safetensors_writer_commit(writer, NULL), STATUS_OK);
}

static struct encoder *open_well(void)
{
    struct error err = {0};
    struct encoder *encoder = encoder_open(name, NULL, &err);
    if (!encoder)
        fail_msg("%s", err.message);
    return encoder;
}

static void test_means(void **state)
{
    (void)state;
    static const float weights[] = {9, 0.5f, 2, 1, 1};
    static const int64_t mapping[] = {0, 2, 1, 0, 1}; /* into two or three rows */
    static const struct {
        struct made made;
        const char *text;
        double want[2];
    } cases[] = {
        {{DTYPE_F32, 0, NULL, NULL, NULL, NULL}, "The CAT", {0.5, 1}},
        {{DTYPE_F16, 0, NULL, NULL, NULL, NULL}, "the cats", {1, 4. / 3}},
        {{DTYPE_F32, 0, NULL, NULL, NULL, NULL},
         "the dog cat",
         {0.5, 1}}, /* unknown ones go */
        {{DTYPE_F32, 0, NULL, NULL, NULL, NULL}, "dog", {0, 0}},
        {{DTYPE_F32, 0, NULL, NULL, "{\"normalize\": false}", "embedding.weight"},
         "sat",
         {3, -4}},
        {{DTYPE_BF16, 0, NULL, NULL, "{\"normalize\": true}", NULL}, "sat", {0.6, -0.8}},
        {{DTYPE_F32, 0, NULL, NULL, "{\"normalize\": true}", NULL}, "", {0, 0}},
        {{DTYPE_F32, 0, weights, NULL, NULL, NULL}, "the cat", {0.25, 2}},
        {{DTYPE_F32, 3, NULL, mapping, NULL, NULL}, "the cat", {0.5, 1}},
        {{DTYPE_F32, 3, weights, mapping, NULL, NULL}, "the sat", {0.5, 0.5}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float row[4];
        make(&cases[i].made);
        struct encoder *encoder = open_well();
        assert_int_equal(encoder_width(encoder, ENCODER_RESPONSE), 2);
        encode_response(encoder, cases[i].text, row);
        for (size_t j = 0; j < 2; j++)
            if (fabs((double)row[j] - cases[i].want[j]) > 1e-6)
                fail_msg("case %zu: %g in place %zu, want %g", i, (double)row[j], j,
                         cases[i].want[j]);
        encoder_free(encoder);
    }
}

static void test_prompts_and_settings(void **state)
{
    (void)state;
    float row[4], same[4];
    make(&(struct made){.dtype = DTYPE_F32, .config = "{\"normalize\": true, \"dim\": 2}"});
    struct encoder *encoder = open_well();
    encode_prompt(encoder, "the", "sat", row);
    assert_row(row, (const double[]){1, 0, 0.6, -0.8}, 4);
    encode_prompt(encoder, "the", NULL, row);
    assert_row(row, (const double[]){1, 0, 0, 0}, 4);
    assert_string_equal(encoder_feature(encoder, ENCODER_PROMPT, 3), "context.model2vec.1");
    struct encoder_coverage coverage;
    encode_response(encoder, "the dog", row);
    assert_int_equal(encoder_coverage(encoder, &coverage, 1), 1);
    assert_int_equal(coverage.n_words, 5);
    assert_int_equal(coverage.n_unknown, 1);
    struct encoder *again = reopen(encoder, NULL);
    assert_non_null(again);
    encode_prompt(encoder, "cats sat", "the", row);
    encode_prompt(again, "cats sat", "the", same);
    assert_memory_equal(row, same, sizeof row);
    encoder_free(again);

    struct error err = {0};
    folder_write(&folder, "config.json", "{}", 2); /* another encoder now */
    assert_null(reopen(encoder, &err));
    assert_int_equal(err.status, STATUS_FORMAT);
    assert_non_null(strstr(err.message, "put the old file back"));
    encoder_free(encoder);
}

/* 512 tokens count, of a text that is first cut to 512 median lengths in characters. */
static void test_long_text(void **state)
{
    (void)state;
    struct text text = {0};
    float row[2];
    make(&(struct made){.dtype = DTYPE_F32});
    struct encoder *encoder = open_well();
    for (int i = 0; i < 600;
         i++) /* the median length is 3: 1536 characters, 384 of these */
        text_add(&text, i < 384 ? "cat " : "sat ");
    encode_response(encoder, text.bytes, row);
    assert_row(row, (const double[]){0, 2}, 2);
    struct encoder_coverage coverage;
    encoder_coverage(encoder, &coverage, 1);
    assert_int_equal(coverage.n_words, 384);
    encoder_free(encoder);
    text_done(&text);
}

static void test_refusals(void **state)
{
    (void)state;
    static const float bad_weights[] = {1, NAN, 1, 1, 1};
    static const int64_t bad_mapping[] = {0, 1, 2, 3, 5};
    static const struct {
        struct made made;
        enum status status;
        const char *message;
    } cases[] = {
        {{DTYPE_F32, 4, NULL, NULL, NULL, NULL},
         STATUS_SHAPE,
         "4 rows of embeddings, the tokenizer 5"},
        {{DTYPE_F32, 0, bad_weights, NULL, NULL, NULL},
         STATUS_NUMERIC,
         "element 1 of tensor 'weights'"},
        {{DTYPE_F32, 0, NULL, bad_mapping, NULL, NULL},
         STATUS_FORMAT,
         "element 4 of tensor 'mapping' is 5"},
        {{DTYPE_F32, 0, NULL, NULL, "{", NULL}, STATUS_FORMAT, "config.json'"},
        {{DTYPE_F32, 0, NULL, NULL, NULL, "other"}, STATUS_NOT_FOUND, "'embedding.weight'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        make(&cases[i].made);
        assert_null(encoder_open(name, NULL, &err));
        if (err.status != cases[i].status || !strstr(err.message, cases[i].message))
            fail_msg("case %zu: %d, %s", i, err.status, err.message);
    }
    struct error err = {0};
    assert_null(encoder_open("model2vec:/no/such/folder", NULL, &err));
    assert_int_equal(err.status, STATUS_NOT_FOUND);
    assert_non_null(strstr(err.message, "/no/such/folder/tokenizer.json"));
}

static int make_folder(void **state)
{
    (void)state;
    folder_make(&folder);
    snprintf(name, sizeof name, "model2vec:%s", folder.path);
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
        cmocka_unit_test(test_prompts_and_settings),
        cmocka_unit_test(test_long_text),
        cmocka_unit_test(test_refusals),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
