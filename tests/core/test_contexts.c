#include "near.h"

#include <math.h>
#include <string.h>

#include "core/contexts.h"

/* Two prompts and six rows of context. Of the parts, rows 0 and 1 have the same one, row 4 is
 * zero and row 5 belongs to no pair. */
static const float prompts[2][3] = {{1, 0, 0}, {0, 2, 0}};
static float rows[6][3] = {{1, 0, 3}, {0, 2, 3}, {2, 0, 0},
                           {0, 3, 1}, {1, 0, 0}, {9, 9, 9}};
static const int32_t pair_prompt[] = {1, 0, 0, 1, 0, 0, 0};
static const int32_t pair_context[] = {1, 0, 2, 3, 4, -1, 0};
static const int32_t pair_attribute[] = {7, 6, 5, -1, 4, 3, 2};

static struct features make(void)
{
    return (struct features){
        .prompt = {prompts, DTYPE_F32, 2, 3, 3},
        .context = {rows, DTYPE_F32, 6, 3, 3},
        .n_pairs = 7,
        .pair_prompt = pair_prompt,
        .pair_context = pair_context,
        .pair_attribute = pair_attribute,
    };
}

static void test_distinct_contexts_by_nearness(void **state)
{
    (void)state;
    struct features features = make();
    struct error err;
    struct contexts *contexts = contexts_create(&features, &err);
    assert_non_null(contexts);
    assert_int_equal(contexts_count(contexts), 3);
    struct near_context near[3];
    assert_int_equal(contexts_nearest(contexts, (const float[]){0, 0.1f, 2}, 3, near), 3);
    assert_int_equal(near[0].row, 1);
    assert_int_equal(near[0].pair, 0);
    assert_int_equal(near[0].attribute, 7);
    assert_int_equal(near[0].n_pairs, 3);
    assert_near(near[0].cosine, 2 / sqrt(4.01), 1e-6, 0);
    assert_int_equal(near[1].row, 3);
    assert_int_equal(near[1].attribute, -1);
    assert_int_equal(near[1].n_pairs, 1);
    assert_near(near[1].cosine, 2.1 / sqrt(2 * 4.01), 1e-6, 0);
    assert_int_equal(near[2].row, 2);
    assert_near(near[2].cosine, 0, 0, 1e-9);

    /* Fewer than there are; and none that point the same way. */
    assert_int_equal(contexts_nearest(contexts, (const float[]){-5, 0, 0}, 1, near), 1);
    assert_true(near[0].row != 2);
    assert_int_equal(contexts_nearest(contexts, (const float[]){1, 1, 1}, 0, near), 0);
    contexts_free(contexts);
}

static void test_a_part_that_says_nothing(void **state)
{
    (void)state;
    struct features features = make();
    struct error err;
    struct contexts *contexts = contexts_create(&features, &err);
    struct near_context near[3];
    assert_int_equal(contexts_nearest(contexts, (const float[]){0, 0, 0}, 3, near), 0);
    assert_int_equal(contexts_nearest(contexts, (const float[]){NAN, 0, 0}, 3, near), 0);
    assert_int_equal(contexts_nearest(contexts, (const float[]){INFINITY, 0, 0}, 3, near),
                     0);
    contexts_free(contexts);
}

static void test_features_without_contexts(void **state)
{
    (void)state;
    static const int32_t none[] = {-1, -1, -1, -1, -1, -1, -1};
    struct features features = make();
    struct error err;
    struct near_context near[1];
    features.context = (struct rows){0};
    features.pair_context = none;
    struct contexts *contexts = contexts_create(&features, &err);
    assert_non_null(contexts);
    assert_int_equal(contexts_count(contexts), 0);
    assert_int_equal(contexts_nearest(contexts, (const float[]){1, 0, 0}, 1, near), 0);
    contexts_free(contexts);

    /* Contexts, but no prompts to take them from. */
    features = make();
    features.pair_prompt = none;
    contexts = contexts_create(&features, &err);
    assert_int_equal(contexts_count(contexts), 0);
    contexts_free(contexts);
}

static void test_a_row_that_is_not_finite(void **state)
{
    (void)state;
    struct features features = make();
    struct error err;
    rows[3][1] = NAN;
    assert_null(contexts_create(&features, &err));
    assert_int_equal(err.status, STATUS_NUMERIC);
    assert_non_null(strstr(err.message, "context row 3 "));
    rows[3][1] = 3;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distinct_contexts_by_nearness),
        cmocka_unit_test(test_a_part_that_says_nothing),
        cmocka_unit_test(test_features_without_contexts),
        cmocka_unit_test(test_a_row_that_is_not_finite),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
