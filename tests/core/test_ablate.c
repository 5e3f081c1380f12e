#include "reference.h"

#include <math.h>

#include "base/memory.h"
#include "base/rng.h"
#include "core/ablate.h"
#include "core/adapt_budget.h"
#include "core/evaluate.h"
#include "core/linalg.h"

enum { TRAIN = 60, HELD = 16, PAIRS = 96, VARIANTS = 3 };

struct fixture {
    struct features features;
    int32_t split[PAIRS];
    uint32_t pairs[PAIRS];
    struct ablate_variant variants[VARIANTS];
    struct team *team;
};

static int set_up(void **state)
{
    linalg_init();
    struct fixture *fixture = mem_zero(sizeof *fixture);
    char path[512];
    struct error err;
    assert_int_equal(
        features_open(&fixture->features, reference_path("pairs.safetensors", path), &err),
        0);
    for (uint32_t i = 0; i < PAIRS; i++) {
        fixture->pairs[i] = i;
        fixture->split[i] = i < TRAIN          ? SPLIT_TRAIN
                            : i < TRAIN + HELD ? SPLIT_HOLDOUT
                                               : SPLIT_TEST;
    }
    fixture->features.pair_split = fixture->split;
    fixture->variants[0] = (struct ablate_variant){{ROUTER_NONE, 1, 0, 0, 12}, 0.5};
    fixture->variants[1] = (struct ablate_variant){{ROUTER_MLP, 2, 8, 12, 12}, 0.5};
    fixture->variants[2] = (struct ablate_variant){{ROUTER_LINEAR, 4, 0, 12, 12}, 0.1};
    fixture->team = team_create(1);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    team_free(fixture->team);
    features_done(&fixture->features);
    free(fixture);
    return 0;
}

static const struct recipe usual = {.learning_rate = 2e-2,
                                    .clip = 1,
                                    .decay = DECAY_COSINE,
                                    .order = ORDER_SHUFFLED,
                                    .batch = 10,
                                    .epochs = 6,
                                    .seed = 3};

static struct pair_list train_of(const struct fixture *fixture)
{
    return (struct pair_list){fixture->pairs, TRAIN};
}

static struct pair_list held_of(const struct fixture *fixture)
{
    return (struct pair_list){fixture->pairs + TRAIN, HELD};
}

static struct ablate_options options_of(const struct fixture *fixture, size_t n_seeds)
{
    return (struct ablate_options){.variants = fixture->variants,
                                   .n_variants = VARIANTS,
                                   .n_seeds = n_seeds,
                                   .recipe = usual,
                                   .split = SPLIT_TEST};
}

static struct ablate *create(const struct fixture *fixture,
                             const struct ablate_options *options)
{
    struct error err = {0};
    struct ablate *ablate = ablate_create(&fixture->features, train_of(fixture),
                                          held_of(fixture), options, fixture->team, &err);
    assert_string_equal(err.message, "");
    return ablate;
}

static void finish(struct ablate *ablate)
{
    struct error err;
    double before = 0;
    while (!ablate_finished(ablate)) {
        assert_int_equal(ablate_step(ablate, &err), 0);
        struct ablate_progress at = ablate_progress(ablate);
        assert_true(at.done >= before && at.done <= at.total * (1 + 1e-12));
        before = at.done;
    }
    struct ablate_progress at = ablate_progress(ablate);
    assert_near(at.done, at.total, 1e-12, 0);
}

/* What one variant gives from seed `seed` when it is trained and judged by itself. */
static struct evaluation alone(const struct fixture *fixture, size_t v, size_t seed,
                               const struct recipe *recipe, double *holdout)
{
    struct error err;
    struct member member = {fixture->variants[v].shape, fixture->variants[v].alpha,
                            0x100 + seed};
    struct trainer *trainer =
        trainer_create(&fixture->features, train_of(fixture), held_of(fixture), &member, 1,
                       recipe, fixture->team, &err);
    while (!trainer_finished(trainer))
        assert_int_equal(trainer_step(trainer, &err), 0);
    struct model model;
    struct evaluation evaluation;
    assert_int_equal(trainer_model(trainer, 0, &model, &err), 0);
    assert_int_equal(evaluate(&fixture->features, &model,
                              &(struct evaluate_options){.split = SPLIT_TEST}, &evaluation,
                              &err),
                     0);
    trainer_best_epoch(trainer, 0, holdout);
    model_done(&model);
    trainer_free(trainer);
    return evaluation;
}

/* Every figure is the mean of what the models give one by one. */
static void check_results(const struct fixture *fixture, const struct ablate *ablate,
                          const struct recipe *recipe, size_t n_seeds)
{
    for (size_t v = 0; v < VARIANTS; v++) {
        double oracle = 0, mixture = 0, nll = 0, entropy = 0, holdout = 0;
        double n = (double)n_seeds;
        for (size_t s = 0; s < n_seeds; s++) {
            double best;
            struct evaluation evaluation = alone(fixture, v, s, recipe, &best);
            oracle += evaluation_row(&evaluation, PREDICTOR_ORACLE)->mean / n;
            mixture += evaluation_row(&evaluation, PREDICTOR_MIXTURE)->mean / n;
            nll += evaluation.nll / n;
            entropy += evaluation.entropy / n;
            holdout += best / n;
            evaluation_done(&evaluation);
        }
        struct ablate_result result = ablate_result(ablate, v);
        assert_int_equal(result.n_seeds, n_seeds);
        assert_near(result.oracle.mean, oracle, 1e-9, 0);
        assert_near(result.mixture.mean, mixture, 1e-9, 0);
        assert_near(result.nll.mean, nll, 1e-5, 0);
        assert_near(result.entropy.mean, entropy, 1e-5, 1e-9);
        assert_near(result.holdout.mean, holdout, 1e-5, 0);
        assert_true(result.seconds > 0);
        assert_int_equal(isnan(result.nll.interval.low), n_seeds == 1);
        assert_true(n_seeds == 1 || result.nll.interval.low <= result.nll.mean);
        assert_true(n_seeds == 1 || result.nll.interval.high >= result.nll.mean);
    }
}

static void test_equals_one_after_another(void **state)
{
    struct fixture *fixture = *state;
    for (size_t n_seeds = 1; n_seeds <= 3; n_seeds += 2) {
        struct ablate_options options = options_of(fixture, n_seeds);
        struct ablate *ablate = create(fixture, &options);
        assert_int_equal(ablate_progress(ablate).n_rounds, 1);
        finish(ablate);
        check_results(fixture, ablate, &usual, n_seeds);
        ablate_free(ablate);
    }
}

/* ---- adapting ---- */

/* What the model of variant v and seed `seed` decides once it is adapted by itself. */
static double adapted_alone(const struct fixture *fixture, const struct features *features,
                            size_t v, size_t seed, size_t per_attribute)
{
    struct error err;
    struct member member = {fixture->variants[v].shape, fixture->variants[v].alpha,
                            0x100 + seed};
    struct trainer *trainer = trainer_create(features, train_of(fixture), held_of(fixture),
                                             &member, 1, &usual, fixture->team, &err);
    while (!trainer_finished(trainer))
        assert_int_equal(trainer_step(trainer, &err), 0);
    struct model model;
    assert_int_equal(trainer_model(trainer, 0, &model, &err), 0);
    trainer_free(trainer);
    uint64_t drawn = rng_mix(usual.seed) + seed;
    struct budget budget;
    assert_int_equal(budget_draw(&budget, features, per_attribute, drawn, &err), 0);
    struct adapt_options options = adapt_defaults();
    options.learning_rate = 0;
    options.seed = drawn;
    if (model.shape.router != ROUTER_NONE) {
        struct model adapted;
        struct adapt_budget *work =
            adapt_budget_create(features, &model, &budget, &options, fixture->team, &err);
        while (!adapt_budget_finished(work))
            assert_int_equal(adapt_budget_step(work, &err), 0);
        assert_int_equal(adapt_budget_model(work, &adapted, &err), 0);
        adapt_budget_free(work);
        model_done(&model);
        model = adapted;
    }
    struct evaluation evaluation;
    struct evaluate_options by_context = {.split = SPLIT_TEST, .routing = ROUTE_CONTEXT};
    assert_int_equal(evaluate(features, &model, &by_context, &evaluation, &err), 0);
    double accuracy = evaluation_row(&evaluation, PREDICTOR_MIXTURE)->mean;
    evaluation_done(&evaluation);
    budget_done(&budget);
    model_done(&model);
    return accuracy;
}

/* Features whose contexts are other prompts. */
static struct features with_contexts(const struct fixture *fixture)
{
    static int32_t context[PAIRS];
    struct features features = fixture->features;
    features.context = features.prompt;
    for (size_t i = 0; i < PAIRS; i++)
        context[i] = features.pair_prompt[(i * 7 + 5) % PAIRS];
    features.pair_context = context;
    return features;
}

/* In one round and in several; the figures come one by one, behind those before adapting. */
static void test_adapted(void **state)
{
    struct fixture *fixture = *state;
    enum { SEEDS = 2, EACH = 6 };
    struct features features = with_contexts(fixture);
    for (int many = 0; many < 2; many++) {
        struct ablate_options options = options_of(fixture, SEEDS);
        struct error err = {0};
        options.budget = EACH;
        options.recipe.batch = many ? 100000000 : usual.batch;
        struct ablate *ablate = ablate_create(
            &features, train_of(fixture), held_of(fixture), &options, fixture->team, &err);
        assert_string_equal(err.message, "");
        size_t seen = 0;
        double done = 0;
        while (!ablate_finished(ablate)) {
            assert_int_equal(ablate_step(ablate, &err), 0);
            struct ablate_progress at = ablate_progress(ablate);
            assert_true(at.done >= done && at.done <= at.total * (1 + 1e-12));
            assert_in_range(at.n_adapted, seen, seen + 1);
            assert_true(at.n_adapted <= at.n_judged && at.n_judged <= at.n_models);
            done = at.done;
            seen = at.n_adapted;
            struct ablate_result second = ablate_result(ablate, 1);
            assert_int_equal(second.n_adapted, seen < 2 ? 0 : seen < 5 ? 1 : 2);
            assert_true(isnan(second.adapted.mean) == (seen < 2));
        }
        assert_int_equal(seen, SEEDS * VARIANTS);
        for (size_t v = 0; v < VARIANTS && !many; v++) {
            double want = 0;
            for (size_t s = 0; s < SEEDS; s++)
                want += adapted_alone(fixture, &features, v, s, EACH) / SEEDS;
            struct ablate_result result = ablate_result(ablate, v);
            assert_int_equal(result.n_adapted, SEEDS);
            assert_near(result.adapted.mean, want, 1e-9, 0);
            assert_true(result.adapted.interval.low <= want);
        }
        /* One head has nothing to adapt. */
        assert_near(ablate_result(ablate, 0).adapted.mean,
                    ablate_result(ablate, 0).mixture.mean, 1e-12, 0);
        ablate_free(ablate);
    }
}

static void test_stopped_while_adapting(void **state)
{
    struct fixture *fixture = *state;
    struct features features = with_contexts(fixture);
    struct ablate_options options = options_of(fixture, 1);
    struct cancel cancel = {false};
    struct error err = {0};
    options.budget = 4;
    options.cancel = &cancel;
    struct ablate *ablate = ablate_create(&features, train_of(fixture), held_of(fixture),
                                          &options, fixture->team, &err);
    while (ablate_progress(ablate).n_judged < VARIANTS)
        assert_int_equal(ablate_step(ablate, &err), 0);
    atomic_store(&cancel.asked, true);
    enum status status = STATUS_OK;
    while (!status)
        status = ablate_step(ablate, &err);
    assert_int_equal(status, STATUS_CANCELLED);
    assert_int_equal(ablate_result(ablate, 2).n_seeds, 1);
    assert_true(ablate_progress(ablate).n_adapted < VARIANTS);
    ablate_free(ablate); /* in the middle of it */
}

/* A batch so large that a step of two models is too much: a round for each, the same figures. */
static void test_rounds(void **state)
{
    struct fixture *fixture = *state;
    struct ablate_options options = options_of(fixture, 2);
    options.recipe.batch = 100000000;
    struct ablate *ablate = create(fixture, &options);
    assert_int_equal(ablate_progress(ablate).n_rounds, 2 * VARIANTS);
    struct error err;
    while (ablate_progress(ablate).round < VARIANTS + 1)
        assert_int_equal(ablate_step(ablate, &err), 0);
    /* The first seed of all and the second of the first are judged. */
    assert_int_equal(ablate_result(ablate, 0).n_seeds, 2);
    assert_int_equal(ablate_result(ablate, 1).n_seeds, 1);
    assert_true(isnan(ablate_result(ablate, 1).nll.interval.low));
    finish(ablate);
    check_results(fixture, ablate, &options.recipe, 2);
    ablate_free(ablate);
}

static void test_latest(void **state)
{
    struct fixture *fixture = *state;
    struct ablate_options options = options_of(fixture, 2);
    struct ablate *ablate = create(fixture, &options);
    struct error err;
    for (size_t v = 0; v < VARIANTS; v++) {
        assert_true(isnan(ablate_latest(ablate, v)));
        assert_int_equal(ablate_result(ablate, v).n_seeds, 0);
        assert_true(isnan(ablate_result(ablate, v).mixture.mean));
    }
    while (ablate_progress(ablate).epoch < 2)
        assert_int_equal(ablate_step(ablate, &err), 0);
    double second = ablate_latest(ablate, 1);
    assert_true(second > 0 && second < 2);
    while (ablate_progress(ablate).epoch < 5)
        assert_int_equal(ablate_step(ablate, &err), 0);
    assert_true(ablate_latest(ablate, 1) != second);
    ablate_free(ablate); /* stopped half way */
}

/* Without a hold-out the training loss is what there is. */
static void test_without_holdout(void **state)
{
    struct fixture *fixture = *state;
    struct ablate_options options = options_of(fixture, 1);
    struct error err;
    struct ablate *ablate =
        ablate_create(&fixture->features, train_of(fixture), (struct pair_list){0},
                      &options, fixture->team, &err);
    assert_non_null(ablate);
    while (!ablate_progress(ablate).epoch)
        assert_int_equal(ablate_step(ablate, &err), 0);
    assert_true(ablate_latest(ablate, 0) > 0);
    finish(ablate);
    assert_true(isnan(ablate_result(ablate, 0).holdout.mean));
    assert_true(ablate_result(ablate, 0).nll.mean > 0);
    ablate_free(ablate);
}

static void test_refused(void **state)
{
    struct fixture *fixture = *state;
    struct ablate_options options = options_of(fixture, 1);
    struct error err = {0};
    assert_null(ablate_create(&fixture->features, (struct pair_list){0}, held_of(fixture),
                              &options, fixture->team, &err));
    assert_string_equal(err.message, "there are no pairs to train on");
    struct features features = fixture->features;
    static const int32_t all_train[PAIRS];
    features.pair_split = all_train;
    assert_null(ablate_create(&features, train_of(fixture), held_of(fixture), &options,
                              fixture->team, &err));
    assert_int_equal(err.status, STATUS_SHAPE);
    assert_string_equal(err.message, "there are no pairs in the test split to judge on");
    struct ablate_options adapting = options;
    adapting.budget = 3;
    assert_null(ablate_create(&fixture->features, train_of(fixture), held_of(fixture),
                              &adapting, fixture->team, &err));
    assert_int_equal(err.status, STATUS_SHAPE);
    assert_string_equal(err.message,
                        "no pair of the train split has a context to adapt to");
    fixture->variants[1].shape.response_width = 11;
    assert_null(ablate_create(&fixture->features, train_of(fixture), held_of(fixture),
                              &options, fixture->team, &err));
    assert_int_equal(err.status, STATUS_SHAPE);
    fixture->variants[1].shape.response_width = 12;
}

/* Asked to stop, it stops in the middle of a long hold-out too, and could go on from there. */
static void test_stops_within_the_holdout(void **state)
{
    enum { LONG = 5000 };
    struct fixture *fixture = *state;
    static uint32_t held[LONG];
    for (size_t i = 0; i < LONG; i++)
        held[i] = (uint32_t)(TRAIN + i % HELD);
    struct cancel cancel = {false};
    struct ablate_options options = options_of(fixture, 1);
    struct pair_list holdout = {held, LONG};
    struct error err;
    struct ablate *whole = ablate_create(&fixture->features, train_of(fixture), holdout,
                                         &options, fixture->team, &err);
    finish(whole);
    options.cancel = &cancel;
    struct ablate *ablate = ablate_create(&fixture->features, train_of(fixture), holdout,
                                          &options, fixture->team, &err);
    for (size_t s = 0; s < TRAIN / 10 - 1; s++)
        assert_int_equal(ablate_step(ablate, &err), 0);
    atomic_store(&cancel.asked, true);
    for (size_t again = 0; again < 3; again++) {
        assert_int_equal(ablate_step(ablate, &err), STATUS_CANCELLED);
        assert_string_equal(err.message, "training was stopped in the hold-out of epoch 1");
        assert_int_equal(ablate_progress(ablate).epoch, 0);
    }
    atomic_store(&cancel.asked, false);
    finish(ablate);
    for (size_t v = 0; v < VARIANTS; v++) {
        assert_near(ablate_result(ablate, v).nll.mean, ablate_result(whole, v).nll.mean, 0,
                    0);
        assert_near(ablate_result(ablate, v).holdout.mean,
                    ablate_result(whole, v).holdout.mean, 0, 0);
    }
    ablate_free(ablate);
    ablate_free(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_one_after_another),
        cmocka_unit_test(test_adapted),
        cmocka_unit_test(test_stopped_while_adapting),
        cmocka_unit_test(test_rounds),
        cmocka_unit_test(test_latest),
        cmocka_unit_test(test_without_holdout),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_stops_within_the_holdout),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
