/* The trainer against an independent float64 implementation (tests/reference). */
#include "reference.h"

#include "base/jobs.h"
#include "base/memory.h"
#include "base/rng.h"
#include "core/checkpoint.h"
#include "core/linalg.h"
#include "core/trainer.h"

enum { MOST = 4096 };

struct fixture {
    struct features features;
    struct json *expected;
    uint32_t pairs[96];
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
    assert_int_equal(fixture->features.n_pairs, 96);
    for (uint32_t i = 0; i < 96; i++)
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

/* Order in which the reference names the parameters of each router: that of model.block. */
static const struct {
    const char *name, *init, *parameters[6];
} cases[] = {
    {"mlp",
     "init_mlp.safetensors",
     {"score.weight", "router.0.weight", "router.0.bias", "router.2.weight",
      "router.2.bias"}},
    {"linear", "init_linear.safetensors", {"score.weight", "router.weight", "router.bias"}},
    {"static", "init_static.safetensors", {"score.weight", "router.logits"}},
    {"single", "init_single.safetensors", {"score.weight"}},
};
enum { CASES = sizeof cases / sizeof *cases };

static struct model open_start(size_t c)
{
    char path[512];
    struct error err = {0};
    struct model model;
    struct json *metadata = NULL;
    if (checkpoint_open(reference_path(cases[c].init, path), &model, &metadata, &err))
        fail_msg("%s", err.message);
    json_free(metadata);
    return model;
}

/* Runs `steps` full-batch steps from the case's start; the caller frees trainer and team.
 */
static struct trainer *start(struct fixture *fixture, size_t c, const struct recipe *recipe,
                             struct team *team)
{
    struct error err = {0};
    struct model model = open_start(c);
    struct member member = {.shape = model.shape, .alpha = 0.5};
    struct pair_list all = {fixture->pairs, 96}, none = {0};
    struct trainer *trainer =
        trainer_create(&fixture->features, all, none, &member, 1, recipe, team, &err);
    if (!trainer)
        fail_msg("%s", err.message);
    assert_int_equal(trainer_start_from(trainer, 0, &model, &err), 0);
    model_done(&model);
    return trainer;
}

static void assert_parameters(const struct json *expected, const char *where, size_t c,
                              const float *block, double relative, double absolute)
{
    double want[MOST];
    size_t at = 0;
    for (size_t i = 0; cases[c].parameters[i]; i++) {
        const struct json *values =
            json_get(reference_get(expected, where), cases[c].parameters[i]);
        assert_non_null(values);
        size_t n = reference_values(values, want);
        double largest = 0, worst = 0;
        for (size_t j = 0; j < n; j++) {
            worst = fmax(worst, fabs((double)block[at + j] - want[j]));
            largest = fmax(largest, fabs(want[j]));
        }
        print_message("# %s %s: largest difference %.2g of %.2g\n", where,
                      cases[c].parameters[i], worst, largest);
        assert_true(worst <= relative * largest + absolute);
        at += n;
    }
}

static const struct recipe full_batch = {.learning_rate = 2e-3,
                                         .weight_decay = 0.01,
                                         .decay = DECAY_CONSTANT,
                                         .order = ORDER_FILE,
                                         .batch = 96,
                                         .epochs = 40};

static void test_losses_and_gradients(void **state)
{
    struct fixture *fixture = *state;
    for (size_t threads = 1; threads <= 2; threads++)
        for (size_t c = 0; c < CASES; c++) {
            struct team *team = team_create(threads);
            struct trainer *trainer = start(fixture, c, &full_batch, team);
            struct error err;
            assert_int_equal(trainer_step(trainer, &err), 0);
            struct trainer_losses losses = trainer_batch_losses(trainer, 0);
            char where[64];
            snprintf(where, sizeof where, "cases/%s", cases[c].name);
            const struct json *want = reference_get(fixture->expected, where);
            assert_near(losses.nll, reference_number(want, "nll"), 1e-5, 0);
            assert_near(losses.regulariser, reference_number(want, "regulariser"), 1e-5,
                        1e-9);
            float gradient[MOST];
            trainer_gradient(trainer, 0, gradient);
            snprintf(where, sizeof where, "cases/%s/gradients", cases[c].name);
            assert_parameters(fixture->expected, where, c, gradient, 1e-5, 1e-8);
            trainer_free(trainer);
            team_free(team);
        }
}

/* Trains to the end and compares the loss before each step and the last parameters. */
static void compare_run(struct fixture *fixture, size_t c, const struct recipe *recipe,
                        const char *where, const char *final)
{
    struct team *team = team_create(1);
    struct trainer *trainer = start(fixture, c, recipe, team);
    struct error err;
    double history[64];
    char path[128];
    snprintf(path, sizeof path, "%s/loss_history", where);
    size_t n = reference_values(reference_get(fixture->expected, path), history);
    assert_int_equal(n, recipe->epochs);
    for (size_t s = 0; s < n; s++) {
        assert_int_equal(trainer_step(trainer, &err), 0);
        struct trainer_losses losses = trainer_batch_losses(trainer, 0);
        assert_near(losses.nll + 0.5 * losses.regulariser, history[s], 1e-5, 1e-6);
    }
    assert_true(trainer_finished(trainer));
    struct model model;
    assert_int_equal(trainer_model(trainer, 0, &model, &err), 0);
    snprintf(path, sizeof path, "%s/%s", where, final);
    assert_parameters(fixture->expected, path, c, model.block, 1e-4, 0);
    model_done(&model);
    trainer_free(trainer);
    team_free(team);
}

static void test_forty_steps(void **state)
{
    for (size_t c = 0; c < CASES; c++) {
        char where[64];
        struct recipe recipe = full_batch;
        snprintf(where, sizeof where, "cases/%s/constant_schedule", cases[c].name);
        compare_run(*state, c, &recipe, where, "final");
        recipe.decay = DECAY_COSINE;
        recipe.warmup = 0.05;
        snprintf(where, sizeof where, "cases/%s/cosine_schedule", cases[c].name);
        compare_run(*state, c, &recipe, where, "final");
    }
}

static void test_clipping(void **state)
{
    struct fixture *fixture = *state;
    struct recipe recipe = full_batch;
    recipe.clip = reference_number(fixture->expected, "clipped_mlp/max_norm");
    recipe.epochs = (size_t)reference_number(fixture->expected, "clipped_mlp/steps");
    compare_run(fixture, 0, &recipe, "clipped_mlp", "final");
}

/* Central differences of the loss in every parameter, through the trainer's own forward
 * pass. */
static double loss_at(struct fixture *fixture, const struct model *model, double alpha)
{
    struct team *team = team_create(1);
    struct member member = {.shape = model->shape, .alpha = alpha};
    struct recipe recipe = full_batch;
    recipe.learning_rate = 0;
    struct pair_list all = {fixture->pairs, 96}, none = {0};
    struct error err;
    struct trainer *trainer =
        trainer_create(&fixture->features, all, none, &member, 1, &recipe, team, &err);
    assert_non_null(trainer);
    assert_int_equal(trainer_start_from(trainer, 0, model, &err), 0);
    assert_int_equal(trainer_step(trainer, &err), 0);
    struct trainer_losses losses = trainer_batch_losses(trainer, 0);
    trainer_free(trainer);
    team_free(team);
    return losses.nll + alpha * losses.regulariser;
}

static void test_central_differences(void **state)
{
    struct fixture *fixture = *state;
    for (size_t c = 0; c < CASES; c++) {
        struct model model = open_start(c);
        struct team *team = team_create(1);
        struct recipe recipe = full_batch;
        recipe.learning_rate = 0;
        struct trainer *trainer = start(fixture, c, &recipe, team);
        struct error err;
        assert_int_equal(trainer_step(trainer, &err), 0);
        float gradient[MOST];
        trainer_gradient(trainer, 0, gradient);
        size_t n = shape_parameters(&model.shape), checked = 0, kinks = 0;
        double middle = loss_at(fixture, &model, 0.5);
        for (size_t i = 0; i < n; i += 3) {
            float kept = model.block[i], h = 2e-3f;
            model.block[i] = kept + h;
            double above = loss_at(fixture, &model, 0.5);
            model.block[i] = kept - h;
            double below = loss_at(fixture, &model, 0.5);
            model.block[i] = kept;
            /* Where a unit of the router's relu turns between the two, the slope jumps. */
            if (fabs(above - 2 * middle + below) > 2e-6) {
                kinks++;
                continue;
            }
            assert_near((double)gradient[i], (above - below) / (2 * (double)h), 1e-3, 2e-4);
            checked++;
        }
        assert_true(kinks * 4 <= checked);
        trainer_free(trainer);
        team_free(team);
        model_done(&model);
    }
}

/* Several models at once give what each gives alone, within rounding. */
static void test_stacked_equals_alone(void **state)
{
    struct fixture *fixture = *state;
    struct recipe recipe = full_batch;
    recipe.batch = 10;
    recipe.epochs = 3;
    recipe.order = ORDER_SHUFFLED;
    recipe.clip = 1;
    recipe.weight_decay = 0;
    struct member members[CASES];
    for (size_t c = 0; c < CASES; c++) {
        struct model model = open_start(c);
        members[c] = (struct member){model.shape, 0.1 * (double)c, c};
        model_done(&model);
    }
    struct pair_list all = {fixture->pairs, 70}, held = {fixture->pairs + 70, 26};
    struct error err;
    struct team *team = team_create(2);
    struct trainer *together =
        trainer_create(&fixture->features, all, held, members, CASES, &recipe, team, &err);
    assert_non_null(together);
    while (!trainer_finished(together))
        assert_int_equal(trainer_step(together, &err), 0);
    for (size_t c = 0; c < CASES; c++) {
        struct trainer *alone = trainer_create(&fixture->features, all, held, &members[c],
                                               1, &recipe, team, &err);
        assert_non_null(alone);
        while (!trainer_finished(alone))
            assert_int_equal(trainer_step(alone, &err), 0);
        struct model a, b;
        assert_int_equal(trainer_model(together, c, &a, &err), 0);
        assert_int_equal(trainer_model(alone, 0, &b, &err), 0);
        for (size_t i = 0; i < shape_parameters(&a.shape); i++)
            assert_near((double)a.block[i], (double)b.block[i], 0, 2e-5);
        double x, y;
        assert_int_equal(trainer_best_epoch(together, c, &x),
                         trainer_best_epoch(alone, 0, &y));
        assert_near(x, y, 1e-6, 0);
        model_done(&a);
        model_done(&b);
        trainer_free(alone);
    }
    trainer_free(together);
    team_free(team);
}

/* Models too large to go through a block together, a small one among them, batches of two blocks:
 * each is what it is alone. */
static void test_large_models_stacked(void **state)
{
    struct fixture *fixture = *state;
    struct recipe recipe = full_batch;
    recipe.epochs = 2;
    recipe.batch = 90;
    recipe.order = ORDER_SHUFFLED;
    recipe.clip = 0.1;
    const struct member members[] = {{{ROUTER_MLP, 2, 30000, 12, 12}, 0.5, 1},
                                     {{ROUTER_LINEAR, 3, 0, 12, 12}, 0.2, 2},
                                     {{ROUTER_MLP, 3, 28000, 12, 12}, 0.1, 3},
                                     {{ROUTER_NONE, 1, 0, 0, 12}, 0, 4}};
    enum { MEMBERS = sizeof members / sizeof *members };
    struct pair_list all = {fixture->pairs, 80}, held = {fixture->pairs + 80, 16};
    struct error err;
    for (size_t threads = 1; threads <= 2; threads++) {
        struct team *team = team_create(threads);
        struct trainer *together = trainer_create(&fixture->features, all, held, members,
                                                  MEMBERS, &recipe, team, &err);
        while (!trainer_finished(together))
            assert_int_equal(trainer_step(together, &err), 0);
        for (size_t m = 0; m < MEMBERS; m++) {
            struct trainer *alone = trainer_create(&fixture->features, all, held,
                                                   &members[m], 1, &recipe, team, &err);
            while (!trainer_finished(alone))
                assert_int_equal(trainer_step(alone, &err), 0);
            struct model a, b;
            assert_int_equal(trainer_model(together, m, &a, &err), 0);
            assert_int_equal(trainer_model(alone, 0, &b, &err), 0);
            double worst = 0;
            for (size_t i = 0; i < shape_parameters(&a.shape); i++)
                worst = fmax(worst, fabs((double)a.block[i] - (double)b.block[i]));
            print_message("# model %zu: largest difference %.2g\n", m, worst);
            assert_true(worst < 2e-5);
            assert_near(trainer_losses(together, m, 1).nll, trainer_losses(alone, 0, 1).nll,
                        1e-6, 0);
            model_done(&a);
            model_done(&b);
            trainer_free(alone);
        }
        trainer_free(together);
        team_free(team);
    }
}

static void test_same_seed_same_bytes(void **state)
{
    struct fixture *fixture = *state;
    struct recipe recipe = full_batch;
    recipe.batch = 16;
    recipe.epochs = 4;
    recipe.order = ORDER_SHUFFLED;
    recipe.seed = 5;
    struct shape shape = {ROUTER_MLP, 3, 8, 12, 12};
    struct member member = {shape, 0.5, 0};
    struct pair_list all = {fixture->pairs, 96}, none = {0};
    struct model models[2];
    struct error err;
    for (size_t run = 0; run < 2; run++) {
        struct team *team = team_create(1);
        struct trainer *trainer =
            trainer_create(&fixture->features, all, none, &member, 1, &recipe, team, &err);
        while (!trainer_finished(trainer))
            assert_int_equal(trainer_step(trainer, &err), 0);
        assert_int_equal(trainer_model(trainer, 0, &models[run], &err), 0);
        trainer_free(trainer);
        team_free(team);
    }
    assert_memory_equal(models[0].block, models[1].block,
                        shape_parameters(&shape) * sizeof(float));
    model_done(&models[0]);
    model_done(&models[1]);
}

static void test_a_step_allocates_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct recipe recipe = full_batch;
    recipe.batch = 16;
    recipe.order = ORDER_SHUFFLED;
    struct member member = {{ROUTER_MLP, 3, 8, 12, 12}, 0.5, 0};
    struct pair_list all = {fixture->pairs, 80}, held = {fixture->pairs + 80, 16};
    struct error err;
    struct team *team = team_create(2);
    struct trainer *trainer =
        trainer_create(&fixture->features, all, held, &member, 1, &recipe, team, &err);
    size_t before = mem_allocations();
    while (!trainer_finished(trainer))
        assert_int_equal(trainer_step(trainer, &err), 0);
    assert_int_equal(mem_allocations(), before);
    trainer_free(trainer);
    team_free(team);
}

/* A run whose data hold a NaN stops and says where. */
static void test_nan_is_found(void **state)
{
    struct fixture *fixture = *state;
    struct features features = fixture->features;
    float *copy = mem_array(96 * 12, sizeof *copy);
    memcpy(copy, features.rejected.data, 96 * 12 * sizeof *copy);
    copy[41 * 12 + 7] = NAN;
    features.rejected.data = copy;
    struct recipe recipe = full_batch;
    struct member member = {{ROUTER_LINEAR, 2, 0, 12, 12}, 0.5, 0};
    struct pair_list all = {fixture->pairs, 96}, none = {0};
    struct error err = {0};
    struct team *team = team_create(1);
    struct trainer *trainer =
        trainer_create(&features, all, none, &member, 1, &recipe, team, &err);
    assert_int_equal(trainer_step(trainer, &err), STATUS_NUMERIC);
    assert_non_null(strstr(err.message, "rejected row 41"));
    assert_non_null(strstr(err.message, "column 7"));
    trainer_free(trainer);
    team_free(team);
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_losses_and_gradients),
        cmocka_unit_test(test_forty_steps),
        cmocka_unit_test(test_clipping),
        cmocka_unit_test(test_central_differences),
        cmocka_unit_test(test_stacked_equals_alone),
        cmocka_unit_test(test_large_models_stacked),
        cmocka_unit_test(test_same_seed_same_bytes),
        cmocka_unit_test(test_a_step_allocates_nothing),
        cmocka_unit_test(test_nan_is_found),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
