#include "command/cmd_prune.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/model_out.h"
#include "command/prune_report.h"
#include "command/subject.h"
#include "io/json.h"

struct prune_args {
    const char *features, *model, *out;
    double threshold;
    int statistic, split;
    size_t resamples;
    bool centred, merge, curve, dry_run;
};

#define FLAG(name_, member, help_)                                                         \
    {                                                                                      \
        .name = name_, .type = FIELD_FLAG, FIELD_AT(struct prune_args, member),            \
        .initial = "no", .help = help_                                                     \
    }

static const struct field prune_fields[] = {
    {.name = "features",
     .type = FIELD_PATH,
     .held = HELD_FEATURES,
     .positional = true,
     FIELD_AT(struct prune_args, features),
     .help = "features of the pairs"},
    {.name = "model",
     .type = FIELD_PATH,
     .held = HELD_MODEL,
     .positional = true,
     FIELD_AT(struct prune_args, model),
     .help = "model made by train, or a released checkpoint"},
    {.name = "out",
     .type = FIELD_PATH,
     .letter = 'o',
     FIELD_AT(struct prune_args, out),
     .initial = "",
     .help = "model to write (safetensors)"},
    {.name = "threshold",
     .type = FIELD_REAL,
     FIELD_AT(struct prune_args, threshold),
     .min = -1,
     .max = 1,
     .initial = "0.95",
     .help = "a head is kept if its correlation with each kept before it is below this"},
    {.name = "statistic",
     .type = FIELD_CHOICE,
     FIELD_AT(struct prune_args, statistic),
     .choices = statistic_names,
     .initial = "margin",
     .help = "what of two heads is correlated"},
    FLAG("pearson", centred,
         "centre over the pairs as stored instead of counting each both ways round"),
    FLAG("merge", merge, "merge heads into those that they are like; do not drop them"),
    {.name = "split",
     .type = FIELD_CHOICE,
     FIELD_AT(struct prune_args, split),
     .choices = split_choices,
     .initial = "holdout",
     .help = "pairs to correlate the heads over"},
    {.name = "resamples",
     .type = FIELD_COUNT,
     FIELD_AT(struct prune_args, resamples),
     .min = 0,
     .max = 1000000,
     .initial = "1000",
     .help = "draws of the bootstrap; 0: no intervals"},
    FLAG("curve", curve, "add every cut that a threshold can make"),
    FLAG("dry-run", dry_run, "write nothing"),
    {0},
};

/* ---- the figures ---- */

static void pruning_done(struct pruning *pruning)
{
    prune_curve_free(pruning->curve);
    free(pruning->leader);
    model_done(&pruning->model);
}

static enum status pruning_make(struct pruning *out, const struct subject *subject,
                                const struct prune_args *args, uint64_t seed,
                                const struct workers *workers, struct error *err)
{
    struct pruning made = {.features = &subject->features, .threshold = args->threshold};
    struct prune_curve_options options = {.statistic = (enum statistic)args->statistic,
                                          .centred = args->centred,
                                          .merge = args->merge,
                                          .resamples = args->resamples,
                                          .seed = seed,
                                          .workers = *workers};
    enum split split = (enum split)args->split;
    enum status status = subject_check_split(&subject->features, split, err);
    if (status)
        return status;
    made.curve =
        prune_curve_open(&subject->features, &subject->model, split, &options, err);
    if (!made.curve)
        return err->status;
    struct prune_index *index = &made.curve->index;
    made.merge = args->merge ? index->importance : NULL;
    made.leader = mem_alloc(index->n_heads * sizeof *made.leader);
    prune_at(index, made.threshold, made.leader);
    status = prune_model(&made.model, &subject->model, made.leader, made.merge, err);
    if (status)
        pruning_done(&made);
    else
        *out = made;
    return status;
}

/* ---- the file ---- */

/* What this pruning did, for the metadata. */
static struct json *describe_step(const struct prune_args *args,
                                  const struct pruning *pruning)
{
    struct json *step = json_object();
    json_put_number(step, "threshold", args->threshold);
    json_put_text(step, "statistic", statistic_names[args->statistic]);
    json_put_flag(step, "pearson", args->centred);
    json_put_flag(step, "merged", args->merge);
    json_put_text(step, "split", split_choices[args->split]);
    struct json *clusters = json_put(step, "clusters", json_array());
    size_t K = pruning->curve->index.n_heads;
    for (size_t j = 0; j < K; j++) {
        if (pruning->leader[j] != j)
            continue;
        struct json *cluster = json_push(clusters, json_array());
        json_push(cluster, json_new_number((double)j + 1));
        for (size_t k = 0; k < K; k++)
            if (k != j && pruning->leader[k] == j)
                json_push(cluster, json_new_number((double)k + 1));
    }
    return step;
}

/* The model's metadata without what speaks of its likelihood, and with one more step. */
static struct json *describe(const struct json *metadata, struct json *step)
{
    static const char *const stale[] = {"train_nll", "holdout_nll", "pruned", "version"};
    struct json *out = json_object(), *steps = NULL;
    const char *before = json_text(json_get(metadata, "pruned"));
    if (before)
        steps = json_parse(before, strlen(before), NULL);
    if (!json_is_array(steps)) {
        json_free(steps);
        steps = json_array();
    }
    json_push(steps, step);
    for (const struct json *item = json_first(metadata); item; item = json_next(item)) {
        bool is_stale = false;
        for (size_t s = 0; s < sizeof stale / sizeof *stale; s++)
            is_stale = is_stale || strcmp(json_key(item), stale[s]) == 0;
        if (!is_stale && json_text(item))
            json_put_text(out, json_key(item), json_text(item));
    }
    char *text = json_write(steps, false);
    json_put_text(out, "pruned", text);
    free(text);
    json_free(steps);
    return out;
}

static enum status save(struct call *call, const struct subject *subject,
                        const struct pruning *pruning, struct error *err)
{
    const struct prune_args *args = call->args;
    struct json *metadata = describe(subject->metadata, describe_step(args, pruning));
    struct model model;
    enum status status = model_copy(&model, &pruning->model, err);
    if (!status)
        return model_out(call, &model, metadata, args->out, DTYPE_F32, err);
    json_free(metadata);
    return status;
}

/* ---- the command ---- */

static enum status prune_on(struct call *call, const struct subject *subject,
                            struct pruning *pruning, struct error *err)
{
    const struct prune_args *args = call->args;
    report_text(call->report, "statistic", statistic_names[args->statistic]);
    enum status status = prune_report(pruning, call, args->resamples, err);
    if (!status && args->curve)
        status = prune_report_curve(pruning, call, err);
    if (!status && args->dry_run)
        report_note(call->report, "Nothing was written (--dry-run).");
    else if (!status)
        status = save(call, subject, pruning, err);
    return status;
}

static enum status run_prune(struct call *call, struct error *err)
{
    const struct prune_args *args = call->args;
    if (!args->out && !args->dry_run && !call->outcome)
        return error_set(err, STATUS_USAGE,
                         "'prune' wants --out FILE, or --dry-run to write nothing");
    enum status status = args->dry_run ? STATUS_OK : model_out_check(call, args->out, err);
    struct subject subject;
    struct pruning pruning;
    if (!status)
        status = subject_open(&subject, call, args->features, args->model, err);
    if (status)
        return status;
    struct workers workers = {team_create(call->threads), call->cancel};
    status = pruning_make(&pruning, &subject, args, call->seed, &workers, err);
    if (status == STATUS_SHAPE || status == STATUS_NUMERIC)
        error_prefix(err, "'%s'", args->features);
    if (!status) {
        status = prune_on(call, &subject, &pruning, err);
        pruning_done(&pruning);
    }
    team_free(workers.team);
    if (status == STATUS_CANCELLED) {
        struct error stopped = *err;
        error_set(err, status, "%s; nothing was written", stopped.message);
    }
    subject_done(&subject);
    return status;
}

const struct command cmd_prune = {
    .name = "prune",
    .group = "model",
    .help = "drop heads that say what another one says already",
    .more =
        "Heads are visited by the weight that the router gives them; one is kept if its\n"
        "correlation with every head kept so far is below --threshold. Dropping rows of\n"
        "the router's last layer renormalises its weights exactly. --merge averages the\n"
        "heads of a cluster and adds up their weights: exact for a static router, for the\n"
        "others as nearly as one row of the layer can, and the report says how nearly.\n"
        "A head that is another one's opposite is kept.\n"
        "\n"
        "examples\n"
        "  microscope prune s.features.safetensors s.model.safetensors --dry-run --curve\n"
        "  microscope prune s.features.safetensors s.model.safetensors --threshold 0.9 \\\n"
        "      --out small.model.safetensors",
    .fields = prune_fields,
    .args_size = sizeof(struct prune_args),
    .run = run_prune,
};
