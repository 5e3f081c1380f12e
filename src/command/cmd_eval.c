#include "command/cmd_eval.h"

#include "command/evaluation_report.h"
#include "command/subject.h"

struct eval_args {
    const char *features, *model;
    int split, rule, route;
    size_t resamples;
};

static const struct field eval_fields[] = {
    {.name = "features",
     .type = FIELD_PATH,
     .held = HELD_FEATURES,
     .positional = true,
     FIELD_AT(struct eval_args, features),
     .help = "features of the pairs"},
    {.name = "model",
     .type = FIELD_PATH,
     .held = HELD_MODEL,
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
        .workers = {team_create(call->threads), call->cancel},
    };
    struct evaluation evaluation;
    enum status status = subject_check_split(features, options.split, err);
    if (!status)
        status = evaluate(features, model, &options, &evaluation, err);
    team_free(options.workers.team);
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
    struct subject subject;
    enum status status = subject_open(&subject, call, args->features, args->model, err);
    if (status)
        return status;
    status = eval_on(call, &subject.features, &subject.model, err);
    if (status == STATUS_SHAPE || status == STATUS_NUMERIC)
        error_prefix(err, "'%s'", args->features);
    subject_done(&subject);
    return status;
}

const struct command cmd_eval = {
    .name = "eval",
    .group = "model",
    .help = "accuracy of every head and of the mixture by attribute",
    .more =
        "A pair is right when the chosen response scores strictly higher. Intervals are\n"
        "Wilson's for a cell and a bootstrap over prompts for means and differences.\n"
        "--table cells has a row for every predictor and attribute.\n"
        "\n"
        "examples\n"
        "  microscope eval s.features.safetensors s.model.safetensors\n"
        "  microscope eval s.features.safetensors s.model.safetensors --mode csv\n"
        "  microscope eval s.features.safetensors s.model.safetensors --table cells \\\n"
        "      --where 'accuracy_interval>0.5' --sort -accuracy --top 10",
    .fields = eval_fields,
    .args_size = sizeof(struct eval_args),
    .run = run_eval,
};
