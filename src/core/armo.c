#include "core/armo.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "core/model.h"
#include "core/ridge.h"
#include "core/spearman.h"

enum { VALIDATION_STREAM = 0x61726d6f };

const double armo_penalties[ARMO_PENALTIES] = {
    0,   0.01, 0.025, 0.05, 0.075, 0.1,  0.125, 0.15, 0.2, 0.25, 0.3, 0.35,
    0.4, 0.45, 0.5,   0.55, 0.6,   0.65, 0.7,   0.75, 0.8, 0.85, 0.9, 0.95};

int armo_verbosity(const struct features *features)
{
    static const char word[] = "verbosity";
    size_t length = sizeof word - 1;
    for (size_t a = 0; a < features->n_attributes; a++) {
        size_t n = strlen(features->attributes[a]);
        if (n >= length && strcmp(features->attributes[a] + n - length, word) == 0)
            return (int)a;
    }
    return -1;
}

/* ---- verbosity ---- */

void armo_find_penalties(const double *rewards, size_t n, size_t n_columns, size_t v,
                         double threshold, double *penalty)
{
    double *column = mem_alloc(3 * (n + 1) * sizeof *column);
    double *rank = column + n + 1, *verbosity = rank + n + 1;
    for (size_t i = 0; i < n; i++)
        column[i] = rewards[i * n_columns + v];
    spearman_ranks(column, n, verbosity);
    for (size_t j = 0; j < n_columns; j++) {
        penalty[j] = 1;
        for (size_t p = 0; p < ARMO_PENALTIES && j != v; p++) {
            for (size_t i = 0; i < n; i++)
                column[i] = rewards[i * n_columns + j] -
                            armo_penalties[p] * rewards[i * n_columns + v];
            spearman_ranks(column, n, rank);
            if (spearman_of_ranks(rank, verbosity, n) > threshold)
                continue;
            penalty[j] = armo_penalties[p];
            break;
        }
    }
    free(column);
}

/* Takes verbosity out of the heads, by their rewards of the responses `which`. */
static enum status remove_verbosity(struct armo *armo, const struct features *features,
                                    const struct armo_options *options,
                                    const uint32_t *which, size_t n, struct error *err)
{
    size_t A = armo->n_attributes, D = armo->width, v = (size_t)options->verbosity;
    float *rewards = mem_array(n, A * sizeof *rewards);
    double *wide = mem_array(n, A * sizeof *wide);
    enum status status =
        rewards && wide
            ? model_rewards(armo->heads, A, &features->chosen, which, n, rewards, err)
            : error_set(err, STATUS_NO_MEMORY, "no memory for the rewards of %zu responses",
                        n);
    for (size_t i = 0; i < n * A && !status; i++)
        wide[i] = (double)rewards[i];
    if (!status)
        armo_find_penalties(wide, n, A, v, options->threshold, armo->penalty);
    for (size_t j = 0; j < A && !status; j++)
        for (size_t d = 0; d < D && j != v; d++)
            armo->heads[j * D + d] -= (float)armo->penalty[j] * armo->heads[v * D + d];
    if (!status)
        memset(armo->heads + v * D, 0, D * sizeof *armo->heads);
    free(rewards);
    free(wide);
    return status;
}

/* ---- regression ---- */

/* Which responses are fitted and which choose alpha. */
struct rated {
    uint32_t *train, *check; /* rows of features->chosen */
    size_t n_train, n_check;
};

static void mark(const struct features *features, enum split split, uint8_t *marks,
                 uint8_t bit)
{
    for (size_t i = 0; i < features->n_pairs; i++)
        if (features->pair_split[i] == (int32_t)split) {
            marks[features->pair_chosen[i]] |= bit;
            marks[features->pair_rejected[i]] |= bit;
        }
}

static float label_at(const struct features *features, size_t row, size_t attribute)
{
    float label;
    dtype_widen(&label, rows_at(&features->labels, row, attribute), features->labels.dtype,
                1);
    return label;
}

static bool has_label(const struct features *features, size_t row)
{
    for (size_t a = 0; a < features->labels.n_columns; a++)
        if (!isnan(label_at(features, row, a)))
            return true;
    return false;
}

static void list_rated(const struct features *features, const struct armo_options *options,
                       struct rated *rated)
{
    size_t R = features->labels.n_rows;
    uint8_t *marks = mem_zero(R + 1);
    struct rng rng;
    mark(features, SPLIT_TRAIN, marks, 1);
    mark(features, SPLIT_HOLDOUT, marks, 2);
    *rated = (struct rated){.train = mem_alloc((R + 1) * sizeof *rated->train),
                            .check = mem_alloc((R + 1) * sizeof *rated->check)};
    for (size_t row = 0; row < R; row++) {
        if (!(marks[row] & 3) || !has_label(features, row))
            continue;
        if (marks[row] & 1)
            rated->train[rated->n_train++] = (uint32_t)row;
        else
            rated->check[rated->n_check++] = (uint32_t)row;
    }
    free(marks);
    rng_init(&rng, options->seed, VALIDATION_STREAM);
    if (rated->n_check)
        return;
    rng_shuffle(&rng, rated->train, rated->n_train);
    rated->n_check = (size_t)((double)rated->n_train * options->validation);
    rated->n_train -= rated->n_check;
    memcpy(rated->check, rated->train + rated->n_train,
           rated->n_check * sizeof *rated->check);
}

/* The rows of a list that have a rating of the attribute, and those. */
static size_t take_rated(const struct features *features, size_t attribute,
                         const uint32_t *rows, size_t n, uint32_t *out, double *target)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        float label = label_at(features, rows[i], attribute);
        if (isnan(label))
            continue;
        target[kept] = (double)label;
        out[kept++] = rows[i];
    }
    return kept;
}

/* Scratch for one attribute. */
struct one {
    const struct features *features;
    uint32_t *rows, *check;
    double *target, *check_target, *w, *best;
    size_t n, n_check;
};

/* Tries all penalties; the winner's weights stay in best. */
static enum status choose(struct one *one, const struct ridge *ridge, double *alpha,
                          double *error, struct error *err)
{
    struct gram_rows check = {&one->features->chosen, one->check, one->n_check};
    bool found = false;
    struct error last = {0};
    for (size_t a = 0; a < RIDGE_ALPHAS; a++) {
        double missed = 0;
        if (ridge_solve(ridge, ridge_alphas[a], one->w, &last))
            continue;
        ridge_errors(&check, one->check_target, 1, one->w, &missed);
        if (found && missed >= *error)
            continue;
        found = true;
        *error = missed;
        *alpha = ridge_alphas[a];
        memcpy(one->best, one->w, ridge->width * sizeof *one->w);
    }
    if (!found)
        return error_set(err, STATUS_FAILED, "%s", last.message);
    return STATUS_OK;
}

static bool same_rows(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b)
{
    return n_a == n_b && n_a && memcmp(a, b, n_a * sizeof *a) == 0;
}

/* X'X is that of the attribute before when the same responses are rated; only X'y is new. */
static enum status add_up(struct ridge *ridge, const struct one *one,
                          const uint32_t *before, size_t n_before, struct team *team,
                          const struct cancel *cancel, struct error *err)
{
    struct gram_rows rows = {&one->features->chosen, one->rows, one->n};
    if (!same_rows(one->rows, one->n, before, n_before)) {
        ridge_done(ridge);
        return ridge_make(ridge, &rows, one->target, 1, team, cancel, err);
    }
    ridge_retarget(ridge, &rows, one->target);
    return STATUS_OK;
}

static enum status fit_heads(struct armo *armo, const struct features *features,
                             const struct rated *rated, struct team *team,
                             const struct cancel *cancel, struct error *err)
{
    size_t most = features->labels.n_rows + 1, D = armo->width, n_before = 0;
    struct ridge ridge = {0};
    struct one one = {.features = features,
                      .rows = mem_alloc(most * sizeof *one.rows),
                      .check = mem_alloc(most * sizeof *one.check),
                      .target = mem_alloc(most * sizeof *one.target),
                      .check_target = mem_alloc(most * sizeof *one.target),
                      .w = mem_alloc(2 * D * sizeof *one.w)};
    uint32_t *before = mem_alloc(most * sizeof *before);
    enum status status = STATUS_OK;
    one.best = one.w + D;
    for (size_t a = 0; a < armo->n_attributes && !status; a++) {
        one.n = take_rated(features, a, rated->train, rated->n_train, one.rows, one.target);
        one.n_check = take_rated(features, a, rated->check, rated->n_check, one.check,
                                 one.check_target);
        if (!one.n || !one.n_check)
            continue;
        status = add_up(&ridge, &one, before, n_before, team, cancel, err);
        if (!status)
            status = choose(&one, &ridge, &armo->alpha[a], &armo->error[a], err);
        for (size_t d = 0; d < D && !status; d++)
            armo->heads[a * D + d] = (float)one.best[d];
        memcpy(before, one.rows, one.n * sizeof *before);
        n_before = one.n;
        armo->n_rated = armo->n_rated > one.n ? armo->n_rated : one.n;
    }
    ridge_done(&ridge);
    void *const arrays[] = {one.rows,         one.check, one.target,
                            one.check_target, one.w,     before};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    return status;
}

enum status armo_fit(struct armo *out, const struct features *features,
                     const struct armo_options *options, struct team *team,
                     struct error *err)
{
    size_t A = features->n_attributes, D = features->chosen.n_columns;
    struct armo made = {.n_attributes = A, .width = D};
    struct rated rated;
    if (!features->labels.n_rows)
        return error_set(err, STATUS_SHAPE, "the features have no ratings");
    list_rated(features, options, &rated);
    made.heads = mem_zero((A * D + 1) * sizeof *made.heads);
    made.alpha = mem_zero(3 * (A + 1) * sizeof *made.alpha);
    made.error = made.alpha + A + 1;
    made.penalty = made.error + A + 1;
    for (size_t a = 0; a < A; a++)
        made.alpha[a] = made.error[a] = (double)NAN;
    enum status status = fit_heads(&made, features, &rated, team, options->cancel, err);
    if (!status && !made.n_rated)
        status = error_set(err, STATUS_SHAPE, "no response of the training pairs is rated");
    if (!status && options->verbosity >= 0)
        status =
            remove_verbosity(&made, features, options, rated.train, rated.n_train, err);
    free(rated.train);
    free(rated.check);
    if (status)
        armo_done(&made);
    else
        *out = made;
    return status;
}

void armo_done(struct armo *armo)
{
    free(armo->heads);
    free(armo->alpha);
    *armo = (struct armo){0};
}
