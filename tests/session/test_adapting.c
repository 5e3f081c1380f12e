/* Stage 2 on the shipped demo population: what adapting is for, and that nothing but the
 * budget is looked at. */
#include "demo.h"

#include <stdlib.h>
#include <string.h>

#include "core/adapt_budget.h"
#include "session/adapting.h"

static struct adapting_options usual(size_t runs)
{
    struct adapting_options options = {.adapt = adapt_defaults(),
                                       .rule = RULE_PROBABILITY,
                                       .split = SPLIT_TEST,
                                       .runs = runs,
                                       .seed = 1};
    options.adapt.learning_rate = 0;
    return options;
}

static struct adapting *run(struct fixture *fixture,
                            const struct adapting_setting *settings, size_t n_settings,
                            const struct adapting_options *options)
{
    struct error err = {0};
    struct adapting *adapting =
        adapting_create(&fixture->features, &fixture->model, settings, n_settings, options,
                        fixture->team, &err);
    double done = 0;
    while (adapting && !adapting_finished(adapting)) {
        if (adapting_step(adapting, &err))
            fail_msg("%s", err.message);
        assert_true(adapting_done(adapting) >= done - 1e-12);
        done = adapting_done(adapting);
    }
    if (!adapting)
        fail_msg("%s", err.message);
    assert_near(done, (double)adapting_total(adapting), 1e-12, 0);
    return adapting;
}

static double mean_of(const struct evaluation *evaluation, enum predictor predictor)
{
    return evaluation_row(evaluation, predictor)->mean;
}

static double adapted(const struct adapting *adapting, size_t setting, size_t n_runs)
{
    double mean = 0;
    for (size_t r = 0; r < n_runs; r++)
        mean +=
            mean_of(&adapting_result(adapting, setting, r)->evaluation, PREDICTOR_MIXTURE) /
            (double)n_runs;
    return mean;
}

/* Contexts in wordings that training never saw: the adapted router is well above the single
 * head and itself, more labels help, and no labels change nothing. */
static void test_more_labels_help(void **state)
{
    struct fixture *fixture = *state;
    const struct adapting_setting settings[] = {{0, 1e-3}, {5, 1e-3}, {50, 1e-3}, {50, 1}};
    struct adapting_options options = usual(5);
    struct adapting *adapting = run(fixture, settings, 4, &options);
    const struct evaluation *by_context = adapting_before(adapting, ROUTE_CONTEXT);
    double single = mean_of(by_context, PREDICTOR_SINGLE);
    double before = mean_of(by_context, PREDICTOR_MIXTURE);
    double none = adapted(adapting, 0, 5), few = adapted(adapting, 1, 5);
    double hedge = adapted(adapting, 2, 5), em = adapted(adapting, 3, 5);
    print_message("# single %.3f, before %.3f, 5: %.3f, 50: %.3f, tau 1: %.3f\n", single,
                  before, few, hedge, em);
    assert_true(none == before);
    assert_true(few > before + 0.02);
    assert_true(hedge > few + 0.02);
    assert_true(hedge > single + 0.08 && hedge > before + 0.06);
    assert_true(em > single + 0.1 && em > before + 0.08);
    for (size_t r = 0; r < 5; r++) {
        const struct adapting_run *result = adapting_result(adapting, 2, r);
        assert_int_equal(result->n_pairs, 9 * 50);
        assert_int_equal(result->n_short, 0);
        assert_true(result->losses.cross_entropy > result->losses.label_entropy);
        assert_true(isnan(result->rules[WEIGH_EM].mean));
        assert_true(isnan(adapting_result(adapting, 0, r)->losses.cross_entropy));
    }
    adapting_free(adapting);
}

/* The rules see the attribute and its labels. The controls are among them. */
static void test_rules_beside_it(void **state)
{
    struct fixture *fixture = *state;
    struct adapting_options options = usual(2);
    options.with_rules = true;
    struct adapting *adapting =
        run(fixture, (struct adapting_setting[]){{50, 1e-3}, {0, 1e-3}}, 2, &options);
    const struct adapting_run *run = adapting_result(adapting, 0, 0);
    double single = mean_of(&run->evaluation, PREDICTOR_SINGLE);
    for (size_t w = 0; w < WEIGH_COUNT; w++) {
        double sum = 0;
        for (size_t a = 0; a < 9; a++)
            sum += run->rule_accuracy[a * WEIGH_COUNT + w];
        assert_near(run->rules[w].mean, sum / 9, 1e-12, 0);
        assert_true(run->rules[w].mean > single + 0.1);
        assert_true(run->rules[w].nll > 0 && run->rules[w].nll < 0.6);
    }
    /* Without labels the single head is what is known. */
    assert_near(adapting_result(adapting, 1, 0)->rules[WEIGH_FROM_SINGLE].mean, single,
                1e-12, 0);
    adapting_free(adapting);
}

/* The first run's model, evaluated by itself, is what was reported; its metadata says where
 * it comes from, once, however often it is adapted. */
static void test_model(void **state)
{
    struct fixture *fixture = *state;
    struct adapting_options options = usual(1);
    struct adapting *adapting =
        run(fixture, &(struct adapting_setting){10, 0.5}, 1, &options);
    struct model model, second;
    struct json *metadata, *again;
    struct error err = {0};
    assert_int_equal(adapting_model(adapting, fixture->metadata, &model, &metadata, &err),
                     0);
    struct evaluate_options by_context = {.split = SPLIT_TEST, .routing = ROUTE_CONTEXT};
    struct evaluation evaluation;
    assert_int_equal(evaluate(&fixture->features, &model, &by_context, &evaluation, &err),
                     0);
    assert_true(mean_of(&evaluation, PREDICTOR_MIXTURE) == adapted(adapting, 0, 1));
    assert_memory_equal(model.heads, fixture->model.heads,
                        10 * model.shape.response_width * sizeof(float));
    const char *settings = json_text(json_get(metadata, "adapted"));
    assert_non_null(strstr(settings, "\"budget\":10,\"pairs\":90,\"tau\":0.5"));
    assert_int_equal(strlen(json_text(json_get(metadata, "adapted_from"))), 16);
    assert_string_equal(json_text(json_get(metadata, "encoder")), "surface");
    assert_int_equal(adapting_model(adapting, metadata, &second, &again, &err), 0);
    assert_null(json_duplicate(again));
    assert_int_equal(json_length(again), json_length(metadata));
    evaluation_done(&evaluation);
    json_free(again);
    json_free(metadata);
    model_done(&second);
    model_done(&model);
    adapting_free(adapting);
}

/* A rate that is given is used; one that is chosen is of the list; a budget too small to cut
 * takes the usual one. */
static void test_rates(void **state)
{
    struct fixture *fixture = *state;
    const struct {
        size_t budget;
        double given;
    } cases[] = {{10, 0.004}, {10, 0}, {4, 0}};
    for (size_t c = 0; c < 3; c++) {
        struct adapting_options options = usual(1);
        options.adapt.learning_rate = cases[c].given;
        struct adapting *adapting =
            run(fixture, &(struct adapting_setting){cases[c].budget, 1}, 1, &options);
        double rate = adapting_result(adapting, 0, 0)->learning_rate;
        bool listed = false;
        for (size_t i = 0; i < ADAPT_RATES; i++)
            listed = listed || adapt_rates[i] == rate;
        assert_true(c == 0 ? rate == 0.004 : c == 1 ? listed : rate == 1e-3);
        adapting_free(adapting);
    }
}

/* Labels of the pairs to evaluate on are of no influence: turned round, they leave the
 * adapted model as it is. */
static void test_test_labels_are_not_read(void **state)
{
    struct fixture *fixture = *state;
    struct features turned = fixture->features;
    int32_t *chosen = mem_array(turned.n_pairs, sizeof *chosen);
    int32_t *rejected = mem_array(turned.n_pairs, sizeof *rejected);
    for (size_t i = 0; i < turned.n_pairs; i++) {
        bool turn = turned.pair_split[i] != SPLIT_TRAIN;
        chosen[i] = turn ? turned.pair_rejected[i] : turned.pair_chosen[i];
        rejected[i] = turn ? turned.pair_chosen[i] : turned.pair_rejected[i];
    }
    turned.pair_chosen = chosen;
    turned.pair_rejected = rejected;
    struct adapting_options options = usual(1);
    const struct adapting_setting setting = {20, 1e-3};
    struct model models[2];
    for (size_t i = 0; i < 2; i++) {
        struct fixture view = *fixture;
        struct json *metadata;
        struct error err;
        view.features = i ? turned : fixture->features;
        struct adapting *adapting = run(&view, &setting, 1, &options);
        assert_int_equal(adapting_model(adapting, NULL, &models[i], &metadata, &err), 0);
        json_free(metadata);
        adapting_free(adapting);
    }
    assert_memory_equal(models[0].block, models[1].block,
                        shape_parameters(&models[0].shape) * sizeof(float));
    model_done(&models[0]);
    model_done(&models[1]);
    free(chosen);
    free(rejected);
}

/* A run that is left half way leaves nothing behind. */
static void test_stopped(void **state)
{
    struct fixture *fixture = *state;
    struct adapting_options options = usual(2);
    options.with_rules = true;
    for (size_t steps = 0; steps < 2400; steps += 400) {
        struct error err = {0};
        struct adapting *adapting = adapting_create(&fixture->features, &fixture->model,
                                                    &(struct adapting_setting){10, 1}, 1,
                                                    &options, fixture->team, &err);
        for (size_t i = 0; i < steps && !adapting_finished(adapting); i++)
            assert_int_equal(adapting_step(adapting, &err), 0);
        adapting_free(adapting);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_more_labels_help),
        cmocka_unit_test(test_rules_beside_it),
        cmocka_unit_test(test_model),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_test_labels_are_not_read),
        cmocka_unit_test(test_stopped),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
