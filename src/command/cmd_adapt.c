#include "command/cmd_adapt.h"

#include <math.h>
#include <string.h>

#include "command/adapting_report.h"
#include "command/dtypes.h"
#include "command/model_out.h"
#include "command/subject.h"

#define ARGS struct adapt_args
#include "command/field_rows.h"

struct adapt_args {
    const char *features, *model, *out, *learning_rate;
    size_t budget, epochs, batch, runs;
    double tau, weight_decay;
    int targets, split, rule, dtype;
    bool standardise, keep;
};

/* By enum weigh_rule; the controls are shown beside each. */
static const char *const rule_choices[] = {"hedge", "em", "stack", "em-residual", NULL};

static const struct field adapt_fields[] = {
    {.name = "features",
     .type = FIELD_PATH,
     .held = HELD_FEATURES,
     .positional = true,
     FIELD_AT(struct adapt_args, features),
     .help = "features of pairs with contexts and attributes"},
    {.name = "model",
     .type = FIELD_PATH,
     .held = HELD_MODEL,
     .positional = true,
     FIELD_AT(struct adapt_args, model),
     .help = "model made by train, with a router"},
    {.name = "out",
     .type = FIELD_PATH,
     .letter = 'o',
     .initial = "",
     FIELD_AT(struct adapt_args, out),
     .help = "model to write: the first run's"},
    {.name = "keep",
     .type = FIELD_FLAG,
     FIELD_AT(struct adapt_args, keep),
     .initial = "no",
     .help = "within a session: go on with the first run's model"},
    COUNT("budget", budget, 0, 1000000000, "50",
          "training pairs of each attribute that are used"),
    REAL("tau", tau, HUGE_VAL, "0.001",
         "above 0; small: targets go to the best head, large: they stay"),
    CHOICE("targets", targets, adapt_targets_names, "pair",
           "losses that targets come from: the pair's, or its attribute's mean"),
    {.name = "standardise",
     .type = FIELD_FLAG,
     FIELD_AT(struct adapt_args, standardise),
     .initial = "no",
     .help = "divide margins by their head's root mean square first"},
    COUNT("epochs", epochs, 1, 100000, "10", "passes over the budget"),
    COUNT("batch", batch, 1, 1000000000, "32", "pairs a step"),
    {.name = "learning-rate",
     .type = FIELD_TEXT,
     FIELD_AT(struct adapt_args, learning_rate),
     .initial = "auto",
     .value = "auto|X",
     .help = "AdamW's rate; auto: chosen on a fifth of the budget"},
    REAL("weight-decay", weight_decay, 1000, "0", "AdamW's decoupled weight decay"),
    COUNT("runs", runs, 1, 1000, "5", "budgets drawn and adapted to, one after another"),
    CHOICE("split", split, split_choices, "test", "pairs to evaluate on"),
    CHOICE(
        "rule", rule, rule_choices, "hedge",
        "from labels to weights; em: tau 1; stack, em-residual: by attribute, no router"),
    CHOICE("dtype", dtype, dtype_choices, "f32", "numbers in the model's file"),
    {0},
};

/* "auto" gives 0. */
static enum status read_rate(const char *text, double *rate, struct error *err)
{
    static const struct field field = {.name = "learning-rate",
                                       .type = FIELD_REAL,
                                       .size = sizeof(double),
                                       .min = 1e-12,
                                       .max = 1000};
    *rate = 0;
    return strcmp(text, "auto") == 0 ? STATUS_OK
                                     : field_parse(&field, text, rate, NULL, err);
}

/* em is expectation maximisation with the router for its weights (E14). */
static double tau_of(const struct adapt_args *args)
{
    return args->rule == WEIGH_EM ? 1 : args->tau;
}

static bool makes_model(const struct adapt_args *args)
{
    return args->out || args->keep;
}

static enum status check_args(const struct call *call, struct error *err)
{
    const struct adapt_args *args = call->args;
    if (!(args->tau > 0))
        return error_set(err, STATUS_USAGE, "--tau wants a number above 0, not %g",
                         args->tau);
    if (!makes_model(args))
        return STATUS_OK;
    if (!adapting_routes((enum weigh_rule)args->rule))
        return error_set(err, STATUS_USAGE,
                         "--rule %s weighs the heads by attribute and adapts no router "
                         "that --out could write",
                         rule_choices[args->rule]);
    return model_out_check(call, args->out, err);
}

static enum status save_model(const struct adapting *adapting, const struct json *metadata,
                              struct call *call, struct error *err)
{
    const struct adapt_args *args = call->args;
    struct model model;
    struct json *described = NULL;
    enum status status = adapting_model(adapting, metadata, &model, &described, err);
    return status ? status
                  : model_out(call, &model, described, args->out, dtype_chosen[args->dtype],
                              err);
}

static void report_settings(struct call *call, double seconds)
{
    const struct adapt_args *args = call->args;
    struct report *report = call->report;
    report_text(report, "split", split_choices[args->split]);
    report_text(report, "rule", rule_choices[args->rule]);
    report_count(report, "budget", args->budget, "pairs an attribute");
    report_real(report, "tau", tau_of(args), 6, NULL);
    report_text(report, "targets", adapt_targets_names[args->targets]);
    report_real(report, "seconds", seconds, 3, "s");
}

static enum status adapt_subject(struct call *call, const struct subject *subject,
                                 double rate, struct error *err)
{
    const struct adapt_args *args = call->args;
    struct adapting_setting setting = {args->budget, tau_of(args)};
    struct adapting_options options = {
        .adapt =
            {
                .targets = (enum adapt_targets)args->targets,
                .standardise = args->standardise,
                .learning_rate = rate,
                .weight_decay = args->weight_decay,
                .batch = args->batch,
                .epochs = args->epochs,
            },
        .rule = RULE_PROBABILITY,
        .split = (enum split)args->split,
        .with_rules = true,
        .runs = args->runs,
        .seed = call->seed,
        .cancel = call->cancel,
    };
    struct team *team =
        team_create(adapt_threads(&subject->model.shape, args->batch, call->threads));
    struct adapting *adapting = adapting_create(&subject->features, &subject->model,
                                                &setting, 1, &options, team, err);
    const struct adapting_watcher nobody = {0};
    double seconds = 0;
    enum status status =
        adapting ? adapting_watch(adapting, call, &nobody, &seconds, err) : err->status;
    if (!status && makes_model(args))
        status = save_model(adapting, subject->metadata, call, err);
    if (!status) {
        report_settings(call, seconds);
        adapting_report_before(adapting, call->report);
        adapting_report(adapting, args->runs, (enum weigh_rule)args->rule, call->report);
    }
    adapting_free(adapting);
    team_free(team);
    return status;
}

static enum status run_adapt(struct call *call, struct error *err)
{
    const struct adapt_args *args = call->args;
    struct subject subject;
    double rate;
    enum status status = read_rate(args->learning_rate, &rate, err);
    if (!status)
        status = check_args(call, err);
    if (!status)
        status = subject_open(&subject, call, args->features, args->model, err);
    if (status)
        return status;
    status = subject_check_split(&subject.features, (enum split)args->split, err);
    if (!status)
        status = adapt_subject(call, &subject, rate, err);
    if (status == STATUS_SHAPE || status == STATUS_NUMERIC)
        error_prefix(err, "'%s'", args->features);
    subject_done(&subject);
    return status;
}

const struct command cmd_adapt = {
    .name = "adapt",
    .group = "model",
    .help = "fine-tune a model's router on a few context pairs",
    .more =
        "Algorithm 1 of the paper: every epoch the heads' losses on the labelled pairs\n"
        "turn the router's weights into targets, w proportional to f exp(-L / tau), which\n"
        "it is then taught for the prompts with their contexts. Heads stay as they are:\n"
        "they see contexts if the features were made with encode --heads-see-context, or\n"
        "by a backbone that was given them. Labels come from the train split; nothing is\n"
        "chosen on the pairs that are evaluated on.\n"
        "\n"
        "examples\n"
        "  microscope adapt s.features.safetensors s.model.safetensors -o adapted.model\n"
        "  microscope adapt s.features.safetensors s.model.safetensors --budget 10",
    .fields = adapt_fields,
    .args_size = sizeof(struct adapt_args),
    .run = run_adapt,
};
