#include "core/ablate.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/rng.h"
#include "core/adapt.h"
#include "core/adapt_budget.h"
#include "core/adapt_trial.h"
#include "core/budget.h"
#include "core/evaluate.h"

/* STEP_PRODUCTS: multiplications and additions of one step of a round, some 50 ms on a slow
 * processor, so that who asks to stop need not wait. ROUND_PARAMETERS: of all models of a round,
 * each 20 bytes. */
#define STEP_PRODUCTS    2.5e9
#define ROUND_PARAMETERS 6.4e7

enum figure { ORACLE, MIXTURE, NLL, HOLDOUT, ENTROPY, SECONDS, ADAPTED, FIGURES };

struct ablate {
    const struct features *features;
    struct pair_list train, holdout;
    struct ablate_options options;
    struct ablate_variant *variants; /* [n_variants] */
    struct team *team;

    /* Model i is variant i % n_variants from seed i / n_variants. */
    size_t n_models;
    size_t n_rounds, round;
    size_t first, end;       /* models of this round */
    size_t judged, adapted;  /* of all models */
    struct trainer *trainer; /* NULL: the round has not begun */
    double seconds;          /* of this round's training so far */
    double work_done;        /* of the rounds before */
    double work_total;
    double *values; /* (n_models, FIGURES) */

    struct team *adapt_team;   /* NULL: nothing is adapted */
    size_t budget_pairs;       /* of the first budget */
    struct adapt_trial *trial; /* of the next model to be adapted; NULL: not begun */
};

static const struct ablate_variant *variant_of(const struct ablate *ablate, size_t model)
{
    return &ablate->variants[model % ablate->options.n_variants];
}

static double parameters_of(const struct ablate *ablate, size_t model)
{
    return (double)shape_parameters(&variant_of(ablate, model)->shape);
}

/* The work of a model, its training being that of its parameters: an adaptation sees its pairs in
 * every epoch, as often as there are rates to try and once more. */
static double work_of(const struct ablate *ablate, size_t model)
{
    const struct ablate_options *options = &ablate->options;
    double parameters = parameters_of(ablate, model);
    double seen =
        (double)(adapt_defaults().epochs * (ADAPT_RATES + 1) * ablate->budget_pairs);
    if (variant_of(ablate, model)->shape.router == ROUTER_NONE)
        return parameters;
    return parameters *
           (1 + seen / ((double)options->recipe.epochs * (double)ablate->train.n));
}

static double parameters_between(const struct ablate *ablate, size_t first, size_t end)
{
    double sum = 0;
    for (size_t i = first; i < end; i++)
        sum += parameters_of(ablate, i);
    return sum;
}

/* The end of the round that begins with model `first`: as many as fit, and at least one. */
static size_t round_end(const struct ablate *ablate, size_t first)
{
    double batch = (double)ablate->options.recipe.batch;
    double most = fmin(STEP_PRODUCTS / (4 * batch), ROUND_PARAMETERS);
    double sum = parameters_of(ablate, first);
    size_t end = first + 1;
    while (end < ablate->n_models && sum + parameters_of(ablate, end) <= most)
        sum += parameters_of(ablate, end++);
    return end;
}

static void count_rounds(struct ablate *ablate)
{
    size_t end = 0;
    for (; end < ablate->n_models; ablate->n_rounds++)
        end = round_end(ablate, end);
    ablate->end = round_end(ablate, 0);
    for (size_t i = 0; i < ablate->n_models; i++)
        ablate->work_total += work_of(ablate, i);
}

static enum status begin_round(struct ablate *ablate, struct error *err)
{
    enum { STREAM = 0x100 };
    size_t n = ablate->end - ablate->first;
    struct member *members = mem_zero(n * sizeof *members);
    for (size_t i = 0; i < n; i++) {
        const struct ablate_variant *variant = variant_of(ablate, ablate->first + i);
        size_t seed = (ablate->first + i) / ablate->options.n_variants;
        members[i] = (struct member){variant->shape, variant->alpha, STREAM + seed};
    }
    ablate->trainer =
        trainer_create(ablate->features, ablate->train, ablate->holdout, members, n,
                       &ablate->options.recipe, ablate->team, err);
    free(members);
    if (!ablate->trainer)
        return err->status;
    trainer_watch(ablate->trainer, ablate->options.cancel);
    ablate->seconds = 0;
    return STATUS_OK;
}

static uint64_t budget_seed(const struct ablate *ablate, size_t seed)
{
    return rng_mix(ablate->options.recipe.seed) + seed;
}

/* Threads to adapt on, and whether there is something to adapt to. */
static enum status prepare_adapting(struct ablate *ablate, struct error *err)
{
    struct budget budget;
    size_t threads = 1, most = team_size(ablate->team);
    if (!ablate->options.budget)
        return STATUS_OK;
    if (budget_draw(&budget, ablate->features, ablate->options.budget,
                    budget_seed(ablate, 0), err))
        return err->status;
    ablate->budget_pairs = budget.n;
    budget_done(&budget);
    for (size_t v = 0; v < ablate->options.n_variants; v++) {
        size_t best =
            adapt_threads(&ablate->variants[v].shape, adapt_defaults().batch, most);
        threads = best > threads ? best : threads;
    }
    ablate->adapt_team = team_create(threads);
    return STATUS_OK;
}

struct ablate *ablate_create(const struct features *features, struct pair_list train,
                             struct pair_list holdout, const struct ablate_options *options,
                             struct team *team, struct error *err)
{
    if (!features_select(features, options->split, -1, NULL)) {
        error_set(err, STATUS_SHAPE, "there are no pairs in the %s split to judge on",
                  split_name(options->split));
        return NULL;
    }
    struct ablate *ablate = mem_zero(sizeof *ablate);
    *ablate = (struct ablate){.features = features,
                              .train = train,
                              .holdout = holdout,
                              .options = *options,
                              .team = team,
                              .n_models = options->n_variants * options->n_seeds};
    ablate->variants = mem_zero(options->n_variants * sizeof *ablate->variants);
    memcpy(ablate->variants, options->variants,
           options->n_variants * sizeof *ablate->variants);
    ablate->options.variants = ablate->variants;
    ablate->values = mem_zero(ablate->n_models * FIGURES * sizeof *ablate->values);
    enum status status = prepare_adapting(ablate, err);
    count_rounds(ablate);
    if (!status)
        status = begin_round(ablate, err);
    if (!status)
        return ablate;
    ablate_free(ablate);
    return NULL;
}

void ablate_free(struct ablate *ablate)
{
    if (!ablate)
        return;
    trainer_free(ablate->trainer);
    adapt_trial_free(ablate->trial);
    team_free(ablate->adapt_team);
    free(ablate->variants);
    free(ablate->values);
    free(ablate);
}

/* ---- the loop ---- */

static enum status train(struct ablate *ablate, struct error *err)
{
    double began = clock_seconds();
    enum status status = trainer_step(ablate->trainer, err);
    ablate->seconds += clock_seconds() - began;
    return status;
}

/* Judges the next model of the round. */
static enum status judge(struct ablate *ablate, struct error *err)
{
    size_t at = ablate->judged - ablate->first;
    struct evaluate_options options = {.split = ablate->options.split,
                                       .workers = {ablate->team, ablate->options.cancel}};
    struct evaluation evaluation;
    struct model model;
    enum status status = trainer_model(ablate->trainer, at, &model, err);
    if (status)
        return status;
    status = evaluate(ablate->features, &model, &options, &evaluation, err);
    model_done(&model);
    if (status)
        return status;
    double *values = ablate->values + ablate->judged * FIGURES;
    double share = parameters_of(ablate, ablate->judged) /
                   parameters_between(ablate, ablate->first, ablate->end);
    values[ORACLE] = evaluation_row(&evaluation, PREDICTOR_ORACLE)->mean;
    values[MIXTURE] = evaluation_row(&evaluation, PREDICTOR_MIXTURE)->mean;
    values[NLL] = evaluation.nll;
    values[ENTROPY] = evaluation.entropy;
    values[SECONDS] = ablate->seconds * share;
    trainer_best_epoch(ablate->trainer, at, &values[HOLDOUT]);
    evaluation_done(&evaluation);
    ablate->judged++;
    return STATUS_OK;
}

/* A step of adapting the next model of the round. */
static enum status adapt(struct ablate *ablate, struct error *err)
{
    if (!ablate->trial) {
        struct model model;
        struct adapt_trial_options options = {
            .per_attribute = ablate->options.budget,
            .seed = budget_seed(ablate, ablate->adapted / ablate->options.n_variants),
            .split = ablate->options.split,
            .workers = {ablate->adapt_team, ablate->options.cancel},
        };
        if (trainer_model(ablate->trainer, ablate->adapted - ablate->first, &model, err))
            return err->status;
        ablate->trial = adapt_trial_create(ablate->features, &model, &options, err);
        return ablate->trial ? STATUS_OK : err->status;
    }
    enum status status = adapt_trial_step(ablate->trial, err);
    if (status || !adapt_trial_finished(ablate->trial))
        return status;
    ablate->values[ablate->adapted++ * FIGURES + ADAPTED] =
        adapt_trial_accuracy(ablate->trial);
    adapt_trial_free(ablate->trial);
    ablate->trial = NULL;
    return STATUS_OK;
}

/* All that there is of a model. */
static size_t finished_models(const struct ablate *ablate)
{
    return ablate->adapt_team ? ablate->adapted : ablate->judged;
}

static void end_round(struct ablate *ablate)
{
    for (size_t i = ablate->first; i < ablate->end; i++)
        ablate->work_done += work_of(ablate, i);
    trainer_free(ablate->trainer);
    ablate->trainer = NULL;
    if (ablate->end == ablate->n_models)
        return;
    ablate->first = ablate->end;
    ablate->end = round_end(ablate, ablate->first);
    ablate->round++;
}

enum status ablate_step(struct ablate *ablate, struct error *err)
{
    assert(!ablate_finished(ablate));
    enum status status = STATUS_OK;
    if (!ablate->trainer)
        status = begin_round(ablate, err);
    else if (!trainer_finished(ablate->trainer))
        status = train(ablate, err);
    else if (ablate->judged < ablate->end)
        status = judge(ablate, err);
    else
        status = adapt(ablate, err);
    if (!status && finished_models(ablate) == ablate->end)
        end_round(ablate);
    return status;
}

bool ablate_finished(const struct ablate *ablate)
{
    return finished_models(ablate) == ablate->n_models;
}

/* ---- what there is to see ---- */

struct ablate_progress ablate_progress(const struct ablate *ablate)
{
    struct ablate_progress progress = {
        .done = ablate->work_done,
        .total = ablate->work_total,
        .n_epochs = ablate->options.recipe.epochs,
        .round = ablate->round,
        .n_rounds = ablate->n_rounds,
        .n_judged = ablate->judged,
        .n_adapted = ablate->adapted,
        .n_models = ablate->n_models,
    };
    if (!ablate->trainer)
        return progress;
    struct trainer_progress at = trainer_progress(ablate->trainer);
    double share = trainer_finished(ablate->trainer)
                       ? 1
                       : (double)at.step / (double)(at.n_steps ? at.n_steps : 1);
    progress.done += share * parameters_between(ablate, ablate->first, ablate->end);
    for (size_t i = ablate->first; i <= ablate->adapted && i < ablate->end; i++) {
        double adapting = work_of(ablate, i) - parameters_of(ablate, i);
        bool is_done = i < ablate->adapted;
        progress.done += is_done         ? adapting
                         : ablate->trial ? adapting * adapt_trial_done_share(ablate->trial)
                                         : 0;
    }
    progress.epoch = at.epoch;
    return progress;
}

double ablate_latest(const struct ablate *ablate, size_t variant)
{
    size_t epoch = ablate->trainer ? trainer_progress(ablate->trainer).epoch : 0, n = 0;
    double sum = 0;
    for (size_t i = ablate->first; i < ablate->end && epoch; i++)
        if (i % ablate->options.n_variants == variant) {
            struct trainer_losses losses =
                trainer_losses(ablate->trainer, i - ablate->first, epoch - 1);
            sum += ablate->holdout.n ? losses.holdout_nll : losses.nll;
            n++;
        }
    return n ? sum / (double)n : (double)NAN;
}

/* The mean over the n models of a variant that are judged, and its interval. */
static struct ablate_figure figure_of(const struct ablate *ablate, size_t variant, size_t n,
                                      enum figure figure, double *scratch)
{
    struct ablate_figure result = {.mean = n ? 0 : (double)NAN};
    for (size_t s = 0; s < n; s++) {
        size_t model = s * ablate->options.n_variants + variant;
        scratch[s] = ablate->values[model * FIGURES + (size_t)figure];
        result.mean += scratch[s] / (double)n;
    }
    result.interval = interval_mean(scratch, n);
    return result;
}

/* Seeds of a variant among the first n_models models. */
static size_t seeds_of(const struct ablate *ablate, size_t variant, size_t n_models)
{
    return n_models > variant ? (n_models - variant - 1) / ablate->options.n_variants + 1
                              : 0;
}

struct ablate_result ablate_result(const struct ablate *ablate, size_t variant)
{
    size_t n = seeds_of(ablate, variant, ablate->judged);
    size_t n_adapted = seeds_of(ablate, variant, ablate->adapted);
    double *scratch = mem_alloc((n + 1) * sizeof *scratch);
    struct ablate_result result = {
        .n_seeds = n,
        .oracle = figure_of(ablate, variant, n, ORACLE, scratch),
        .mixture = figure_of(ablate, variant, n, MIXTURE, scratch),
        .nll = figure_of(ablate, variant, n, NLL, scratch),
        .holdout = figure_of(ablate, variant, n, HOLDOUT, scratch),
        .entropy = figure_of(ablate, variant, n, ENTROPY, scratch),
        .n_adapted = n_adapted,
        .adapted = figure_of(ablate, variant, n_adapted, ADAPTED, scratch),
        .seconds = figure_of(ablate, variant, n, SECONDS, scratch).mean,
    };
    free(scratch);
    return result;
}
