/* Evaluations by hand, and against tests/reference. */
#include "made.h"
#include "reference.h"

#include "core/checkpoint.h"
#include "core/evaluate.h"
#include "core/linalg.h"

static struct evaluation evaluate_all(const struct features *features,
                                      const struct model *model,
                                      const struct evaluate_options *options)
{
    struct evaluation evaluation;
    struct error err = {0};
    if (evaluate(features, model, options, &evaluation, &err))
        fail_msg("%s", err.message);
    return evaluation;
}

static const struct evaluate_options quick = {.split = SPLIT_TRAIN};

/* Heads that read the columns of the responses, so that rewards are the features. */
static struct model column_heads(size_t n)
{
    struct model model;
    struct error err;
    assert_int_equal(
        model_create(
            &model, &(struct shape){n > 1 ? ROUTER_STATIC : ROUTER_NONE, n, 0, 0, n}, &err),
        0);
    for (size_t k = 0; k < n; k++)
        model.heads[k * n + k] = 1;
    return model;
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
    for (size_t c = 0; c < 4; c++) {
        char name[64];
        struct model model;
        struct json *metadata;
        double values[16];
        snprintf(name, sizeof name, "init_%s.safetensors", cases[c]);
        assert_int_equal(
            checkpoint_open(reference_path(name, path), &model, &metadata, &err), 0);
        struct evaluation got = evaluate_all(&features, &model, &quick);
        size_t K = model.shape.n_heads;
        assert_int_equal(got.n_pairs, 96);
        assert_int_equal(got.n_attributes, 3);
        snprintf(name, sizeof name, "cases/%s", cases[c]);
        const struct json *want = reference_get(expected, name);
        reference_values(reference_get(want, "head_attribute_accuracy"), values);
        for (size_t k = 0; k < K; k++)
            for (size_t a = 0; a < 3; a++)
                assert_near(got.rows[k].cells[a].accuracy, values[k * 3 + a], 1e-12, 0);
        assert_near(got.nll, reference_number(want, "nll"), 1e-5, 0);
        assert_near(got.entropy, -reference_number(want, "regulariser"), 1e-5, 1e-9);
        if (K > 1) {
            reference_values(reference_get(want, "mixture_attribute_accuracy"), values);
            const struct evaluated_row *mixture = evaluation_row(&got, PREDICTOR_MIXTURE);
            for (size_t a = 0; a < 3; a++)
                assert_near(mixture->cells[a].accuracy, values[a], 1e-12, 0);
        }
        evaluation_done(&got);
        json_free(metadata);
        model_done(&model);
    }
    json_free(expected);
    features_done(&features);
}

/* ---- the table, by hand ---- */

/* Pairs by margin of the two heads and of the single one, and by attribute. */
static struct made given_pairs(const float (*margins)[3], const int32_t *attributes,
                               const int32_t *prompts, size_t n)
{
    struct made made;
    made_init(&made, &(struct made_sizes){n, 0, 0, 3, 0}, 0);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < 3; j++) {
            made.chosen[i * 3 + j] = margins[i][j];
            made.rejected[i * 3 + j] = 0;
        }
        made.attribute[i] = attributes[i];
        made.pair_prompt[i] = prompts[i];
    }
    made.features.n_attributes = 3;
    return made;
}

static struct model two_heads_and_single(void)
{
    struct model model;
    struct error err;
    assert_int_equal(model_create(&model, &(struct shape){ROUTER_STATIC, 2, 0, 0, 3}, &err),
                     0);
    model.heads[0] = model.heads[4] = 1;
    model.tail.last_bias[0] = (float)log(3.0); /* weights 0.75 and 0.25 */
    model.single = mem_array(3, sizeof(float));
    model.single[2] = 1;
    return model;
}

static const float margins[][3] = {{1, -1, 1}, {1, 2, -1}, {-3, 1, 1},
                                   {-1, 1, 1}, {-1, 1, 0}, {2, 2, 1}};
static const int32_t attributes[] = {0, 0, 2, 2, 2, -1}, prompts[] = {4, 4, 7, 7, 8, 9};

static void assert_row(const struct evaluation *evaluation, size_t row,
                       enum predictor predictor, size_t head, const size_t right[4],
                       double mean)
{
    const struct evaluated_row *got = &evaluation->rows[row];
    assert_int_equal(got->predictor, predictor);
    assert_int_equal(got->head, head);
    for (size_t a = 0; a < 4; a++) {
        size_t n = evaluation->attribute_pairs[a];
        struct interval wilson = interval_wilson(right[a], n);
        assert_int_equal(got->cells[a].right, right[a]);
        assert_near(got->cells[a].accuracy, n ? (double)right[a] / (double)n : (double)NAN,
                    1e-12, 0);
        assert_near(got->cells[a].interval.low, wilson.low, 1e-12, 0);
        assert_near(got->cells[a].interval.high, wilson.high, 1e-12, 0);
    }
    assert_near(got->mean, mean, 1e-12, 0);
}

static void test_table(void **state)
{
    (void)state;
    struct made made = given_pairs(margins, attributes, prompts, 6);
    struct model model = two_heads_and_single();
    struct evaluate_options options = {.resamples = 300, .seed = 1};
    struct evaluation got = evaluate_all(&made.features, &model, &options);
    assert_int_equal(got.n_pairs, 6);
    assert_int_equal(got.n_prompts, 4);
    /* The attribute without pairs stays; pairs without one have a column of their own. */
    static const char *const names[] = {"brevity", "clarity", "rigour", "(none)"};
    static const size_t n_pairs[] = {2, 0, 3, 1};
    assert_int_equal(got.n_attributes, 4);
    for (size_t a = 0; a < 4; a++) {
        assert_string_equal(got.attributes[a], names[a]);
        assert_int_equal(got.attribute_pairs[a], n_pairs[a]);
    }
    assert_int_equal(got.n_rows, 5);
    assert_row(&got, 0, PREDICTOR_HEAD, 0, (size_t[]){2, 0, 0, 1}, 2.0 / 3);
    assert_row(&got, 1, PREDICTOR_HEAD, 1, (size_t[]){1, 0, 3, 1}, (0.5 + 1 + 1) / 3);
    assert_row(&got, 2, PREDICTOR_MIXTURE, 0, (size_t[]){2, 0, 0, 1}, 2.0 / 3);
    assert_row(&got, 3, PREDICTOR_SINGLE, 0, (size_t[]){1, 0, 2, 1},
               (0.5 + 2.0 / 3 + 1) / 3);
    assert_row(&got, 4, PREDICTOR_ORACLE, 0, (size_t[]){2, 0, 3, 1}, 1);
    assert_int_equal(got.rows[4].cells[0].head, 0);
    assert_int_equal(got.rows[4].cells[2].head, 1);
    assert_int_equal(got.rows[4].cells[3].head, 0); /* the first of equals */
    for (size_t r = 0; r < 5; r++) {
        const struct evaluated_row *row = &got.rows[r];
        assert_true(row->mean_interval.low <= row->mean &&
                    row->mean <= row->mean_interval.high);
        assert_near(row->difference, r == 3 ? (double)NAN : row->mean - got.rows[3].mean,
                    1e-12, 0);
        assert_true((r == 3) == (bool)isnan(row->difference_interval.low));
        assert_near(row->load, r == 0 ? 0.75 : r == 1 ? 0.25 : (double)NAN, 1e-6, 0);
    }
    assert_int_equal(got.ties, 0); /* the single head's tie is not a head's */
    assert_near(got.entropy, -0.75 * log(0.75) - 0.25 * log(0.25), 1e-6, 0);
    double single_nll = 0;
    for (size_t i = 0; i < 6; i++)
        single_nll += log1p(exp(-(double)margins[i][2])) / 6;
    assert_near(got.single_nll, single_nll, 1e-6, 0);
    evaluation_done(&got);
    model_done(&model);
    made_done(&made);
}

static void test_without_single(void **state)
{
    (void)state;
    struct made made = given_pairs(margins, attributes, prompts, 6);
    struct model model = two_heads_and_single();
    free(model.single);
    model.single = NULL;
    struct evaluation got =
        evaluate_all(&made.features, &model, &(struct evaluate_options){.resamples = 50});
    assert_int_equal(got.n_rows, 4);
    assert_null(evaluation_row(&got, PREDICTOR_SINGLE));
    assert_ptr_equal(evaluation_row(&got, PREDICTOR_ORACLE), &got.rows[3]);
    assert_true(isnan(got.single_nll));
    for (size_t r = 0; r < 4; r++) {
        assert_true(isnan(got.rows[r].difference));
        assert_true(isnan(got.rows[r].difference_interval.low));
        assert_true(got.rows[r].mean_interval.low >= 0);
    }
    evaluation_done(&got);
    made_done(&made);
    model_done(&model);
}

/* Likelihood and calibration by hand, of pairs in five of the ten bins. */
static void test_calibration(void **state)
{
    (void)state;
    static const double probabilities[] = {0.93, 0.93, 0.18, 0.62, 0.49, 0.56};
    struct made made;
    made_init(&made, &(struct made_sizes){6, 0, 0, 1, 0}, 0);
    double nll = 0;
    for (size_t i = 0; i < 6; i++) {
        made.chosen[i] = (float)log(probabilities[i] / (1 - probabilities[i]));
        made.rejected[i] = 0;
        nll -= log(probabilities[i]) / 6;
    }
    struct model model = column_heads(1);
    struct evaluation got = evaluate_all(&made.features, &model, &quick);
    assert_near(got.nll, nll, 1e-6, 0);
    /* Right two of 2 x 0.93, none of 0.82, one of 0.62, none of 0.51, one of 0.56. */
    assert_near(got.calibration, (0.14 + 0.82 + 0.38 + 0.51 + 0.44) / 6, 1e-6, 0);
    assert_near(got.rows[0].mean, 4.0 / 6, 1e-12, 0);
    assert_near(got.entropy, 0, 0, 1e-12);
    evaluation_done(&got);
    model_done(&model);
    made_done(&made);
}

/* In one bin right and wrong pairs make up for one another: 3 of 4 at 0.75. */
static void test_perfect_calibration(void **state)
{
    (void)state;
    struct made made;
    made_init(&made, &(struct made_sizes){4, 0, 0, 1, 0}, 0);
    for (size_t i = 0; i < 4; i++) {
        made.chosen[i] = (float)(i < 3 ? log(3.1) : -log(3.1));
        made.rejected[i] = 0;
    }
    struct model model = column_heads(1);
    struct evaluation got = evaluate_all(&made.features, &model, &quick);
    assert_near(got.calibration, 3.1 / 4.1 - 0.75, 1e-5, 0);
    evaluation_done(&got);
    model_done(&model);
    made_done(&made);
}

static void test_ties(void **state)
{
    (void)state;
    static const float equal[][3] = {{0, 1, 1}, {0, 0, 1}, {1, 1, 1}};
    struct made made = given_pairs(equal, (int32_t[]){0, 0, 0}, (int32_t[]){1, 2, 3}, 3);
    struct model model = two_heads_and_single();
    struct evaluation got = evaluate_all(&made.features, &model, &quick);
    assert_int_equal(got.ties, 2);
    assert_int_equal(got.rows[0].cells[0].right, 1);
    assert_int_equal(got.rows[1].cells[0].right, 2);
    evaluation_done(&got);
    model_done(&model);
    made_done(&made);
}

static void test_splits_and_rules(void **state)
{
    (void)state;
    struct made made = given_pairs(margins, attributes, prompts, 6);
    struct model model = two_heads_and_single();
    made.split[2] = made.split[3] = SPLIT_TEST;
    struct evaluate_options options = {.split = SPLIT_TEST};
    struct evaluation got = evaluate_all(&made.features, &model, &options);
    assert_int_equal(got.n_pairs, 2);
    assert_int_equal(got.n_prompts, 1);
    assert_int_equal(got.attribute_pairs[0], 0);
    assert_int_equal(got.attribute_pairs[2], 2);
    evaluation_done(&got);

    struct evaluation none = {.n_pairs = 99};
    struct error err = {0};
    options.split = SPLIT_HOLDOUT;
    assert_int_equal(evaluate(&made.features, &model, &options, &none, &err), STATUS_SHAPE);
    assert_non_null(strstr(err.message, "holdout"));
    assert_int_equal(none.n_pairs, 99);

    /* margins -3 and 13 at weights 3 : 1 are chosen by reward alone */
    options = quick;
    made.chosen[0] = -3;
    made.chosen[1] = 13;
    for (enum rule rule = RULE_PROBABILITY; rule <= RULE_REWARD; rule++) {
        options.rule = rule;
        got = evaluate_all(&made.features, &model, &options);
        size_t want = rule == RULE_REWARD ? 2 : 1;
        assert_int_equal(evaluation_row(&got, PREDICTOR_MIXTURE)->cells[0].right, want);
        evaluation_done(&got);
    }
    model_done(&model);
    made_done(&made);
}

static void test_seeds(void **state)
{
    (void)state;
    struct made made;
    made_init(&made, &(struct made_sizes){200, 40, 6, 5, 3}, 1);
    struct model model;
    struct error err;
    assert_int_equal(model_create(&model, &(struct shape){ROUTER_LINEAR, 3, 0, 6, 5}, &err),
                     0);
    model_draw(&model, 0, 0);
    struct evaluate_options options = {.resamples = 100, .seed = 1};
    struct evaluation one = evaluate_all(&made.features, &model, &options);
    struct evaluation same = evaluate_all(&made.features, &model, &options);
    options.seed = 2;
    struct evaluation other = evaluate_all(&made.features, &model, &options);
    for (size_t r = 0; r < one.n_rows; r++) {
        struct interval interval = one.rows[r].mean_interval;
        assert_memory_equal(&interval, &same.rows[r].mean_interval, sizeof interval);
        assert_memory_not_equal(&interval, &other.rows[r].mean_interval, sizeof interval);
        assert_true(one.rows[r].mean == other.rows[r].mean);
    }
    double load = 0;
    for (size_t k = 0; k < 3; k++)
        load += one.rows[k].load;
    assert_near(load, 1, 1e-6, 0);
    evaluation_done(&one);
    evaluation_done(&same);
    evaluation_done(&other);
    model_done(&model);
    made_done(&made);
}

static void test_refused(void **state)
{
    (void)state;
    struct made made;
    made_init(&made, &(struct made_sizes){20, 4, 6, 5, 2}, 1);
    struct evaluation none = {.n_pairs = 99};
    struct error err = {0};
    struct model model = column_heads(4);
    assert_int_equal(evaluate(&made.features, &model, &quick, &none, &err), STATUS_SHAPE);
    assert_non_null(strstr(err.message, "4 numbers a response, the features have 5"));
    model_done(&model);
    model = column_heads(5);
    made.chosen[7 * 5 + 1] = NAN;
    assert_int_equal(evaluate(&made.features, &model, &quick, &none, &err), STATUS_NUMERIC);
    assert_non_null(strstr(err.message, "row 7 "));
    made.chosen[7 * 5 + 1] = 0;
    struct cancel cancel = {true};
    assert_int_equal(evaluate(&made.features, &model,
                              &(struct evaluate_options){.workers = {NULL, &cancel}}, &none,
                              &err),
                     STATUS_CANCELLED);
    assert_int_equal(none.n_pairs, 99);
    model_done(&model);
    made_done(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_without_single),
        cmocka_unit_test(test_calibration),
        cmocka_unit_test(test_perfect_calibration),
        cmocka_unit_test(test_ties),
        cmocka_unit_test(test_splits_and_rules),
        cmocka_unit_test(test_seeds),
        cmocka_unit_test(test_refused),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
