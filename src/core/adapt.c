#include "core/adapt.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/adapt_inside.h"
#include "core/columns.h"
#include "core/logistic.h"
#include "core/predict.h"
#include "core/weigh.h"

const char *const adapt_targets_names[] = {"pair", "attribute", NULL};

struct adapt_options adapt_defaults(void)
{
    return (struct adapt_options){.tau = 1e-3,
                                  .targets = TARGETS_PAIR,
                                  .learning_rate = 1e-3,
                                  .batch = 32,
                                  .epochs = 10,
                                  .order = ORDER_SHUFFLED,
                                  .seed = 1};
}

size_t adapt_threads(const struct shape *shape, size_t batch, size_t most)
{
    /* Products of a step that are worth a thread of their own, as for training. */
    const double worth = 25e6;
    double step =
        6 * (double)batch * (double)shape_inputs(shape) * (double)shape->prompt_width;
    double threads = ceil(step / worth);
    return threads < (double)most ? (size_t)(threads < 1 ? 1 : threads) : most;
}

/* ---- checks ---- */

static enum status check(const struct features *features, const struct model *model,
                         struct pair_list pairs, const struct adapt_options *options,
                         struct error *err)
{
    if (!(options->tau > 0))
        return error_set(err, STATUS_USAGE, "tau is %g, it must be above 0", options->tau);
    if (model->shape.router == ROUTER_NONE)
        return error_set(err, STATUS_USAGE,
                         "a model of one head has no router that could be adapted");
    if (!pairs.n)
        return error_set(err, STATUS_SHAPE, "there are no pairs to adapt to");
    for (size_t i = 0; i < pairs.n; i++) {
        uint32_t pair = pairs.pairs[i];
        if (features->pair_context[pair] < 0)
            return error_set(err, STATUS_SHAPE, "pair %u has no context to adapt to", pair);
        if (options->targets == TARGETS_ATTRIBUTE && features->pair_attribute[pair] < 0)
            return error_set(err, STATUS_SHAPE,
                             "pair %u has no attribute to average its losses by", pair);
    }
    return STATUS_OK;
}

/* ---- evidence ---- */

/* Margins in units of their heads' scales. */
static void standardise(float *margin, size_t n, size_t K)
{
    double *scale = mem_alloc(K * sizeof *scale);
    weigh_scales(margin, n, K, scale);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < K; k++)
            margin[i * K + k] /= (float)scale[k];
    free(scale);
}

/* Every pair gets the mean over its attribute. */
static void average_by_attribute(struct adapt *adapt)
{
    const size_t K = adapt->n_heads, A = adapt->features->n_attributes;
    double *sums = mem_zero(A * K * sizeof *sums);
    size_t *counts = mem_zero(A * sizeof *counts);
    for (size_t i = 0; i < adapt->pairs.n; i++) {
        size_t a = (size_t)adapt->features->pair_attribute[adapt->pairs.pairs[i]];
        counts[a]++;
        for (size_t k = 0; k < K; k++)
            sums[a * K + k] += adapt->evidence[i * K + k];
    }
    for (size_t i = 0; i < adapt->pairs.n; i++) {
        size_t a = (size_t)adapt->features->pair_attribute[adapt->pairs.pairs[i]];
        for (size_t k = 0; k < K; k++)
            adapt->evidence[i * K + k] = sums[a * K + k] / (double)counts[a];
    }
    free(counts);
    free(sums);
}

static enum status collect_evidence(struct adapt *adapt, struct error *err)
{
    const size_t K = adapt->n_heads, n = adapt->pairs.n;
    struct predictions predictions;
    enum status status =
        predictions_make(&predictions, adapt->features, &adapt->model, adapt->pairs.pairs,
                         n, (struct predict_options){RULE_PROBABILITY, ROUTE_CONTEXT}, err);
    if (status)
        return status;
    if (adapt->options.standardise)
        standardise(predictions.margin, n, K);
    for (size_t i = 0; i < n * K; i++)
        adapt->evidence[i] =
            log_logistic((double)predictions.margin[i]) / adapt->options.tau;
    if (adapt->options.targets == TARGETS_ATTRIBUTE)
        average_by_attribute(adapt);
    predictions_done(&predictions);
    return STATUS_OK;
}

/* ---- construction ---- */

static float *floats(size_t n, bool *enough)
{
    float *array = mem_array(n, sizeof *array);
    *enough = *enough && array;
    return array;
}

static bool make_arrays(struct adapt *adapt)
{
    const size_t n = adapt->pairs.n, K = adapt->n_heads, F = adapt->n_inputs;
    const size_t R = ADAPT_BLOCK, n_threads = team_size(adapt->team);
    bool enough = true;
    adapt->evidence = mem_array(n, K * sizeof *adapt->evidence);
    adapt->target = mem_array(n, K * sizeof *adapt->target);
    adapt->positions = mem_array(n, sizeof *adapt->positions);
    adapt->losses = mem_array(adapt->options.epochs, sizeof *adapt->losses);
    adapt->gradient = floats(adapt->n_router, &enough);
    adapt->first_moment = floats(adapt->n_router, &enough);
    adapt->second_moment = floats(adapt->n_router, &enough);
    adapt->stride = columns_stride(adapt->width);
    adapt->rows = floats(R * adapt->stride, &enough);
    adapt->inside = floats(F * R, &enough);
    adapt->d_inside = floats(F * R, &enough);
    adapt->logit = floats(K * R, &enough);
    adapt->d_logit = floats(K * R, &enough);
    adapt->scratch = floats(2 * R, &enough);
    adapt->lanes = mem_zero(n_threads * sizeof *adapt->lanes);
    for (size_t t = 0; t < n_threads; t++)
        adapt->lanes[t] = (struct adapt_lane){
            .begin = columns_begin(adapt->width, t, n_threads),
            .end = columns_begin(adapt->width, t + 1, n_threads),
            .part = t ? floats(F * R, &enough) : adapt->inside,
        };
    return enough && adapt->evidence && adapt->target && adapt->positions && adapt->losses;
}

static enum status prepare(struct adapt *adapt, const struct model *model,
                           struct error *err)
{
    const struct shape *shape = &model->shape;
    if (model_copy(&adapt->model, model, err))
        return err->status;
    adapt->n_heads = shape->n_heads;
    adapt->n_inputs = shape_inputs(shape);
    adapt->width = adapt->n_inputs ? shape->prompt_width : 0;
    adapt->n_router = adapt->n_inputs * adapt->width + shape_tail(shape);
    if (!make_arrays(adapt))
        return error_set(err, STATUS_NO_MEMORY, "no memory to adapt to %zu pairs",
                         adapt->pairs.n);
    const struct adapt_options *options = &adapt->options;
    struct recipe recipe = {
        .order = options->order, .batch = options->batch, .seed = options->seed};
    for (size_t i = 0; i < adapt->pairs.n; i++)
        adapt->positions[i] = (uint32_t)i;
    batches_init(&adapt->batches, adapt->positions, adapt->pairs.n, NULL, &recipe);
    return collect_evidence(adapt, err);
}

struct adapt *adapt_create(const struct features *features, const struct model *model,
                           struct pair_list pairs, const struct adapt_options *options,
                           struct team *team, struct error *err)
{
    assert(options->order != ORDER_BY_PROMPT && options->batch);
    if (check(features, model, pairs, options, err))
        return NULL;
    struct adapt *adapt = mem_zero(sizeof *adapt);
    adapt->features = features;
    adapt->pairs = pairs;
    adapt->options = *options;
    adapt->team = team;
    if (!prepare(adapt, model, err))
        return adapt;
    adapt_free(adapt);
    return NULL;
}

void adapt_free(struct adapt *adapt)
{
    if (!adapt)
        return;
    for (size_t t = 1; adapt->lanes && t < team_size(adapt->team); t++)
        free(adapt->lanes[t].part);
    float *arrays[] = {adapt->target, adapt->gradient, adapt->first_moment,
                       adapt->rows,   adapt->inside,   adapt->second_moment,
                       adapt->logit,  adapt->d_logit,  adapt->d_inside,
                       adapt->scratch};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    free(adapt->evidence);
    free(adapt->positions);
    free(adapt->losses);
    free(adapt->lanes);
    batches_done(&adapt->batches);
    model_done(&adapt->model);
    free(adapt);
}

/* ---- the loop ---- */

static void make_targets(struct adapt *adapt)
{
    size_t left = adapt->pairs.n - adapt->n_targets;
    size_t n = left < ADAPT_TARGET_PAIRS ? left : ADAPT_TARGET_PAIRS;
    adapt_run_batch(adapt, adapt->positions + adapt->n_targets, n, false);
    adapt->epoch_entropy += adapt->sum;
    adapt->n_targets += n;
}

static void end_epoch(struct adapt *adapt)
{
    double n = (double)adapt->pairs.n;
    adapt->losses[adapt->epoch++] =
        (struct adapt_losses){adapt->epoch_loss / n, adapt->epoch_entropy / n};
    adapt->epoch_loss = adapt->epoch_entropy = 0;
    adapt->n_targets = 0;
}

enum status adapt_step(struct adapt *adapt, struct error *err)
{
    assert(!adapt_finished(adapt));
    if (adapt->n_targets < adapt->pairs.n) {
        make_targets(adapt);
        return STATUS_OK;
    }
    size_t at = adapt->step % adapt->batches.n_batches, n = 0;
    if (at == 0)
        batches_begin(&adapt->batches, adapt->epoch);
    const uint32_t *batch = batches_at(&adapt->batches, at, &n);
    adapt_run_batch(adapt, batch, n, true);
    if (!isfinite(adapt->sum))
        return error_set(err, STATUS_NUMERIC,
                         "the router's cross-entropy is not finite at step %zu: a lower "
                         "learning rate or features of smaller scale would help",
                         adapt->step);
    adapt->batch_loss = adapt->sum / (double)n;
    adapt->epoch_loss += adapt->sum;
    adapt->step++;
    if (at + 1 == adapt->batches.n_batches)
        end_epoch(adapt);
    return STATUS_OK;
}

bool adapt_finished(const struct adapt *adapt)
{
    return adapt->epoch == adapt->options.epochs;
}

struct adapt_progress adapt_progress(const struct adapt *adapt)
{
    return (struct adapt_progress){
        .step = adapt->step,
        .n_steps = adapt->batches.n_batches * adapt->options.epochs,
        .epoch = adapt->epoch,
        .n_epochs = adapt->options.epochs,
    };
}

struct adapt_losses adapt_losses(const struct adapt *adapt, size_t epoch)
{
    assert(epoch < adapt->epoch);
    return adapt->losses[epoch];
}

double adapt_batch_loss(const struct adapt *adapt)
{
    return adapt->batch_loss;
}

const float *adapt_targets(const struct adapt *adapt)
{
    return adapt->target;
}

enum status adapt_model(const struct adapt *adapt, struct model *model, struct error *err)
{
    return model_copy(model, &adapt->model, err);
}

void adapt_gradient(const struct adapt *adapt, float *out)
{
    memcpy(out, adapt->gradient, adapt->n_router * sizeof *out);
}
