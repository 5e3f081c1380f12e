#include "core/pal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "base/vector.h"
#include "core/adam.h"
#include "core/recipe.h"

enum { START_STREAM = 0x50414c, ORDER_STREAM = 0x50414d, ADAPT_STEPS = 300 };
static const double adapt_rate = 0.05;

struct pal_options pal_defaults(size_t prototypes, uint64_t seed)
{
    return (struct pal_options){.prototypes = prototypes,
                                .epochs = 20,
                                .batch = 64,
                                .prototype_rate = 2e-3,
                                .user_rate = 2e-2,
                                .seed = seed};
}

struct work {
    struct pal *pal;
    const struct contrasts *contrasts;
    const int32_t *user;
    const struct pal_options *options;
    uint32_t *order; /* [n] rows with a user */
    size_t n, step, n_steps;
    float *d_prototypes, *d_logits; /* gradients, each followed by its two moments */
    double *weights, *margins;      /* [n_prototypes] */
    double loss;
};

static void soften(const float *logits, size_t K, double *weights)
{
    double top = -HUGE_VAL, sum = 0;
    for (size_t k = 0; k < K; k++)
        top = fmax(top, (double)logits[k]);
    for (size_t k = 0; k < K; k++)
        sum += weights[k] = exp((double)logits[k] - top);
    for (size_t k = 0; k < K; k++)
        weights[k] /= sum;
}

/* Adds one pair's share of the gradients. */
static void add_pair(struct work *work, uint32_t row, double share)
{
    struct pal *pal = work->pal;
    size_t K = pal->n_prototypes, D = pal->width, u = (size_t)work->user[row];
    const float *x = contrasts_row(work->contrasts, row);
    double mixed = 0;
    soften(pal->logits + u * K, K, work->weights);
    for (size_t k = 0; k < K; k++) {
        work->margins[k] = vector_dot(pal->prototypes + k * D, x, D);
        mixed += work->weights[k] * work->margins[k];
    }
    if (isnan(mixed))
        work->loss = mixed;
    if (!(mixed < 1))
        return;
    work->loss += (1 - mixed) * share;
    for (size_t k = 0; k < K; k++) {
        vector_add(work->d_prototypes + k * D, (float)(-share * work->weights[k]), x, D);
        work->d_logits[u * K + k] -=
            (float)(share * work->weights[k] * (work->margins[k] - mixed));
    }
}

static void update(struct work *work)
{
    struct pal *pal = work->pal;
    const struct recipe cosine = {.decay = DECAY_COSINE};
    double factor = recipe_factor(&cosine, work->step, work->n_steps);
    size_t n = pal->n_prototypes * pal->width, m = pal->n_users * pal->n_prototypes;
    uint64_t t = ++work->step;
    struct adam adam = adam_constants(work->options->prototype_rate * factor, 0, t);
    adam_update(&adam, pal->prototypes, work->d_prototypes, work->d_prototypes + n,
                work->d_prototypes + 2 * n, n);
    adam = adam_constants(work->options->user_rate * factor, 0, t);
    adam_update(&adam, pal->logits, work->d_logits, work->d_logits + m,
                work->d_logits + 2 * m, m);
    memset(work->d_prototypes, 0, n * sizeof *work->d_prototypes);
    memset(work->d_logits, 0, m * sizeof *work->d_logits);
}

static enum status train(struct work *work, struct error *err)
{
    size_t batch = work->options->batch;
    struct rng rng;
    rng_init(&rng, work->options->seed, ORDER_STREAM);
    work->n_steps = work->options->epochs * ((work->n + batch - 1) / batch);
    for (size_t epoch = 0; epoch < work->options->epochs; epoch++) {
        rng_shuffle(&rng, work->order, work->n);
        for (size_t first = 0; first < work->n; first += batch) {
            size_t end = first + batch < work->n ? first + batch : work->n;
            work->loss = 0;
            for (size_t i = first; i < end; i++)
                add_pair(work, work->order[i], 1 / (double)(end - first));
            if (isnan(work->loss))
                return error_set(err, STATUS_NUMERIC, "PAL's loss is not finite");
            if (cancel_asked(work->options->cancel))
                return error_set(err, STATUS_CANCELLED, "training PAL was stopped");
            update(work);
        }
    }
    return STATUS_OK;
}

/* Prototypes of unit length as PAL's, and logits that tell users apart from the first. */
static void draw_start(struct pal *pal, uint64_t seed)
{
    struct rng rng;
    rng_init(&rng, seed, START_STREAM);
    size_t K = pal->n_prototypes, D = pal->width;
    for (size_t k = 0; k < K; k++) {
        float *v = pal->prototypes + k * D;
        for (size_t d = 0; d < D; d++)
            v[d] = (float)rng_normal(&rng);
        double length = sqrt(vector_dot(v, v, D));
        for (size_t d = 0; d < D; d++)
            v[d] = (float)((double)v[d] / length);
    }
    for (size_t i = 0; i < pal->n_users * K; i++)
        pal->logits[i] = (float)rng_normal(&rng);
}

enum status pal_fit(struct pal *out, const struct contrasts *contrasts, const int32_t *user,
                    size_t n_users, const struct pal_options *options, struct error *err)
{
    size_t K = options->prototypes, D = contrasts->width, n = K * D, m = n_users * K;
    struct pal made = {K, D, n_users, mem_array(n, sizeof(float)),
                       mem_array(m, sizeof(float))};
    struct work work = {.pal = &made,
                        .contrasts = contrasts,
                        .user = user,
                        .options = options,
                        .order = mem_alloc((contrasts->n + 1) * sizeof *work.order),
                        .d_prototypes = mem_array(3 * n, sizeof(float)),
                        .d_logits = mem_array(3 * m, sizeof(float)),
                        .weights = mem_alloc(2 * K * sizeof *work.weights)};
    work.margins = work.weights + K;
    for (size_t i = 0; i < contrasts->n; i++)
        if (user[i] >= 0)
            work.order[work.n++] = (uint32_t)i;
    enum status status = STATUS_OK;
    if (!made.prototypes || !made.logits || !work.d_prototypes || !work.d_logits)
        status = error_set(err, STATUS_NO_MEMORY, "no memory for %zu prototypes", K);
    else if (!work.n)
        status = error_set(err, STATUS_SHAPE, "no training pair belongs to a unit");
    if (!status) {
        draw_start(&made, options->seed);
        status = train(&work, err);
    }
    free(work.order);
    free(work.d_prototypes);
    free(work.d_logits);
    free(work.weights);
    if (status)
        pal_done(&made);
    else
        *out = made;
    return status;
}

void pal_done(struct pal *pal)
{
    free(pal->prototypes);
    free(pal->logits);
    *pal = (struct pal){0};
}

/* ---- a new user ---- */

/* The loss of the margins under weights; its gradient by the logits. */
static void differentiate(const float *margin, size_t n, size_t K, const double *weights,
                          float *gradient)
{
    memset(gradient, 0, K * sizeof *gradient);
    for (size_t i = 0; i < n; i++) {
        double mixed = 0;
        for (size_t k = 0; k < K; k++)
            mixed += weights[k] * (double)margin[i * K + k];
        for (size_t k = 0; k < K && mixed < 1; k++)
            gradient[k] -=
                (float)(weights[k] * ((double)margin[i * K + k] - mixed) / (double)n);
    }
}

void pal_adapt(const float *margin, size_t n, size_t n_prototypes, double *weights)
{
    size_t K = n_prototypes;
    const struct recipe cosine = {.decay = DECAY_COSINE};
    float *logits = mem_zero(4 * K * sizeof *logits);
    soften(logits, K, weights);
    for (size_t step = 0; step < ADAPT_STEPS && n; step++) {
        double rate = adapt_rate * recipe_factor(&cosine, step, ADAPT_STEPS);
        struct adam adam = adam_constants(rate, 0, step + 1);
        differentiate(margin, n, K, weights, logits + K);
        adam_update(&adam, logits, logits + K, logits + 2 * K, logits + 3 * K, K);
        soften(logits, K, weights);
    }
    free(logits);
}
