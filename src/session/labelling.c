#include "session/labelling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "session/typed.h"

/* ---- opening ---- */

/* Rows of the pairs' prompts, with what a context adds to each. */
static void add_context(const struct labelled_set *set, const struct features *features,
                        const float *part, float *rows)
{
    const struct rows *prompts = &features->prompt;
    for (size_t i = 0; i < set->n; i++) {
        int32_t at = features->pair_prompt[set->pairs[i]];
        float *row = rows + i * prompts->n_columns;
        dtype_widen(row, rows_at(prompts, (size_t)at, 0), prompts->dtype,
                    prompts->n_columns);
        for (size_t j = 0; j < prompts->n_columns; j++)
            row[j] += part[j];
    }
}

/* The router's log weights with the context, in place of those by the prompts alone. */
static enum status route_typed(struct labelled_set *set, const struct features *features,
                               const struct model *model, const float *part,
                               struct error *err)
{
    size_t Dp = features->prompt.n_columns;
    float *rows = mem_array(set->n, Dp * sizeof *rows);
    if (!rows)
        return error_set(err, STATUS_NO_MEMORY, "no memory to route %zu pairs", set->n);
    add_context(set, features, part, rows);
    struct rows inputs = {rows, DTYPE_F32, set->n, Dp, Dp};
    enum status status =
        model_log_weights(model, &inputs, NULL, set->n, set->predictions.log_weight, err);
    free(rows);
    return status;
}

/* The floats of a router sum to 1 in float only. */
static void widen_weights(struct labelled_set *set, size_t K)
{
    for (size_t i = 0; i < set->n; i++) {
        double sum = 0;
        for (size_t k = 0; k < K; k++)
            sum += exp((double)set->predictions.log_weight[i * K + k]);
        for (size_t k = 0; k < K; k++)
            set->log_prior[i * K + k] =
                (double)set->predictions.log_weight[i * K + k] - log(sum);
    }
}

static enum status open_set(struct labelled_set *set, const struct features *features,
                            const struct model *model, enum split split, int attribute,
                            const float *part, struct error *err)
{
    size_t K = model->shape.n_heads;
    set->n = features_select(features, split, attribute, NULL);
    if (!set->n)
        return error_set(err, STATUS_SHAPE,
                         "the %s split has no pairs of the attribute '%s'",
                         split_name(split), features->attributes[attribute]);
    set->pairs = mem_array(features->n_pairs, sizeof *set->pairs);
    set->log_prior = mem_array(set->n, K * sizeof *set->log_prior);
    if (!set->pairs || !set->log_prior)
        return error_set(err, STATUS_NO_MEMORY, "no memory for %zu pairs", set->n);
    features_select(features, split, attribute, set->pairs);
    enum status status =
        predictions_make(&set->predictions, features, model, set->pairs, set->n,
                         (struct predict_options){RULE_PROBABILITY, ROUTE_PROMPT}, err);
    if (!status && part)
        status = route_typed(set, features, model, part, err);
    if (!status)
        widen_weights(set, K);
    return status;
}

static void take_mean(struct labelling *labelling)
{
    const struct labelled_set *train = &labelling->train;
    size_t K = labelling->n_heads;
    labelling->mean_log_prior = mem_zero(K * sizeof *labelling->mean_log_prior);
    for (size_t i = 0; i < train->n * K; i++)
        labelling->mean_log_prior[i % K] += exp(train->log_prior[i]) / (double)train->n;
    for (size_t k = 0; k < K; k++)
        labelling->mean_log_prior[k] = log(labelling->mean_log_prior[k]);
}

/* What the context adds to a prompt's row; NULL on failure. */
static float *encode_part(const struct features *features, const char *context,
                          struct error *err)
{
    struct typed *typed = typed_create(features, err);
    if (!typed)
        return NULL;
    float *part = mem_alloc((typed_width(typed) + 1) * sizeof *part);
    struct typed_text text = {context, strlen(context)};
    if (typed_context_part(typed, text, part, err)) {
        free(part);
        part = NULL;
    }
    typed_free(typed);
    return part;
}

enum status labelling_open(struct labelling *out, const struct features *features,
                           const struct model *model, int attribute, const char *context,
                           struct error *err)
{
    struct labelling made = {.n_heads = model->shape.n_heads};
    float *part = NULL;
    /* A router that reads nothing has no use for a context. */
    if (context && shape_inputs(&model->shape)) {
        part = encode_part(features, context, err);
        if (!part)
            return err->status;
    }
    enum status status =
        open_set(&made.train, features, model, SPLIT_TRAIN, attribute, part, err);
    if (!status)
        status = open_set(&made.test, features, model, SPLIT_TEST, attribute, part, err);
    free(part);
    if (status) {
        labelling_done(&made);
        return status;
    }
    take_mean(&made);
    *out = made;
    return STATUS_OK;
}

static void set_done(struct labelled_set *set)
{
    free(set->pairs);
    free(set->log_prior);
    predictions_done(&set->predictions);
}

void labelling_done(struct labelling *labelling)
{
    set_done(&labelling->train);
    set_done(&labelling->test);
    free(labelling->mean_log_prior);
    *labelling = (struct labelling){0};
}

/* ---- scoring ---- */

struct labelling_score labelling_score(const struct labelling *labelling,
                                       const struct hedge *hedge)
{
    const struct labelled_set *test = &labelling->test;
    struct labelling_score score = {0};
    for (size_t i = 0; i < test->n; i++) {
        size_t at = i * labelling->n_heads;
        struct hedge_forecast forecast =
            hedge_forecast(hedge, test->log_prior + at, test->predictions.margin + at);
        score.right += forecast.lead > 0;
        score.loss -= forecast.log_probability / (double)test->n;
    }
    return score;
}

enum status labelling_run(const struct labelling *labelling,
                          const struct labelling_course *course,
                          struct labelling_score *scores, struct error *err)
{
    const struct labelled_set *train = &labelling->train;
    size_t K = labelling->n_heads, pair;
    struct hedge_settings settings = course->settings;
    settings.n_heads = K;
    settings.log_prior = labelling->mean_log_prior;
    struct hedge *hedge = hedge_create(&settings, err);
    if (!hedge)
        return err->status;
    struct offer_pairs pairs = {train->n, K, train->predictions.margin, train->log_prior};
    struct offer *offer = offer_create(&pairs, course->order, course->pool, course->seed);
    enum status status = STATUS_OK;
    scores[0] = labelling_score(labelling, hedge);
    for (size_t i = 1; i <= course->most && !status; i++) {
        if (cancel_asked(course->cancel))
            status = error_set(err, STATUS_CANCELLED, "stopped after %zu labels", i - 1);
        else if (offer_next(offer, hedge, &pair))
            status = hedge_update(hedge, train->log_prior + pair * K,
                                  train->predictions.margin + pair * K, err);
        if (!status)
            scores[i] = labelling_score(labelling, hedge);
    }
    offer_free(offer);
    hedge_free(hedge);
    return status;
}
