#include "core/static_em.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/rng.h"
#include "core/bt.h"
#include "core/logistic.h"

enum { HEADS_STREAM = 0x7345 };

struct static_em {
    const struct contrasts *contrasts;
    struct static_em_options options;
    double *heads;    /* (K, width) */
    double *weights;  /* [K] */
    double *shares;   /* (K, n) q */
    float *row;       /* (K, width) heads as floats */
    float *margin;    /* (n, K) */
    double objective; /* per pair */
    size_t iterations;
    bool finished;
};

struct static_em_options static_em_defaults(size_t n_heads, uint64_t seed)
{
    return (struct static_em_options){.n_heads = n_heads,
                                      .ridge = 1e-4,
                                      .iterations = 100,
                                      .tolerance = 1e-5,
                                      .fit = 5,
                                      .seed = seed};
}

struct static_em *static_em_create(const struct contrasts *contrasts,
                                   const struct static_em_options *options,
                                   struct error *err)
{
    struct static_em *em = mem_zero(sizeof *em);
    size_t K = options->n_heads, D = contrasts->width, n = contrasts->n;
    em->contrasts = contrasts;
    em->options = *options;
    em->objective = HUGE_VAL;
    em->heads = mem_alloc(K * D * sizeof *em->heads);
    em->weights = mem_alloc(K * sizeof *em->weights);
    em->row = mem_alloc(K * D * sizeof *em->row);
    em->shares = mem_array(K * sizeof *em->shares, n);
    em->margin = mem_array(K * sizeof *em->margin, n);
    if (!em->shares || !em->margin) {
        static_em_free(em);
        error_set(err, STATUS_NO_MEMORY,
                  "no memory for a mixture of %zu heads on %zu pairs", K, n);
        return NULL;
    }
    struct rng rng;
    rng_init(&rng, options->seed, HEADS_STREAM);
    for (size_t i = 0; i < K * D; i++)
        em->heads[i] = (2 * rng_uniform(&rng) - 1) / sqrt((double)D);
    for (size_t k = 0; k < K; k++)
        em->weights[k] = 1 / (double)K;
    return em;
}

void static_em_free(struct static_em *em)
{
    if (!em)
        return;
    free(em->heads);
    free(em->weights);
    free(em->row);
    free(em->shares);
    free(em->margin);
    free(em);
}

/* Shares of all pairs; returns the objective. */
static double expect(struct static_em *em)
{
    size_t K = em->options.n_heads, D = em->contrasts->width, n = em->contrasts->n;
    double sum = 0, squares = 0;
    for (size_t i = 0; i < K * D; i++) {
        em->row[i] = (float)em->heads[i];
        squares += em->heads[i] * em->heads[i];
    }
    contrasts_margins(em->contrasts, em->row, K, em->margin);
    for (size_t i = 0; i < n; i++) {
        const float *margin = em->margin + i * K;
        double top = -HUGE_VAL, total = 0;
        for (size_t k = 0; k < K; k++) {
            double term = log(em->weights[k]) + log_logistic((double)margin[k]);
            em->shares[k * n + i] = term;
            top = fmax(top, term);
        }
        for (size_t k = 0; k < K; k++)
            total += exp(em->shares[k * n + i] - top);
        for (size_t k = 0; k < K; k++)
            em->shares[k * n + i] = exp(em->shares[k * n + i] - top) / total;
        sum -= top + log(total);
    }
    return sum / (double)n + em->options.ridge / 2 * squares;
}

static enum status maximise(struct static_em *em, struct error *err)
{
    size_t K = em->options.n_heads, D = em->contrasts->width, n = em->contrasts->n;
    enum status status = STATUS_OK;
    for (size_t k = 0; k < K && !status; k++) {
        const double *share = em->shares + k * n;
        struct bt_problem problem = {.contrasts = em->contrasts,
                                     .weight = share,
                                     .ridge = em->options.ridge * (double)n,
                                     .tolerance = 1e-9,
                                     .iterations = em->options.fit,
                                     .cancel = em->options.cancel};
        em->weights[k] = 0;
        for (size_t i = 0; i < n; i++)
            em->weights[k] += share[i] / (double)n;
        status = bt_fit(&problem, em->heads + k * D, NULL, err);
    }
    return status;
}

enum status static_em_step(struct static_em *em, struct error *err)
{
    double objective = expect(em);
    if (!isfinite(objective))
        return error_set(err, STATUS_NUMERIC, "the mixture's likelihood is not finite");
    bool moved = em->objective - objective >= em->options.tolerance;
    em->objective = objective;
    if (!moved || em->iterations == em->options.iterations) {
        em->finished = true;
        return STATUS_OK;
    }
    em->iterations++;
    return maximise(em, err);
}

bool static_em_finished(const struct static_em *em)
{
    return em->finished;
}

size_t static_em_iterations(const struct static_em *em)
{
    return em->iterations;
}

double static_em_objective(const struct static_em *em)
{
    return em->objective;
}

const double *static_em_heads(const struct static_em *em)
{
    return em->heads;
}

const double *static_em_weights(const struct static_em *em)
{
    return em->weights;
}

enum status static_em_model(const struct static_em *em, struct model *model,
                            struct error *err)
{
    size_t K = em->options.n_heads, D = em->contrasts->width;
    struct shape shape = {.router = ROUTER_STATIC, .n_heads = K, .response_width = D};
    if (model_create(model, &shape, err))
        return err->status;
    for (size_t i = 0; i < K * D; i++)
        model->heads[i] = (float)em->heads[i];
    for (size_t k = 0; k < K; k++)
        model->tail.last_bias[k] = (float)fmax(log(em->weights[k]), -80);
    return STATUS_OK;
}
