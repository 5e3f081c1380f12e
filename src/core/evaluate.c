#include "core/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/bootstrap.h"
#include "core/predict.h"

/* The columns of the table: attributes that have pairs here, and one for pairs without. */
static void make_columns(const struct features *features,
                         const struct predictions *predictions, struct evaluation *out,
                         uint32_t *column_of_pair)
{
    size_t A = features->n_attributes;
    size_t *counts = mem_zero((A + 1) * sizeof *counts);
    for (size_t i = 0; i < predictions->n; i++) {
        int32_t a = features->pair_attribute[predictions->pairs[i]];
        counts[a < 0 ? A : (size_t)a]++;
    }
    out->attributes = mem_zero((A + 1) * sizeof *out->attributes);
    out->attribute_pairs = mem_zero((A + 1) * sizeof *out->attribute_pairs);
    uint32_t *column = mem_zero((A + 1) * sizeof *column);
    for (size_t a = 0; a <= A; a++) {
        if (a == A && !counts[a])
            continue;
        column[a] = (uint32_t)out->n_attributes;
        out->attributes[out->n_attributes] = a < A ? features->attributes[a] : "(none)";
        out->attribute_pairs[out->n_attributes++] = counts[a];
    }
    for (size_t i = 0; i < predictions->n; i++) {
        int32_t a = features->pair_attribute[predictions->pairs[i]];
        column_of_pair[i] = column[a < 0 ? A : (size_t)a];
    }
    free(column);
    free(counts);
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

static void add_intervals(const struct features *features,
                          const struct predictions *predictions, const uint32_t *column,
                          const struct evaluate_options *options, struct evaluation *out)
{
    size_t n_predictors = predictions->n_predictors;
    bool has_single = n_predictors == predictions->n_heads + 2;
    const struct evaluated_row *oracle = evaluation_row(out, PREDICTOR_ORACLE);
    size_t *oracle_head = mem_zero(out->n_attributes * sizeof *oracle_head);
    for (size_t a = 0; a < out->n_attributes; a++)
        oracle_head[a] = oracle->cells[a].head;
    struct bootstrap bootstrap = {
        .n_pairs = predictions->n,
        .n_predictors = n_predictors,
        .oracle_head = oracle_head,
        .n_columns = out->n_attributes,
        .reference = has_single ? n_predictors - 1 : SIZE_MAX,
        .right = predictions->right,
        .column = column,
        .resamples = options->resamples,
        .seed = options->seed,
    };
    int32_t *unit = mem_alloc(predictions->n * sizeof *unit);
    for (size_t i = 0; i < predictions->n; i++)
        unit[i] = features->pair_prompt[predictions->pairs[i]];
    bootstrap.unit = unit;
    struct interval *means = mem_zero(2 * out->n_rows * sizeof *means);
    struct interval *differences = means + out->n_rows;
    out->n_prompts = bootstrap_run(&bootstrap, means, differences);
    const struct evaluated_row *single = evaluation_row(out, PREDICTOR_SINGLE);
    for (size_t r = 0; r < out->n_rows; r++) {
        struct evaluated_row *row = &out->rows[r];
        row->mean_interval = means[r];
        if (single && row != single) {
            row->difference = row->mean - single->mean;
            row->difference_interval = differences[r];
        }
    }
    free(means);
    free(unit);
    free(oracle_head);
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
    struct predict_options decision = {options->rule, options->routing};
    enum status status =
        predictions_make(&predictions, features, model, pairs, n, decision, err);
    if (!status) {
        size_t K = model->shape.n_heads;
        uint32_t *column = mem_alloc(n * sizeof *column);
        *out = (struct evaluation){.n_pairs = n};
        make_columns(features, &predictions, out, column);
        out->rows = mem_zero((K + 3) * sizeof *out->rows);
        for (size_t k = 0; k < K; k++)
            add_row(out, PREDICTOR_HEAD, k);
        add_row(out, PREDICTOR_MIXTURE, 0);
        if (model->single)
            add_row(out, PREDICTOR_SINGLE, 0);
        add_row(out, PREDICTOR_ORACLE, 0);
        count_cells(&predictions, column, out);
        add_intervals(features, &predictions, column, options, out);
        summarise(&predictions, out);
        free(column);
        predictions_done(&predictions);
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
