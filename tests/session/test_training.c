#include "folder.h"
#include "near.h"

#include "core/made.h"

#include "core/checkpoint.h"
#include "core/linalg.h"
#include "io/json.h"
#include "session/training.h"

/* ---- small runs ---- */

struct fixture {
    struct made made;
    struct folder folder;
    struct team *team;
};

static const struct made_sizes sizes = {120, 20, 9, 8, 3};

static int set_up(void **state)
{
    struct fixture *fixture = mem_zero(sizeof *fixture);
    linalg_init();
    folder_make(&fixture->folder);
    fixture->team = team_create(1);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    folder_remove(&fixture->folder);
    team_free(fixture->team);
    free(fixture);
    return 0;
}

static int make_pairs(void **state)
{
    struct fixture *fixture = *state;
    made_init(&fixture->made, &sizes, 1);
    return 0;
}

static int free_pairs(void **state)
{
    struct fixture *fixture = *state;
    made_done(&fixture->made);
    return 0;
}

static struct training_options quick(void)
{
    struct training_options options = training_defaults();
    options.n_heads = 3;
    options.n_hidden = 6;
    options.restarts = 4;
    options.recipe.batch = 16;
    options.recipe.epochs = 4;
    options.recipe.learning_rate = 0.02;
    return options;
}

/* The last third of the pairs is the hold-out split. */
static void hold_out(struct made *made)
{
    for (size_t i = 80; i < 120; i++)
        made->split[i] = SPLIT_HOLDOUT;
}

static struct training *create(struct fixture *fixture,
                               const struct training_options *options)
{
    struct error err = {0};
    struct training *training =
        training_create(&fixture->made.features, options, fixture->team, &err);
    if (!training)
        fail_msg("%s", err.message);
    return training;
}

static void finish(struct training *training)
{
    struct error err = {0};
    while (!training_finished(training))
        if (training_step(training, &err))
            fail_msg("%s", err.message);
}

static struct model result_of(const struct training *training, struct json **metadata)
{
    struct model model;
    struct json *texts = NULL;
    struct error err = {0};
    if (training_result(training, &model, &texts, &err))
        fail_msg("%s", err.message);
    if (metadata)
        *metadata = texts;
    else
        json_free(texts);
    return model;
}

static void assert_refused(struct fixture *fixture, const struct training_options *options,
                           enum status status, const char *part)
{
    struct error err = {0};
    assert_null(training_create(&fixture->made.features, options, fixture->team, &err));
    if (err.status != status || !strstr(err.message, part))
        fail_msg("%d \"%s\" is not %d \"%s\"", err.status, err.message, status, part);
}

static void assert_same_model(const struct model *a, const struct model *b)
{
    assert_int_equal(shape_parameters(&a->shape), shape_parameters(&b->shape));
    assert_memory_equal(a->block, b->block, shape_parameters(&a->shape) * sizeof(float));
    assert_int_equal(a->single != NULL, b->single != NULL);
    if (a->single)
        assert_memory_equal(a->single, b->single, a->shape.response_width * sizeof(float));
}

/* ---- restarts and the single head ---- */

static double real_of(const struct json *metadata, const char *key)
{
    const char *text = json_text(json_get(metadata, key));
    assert_non_null(text);
    return strtod(text, NULL);
}

static void test_best_on_the_holdout_wins(void **state)
{
    struct fixture *fixture = *state;
    hold_out(&fixture->made);
    struct training_options options = quick();
    struct training *training = create(fixture, &options);
    assert_int_equal(training_pairs(training), 80);
    assert_int_equal(training_holdout(training), 40);
    assert_int_equal(training_restarts(training), 4);
    finish(training);
    const struct trainer *trainer = training_trainer(training);
    double nll[4], least = HUGE_VAL;
    for (size_t m = 0; m < 4; m++) {
        trainer_best_epoch(trainer, m, &nll[m]);
        assert_true(nll[m] > 0);
        least = fmin(least, nll[m]);
        for (size_t other = 0; other < m; other++)
            assert_true(nll[m] != nll[other]); /* each had a start of its own */
    }
    size_t best = training_best(training);
    assert_true(nll[best] == least);
    struct json *metadata;
    struct model model = result_of(training, &metadata), same;
    struct error err;
    assert_int_equal(trainer_model(trainer, best, &same, &err), 0);
    assert_memory_equal(model.block, same.block,
                        shape_parameters(&model.shape) * sizeof(float));
    double ignored;
    size_t epoch = trainer_best_epoch(trainer, best, &ignored);
    assert_true(real_of(metadata, "holdout_nll") == least);
    assert_true(real_of(metadata, "best_epoch") == (double)epoch + 1);
    assert_true(real_of(metadata, "train_nll") == trainer_losses(trainer, best, epoch).nll);
    model_done(&same);
    model_done(&model);
    json_free(metadata);
    training_free(training);
}

static void test_training_loss_decides_without_a_holdout(void **state)
{
    struct fixture *fixture = *state;
    struct training_options options = quick();
    options.holdout = 0;
    struct training *training = create(fixture, &options);
    assert_int_equal(training_pairs(training), 120);
    assert_int_equal(training_holdout(training), 0);
    assert_int_equal(training_best(training), 0); /* nothing is known yet */
    finish(training);
    const struct trainer *trainer = training_trainer(training);
    size_t best = training_best(training);
    double least = trainer_losses(trainer, best, 3).nll;
    for (size_t m = 0; m < 4; m++)
        assert_true(trainer_losses(trainer, m, 3).nll >= least);
    training_free(training);
}

/* The single head is there for mixtures only, learns, and leaves the mixtures as they are. */
static void test_single_head(void **state)
{
    struct fixture *fixture = *state;
    hold_out(&fixture->made);
    struct training_options options = quick();
    struct training *with = create(fixture, &options);
    options.with_single = false;
    struct training *without = create(fixture, &options);
    assert_true(training_has_single(with));
    assert_false(training_has_single(without));
    finish(with);
    finish(without);
    struct model one = result_of(with, NULL), other = result_of(without, NULL);
    assert_non_null(one.single);
    assert_null(other.single);
    assert_int_equal(training_best(with), training_best(without));
    for (size_t i = 0; i < shape_parameters(&one.shape); i++)
        assert_near((double)one.block[i], (double)other.block[i], 0, 1e-5);
    double nll;
    trainer_best_epoch(training_trainer(with), 4, &nll);
    assert_true(nll < log(2) - 0.05);
    training_free(with);
    training_free(without);

    /* Plain Bradley-Terry is a single head already. */
    options = quick();
    options.router = ROUTER_NONE;
    options.n_heads = 1;
    struct training *plain = create(fixture, &options);
    assert_false(training_has_single(plain));
    training_free(plain);
    model_done(&one);
    model_done(&other);
}

static void test_every_router_learns(void **state)
{
    struct fixture *fixture = *state;
    hold_out(&fixture->made);
    for (enum router router = 0; router < ROUTER_COUNT; router++) {
        struct training_options options = quick();
        options.router = router;
        options.restarts = 1;
        options.recipe.epochs = 20;
        if (router == ROUTER_NONE)
            options.n_heads = 1;
        struct training *training = create(fixture, &options);
        finish(training);
        double nll;
        trainer_best_epoch(training_trainer(training), 0, &nll);
        assert_true(nll < log(2) - 0.03);
        struct model model = result_of(training, NULL);
        assert_int_equal(model.shape.router, router);
        model_done(&model);
        training_free(training);
    }
}

static void test_metadata(void **state)
{
    struct fixture *fixture = *state;
    struct json *told = json_object();
    json_put_text(told, "encoder", "surface");
    json_put_text(told, "corpus", "0123456789abcdef");
    json_put_text(told, "encoder.settings", "{}");
    fixture->made.features.metadata = told;
    fixture->made.features.hash = 0xfeed;
    struct training_options options = quick();
    struct training *training = create(fixture, &options);
    struct json *metadata;
    struct model model = result_of(training, &metadata); /* before the first step */
    static const char *const want[][2] = {{"format", "microscope.model/1"},
                                          {"features", "000000000000feed"},
                                          {"encoder", "surface"},
                                          {"corpus", "0123456789abcdef"}};
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(json_text(json_get(metadata, want[i][0])), want[i][1]);
    assert_null(json_get(metadata, "holdout_nll"));
    const char *text = json_text(json_get(metadata, "settings"));
    struct json *settings = json_parse(text, strlen(text), NULL);
    const struct {
        const char *key;
        double value;
    } numbers[] = {{"heads", 3},  {"hidden", 6},           {"restarts", 4}, {"batch", 16},
                   {"epochs", 4}, {"learning-rate", 0.02}, {"alpha", 0.5},  {"seed", 1}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        double value;
        assert_true(json_number(json_get(settings, numbers[i].key), &value));
        assert_true(value == numbers[i].value);
    }
    assert_string_equal(json_text(json_get(settings, "router")), "mlp");
    json_free(settings);
    json_free(metadata);
    json_free(told);
    model_done(&model);
    training_free(training);
}

/* ---- starting parameters ---- */

static const char *save_start(struct fixture *fixture, const struct shape *shape)
{
    const char *path = folder_path(&fixture->folder, "start.safetensors");
    struct model model;
    struct error err;
    assert_int_equal(model_create(&model, shape, &err), 0);
    model_draw(&model, 99, 0);
    assert_int_equal(checkpoint_save(path, &model, NULL, DTYPE_F32, &err), 0);
    model_done(&model);
    return path;
}

static void test_init(void **state)
{
    struct fixture *fixture = *state;
    struct training_options options = quick();
    options.init = save_start(fixture, &(struct shape){ROUTER_MLP, 3, 6, 9, 8});
    options.restarts = 1;
    struct training *training = create(fixture, &options);
    struct model got = result_of(training, NULL), want;
    struct json *metadata;
    struct error err;
    assert_int_equal(checkpoint_open(options.init, &want, &metadata, &err), 0);
    assert_memory_equal(got.block, want.block,
                        shape_parameters(&want.shape) * sizeof(float));
    json_free(metadata);
    model_done(&got);
    model_done(&want);
    training_free(training);

    options.restarts = 2;
    assert_refused(fixture, &options, STATUS_USAGE, "--restarts 1, not 2");
    options.restarts = 1;
    options.n_heads = 4;
    assert_refused(fixture, &options, STATUS_SHAPE,
                   "start.safetensors': the starting parameters are mlp with 3 heads");
    options.router = ROUTER_LINEAR;
    assert_refused(fixture, &options, STATUS_SHAPE, "wanted are linear, 4, 0, 9 and 8");
    options.init = folder_path(&fixture->folder, "not-there");
    assert_refused(fixture, &options, STATUS_NOT_FOUND, "not-there");
    options.init = folder_write(&fixture->folder, "no-model", "{}", 2);
    assert_refused(fixture, &options, STATUS_FORMAT, "no-model");
}

/* ---- stopping and going on ---- */

static void test_resume(void **state)
{
    struct fixture *fixture = *state;
    hold_out(&fixture->made);
    const char *path = folder_path(&fixture->folder, "kept.run");
    struct training_options options = quick();
    struct training *whole = create(fixture, &options), *first = create(fixture, &options);
    struct error err = {0};
    for (size_t s = 0; s < 12; s++)
        assert_int_equal(training_step(first, &err), 0);
    assert_int_equal(training_save(first, path, &err), 0);
    training_free(first);
    options.resume = path;
    struct training *second = create(fixture, &options);
    assert_int_equal(trainer_progress(training_trainer(second)).step, 12);
    finish(whole);
    finish(second);
    struct json *told[2];
    struct model one = result_of(whole, &told[0]), two = result_of(second, &told[1]);
    assert_int_equal(training_best(whole), training_best(second));
    assert_same_model(&one, &two);
    char *texts[] = {json_write(told[0], false), json_write(told[1], false)};
    assert_string_equal(texts[0], texts[1]);
    for (size_t i = 0; i < 2; i++) {
        free(texts[i]);
        json_free(told[i]);
    }
    model_done(&one);
    model_done(&two);
    training_free(whole);
    training_free(second);

    options.restarts = 3;
    assert_refused(fixture, &options, STATUS_SHAPE, "of another run: its models is");
    options.restarts = 4;
    options.alpha = 0.25;
    assert_refused(fixture, &options, STATUS_SHAPE, "alpha 0.25");
    options.resume = folder_path(&fixture->folder, "not-there");
    assert_refused(fixture, &options, STATUS_NOT_FOUND, "not-there");
}

/* ---- holding out ---- */

/* How many pairs are held out of the features as they are. */
static size_t count_held(struct fixture *fixture, double share, uint64_t seed)
{
    struct training_options options = quick();
    options.holdout = share;
    options.recipe.seed = seed;
    struct training *training = create(fixture, &options);
    size_t held = training_holdout(training);
    assert_int_equal(training_pairs(training) + held,
                     features_select(&fixture->made.features, SPLIT_TRAIN, -1, NULL));
    training_free(training);
    return held;
}

/* Three pairs a prompt: whole prompts are held out, about as many as asked for. */
static void test_held_out_by_prompt(void **state)
{
    struct fixture *fixture = *state;
    struct made *made = &fixture->made;
    made_done(made);
    made_init(made, &(struct made_sizes){900, 300, 9, 8, 2}, 3);
    for (size_t i = 0; i < 900; i++)
        made->pair_prompt[i] = (int32_t)(i * 7 % 300);
    bool differ = false;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        size_t held = count_held(fixture, 0.2, seed);
        assert_int_equal(held % 3, 0);
        assert_in_range(held, 120, 240);
        assert_int_equal(held, count_held(fixture, 0.2, seed));
        differ = differ || held != count_held(fixture, 0.2, 1);
        assert_true(count_held(fixture, 0.4, seed) > held);
    }
    assert_true(differ);
    assert_int_equal(count_held(fixture, 0, 1), 0);
    made->split[0] = SPLIT_HOLDOUT; /* what the features say goes first */
    assert_int_equal(features_select(&made->features, SPLIT_TRAIN, -1, NULL), 899);
    struct training_options options = quick();
    struct training *training = create(fixture, &options);
    assert_int_equal(training_holdout(training), 1);
    assert_int_equal(training_pairs(training), 899);
    training_free(training);
}

/* The same prompt in two rows is one prompt. */
static void test_equal_prompts_stay_together(void **state)
{
    struct fixture *fixture = *state;
    struct made *made = &fixture->made;
    made_done(made);
    made_init(made, &(struct made_sizes){400, 400, 9, 8, 2}, 3);
    for (size_t i = 0; i < 400; i++) {
        made->pair_prompt[i] = (int32_t)i;
        memcpy(made->prompt + i * 9, made->prompt + i % 4 * 9, 9 * sizeof(float));
    }
    for (uint64_t seed = 1; seed <= 6; seed++)
        assert_int_equal(count_held(fixture, 0.3, seed) % 100, 0);
}

/* Prompts that begin alike, as sparse features do, are held out one by one all the same. */
static void test_prompts_that_differ_at_their_ends(void **state)
{
    struct fixture *fixture = *state;
    struct made *made = &fixture->made;
    enum { WIDTH = 300 };
    made_done(made);
    made_init(made, &(struct made_sizes){400, 400, WIDTH, 8, 2}, 3);
    for (size_t i = 0; i < 400; i++) {
        made->pair_prompt[i] = (int32_t)i;
        memset(made->prompt + i * WIDTH, 0, (WIDTH - 1) * sizeof(float));
    }
    for (uint64_t seed = 1; seed <= 4; seed++)
        assert_in_range(count_held(fixture, 0.2, seed), 40, 120);
}

static void test_pairs_without_prompts_are_held_out_alone(void **state)
{
    struct fixture *fixture = *state;
    made_done(&fixture->made);
    made_init(&fixture->made, &(struct made_sizes){400, 0, 0, 8, 2}, 3);
    struct training_options options = quick();
    options.router = ROUTER_STATIC;
    options.holdout = 0.2;
    struct training *training = create(fixture, &options);
    assert_in_range(training_holdout(training), 40, 120);
    training_free(training);
}

/* One prompt cannot be divided: all of it trains, whatever the seed. */
static void test_one_prompt(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizes.n_pairs; i++)
        fixture->made.pair_prompt[i] = 5;
    for (uint64_t seed = 0; seed < 20; seed++)
        assert_int_equal(count_held(fixture, 0.5, seed), 0);
}

/* ---- refusals ---- */

static void test_refused(void **state)
{
    struct fixture *fixture = *state;
    struct training_options options = quick();
    options.holdout = 0;
    options.n_heads = 121;
    assert_refused(fixture, &options, STATUS_SHAPE,
                   "121 heads are more than the 120 pairs to train on");
    options.n_heads = 120;
    training_free(create(fixture, &options));
    options.n_heads = 3;
    options.n_hidden = 0;
    assert_refused(fixture, &options, STATUS_USAGE, "0 hidden units");
    options = quick();
    options.router = ROUTER_NONE;
    assert_refused(fixture, &options, STATUS_USAGE, "'none' is for one head");
    options = quick();
    fixture->made.features.prompt = (struct rows){0};
    for (size_t i = 0; i < sizes.n_pairs; i++)
        fixture->made.pair_prompt[i] = -1;
    assert_refused(fixture, &options, STATUS_SHAPE, "'mlp' reads prompts");
    for (size_t i = 0; i < sizes.n_pairs; i++)
        fixture->made.split[i] = SPLIT_TEST;
    assert_refused(fixture, &options, STATUS_SHAPE, "no pairs in the train split");
}

static void assert_stops(struct fixture *fixture, enum router router, const char *part)
{
    struct training_options options = quick();
    options.holdout = 0;
    options.router = router;
    struct training *training = create(fixture, &options);
    struct error err = {0};
    enum status status = STATUS_OK;
    while (!status && !training_finished(training))
        status = training_step(training, &err);
    if (status != STATUS_NUMERIC || !strstr(err.message, part))
        fail_msg("%d \"%s\" does not name %s", status, err.message, part);
    training_free(training);
}

/* A row that is not finite stops the run and is named, whatever it goes through. */
static void test_rows_that_are_not_finite(void **state)
{
    struct fixture *fixture = *state;
    struct made *made = &fixture->made;
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    float *response = made->chosen + 33 * sizes.response_width + 2;
    float *prompt = made->prompt + 6 * sizes.prompt_width + 5;
    for (size_t b = 0; b < 3; b++) {
        float kept = *response;
        *response = bad[b];
        for (enum router router = ROUTER_MLP; router <= ROUTER_STATIC; router++)
            assert_stops(fixture, router,
                         "chosen row 33 of the features holds NaN or "
                         "infinity in column 2");
        *response = kept;
        kept = *prompt;
        *prompt = bad[b];
        for (enum router router = ROUTER_MLP; router <= ROUTER_LINEAR; router++)
            assert_stops(fixture, router,
                         "prompt row 6 of the features holds NaN or "
                         "infinity in column 5");
        *prompt = kept;
    }
}

static void test_threads(void **state)
{
    struct fixture *fixture = *state;
    struct training_options options = quick();
    assert_int_equal(training_threads(&fixture->made.features, &options, 8), 1);
    options.recipe.batch = 1000000;
    options.n_hidden = 1000;
    for (size_t most = 1; most <= 4; most++)
        assert_int_equal(training_threads(&fixture->made.features, &options, most), most);
}

#define ON_PAIRS(test) cmocka_unit_test_setup_teardown(test, make_pairs, free_pairs)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_PAIRS(test_best_on_the_holdout_wins),
        ON_PAIRS(test_training_loss_decides_without_a_holdout),
        ON_PAIRS(test_single_head),
        ON_PAIRS(test_every_router_learns),
        ON_PAIRS(test_metadata),
        ON_PAIRS(test_init),
        ON_PAIRS(test_resume),
        ON_PAIRS(test_held_out_by_prompt),
        ON_PAIRS(test_equal_prompts_stay_together),
        ON_PAIRS(test_prompts_that_differ_at_their_ends),
        ON_PAIRS(test_pairs_without_prompts_are_held_out_alone),
        ON_PAIRS(test_one_prompt),
        ON_PAIRS(test_refused),
        ON_PAIRS(test_rows_that_are_not_finite),
        ON_PAIRS(test_threads),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
