#include "command/cmd_train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/call.h"
#include "command/dtypes.h"
#include "command/model_out.h"
#include "command/subject.h"
#include "command/training_report.h"

#define ARGS struct train_args
#include "command/field_rows.h"

struct train_args {
    const char *features, *out, *init, *resume;
    size_t heads, hidden, restarts, batch, epochs, patience;
    int router, schedule, batch_by, order, dtype;
    double alpha, learning_rate, weight_decay, warmup, clip, holdout;
    bool single;
};

static const char *const file_orders[] = {"shuffled", "file", NULL};
static const char *const batch_units[] = {"pair", "prompt", NULL};

#define PATH(name_, member, initial_, help_)                                               \
    {                                                                                      \
        .name = name_, .type = FIELD_PATH, FIELD_AT(struct train_args, member),            \
        .initial = initial_, .help = help_                                                 \
    }

static const struct field train_fields[] = {
    {.name = "features",
     .type = FIELD_PATH,
     .held = HELD_FEATURES,
     .positional = true,
     FIELD_AT(struct train_args, features),
     .help = "features made by encode, or another layout they can be read from"},
    {.name = "out",
     .type = FIELD_PATH,
     .letter = 'o',
     FIELD_AT(struct train_args, out),
     .initial = "",
     .help = "model to write (safetensors); within a session it may be left out"},
    COUNT("heads", heads, 1, MODEL_HEADS_MAX, TRAINING_TEXT(TRAINING_HEADS),
          "heads in the mixture"),
    CHOICE("router", router, router_names, "mlp", "what weighs the heads"),
    COUNT("hidden", hidden, 1, MODEL_HIDDEN_MAX, TRAINING_TEXT(TRAINING_HIDDEN),
          "hidden units of the mlp router"),
    REAL("alpha", alpha, 1000, TRAINING_TEXT(TRAINING_ALPHA),
         "weight of the entropy term; larger: more even weights"),
    COUNT("restarts", restarts, 1, 256, TRAINING_TEXT(TRAINING_RESTARTS),
          "runs side by side; the best on the hold-out wins"),
    TRAINING_PACE,
    CHOICE("schedule", schedule, decay_names, "cosine", "the rate after the warm-up"),
    REAL("warmup", warmup, 1, TRAINING_TEXT(TRAINING_WARMUP),
         "share of the steps in which the rate rises"),
    REAL("clip", clip, HUGE_VAL, TRAINING_TEXT(TRAINING_CLIP),
         "largest norm of a gradient; 0: off"),
    REAL("weight-decay", weight_decay, 1000, "0", "AdamW's decoupled weight decay"),
    COUNT("patience", patience, 0, 100000, TRAINING_TEXT(TRAINING_PATIENCE),
          "epochs without gain before it stops; 0: never"),
    TRAINING_SHARE_HELD_OUT,
    CHOICE("batch-by", batch_by, batch_units, "pair",
           "keep the pairs of a prompt together or not"),
    CHOICE("order", order, file_orders, "shuffled", "order of the pairs in an epoch"),
    {.name = "single",
     .type = FIELD_FLAG,
     FIELD_AT(struct train_args, single),
     .initial = "yes",
     .help = "train a single head beside the mixture, to compare with"},
    PATH("init", init, "", "start from these parameters (a model of the same shape)"),
    PATH("resume", resume, "", "go on from a run that was stopped, with the same options"),
    CHOICE("dtype", dtype, dtype_choices, "f32", "numbers in the model's file"),
    {0},
};

static struct training_options options_of(const struct call *call)
{
    const struct train_args *args = call->args;
    bool in_file_order = args->order == 1;
    return (struct training_options){
        .router = (enum router)args->router,
        .n_heads = args->router == ROUTER_NONE ? 1 : args->heads,
        .n_hidden = args->hidden,
        .alpha = args->alpha,
        .restarts = args->init ? 1 : args->restarts,
        .with_single = args->single,
        .holdout = args->holdout,
        .features_name = args->features,
        .init = args->init,
        .resume = args->resume,
        .recipe =
            {
                .learning_rate = args->learning_rate,
                .weight_decay = args->weight_decay,
                .warmup = args->warmup,
                .clip = args->clip,
                .decay = (enum decay)args->schedule,
                .order = in_file_order    ? ORDER_FILE
                         : args->batch_by ? ORDER_BY_PROMPT
                                          : ORDER_SHUFFLED,
                .batch = args->batch,
                .epochs = args->epochs,
                .patience = args->patience,
                .seed = call->seed,
            },
    };
}

static enum status save_result(const struct training *training, struct call *call,
                               struct error *err)
{
    const struct train_args *args = call->args;
    struct model model;
    struct json *metadata = NULL;
    enum status status = training_result(training, &model, &metadata, err);
    return status ? status
                  : model_out(call, &model, metadata, args->out, dtype_chosen[args->dtype],
                              err);
}

/* Keeps a run that was stopped, beside the model it would have become; in this folder when that was
 * standard output. Within a session, which has no file for it, it is lost. */
static void keep_stopped(const struct training *training, const struct train_args *args,
                         struct error *err)
{
    struct text path = {0};
    struct error unsaved;
    if (!args->out)
        return;
    text_printf(&path, "%s.run", strcmp(args->out, "-") == 0 ? "microscope" : args->out);
    struct error stopped = *err;
    if (training_save(training, path.bytes, &unsaved))
        error_set(err, STATUS_IO, "%s, and its state was lost: %s", stopped.message,
                  unsaved.message);
    else
        error_set(err, STATUS_CANCELLED,
                  "%s; go on with the same options and --resume '%s'", stopped.message,
                  path.bytes);
    text_done(&path);
}

static enum status train_on(struct call *call, const struct features *features,
                            struct error *err)
{
    const struct train_args *args = call->args;
    struct training_options options = options_of(call);
    struct team *team = team_create(training_threads(features, &options, call->threads));
    struct training *training = training_create(features, &options, team, err);
    double seconds = 0;
    enum status status =
        training ? training_run(training, call, &seconds, err) : err->status;
    if (status == STATUS_CANCELLED) {
        keep_stopped(training, args, err);
        status = err->status;
    }
    if (!status)
        status = save_result(training, call, err);
    if (!status)
        training_report(training, call->report, seconds);
    training_free(training);
    team_free(team);
    return status;
}

static enum status run_train(struct call *call, struct error *err)
{
    const struct train_args *args = call->args;
    struct subject subject;
    enum status status = model_out_check(call, args->out, err);
    if (!status)
        status = subject_open_features(&subject, call, args->features, err);
    if (status)
        return status;
    const struct features *features = &subject.features;
    if (!features->n_pairs)
        status = error_set(err, STATUS_SHAPE,
                           "'%s' holds %zu rated responses and no pairs to train on",
                           args->features, features->labels.n_rows);
    else
        status = train_on(call, features, err);
    subject_done(&subject);
    return status;
}

const struct command cmd_train = {
    .name = "train",
    .group = "model",
    .help = "train a mixture of reward heads and its router",
    .more = "Trains --restarts mixtures and a single head at once and keeps the mixture\n"
            "with the best hold-out likelihood. Ctrl-C stops between two steps and keeps\n"
            "the run in OUT.run; --resume goes on from there, to the bit.\n"
            "\n"
            "examples\n"
            "  microscope train s.features.safetensors --out s.model.safetensors\n"
            "  microscope train s.features.safetensors --router static --out static.model",
    .fields = train_fields,
    .args_size = sizeof(struct train_args),
    .run = run_train,
};
