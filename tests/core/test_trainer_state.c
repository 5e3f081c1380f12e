/* A run that is kept and gone on with is the run that was never stopped, to the byte. */
#include "made.h"

#include <stdio.h>
#include <string.h>

#include "folder.h"

#include "core/linalg.h"
#include "core/trainer_state.h"
#include "io/safetensors.h"

enum { PAIRS = 130, HELD = 30, MEMBERS = 3 };

/* Wide enough that two threads have columns of both matrices. */
static const struct made_sizes sizes = {PAIRS, 25, 40, 50, 3};

static const struct recipe usual = {
    .learning_rate = 5e-3,
    .weight_decay = 0.01,
    .warmup = 0.1,
    .clip = 1,
    .batch = 16,
    .epochs = 5,
    .seed = 7,
};

struct fixture {
    struct made made;
    struct folder folder;
    uint32_t pairs[PAIRS];
};

static int set_up(void **state)
{
    struct fixture *fixture = mem_zero(sizeof *fixture);
    linalg_init();
    made_init(&fixture->made, &sizes, 1);
    folder_make(&fixture->folder);
    for (uint32_t i = 0; i < PAIRS; i++)
        fixture->pairs[i] = i;
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    folder_remove(&fixture->folder);
    made_done(&fixture->made);
    free(fixture);
    return 0;
}

/* A trainer with its team, over the first pairs and, when held is not 0, the last ones. */
struct run {
    struct team *team;
    struct trainer *trainer;
};

static struct run start_with(struct fixture *fixture, const struct recipe *recipe,
                             size_t threads, size_t held, const struct member *members,
                             size_t n_members)
{
    struct run run = {.team = team_create(threads)};
    struct pair_list train = {fixture->pairs, PAIRS - HELD};
    struct pair_list holdout = {fixture->pairs + PAIRS - held, held};
    struct error err = {0};
    run.trainer = trainer_create(&fixture->made.features, train, holdout, members,
                                 n_members, recipe, run.team, &err);
    if (!run.trainer)
        fail_msg("%s", err.message);
    return run;
}

static const struct member members[MEMBERS] = {
    {{ROUTER_MLP, 4, 8, 40, 50}, 0.5, 1},
    {{ROUTER_LINEAR, 2, 0, 40, 50}, 0.1, 2},
    {{ROUTER_NONE, 1, 0, 0, 50}, 0, 3},
};

static struct run start(struct fixture *fixture, const struct recipe *recipe,
                        size_t threads, size_t held)
{
    return start_with(fixture, recipe, threads, held, members, MEMBERS);
}

static void end(struct run *run)
{
    trainer_free(run->trainer);
    team_free(run->team);
}

static void go(struct trainer *trainer, size_t steps)
{
    struct error err = {0};
    for (size_t s = 0; s < steps && !trainer_finished(trainer); s++)
        if (trainer_step(trainer, &err))
            fail_msg("%s", err.message);
}

static void save(const struct trainer *trainer, const char *path)
{
    struct error err = {0};
    if (trainer_save(trainer, path, &err))
        fail_msg("%s", err.message);
}

static void resume(struct trainer *trainer, const char *path)
{
    struct error err = {0};
    if (trainer_resume(trainer, path, &err))
        fail_msg("%s", err.message);
}

/* The models, losses and places of two trainers are the same bytes. */
static void assert_same(const struct trainer *a, const struct trainer *b)
{
    struct trainer_progress at = trainer_progress(a), other = trainer_progress(b);
    assert_int_equal(at.step, other.step);
    assert_int_equal(at.epoch, other.epoch);
    assert_int_equal(at.stopped_early, other.stopped_early);
    assert_int_equal(trainer_finished(a), trainer_finished(b));
    for (size_t m = 0; m < MEMBERS; m++) {
        struct model one, two;
        struct error err;
        assert_int_equal(trainer_model(a, m, &one, &err), 0);
        assert_int_equal(trainer_model(b, m, &two, &err), 0);
        assert_memory_equal(one.block, two.block,
                            shape_parameters(&one.shape) * sizeof(float));
        model_done(&one);
        model_done(&two);
        double best_a, best_b;
        assert_int_equal(trainer_best_epoch(a, m, &best_a),
                         trainer_best_epoch(b, m, &best_b));
        assert_memory_equal(&best_a, &best_b, sizeof best_a);
        for (size_t e = 0; e < at.epoch; e++) {
            struct trainer_losses losses = trainer_losses(a, m, e);
            struct trainer_losses others = trainer_losses(b, m, e);
            assert_memory_equal(&losses, &others, sizeof losses);
        }
    }
}

static void assert_same_files(const char *a, const char *b)
{
    size_t n, m;
    char *one = folder_read(a, &n), *two = folder_read(b, &m);
    assert_int_equal(n, m);
    assert_memory_equal(one, two, n);
    free(one);
    free(two);
}

/* ---- going on ---- */

static void test_resumed_equals_uninterrupted(void **state)
{
    struct fixture *fixture = *state;
    const char *path = folder_path(&fixture->folder, "kept.run");
    const char *ends[] = {folder_path(&fixture->folder, "a.run"),
                          folder_path(&fixture->folder, "b.run")};
    /* At the start, within an epoch, where one ends, 2 epochs and 3 steps in (7 steps each),
     * at the last step. */
    static const size_t steps[] = {0, 3, 7, 17, 34};
    for (enum order order = ORDER_SHUFFLED; order <= ORDER_FILE; order++)
        for (size_t threads = 1; threads <= 2; threads++)
            for (size_t held = 0; held <= HELD; held += HELD)
                for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
                    struct recipe recipe = usual;
                    recipe.order = order;
                    struct run whole = start(fixture, &recipe, threads, held);
                    struct run first = start(fixture, &recipe, threads, held);
                    struct run second = start(fixture, &recipe, threads, held);
                    go(first.trainer, steps[s]);
                    save(first.trainer, path);
                    resume(second.trainer, path);
                    assert_same(first.trainer, second.trainer);
                    go(whole.trainer, SIZE_MAX);
                    go(second.trainer, SIZE_MAX);
                    assert_true(trainer_finished(second.trainer));
                    assert_same(whole.trainer, second.trainer);
                    /* and so are the moments, which only the state shows */
                    save(whole.trainer, ends[0]);
                    save(second.trainer, ends[1]);
                    assert_same_files(ends[0], ends[1]);
                    end(&whole);
                    end(&first);
                    end(&second);
                }
}

/* Keeping a run does not change it. */
static void test_saving_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    const char *path = folder_path(&fixture->folder, "often.run");
    struct run kept = start(fixture, &usual, 1, HELD),
               other = start(fixture, &usual, 1, HELD);
    while (!trainer_finished(kept.trainer)) {
        save(kept.trainer, path);
        go(kept.trainer, 1);
    }
    go(other.trainer, SIZE_MAX);
    assert_same(kept.trainer, other.trainer);
    end(&kept);
    end(&other);
}

/* A run that stopped early stays stopped, and one about to stop stops where it would have. */
static void test_early_stop(void **state)
{
    struct fixture *fixture = *state;
    const char *path = folder_path(&fixture->folder, "early.run");
    struct recipe recipe = usual;
    recipe.learning_rate = 0.3; /* learns the training pairs by heart at once */
    recipe.epochs = 50;
    recipe.patience = 3;
    struct run whole = start(fixture, &recipe, 1, HELD);
    go(whole.trainer, SIZE_MAX);
    struct trainer_progress at = trainer_progress(whole.trainer);
    assert_true(at.stopped_early);
    assert_true(at.epoch > recipe.patience && at.epoch < recipe.epochs);
    for (size_t before = 0; before <= 9; before += 3) {
        struct run first = start(fixture, &recipe, 1, HELD);
        struct run second = start(fixture, &recipe, 1, HELD);
        go(first.trainer, at.step - before);
        save(first.trainer, path);
        resume(second.trainer, path);
        assert_int_equal(trainer_finished(second.trainer), before == 0);
        go(second.trainer, SIZE_MAX);
        assert_same(whole.trainer, second.trainer);
        end(&first);
        end(&second);
    }
    end(&whole);
}

/* ---- other runs ---- */

static void assert_refused(struct trainer *trainer, const struct trainer *untouched,
                           const char *path, enum status status, const char *part)
{
    struct error err = {0};
    if (trainer_resume(trainer, path, &err) != status || !strstr(err.message, part))
        fail_msg("%d \"%s\" is not %d \"%s\"", err.status, err.message, status, part);
    assert_non_null(strstr(err.message, path));
    assert_same(trainer, untouched);
}

/* A trainer that refused goes on as if it had not been asked. */
static void assert_unharmed(struct run *run, struct run *untouched)
{
    go(run->trainer, SIZE_MAX);
    go(untouched->trainer, SIZE_MAX);
    assert_same(run->trainer, untouched->trainer);
    end(run);
    end(untouched);
}

static void test_other_settings(void **state)
{
    struct fixture *fixture = *state;
    const char *path = folder_path(&fixture->folder, "settings.run");
    struct run run = start(fixture, &usual, 1, HELD);
    go(run.trainer, 10);
    save(run.trainer, path);
    end(&run);
    const struct {
        struct recipe recipe;
        size_t threads, held;
        const char *part;
    } cases[] = {
        {{.learning_rate = 6e-3}, 1, HELD, "its learning rate is 0.005"},
        {{.weight_decay = 0.02}, 1, HELD, "its weight decay is 0.01"},
        {{.warmup = 0.2}, 1, HELD, "its warmup is 0.1"},
        {{.clip = 2}, 1, HELD, "its clip is 1, here it is 2"},
        {{.decay = DECAY_CONSTANT}, 1, HELD, "its schedule is cosine, here it is constant"},
        {{.order = ORDER_BY_PROMPT}, 1, HELD, "its order is pair, here it is prompt"},
        {{.batch = 17}, 1, HELD, "its batch is 16, here it is 17"},
        {{.epochs = 6}, 1, HELD, "its epochs is 5, here it is 6"},
        {{.patience = 2}, 1, HELD, "its patience is 0, here it is 2"},
        {{.seed = 8}, 1, HELD, "its seed is 7, here it is 8"},
        {{0}, 2, HELD, "its threads is 1, here it is 2"},
        {{0}, 1, 0, "its holdout pairs is 30, here it is 0"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct recipe recipe = usual;
        const struct recipe *other = &cases[c].recipe;
        recipe.learning_rate = other->learning_rate > 0 ? other->learning_rate : 5e-3;
        recipe.weight_decay = other->weight_decay > 0 ? other->weight_decay : 0.01;
        recipe.warmup = other->warmup > 0 ? other->warmup : 0.1;
        recipe.clip = other->clip > 0 ? other->clip : 1;
        recipe.decay = other->decay;
        recipe.order = other->order;
        recipe.batch = other->batch ? other->batch : 16;
        recipe.epochs = other->epochs ? other->epochs : 5;
        recipe.patience = other->patience;
        recipe.seed = other->seed ? other->seed : 7;
        run = start(fixture, &recipe, cases[c].threads, cases[c].held);
        struct run untouched = start(fixture, &recipe, cases[c].threads, cases[c].held);
        assert_refused(run.trainer, untouched.trainer, path, STATUS_SHAPE, cases[c].part);
        assert_unharmed(&run, &untouched);
    }
}

static void test_other_models_and_features(void **state)
{
    struct fixture *fixture = *state;
    const char *path = folder_path(&fixture->folder, "models.run");
    struct run run = start(fixture, &usual, 1, HELD);
    save(run.trainer, path);
    struct error err = {0};
    for (size_t c = 0; c < 5; c++) {
        struct member others[MEMBERS];
        memcpy(others, members, sizeof others);
        if (c == 0)
            others[0].shape.n_heads = 5;
        else if (c == 1)
            others[0].shape.n_hidden = 9;
        else if (c == 2)
            others[1].alpha = 0.2;
        else if (c == 3)
            others[2].stream = 4;
        struct run other = start_with(fixture, &usual, 1, HELD, others, c == 4 ? 2 : 3);
        assert_int_equal(trainer_resume(other.trainer, path, &err), STATUS_SHAPE);
        assert_non_null(strstr(err.message, "its models is mlp 4 8 40 50 alpha 0.5"));
        end(&other);
    }
    fixture->made.features.hash = 0xabc;
    assert_int_equal(trainer_resume(run.trainer, path, &err), STATUS_SHAPE);
    assert_non_null(strstr(err.message, "its features is 0000000000000000, here it is "
                                        "0000000000000abc"));
    fixture->made.features.hash = 0;
    resume(run.trainer, path);
    end(&run);
}

/* Seeds that are equal as doubles are different seeds. */
static void test_large_seeds(void **state)
{
    struct fixture *fixture = *state;
    const char *path = folder_path(&fixture->folder, "seed.run");
    struct recipe recipe = usual;
    recipe.seed = UINT64_C(9007199254740992);
    struct run run = start(fixture, &recipe, 1, 0);
    save(run.trainer, path);
    end(&run);
    recipe.seed++;
    run = start(fixture, &recipe, 1, 0);
    struct run untouched = start(fixture, &recipe, 1, 0);
    assert_refused(run.trainer, untouched.trainer, path, STATUS_SHAPE,
                   "its seed is 9007199254740992, here it is 9007199254740993");
    end(&run);
    end(&untouched);
}

/* ---- files that are no run ---- */

/* Wherever the file is cut, nothing of it is taken. */
static void test_cut_short(void **state)
{
    struct fixture *fixture = *state;
    const char *path = folder_path(&fixture->folder, "whole.run");
    struct run run = start(fixture, &usual, 1, HELD);
    go(run.trainer, 10);
    save(run.trainer, path);
    end(&run);
    size_t length;
    char *bytes = folder_read(path, &length);
    run = start(fixture, &usual, 1, HELD);
    struct run untouched = start(fixture, &usual, 1, HELD);
    for (size_t n = 0; n < length; n += n < 4000 ? 97 : 1501)
        assert_refused(run.trainer, untouched.trainer,
                       folder_write(&fixture->folder, "cut.run", bytes, n), STATUS_FORMAT,
                       "");
    free(bytes);
    assert_unharmed(&run, &untouched);
}

static void test_other_files(void **state)
{
    struct fixture *fixture = *state;
    struct run run = start(fixture, &usual, 1, HELD);
    struct run untouched = start(fixture, &usual, 1, HELD);
    static const char model[] = "\x02\0\0\0\0\0\0\0{}";
    assert_refused(run.trainer, untouched.trainer,
                   folder_write(&fixture->folder, "model", model, sizeof model - 1),
                   STATUS_FORMAT, "is no training run");
    assert_refused(run.trainer, untouched.trainer,
                   folder_path(&fixture->folder, "not-there"), STATUS_NOT_FOUND, "");
    assert_refused(run.trainer, untouched.trainer, fixture->folder.path, STATUS_IO, "");
    struct error err = {0};
    assert_int_equal(trainer_save(run.trainer, fixture->folder.path, &err), STATUS_IO);
    assert_int_equal(trainer_save(run.trainer, "/dev/full", &err), STATUS_IO);
    assert_unharmed(&run, &untouched);
}

/* Where the numbers of a tensor begin in its file. */
static size_t place_of(const char *path, const char *bytes, size_t length, const char *name)
{
    struct error err;
    struct safetensors *file = safetensors_open(path, &err);
    const struct tensor *tensor = safetensors_find(file, name, &err);
    for (size_t at = 0; at + tensor->n_bytes <= length; at++)
        if (memcmp(bytes + at, tensor->data, tensor->n_bytes) == 0) {
            safetensors_free(file);
            return at;
        }
    fail();
    return 0;
}

/* Numbers that no run can hold. step, epoch, finished, stopped early, best epoch a member;
 * the run below was kept at step 10 of 35, in epoch 1. */
static void test_damaged_counters(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        size_t which;
        double value;
    } cases[] = {
        {0, -1}, {0, 36},  {0, 1e300}, {0, (double)NAN}, {0, 14},  {0, 6},    {0, 10.5},
        {1, -1}, {1, 5},   {1, 6},     {1, (double)NAN}, {1, 0},   {1, 2},    {1, 1e300},
        {2, 1},  {2, 0.5}, {2, -1},    {3, 1},           {3, 2},   {4, 2},    {4, -1},
        {5, 35}, {6, 5},   {6, 1e18},  {4, (double)NAN}, {4, 0.5}, {6, -0.5},
    };
    const char *path = folder_path(&fixture->folder, "sound.run");
    struct run run = start(fixture, &usual, 1, HELD);
    go(run.trainer, 10);
    save(run.trainer, path);
    end(&run);
    size_t length;
    char *bytes = folder_read(path, &length);
    size_t place = place_of(path, bytes, length, "counters");
    run = start(fixture, &usual, 1, HELD);
    struct run untouched = start(fixture, &usual, 1, HELD);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char kept[sizeof(double)], *at = bytes + place + cases[c].which * sizeof(double);
        memcpy(kept, at, sizeof kept);
        memcpy(at, &cases[c].value, sizeof kept);
        print_message("# counter %zu is %g\n", cases[c].which, cases[c].value);
        assert_refused(run.trainer, untouched.trainer,
                       folder_write(&fixture->folder, "damaged.run", bytes, length),
                       STATUS_FORMAT, "counters");
        memcpy(at, kept, sizeof kept);
    }
    free(bytes);
    assert_unharmed(&run, &untouched);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resumed_equals_uninterrupted),
        cmocka_unit_test(test_saving_changes_nothing),
        cmocka_unit_test(test_early_stop),
        cmocka_unit_test(test_other_settings),
        cmocka_unit_test(test_other_models_and_features),
        cmocka_unit_test(test_large_seeds),
        cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_other_files),
        cmocka_unit_test(test_damaged_counters),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
