/* What a head's page says, on numbers that can be seen through. */
#include "shipped.h"

#include <string.h>

#include "session/head_page.h"

static void ranks_by_size_and_number(void **state)
{
    (void)state;
    float heads[] = {0, 0, 0, 0, 0, 1, -3, 3, 0, -1};
    struct model model = {.shape = {.n_heads = 2, .response_width = 5}, .heads = heads};
    uint32_t out[5];
    head_rank_weights(&model, 1, out);
    assert_memory_equal(out, ((const uint32_t[]){1, 2, 0, 4, 3}), sizeof out);
    head_rank_weights(&model, 0, out);
    assert_memory_equal(out, ((const uint32_t[]){0, 1, 2, 3, 4}), sizeof out);
    double values[] = {1, .5, -.5, .5, 1, .7, -.5, .7, 1};
    struct correlation correlation = {3, values};
    head_rank_others(&correlation, 0, out);
    assert_memory_equal(out, ((const uint32_t[]){1, 2}), 2 * sizeof *out);
    head_rank_others(&correlation, 2, out);
    assert_memory_equal(out, ((const uint32_t[]){1, 0}), 2 * sizeof *out);
}

/* Pairs 1 and 2 compare the same responses, and follow one another: the first is shown. A tie
 * is neither right nor wrong. */
static void surest_pairs_once(void **state)
{
    (void)state;
    const int32_t chosen[] = {0, 1, 1, 3, 4, 5}, rejected[] = {9, 8, 8, 7, 6, 5};
    const struct features features = {.pair_chosen = chosen, .pair_rejected = rejected};
    const uint32_t pairs[] = {0, 1, 2, 3, 4, 5};
    float margin[] = {1, 5, 4.5f, 2, -2, 0};
    const struct predictions predictions = {
        .n = 6, .pairs = pairs, .n_heads = 1, .margin = margin};
    uint32_t right[6], wrong[6];
    struct head_surest surest = {.right = right, .wrong = wrong};
    head_find_surest(&features, &predictions, 0, 6, &surest);
    assert_int_equal(surest.n_right, 3);
    assert_memory_equal(right, ((const uint32_t[]){1, 3, 0}), 3 * sizeof *right);
    assert_int_equal(surest.n_wrong, 1);
    assert_int_equal(wrong[0], 4);
    head_find_surest(&features, &predictions, 0, 1, &surest);
    assert_int_equal(surest.n_right, 1);
    head_find_surest(&features, &predictions, 0, 0, &surest);
    assert_int_equal(surest.n_right + surest.n_wrong, 0);
}

static void names_of_the_encoder(void **state)
{
    (void)state;
    struct shipped shipped;
    shipped_open(&shipped);
    struct features features = shipped.features->features;
    struct feature_names *names = feature_names_open(&features);
    assert_null(feature_names_missing(names));
    assert_non_null(feature_name(names, 0));
    assert_string_not_equal(feature_name(names, 0), feature_name(names, 1));
    feature_names_free(names);
    features.chosen.n_columns = 7;
    names = feature_names_open(&features);
    assert_null(feature_name(names, 0));
    assert_non_null(strstr(feature_names_missing(names), "has 48 of them, the file has 7"));
    feature_names_free(names);
    features.metadata = NULL;
    names = feature_names_open(&features);
    assert_non_null(strstr(feature_names_missing(names), "does not say which encoder"));
    feature_names_free(names);
    feature_names_free(NULL);
    shipped_done(&shipped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_by_size_and_number),
        cmocka_unit_test(surest_pairs_once),
        cmocka_unit_test(names_of_the_encoder),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
