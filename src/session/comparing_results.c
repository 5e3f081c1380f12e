/* What a comparison found: means over groups, and their intervals. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/bootstrap.h"
#include "session/comparing_inside.h"

enum { NOT_SCORED = 2 };

/* Accuracies of one method in one run by group, NaN without pairs; returns their mean. */
static double score_run(const struct comparing *comparing, int method, size_t run,
                        double *cells)
{
    size_t G = comparing->groups.n, n_cells = 0;
    const uint8_t *right = comparing->right[method] + run * comparing->n_test;
    size_t *n = mem_zero((G + 1) * sizeof *n);
    double sum = 0;
    memset(cells, 0, G * sizeof *cells);
    for (size_t i = 0; i < comparing->n_test; i++) {
        size_t group = (size_t)comparing->groups.of_pair[comparing->test_pairs[i]];
        if (right[i] == NOT_SCORED)
            continue;
        cells[group] += right[i];
        n[group]++;
    }
    for (size_t g = 0; g < G; g++) {
        cells[g] = n[g] ? cells[g] / (double)n[g] : (double)NAN;
        sum += n[g] ? cells[g] : 0;
        n_cells += n[g] > 0;
    }
    free(n);
    return sum / (double)n_cells;
}

/* Runs in which a method has been scored so far. */
static size_t runs_of(const struct comparing *comparing, int method)
{
    size_t n = comparing->run + (method < comparing->method);
    return n < comparing->options.runs ? n : comparing->options.runs;
}

/* means[r] of every run that there is; cells of all groups are means over the runs that score them. */
static void score_method(const struct comparing *comparing, int method, double *means,
                         double *cells)
{
    size_t G = comparing->groups.n, runs = runs_of(comparing, method);
    double *one = mem_alloc((G + 1) * sizeof *one);
    size_t *n = mem_zero((G + 1) * sizeof *n);
    memset(cells, 0, G * sizeof *cells);
    for (size_t r = 0; r < runs; r++) {
        means[r] = score_run(comparing, method, r, one);
        for (size_t g = 0; g < G; g++)
            if (!isnan(one[g])) {
                cells[g] += one[g];
                n[g]++;
            }
    }
    for (size_t g = 0; g < G; g++)
        cells[g] = n[g] ? cells[g] / (double)n[g] : (double)NAN;
    free(one);
    free(n);
}

static double mean_of(const double *values, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i] / (double)n;
    return n ? sum : (double)NAN;
}

static void fill_figures(const struct comparing *comparing, struct comparing_row *row,
                         const double *means, const double *reference)
{
    size_t runs = runs_of(comparing, (int)row->method);
    size_t others = runs_of(comparing, (int)comparing->options.reference);
    row->mean.value = mean_of(means, runs);
    row->mean.runs = interval_mean(means, runs);
    if (!reference || row->method == comparing->options.reference)
        return;
    runs = runs < others ? runs : others;
    double *gaps = mem_alloc((runs + 1) * sizeof *gaps);
    for (size_t r = 0; r < runs; r++)
        gaps[r] = means[r] - reference[r];
    row->difference.value = mean_of(gaps, runs);
    row->difference.runs = interval_mean(gaps, runs);
    free(gaps);
}

/* ---- over prompts: a pair counts once for every run that scores it ---- */

struct drawn {
    uint8_t *right; /* (n, n_predictors) */
    uint32_t *column;
    int32_t *unit;
    size_t n, n_predictors;
    size_t *row_of; /* [n_predictors] */
};

static void gather(const struct comparing *comparing,
                   const struct comparing_results *results, struct drawn *drawn)
{
    size_t N = comparing->n_test, runs = comparing->options.runs, P = 0;
    *drawn = (struct drawn){.row_of = mem_alloc((results->n_rows + 1) * sizeof(size_t))};
    for (size_t r = 0; r < results->n_rows; r++)
        if (!results->rows[r].missing)
            drawn->row_of[P++] = r;
    drawn->n_predictors = P;
    drawn->right = mem_alloc(runs * N * P + 1);
    drawn->column = mem_alloc((runs * N + 1) * sizeof *drawn->column);
    drawn->unit = mem_alloc((runs * N + 1) * sizeof *drawn->unit);
    for (size_t r = 0; r < runs && P; r++)
        for (size_t i = 0; i < N; i++) {
            uint32_t pair = comparing->test_pairs[i];
            uint8_t *right = drawn->right + drawn->n * P;
            for (size_t p = 0; p < P; p++)
                right[p] =
                    comparing->right[results->rows[drawn->row_of[p]].method][r * N + i];
            if (right[0] == NOT_SCORED)
                continue;
            /* Pairs without a prompt are units of their own, the same in every run. */
            int32_t prompt = comparing->test->pair_prompt[pair];
            drawn->unit[drawn->n] = prompt >= 0 ? prompt : (int32_t)pair;
            drawn->column[drawn->n++] = (uint32_t)comparing->groups.of_pair[pair];
        }
}

static void bootstrap_rows(const struct comparing *comparing,
                           struct comparing_results *results)
{
    struct drawn drawn;
    gather(comparing, results, &drawn);
    size_t P = drawn.n_predictors, G = comparing->groups.n;
    struct bootstrap bootstrap = {.n_pairs = drawn.n,
                                  .n_predictors = P,
                                  .n_columns = G,
                                  .reference = SIZE_MAX,
                                  .right = drawn.right,
                                  .column = drawn.column,
                                  .unit = drawn.unit,
                                  .resamples = comparing->options.resamples,
                                  .seed = comparing->options.seed};
    size_t *unused = mem_zero((G + 1) * sizeof *unused); /* there is no oracle of its own */
    struct interval *means = mem_zero(2 * (P + 1) * sizeof *means), *gaps = means + P + 1;
    bootstrap.oracle_head = unused;
    for (size_t p = 0; p < P; p++)
        if (results->rows[drawn.row_of[p]].method == comparing->options.reference)
            bootstrap.reference = p;
    if (P && drawn.n)
        results->n_prompts = bootstrap_run(&bootstrap, means, gaps);
    for (size_t p = 0; p < P; p++) {
        struct comparing_row *row = &results->rows[drawn.row_of[p]];
        row->mean.prompts = means[p];
        if (!isnan(row->difference.value))
            row->difference.prompts = gaps[p];
    }
    free(means);
    free(unused);
    free(drawn.right);
    free(drawn.column);
    free(drawn.unit);
    free(drawn.row_of);
}

/* ---- all of it ---- */

static void list_groups(const struct comparing *comparing, struct comparing_results *out)
{
    size_t G = comparing->groups.n;
    size_t *n = mem_zero((G + 1) * sizeof *n);
    for (size_t i = 0; i < comparing->n_test; i++)
        n[comparing->groups.of_pair[comparing->test_pairs[i]]]++;
    out->groups = mem_alloc((G + 1) * sizeof *out->groups);
    out->group_pairs = mem_alloc((G + 1) * sizeof *out->group_pairs);
    for (size_t g = 0; g < G; g++)
        if (n[g]) {
            out->groups[out->n_groups] = g;
            out->group_pairs[out->n_groups++] = n[g];
        }
    free(n);
}

static const struct comparing_figure no_figure = {
    (double)NAN, {(double)NAN, (double)NAN}, {(double)NAN, (double)NAN}};

static void fill_row(const struct comparing *comparing, const struct comparing_results *out,
                     struct comparing_row *row, const double *reference)
{
    double *means = mem_alloc(comparing->options.runs * sizeof *means);
    double *cells = mem_alloc((comparing->groups.n + 1) * sizeof *cells);
    score_method(comparing, (int)row->method, means, cells);
    fill_figures(comparing, row, means, reference);
    for (size_t g = 0; g < out->n_groups; g++)
        row->cells[g] = cells[out->groups[g]];
    free(cells);
    free(means);
}

void comparing_results(const struct comparing *comparing, struct comparing_results *out)
{
    int reference = (int)comparing->options.reference;
    double *means = NULL;
    struct comparing_results made = {.n_pairs = comparing->n_test,
                                     .n_labels = comparing->n_labels,
                                     .n_short = comparing->n_short,
                                     .rows = mem_zero(METHOD_COUNT * sizeof *made.rows)};
    list_groups(comparing, &made);
    if (!comparing->missing[reference]) {
        double *cells = mem_alloc((comparing->groups.n + 1) * sizeof *cells);
        means = mem_alloc(comparing->options.runs * sizeof *means);
        score_method(comparing, reference, means, cells);
        free(cells);
    }
    for (int m = 0; m < METHOD_COUNT; m++) {
        if (!comparing->takes_part[m])
            continue;
        struct comparing_row *row = &made.rows[made.n_rows++];
        *row = (struct comparing_row){
            .method = (enum method)m,
            .told = method_rows[m].told,
            .missing = comparing->missing[m],
            .mean = no_figure,
            .difference = no_figure,
            .cells = mem_alloc((made.n_groups + 1) * sizeof *row->cells)};
        for (size_t g = 0; g < made.n_groups; g++)
            row->cells[g] = (double)NAN;
        if (!row->missing)
            fill_row(comparing, &made, row, means);
    }
    if (comparing->finished)
        bootstrap_rows(comparing, &made);
    free(means);
    *out = made;
}

void comparing_results_done(struct comparing_results *results)
{
    for (size_t r = 0; r < results->n_rows; r++)
        free(results->rows[r].cells);
    free(results->rows);
    free(results->groups);
    free(results->group_pairs);
    *results = (struct comparing_results){0};
}
