#include "core/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/bootstrap.h"
#include "core/predict.h"

/* Pairs of each attribute, and behind them of those without: out [n_attributes + 1]. */
static void count_attributes(const struct features *features,
                             const struct predictions *predictions, size_t *out)
{
    size_t A = features->n_attributes;
    memset(out, 0, (A + 1) * sizeof *out);
    for (size_t i = 0; i < predictions->n; i++) {
        int32_t a = features->pair_attribute[predictions->pairs[i]];
        out[a < 0 ? A : (size_t)a]++;
    }
}

/* Every attribute has a column, whether there are pairs of it here or not, and pairs without
 * one, where there are any, have one behind them. */
void evaluation_columns(const struct features *features,
                        const struct predictions *predictions, uint32_t *out)
{
    for (size_t i = 0; i < predictions->n; i++) {
        int32_t a = features->pair_attribute[predictions->pairs[i]];
        out[i] = a < 0 ? (uint32_t)features->n_attributes : (uint32_t)a;
    }
}

static void make_columns(const struct features *features,
                         const struct predictions *predictions, struct evaluation *out)
{
    size_t A = features->n_attributes;
    out->attributes = mem_zero((A + 1) * sizeof *out->attributes);
    out->attribute_pairs = mem_zero((A + 1) * sizeof *out->attribute_pairs);
    count_attributes(features, predictions, out->attribute_pairs);
    for (size_t a = 0; a < A; a++)
        out->attributes[a] = features->attributes[a];
    out->attributes[A] = "(none)";
    out->n_attributes = A + (out->attribute_pairs[A] > 0);
}

static void add_row(struct evaluation *out, enum predictor predictor, size_t head)
{
    out->rows[out->n_rows++] = (struct evaluated_row){
        .predictor = predictor,
        .head = head,
        .cells = mem_zero(out->n_attributes * sizeof(struct evaluated_cell)),
        .mean = (double)NAN,
        .mean_interval = {(double)NAN, (double)NAN},
        .difference = (double)NAN,
        .difference_interval = {(double)NAN, (double)NAN},
        .load = (double)NAN,
    };
}

static void finish_cells(struct evaluation *out, struct evaluated_row *row)
{
    double sum = 0;
    size_t n_columns = 0;
    for (size_t a = 0; a < out->n_attributes; a++) {
        size_t n = out->attribute_pairs[a];
        struct evaluated_cell *cell = &row->cells[a];
        cell->accuracy = n ? (double)cell->right / (double)n : (double)NAN;
        cell->interval = interval_wilson(cell->right, n);
        if (n) {
            sum += cell->accuracy;
            n_columns++;
        }
    }
    row->mean = n_columns ? sum / (double)n_columns : (double)NAN;
}

/* Counts of every predictor but the oracle, which takes the best of the heads'. */
static void count_cells(const struct predictions *predictions, const uint32_t *column,
                        struct evaluation *out)
{
    size_t n_predictors = predictions->n_predictors, K = predictions->n_heads;
    for (size_t i = 0; i < predictions->n; i++)
        for (size_t p = 0; p < n_predictors; p++)
            out->rows[p].cells[column[i]].right += predictions->right[i * n_predictors + p];
    struct evaluated_row *oracle = &out->rows[out->n_rows - 1];
    for (size_t a = 0; a < out->n_attributes; a++)
        for (size_t k = 0; k < K; k++)
            if (k == 0 || out->rows[k].cells[a].right > oracle->cells[a].right)
                oracle->cells[a] = (struct evaluated_cell){
                    .right = out->rows[k].cells[a].right, .head = k};
    for (size_t r = 0; r < out->n_rows; r++)
        finish_cells(out, &out->rows[r]);
}

struct bootstrap_draws *evaluation_draws(const struct evaluation *evaluation,
                                         const struct features *features,
                                         const struct predictions *predictions,
                                         const struct evaluate_options *options)
{
    size_t n = predictions->n, n_predictors = predictions->n_predictors;
    const struct evaluated_row *oracle = evaluation_row(evaluation, PREDICTOR_ORACLE);
    size_t *oracle_head = mem_zero((evaluation->n_attributes + 1) * sizeof *oracle_head);
    uint32_t *column = mem_alloc((n + 1) * sizeof *column);
    int32_t *unit = mem_alloc((n + 1) * sizeof *unit);
    for (size_t a = 0; a < evaluation->n_attributes; a++)
        oracle_head[a] = oracle->cells[a].head;
    evaluation_columns(features, predictions, column);
    for (size_t i = 0; i < n; i++)
        unit[i] = features->pair_prompt[predictions->pairs[i]];
    struct bootstrap bootstrap = {
        .n_pairs = n,
        .n_predictors = n_predictors,
        .oracle_head = oracle_head,
        .n_columns = evaluation->n_attributes,
        .right = predictions->right,
        .column = column,
        .unit = unit,
        .resamples = options->resamples,
        .seed = options->seed,
        .cancel = options->workers.cancel,
    };
    struct bootstrap_draws *draws = bootstrap_create(&bootstrap);
    free(unit);
    free(column);
    free(oracle_head);
    return draws;
}

void evaluation_add_intervals(struct evaluation *evaluation,
                              const struct bootstrap_draws *draws)
{
    size_t n_rows = evaluation->n_rows; /* the oracle is the last */
    const struct evaluated_row *single = evaluation_row(evaluation, PREDICTOR_SINGLE);
    struct interval *means = mem_zero(2 * n_rows * sizeof *means);
    struct interval *differences = means + n_rows;
    bootstrap_means(draws, means);
    bootstrap_differences(draws, single ? n_rows - 2 : SIZE_MAX, differences);
    evaluation->n_prompts = bootstrap_units(draws);
    for (size_t r = 0; r < n_rows; r++) {
        struct evaluated_row *row = &evaluation->rows[r];
        row->mean_interval = means[r];
        if (single && row != single) {
            row->difference = row->mean - single->mean;
            row->difference_interval = differences[r];
        }
    }
    free(means);
}

/* Expected calibration error over ten bins of confidence max(P, 1 - P) (E9). */
static double calibration_error(const struct predictions *predictions)
{
    enum { BINS = 10 };
    double confidence[BINS] = {0}, right[BINS] = {0}, error = 0;
    for (size_t i = 0; i < predictions->n; i++) {
        double p = predictions->probability[i], sure = p > 0.5 ? p : 1 - p;
        size_t bin = (size_t)((sure - 0.5) * 2 * BINS);
        bin = bin < BINS ? bin : BINS - 1;
        confidence[bin] += sure;
        right[bin] += p > 0.5;
    }
    for (size_t bin = 0; bin < BINS; bin++)
        error += fabs(confidence[bin] - right[bin]);
    return error / (double)predictions->n;
}

static void summarise(const struct predictions *predictions, struct evaluation *out)
{
    size_t K = predictions->n_heads, n = predictions->n;
    double nll = 0, single_nll = 0, entropy = 0;
    for (size_t k = 0; k < K; k++)
        out->rows[k].load = 0;
    for (size_t i = 0; i < n; i++) {
        nll -= predictions->log_probability[i] / (double)n;
        const float *log_f = predictions->log_weight + i * K;
        for (size_t k = 0; k < K; k++) {
            double f = exp((double)log_f[k]);
            out->rows[k].load += f / (double)n;
            entropy -= f * (double)log_f[k] / (double)n;
        }
        if (predictions->single_log_probability)
            single_nll -= predictions->single_log_probability[i] / (double)n;
    }
    out->nll = nll;
    out->entropy = entropy;
    out->single_nll = predictions->single_log_probability ? single_nll : (double)NAN;
    out->calibration = calibration_error(predictions);
    out->ties = predictions->ties;
}

void evaluate_predictions(const struct features *features,
                          const struct predictions *predictions,
                          const struct evaluate_options *options, struct evaluation *out)
{
    size_t n = predictions->n, K = predictions->n_heads;
    uint32_t *column = mem_alloc((n + 1) * sizeof *column);
    *out = (struct evaluation){.n_pairs = n};
    make_columns(features, predictions, out);
    evaluation_columns(features, predictions, column);
    out->rows = mem_zero((K + 3) * sizeof *out->rows);
    for (size_t k = 0; k < K; k++)
        add_row(out, PREDICTOR_HEAD, k);
    add_row(out, PREDICTOR_MIXTURE, 0);
    if (predictions->single_log_probability)
        add_row(out, PREDICTOR_SINGLE, 0);
    add_row(out, PREDICTOR_ORACLE, 0);
    count_cells(predictions, column, out);
    struct bootstrap_draws *draws = evaluation_draws(out, features, predictions, options);
    bootstrap_draw(draws, options->resamples);
    evaluation_add_intervals(out, draws);
    bootstrap_free(draws);
    summarise(predictions, out);
    free(column);
}

enum status evaluate(const struct features *features, const struct model *model,
                     const struct evaluate_options *options, struct evaluation *out,
                     struct error *err)
{
    size_t n = features_select(features, options->split, -1, NULL);
    if (!n)
        return error_set(err, STATUS_SHAPE, "there are no pairs in the %s split",
                         split_name(options->split));
    uint32_t *pairs = mem_alloc(n * sizeof *pairs);
    features_select(features, options->split, -1, pairs);
    struct predictions predictions;
    struct predict_options decision = {options->rule, options->routing, options->workers};
    enum status status =
        predictions_make(&predictions, features, model, pairs, n, decision, err);
    if (!status) {
        struct evaluation made;
        evaluate_predictions(features, &predictions, options, &made);
        predictions_done(&predictions);
        if (cancel_asked(options->workers.cancel)) {
            evaluation_done(&made);
            status =
                error_set(err, STATUS_CANCELLED, "evaluating %zu pairs was stopped", n);
        } else {
            *out = made;
        }
    }
    free(pairs);
    return status;
}

void evaluation_done(struct evaluation *evaluation)
{
    for (size_t r = 0; r < evaluation->n_rows; r++)
        free(evaluation->rows[r].cells);
    free(evaluation->rows);
    free(evaluation->attributes);
    free(evaluation->attribute_pairs);
    *evaluation = (struct evaluation){0};
}

const struct evaluated_row *evaluation_row(const struct evaluation *evaluation,
                                           enum predictor predictor)
{
    for (size_t r = 0; r < evaluation->n_rows; r++)
        if (evaluation->rows[r].predictor == predictor)
            return &evaluation->rows[r];
    return NULL;
}
