#include "command/ablate_shape.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "command/ablate_table.h"
#include "command/cmd_ablate.h"
#include "command/subject.h"
#include "core/ablate.h"
#include "core/budget.h"
#include "core/linalg.h"
#include "session/division.h"
#include "session/training.h"

/* What is varied, and how a value of it is put into a variant. */
struct axis {
    const char *name;
    enum column_type type;
    unsigned decimals;
    void (*put)(struct ablate_variant *variant, double value);
};

static void put_heads(struct ablate_variant *variant, double value)
{
    variant->shape.n_heads = (size_t)value;
    if (variant->shape.n_heads == 1)
        variant->shape.router = ROUTER_NONE;
}

static void put_alpha(struct ablate_variant *variant, double value)
{
    variant->alpha = value;
}

static void put_hidden(struct ablate_variant *variant, double value)
{
    variant->shape.n_hidden = (size_t)value;
}

static const struct axis heads_axis = {"heads", COLUMN_COUNT, 0, put_heads};
static const struct axis alpha_axis = {"alpha", COLUMN_REAL, 3, put_alpha};
static const struct axis hidden_axis = {"hidden", COLUMN_COUNT, 0, put_hidden};

/* An ablation under way and what it runs on. */
struct work {
    struct call *call;
    const struct ablate_args *args;
    const struct axis *axis;
    const struct ablate_values *values;
    struct features features;
    struct division division;
    struct ablate_variant *variants; /* [values->n] */
    struct team *team;
    struct ablate *ablate;
    size_t budget;            /* to adapt every model to; 0: none */
    size_t n_short;           /* attributes that have fewer pairs */
    struct error not_adapted; /* why there is none */
    double seconds;
};

/* ---- preparing ---- */

static enum status make_variants(struct work *work, struct error *err)
{
    const struct ablate_args *args = work->args;
    enum status status = STATUS_OK;
    work->variants = mem_zero(work->values->n * sizeof *work->variants);
    for (size_t v = 0; v < work->values->n && !status; v++) {
        struct ablate_variant *variant = &work->variants[v];
        *variant = (struct ablate_variant){
            .shape = {(enum router)args->router, args->heads, args->hidden,
                      work->features.prompt.n_columns, work->features.chosen.n_columns},
            .alpha = args->alpha,
        };
        work->axis->put(variant, work->values->items[v]);
        status = shape_normalise(&variant->shape, err);
        if (!status && variant->shape.n_heads > work->division.n_train)
            status = error_set(err, STATUS_SHAPE,
                               "%zu heads are more than the %zu pairs to train on",
                               variant->shape.n_heads, work->division.n_train);
    }
    return status;
}

/* A budget needs contexts to draw from; without them the ablation goes on, and says so. */
static void settle_budget(struct work *work)
{
    struct budget budget;
    if (!work->args->budget || budget_draw(&budget, &work->features, work->args->budget,
                                           work->call->seed, &work->not_adapted))
        return;
    work->n_short = budget.n_short;
    budget_done(&budget);
    work->budget = work->args->budget;
}

static struct recipe recipe_of(const struct work *work)
{
    struct recipe recipe = training_defaults().recipe;
    recipe.learning_rate = work->args->learning_rate;
    recipe.batch = work->args->batch;
    recipe.epochs = work->args->epochs;
    recipe.patience = work->args->patience;
    recipe.seed = work->call->seed;
    return recipe;
}

static struct team *make_team(const struct work *work)
{
    struct training_options like = training_defaults();
    like.recipe = recipe_of(work);
    like.router = (enum router)work->args->router;
    like.restarts = work->values->n * work->args->seeds;
    like.n_hidden = work->args->hidden;
    return team_create(training_threads(&work->features, &like, work->call->threads));
}

/* ---- running ---- */

static struct ablate_shown shown_of(const struct work *work)
{
    return (struct ablate_shown){.ablate = work->ablate,
                                 .axis = work->axis->name,
                                 .type = work->axis->type,
                                 .decimals = work->axis->decimals,
                                 .values = work->values,
                                 .adapts = work->budget > 0,
                                 .holds_out = work->division.n_holdout > 0};
}

/* Figures as they come, for whoever looks on. */
static void show(const struct work *work)
{
    struct ablate_shown shown = shown_of(work);
    if (!work->call->show)
        return;
    struct table *table = table_create(ablate_table_name, ablate_table_title);
    ablate_fill(&shown, table);
    call_show(work->call, table);
}

/* After every epoch: which value is ahead on the hold-out. */
static void say_epoch(const struct work *work, const struct ablate_progress *at)
{
    size_t best = SIZE_MAX;
    for (size_t v = 0; v < work->values->n; v++) {
        double latest = ablate_latest(work->ablate, v);
        if (!isnan(latest) &&
            (best == SIZE_MAX || latest < ablate_latest(work->ablate, best)))
            best = v;
    }
    struct text line = {0};
    text_printf(&line, "epoch %zu of %zu", at->epoch, at->n_epochs);
    if (at->n_rounds > 1)
        text_printf(&line, ", round %zu of %zu", at->round + 1, at->n_rounds);
    if (best != SIZE_MAX)
        text_printf(&line, ": %s %g ahead at %.4f nats", work->axis->name,
                    work->values->items[best], ablate_latest(work->ablate, best));
    progress_say(work->call->progress, line.bytes);
    text_done(&line);
}

static void say_adapted(const struct work *work, const struct ablate_progress *at)
{
    char line[64];
    snprintf(line, sizeof line, "adapted %zu of %zu models", at->n_adapted, at->n_models);
    progress_say(work->call->progress, line);
}

static enum status run_steps(struct work *work, struct error *err)
{
    struct progress *progress = work->call->progress;
    struct ablate_progress at = ablate_progress(work->ablate), before = at;
    enum status status = STATUS_OK;
    double began = clock_seconds();
    progress_begin(progress, "training", NULL);
    while (!status && !ablate_finished(work->ablate)) {
        status = ablate_step(work->ablate, err);
        at = ablate_progress(work->ablate);
        bool epoch_ended =
            at.epoch && (at.epoch != before.epoch || at.round != before.round);
        if (epoch_ended)
            say_epoch(work, &at);
        if (at.n_adapted != before.n_adapted)
            say_adapted(work, &at);
        if (epoch_ended || at.n_judged != before.n_judged ||
            at.n_adapted != before.n_adapted)
            show(work);
        before = at;
        progress_update(progress, at.done, at.total);
        bool stops = cancel_asked(work->call->cancel) && !ablate_finished(work->ablate);
        if (status == STATUS_CANCELLED || (!status && stops))
            status = error_set(err, STATUS_CANCELLED,
                               "the ablation was stopped after %.0f %% of its work",
                               100 * at.done / at.total);
    }
    progress_end(progress);
    work->seconds = clock_seconds() - began;
    return status;
}

static enum status run_work(struct work *work, struct error *err)
{
    struct ablate_options options = {
        .variants = work->variants,
        .n_variants = work->values->n,
        .n_seeds = work->args->seeds,
        .recipe = recipe_of(work),
        .split = (enum split)work->args->split,
        .budget = work->budget,
        .cancel = work->call->cancel,
    };
    work->team = make_team(work);
    work->ablate =
        ablate_create(&work->features, division_train(&work->division),
                      division_holdout(&work->division), &options, work->team, err);
    return work->ablate ? run_steps(work, err) : err->status;
}

/* ---- reporting ---- */

static void note_adapted(const struct work *work, struct report *report)
{
    if (work->budget)
        report_note(report,
                    "The adapted mixture is that of the router fine-tuned on %zu labelled "
                    "pairs with contexts of each attribute and reading contexts, as adapt "
                    "does it; every seed draws pairs of its own.",
                    work->budget);
    if (work->n_short)
        report_note(report,
                    "%zu attributes have fewer pairs with contexts than the budget; all "
                    "of theirs were used.",
                    work->n_short);
    if (work->not_adapted.status)
        report_note(report, "The models were not adapted to labelled pairs: %s.",
                    work->not_adapted.message);
}

static void report_work(const struct work *work)
{
    struct report *report = work->call->report;
    report_text(report, "split", split_choices[work->args->split]);
    report_count(report, "training_pairs", work->division.n_train, NULL);
    report_count(report, "holdout_pairs", work->division.n_holdout, NULL);
    report_count(report, "models", work->values->n * work->args->seeds, NULL);
    report_count(report, "rounds", ablate_progress(work->ablate).n_rounds, NULL);
    if (work->budget)
        report_count(report, "budget", work->budget, "pairs an attribute");
    report_real(report, "seconds", work->seconds, 3, "s");
    struct ablate_shown shown = shown_of(work);
    ablate_fill(&shown, report_table(report, ablate_table_name, ablate_table_title));
    report_note(
        report,
        "Accuracies are means over attributes. The best head is an oracle: for each "
        "attribute the head that does best on these very pairs, so that more heads "
        "gain by chance alone. Intervals are of the mean over %zu seeds, which "
        "differ in where the parameters start; pairs and batches are the same.",
        work->args->seeds);
    note_adapted(work, report);
    report_note(report,
                "All models of a round were trained at once; seconds are one model's "
                "share of that by its parameters.");
}

static enum status ablate_axis(struct call *call, const struct axis *axis,
                               const struct ablate_values *values, struct error *err)
{
    struct work work = {.call = call, .args = call->args, .axis = axis, .values = values};
    linalg_init();
    enum status status = features_open(&work.features, work.args->features, err);
    if (status)
        return status;
    status = subject_check_split(&work.features, (enum split)work.args->split, err);
    if (!status)
        status = division_make(&work.division, &work.features, work.args->holdout,
                               call->seed, err);
    if (!status)
        status = make_variants(&work, err);
    if (!status) {
        settle_budget(&work);
        status = run_work(&work, err);
    }
    if (status == STATUS_SHAPE || status == STATUS_NUMERIC)
        error_prefix(err, "'%s'", work.args->features);
    if (!status)
        report_work(&work);
    ablate_free(work.ablate);
    team_free(work.team);
    free(work.variants);
    division_done(&work.division);
    features_done(&work.features);
    return status;
}

/* ---- the kinds ---- */

/* A model that the session holds is left alone. */
static enum status refuse_model(const struct call *call, struct error *err)
{
    const struct ablate_args *args = call->args;
    if (!args->model || args->model == given_name(call->given, HELD_MODEL))
        return STATUS_OK;
    return error_set(err, STATUS_USAGE,
                     "this ablation trains its models and has no use for '%s'; values are "
                     "numbers joined by commas",
                     args->model);
}

static enum status run_axis(struct call *call, const struct axis *axis, const char *usual,
                            double least, double most, struct error *err)
{
    struct ablate_values values;
    bool whole = axis->type == COLUMN_COUNT;
    enum status status = refuse_model(call, err);
    if (!status)
        status = ablate_values_read(call->args, usual, least, most, whole, &values, err);
    if (status)
        return status;
    status = ablate_axis(call, axis, &values, err);
    free(values.items);
    return status;
}

enum status ablate_heads(struct call *call, struct error *err)
{
    const struct ablate_args *args = call->args;
    struct text usual = {0};
    if (args->from > args->to)
        return error_set(err, STATUS_USAGE, "--from %zu is more than --to %zu", args->from,
                         args->to);
    for (size_t k = args->from; k <= args->to; k++)
        text_printf(&usual, "%s%zu", k > args->from ? "," : "", k);
    enum status status = run_axis(call, &heads_axis, usual.bytes, 1, MODEL_HEADS_MAX, err);
    text_done(&usual);
    return status;
}

enum status ablate_alpha(struct call *call, struct error *err)
{
    return run_axis(call, &alpha_axis, "0,0.05,0.1,0.2,0.5,1", 0, 1000, err);
}

enum status ablate_hidden(struct call *call, struct error *err)
{
    const struct ablate_args *args = call->args;
    if (args->router != ROUTER_MLP)
        return error_set(err, STATUS_USAGE,
                         "the router '%s' has no hidden units: --router mlp",
                         router_names[args->router]);
    return run_axis(call, &hidden_axis, "8,16,32,64,128,256", 1, MODEL_HIDDEN_MAX, err);
}
