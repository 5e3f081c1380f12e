/* What views ask of an analysis. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/ranked.h"
#include "session/analysis_inside.h"

const struct evaluation *analysis_evaluation(const struct analysis *analysis,
                                             enum routing routing)
{
    enum analysis_stage stage = analysis_stage(analysis);
    size_t r = analysis_routing(analysis, routing);
    if (stage < ANALYSIS_CELLS)
        return NULL;
    return stage < ANALYSIS_INTERVALS ? &analysis->plain[r] : &analysis->whole[r];
}

double analysis_surety(const struct analysis *analysis, enum routing routing, size_t row,
                       size_t position)
{
    size_t r = analysis_routing(analysis, routing);
    const struct predictions *predictions = &analysis->predictions[r];
    const struct evaluated_row *of = &analysis->plain[r].rows[row];
    assert(row < analysis->plain[r].n_rows);
    if (of->predictor == PREDICTOR_SINGLE)
        return (double)predictions->single_margin[position];
    if (of->predictor == PREDICTOR_MIXTURE) {
        double log_p = predictions->log_probability[position];
        return log_p - log(-expm1(log_p));
    }
    size_t head = of->predictor == PREDICTOR_ORACLE
                      ? of->cells[analysis->column[position]].head
                      : of->head;
    return (double)predictions->margin[position * predictions->n_heads + head];
}

size_t analysis_cell_pairs(const struct analysis *analysis, enum routing routing,
                           size_t row, size_t column, uint32_t *out)
{
    const uint32_t *first = analysis->column_first;
    size_t begin = column == SIZE_MAX ? 0 : first[column];
    size_t n = column == SIZE_MAX ? analysis->n_pairs : first[column + 1] - begin;
    struct ranked *ranked = mem_alloc((n + 1) * sizeof *ranked);
    for (size_t i = 0; i < n; i++) {
        uint32_t position = analysis->column_pairs[begin + i];
        ranked[i] =
            (struct ranked){analysis_surety(analysis, routing, row, position), position};
    }
    qsort(ranked, n, sizeof *ranked, ranked_falling);
    for (size_t i = 0; i < n; i++)
        out[i] = (uint32_t)ranked[i].index;
    free(ranked);
    return n;
}

void analysis_pair_weights(const struct analysis *analysis, enum routing routing,
                           size_t position, double *out)
{
    size_t K = analysis->n_heads;
    const float *log_weight =
        analysis->predictions[analysis_routing(analysis, routing)].log_weight +
        position * K;
    double sum = 0;
    for (size_t k = 0; k < K; k++)
        sum += out[k] = exp((double)log_weight[k]);
    for (size_t k = 0; k < K; k++)
        out[k] /= sum;
}

const struct prune_point *analysis_points(const struct analysis *analysis, size_t *n)
{
    enum analysis_stage stage = analysis_stage(analysis);
    *n = stage < ANALYSIS_CUTS ? 0 : analysis->cuts->n_points;
    if (stage < ANALYSIS_CUTS)
        return NULL;
    return stage < ANALYSIS_WHOLE ? analysis->scored : analysis->cuts->points;
}

const struct prune_point *analysis_cut(const struct analysis *analysis, double threshold)
{
    size_t n;
    const struct prune_point *points = analysis_points(analysis, &n);
    return points ? prune_point_at(points, n, threshold) : NULL;
}

struct prune_curve *analysis_curve(const struct analysis *analysis,
                                   const struct prune_curve_options *options,
                                   struct error *err)
{
    const struct prune_curve *cuts = analysis->cuts;
    struct prune_view views[2] = {{.pairs = NULL}, {.pairs = NULL}};
    enum status status = STATUS_OK;
    for (size_t v = 0; v < cuts->n_views && !status; v++) {
        const struct prune_view *of = &cuts->views[v];
        size_t bytes = of->predictions.n * sizeof *of->pairs;
        views[v].split = of->split;
        views[v].pairs = mem_alloc(bytes);
        memcpy(views[v].pairs, of->pairs, bytes);
        status =
            predictions_copy(&views[v].predictions, &of->predictions, views[v].pairs, err);
    }
    if (!status)
        return prune_curve_create(cuts->features, views, cuts->n_views, options, err);
    for (size_t v = 0; v < cuts->n_views; v++) {
        predictions_done(&views[v].predictions);
        free(views[v].pairs);
    }
    return NULL;
}
