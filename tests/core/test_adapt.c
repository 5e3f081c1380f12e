/* Fine-tuning of the router against an independent float64 implementation
 * (tests/reference), and what must hold of any. */
#include "reference.h"

#include "base/jobs.h"
#include "base/memory.h"
#include "core/adapt.h"
#include "core/checkpoint.h"
#include "core/linalg.h"
#include "core/predict.h"

enum { N = 96, K = 4, MOST = 4096 };

struct fixture {
    struct features features; /* whose contexts are the reference's prompts */
    struct json *expected;
    uint32_t pairs[N];
};

static int set_up(void **state)
{
    linalg_init();
    struct fixture *fixture = mem_zero(sizeof *fixture);
    char path[512];
    struct error err;
    struct features *features = &fixture->features;
    assert_int_equal(
        features_open(features, reference_path("pairs.safetensors", path), &err), 0);
    assert_int_equal(features->n_pairs, N);
    features->context = features->prompt;
    features->pair_context = features->pair_prompt;
    for (uint32_t i = 0; i < N; i++)
        fixture->pairs[i] = i;
    fixture->expected = reference_open();
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    features_done(&fixture->features);
    json_free(fixture->expected);
    free(fixture);
    return 0;
}

static struct model open_model(const char *name)
{
    char path[512];
    struct error err = {0};
    struct model model;
    struct json *metadata = NULL;
    if (checkpoint_open(reference_path(name, path), &model, &metadata, &err))
        fail_msg("%s", err.message);
    json_free(metadata);
    return model;
}

static struct adapt *start(struct fixture *fixture, const char *name,
                           const struct adapt_options *options, struct team *team)
{
    struct error err = {0};
    struct model model = open_model(name);
    struct adapt *adapt =
        adapt_create(&fixture->features, &model, (struct pair_list){fixture->pairs, N},
                     options, team, &err);
    if (!adapt)
        fail_msg("%s", err.message);
    model_done(&model);
    return adapt;
}

static void step(struct adapt *adapt)
{
    struct error err = {0};
    if (adapt_step(adapt, &err))
        fail_msg("%s", err.message);
}

/* The router's parameters, or their gradient, against the reference's. */
static void assert_router(const struct json *expected, const char *where, const float *got,
                          double relative, double absolute)
{
    const char *const names[] = {"router.0.weight", "router.0.bias", "router.2.weight",
                                 "router.2.bias"};
    size_t at = 0;
    for (size_t i = 0; i < 4; i++) {
        double want[MOST], largest = 0, worst = 0;
        const struct json *values = json_get(reference_get(expected, where), names[i]);
        assert_non_null(values);
        size_t n = reference_values(values, want);
        for (size_t j = 0; j < n; j++) {
            worst = fmax(worst, fabs((double)got[at + j] - want[j]));
            largest = fmax(largest, fabs(want[j]));
        }
        print_message("# %s %s: largest difference %.2g of %.2g\n", where, names[i], worst,
                      largest);
        assert_true(worst <= relative * largest + absolute);
        at += n;
    }
}

/* A margin of float precision is divided by tau, so smaller tau are known less well. */
static void test_targets_and_gradients(void **state)
{
    struct fixture *fixture = *state;
    const struct {
        const char *name;
        double tau, tolerance;
    } cases[] = {
        {"0.001", 0.001, 1e-3}, {"0.1", 0.1, 1e-5}, {"1.0", 1, 2e-6}, {"5.0", 5, 2e-6}};
    for (size_t threads = 1; threads <= 2; threads++)
        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
            struct team *team = team_create(threads);
            struct adapt_options options = adapt_defaults();
            options.tau = cases[c].tau;
            options.batch = N;
            options.order = ORDER_FILE;
            struct adapt *adapt = start(fixture, "init_mlp.safetensors", &options, team);
            char where[64];
            double want[8 * K];
            snprintf(where, sizeof where, "hedge/%s", cases[c].name);
            const struct json *expected = reference_get(fixture->expected, where);
            step(adapt);
            assert_int_equal(
                reference_values(reference_get(expected, "targets_first_8"), want), 8 * K);
            for (size_t i = 0; i < 8 * K; i++)
                assert_near((double)adapt_targets(adapt)[i], want[i], 0,
                            cases[c].tolerance);
            assert_int_equal(adapt_progress(adapt).step, 0);
            step(adapt);
            assert_int_equal(adapt_progress(adapt).step, 1);
            assert_near(adapt_batch_loss(adapt),
                        reference_number(expected, "cross_entropy"), cases[c].tolerance, 0);
            float gradient[MOST];
            adapt_gradient(adapt, gradient);
            assert_router(expected, "router_gradients", gradient, cases[c].tolerance * 3,
                          1e-8);
            adapt_free(adapt);
            team_free(team);
        }
}

static void test_fine_tuning(void **state)
{
    struct fixture *fixture = *state;
    const struct json *expected = reference_get(fixture->expected, "hedge/fine_tune");
    struct adapt_options options = adapt_defaults();
    options.tau = reference_number(expected, "tau");
    options.batch = (size_t)reference_number(expected, "batch");
    options.epochs = (size_t)reference_number(expected, "epochs");
    options.learning_rate = reference_number(expected, "learning_rate");
    options.order = ORDER_FILE;
    for (size_t threads = 1; threads <= 2; threads++) {
        struct team *team = team_create(threads);
        struct adapt *adapt = start(fixture, "init_mlp.safetensors", &options, team);
        double want[16], epoch = 0;
        size_t n = reference_values(reference_get(expected, "loss_history"), want);
        assert_int_equal(adapt_progress(adapt).n_steps, n);
        for (size_t i = 0; i < n; i++) {
            while (adapt_progress(adapt).step == i)
                step(adapt);
            assert_near(adapt_batch_loss(adapt), want[i], 1e-5, 0);
            epoch += want[i] / 3;
            if (i % 3 == 2) {
                assert_near(adapt_losses(adapt, i / 3).cross_entropy, epoch, 1e-5, 0);
                assert_true(adapt_losses(adapt, i / 3).label_entropy < epoch);
                epoch = 0;
            }
        }
        assert_true(adapt_finished(adapt));
        struct model model;
        struct error err;
        assert_int_equal(adapt_model(adapt, &model, &err), 0);
        assert_router(expected, "final", model.input, 1e-5, 1e-6);
        struct model before = open_model("init_mlp.safetensors");
        assert_memory_equal(model.heads, before.heads,
                            K * model.shape.response_width * sizeof(float));
        model_done(&before);
        model_done(&model);
        adapt_free(adapt);
        team_free(team);
    }
}

static size_t best_of(const float *row)
{
    size_t best = 0;
    for (size_t k = 1; k < K; k++)
        best = row[k] > row[best] ? k : best;
    return best;
}

/* tau -> infinity gives the prior, tau -> 0 the head with the smallest loss. */
static void test_limits_of_tau(void **state)
{
    struct fixture *fixture = *state;
    struct team *team = team_create(1);
    const char *const names[] = {"init_mlp.safetensors", "init_linear.safetensors",
                                 "init_static.safetensors"};
    for (size_t c = 0; c < 3; c++) {
        struct model model = open_model(names[c]);
        struct error err;
        struct predictions predictions;
        struct predict_options by_context = {RULE_PROBABILITY, ROUTE_CONTEXT};
        assert_int_equal(predictions_make(&predictions, &fixture->features, &model,
                                          fixture->pairs, N, by_context, &err),
                         0);
        struct adapt_options options = adapt_defaults();
        options.tau = 1e30;
        struct adapt *wide = start(fixture, names[c], &options, team);
        options.tau = 1e-12;
        struct adapt *narrow = start(fixture, names[c], &options, team);
        step(wide);
        step(narrow);
        for (size_t i = 0; i < N; i++) {
            size_t best = best_of(predictions.margin + i * K);
            assert_near((double)adapt_targets(narrow)[i * K + best], 1, 0, 0);
            for (size_t k = 0; k < K; k++)
                assert_near((double)adapt_targets(wide)[i * K + k],
                            exp((double)predictions.log_weight[i * K + k]), 1e-5, 1e-7);
        }
        adapt_free(narrow);
        adapt_free(wide);
        predictions_done(&predictions);
        model_done(&model);
    }
    team_free(team);
}

/* Pairs of one attribute share their evidence: from the same weights (a static router)
 * their targets are the same, and those of eq. 5 with the mean loss. */
static void test_targets_by_attribute(void **state)
{
    struct fixture *fixture = *state;
    const int32_t *attribute = fixture->features.pair_attribute;
    struct team *team = team_create(1);
    struct adapt_options options = adapt_defaults();
    options.tau = 0.5;
    options.targets = TARGETS_ATTRIBUTE;
    struct adapt *adapt = start(fixture, "init_static.safetensors", &options, team);
    options.targets = TARGETS_PAIR;
    struct adapt *alone = start(fixture, "init_static.safetensors", &options, team);
    step(adapt);
    step(alone);
    const float *shared = adapt_targets(adapt), *own = adapt_targets(alone);
    for (size_t a = 0; a < fixture->features.n_attributes; a++) {
        double mean[K] = {0}, n = 0;
        const float *first = NULL;
        for (size_t i = 0; i < N; i++) {
            if (attribute[i] != (int32_t)a)
                continue;
            first = first ? first : shared + i * K;
            n++;
            for (size_t k = 0; k < K; k++) {
                assert_near((double)shared[i * K + k], (double)first[k], 1e-6, 0);
                mean[k] += log((double)own[i * K + k] / (double)own[i * K]);
            }
        }
        /* log omega_k / omega_0 is linear in the losses, so it averages too. */
        for (size_t k = 0; first && k < K; k++)
            assert_near(log((double)first[k] / (double)first[0]), mean[k] / n, 1e-4, 1e-5);
    }
    adapt_free(alone);
    adapt_free(adapt);
    team_free(team);
}

/* A head that is scaled up gives the same targets once margins are standardised. */
static void test_standardised(void **state)
{
    struct fixture *fixture = *state;
    struct error err = {0};
    struct team *team = team_create(1);
    struct model model = open_model("init_mlp.safetensors");
    struct pair_list all = {fixture->pairs, N};
    for (int standard = 0; standard <= 1; standard++) {
        struct adapt_options options = adapt_defaults();
        options.tau = 0.5;
        options.standardise = standard;
        struct adapt *plain =
            adapt_create(&fixture->features, &model, all, &options, team, &err);
        struct model scaled;
        assert_int_equal(model_copy(&scaled, &model, &err), 0);
        for (size_t d = 0; d < model.shape.response_width; d++)
            scaled.heads[d] *= 8;
        struct adapt *other =
            adapt_create(&fixture->features, &scaled, all, &options, team, &err);
        step(plain);
        step(other);
        double worst = 0;
        for (size_t i = 0; i < N * K; i++)
            worst = fmax(worst, fabs((double)adapt_targets(plain)[i] -
                                     (double)adapt_targets(other)[i]));
        assert_true(standard ? worst < 1e-5 : worst > 0.1);
        model_done(&scaled);
        adapt_free(other);
        adapt_free(plain);
    }
    model_done(&model);
    team_free(team);
}

/* Every router learns to say what it is taught, and its cross-entropy falls towards the
 * entropy of the targets. */
static void test_learning(void **state)
{
    struct fixture *fixture = *state;
    const char *const names[] = {"init_mlp.safetensors", "init_linear.safetensors",
                                 "init_static.safetensors"};
    for (size_t threads = 1; threads <= 2; threads++)
        for (size_t c = 0; c < 3; c++) {
            struct team *team = team_create(threads);
            struct adapt_options options = adapt_defaults();
            options.tau = 0.1;
            options.learning_rate = 0.01;
            options.epochs = 20;
            struct adapt *adapt = start(fixture, names[c], &options, team);
            size_t allocated = mem_allocations();
            while (!adapt_finished(adapt))
                step(adapt);
            assert_int_equal(mem_allocations(), allocated);
            struct adapt_losses first = adapt_losses(adapt, 0),
                                last = adapt_losses(adapt, 19);
            double gain = first.cross_entropy - last.cross_entropy;
            assert_true(gain > (c < 2 ? 0.1 : 0.0005)); /* static: one answer for all */
            assert_true(last.label_entropy >= 0 && last.label_entropy < last.cross_entropy);
            adapt_free(adapt);
            team_free(team);
        }
}

/* The same seed gives the same bytes, another one others. */
static void test_repeatable(void **state)
{
    struct fixture *fixture = *state;
    struct team *team = team_create(2);
    struct model models[3];
    struct error err;
    for (size_t i = 0; i < 3; i++) {
        struct adapt_options options = adapt_defaults();
        options.seed = i == 2 ? 2 : 1;
        struct adapt *adapt = start(fixture, "init_mlp.safetensors", &options, team);
        while (!adapt_finished(adapt))
            step(adapt);
        assert_int_equal(adapt_model(adapt, &models[i], &err), 0);
        adapt_free(adapt);
    }
    size_t bytes = shape_parameters(&models[0].shape) * sizeof(float);
    assert_memory_equal(models[0].block, models[1].block, bytes);
    assert_memory_not_equal(models[0].block, models[2].block, bytes);
    for (size_t i = 0; i < 3; i++)
        model_done(&models[i]);
    team_free(team);
}

static void test_refusals(void **state)
{
    struct fixture *fixture = *state;
    int32_t no_context[N], no_attribute[N];
    memcpy(no_context, fixture->features.pair_context, sizeof no_context);
    memcpy(no_attribute, fixture->features.pair_attribute, sizeof no_attribute);
    no_context[7] = no_attribute[9] = -1;
    struct features lacking = fixture->features, narrow = fixture->features, bad;
    lacking.pair_context = no_context;
    narrow.context.n_columns--;
    bad = fixture->features;
    bad.pair_attribute = no_attribute;
    float *rows = mem_array(N * 12, sizeof *rows);
    struct features infinite = fixture->features;
    rows[5 * 12] = INFINITY;
    infinite.context = (struct rows){rows, DTYPE_F32, N, 12, 12};
    const struct {
        const struct features *features;
        const char *model;
        size_t n;
        double tau;
        enum adapt_targets targets;
        enum status status;
        const char *message;
    } cases[] = {
        {&fixture->features, "mlp", N, 0, TARGETS_PAIR, STATUS_USAGE, "tau is 0"},
        {&fixture->features, "mlp", N, -1, TARGETS_PAIR, STATUS_USAGE, "tau is -1"},
        {&fixture->features, "mlp", N, (double)NAN, TARGETS_PAIR, STATUS_USAGE, "tau is "},
        {&fixture->features, "single", N, 1, TARGETS_PAIR, STATUS_USAGE, "no router"},
        {&fixture->features, "mlp", 0, 1, TARGETS_PAIR, STATUS_SHAPE, "no pairs to adapt"},
        {&lacking, "mlp", N, 1, TARGETS_PAIR, STATUS_SHAPE, "pair 7 has no context"},
        {&bad, "mlp", N, 1, TARGETS_ATTRIBUTE, STATUS_SHAPE, "pair 9 has no attribute"},
        {&narrow, "mlp", N, 1, TARGETS_PAIR, STATUS_SHAPE, "reads 12 numbers a prompt"},
        {&infinite, "mlp", N, 1, TARGETS_PAIR, STATUS_NUMERIC, "row 5 of the features"},
    };
    struct team *team = team_create(1);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char name[64];
        snprintf(name, sizeof name, "init_%s.safetensors", cases[c].model);
        struct model model = open_model(name);
        struct adapt_options options = adapt_defaults();
        options.tau = cases[c].tau;
        options.targets = cases[c].targets;
        struct error err = {0};
        struct pair_list pairs = {fixture->pairs, cases[c].n};
        assert_null(adapt_create(cases[c].features, &model, pairs, &options, team, &err));
        if (!strstr(err.message, cases[c].message))
            fail_msg("'%s' lacks '%s'", err.message, cases[c].message);
        assert_int_equal(err.status, cases[c].status);
        model_done(&model);
    }
    free(rows);
    team_free(team);
}

/* A rate that blows the router up is an error, not a model of NaN. */
static void test_overflow(void **state)
{
    struct fixture *fixture = *state;
    struct team *team = team_create(1);
    struct adapt_options options = adapt_defaults();
    options.learning_rate = 1e30;
    struct adapt *adapt = start(fixture, "init_mlp.safetensors", &options, team);
    struct error err = {0};
    enum status status = STATUS_OK;
    while (!status && !adapt_finished(adapt))
        status = adapt_step(adapt, &err);
    assert_int_equal(status, STATUS_NUMERIC);
    assert_non_null(strstr(err.message, "not finite at step"));
    adapt_free(adapt);
    team_free(team);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_targets_and_gradients),
        cmocka_unit_test(test_fine_tuning),
        cmocka_unit_test(test_limits_of_tau),
        cmocka_unit_test(test_targets_by_attribute),
        cmocka_unit_test(test_standardised),
        cmocka_unit_test(test_learning),
        cmocka_unit_test(test_repeatable),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_overflow),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
