#include "core/rule_trial.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/predict.h"

struct rule_trial {
    const struct features *features;
    const struct model *model;
    const struct budget *budget;
    double *scale, *prior; /* [K] */
    size_t next;           /* attribute */

    struct predictions labels, asked; /* pairs of the budget, and of the split */
    uint32_t *asked_pairs;
    float *difference; /* (largest share of an attribute in the budget, D) */
    float *single;     /* [the same] margins of the single head */
    float *one;        /* [D] */

    double *accuracy;        /* (attributes, WEIGH_COUNT) */
    double nll[WEIGH_COUNT]; /* sums */
    size_t n_pairs;          /* that were scored */
};

static enum status predict(struct rule_trial *trial, enum split split, struct error *err)
{
    const struct features *features = trial->features;
    const struct predict_options options = {RULE_PROBABILITY, ROUTE_CONTEXT};
    size_t n = features_select(features, split, -1, NULL);
    trial->asked_pairs = mem_alloc(n * sizeof *trial->asked_pairs);
    features_select(features, split, -1, trial->asked_pairs);
    if (predictions_make(&trial->labels, features, trial->model, trial->budget->pairs,
                         trial->budget->n, options, err))
        return err->status;
    return predictions_make(&trial->asked, features, trial->model, trial->asked_pairs, n,
                            options, err);
}

struct rule_trial *rule_trial_create(const struct features *features,
                                     const struct model *model, const struct budget *budget,
                                     enum split split, const double *scale,
                                     struct error *err)
{
    const size_t K = model->shape.n_heads, D = model->shape.response_width;
    struct rule_trial *trial = mem_zero(sizeof *trial);
    size_t most = 0;
    for (size_t a = 0; a < budget->n_attributes; a++) {
        size_t n = budget->start[a + 1] - budget->start[a];
        most = n > most ? n : most;
    }
    trial->features = features;
    trial->model = model;
    trial->budget = budget;
    trial->scale = mem_alloc(K * sizeof *trial->scale);
    trial->prior = mem_alloc(K * sizeof *trial->prior);
    trial->accuracy =
        mem_alloc(budget->n_attributes * WEIGH_COUNT * sizeof *trial->accuracy);
    memcpy(trial->scale, scale, K * sizeof *scale);
    trial->difference = mem_array(most, D * sizeof *trial->difference);
    trial->single = mem_array(most, sizeof *trial->single);
    trial->one = mem_array(D, sizeof *trial->one);
    enum status status =
        trial->difference && trial->single && trial->one
            ? predict(trial, split, err)
            : error_set(err, STATUS_NO_MEMORY, "no memory for %zu labelled pairs", most);
    if (!status)
        return trial;
    rule_trial_free(trial);
    return NULL;
}

void rule_trial_free(struct rule_trial *trial)
{
    if (!trial)
        return;
    predictions_done(&trial->labels);
    predictions_done(&trial->asked);
    free(trial->asked_pairs);
    free(trial->difference);
    free(trial->single);
    free(trial->one);
    free(trial->scale);
    free(trial->prior);
    free(trial->accuracy);
    free(trial);
}

/* The difference of a pair's responses, and what the single head makes of it. */
static float read_pair(const struct rule_trial *trial, uint32_t pair, float *difference)
{
    const struct features *features = trial->features;
    const size_t D = features->chosen.n_columns;
    double margin = 0;
    dtype_subtract(difference,
                   rows_at(&features->chosen, (size_t)features->pair_chosen[pair], 0),
                   rows_at(&features->rejected, (size_t)features->pair_rejected[pair], 0),
                   features->chosen.dtype, D);
    for (size_t d = 0; d < D && trial->model->single; d++)
        margin += (double)trial->model->single[d] * (double)difference[d];
    return (float)margin;
}

/* Mean weights of the router over the attribute's contexts: what is believed before. */
static void average_weights(struct rule_trial *trial, size_t begin, size_t end)
{
    const size_t K = trial->labels.n_heads;
    memset(trial->prior, 0, K * sizeof *trial->prior);
    for (size_t i = begin; i < end; i++)
        for (size_t k = 0; k < K; k++)
            trial->prior[k] += exp((double)trial->labels.log_weight[i * K + k]);
    double sum = 0;
    for (size_t k = 0; k < K; k++)
        sum += trial->prior[k];
    for (size_t k = 0; k < K; k++)
        trial->prior[k] /= sum;
}

static struct weigh_labels labels_of(struct rule_trial *trial, size_t attribute)
{
    const size_t K = trial->labels.n_heads, D = trial->features->chosen.n_columns;
    size_t begin = trial->budget->start[attribute];
    size_t end = trial->budget->start[attribute + 1];
    for (size_t i = begin; i < end; i++)
        trial->single[i - begin] =
            read_pair(trial, trial->budget->pairs[i], trial->difference + (i - begin) * D);
    if (end > begin)
        average_weights(trial, begin, end);
    return (struct weigh_labels){
        .n = end - begin,
        .n_heads = K,
        .n_features = D,
        .margin = trial->labels.margin + begin * K,
        .prior = end > begin ? trial->prior : NULL,
        .scale = trial->scale,
        .difference = trial->difference,
        .single = trial->single,
    };
}

/* Scores the weighings (those that there are) on the attribute's pairs of the split. */
static void score(struct rule_trial *trial, size_t attribute,
                  const struct weighing *weighings, const bool *made)
{
    const size_t K = trial->asked.n_heads;
    size_t right[WEIGH_COUNT] = {0}, n = 0;
    for (size_t i = 0; i < trial->asked.n; i++) {
        uint32_t pair = trial->asked_pairs[i];
        if (trial->features->pair_attribute[pair] != (int32_t)attribute)
            continue;
        double single = (double)read_pair(trial, pair, trial->one);
        const float *margin = trial->asked.margin + i * K;
        n++;
        for (size_t r = 0; r < WEIGH_COUNT; r++) {
            if (!made[r])
                continue;
            right[r] += weighing_decide(&weighings[r], margin, trial->one, single) > 0;
            trial->nll[r] -=
                weighing_log_probability(&weighings[r], margin, trial->one, single);
        }
    }
    for (size_t r = 0; r < WEIGH_COUNT; r++)
        trial->accuracy[attribute * WEIGH_COUNT + r] =
            n && made[r] ? (double)right[r] / (double)n : (double)NAN;
    trial->n_pairs += n;
}

enum status rule_trial_step(struct rule_trial *trial, struct error *err)
{
    assert(!rule_trial_finished(trial));
    struct weighing weighings[WEIGH_COUNT];
    bool made[WEIGH_COUNT] = {false};
    enum status status = STATUS_OK;
    struct weigh_labels labels = labels_of(trial, trial->next);
    for (int r = 0; r < WEIGH_COUNT && !status; r++) {
        enum weigh_rule rule = (enum weigh_rule)r;
        struct weigh_options options = weigh_defaults(rule);
        if (WEIGH_READS_SINGLE(rule) && !trial->model->single)
            continue;
        status = weigh(rule, &labels, &options, &weighings[r], err);
        made[r] = !status;
    }
    if (!status)
        score(trial, trial->next, weighings, made);
    for (int r = 0; r < WEIGH_COUNT; r++)
        if (made[r])
            weighing_done(&weighings[r]);
    trial->next++;
    return status;
}

bool rule_trial_finished(const struct rule_trial *trial)
{
    return trial->next == trial->budget->n_attributes;
}

double rule_trial_accuracy(const struct rule_trial *trial, enum weigh_rule rule,
                           size_t attribute)
{
    assert(attribute < trial->next);
    return trial->accuracy[attribute * WEIGH_COUNT + (size_t)rule];
}

void rule_trial_scores(const struct rule_trial *trial, struct rule_score *out)
{
    assert(rule_trial_finished(trial));
    for (size_t r = 0; r < WEIGH_COUNT; r++) {
        double sum = 0, n = 0;
        for (size_t a = 0; a < trial->next; a++) {
            double accuracy = rule_trial_accuracy(trial, (enum weigh_rule)r, a);
            sum += isnan(accuracy) ? 0 : accuracy;
            n += isnan(accuracy) ? 0 : 1;
        }
        out[r].mean = sum / n; /* NaN without any */
        out[r].nll = n > 0 ? trial->nll[r] / (double)trial->n_pairs : (double)NAN;
    }
}
