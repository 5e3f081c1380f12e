#include "core/weigh.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/em.h"
#include "core/logistic.h"

const char *const weigh_rule_names[] = {"hedge",   "em",          "stack", "em-residual",
                                        "scratch", "from-single", NULL};

struct weigh_options weigh_defaults(enum weigh_rule rule)
{
    bool corrects = rule == WEIGH_EM_RESIDUAL || rule == WEIGH_FROM_SINGLE;
    return (struct weigh_options){.tau = 1, .strength = 1, .ridge = corrects ? 3 : 1};
}

void weigh_scales(const float *margin, size_t n, size_t n_heads, double *scale)
{
    for (size_t k = 0; k < n_heads; k++) {
        double squares = 0;
        for (size_t i = 0; i < n; i++) {
            double m = (double)margin[i * n_heads + k];
            squares += m * m;
        }
        scale[k] = squares > 0 ? sqrt(squares / (double)n) : 1;
    }
}

static double prior_of(const struct weigh_labels *labels, size_t k)
{
    return labels->prior ? labels->prior[k] : 1 / (double)labels->n_heads;
}

/* ---- rules on the simplex ---- */

static void weigh_hedge(const struct weigh_labels *labels, double tau, double *weights)
{
    size_t K = labels->n_heads;
    double top = -HUGE_VAL, sum = 0;
    for (size_t k = 0; k < K; k++) {
        double gain = 0;
        for (size_t i = 0; i < labels->n; i++)
            gain += log_logistic((double)labels->margin[i * K + k]);
        weights[k] = log(prior_of(labels, k)) + gain / tau;
        top = fmax(top, weights[k]);
    }
    for (size_t k = 0; k < K; k++)
        sum += weights[k] = exp(weights[k] - top);
    for (size_t k = 0; k < K; k++)
        weights[k] /= sum;
}

static enum status weigh_em(const struct weigh_labels *labels, double strength,
                            double *weights, struct error *err)
{
    size_t K = labels->n_heads;
    double *rows = mem_array(labels->n + 6, K * sizeof *rows);
    if (!rows)
        return error_set(err, STATUS_NO_MEMORY, "no memory for %zu labels of %zu heads",
                         labels->n, K);
    double *counts = rows + labels->n * K, *prior = counts + K, *scratch = prior + K;
    for (size_t i = 0; i < labels->n; i++)
        em_row(labels->margin + i * K, K, rows + i * K);
    for (size_t k = 0; k < K; k++)
        weights[k] = prior[k] = prior_of(labels, k);
    em_pseudo_counts(prior, K, strength, counts);
    struct em_problem problem = {labels->n, K, rows, counts};
    if (labels->n)
        em_fit(&problem, weights, scratch);
    free(rows);
    return STATUS_OK;
}

/* ---- rules by regression ---- */

/* Margins over their scales, and what the even sum of them says. */
static void fill_stacked(const struct weigh_labels *labels, double *x, double *offset)
{
    size_t K = labels->n_heads;
    for (size_t i = 0; i < labels->n; i++) {
        offset[i] = 0;
        for (size_t k = 0; k < K; k++) {
            x[i * K + k] = (double)labels->margin[i * K + k] / labels->scale[k];
            offset[i] += x[i * K + k] / (double)K;
        }
    }
}

/* Differences, and what the rule says without a correction. */
static void fill_differences(const struct weigh_labels *labels, enum weigh_rule rule,
                             const double *weights, double *x, double *offset)
{
    size_t D = labels->n_features, K = labels->n_heads;
    for (size_t i = 0; i < labels->n * D; i++)
        x[i] = (double)labels->difference[i];
    for (size_t i = 0; i < labels->n; i++) {
        offset[i] = rule == WEIGH_FROM_SINGLE ? (double)labels->single[i] : 0;
        for (size_t k = 0; rule == WEIGH_EM_RESIDUAL && k < K; k++)
            offset[i] += weights[k] * (double)labels->margin[i * K + k];
    }
}

static enum status regress(enum weigh_rule rule, const struct weigh_labels *labels,
                           double ridge, const double *weights, double *b,
                           struct error *err)
{
    size_t width = rule == WEIGH_STACK ? labels->n_heads : labels->n_features;
    double *x = mem_array(labels->n + 1, width * sizeof *x);
    double *offset = mem_array(labels->n + 1, sizeof *offset);
    enum status status;
    if (x && offset) {
        if (rule == WEIGH_STACK)
            fill_stacked(labels, x, offset);
        else
            fill_differences(labels, rule, weights, x, offset);
        struct logistic_problem problem = {labels->n, width, x, offset, ridge};
        status = logistic_fit(&problem, b, err);
    } else {
        status = error_set(err, STATUS_NO_MEMORY,
                           "no memory for %zu labels of %zu features", labels->n, width);
    }
    free(x);
    free(offset);
    return status;
}

static enum status weigh_stack(const struct weigh_labels *labels, double ridge,
                               double *weights, struct error *err)
{
    size_t K = labels->n_heads;
    enum status status = regress(WEIGH_STACK, labels, ridge, NULL, weights, err);
    for (size_t k = 0; k < K && !status; k++)
        weights[k] = (1 / (double)K + weights[k]) / labels->scale[k];
    return status;
}

/* ---- all of them ---- */

static enum status check(enum weigh_rule rule, const struct weigh_labels *labels,
                         const struct weigh_options *options, struct error *err)
{
    if (rule == WEIGH_HEDGE && !(options->tau > 0 && isfinite(options->tau)))
        return error_set(err, STATUS_USAGE, "tau is %g, it must be larger than 0",
                         options->tau);
    if ((rule == WEIGH_EM || rule == WEIGH_EM_RESIDUAL) &&
        !(options->strength >= 0 && isfinite(options->strength)))
        return error_set(err, STATUS_USAGE, "strength is %g, it must be at least 0",
                         options->strength);
    if (rule >= WEIGH_STACK && !(options->ridge > 0 && isfinite(options->ridge)))
        return error_set(err, STATUS_USAGE, "ridge is %g, it must be larger than 0",
                         options->ridge);
    bool reads_margins = rule <= WEIGH_EM_RESIDUAL;
    for (size_t i = 0; reads_margins && i < labels->n * labels->n_heads; i++)
        if (!isfinite(labels->margin[i]))
            return error_set(err, STATUS_NUMERIC,
                             "the margin of head %zu on labelled pair %zu is not finite",
                             i % labels->n_heads, i / labels->n_heads);
    return STATUS_OK;
}

static enum status fill(struct weighing *out, const struct weigh_labels *labels,
                        const struct weigh_options *options, struct error *err)
{
    enum status status = STATUS_OK;
    switch (out->rule) {
    case WEIGH_HEDGE:
        weigh_hedge(labels, options->tau, out->weights);
        break;
    case WEIGH_EM:
    case WEIGH_EM_RESIDUAL:
        status = weigh_em(labels, options->strength, out->weights, err);
        break;
    case WEIGH_STACK:
        status = weigh_stack(labels, options->ridge, out->weights, err);
        break;
    case WEIGH_SCRATCH:
    case WEIGH_FROM_SINGLE:
    case WEIGH_COUNT:
        break;
    }
    if (!status && out->direction)
        status =
            regress(out->rule, labels, options->ridge, out->weights, out->direction, err);
    return status;
}

enum status weigh(enum weigh_rule rule, const struct weigh_labels *labels,
                  const struct weigh_options *options, struct weighing *out,
                  struct error *err)
{
    if (check(rule, labels, options, err))
        return err->status;
    struct weighing made = {
        .rule = rule, .n_heads = labels->n_heads, .n_features = labels->n_features};
    if (rule <= WEIGH_EM_RESIDUAL)
        made.weights = mem_zero(labels->n_heads * sizeof *made.weights);
    if (WEIGH_READS_DIFFERENCES(rule))
        made.direction = mem_zero(labels->n_features * sizeof *made.direction);
    enum status status = fill(&made, labels, options, err);
    if (status)
        weighing_done(&made);
    else
        *out = made;
    return status;
}

void weighing_done(struct weighing *weighing)
{
    free(weighing->weights);
    free(weighing->direction);
    *weighing = (struct weighing){0};
}

/* ---- deciding ---- */

static bool mixes_probabilities(const struct weighing *weighing)
{
    return weighing->rule == WEIGH_HEDGE || weighing->rule == WEIGH_EM;
}

static double reward(const struct weighing *weighing, const float *margin,
                     const float *difference, double single)
{
    double sum = WEIGH_READS_SINGLE(weighing->rule) ? single : 0;
    for (size_t k = 0; weighing->weights && k < weighing->n_heads; k++)
        sum += weighing->weights[k] * (double)margin[k];
    for (size_t j = 0; weighing->direction && j < weighing->n_features; j++)
        sum += weighing->direction[j] * (double)difference[j];
    return sum;
}

double weighing_decide(const struct weighing *weighing, const float *margin,
                       const float *difference, double single)
{
    if (!mixes_probabilities(weighing))
        return reward(weighing, margin, difference, single);
    double sum = 0;
    for (size_t k = 0; k < weighing->n_heads; k++)
        sum += weighing->weights[k] * tanh((double)margin[k] / 2);
    return sum;
}

double weighing_log_probability(const struct weighing *weighing, const float *margin,
                                const float *difference, double single)
{
    if (!mixes_probabilities(weighing))
        return log_logistic(reward(weighing, margin, difference, single));
    double top = -HUGE_VAL, sum = 0;
    for (size_t k = 0; k < weighing->n_heads; k++)
        if (weighing->weights[k] > 0)
            top = fmax(top, log_logistic((double)margin[k]));
    for (size_t k = 0; k < weighing->n_heads; k++)
        if (weighing->weights[k] > 0)
            sum += weighing->weights[k] * exp(log_logistic((double)margin[k]) - top);
    return top + log(sum);
}
