/* What the view asks of the context lab. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "core/logistic.h"
#include "session/lab_inside.h"

/* ---- weights ---- */

static double entropy(const double *weights, size_t K)
{
    double sum = 0;
    for (size_t k = 0; k < K; k++)
        sum -= weights[k] > 0 ? weights[k] * log(weights[k]) : 0;
    return sum;
}

static size_t largest(const double *weights, size_t K)
{
    size_t best = 0;
    for (size_t k = 1; k < K; k++)
        if (weights[k] > weights[best])
            best = k;
    return best;
}

/* No label yet: no losses. */
static const double no_losses[MODEL_HEADS_MAX];

struct lab_figures lab_figures(const struct lab *lab)
{
    size_t K = lab->n_heads, n = hedge_steps(lab->hedge);
    struct lab_figures figures = {
        .n_heads = K,
        .n_candidates = lab->labelling.train.n,
        .has_context = lab->effect != NULL,
        .n_prompts = lab->labelling.train.n_prompts,
        .n_estimated = lab->n_estimated,
        .router = lab->router,
        .context = lab->effect ? lab->context : lab->router,
        .now = lab->now,
        .losses = no_losses,
        .n_labels = lab->settings.n_labels,
        .n_steps = n,
        .best = largest(lab->now, K),
        .bound = lab->settings.rule == WEIGH_EM ? (double)NAN : 0,
    };
    figures.router_entropy = entropy(figures.router, K);
    figures.context_entropy = entropy(figures.context, K);
    figures.now_entropy = entropy(figures.now, K);
    for (size_t i = 0; i < n; i++)
        figures.right += hedge_step(lab->hedge, i).lead > 0;
    if (n) {
        struct hedge_step last = hedge_step(lab->hedge, n - 1);
        figures.losses = last.losses;
        figures.loss = last.loss;
        figures.best = last.best;
        figures.regret = last.regret;
        figures.bound = last.bound;
    }
    return figures;
}

struct lab_step lab_step(const struct lab *lab, size_t i)
{
    const struct lab_settings *settings = &lab->settings;
    struct lab_step out = {.label = settings->labels[i], .probability = (double)NAN};
    size_t step = 0;
    for (size_t j = 0; j < i; j++)
        step += !settings->labels[j].skipped;
    if (out.label.skipped)
        return out;
    struct hedge_step at = hedge_step(lab->hedge, step);
    out.probability = exp(at.log_probability);
    out.right = at.lead > 0;
    out.after = at.after;
    out.best = at.best;
    out.regret = at.regret;
    out.bound = at.bound;
    return out;
}

/* ---- pairs ---- */

bool lab_next(struct lab *lab, uint32_t *pair)
{
    const struct labelled_set *train = &lab->labelling.train;
    const struct lab_settings *settings = &lab->settings;
    size_t place = 0;
    if (!lab->has_asked) {
        struct offer_pairs from = {train->n, lab->n_heads, train->predictions.margin,
                                   train->log_prior};
        if (!lab->offer)
            lab->offer =
                offer_create(&from, settings->order, settings->pool, settings->seed);
        lab->has_next = offer_peek(lab->offer, lab->hedge, lab->taken, &place);
        lab->next = lab->has_next ? train->pairs[place] : 0;
        lab->has_asked = true;
    }
    if (lab->has_next)
        *pair = lab->next;
    return lab->has_next;
}

size_t lab_ahead(struct lab *lab, size_t most, uint32_t *pairs)
{
    struct lab_settings old, ahead;
    struct error passed_over;
    size_t n = 0;
    lab_settings_copy(&old, &lab->settings);
    lab_settings_copy(&ahead, &lab->settings);
    while (n < most && lab_next(lab, &pairs[n])) {
        lab_settings_add_label(&ahead, (struct lab_label){.pair = pairs[n++]});
        if (n < most && lab_set(lab, &ahead, &passed_over))
            break;
    }
    if (n > 1)
        lab_set(lab, &old, &passed_over); /* what it was at before it can be at again */
    lab_settings_done(&ahead);
    lab_settings_done(&old);
    return n;
}

bool lab_chosen_left(const struct lab *lab, uint32_t pair)
{
    return rng_mix(rng_mix(lab->settings.seed) + pair) >> 63;
}

enum status lab_forecast(struct lab *lab, uint32_t pair, struct lab_forecast *out,
                         struct error *err)
{
    const struct labelled_set *train = &lab->labelling.train;
    const struct features *features = &lab->features->features;
    size_t K = lab->n_heads, place = lab_place(lab, pair);
    const double *prior = lab->pair_prior;
    if (pair >= features->n_pairs || features->pair_split[pair] != SPLIT_TRAIN)
        return error_set(err, STATUS_SHAPE, "pair %zu is no training pair",
                         (size_t)pair + 1);
    if (place != SIZE_MAX) {
        memcpy(lab->pair_margin, train->predictions.margin + place * K,
               K * sizeof *lab->pair_margin);
        prior = train->log_prior + place * K;
    } else if (labelling_pair(features, &lab->model->model, pair, lab_effect(lab),
                              lab->pair_margin, lab->pair_prior, err)) {
        return err->status;
    }
    struct hedge_forecast forecast = hedge_forecast(lab->hedge, prior, lab->pair_margin);
    hedge_weights(lab->hedge, prior, lab->forecast_weights);
    for (size_t k = 0; k < K; k++)
        lab->forecast_heads[k] = logistic((double)lab->pair_margin[k]);
    *out = (struct lab_forecast){.probability = exp(forecast.log_probability),
                                 .information = forecast.information,
                                 .heads = lab->forecast_heads,
                                 .weights = lab->forecast_weights,
                                 .margin = lab->pair_margin};
    return STATUS_OK;
}

/* ---- how good it is ---- */

struct lab_score lab_score(struct lab *lab)
{
    if (!lab->has_score) {
        lab->score = (struct lab_score){.n = lab->labelling.test.n};
        lab->score.before = labelling_score(&lab->labelling, lab->blank);
        lab->score.after = labelling_score(&lab->labelling, lab->hedge);
        lab->has_score = true;
    }
    return lab->score;
}

const struct effect *lab_effect(const struct lab *lab)
{
    return lab->effect;
}
