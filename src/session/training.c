#include "session/training.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "core/checkpoint.h"
#include "core/trainer_state.h"
#include "io/json.h"
#include "session/division.h"

/* The single head draws its start from a stream of its own, so that adding it changes no run. */
enum { SINGLE_STREAM = 0x51, RESTART_STREAM = 0x100 };

struct training {
    const struct features *features;
    struct training_options options;
    struct division division;
    struct trainer *trainer;
    bool has_single;
};

struct training_options training_defaults(void)
{
    return (struct training_options){
        .router = ROUTER_MLP,
        .n_heads = TRAINING_HEADS,
        .n_hidden = TRAINING_HIDDEN,
        .alpha = TRAINING_ALPHA,
        .restarts = TRAINING_RESTARTS,
        .with_single = true,
        .holdout = TRAINING_HOLDOUT,
        .recipe =
            {
                .learning_rate = TRAINING_RATE,
                .warmup = TRAINING_WARMUP,
                .clip = TRAINING_CLIP,
                .decay = DECAY_COSINE,
                .order = ORDER_SHUFFLED,
                .batch = TRAINING_BATCH,
                .epochs = TRAINING_EPOCHS,
                .patience = TRAINING_PATIENCE,
                .seed = 1,
            },
    };
}

size_t training_threads(const struct features *features,
                        const struct training_options *options, size_t most)
{
    /* Products of a step that are worth a thread of their own: threads meet four times a step, which
     * costs a microsecond each on an idle machine and far more on a busy one. */
    const double worth = 25e6;
    double inputs = options->router == ROUTER_MLP      ? (double)options->n_hidden
                    : options->router == ROUTER_LINEAR ? (double)options->n_heads
                                                       : 0;
    double pair = inputs * (double)features->prompt.n_columns +
                  (double)options->n_heads * (double)features->chosen.n_columns;
    double step = 4 * (double)options->restarts * (double)options->recipe.batch * pair;
    double threads = ceil(step / worth);
    return threads < (double)most ? (size_t)(threads < 1 ? 1 : threads) : most;
}

static enum status check_options(const struct training *training, struct error *err)
{
    const struct training_options *options = &training->options;
    if (options->init && options->restarts > 1)
        return error_set(
            err, STATUS_USAGE,
            "--init gives the start of one run: it needs --restarts 1, not %zu",
            options->restarts);
    if (options->n_heads > training->division.n_train)
        return error_set(err, STATUS_SHAPE,
                         "%zu heads are more than the %zu pairs to train on",
                         options->n_heads, training->division.n_train);
    return STATUS_OK;
}

static enum status start_from_file(struct training *training, struct error *err)
{
    struct model model;
    struct json *metadata = NULL;
    enum status status = checkpoint_open(training->options.init, &model, &metadata, err);
    if (status)
        return status;
    status = trainer_start_from(training->trainer, 0, &model, err);
    if (status)
        error_prefix(err, "'%s'", training->options.init);
    model_done(&model);
    json_free(metadata);
    return status;
}

static enum status make_trainer(struct training *training, struct team *team,
                                struct error *err)
{
    const struct training_options *options = &training->options;
    const struct features *features = training->features;
    struct shape shape = {options->router, options->n_heads, options->n_hidden,
                          features->prompt.n_columns, features->chosen.n_columns};
    enum status status = shape_normalise(&shape, err);
    if (status)
        return status;
    training->has_single = options->with_single && shape.router != ROUTER_NONE;
    size_t n = options->restarts + training->has_single;
    struct member *members = mem_zero(n * sizeof *members);
    for (size_t i = 0; i < options->restarts; i++)
        members[i] = (struct member){shape, options->alpha, RESTART_STREAM + i};
    if (training->has_single)
        members[n - 1] = (struct member){
            {ROUTER_NONE, 1, 0, 0, features->chosen.n_columns}, 0, SINGLE_STREAM};
    training->trainer = trainer_create(features, division_train(&training->division),
                                       division_holdout(&training->division), members, n,
                                       &options->recipe, team, err);
    free(members);
    return training->trainer ? STATUS_OK : err->status;
}

/* Says which file an error of the features is about; those of --init and --resume name theirs. */
static enum status name_features(const struct training *training, enum status status,
                                 struct error *err)
{
    const char *name = training->options.features_name;
    bool is_theirs = status == STATUS_SHAPE || status == STATUS_NUMERIC;
    return is_theirs && name ? error_prefix(err, "'%s'", name) : status;
}

struct training *training_create(const struct features *features,
                                 const struct training_options *options, struct team *team,
                                 struct error *err)
{
    struct training *training = mem_zero(sizeof *training);
    training->features = features;
    training->options = *options;
    enum status status = division_make(&training->division, features, options->holdout,
                                       options->recipe.seed, err);
    if (!status)
        status = check_options(training, err);
    if (!status)
        status = make_trainer(training, team, err);
    status = name_features(training, status, err);
    if (!status && options->init)
        status = start_from_file(training, err);
    if (!status && options->resume)
        status = trainer_resume(training->trainer, options->resume, err);
    if (!status)
        return training;
    training_free(training);
    return NULL;
}

void training_free(struct training *training)
{
    if (!training)
        return;
    trainer_free(training->trainer);
    division_done(&training->division);
    free(training);
}

enum status training_step(struct training *training, struct error *err)
{
    return name_features(training, trainer_step(training->trainer, err), err);
}

bool training_finished(const struct training *training)
{
    return trainer_finished(training->trainer);
}

const struct trainer *training_trainer(const struct training *training)
{
    return training->trainer;
}

enum status training_save(const struct training *training, const char *path,
                          struct error *err)
{
    return trainer_save(training->trainer, path, err);
}

size_t training_pairs(const struct training *training)
{
    return training->division.n_train;
}

size_t training_holdout(const struct training *training)
{
    return training->division.n_holdout;
}

size_t training_restarts(const struct training *training)
{
    return training->options.restarts;
}

bool training_has_single(const struct training *training)
{
    return training->has_single;
}

/* What a restart is judged by: smaller is better. */
static double score(const struct training *training, size_t m)
{
    double nll;
    size_t epoch = trainer_best_epoch(training->trainer, m, &nll);
    if (isnan(nll) && trainer_progress(training->trainer).epoch)
        nll = trainer_losses(training->trainer, m, epoch).nll;
    return nll;
}

size_t training_best(const struct training *training)
{
    size_t best = 0;
    for (size_t m = 1; m < training->options.restarts; m++)
        if (score(training, m) < score(training, best))
            best = m;
    return best;
}

static void put_real(struct json *object, const char *key, double value)
{
    struct text text = {0};
    json_add_number(&text, value);
    json_put_text(object, key, text.bytes);
    text_done(&text);
}

static struct json *describe_settings(const struct training_options *options)
{
    const struct recipe *recipe = &options->recipe;
    struct json *settings = json_object();
    json_put_text(settings, "router", router_names[options->router]);
    json_put_number(settings, "heads", (double)options->n_heads);
    json_put_number(settings, "hidden", (double)options->n_hidden);
    json_put_number(settings, "alpha", options->alpha);
    json_put_number(settings, "restarts", (double)options->restarts);
    json_put_number(settings, "learning-rate", recipe->learning_rate);
    json_put_number(settings, "weight-decay", recipe->weight_decay);
    json_put_number(settings, "warmup", recipe->warmup);
    json_put_number(settings, "clip", recipe->clip);
    json_put_text(settings, "schedule", decay_names[recipe->decay]);
    json_put_text(settings, "batch-by", order_names[recipe->order]);
    json_put_number(settings, "batch", (double)recipe->batch);
    json_put_number(settings, "epochs", (double)recipe->epochs);
    json_put_number(settings, "patience", (double)recipe->patience);
    json_put_number(settings, "seed", (double)recipe->seed);
    return settings;
}

static struct json *describe(const struct training *training, size_t best)
{
    const struct json *features = training->features->metadata;
    struct json *metadata = json_object(),
                *settings = describe_settings(&training->options);
    char *text = json_write(settings, false), hash[24];
    json_free(settings);
    snprintf(hash, sizeof hash, "%016" PRIx64, training->features->hash);
    json_put_text(metadata, "format", "microscope.model/1");
    json_put_text(metadata, "settings", text);
    json_put_text(metadata, "features", hash);
    const char *const carried[] = {"encoder", "encoder.settings", "heads_see", "corpus",
                                   "source"};
    for (size_t i = 0; i < sizeof carried / sizeof *carried; i++)
        if (json_text(json_get(features, carried[i])))
            json_put_text(metadata, carried[i], json_text(json_get(features, carried[i])));
    double nll;
    size_t epoch = trainer_best_epoch(training->trainer, best, &nll);
    if (trainer_progress(training->trainer).epoch) {
        put_real(metadata, "train_nll", trainer_losses(training->trainer, best, epoch).nll);
        put_real(metadata, "holdout_nll", nll);
        put_real(metadata, "best_epoch", (double)epoch + 1);
    }
    free(text);
    return metadata;
}

enum status training_result(const struct training *training, struct model *model,
                            struct json **metadata, struct error *err)
{
    size_t best = training_best(training);
    struct model made, single;
    enum status status = trainer_model(training->trainer, best, &made, err);
    if (!status && training->has_single) {
        status = trainer_model(training->trainer, training->options.restarts, &single, err);
        if (status) {
            model_done(&made);
            return status;
        }
        made.single = single.block;
        single.block = NULL;
        model_done(&single);
    }
    if (!status) {
        *model = made;
        *metadata = describe(training, best);
    }
    return status;
}
