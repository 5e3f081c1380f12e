#include "given.h"

#include "io/json.h"

static void assert_same_features(const struct features *a, const struct features *b)
{
    assert_int_equal(a->n_pairs, b->n_pairs);
    assert_int_equal(a->n_attributes, b->n_attributes);
    for (size_t i = 0; i < a->n_attributes; i++)
        assert_string_equal(a->attributes[i], b->attributes[i]);
    const struct {
        const struct rows *a, *b;
        const int32_t *a_rows, *b_rows;
    } matrices[] = {
        {&a->prompt, &b->prompt, a->pair_prompt, b->pair_prompt},
        {&a->context, &b->context, a->pair_context, b->pair_context},
        {&a->chosen, &b->chosen, a->pair_chosen, b->pair_chosen},
        {&a->rejected, &b->rejected, a->pair_rejected, b->pair_rejected},
    };
    for (size_t i = 0; i < a->n_pairs; i++) {
        assert_int_equal(a->pair_attribute[i], b->pair_attribute[i]);
        assert_int_equal(a->pair_split[i], b->pair_split[i]);
        for (size_t m = 0; m < 4; m++) {
            int32_t row = matrices[m].a_rows[i], other = matrices[m].b_rows[i];
            assert_int_equal(row < 0, other < 0);
            assert_int_equal(matrices[m].a->n_columns, matrices[m].b->n_columns);
            for (size_t j = 0; row >= 0 && j < matrices[m].a->n_columns; j++)
                assert_near(value_at(matrices[m].b, (size_t)other, j),
                            value_at(matrices[m].a, (size_t)row, j), 1.0 / 256, 0);
        }
    }
}

static void save(const char *path, const struct features *features, enum dtype dtype)
{
    struct error err = {0};
    features_save(path, features, dtype, &err);
    assert_string_equal(err.message, "");
}

static void test_save_any_layout(void **state)
{
    (void)state;
    const struct given layouts[][GIVEN_MAX] = {
        {RESPONSE(DTYPE_F32),
         PROMPT(DTYPE_F32),
         CHOSEN,
         REJECTED,
         PROMPTS,
         {"context", DTYPE_F32, 2, {1, 3}, NULL},
         INDEX("pair.context", 0, -1, 0),
         INDEX("pair.attribute", 0, 1, -1),
         INDEX("pair.split", 2, 0, 1),
         INDEX("pair.user", 3, -1, 0)},
        {{"chosen", DTYPE_F32, 2, {3, 1500}, NULL},
         {"rejected", DTYPE_F32, 2, {3, 1500}, NULL},
         INDEX("attribute", 0, 1, 1)},
        {{"embeddings", DTYPE_BF16, 3, {3, 2, 3}, NULL},
         {"prompt_embeddings", DTYPE_F16, 3, {3, 2, 5}, NULL}},
    };
    const enum dtype types[] = {DTYPE_F32, DTYPE_F16, DTYPE_BF16};
    struct folder folder;
    folder_make(&folder);
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
        for (size_t t = 0; t < 3; t++) {
            struct features given, saved;
            const char *path = folder_path(&folder, "saved.safetensors");
            open_features(&given,
                          write_tensors(&folder, layouts[i], "[\"a\",\"b\"]", NULL));
            save(path, &given, types[t]);
            open_features(&saved, path);
            assert_string_equal(saved.layout, "microscope");
            assert_int_equal(saved.chosen.dtype, types[t]);
            assert_same_features(&given, &saved);
            assert_int_equal(given.pair_user != NULL, saved.pair_user != NULL);
            assert_string_equal(json_text(json_get(saved.metadata, "encoder")), "test");
            assert_string_equal(json_text(json_get(saved.metadata, "format")),
                                "microscope.features/1");
            features_done(&saved);
            features_done(&given);
        }
    folder_remove(&folder);
}

static void test_save_ratings(void **state)
{
    (void)state;
    struct folder folder;
    struct features given, saved;
    folder_make(&folder);
    open_reference(&given, "ratings.safetensors");
    const char *path = folder_path(&folder, "saved.safetensors");
    save(path, &given, DTYPE_BF16);
    open_features(&saved, path);
    assert_int_equal(saved.n_pairs, 0);
    assert_int_equal(saved.labels.dtype, DTYPE_F32);
    assert_memory_equal(saved.labels.data, given.labels.data, 96 * 3 * sizeof(float));
    assert_same_features(&given, &saved);
    features_done(&saved);
    features_done(&given);
    folder_remove(&folder);
}

/* Features that were made in memory, as an encoder makes them, saved twice and over
 * themselves. */
static void test_save_from_memory(void **state)
{
    (void)state;
    const float values[] = {1, 2, 3, 4, 5, 6};
    const int32_t zero[] = {0, 0}, one[] = {1, 2}, none[] = {-1, -1};
    struct json *metadata = json_object();
    json_put_text(metadata, "encoder", "surface");
    json_put_text(metadata, "format", "to be replaced");
    struct features features = {
        .chosen = {values, DTYPE_F32, 3, 2, 2},
        .rejected = {values, DTYPE_F32, 3, 2, 2},
        .n_pairs = 2,
        .pair_prompt = none,
        .pair_context = none,
        .pair_chosen = zero,
        .pair_rejected = one,
        .pair_attribute = zero,
        .pair_split = zero,
        .n_attributes = 1,
        .attributes = (const char *const[]){"caf\xc3\xa9 \"quoted\""},
        .metadata = metadata,
    };
    struct folder folder;
    folder_make(&folder);
    const char *first = folder_path(&folder, "first"), *again = folder_path(&folder, "2");
    struct features saved, resaved;
    save(first, &features, DTYPE_F32);
    save(again, &features, DTYPE_F32);
    open_features(&saved, first);
    open_features(&resaved, again);
    assert_true(saved.hash == resaved.hash);
    features_done(&resaved);
    save(first, &saved, DTYPE_F32);
    assert_same_features(&features, &saved);
    open_features(&resaved, first);
    assert_same_features(&features, &resaved);
    assert_true(saved.hash == resaved.hash);
    features_done(&resaved);
    features_done(&saved);
    json_free(metadata);
    folder_remove(&folder);
}

static void test_save_refuses_what_overflows(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const struct given given[GIVEN_MAX] = {
        {"chosen", DTYPE_F32, 2, {1, 2}, (const float[]){1.0f, INFINITY}},
        {"rejected", DTYPE_F32, 2, {1, 2}, (const float[]){65519.0f, -65520.0f}}};
    struct features features;
    struct error err = {0};
    open_features(&features, write_tensors(&folder, given, NULL, NULL));
    const char *path = folder_path(&folder, "saved");
    assert_int_equal(features_save(path, &features, DTYPE_F16, &err), STATUS_NUMERIC);
    assert_non_null(
        strstr(err.message, "row 1 of 'response' holds -65520, too large for F16"));
    assert_int_not_equal(access(path, F_OK), 0);
    save(path, &features, DTYPE_BF16);
    assert_int_equal(features_save("/nowhere/f", &features, DTYPE_F32, &err), STATUS_IO);
    features_done(&features);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_save_any_layout),
        cmocka_unit_test(test_save_ratings),
        cmocka_unit_test(test_save_from_memory),
        cmocka_unit_test(test_save_refuses_what_overflows),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
