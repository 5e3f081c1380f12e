#include "session/adapting.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/rng.h"
#include "core/adapt_budget.h"
#include "core/budget.h"
#include "core/predict.h"
#include "io/json.h"
#include "session/adapted.h"

enum { ROUTINGS = 2 };

struct adapting {
    const struct features *features;
    const struct model *model;
    const struct adapting_setting *settings;
    size_t n_settings;
    struct adapting_options options;
    struct team *team;

    struct evaluation before[ROUTINGS];
    struct adapting_run *runs; /* (n_settings, runs) */
    size_t n_done;
    struct model first; /* of the first run; its block is NULL until then */

    /* The run at work. */
    struct budget budget;
    struct adapt_budget *work;
    struct rule_trial *trial; /* NULL until the adaptation has ended, or without rules */
    double *scale;            /* [K] of the heads on the training pairs; with rules only */
};

/* The next run, of those that there are. */
static size_t setting_at(const struct adapting *adapting)
{
    return adapting->n_done / adapting->options.runs;
}

static enum status begin(struct adapting *adapting, struct error *err)
{
    const struct adapting_setting *setting = &adapting->settings[setting_at(adapting)];
    size_t run = adapting->n_done % adapting->options.runs;
    uint64_t seed = rng_mix(adapting->options.seed) + run;
    enum status status =
        budget_draw(&adapting->budget, adapting->features, setting->budget, seed, err);
    if (status)
        return status;
    struct adapt_options options = adapting->options.adapt;
    options.tau = setting->tau;
    options.seed = seed;
    adapting->work = adapt_budget_create(adapting->features, adapting->model,
                                         &adapting->budget, &options, adapting->team, err);
    return adapting->work ? STATUS_OK : err->status;
}

static struct workers workers_of(const struct adapting *adapting)
{
    return (struct workers){adapting->team, adapting->options.cancel};
}

/* Scales of the heads for the rules. */
static enum status measure_scales(struct adapting *adapting, struct error *err)
{
    const struct features *features = adapting->features;
    size_t n = features_select(features, SPLIT_TRAIN, -1, NULL);
    size_t K = adapting->model->shape.n_heads;
    uint32_t *pairs = mem_alloc(n * sizeof *pairs);
    struct predictions predictions;
    features_select(features, SPLIT_TRAIN, -1, pairs);
    adapting->scale = mem_alloc(K * sizeof *adapting->scale);
    struct predict_options options = {RULE_PROBABILITY, ROUTE_CONTEXT,
                                      workers_of(adapting)};
    enum status status =
        predictions_make(&predictions, features, adapting->model, pairs, n, options, err);
    if (!status) {
        weigh_scales(predictions.margin, n, K, adapting->scale);
        predictions_done(&predictions);
    }
    free(pairs);
    return status;
}

static enum status look(const struct adapting *adapting, const struct model *model,
                        enum routing routing, struct evaluation *out, struct error *err)
{
    struct evaluate_options options = {.split = adapting->options.split,
                                       .rule = adapting->options.rule,
                                       .routing = routing,
                                       .seed = adapting->options.seed,
                                       .workers = workers_of(adapting)};
    return evaluate(adapting->features, model, &options, out, err);
}

struct adapting *adapting_create(const struct features *features, const struct model *model,
                                 const struct adapting_setting *settings, size_t n_settings,
                                 const struct adapting_options *options, struct team *team,
                                 struct error *err)
{
    assert(n_settings && options->runs);
    struct adapting *adapting = mem_zero(sizeof *adapting);
    adapting->features = features;
    adapting->model = model;
    adapting->settings = settings;
    adapting->n_settings = n_settings;
    adapting->options = *options;
    adapting->team = team;
    adapting->runs = mem_zero(n_settings * options->runs * sizeof *adapting->runs);
    enum status status = STATUS_OK;
    for (int r = 0; r < ROUTINGS && !status; r++)
        status = look(adapting, model, (enum routing)r, &adapting->before[r], err);
    if (!status && options->with_rules)
        status = measure_scales(adapting, err);
    if (!status)
        status = begin(adapting, err);
    if (!status)
        return adapting;
    adapting_free(adapting);
    return NULL;
}

static void end_work(struct adapting *adapting)
{
    adapt_budget_free(adapting->work);
    rule_trial_free(adapting->trial);
    adapting->work = NULL;
    adapting->trial = NULL;
    budget_done(&adapting->budget);
}

void adapting_free(struct adapting *adapting)
{
    if (!adapting)
        return;
    end_work(adapting);
    for (size_t i = 0; i < adapting->n_done; i++) {
        evaluation_done(&adapting->runs[i].evaluation);
        free(adapting->runs[i].rule_accuracy);
    }
    for (int r = 0; r < ROUTINGS; r++)
        evaluation_done(&adapting->before[r]);
    model_done(&adapting->first);
    free(adapting->scale);
    free(adapting->runs);
    free(adapting);
}

/* The rules' accuracies, in the evaluation's columns. */
static void keep_rules(const struct adapting *adapting, struct adapting_run *run)
{
    const size_t n_columns = run->evaluation.n_attributes;
    run->rule_accuracy = mem_alloc(n_columns * WEIGH_COUNT * sizeof *run->rule_accuracy);
    for (size_t r = 0; r < WEIGH_COUNT; r++)
        run->rules[r] = (struct rule_score){(double)NAN, (double)NAN};
    if (adapting->trial)
        rule_trial_scores(adapting->trial, run->rules);
    /* The columns are the attributes; behind them may be one for pairs without. */
    for (size_t a = 0; a < n_columns; a++)
        for (size_t r = 0; r < WEIGH_COUNT; r++)
            run->rule_accuracy[a * WEIGH_COUNT + r] =
                adapting->trial && a < adapting->features->n_attributes
                    ? rule_trial_accuracy(adapting->trial, (enum weigh_rule)r, a)
                    : (double)NAN;
}

/* Keeps what the run at work has found. */
static enum status collect(struct adapting *adapting, struct error *err)
{
    struct model model;
    struct adapting_run *run = &adapting->runs[adapting->n_done];
    enum status status = adapt_budget_model(adapting->work, &model, err);
    if (status)
        return status;
    status = look(adapting, &model, ROUTE_CONTEXT, &run->evaluation, err);
    if (status) {
        model_done(&model);
        return status;
    }
    run->n_pairs = adapting->budget.n;
    run->n_short = adapting->budget.n_short;
    run->learning_rate = adapt_budget_rate(adapting->work);
    run->losses = adapt_budget_losses(adapting->work);
    keep_rules(adapting, run);
    if (adapting->n_done++ == 0)
        adapting->first = model;
    else
        model_done(&model);
    end_work(adapting);
    return STATUS_OK;
}

enum status adapting_step(struct adapting *adapting, struct error *err)
{
    assert(!adapting_finished(adapting));
    if (!adapting->work)
        return begin(adapting, err);
    if (!adapt_budget_finished(adapting->work))
        return adapt_budget_step(adapting->work, err);
    if (adapting->options.with_rules && !adapting->trial) {
        adapting->trial =
            rule_trial_create(adapting->features, adapting->model, &adapting->budget,
                              adapting->options.split, adapting->scale, err);
        return adapting->trial ? STATUS_OK : err->status;
    }
    if (adapting->trial && !rule_trial_finished(adapting->trial))
        return rule_trial_step(adapting->trial, err);
    return collect(adapting, err);
}

bool adapting_finished(const struct adapting *adapting)
{
    return adapting->n_done == adapting_total(adapting);
}

double adapting_done(const struct adapting *adapting)
{
    double share = adapting->work ? adapt_budget_done_share(adapting->work) : 0;
    return (double)adapting->n_done + share;
}

size_t adapting_ended(const struct adapting *adapting)
{
    return adapting->n_done;
}

size_t adapting_total(const struct adapting *adapting)
{
    return adapting->n_settings * adapting->options.runs;
}

const struct evaluation *adapting_before(const struct adapting *adapting,
                                         enum routing routing)
{
    return &adapting->before[routing];
}

const struct adapting_run *adapting_result(const struct adapting *adapting, size_t setting,
                                           size_t run)
{
    size_t at = setting * adapting->options.runs + run;
    assert(run < adapting->options.runs && at < adapting->n_done);
    return &adapting->runs[at];
}

static struct json *describe_settings(const struct adapting *adapting)
{
    const struct adapt_options *options = &adapting->options.adapt;
    const struct adapting_run *run = &adapting->runs[0];
    struct json *settings = json_object();
    json_put_number(settings, "budget", (double)adapting->settings[0].budget);
    json_put_number(settings, "pairs", (double)run->n_pairs);
    json_put_number(settings, "tau", adapting->settings[0].tau);
    json_put_text(settings, "targets", adapt_targets_names[options->targets]);
    json_put_flag(settings, "standardise", options->standardise);
    json_put_number(settings, "learning-rate", run->learning_rate);
    json_put_number(settings, "batch", (double)options->batch);
    json_put_number(settings, "epochs", (double)options->epochs);
    json_put_number(settings, "seed", (double)adapting->options.seed);
    return settings;
}

enum status adapting_model(const struct adapting *adapting, const struct json *given,
                           struct model *model, struct json **metadata, struct error *err)
{
    assert(adapting->n_done);
    if (model_copy(model, &adapting->first, err))
        return err->status;
    struct json *settings = describe_settings(adapting);
    *metadata = adapted_metadata(given, adapting->model, settings);
    json_free(settings);
    return STATUS_OK;
}
