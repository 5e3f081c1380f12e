#include "core/bound.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "core/predict.h"

/* log sigma(m) in double. */
static double log_share(double margin)
{
    return (margin < 0 ? margin : 0) - log1p(exp(-fabs(margin)));
}

/* -p log p, and its limit 0. */
static double surprise(double p)
{
    return p > 0 ? -p * log(p) : 0;
}

/* One pair: what its groups say. yes and no are sigma_k and 1 - sigma_k, each to full precision. */
struct pair_terms {
    double entropy, floor, variance, weighted, single;
};

/* gamma_k of one row of log weights, summing to 1. */
static void read_weights(const float *log_weight, size_t K, double *weight)
{
    double sum = 0;
    for (size_t k = 0; k < K; k++)
        sum += weight[k] = exp((double)log_weight[k]);
    for (size_t k = 0; k < K; k++)
        weight[k] /= sum;
}

static struct pair_terms take_pair(const struct bound_groups *groups, size_t i,
                                   const double *weight, double *yes)
{
    size_t K = groups->n_groups;
    const float *margin = groups->margin + i * K;
    struct pair_terms terms = {0};
    double mean_yes = 0, mean_no = 0, plain_mean = 0;
    for (size_t k = 0; k < K; k++) {
        double m = (double)margin[k], log_yes = log_share(m), log_no = log_share(-m);
        double no = exp(log_no);
        yes[k] = exp(log_yes);
        /* 0 times -infinity is 0 here: nothing is lost by what never happens. */
        double h = (yes[k] > 0 ? -yes[k] * log_yes : 0) + (no > 0 ? -no * log_no : 0);
        terms.entropy += weight[k] * h;
        mean_yes += weight[k] * yes[k];
        mean_no += weight[k] * no;
        plain_mean += yes[k] / (double)K;
    }
    for (size_t k = 0; k < K; k++) {
        terms.variance += (yes[k] - plain_mean) * (yes[k] - plain_mean) / (double)K;
        terms.weighted += weight[k] * (yes[k] - mean_yes) * (yes[k] - mean_yes);
    }
    terms.floor = surprise(mean_yes) + surprise(mean_no);
    if (groups->single) {
        double m = (double)groups->single[i];
        terms.single = -mean_yes * log_share(m) - mean_no * log_share(-m);
    }
    return terms;
}

/* Var_k of the means over one prompt's pairs, times the prompt's share. */
static double variance_of_means(const double *sums, size_t K, double share)
{
    double mean = 0, variance = 0;
    for (size_t k = 0; k < K; k++)
        mean += sums[k] / (double)K;
    for (size_t k = 0; k < K; k++)
        variance += (sums[k] - mean) * (sums[k] - mean) / (double)K;
    return share > 0 ? variance / share : 0;
}

/* Indices of the pairs, those of a prompt side by side: order [n], start [n_prompts + 1]. */
static void sort_by_prompt(const struct bound_groups *groups, uint32_t *order,
                           uint32_t *start)
{
    for (size_t i = 0; i < groups->n; i++)
        start[groups->prompt[i] + 1]++;
    for (size_t p = 0; p < groups->n_prompts; p++)
        start[p + 1] += start[p];
    for (size_t i = groups->n; i-- > 0;)
        order[--start[groups->prompt[i] + 1]] = (uint32_t)i;
    /* Every start[p + 1] is now the first pair of p; moved down by one they are starts again. */
    for (size_t p = 0; p < groups->n_prompts; p++)
        start[p] = start[p + 1];
    start[groups->n_prompts] = (uint32_t)groups->n;
}

static void add_prompt(const struct bound_groups *groups, const uint32_t *pairs, size_t n,
                       double *scratch, struct bound *out)
{
    size_t K = groups->n_groups;
    double *yes = scratch, *sums = scratch + K, *weight = scratch + 2 * K, share = 0;
    for (size_t k = 0; k < K; k++)
        sums[k] = 0;
    for (size_t j = 0; j < n; j++) {
        size_t i = pairs[j];
        double w = groups->share ? groups->share[i] : 1 / (double)groups->n;
        read_weights(groups->log_weight + i * K, K, weight);
        struct pair_terms terms = take_pair(groups, i, weight, yes);
        out->entropy += w * terms.entropy;
        out->floor += w * terms.floor;
        out->pointwise += w * terms.variance;
        out->weighted += w * terms.weighted;
        out->single += w * terms.single;
        share += w;
        for (size_t k = 0; k < K; k++) {
            sums[k] += w * yes[k];
            out->rho = weight[k] < out->rho ? weight[k] : out->rho;
        }
    }
    out->of_means += variance_of_means(sums, K, share);
}

enum status bound_of_groups(const struct bound_groups *groups, struct bound *out,
                            struct error *err)
{
    size_t K = groups->n_groups;
    uint32_t *order = mem_array(groups->n, sizeof *order);
    uint32_t *start = mem_array(groups->n_prompts + 1, sizeof *start);
    double *scratch = mem_array(3 * K, sizeof *scratch);
    enum status status = STATUS_OK;
    if (order && start && scratch) {
        struct bound made = {.rho = 1};
        sort_by_prompt(groups, order, start);
        for (size_t p = 0; p < groups->n_prompts; p++)
            add_prompt(groups, order + start[p], start[p + 1] - start[p], scratch, &made);
        double factor = 2 * made.rho * (double)K;
        made.of_means *= factor;
        made.pointwise *= factor;
        made.weighted *= 2;
        if (!groups->single)
            made.single = (double)NAN;
        *out = made;
    } else {
        status = error_set(err, STATUS_NO_MEMORY, "no memory to sort %zu pairs by prompt",
                           groups->n);
    }
    free(order);
    free(start);
    free(scratch);
    return status;
}

/* The pairs' prompts, numbered anew from 0; a pair without a prompt is one of its own. Returns how
 * many there are, 0 without memory. */
static size_t number_prompts(const struct features *features, const uint32_t *pairs,
                             size_t n, uint32_t *prompt)
{
    uint32_t *number = mem_array(features->prompt.n_rows, sizeof *number);
    if (!number)
        return 0;
    uint32_t n_prompts = 0;
    for (size_t i = 0; i < n; i++) {
        int32_t row = features->pair_prompt[pairs[i]];
        if (row < 0)
            prompt[i] = n_prompts++;
        else if (number[row])
            prompt[i] = number[row] - 1;
        else
            number[row] = (prompt[i] = n_prompts++) + 1;
    }
    free(number);
    return n_prompts;
}

static double mean_loss(const double *log_probability, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum -= log_probability[i];
    return sum / (double)n;
}

enum status bound_of_predictions(const struct features *features,
                                 const struct predictions *predictions,
                                 struct bound_estimate *out, struct error *err)
{
    size_t n = predictions->n;
    const double *single = predictions->single_log_probability;
    uint32_t *prompt = mem_array(n, sizeof *prompt);
    size_t n_prompts = prompt ? number_prompts(features, predictions->pairs, n, prompt) : 0;
    struct bound_groups groups = {
        .n = n,
        .n_groups = predictions->n_heads,
        .margin = predictions->margin,
        .log_weight = predictions->log_weight,
        .prompt = prompt,
        .n_prompts = n_prompts,
        .single = predictions->single_margin,
    };
    struct bound bound;
    enum status status =
        n_prompts ? bound_of_groups(&groups, &bound, err)
                  : error_set(err, STATUS_NO_MEMORY, "no memory to list %zu pairs", n);
    free(prompt);
    if (!status)
        *out = (struct bound_estimate){
            .bound = bound,
            .n_pairs = n,
            .n_prompts = n_prompts,
            .observed_single = single ? mean_loss(single, n) : (double)NAN,
            .observed_mixture = mean_loss(predictions->log_probability, n),
        };
    return status;
}

enum status bound_estimate(const struct features *features, const struct model *model,
                           enum split split, const struct workers *workers,
                           struct bound_estimate *out, struct error *err)
{
    struct predict_options options = {.rule = RULE_PROBABILITY, .workers = *workers};
    size_t n = features_select(features, split, -1, NULL);
    if (!n)
        return error_set(err, STATUS_SHAPE, "there are no pairs in the %s split",
                         split_name(split));
    uint32_t *pairs = mem_array(n, sizeof *pairs);
    if (!pairs)
        return error_set(err, STATUS_NO_MEMORY, "no memory to list %zu pairs", n);
    features_select(features, split, -1, pairs);
    struct predictions predictions = {0};
    enum status status =
        predictions_make(&predictions, features, model, pairs, n, options, err);
    if (!status)
        status = bound_of_predictions(features, &predictions, out, err);
    predictions_done(&predictions);
    free(pairs);
    return status;
}
