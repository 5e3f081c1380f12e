/* A number of an analysis explained: what it is, its formula, and the numbers of now. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "session/analysis_inside.h"

#define WRITE(member, ...) snprintf(out->member, sizeof out->member, __VA_ARGS__)

struct name {
    char text[48];
};

static void begin(struct explanation *out, const char *equation)
{
    *out = (struct explanation){
        .equation = equation, .value = (double)NAN, .interval = {(double)NAN, (double)NAN}};
}

static const char *read_by(const struct analysis *analysis, enum routing routing)
{
    return analysis_routing(analysis, routing) ? "prompts with their contexts"
                                               : "prompts alone";
}

/* The pair's number as tables show it, counted from 1. */
static unsigned long number_of(const struct analysis *analysis, size_t position)
{
    return (unsigned long)analysis->pairs[position] + 1;
}

static const char *name_row(const struct evaluation *evaluation, size_t row,
                            struct name *name)
{
    const struct evaluated_row *of = &evaluation->rows[row];
    static const char *const names[] = {
        [PREDICTOR_HEAD] = "",
        [PREDICTOR_MIXTURE] = "the mixture",
        [PREDICTOR_SINGLE] = "the single head",
        [PREDICTOR_ORACLE] = "the best head of each attribute (oracle)",
    };
    if (of->predictor == PREDICTOR_HEAD)
        snprintf(name->text, sizeof name->text, "h%zu", of->head + 1);
    else
        snprintf(name->text, sizeof name->text, "%s", names[of->predictor]);
    return name->text;
}

/* ---- accuracies ---- */

static void explain_mean(const struct analysis *analysis,
                         const struct evaluation *evaluation, size_t row,
                         struct explanation *out)
{
    const struct evaluated_row *of = &evaluation->rows[row];
    struct name name;
    size_t n_columns = 0;
    double sum = 0;
    begin(out, "E8");
    for (size_t a = 0; a < evaluation->n_attributes; a++)
        if (evaluation->attribute_pairs[a]) {
            n_columns++;
            sum += of->cells[a].accuracy;
        }
    WRITE(what, "mean accuracy of %s, %s split", name_row(evaluation, row, &name),
          split_name(analysis->split));
    WRITE(definition,
          "unweighted mean of its accuracies over the attributes that have pairs; "
          "interval by a bootstrap over prompts");
    WRITE(formula, "sum over attributes of right / pairs, / attributes");
    WRITE(values, "%.3f / %zu", sum, n_columns);
    out->value = of->mean;
    out->n = evaluation->n_pairs;
    out->interval = of->mean_interval;
}

void analysis_explain_cell(const struct analysis *analysis, enum routing routing,
                           size_t row, size_t column, struct explanation *out)
{
    const struct evaluation *evaluation = analysis_evaluation(analysis, routing);
    if (column == SIZE_MAX) {
        explain_mean(analysis, evaluation, row, out);
        return;
    }
    const struct evaluated_row *of = &evaluation->rows[row];
    const struct evaluated_cell *cell = &of->cells[column];
    struct name name;
    char attribute[64];
    begin(out, of->predictor == PREDICTOR_ORACLE ? "E11" : "E7");
    text_show(attribute, sizeof attribute, evaluation->attributes[column]);
    WRITE(what, "accuracy of %s on %s, %s split", name_row(evaluation, row, &name),
          attribute, split_name(analysis->split));
    if (of->predictor == PREDICTOR_ORACLE)
        WRITE(definition,
              "of all heads the one with the most right on these very pairs, here "
              "h%zu: an upper bound that needs the labels",
              cell->head + 1);
    else
        WRITE(definition,
              "share of the attribute's pairs whose chosen response is strictly "
              "ahead; Wilson's interval");
    WRITE(formula, "right / pairs");
    WRITE(values, "%zu / %zu", cell->right, evaluation->attribute_pairs[column]);
    out->value = cell->accuracy;
    out->n = evaluation->attribute_pairs[column];
    out->interval = cell->interval;
}

/* ---- the router ---- */

void analysis_explain_weight(const struct analysis *analysis, enum routing routing,
                             size_t head, size_t position, struct explanation *out)
{
    size_t r = analysis_routing(analysis, routing), K = analysis->n_heads;
    if (position == SIZE_MAX) {
        double load = analysis->plain[r].rows[head].load;
        begin(out, "E10");
        WRITE(what, "load of h%zu, %s split", head + 1, split_name(analysis->split));
        WRITE(definition, "mean weight that the router gives it over the pairs, reading %s",
              read_by(analysis, routing));
        WRITE(formula, "sum over pairs of f_k(x) / pairs");
        WRITE(values, "%.2f / %zu", load * (double)analysis->n_pairs, analysis->n_pairs);
        out->value = load;
        out->n = analysis->n_pairs;
        return;
    }
    double *weights = mem_alloc(K * sizeof *weights);
    analysis_pair_weights(analysis, routing, position, weights);
    double log_weight = log(weights[head]), rest = 1 - weights[head];
    begin(out, "E4");
    WRITE(what, "weight of h%zu for pair %lu", head + 1, number_of(analysis, position));
    WRITE(definition,
          "share of the mixture that the router gives the head, reading %s; the "
          "weights of all heads sum to 1",
          read_by(analysis, routing));
    WRITE(formula, "f_k = exp(z_k) / sum_j exp(z_j)");
    WRITE(values, "exp(%.3f); the other %zu heads have %.3f", log_weight, K - 1, rest);
    out->value = weights[head];
    out->n = 1;
    free(weights);
}

void analysis_explain_entropy(const struct analysis *analysis, enum routing routing,
                              size_t position, struct explanation *out)
{
    size_t r = analysis_routing(analysis, routing);
    bool all = position == SIZE_MAX;
    double value =
        all ? analysis->plain[r].entropy : (double)analysis->routes[r][position].entropy;
    begin(out, "E10");
    if (all)
        WRITE(what, "mean entropy of the router's weights, %s split",
              split_name(analysis->split));
    else
        WRITE(what, "entropy of the router's weights for pair %lu",
              number_of(analysis, position));
    WRITE(definition,
          "how evenly the weights are spread, in nats: 0 is one head alone, "
          "%.2f is all %zu alike; the router reads %s",
          log((double)analysis->n_heads), analysis->n_heads, read_by(analysis, routing));
    WRITE(formula, "-sum_k f_k log f_k%s", all ? ", mean over pairs" : "");
    WRITE(values, "%.3f nats, as if %.1f heads shared evenly", value, exp(value));
    out->value = value;
    out->n = all ? analysis->n_pairs : 1;
}

void analysis_explain_probability(const struct analysis *analysis, enum routing routing,
                                  size_t position, struct explanation *out)
{
    size_t r = analysis_routing(analysis, routing), K = analysis->n_heads;
    const struct predictions *predictions = &analysis->predictions[r];
    const float *margin = predictions->margin + position * K;
    double *weights = mem_alloc(K * sizeof *weights);
    analysis_pair_weights(analysis, routing, position, weights);
    size_t top = 0;
    double for_chosen = 0;
    for (size_t k = 0; k < K; k++) {
        top = weights[k] > weights[top] ? k : top;
        for_chosen += margin[k] > 0 ? weights[k] : 0;
    }
    begin(out, "E1");
    WRITE(what, "probability that the mixture gives the chosen response of pair %lu",
          number_of(analysis, position));
    WRITE(definition, "every head's probability, weighted by the router, which reads %s",
          read_by(analysis, routing));
    WRITE(formula, "sum_k f_k sigma(m_k)");
    WRITE(values, "heads for it hold %.3f; the largest is h%zu, %.3f sigma(%.3f)",
          for_chosen, top + 1, weights[top], (double)margin[top]);
    out->value = predictions->probability[position];
    out->n = 1;
    free(weights);
}

/* ---- heads ---- */

void analysis_explain_feature(const struct analysis *analysis, size_t head, size_t feature,
                              struct explanation *out)
{
    const struct model *model = &analysis->model->model;
    size_t D = model->shape.response_width, rank = 0;
    double weight = (double)model->heads[head * D + feature];
    const char *name = feature_name(analysis->names, feature);
    char shown[64], number[32];
    while (analysis->heads[head].features[rank] != feature)
        rank++;
    snprintf(number, sizeof number, "feature %zu", feature);
    text_show(shown, sizeof shown, name ? name : number);
    begin(out, NULL);
    WRITE(what, "weight of h%zu on %s", head + 1, shown);
    WRITE(definition, "%s",
          name ? "what its reward gains when the feature of a response rises "
                 "by one deviation of the training responses"
               : "what its reward gains when that number of a response rises "
                 "by one");
    WRITE(formula, "r_k(y) = sum_d w_kd phi_d(y)");
    WRITE(values, "w = %+.3f, the largest but %zu of %zu", weight, rank, D);
    out->value = weight;
}

void analysis_explain_correlation(const struct analysis *analysis, size_t j, size_t k,
                                  struct explanation *out)
{
    static const char *const meanings[STATISTIC_COUNT] = {
        [STATISTIC_MARGIN] = "margins",
        [STATISTIC_PROBABILITY] = "probabilities, less a half,",
        [STATISTIC_AGREEMENT] = "decisions (1 or -1)",
    };
    const struct prune_curve *cuts = analysis->cuts;
    const struct predictions *predictions = &cuts->views[0].predictions;
    size_t K = analysis->n_heads, same = 0;
    for (size_t i = 0; i < predictions->n; i++) {
        float a = predictions->margin[i * K + j], b = predictions->margin[i * K + k];
        same += (a > 0 && b > 0) || (a < 0 && b < 0);
    }
    begin(out, "E16");
    WRITE(what, "correlation of h%zu and h%zu, %s split", j + 1, k + 1,
          split_name(cuts->views[0].split));
    WRITE(definition,
          "how alike their %s are over the pairs, %s; a head that wants the "
          "opposite has -1",
          meanings[cuts->options.statistic],
          cuts->options.centred ? "centred as the pairs are stored"
                                : "each counted both ways round");
    WRITE(formula,
          cuts->options.centred ? "Pearson's" : "sum x_j x_k / sqrt(sum x_j^2 sum x_k^2)");
    WRITE(values, "they decide %zu of %zu pairs alike", same, predictions->n);
    out->value = correlation_at(&cuts->correlation, j, k);
    out->n = predictions->n;
}
