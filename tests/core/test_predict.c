/* Predictions against tests/reference, and the three rules where they differ. */
#include "made.h"
#include "reference.h"

#include "core/checkpoint.h"
#include "core/linalg.h"
#include "core/predict.h"

enum { PAIRS = 96 };

static struct predictions predict(const struct features *features,
                                  const struct model *model, const uint32_t *pairs,
                                  size_t n, enum rule rule)
{
    struct predictions predictions;
    struct error err = {0};
    if (predictions_make(&predictions, features, model, pairs, n,
                         (struct predict_options){rule, ROUTE_PROMPT}, &err))
        fail_msg("%s", err.message);
    return predictions;
}

/* The first eight values of each, and the share of pairs of each attribute that is right. */
static void compare(const struct json *want, const struct predictions *got,
                    const int32_t *attribute)
{
    double values[PAIRS];
    size_t K = got->n_heads;
    bool is_mixture = json_get(want, "router_weights_first_8") != NULL;
    assert_int_equal(reference_values(reference_get(want, "margins_first_8"), values),
                     8 * K);
    for (size_t i = 0; i < 8 * K; i++)
        assert_near((double)got->margin[i], values[i], 1e-5, 1e-6);
    size_t n_right[4][5] = {{0}}, n[4] = {0};
    for (size_t i = 0; i < got->n; i++) {
        n[attribute[i]]++;
        for (size_t p = 0; p < got->n_predictors; p++)
            n_right[attribute[i]][p] += got->right[i * got->n_predictors + p];
    }
    reference_values(reference_get(want, "head_attribute_accuracy"), values);
    for (size_t k = 0; k < K; k++)
        for (size_t a = 0; a < 3; a++)
            assert_near((double)n_right[a][k] / (double)n[a], values[k * 3 + a], 1e-12, 0);
    if (!is_mixture)
        return;
    reference_values(reference_get(want, "router_weights_first_8"), values);
    for (size_t i = 0; i < 8 * K; i++)
        assert_near(exp((double)got->log_weight[i]), values[i], 1e-5, 0);
    reference_values(reference_get(want, "mixture_probability_first_8"), values);
    for (size_t i = 0; i < 8; i++) {
        assert_near(got->probability[i], values[i], 1e-5, 0);
        assert_near(got->log_probability[i], log(values[i]), 1e-5, 1e-6);
    }
    reference_values(reference_get(want, "mixture_attribute_accuracy"), values);
    for (size_t a = 0; a < 3; a++)
        assert_near((double)n_right[a][K] / (double)n[a], values[a], 1e-12, 0);
}

static void test_reference(void **state)
{
    (void)state;
    static const char *const cases[] = {"mlp", "linear", "static", "single"};
    struct features features;
    struct error err = {0};
    char path[512];
    assert_int_equal(
        features_open(&features, reference_path("pairs.safetensors", path), &err), 0);
    struct json *expected = reference_open();
    uint32_t pairs[PAIRS];
    for (uint32_t i = 0; i < PAIRS; i++)
        pairs[i] = i;
    for (size_t c = 0; c < 4; c++) {
        char name[64];
        struct model model;
        struct json *metadata;
        snprintf(name, sizeof name, "init_%s.safetensors", cases[c]);
        assert_int_equal(
            checkpoint_open(reference_path(name, path), &model, &metadata, &err), 0);
        struct predictions got = predict(&features, &model, pairs, PAIRS, RULE_PROBABILITY);
        snprintf(name, sizeof name, "cases/%s", cases[c]);
        compare(reference_get(expected, name), &got, features.pair_attribute);
        predictions_done(&got);
        json_free(metadata);
        model_done(&model);
    }
    json_free(expected);
    features_done(&features);
}

/* Any list of pairs gives what the whole list gives for them. */
static void test_some_pairs(void **state)
{
    (void)state;
    struct made made;
    made_init(&made, &(struct made_sizes){50, 7, 6, 5, 2}, 1);
    struct model model;
    struct error err;
    assert_int_equal(model_create(&model, &(struct shape){ROUTER_MLP, 3, 4, 6, 5}, &err),
                     0);
    model_draw(&model, 1, 0);
    model.single = mem_array(5, sizeof(float));
    model.single[2] = 1;
    uint32_t all[50], some[] = {49, 3, 3, 17};
    for (uint32_t i = 0; i < 50; i++)
        all[i] = i;
    struct predictions whole = predict(&made.features, &model, all, 50, RULE_REWARD);
    struct predictions part = predict(&made.features, &model, some, 4, RULE_REWARD);
    assert_int_equal(part.n_heads, 3);
    assert_int_equal(part.n_predictors, 5);
    for (size_t i = 0; i < 4; i++) {
        size_t at = some[i];
        for (size_t k = 0; k < 3; k++) {
            assert_near((double)part.margin[i * 3 + k], (double)whole.margin[at * 3 + k],
                        1e-6, 1e-6);
            assert_near((double)part.log_weight[i * 3 + k],
                        (double)whole.log_weight[at * 3 + k], 1e-6, 1e-6);
        }
        assert_memory_equal(part.right + i * 5, whole.right + at * 5, 5);
        double margin = (double)made.chosen[at * 5 + 2] - (double)made.rejected[at * 5 + 2];
        assert_near(part.single_log_probability[i], -log1p(exp(-margin)), 1e-5, 1e-6);
        assert_int_equal(part.right[i * 5 + 4], margin > 0);
    }
    predictions_done(&whole);
    predictions_done(&part);
    struct predictions none = predict(&made.features, &model, some, 0, RULE_REWARD);
    assert_int_equal(none.n, 0);
    predictions_done(&none);
    model_done(&model);
    made_done(&made);
}

/* ---- rules, by hand ---- */

/* Two heads that read one column each, so that rewards are the features themselves. */
static struct model two_heads(double first_weight)
{
    struct model model;
    struct error err;
    assert_int_equal(model_create(&model, &(struct shape){ROUTER_STATIC, 2, 0, 0, 2}, &err),
                     0);
    model.heads[0] = model.heads[3] = 1;
    model.tail.last_bias[0] = (float)log(first_weight / (1 - first_weight));
    return model;
}

static struct made one_pair(const float chosen[2], const float rejected[2])
{
    struct made made;
    made_init(&made, &(struct made_sizes){1, 0, 0, 2, 0}, 0);
    memcpy(made.chosen, chosen, 2 * sizeof *chosen);
    memcpy(made.rejected, rejected, 2 * sizeof *rejected);
    return made;
}

static void test_rules(void **state)
{
    (void)state;
    static const struct {
        double weight; /* of the first head */
        float chosen[2], rejected[2];
        int right[RULE_COUNT]; /* probability, reward, logsigmoid */
    } pairs[] = {
        /* all agree */
        {0.5, {3, 1}, {1, 0}, {1, 1, 1}},
        {0.5, {0, 0}, {3, 1}, {0, 0, 0}},
        /* margins 10 and -3: a large margin counts fully as reward, not as probability */
        {0.4, {10, -3}, {0, 0}, {0, 1, 0}},
        /* margins 1 and -0.5, the first high up where log sigma is flat */
        {0.5, {30, -1}, {29, -0.5f}, {1, 1, 0}},
        /* margins 1 and -3: the small one of the heavier head counts more as probability */
        {0.7, {1, -3}, {0, 0}, {1, 0, 0}},
        /* margins -1 and 2: the second rises from far down, the first falls high up */
        {0.75, {29, -10}, {30, -12}, {0, 0, 1}},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
            struct model model = two_heads(pairs[i].weight);
            struct made made = one_pair(pairs[i].chosen, pairs[i].rejected);
            struct predictions got =
                predict(&made.features, &model, &(uint32_t){0}, 1, rule);
            if (got.right[2] != pairs[i].right[rule])
                fail_msg("pair %zu by rule '%s' is %d", i, rule_names[rule], got.right[2]);
            double f = pairs[i].weight, m[2];
            for (size_t k = 0; k < 2; k++)
                m[k] = (double)pairs[i].chosen[k] - (double)pairs[i].rejected[k];
            assert_near(got.probability[0],
                        f / (1 + exp(-m[0])) + (1 - f) / (1 + exp(-m[1])), 1e-6, 0);
            predictions_done(&got);
            made_done(&made);
            model_done(&model);
        }
}

static void test_ties_are_wrong(void **state)
{
    (void)state;
    static const struct {
        float chosen[2], rejected[2];
        uint8_t right[3];
        size_t ties;
    } pairs[] = {
        {{1, 2}, {1, 2}, {0, 0, 0}, 1}, /* equal for all */
        {{1, 3}, {1, 2}, {0, 1, 1}, 1}, /* equal for one head */
        {{2, 0}, {0, 2}, {1, 0, 0}, 0}, /* heads of equal weight disagree alike */
        {{2, 1}, {0, 2}, {1, 0, 1}, 0},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (enum rule rule = 0; rule < RULE_LOGSIGMOID; rule++) {
            struct model model = two_heads(0.5);
            struct made made = one_pair(pairs[i].chosen, pairs[i].rejected);
            struct predictions got =
                predict(&made.features, &model, &(uint32_t){0}, 1, rule);
            assert_memory_equal(got.right, pairs[i].right, 3);
            assert_int_equal(got.ties, pairs[i].ties);
            predictions_done(&got);
            made_done(&made);
            model_done(&model);
        }
}

/* A probability that rounds to a half or to one is still decided, and has its logarithm. */
static void test_extreme_probabilities(void **state)
{
    (void)state;
    static const struct {
        float margin;
        double log_probability;
    } cases[] = {{1e-9f, -0.69314718}, {-1e-9f, -0.69314718}, {200, 0}, {-200, -200},
                 {1e30f, 0},           {-1e4f, -1e4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct model model = two_heads(0.5);
        const float m = cases[i].margin;
        struct made made = one_pair((float[]){m, m}, (float[]){0, 0});
        struct predictions got =
            predict(&made.features, &model, &(uint32_t){0}, 1, RULE_PROBABILITY);
        assert_int_equal(got.right[2], m > 0);
        assert_near(got.log_probability[0], cases[i].log_probability, 1e-6, 1e-6);
        assert_true(got.probability[0] >= 0 && got.probability[0] <= 1);
        predictions_done(&got);
        made_done(&made);
        model_done(&model);
    }
}

/* ---- what the router reads ---- */

/* Of four pairs the first two have a context, which are rows 1 and 0 of their matrix. */
static void test_routing(void **state)
{
    (void)state;
    struct made made;
    made_init(&made, &(struct made_sizes){4, 3, 2, 5, 0}, 1);
    float contexts[] = {1, -2, 0.5f, 3};
    int32_t pair_context[] = {1, 0, -1, -1};
    struct features features = made.features;
    features.context = (struct rows){contexts, DTYPE_F32, 2, 2, 2};
    features.pair_context = pair_context;
    struct model model;
    struct error err = {0};
    assert_int_equal(model_create(&model, &(struct shape){ROUTER_LINEAR, 3, 0, 2, 5}, &err),
                     0);
    model_draw(&model, 1, 0);
    const uint32_t pairs[] = {2, 0, 1, 3};
    for (int routing = ROUTE_PROMPT; routing <= ROUTE_CONTEXT; routing++) {
        struct predictions got;
        assert_int_equal(
            predictions_make(&got, &features, &model, pairs, 4,
                             (struct predict_options){RULE_REWARD, (enum routing)routing},
                             &err),
            0);
        for (size_t i = 0; i < 4; i++) {
            int32_t row = pair_context[pairs[i]];
            bool reads_context = routing == ROUTE_CONTEXT && row >= 0;
            const float *x = reads_context ? contexts + row * 2
                                           : made.prompt + made.pair_prompt[pairs[i]] * 2;
            double z[3], sum = 0;
            for (size_t k = 0; k < 3; k++) {
                z[k] = (double)(model.input[k * 2] * x[0] + model.input[k * 2 + 1] * x[1] +
                                model.tail.last_bias[k]);
                sum += exp(z[k]);
            }
            for (size_t k = 0; k < 3; k++)
                assert_near((double)got.log_weight[i * 3 + k], z[k] - log(sum), 1e-5, 1e-6);
        }
        predictions_done(&got);
    }
    /* Without any prompts the contexts serve alone, and a pair that has none is refused. */
    features.prompt = (struct rows){0};
    features.pair_prompt = made.none;
    const struct predict_options by_context = {RULE_REWARD, ROUTE_CONTEXT};
    struct predictions got;
    assert_int_equal(
        predictions_make(&got, &features, &model, (uint32_t[]){1, 0}, 2, by_context, &err),
        0);
    predictions_done(&got);
    assert_int_equal(
        predictions_make(&got, &features, &model, (uint32_t[]){1, 3}, 2, by_context, &err),
        STATUS_SHAPE);
    assert_non_null(strstr(err.message, "pair 3 has no prompt and no context"));
    model_done(&model);
    made_done(&made);
}

/* ---- what cannot be predicted ---- */

static void test_refused(void **state)
{
    (void)state;
    struct made made;
    made_init(&made, &(struct made_sizes){20, 4, 6, 5, 0}, 1);
    const struct {
        struct shape shape;
        const char *part;
    } cases[] = {
        {{ROUTER_MLP, 3, 4, 6, 7}, "heads read 7 numbers a response, the features have 5"},
        {{ROUTER_MLP, 3, 4, 9, 5}, "router reads 9 numbers a prompt, the features have 6"},
        {{ROUTER_LINEAR, 3, 0, 2, 5}, "router reads 2 numbers a prompt"},
    };
    const uint32_t pairs[] = {0, 1, 2};
    const struct predict_options options = {RULE_REWARD, ROUTE_PROMPT};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct model model;
        struct predictions predictions;
        struct error err = {0};
        assert_int_equal(model_create(&model, &cases[i].shape, &err), 0);
        assert_int_equal(
            predictions_make(&predictions, &made.features, &model, pairs, 3, options, &err),
            STATUS_SHAPE);
        assert_non_null(strstr(err.message, cases[i].part));
        model_done(&model);
    }
    made_done(&made);
}

/* Rows of pairs that are not asked for may hold anything. */
static void test_rows_that_are_not_finite(void **state)
{
    (void)state;
    struct made made;
    made_init(&made, &(struct made_sizes){20, 0, 0, 5, 0}, 1);
    struct model model;
    struct predictions got;
    struct error err = {0};
    assert_int_equal(model_create(&model, &(struct shape){ROUTER_STATIC, 2, 0, 0, 5}, &err),
                     0);
    model_draw(&model, 0, 0);
    const uint32_t pairs[] = {3, 11, 4};
    const struct predict_options options = {RULE_REWARD, ROUTE_PROMPT};
    made.rejected[11 * 5 + 2] = NAN;
    assert_int_equal(
        predictions_make(&got, &made.features, &model, pairs, 3, options, &err),
        STATUS_NUMERIC);
    assert_non_null(strstr(err.message, "row 11 "));
    made.rejected[11 * 5 + 2] = 0;
    made.chosen[12 * 5] = INFINITY;
    assert_int_equal(
        predictions_make(&got, &made.features, &model, pairs, 3, options, &err), STATUS_OK);
    predictions_done(&got);
    model_done(&model);
    made_done(&made);
}

/* ---- threads, and being stopped ---- */

/* More rows than one part holds; every number of threads gives the same bytes. */
static void test_threads_change_nothing(void **state)
{
    (void)state;
    enum { MANY = 2700, K = 3 };
    struct made made;
    made_init(&made, &(struct made_sizes){MANY, 1500, 6, 5, 3}, 1);
    struct model model;
    struct error err = {0};
    uint32_t pairs[MANY];
    for (uint32_t i = 0; i < MANY; i++)
        pairs[i] = MANY - 1 - i;
    assert_int_equal(model_create(&model, &(struct shape){ROUTER_MLP, K, 4, 6, 5}, &err),
                     0);
    model_draw(&model, 3, 0);
    struct predictions one = predict(&made.features, &model, pairs, MANY, RULE_PROBABILITY);
    for (size_t threads = 1; threads <= 3; threads++) {
        struct predict_options options = {.workers = {team_create(threads), NULL}};
        struct predictions got;
        assert_int_equal(
            predictions_make(&got, &made.features, &model, pairs, MANY, options, &err), 0);
        assert_memory_equal(got.margin, one.margin, MANY * K * sizeof *one.margin);
        assert_memory_equal(got.log_weight, one.log_weight,
                            MANY * K * sizeof *one.log_weight);
        assert_memory_equal(got.log_probability, one.log_probability,
                            MANY * sizeof *one.log_probability);
        assert_memory_equal(got.right, one.right, MANY * got.n_predictors);
        assert_int_equal(got.ties, one.ties);
        predictions_done(&got);
        /* Of two rows that are not finite the first that is needed is named. */
        float before[2] = {made.chosen[(size_t)2600 * 5], made.chosen[(size_t)40 * 5]};
        made.chosen[(size_t)2600 * 5] = made.chosen[(size_t)40 * 5] = NAN;
        assert_int_equal(
            predictions_make(&got, &made.features, &model, pairs, MANY, options, &err),
            STATUS_NUMERIC);
        assert_non_null(strstr(err.message, "row 2600 "));
        made.chosen[(size_t)2600 * 5] = before[0];
        made.chosen[(size_t)40 * 5] = before[1];
        team_free(options.workers.team);
    }
    struct cancel cancel = {true};
    struct predict_options stopped = {.workers = {NULL, &cancel}};
    struct predictions none = {.n = 99};
    assert_int_equal(
        predictions_make(&none, &made.features, &model, pairs, MANY, stopped, &err),
        STATUS_CANCELLED);
    assert_string_equal(err.message, "predicting 2700 pairs was stopped");
    assert_int_equal(none.n, 99);
    predictions_done(&one);
    model_done(&model);
    made_done(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_some_pairs),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_ties_are_wrong),
        cmocka_unit_test(test_extreme_probabilities),
        cmocka_unit_test(test_routing),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_rows_that_are_not_finite),
        cmocka_unit_test(test_threads_change_nothing),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
