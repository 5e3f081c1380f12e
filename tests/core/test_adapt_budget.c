/* The rate that an adaptation chooses, and on what. */
#include "labelled.h"

#include "core/adapt_budget.h"
#include "core/linalg.h"
#include "core/predict.h"

static struct model finish(struct adapt_budget *work)
{
    struct model model;
    struct error err = {0};
    double done = 0;
    assert_non_null(work);
    while (!adapt_budget_finished(work)) {
        assert_int_equal(adapt_budget_step(work, &err), 0);
        assert_true(adapt_budget_done_share(work) >= done);
        done = adapt_budget_done_share(work);
    }
    assert_true(done == 1);
    assert_int_equal(adapt_budget_model(work, &model, &err), 0);
    return model;
}

/* Likelihood of the held pairs under a model adapted to the others at this rate. */
static double held_nll(const struct labelled *labelled, const struct budget *budget,
                       struct adapt_options options, double rate, struct team *team)
{
    const struct features *features = &labelled->made.features;
    uint32_t fit[LABELLED], held[LABELLED];
    struct error err;
    struct model model;
    struct predictions predictions;
    size_t n = budget_split(budget, fit, held);
    options.learning_rate = rate;
    struct adapt *adapt =
        adapt_create(features, &labelled->model, (struct pair_list){fit, budget->n - n},
                     &options, team, &err);
    assert_non_null(adapt);
    while (!adapt_finished(adapt))
        assert_int_equal(adapt_step(adapt, &err), 0);
    assert_int_equal(adapt_model(adapt, &model, &err), 0);
    const struct predict_options by_context = {RULE_PROBABILITY, ROUTE_CONTEXT};
    assert_int_equal(
        predictions_make(&predictions, features, &model, held, n, by_context, &err), 0);
    double nll = 0;
    for (size_t i = 0; i < n; i++)
        nll -= predictions.log_probability[i] / (double)n;
    predictions_done(&predictions);
    model_done(&model);
    adapt_free(adapt);
    return nll;
}

/* The best rate by the held fifth, and then the whole budget at that rate. */
static void test_chosen_rate(void **state)
{
    (void)state;
    struct labelled labelled;
    struct budget budget;
    struct error err;
    struct team *team = team_create(1);
    labelled_init(&labelled);
    const struct features *features = &labelled.made.features;
    assert_int_equal(budget_draw(&budget, features, 30, 1, &err), 0);
    static const double taus[] = {0.01, 1, 100};
    for (size_t t = 0; t < 3; t++) {
        struct adapt_options options = adapt_defaults();
        options.tau = taus[t];
        options.learning_rate = 0;
        struct adapt_budget *work =
            adapt_budget_create(features, &labelled.model, &budget, &options, team, &err);
        struct model chosen = finish(work), given;
        double best = HUGE_VAL, rate = 0;
        for (size_t r = 0; r < ADAPT_RATES; r++) {
            double nll = held_nll(&labelled, &budget, options, adapt_rates[r], team);
            rate = nll < best ? adapt_rates[r] : rate;
            best = nll < best ? nll : best;
        }
        assert_true(adapt_budget_rate(work) == rate);
        options.learning_rate = rate;
        struct adapt_budget *direct =
            adapt_budget_create(features, &labelled.model, &budget, &options, team, &err);
        given = finish(direct);
        assert_memory_equal(chosen.block, given.block,
                            shape_parameters(&chosen.shape) * sizeof(float));
        assert_near(adapt_budget_losses(work).cross_entropy,
                    adapt_budget_losses(direct).cross_entropy, 0, 0);
        model_done(&given);
        model_done(&chosen);
        adapt_budget_free(direct);
        adapt_budget_free(work);
    }
    budget_done(&budget);
    labelled_done(&labelled);
    team_free(team);
}

static void test_empty_budget(void **state)
{
    (void)state;
    struct labelled labelled;
    struct budget budget;
    struct error err;
    struct team *team = team_create(1);
    labelled_init(&labelled);
    struct adapt_options options = adapt_defaults();
    assert_int_equal(budget_draw(&budget, &labelled.made.features, 0, 1, &err), 0);
    struct adapt_budget *work = adapt_budget_create(
        &labelled.made.features, &labelled.model, &budget, &options, team, &err);
    assert_true(adapt_budget_finished(work));
    assert_true(adapt_budget_done_share(work) == 1);
    assert_true(isnan(adapt_budget_rate(work)));
    assert_true(isnan(adapt_budget_losses(work).label_entropy));
    struct model model;
    assert_int_equal(adapt_budget_model(work, &model, &err), 0);
    assert_memory_equal(model.block, labelled.model.block,
                        shape_parameters(&model.shape) * sizeof(float));
    assert_memory_equal(model.single, labelled.model.single,
                        LABELLED_WIDTH * sizeof(float));
    model_done(&model);
    adapt_budget_free(work);
    budget_done(&budget);
    labelled_done(&labelled);
    team_free(team);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chosen_rate),
        cmocka_unit_test(test_empty_budget),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
