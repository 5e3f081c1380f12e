#include "core/hard_em.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "core/bt.h"
#include "core/logistic.h"

enum { RESTART_STREAM = 0x4d4d };

/* Where the heads and their units are. */
struct clustering {
    double *heads;       /* (K, width) */
    int32_t *assignment; /* [n_units] */
    double *penalised;   /* [K] objective of each head on its units */
};

struct hard_em {
    const struct contrasts *contrasts;
    struct hard_em_options options;
    size_t n_units, n_heads;
    uint32_t *rows;    /* [n] rows by unit */
    size_t *start;     /* [n_units + 1] into rows */
    uint32_t *members; /* [n] scratch: rows of a head's units */
    float *as_floats;  /* (K, width) */
    float *margin;     /* (n, K) */
    double *fit;       /* (n_units, K) log-likelihood of each unit under each head */
    struct clustering now;
    float *best_heads;
    int32_t *best_assignment;
    double *proportions;
    double best, objective;
    size_t restart, iteration;
    size_t last_restart; /* of the last M-step */
};

struct hard_em_options hard_em_defaults(size_t n_heads, uint64_t seed)
{
    return (struct hard_em_options){
        .n_heads = n_heads, .iterations = 10, .restarts = 10, .ridge = 1e-4, .seed = seed};
}

/* ---- making ---- */

/* Lists the rows unit by unit; returns how many units have some. */
static size_t sort_rows(struct hard_em *em, const int32_t *unit)
{
    size_t n = em->contrasts->n, with_rows = 0;
    for (size_t i = 0; i < n; i++)
        if (unit[i] >= 0)
            em->start[unit[i] + 1]++;
    for (size_t u = 0; u < em->n_units; u++) {
        with_rows += em->start[u + 1] > 0;
        em->start[u + 1] += em->start[u];
    }
    size_t *next = mem_alloc((em->n_units + 1) * sizeof *next);
    memcpy(next, em->start, (em->n_units + 1) * sizeof *next);
    for (size_t i = 0; i < n; i++)
        if (unit[i] >= 0)
            em->rows[next[unit[i]]++] = (uint32_t)i;
    free(next);
    return with_rows;
}

/* The units' first heads: in turn, or at random. */
static void deal_out(struct hard_em *em)
{
    struct rng rng;
    size_t turn = 0;
    rng_init(&rng, em->options.seed, RESTART_STREAM + em->restart);
    for (size_t u = 0; u < em->n_units; u++) {
        bool empty = em->start[u + 1] == em->start[u];
        size_t head = em->restart ? rng_below(&rng, em->n_heads) : turn % em->n_heads;
        em->now.assignment[u] = empty ? -1 : (int32_t)head;
        turn += !empty;
    }
    memset(em->now.heads, 0, em->n_heads * em->contrasts->width * sizeof *em->now.heads);
    em->iteration = 0;
}

struct hard_em *hard_em_create(const struct contrasts *contrasts, const int32_t *unit,
                               size_t n_units, const struct hard_em_options *options,
                               struct error *err)
{
    struct hard_em *em = mem_zero(sizeof *em);
    size_t n = contrasts->n, D = contrasts->width;
    *em = (struct hard_em){.contrasts = contrasts, .options = *options, .n_units = n_units};
    em->rows = mem_alloc((n + 1) * sizeof *em->rows);
    em->members = mem_alloc((n + 1) * sizeof *em->members);
    em->start = mem_zero((n_units + 1) * sizeof *em->start);
    size_t with_rows = sort_rows(em, unit);
    size_t K = options->n_heads < with_rows ? options->n_heads : with_rows;
    em->n_heads = K;
    em->best = HUGE_VAL;
    em->as_floats = mem_alloc((K * D + 1) * sizeof *em->as_floats);
    em->margin = mem_array(n, (K + 1) * sizeof *em->margin);
    em->fit = mem_alloc((n_units * K + 1) * sizeof *em->fit);
    em->now.heads = mem_alloc((K * D + 1) * sizeof *em->now.heads);
    em->now.assignment = mem_alloc((n_units + 1) * sizeof *em->now.assignment);
    em->now.penalised = mem_zero((K + 1) * sizeof *em->now.penalised);
    em->best_heads = mem_alloc((K * D + 1) * sizeof *em->best_heads);
    em->best_assignment = mem_alloc((n_units + 1) * sizeof *em->best_assignment);
    em->proportions = mem_zero((K + 1) * sizeof *em->proportions);
    enum status status = STATUS_OK;
    if (!with_rows)
        status = error_set(err, STATUS_SHAPE, "no training pair belongs to a unit");
    else if (!em->margin)
        status = error_set(err, STATUS_NO_MEMORY, "no memory to cluster %zu pairs", n);
    if (!status) {
        deal_out(em);
        return em;
    }
    hard_em_free(em);
    return NULL;
}

void hard_em_free(struct hard_em *em)
{
    if (!em)
        return;
    void *const arrays[] = {em->rows,       em->members,         em->start,
                            em->as_floats,  em->margin,          em->fit,
                            em->now.heads,  em->now.assignment,  em->now.penalised,
                            em->best_heads, em->best_assignment, em->proportions};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    free(em);
}

/* ---- iterating ---- */

/* The rows of head k's units. */
static size_t list_members(const struct hard_em *em, size_t k)
{
    size_t n = 0;
    for (size_t u = 0; u < em->n_units; u++) {
        size_t share = em->start[u + 1] - em->start[u];
        if (em->now.assignment[u] != (int32_t)k)
            continue;
        memcpy(em->members + n, em->rows + em->start[u], share * sizeof *em->rows);
        n += share;
    }
    return n;
}

static enum status maximise(struct hard_em *em, struct error *err)
{
    size_t D = em->contrasts->width;
    enum status status = STATUS_OK;
    em->objective = 0;
    for (size_t k = 0; k < em->n_heads && !status; k++) {
        struct bt_problem problem = {.contrasts = em->contrasts,
                                     .which = em->members,
                                     .n = list_members(em, k),
                                     .ridge = em->options.ridge * (double)em->contrasts->n,
                                     .tolerance = 1e-5,
                                     .iterations = 200,
                                     .cancel = em->options.cancel};
        status = bt_fit(&problem, em->now.heads + k * D, &em->now.penalised[k], err);
        em->objective += em->now.penalised[k];
    }
    return status;
}

static void measure_fit(struct hard_em *em)
{
    size_t K = em->n_heads, D = em->contrasts->width;
    for (size_t i = 0; i < K * D; i++)
        em->as_floats[i] = (float)em->now.heads[i];
    contrasts_margins(em->contrasts, em->as_floats, K, em->margin);
    for (size_t u = 0; u < em->n_units; u++)
        for (size_t k = 0; k < K; k++) {
            double sum = 0;
            for (size_t r = em->start[u]; r < em->start[u + 1]; r++)
                sum += log_logistic((double)em->margin[em->rows[r] * K + k]);
            em->fit[u * K + k] = sum;
        }
}

/* Every unit to the head that fits it best; whether any moved. */
static bool reassign(struct hard_em *em)
{
    size_t K = em->n_heads;
    bool moved = false;
    for (size_t u = 0; u < em->n_units; u++) {
        int32_t at = em->now.assignment[u], best = at;
        for (size_t k = 0; k < K && at >= 0; k++)
            if (em->fit[u * K + k] > em->fit[u * K + (size_t)best])
                best = (int32_t)k;
        em->now.assignment[u] = best;
        moved = moved || best != at;
    }
    return moved;
}

/* The unit that is worst off a pair, and worse than by chance; SIZE_MAX: none is. */
static size_t worst_unit(const struct hard_em *em)
{
    double least = -log(2);
    size_t worst = SIZE_MAX;
    for (size_t u = 0; u < em->n_units; u++) {
        int32_t at = em->now.assignment[u];
        if (at < 0)
            continue;
        double share = (double)(em->start[u + 1] - em->start[u]);
        double fit = em->fit[u * em->n_heads + (size_t)at] / share;
        if (fit < least) {
            least = fit;
            worst = u;
        }
    }
    return worst;
}

/* Units for heads that have none; whether there were any to give. */
static bool reseed(struct hard_em *em)
{
    size_t K = em->n_heads, D = em->contrasts->width;
    bool moved = false;
    for (size_t k = 0; k < K; k++) {
        if (list_members(em, k))
            continue;
        memset(em->now.heads + k * D, 0, D * sizeof *em->now.heads);
        size_t worst = worst_unit(em);
        if (worst == SIZE_MAX)
            continue;
        em->now.assignment[worst] = (int32_t)k;
        em->fit[worst * K + k] = 0; /* so that it is not given away again */
        moved = true;
    }
    return moved;
}

static void keep_best(struct hard_em *em)
{
    size_t K = em->n_heads, n = em->start[em->n_units];
    if (em->objective >= em->best)
        return;
    em->best = em->objective;
    for (size_t i = 0; i < K * em->contrasts->width; i++)
        em->best_heads[i] = (float)em->now.heads[i];
    memcpy(em->best_assignment, em->now.assignment,
           em->n_units * sizeof *em->best_assignment);
    for (size_t k = 0; k < K; k++)
        em->proportions[k] = (double)list_members(em, k) / (double)n;
}

enum status hard_em_step(struct hard_em *em, struct error *err)
{
    enum status status = maximise(em, err);
    if (status)
        return status;
    em->last_restart = em->restart;
    keep_best(em);
    measure_fit(em);
    bool moved = reassign(em);
    moved = reseed(em) || moved;
    em->iteration++;
    if (!moved || em->iteration == em->options.iterations) {
        em->restart++;
        if (!hard_em_finished(em))
            deal_out(em);
    }
    return STATUS_OK;
}

bool hard_em_finished(const struct hard_em *em)
{
    return em->restart == em->options.restarts;
}

double hard_em_objective(const struct hard_em *em)
{
    return em->objective;
}

size_t hard_em_restart(const struct hard_em *em)
{
    return em->last_restart;
}

size_t hard_em_count(const struct hard_em *em)
{
    return em->n_heads;
}

const float *hard_em_heads(const struct hard_em *em)
{
    return em->best_heads;
}

const double *hard_em_proportions(const struct hard_em *em)
{
    return em->proportions;
}

const int32_t *hard_em_assignment(const struct hard_em *em)
{
    return em->best_assignment;
}

double hard_em_best(const struct hard_em *em)
{
    return em->best;
}
