#include "given.h"

#include "io/json.h"

/* Our layout, of which every pair becomes a row: in each form, back it reads the same. */
static void test_rows_of_pairs(void **state)
{
    (void)state;
    static const char *const names[] = {"raw.safetensors", "raw.npz", "raw/"};
    const struct given given[GIVEN_MAX] = {RESPONSE(DTYPE_F32),
                                           PROMPT(DTYPE_F32),
                                           CHOSEN,
                                           REJECTED,
                                           PROMPTS,
                                           {"context", DTYPE_F32, 2, {1, 3}, NULL},
                                           INDEX("pair.context", 0, -1, 0),
                                           INDEX("pair.attribute", 0, 1, -1),
                                           INDEX("pair.split", 2, 0, 1)};
    struct folder folder;
    struct features ours, raw;
    folder_make(&folder);
    open_features(&ours, write_tensors(&folder, given, "[\"kind\", \"long\"]", NULL));
    for (size_t i = 0; i < 3; i++) {
        struct error err = {0};
        const char *path = folder_path(&folder, names[i]);
        if (features_save_raw(path, &ours, i ? DTYPE_F16 : DTYPE_BF16, &err))
            fail_msg("%s", err.message);
        open_features(&raw, path);
        assert_string_equal(raw.layout, "raw");
        assert_int_equal(raw.n_pairs, 3);
        assert_int_equal(raw.prompt.n_rows, 3);
        assert_int_equal(raw.context.n_rows, 0);
        assert_string_equal(raw.attributes[1], "long");
        assert_string_equal(json_text(json_get(raw.metadata, "encoder")), "test");
        assert_null(json_get(raw.metadata, "format"));
        for (size_t n = 0; n < 3; n++) {
            assert_int_equal(raw.pair_attribute[n], ours.pair_attribute[n]);
            assert_int_equal(raw.pair_split[n], ours.pair_split[n]);
            for (size_t j = 0; j < ours.chosen.n_columns; j++) {
                assert_true(value_at(&raw.chosen, n, j) ==
                            value_at(&ours.chosen, (size_t)ours.pair_chosen[n], j));
                assert_true(value_at(&raw.rejected, n, j) ==
                            value_at(&ours.rejected, (size_t)ours.pair_rejected[n], j));
            }
            for (size_t j = 0; j < ours.prompt.n_columns; j++)
                assert_true(value_at(&raw.prompt, n, j) ==
                            value_at(&ours.prompt, (size_t)ours.pair_prompt[n], j));
        }
        features_done(&raw);
    }
    features_done(&ours);
    folder_remove(&folder);
}

static void test_refuses_ratings(void **state)
{
    (void)state;
    const struct given given[GIVEN_MAX] = {{"embeddings", DTYPE_F32, 2, {3, 2}, NULL},
                                           {"labels", DTYPE_F32, 2, {3, 2}, NULL}};
    struct folder folder;
    struct features features;
    struct error err = {0};
    folder_make(&folder);
    open_features(&features, write_tensors(&folder, given, NULL, NULL));
    const char *path = folder_path(&folder, "raw.npz");
    assert_int_equal(features_save_raw(path, &features, DTYPE_F32, &err), STATUS_SHAPE);
    assert_non_null(strstr(err.message, "without pairs"));
    assert_int_not_equal(access(path, F_OK), 0);
    features_done(&features);
    folder_remove(&folder);
}

static void test_map(void **state)
{
    (void)state;
    const struct given given[GIVEN_MAX] = {{"win", DTYPE_F32, 2, {3, 2}, NULL},
                                           {"lose", DTYPE_F32, 2, {3, 2}, NULL},
                                           {"embeddings", DTYPE_F32, 2, {3, 4}, NULL},
                                           INDEX("kind", 1, 0, 1)};
    static const struct features_map map[] = {{"chosen", "win"},
                                              {"rejected", "lose"},
                                              {"prompt", "embeddings"},
                                              {"attribute", "kind"}};
    struct folder folder;
    struct features features;
    struct error err = {0};
    folder_make(&folder);
    const char *path = write_tensors(&folder, given, NULL, NULL);
    assert_int_equal(features_open(&features, path, &err), STATUS_FORMAT);
    if (features_open_mapped(&features, path, map, 4, &err))
        fail_msg("%s", err.message);
    assert_string_equal(features.layout, "raw");
    assert_int_equal(features.prompt.n_columns, 4);
    assert_int_equal(features.pair_attribute[2], 1);
    features_done(&features);
    const struct {
        struct features_map map;
        enum status status;
        const char *message;
    } cases[] = {
        {{"winner", "win"}, STATUS_USAGE, "no layout of features has a tensor 'winner'"},
        {{"chosen", "won"}, STATUS_NOT_FOUND, "has no tensor 'won'"},
        {{"chosen", "win"}, STATUS_FORMAT, "holds no features"},
    };
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(features_open_mapped(&features, path, &cases[i].map, 1, &err),
                         cases[i].status);
        assert_non_null(strstr(err.message, cases[i].message));
    }
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_of_pairs),
        cmocka_unit_test(test_refuses_ratings),
        cmocka_unit_test(test_map),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
