#include "given.h"

#include "io/json.h"

/* ---- layouts ---- */

static void test_own_layout(void **state)
{
    (void)state;
    const enum dtype types[] = {DTYPE_F32, DTYPE_F16, DTYPE_BF16, DTYPE_F64};
    struct folder folder;
    folder_make(&folder);
    for (size_t t = 0; t < 4; t++) {
        const struct given given[GIVEN_MAX] = {
            PROMPT(types[t]),
            RESPONSE(types[t]),
            {"context", types[t], 2, {1, 3}, NULL},
            CHOSEN,
            INDEX64("pair.rejected", 1, 3, 0),
            PROMPTS,
            INDEX("pair.context", -1, 0, -1),
            INDEX("pair.attribute", 1, -1, 0),
            INDEX("pair.user", -1, 7, 0),
            INDEX("pair.split", 0, 2, 1),
        };
        struct features features;
        open_features(&features, write_tensors(&folder, given, "[\"kind\", \"long\"]",
                                               "microscope.features/1"));
        assert_string_equal(features.layout, "microscope");
        assert_int_equal(features.n_pairs, 3);
        assert_int_equal(features.prompt.n_columns, 3);
        assert_int_equal(features.context.n_rows, 1);
        assert_ptr_equal(features.chosen.data, features.rejected.data);
        assert_int_equal(features.chosen.dtype,
                         types[t] == DTYPE_F64 ? DTYPE_F32 : types[t]);
        assert_true(value_at(&features.chosen, 3, 1) == 7.0);
        assert_memory_equal(features.pair_chosen, ((int32_t[]){0, 2, 3}), 12);
        assert_memory_equal(features.pair_rejected, ((int32_t[]){1, 3, 0}), 12);
        assert_memory_equal(features.pair_prompt, ((int32_t[]){0, 1, 1}), 12);
        assert_memory_equal(features.pair_context, ((int32_t[]){-1, 0, -1}), 12);
        assert_memory_equal(features.pair_attribute, ((int32_t[]){1, -1, 0}), 12);
        assert_memory_equal(features.pair_user, ((int32_t[]){-1, 7, 0}), 12);
        assert_memory_equal(features.pair_split, ((int32_t[]){0, 2, 1}), 12);
        assert_int_equal(features.n_attributes, 2);
        assert_string_equal(features.attributes[1], "long");
        assert_string_equal(json_text(json_get(features.metadata, "encoder")), "test");
        features_done(&features);
        assert_null(features.files);
    }
    folder_remove(&folder);
}

static void test_what_may_be_left_out(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const struct given given[GIVEN_MAX] = {RESPONSE(DTYPE_F32), CHOSEN, REJECTED};
    struct features features;
    open_features(&features, write_tensors(&folder, given, NULL, NULL));
    assert_int_equal(features.prompt.n_rows, 0);
    assert_int_equal(features.n_attributes, 0);
    assert_null(features.pair_user);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(features.pair_prompt[i], -1);
        assert_int_equal(features.pair_context[i], -1);
        assert_int_equal(features.pair_attribute[i], -1);
        assert_int_equal(features.pair_split[i], SPLIT_TRAIN);
    }
    features_done(&features);
    folder_remove(&folder);
}

static void test_attributes_without_names_are_numbered(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const struct given given[GIVEN_MAX] = {RESPONSE(DTYPE_F32), CHOSEN, REJECTED,
                                           INDEX("pair.attribute", 10, -1, 2)};
    struct features features;
    open_features(&features, write_tensors(&folder, given, NULL, NULL));
    assert_int_equal(features.n_attributes, 11);
    assert_string_equal(features.attributes[10], "10");
    features_done(&features);
    folder_remove(&folder);
}

static void test_raw_layout(void **state)
{
    (void)state;
    struct features features;
    open_reference(&features, "pairs.safetensors");
    assert_string_equal(features.layout, "raw");
    assert_int_equal(features.n_pairs, 96);
    assert_int_equal(features.prompt.n_columns, 12);
    assert_int_equal(features.chosen.n_rows, 96);
    assert_true(features.chosen.data != features.rejected.data);
    assert_int_equal(features.pair_rejected[95], 95);
    assert_int_equal(features.pair_prompt[17], 17);
    assert_int_equal(features.pair_split[95], SPLIT_TRAIN);
    assert_true(features.n_attributes > 1);
    assert_string_equal(features.attributes[0], "0");
    assert_null(features.metadata);
    size_t n = features_select(&features, SPLIT_TRAIN, -1, NULL), sum = 0;
    assert_int_equal(n, 96);
    for (size_t a = 0; a < features.n_attributes; a++)
        sum += features_select(&features, SPLIT_TRAIN, (int)a, NULL);
    assert_int_equal(sum, 96);
    features_done(&features);
}

static void test_raw_layout_with_split(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const struct given given[GIVEN_MAX] = {{"chosen", DTYPE_F16, 2, {3, 2}, NULL},
                                           {"rejected", DTYPE_F16, 2, {3, 2}, NULL},
                                           INDEX64("attribute", 0, 1, 1),
                                           INDEX("split", 2, 1, 2)};
    struct features features;
    open_features(&features, write_tensors(&folder, given, "[\"a\",\"b\"]", "pt"));
    assert_int_equal(features.prompt.n_rows, 0);
    assert_int_equal(features.pair_prompt[2], -1);
    uint32_t which[3];
    assert_int_equal(features_select(&features, SPLIT_TEST, -1, which), 2);
    assert_int_equal(which[0], 0);
    assert_int_equal(which[1], 2);
    assert_int_equal(features_select(&features, SPLIT_TEST, 1, which), 1);
    assert_int_equal(which[0], 2);
    assert_int_equal(features_select(&features, SPLIT_TRAIN, 1, which), 0);
    features_done(&features);
    folder_remove(&folder);
}

static void test_armo_rated(void **state)
{
    (void)state;
    struct features features;
    open_reference(&features, "ratings.safetensors");
    assert_string_equal(features.layout, "armo-rated");
    assert_int_equal(features.n_pairs, 0);
    assert_int_equal(features.chosen.n_rows, 96);
    assert_int_equal(features.labels.n_columns, 3);
    assert_int_equal(features.n_attributes, 3);
    assert_string_equal(features.attributes[2], "2");
    size_t n_missing = 0;
    for (size_t i = 0; i < 96; i++)
        for (size_t a = 0; a < 3; a++)
            n_missing += isnan(value_at(&features.labels, i, a)) != 0;
    assert_true(n_missing > 0 && n_missing < 96);
    assert_non_null(features.pair_chosen);
    assert_non_null(features.pair_split);
    assert_int_equal(features_select(&features, SPLIT_TRAIN, -1, NULL), 0);
    features_done(&features);

    struct folder folder;
    folder_make(&folder);
    const struct given published[GIVEN_MAX] = {{"embeddings", DTYPE_BF16, 2, {2, 4}, NULL},
                                               {"labels", DTYPE_F32, 2, {2, 19}, NULL}};
    open_features(&features, write_tensors(&folder, published, NULL, NULL));
    assert_int_equal(features.n_attributes, 19);
    assert_string_equal(features.attributes[4], "helpsteer-verbosity");
    assert_string_equal(features.attributes[18], "code-readability");
    features_done(&features);
    folder_remove(&folder);
}

static void test_armo_pairs(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const enum dtype types[] = {DTYPE_BF16, DTYPE_F64};
    for (size_t t = 0; t < 2; t++) {
        const struct given given[GIVEN_MAX] = {
            {"embeddings", types[t], 3, {3, 2, 4}, NULL},
            {"prompt_embeddings", types[t], 3, {3, 2, 5}, NULL},
        };
        struct features features;
        open_features(&features, write_tensors(&folder, given, NULL, NULL));
        assert_string_equal(features.layout, "armo-pairs");
        assert_int_equal(features.n_pairs, 3);
        assert_int_equal(features.chosen.n_columns, 4);
        assert_int_equal(features.prompt.n_columns, 5);
        assert_true(value_at(&features.chosen, 1, 2) == 10.0);
        assert_true(value_at(&features.rejected, 1, 2) == 14.0);
        assert_true(value_at(&features.rejected, 2, 3) == 23.0);
        assert_true(value_at(&features.prompt, 2, 0) == 20.0);
        features_done(&features);
    }
    folder_remove(&folder);
}

static void write_npy(struct folder *folder, const char *name, const char *descr,
                      const char *shape, const void *data, size_t length)
{
    char bytes[512];
    int n =
        snprintf(bytes, sizeof bytes,
                 "\x93NUMPY\1%c%c%c{'descr': '%s', 'fortran_order': False, 'shape': (%s,), "
                 "}%*s\n",
                 0, 0, 0, descr, shape, 5, "");
    bytes[8] = (char)(n - 10);
    memcpy(bytes + n, data, length);
    folder_write(folder, name, bytes, (size_t)n + length);
}

static void test_numpy_files(void **state)
{
    (void)state;
    const float rows[] = {1, 2, 3, 4};
    const int64_t attribute[] = {1, 0};
    static const char *const forms[] = {"", "run."};
    struct error err = {0};
    for (size_t i = 0; i < 2; i++) {
        struct folder folder;
        struct features features;
        char name[64];
        folder_make(&folder);
        const char *path = i ? folder_path(&folder, "run") : folder.path;
        assert_int_not_equal(features_open(&features, path, &err), STATUS_OK);
        snprintf(name, sizeof name, "%schosen.npy", forms[i]);
        write_npy(&folder, name, "<f4", "2, 2", rows, sizeof rows);
        assert_int_equal(features_open(&features, path, &err), STATUS_FORMAT);
        assert_non_null(strstr(err.message, "'chosen' and 'rejected'"));
        snprintf(name, sizeof name, "%srejected.npy", forms[i]);
        write_npy(&folder, name, "<f4", "2, 2", rows, sizeof rows);
        snprintf(name, sizeof name, "%sattribute.npy", forms[i]);
        write_npy(&folder, name, "<i8", "2", attribute, sizeof attribute);
        open_features(&features, path);
        assert_string_equal(features.layout, "raw");
        assert_int_equal(features.n_pairs, 2);
        assert_int_equal(features.prompt.n_rows, 0);
        assert_int_equal(features.n_attributes, 2);
        assert_int_equal(features.pair_attribute[0], 1);
        assert_true(value_at(&features.rejected, 1, 0) == 3.0);
        features_done(&features);
        snprintf(name, sizeof name, "%schosen.npy", forms[i]);
        assert_int_equal(features_open(&features, folder_path(&folder, name), &err),
                         STATUS_USAGE);
        folder_remove(&folder);
    }
}

static void test_sharded_features(void **state)
{
    (void)state;
    static const char index[] = "{\"weight_map\":{\"response\":\"one\",\"pair.chosen\":"
                                "\"two\",\"pair.rejected\":\"two\"}}";
    struct folder folder;
    folder_make(&folder);
    const struct given shards[2][GIVEN_MAX] = {{RESPONSE(DTYPE_F16)}, {CHOSEN, REJECTED}};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(rename(write_tensors(&folder, shards[i], NULL, NULL),
                                folder_path(&folder, i ? "two" : "one")),
                         0);
    struct features features;
    open_features(&features, folder_write(&folder, "f.safetensors.index.json", index,
                                          sizeof index - 1));
    assert_int_equal(features.n_pairs, 3);
    assert_int_equal(features.pair_rejected[1], 3);
    assert_true(value_at(&features.chosen, 3, 0) == 6.0);
    assert_null(features.metadata);
    features_done(&features);
    folder_remove(&folder);
}

/* ---- refusals ---- */

static void test_features_that_are_refused(void **state)
{
    (void)state;
    const struct {
        enum status status;
        const char *part;
        struct given given[GIVEN_MAX];
        const char *attributes, *format;
    } cases[] = {
        {STATUS_FORMAT, "holds no features", {{"x", DTYPE_F32, 1, {1}, NULL}}},
        {STATUS_FORMAT,
         "it looks like a model",
         {{"score.weight", DTYPE_F32, 2, {1, 1}, NULL}}},
        {STATUS_FORMAT,
         "is a 'microscope.model/1' file",
         {RESPONSE(DTYPE_F32), CHOSEN, REJECTED},
         NULL,
         "microscope.model/1"},
        {STATUS_FORMAT,
         "expected 'microscope.features/1'",
         {RESPONSE(DTYPE_F32), CHOSEN, REJECTED},
         NULL,
         "microscope.features/2"},
        {STATUS_NOT_FOUND, "no tensor 'pair.chosen'", {RESPONSE(DTYPE_F32)}},
        {STATUS_NOT_FOUND, "tensor 'pair.rejected'", {RESPONSE(DTYPE_F32), CHOSEN}},
        {STATUS_NOT_FOUND,
         "no tensor 'pair.prompt'",
         {PROMPT(DTYPE_F32), RESPONSE(DTYPE_F32), CHOSEN, REJECTED}},
        {STATUS_FORMAT,
         "tensor 'pair.prompt' row 1 is 0, expected -1 to -1",
         {RESPONSE(DTYPE_F32), CHOSEN, REJECTED, INDEX("pair.prompt", -1, 0, -1)}},
        {STATUS_FORMAT,
         "tensor 'pair.chosen' row 1 is 4, expected 0 to 3, a row of 'response'",
         {RESPONSE(DTYPE_F32), INDEX("pair.chosen", 0, 4, 0), REJECTED}},
        {STATUS_FORMAT,
         "tensor 'pair.rejected' row 2 is -1, expected 0 to 3",
         {RESPONSE(DTYPE_F32), CHOSEN, INDEX64("pair.rejected", 0, 0, -1)}},
        {STATUS_FORMAT,
         "row 1 is 3, expected 0 to 2, 0 for train, 1 for holdout, 2 for test",
         {RESPONSE(DTYPE_F32), CHOSEN, REJECTED, INDEX("pair.split", 0, 3, 0)}},
        {STATUS_FORMAT,
         "row 1 is 2, expected -1 to 1, an attribute of __metadata__",
         {RESPONSE(DTYPE_F32), CHOSEN, REJECTED, INDEX("pair.attribute", 0, 2, 0)},
         "[\"a\",\"b\"]"},
        {STATUS_FORMAT,
         "row 1 is 2000000000, expected -1 to 65535",
         {RESPONSE(DTYPE_F32), CHOSEN, REJECTED,
          INDEX("pair.attribute", 0, 2000000000, 0)}},
        {STATUS_FORMAT,
         "tensor 'pair.context' row 0 is 0, expected -1 to -1",
         {RESPONSE(DTYPE_F32), CHOSEN, REJECTED, INDEX("pair.context", 0, -1, 0)}},
        {STATUS_FORMAT, "no JSON array", {RESPONSE(DTYPE_F32), CHOSEN, REJECTED}, "{}"},
        {STATUS_FORMAT, "attribute 0 in", {RESPONSE(DTYPE_F32), CHOSEN, REJECTED}, "[1]"},
        {STATUS_FORMAT, "not valid JSON", {RESPONSE(DTYPE_F32), CHOSEN, REJECTED}, "["},
        {STATUS_FORMAT,
         "two attributes are called 'a'",
         {RESPONSE(DTYPE_F32), CHOSEN, REJECTED},
         "[\"a\",\"a\"]"},
        {STATUS_FORMAT,
         "tensor 'pair.rejected' is F32 [3], expected I32 or I64",
         {RESPONSE(DTYPE_F32), CHOSEN, {"pair.rejected", DTYPE_F32, 1, {3}, NULL}}},
        {STATUS_SHAPE,
         "tensor 'pair.rejected' is I32 [2], expected [3]",
         {RESPONSE(DTYPE_F32), CHOSEN, {"pair.rejected", DTYPE_I32, 1, {2}, NULL}}},
        {STATUS_SHAPE,
         "tensor 'pair.chosen' is I32 [3, 1], expected [N]",
         {RESPONSE(DTYPE_F32), {"pair.chosen", DTYPE_I32, 2, {3, 1}, NULL}, REJECTED}},
        {STATUS_SHAPE,
         "has no pairs",
         {RESPONSE(DTYPE_F32),
          {"pair.chosen", DTYPE_I32, 1, {0}, NULL},
          {"pair.rejected", DTYPE_I32, 1, {0}, NULL}}},
        {STATUS_FORMAT,
         "tensor 'response' is I32 [4, 2], expected F32, F16, BF16 or F64",
         {RESPONSE(DTYPE_I32), CHOSEN, REJECTED}},
        {STATUS_SHAPE,
         "tensor 'response' is F32 [4], expected [N, D]",
         {{"response", DTYPE_F32, 1, {4}, NULL}, CHOSEN, REJECTED}},
        {STATUS_SHAPE,
         "at least one column",
         {{"response", DTYPE_F32, 2, {4, 0}, NULL}, CHOSEN, REJECTED}},
        {STATUS_SHAPE,
         "tensor 'context' has 4 columns, expected 3",
         {RESPONSE(DTYPE_F32),
          PROMPT(DTYPE_F32),
          {"context", DTYPE_F32, 2, {2, 4}, NULL},
          CHOSEN,
          REJECTED,
          PROMPTS}},
        {STATUS_SHAPE,
         "tensor 'labels' has 3 rows, expected 4, one a row of 'response'",
         {RESPONSE(DTYPE_F32), {"labels", DTYPE_F32, 2, {3, 1}, NULL}}},
        {STATUS_SHAPE,
         "tensor 'rejected' has 2 rows, expected 3",
         {{"chosen", DTYPE_F32, 2, {3, 2}, NULL},
          {"rejected", DTYPE_F32, 2, {2, 2}, NULL}}},
        {STATUS_SHAPE,
         "tensor 'rejected' has 1 columns of F32, expected 2 of F32",
         {{"chosen", DTYPE_F32, 2, {3, 2}, NULL},
          {"rejected", DTYPE_F32, 2, {3, 1}, NULL}}},
        {STATUS_SHAPE,
         "has 2 columns of F16, expected 2 of F32",
         {{"chosen", DTYPE_F32, 2, {3, 2}, NULL},
          {"rejected", DTYPE_F16, 2, {3, 2}, NULL}}},
        {STATUS_SHAPE,
         "tensor 'prompt' has 4 rows, expected 3",
         {{"chosen", DTYPE_F32, 2, {3, 2}, NULL},
          {"rejected", DTYPE_F32, 2, {3, 2}, NULL},
          {"prompt", DTYPE_F32, 2, {4, 2}, NULL}}},
        {STATUS_SHAPE,
         "tensor 'labels' has 2 rows, expected 3",
         {{"embeddings", DTYPE_F32, 2, {3, 2}, NULL},
          {"labels", DTYPE_F32, 2, {2, 2}, NULL}}},
        {STATUS_SHAPE,
         "tensor 'labels' has 2 columns, expected 1",
         {{"embeddings", DTYPE_F32, 2, {3, 2}, NULL},
          {"labels", DTYPE_F32, 2, {3, 2}, NULL}},
         "[\"a\"]"},
        {STATUS_SHAPE,
         "tensor 'embeddings' is F32 [3, 3, 2], expected [N, 2, D]",
         {{"embeddings", DTYPE_F32, 3, {3, 3, 2}, NULL},
          {"prompt_embeddings", DTYPE_F32, 3, {3, 2, 2}, NULL}}},
    };
    struct folder folder;
    folder_make(&folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        struct features features = {.n_pairs = 99};
        const char *path =
            write_tensors(&folder, cases[i].given, cases[i].attributes, cases[i].format);
        enum status status = features_open(&features, path, &err);
        if (status != cases[i].status || !strstr(err.message, cases[i].part) ||
            !strstr(err.message, path) || features.n_pairs != 99) {
            print_error("case %zu gave %d \"%s\", want %d with \"%s\"\n", i, (int)status,
                        err.message, (int)cases[i].status, cases[i].part);
            fail();
        }
    }
    folder_remove(&folder);
}

/* ---- hash ---- */

static uint64_t hash_of(struct folder *folder, const struct given *given, const char *names)
{
    struct features features;
    open_features(&features, write_tensors(folder, given, names, NULL));
    uint64_t hash = features.hash;
    features_done(&features);
    return hash;
}

static void test_hash_tells_pairs_and_headers_apart(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const struct given one[GIVEN_MAX] = {RESPONSE(DTYPE_F32), CHOSEN, REJECTED};
    const struct given other[GIVEN_MAX] = {RESPONSE(DTYPE_F32), CHOSEN,
                                           INDEX("pair.rejected", 1, 3, 1)};
    uint64_t hash = hash_of(&folder, one, NULL);
    assert_true(hash == hash_of(&folder, one, NULL));
    assert_true(hash != hash_of(&folder, other, NULL));
    assert_true(hash != hash_of(&folder, one, "[\"a\"]"));
    folder_remove(&folder);
}

/* ---- use ---- */

static void test_nonfinite_rows_are_found(void **state)
{
    (void)state;
    enum { ROWS = 3, COLUMNS = 2500, STRIDE = 2600 };
    static float values[ROWS * STRIDE];
    static uint16_t halves[ROWS * STRIDE];
    const enum dtype types[] = {DTYPE_F32, DTYPE_F16, DTYPE_BF16};
    for (size_t t = 0; t < 3; t++) {
        memset(values, 0, sizeof values);
        values[2 * STRIDE + 2400] = t == 1 ? -INFINITY : NAN;
        values[COLUMNS] = NAN; /* between two rows, so in none of them */
        struct rows rows = {values, types[t], ROWS, COLUMNS, STRIDE};
        size_t column = 0;
        if (types[t] != DTYPE_F32) {
            dtype_narrow(halves, values, types[t], ROWS * STRIDE);
            rows.data = halves;
        }
        assert_int_equal(rows_find_nonfinite(&rows, NULL, 2, &column), 2);
        assert_int_equal(rows_find_nonfinite(&rows, NULL, 3, &column), 2);
        assert_int_equal(column, 2400);
        const int32_t which[] = {1, -1, 0, 2, 2};
        assert_int_equal(rows_find_nonfinite(&rows, which, 5, NULL), 3);
        assert_int_equal(rows_find_nonfinite(&rows, which, 3, NULL), 3);
    }
}

static void test_split_names(void **state)
{
    (void)state;
    assert_string_equal(split_name(SPLIT_TRAIN), "train");
    assert_string_equal(split_name(SPLIT_HOLDOUT), "holdout");
    assert_string_equal(split_name(SPLIT_TEST), "test");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_layout),
        cmocka_unit_test(test_what_may_be_left_out),
        cmocka_unit_test(test_attributes_without_names_are_numbered),
        cmocka_unit_test(test_raw_layout),
        cmocka_unit_test(test_raw_layout_with_split),
        cmocka_unit_test(test_armo_rated),
        cmocka_unit_test(test_armo_pairs),
        cmocka_unit_test(test_numpy_files),
        cmocka_unit_test(test_sharded_features),
        cmocka_unit_test(test_features_that_are_refused),
        cmocka_unit_test(test_hash_tells_pairs_and_headers_apart),
        cmocka_unit_test(test_nonfinite_rows_are_found),
        cmocka_unit_test(test_split_names),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
