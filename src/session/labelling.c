#include "session/labelling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "session/effect.h"
#include "session/typed.h"

/* ---- opening ---- */

static enum status check_pairs(const struct features *features, enum split split,
                               int attribute, struct error *err)
{
    if (features_select(features, split, attribute, NULL))
        return STATUS_OK;
    if (attribute < 0)
        return error_set(err, STATUS_SHAPE, "there are no pairs in the %s split",
                         split_name(split));
    return error_set(err, STATUS_SHAPE, "the %s split has no pairs of the attribute '%s'",
                     split_name(split), features->attributes[attribute]);
}

/* Lists the distinct prompts of the pairs. */
static bool list_prompts(struct labelled_set *set, const struct features *features)
{
    uint32_t *number = mem_array(features->prompt.n_rows + 1, sizeof *number);
    set->prompts = mem_array(set->n, sizeof *set->prompts);
    set->prompt = mem_array(set->n, sizeof *set->prompt);
    if (!number || !set->prompts || !set->prompt) {
        free(number);
        return false;
    }
    for (size_t i = 0; i < set->n; i++) {
        uint32_t row = (uint32_t)features->pair_prompt[set->pairs[i]];
        if (!number[row]) {
            set->prompts[set->n_prompts++] = row;
            number[row] = (uint32_t)set->n_prompts;
        }
        set->prompt[i] = number[row] - 1;
    }
    free(number);
    return true;
}

/* The floats of a router sum to 1 in float only. */
static void widen_weights(const float *log_weight, size_t K, double *out)
{
    double sum = 0;
    for (size_t k = 0; k < K; k++)
        sum += exp((double)log_weight[k]);
    for (size_t k = 0; k < K; k++)
        out[k] = (double)log_weight[k] - log(sum);
}

/* Log weights of the distinct prompts with the context, as they are used: (n_prompts, K). */
static enum status route_prompts(const struct labelled_set *set,
                                 const struct features *features, const struct model *model,
                                 const struct effect *effect, double *out,
                                 struct error *err)
{
    size_t Dp = features->prompt.n_columns, K = model->shape.n_heads, n = set->n_prompts;
    float *rows = mem_array(n, Dp * sizeof *rows);
    float *log_weight = mem_array(n, K * sizeof *log_weight);
    enum status status = STATUS_OK;
    if (rows && log_weight) {
        struct rows inputs = {rows, DTYPE_F32, n, Dp, Dp};
        for (size_t p = 0; p < n; p++)
            effect_write(effect, features, set->prompts[p], rows + p * Dp);
        status = model_log_weights(model, &inputs, NULL, n, log_weight, err);
    } else {
        status = error_set(err, STATUS_NO_MEMORY, "no memory to route %zu prompts", n);
    }
    for (size_t p = 0; p < n && !status; p++)
        widen_weights(log_weight + p * K, K, out + p * K);
    free(log_weight);
    free(rows);
    return status;
}

/* The pairs' log priors, (n, K); effect NULL: without a context. NULL on failure. */
static double *make_priors(const struct labelled_set *set, const struct features *features,
                           const struct model *model, const struct effect *effect,
                           struct error *err)
{
    size_t K = model->shape.n_heads;
    double *priors = mem_array(set->n + 1, K * sizeof *priors);
    double *by_prompt = mem_array(set->n_prompts + 1, K * sizeof *by_prompt);
    bool with_effect = effect && set->n_prompts;
    enum status status = priors && by_prompt ? STATUS_OK
                                             : error_set(err, STATUS_NO_MEMORY,
                                                         "no memory for %zu pairs", set->n);
    if (!status && with_effect)
        status = route_prompts(set, features, model, effect, by_prompt, err);
    for (size_t i = 0; i < set->n && !status; i++)
        if (with_effect)
            memcpy(priors + i * K, by_prompt + set->prompt[i] * K, K * sizeof *priors);
        else
            widen_weights(set->predictions.log_weight + i * K, K, priors + i * K);
    free(by_prompt);
    if (!status)
        return priors;
    free(priors);
    return NULL;
}

/* Fills a set whose pairs are there. */
static enum status fill_set(struct labelled_set *set, const struct features *features,
                            const struct model *model, const struct effect *effect,
                            struct error *err)
{
    enum status status =
        predictions_make(&set->predictions, features, model, set->pairs, set->n,
                         (struct predict_options){RULE_PROBABILITY, ROUTE_PROMPT}, err);
    if (!status && shape_inputs(&model->shape) && !list_prompts(set, features))
        status = error_set(err, STATUS_NO_MEMORY, "no memory for %zu pairs", set->n);
    if (status)
        return status;
    set->log_prior = make_priors(set, features, model, effect, err);
    return set->log_prior ? STATUS_OK : err->status;
}

static enum status open_set(struct labelled_set *set, const struct features *features,
                            const struct model *model, enum split split, int attribute,
                            const struct effect *effect, struct error *err)
{
    set->n = features_select(features, split, attribute, NULL);
    if (!set->n)
        return STATUS_OK;
    set->pairs = mem_array(features->n_pairs, sizeof *set->pairs);
    if (!set->pairs)
        return error_set(err, STATUS_NO_MEMORY, "no memory for %zu pairs", set->n);
    features_select(features, split, attribute, set->pairs);
    return fill_set(set, features, model, effect, err);
}

static void take_mean(struct labelling *labelling)
{
    const struct labelled_set *train = &labelling->train;
    size_t K = labelling->n_heads;
    double *mean = labelling->mean_log_prior;
    memset(mean, 0, K * sizeof *mean);
    for (size_t i = 0; i < train->n * K; i++)
        mean[i % K] += exp(train->log_prior[i]) / (double)train->n;
    for (size_t k = 0; k < K; k++)
        mean[k] = log(mean[k]);
}

enum status labelling_make(struct labelling *out, const struct features *features,
                           const struct model *model, int attribute,
                           const struct effect *effect, struct error *err)
{
    size_t K = model->shape.n_heads;
    struct labelling made = {.n_heads = K,
                             .mean_log_prior = mem_alloc(K * sizeof *made.mean_log_prior)};
    enum status status =
        open_set(&made.train, features, model, SPLIT_TRAIN, attribute, effect, err);
    if (!status && !made.train.n)
        status = check_pairs(features, SPLIT_TRAIN, attribute, err);
    if (!status)
        status = open_set(&made.test, features, model, SPLIT_TEST, attribute, effect, err);
    if (status) {
        labelling_done(&made);
        return status;
    }
    take_mean(&made);
    *out = made;
    return STATUS_OK;
}

enum status labelling_route(struct labelling *labelling, const struct features *features,
                            const struct model *model, const struct effect *effect,
                            struct error *err)
{
    struct labelled_set *train = &labelling->train, *test = &labelling->test;
    double *of_train = make_priors(train, features, model, effect, err);
    double *of_test =
        of_train && test->n ? make_priors(test, features, model, effect, err) : NULL;
    if (!of_train || (test->n && !of_test)) {
        free(of_train);
        return err->status;
    }
    free(train->log_prior);
    free(test->log_prior);
    train->log_prior = of_train;
    test->log_prior = of_test;
    take_mean(labelling);
    return STATUS_OK;
}

/* What the context does to the prompts; NULL on failure. */
static struct effect *encode_effect(const struct features *features, const char *context,
                                    const struct encoder_watch *watch, struct error *err)
{
    struct typed *typed = typed_open(features, watch, err);
    if (!typed)
        return NULL;
    const struct effect_wish wish = {.features = features,
                                     .context = {context, strlen(context)}};
    struct effect *effect = effect_encode(typed, &wish, err);
    typed_free(typed);
    return effect;
}

enum status labelling_open(struct labelling *out, const struct features *features,
                           const struct model *model, int attribute, const char *context,
                           const struct encoder_watch *watch, struct error *err)
{
    struct effect *effect = NULL;
    /* A router that reads nothing has no use for a context. */
    if (context && shape_inputs(&model->shape)) {
        effect = encode_effect(features, context, watch, err);
        if (!effect)
            return err->status;
    }
    enum status status = check_pairs(features, SPLIT_TRAIN, attribute, err);
    if (!status)
        status = check_pairs(features, SPLIT_TEST, attribute, err);
    if (!status)
        status = labelling_make(out, features, model, attribute, effect, err);
    effect_unref(effect);
    return status;
}

static void set_done(struct labelled_set *set)
{
    free(set->pairs);
    free(set->log_prior);
    free(set->prompts);
    free(set->prompt);
    predictions_done(&set->predictions);
}

void labelling_done(struct labelling *labelling)
{
    set_done(&labelling->train);
    set_done(&labelling->test);
    free(labelling->mean_log_prior);
    *labelling = (struct labelling){0};
}

enum status labelling_pair(const struct features *features, const struct model *model,
                           uint32_t pair, const struct effect *effect, float *margin,
                           double *log_prior, struct error *err)
{
    size_t K = model->shape.n_heads;
    struct labelled_set set = {.n = 1, .pairs = mem_alloc(sizeof pair)};
    set.pairs[0] = pair;
    enum status status = fill_set(&set, features, model, effect, err);
    if (!status) {
        memcpy(margin, set.predictions.margin, K * sizeof *margin);
        memcpy(log_prior, set.log_prior, K * sizeof *log_prior);
    }
    set_done(&set);
    return status;
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
