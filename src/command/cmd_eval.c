#include "command/cmd_eval.h"

#include <string.h>

#include "base/memory.h"
#include "command/call.h"
#include "command/evaluation_report.h"
#include "core/checkpoint.h"
#include "core/linalg.h"
#include "io/json.h"

struct eval_args {
    const char *features, *model;
    int split, rule, route;
    size_t resamples;
};

static const char *const split_choices[] = {"train", "holdout", "test", NULL};

static const struct field eval_fields[] = {
    {.name = "features",
     .type = FIELD_PATH,
     .positional = true,
     FIELD_AT(struct eval_args, features),
     .help = "features of the pairs"},
    {.name = "model",
     .type = FIELD_PATH,
     .positional = true,
     FIELD_AT(struct eval_args, model),
     .help = "model made by train, or a released checkpoint"},
    {.name = "split",
     .type = FIELD_CHOICE,
     FIELD_AT(struct eval_args, split),
     .choices = split_choices,
     .initial = "test",
     .help = "pairs to evaluate on"},
    {.name = "rule",
     .type = FIELD_CHOICE,
     FIELD_AT(struct eval_args, rule),
     .choices = rule_names,
     .initial = "probability",
     .help = "how the mixture decides; logsigmoid is the released script's"},
    {.name = "route",
     .type = FIELD_CHOICE,
     FIELD_AT(struct eval_args, route),
     .choices = routing_names,
     .initial = "prompt",
     .help = "what the router reads; context: the prompt with it, where a pair has one"},
    {.name = "resamples",
     .type = FIELD_COUNT,
     FIELD_AT(struct eval_args, resamples),
     .min = 0,
     .max = 1000000,
     .initial = "1000",
     .help = "draws of the bootstrap; 0: no intervals of means"},
    {0},
};

/* An empty split is often the wrong one: says which have pairs. */
static enum status check_split(const struct features *features, enum split split,
                               struct error *err)
{
    if (features_select(features, split, -1, NULL))
        return STATUS_OK;
    return error_set(
        err, STATUS_SHAPE,
        "there are no pairs in the %s split; --split train has %zu, holdout %zu, "
        "test %zu",
        split_name(split), features_select(features, SPLIT_TRAIN, -1, NULL),
        features_select(features, SPLIT_HOLDOUT, -1, NULL),
        features_select(features, SPLIT_TEST, -1, NULL));
}

/* Says when a model was made from other features or another encoder. */
static void compare_origins(struct report *report, const struct features *features,
                            const struct json *metadata)
{
    const char *theirs = json_text(json_get(metadata, "encoder"));
    const char *ours = json_text(json_get(features->metadata, "encoder"));
    if (theirs && ours && strcmp(theirs, ours) != 0)
        report_note(
            report,
            "The model was trained on features of the encoder '%s', these are of '%s': "
            "the figures may mean nothing.",
            theirs, ours);
}

static enum status eval_on(struct call *call, const struct features *features,
                           const struct model *model, struct error *err)
{
    const struct eval_args *args = call->args;
    struct evaluate_options options = {
        .split = (enum split)args->split,
        .rule = (enum rule)args->rule,
        .routing = (enum routing)args->route,
        .resamples = args->resamples,
        .seed = call->seed,
    };
    struct evaluation evaluation;
    enum status status = check_split(features, options.split, err);
    if (!status)
        status = evaluate(features, model, &options, &evaluation, err);
    if (status)
        return status;
    report_text(call->report, "split", split_choices[args->split]);
    report_text(call->report, "rule", rule_names[args->rule]);
    report_text(call->report, "route", routing_names[args->route]);
    if (options.routing == ROUTE_CONTEXT && !features->context.n_rows)
        report_note(call->report,
                    "The features hold no contexts, so the router read prompts alone.");
    evaluation_report(&evaluation, call->report, call->mode);
    evaluation_done(&evaluation);
    return STATUS_OK;
}

static enum status run_eval(struct call *call, struct error *err)
{
    const struct eval_args *args = call->args;
    struct features features;
    struct model model;
    struct json *metadata = NULL;
    linalg_init();
    enum status status = features_open(&features, args->features, err);
    if (status)
        return status;
    status = checkpoint_open(args->model, &model, &metadata, err);
    if (!status) {
        compare_origins(call->report, &features, metadata);
        status = eval_on(call, &features, &model, err);
        if (status == STATUS_SHAPE || status == STATUS_NUMERIC)
            error_prefix(err, "'%s'", args->features);
        model_done(&model);
        json_free(metadata);
    }
    features_done(&features);
    return status;
}

const struct command cmd_eval = {
    .name = "eval",
    .group = "model",
    .help = "accuracy of every head and of the mixture by attribute",
    .more =
        "A pair is right when the chosen response scores strictly higher. Intervals are\n"
        "Wilson's for a cell and a bootstrap over prompts for means and differences.\n"
        "\n"
        "examples\n"
        "  microscope eval s.features.safetensors s.model.safetensors\n"
        "  microscope eval s.features.safetensors s.model.safetensors --mode csv",
    .fields = eval_fields,
    .args_size = sizeof(struct eval_args),
    .run = run_eval,
};
