#include "core/ablate.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "core/evaluate.h"

/* STEP_PRODUCTS: multiplications and additions of one step of a round, some 50 ms on a slow
 * processor, so that who asks to stop need not wait. ROUND_PARAMETERS: of all models of a round,
 * each 20 bytes. */
#define STEP_PRODUCTS    2.5e9
#define ROUND_PARAMETERS 6.4e7

enum figure { ORACLE, MIXTURE, NLL, HOLDOUT, ENTROPY, SECONDS, FIGURES };

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
    size_t evaluated;        /* of all models */
    struct trainer *trainer; /* NULL: the round has not begun */
    double seconds;          /* of this round's training so far */
    double work_done;        /* of the rounds before */
    double work_total;
    double *values; /* (n_models, FIGURES) */
};

static const struct ablate_variant *variant_of(const struct ablate *ablate, size_t model)
{
    return &ablate->variants[model % ablate->options.n_variants];
}

static double parameters_of(const struct ablate *ablate, size_t model)
{
    return (double)shape_parameters(&variant_of(ablate, model)->shape);
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
    ablate->work_total = parameters_between(ablate, 0, ablate->n_models);
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
    count_rounds(ablate);
    if (!begin_round(ablate, err))
        return ablate;
    ablate_free(ablate);
    return NULL;
}

void ablate_free(struct ablate *ablate)
{
    if (!ablate)
        return;
    trainer_free(ablate->trainer);
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
    size_t at = ablate->evaluated - ablate->first;
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
    double *values = ablate->values + ablate->evaluated * FIGURES;
    double share = parameters_of(ablate, ablate->evaluated) /
                   parameters_between(ablate, ablate->first, ablate->end);
    values[ORACLE] = evaluation_row(&evaluation, PREDICTOR_ORACLE)->mean;
    values[MIXTURE] = evaluation_row(&evaluation, PREDICTOR_MIXTURE)->mean;
    values[NLL] = evaluation.nll;
    values[ENTROPY] = evaluation.entropy;
    values[SECONDS] = ablate->seconds * share;
    trainer_best_epoch(ablate->trainer, at, &values[HOLDOUT]);
    evaluation_done(&evaluation);
    ablate->evaluated++;
    return STATUS_OK;
}

static void end_round(struct ablate *ablate)
{
    ablate->work_done += parameters_between(ablate, ablate->first, ablate->end);
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
    else
        status = judge(ablate, err);
    if (!status && ablate->evaluated == ablate->end)
        end_round(ablate);
    return status;
}

bool ablate_finished(const struct ablate *ablate)
{
    return ablate->evaluated == ablate->n_models;
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
    };
    if (!ablate->trainer)
        return progress;
    struct trainer_progress at = trainer_progress(ablate->trainer);
    double share = trainer_finished(ablate->trainer)
                       ? 1
                       : (double)at.step / (double)(at.n_steps ? at.n_steps : 1);
    progress.done += share * parameters_between(ablate, ablate->first, ablate->end);
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

struct ablate_result ablate_result(const struct ablate *ablate, size_t variant)
{
    size_t V = ablate->options.n_variants;
    size_t n = ablate->evaluated > variant ? (ablate->evaluated - variant - 1) / V + 1 : 0;
    double *scratch = mem_alloc((n + 1) * sizeof *scratch);
    struct ablate_result result = {
        .n_seeds = n,
        .oracle = figure_of(ablate, variant, n, ORACLE, scratch),
        .mixture = figure_of(ablate, variant, n, MIXTURE, scratch),
        .nll = figure_of(ablate, variant, n, NLL, scratch),
        .holdout = figure_of(ablate, variant, n, HOLDOUT, scratch),
        .entropy = figure_of(ablate, variant, n, ENTROPY, scratch),
        .seconds = figure_of(ablate, variant, n, SECONDS, scratch).mean,
    };
    free(scratch);
    return result;
}
