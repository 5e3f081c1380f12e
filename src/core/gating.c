#include "core/gating.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "core/adam.h"
#include "core/linalg.h"
#include "core/logistic.h"
#include "core/recipe.h"

enum { START_STREAM = 0x6761, BATCH_STREAM = 0x6762 };

/* Where the parameters lie in a block. */
struct layout {
    size_t first, first_bias, last, last_bias, factor, n;
};

static struct layout layout_of(size_t A, size_t H, size_t D)
{
    struct layout at = {.first = 0, .first_bias = H * D, .last = H * D + H};
    at.last_bias = at.last + A * H;
    at.factor = at.last_bias + A;
    at.n = at.factor + 1;
    return at;
}

struct gating_options gating_defaults(uint64_t seed)
{
    return (struct gating_options){.hidden = 128,
                                   .steps = 1000,
                                   .batch = 256,
                                   .learning_rate = 1e-3,
                                   .temperature = 10,
                                   .dropout = 0.2,
                                   .seed = seed};
}

struct work {
    struct gating *gating;
    const struct gating_pairs *pairs;
    const struct gating_options *options;
    struct layout at;
    float *gradient, *first_moment, *second_moment; /* [at.n] */
    float *x, *inside, *logit, *d_logit, *d_inside; /* (batch, ...) */
    uint32_t *drawn;                                /* [batch] */
    struct rng rng;
    double loss;
};

/* PyTorch's start: uniform in +-1 / sqrt(inputs). */
static void draw_start(struct gating *gating, const struct layout *at, uint64_t seed)
{
    struct rng rng;
    rng_init(&rng, seed, START_STREAM);
    for (size_t i = 0; i < at->factor; i++) {
        size_t inputs = i < at->last ? gating->width : gating->hidden;
        gating->block[i] =
            (float)((2 * rng_uniform(&rng) - 1) / sqrt((double)(inputs ? inputs : 1)));
    }
    gating->block[at->factor] = 1;
}

static void read_prompt(const struct rows *prompts, int32_t row, size_t width, float *out)
{
    if (row >= 0 && width)
        dtype_widen(out, rows_at(prompts, (size_t)row, 0), prompts->dtype, width);
    else
        memset(out, 0, width * sizeof *out);
}

/* inside = relu(first x + bias), logit = last inside + bias, for n rows of x. */
static void forward(const struct gating *gating, const struct layout *at, const float *x,
                    size_t n, float *inside, float *logit, const float *keep)
{
    size_t A = gating->n_attributes, H = gating->hidden, D = gating->width;
    float *b = gating->block;
    union {
        const float *read;
        float *data;
    } rows = {x};
    linalg_product_nt(n, H, D, (struct matrix){rows.data, D},
                      (struct matrix){b + at->first, D}, (struct matrix){inside, H}, false);
    for (size_t i = 0; i < n * H; i++) {
        float value = D ? inside[i] : 0;
        value += b[at->first_bias + i % H];
        inside[i] = value > 0 ? value * (keep ? keep[i] : 1) : 0;
    }
    linalg_product_nt(n, A, H, (struct matrix){inside, H}, (struct matrix){b + at->last, H},
                      (struct matrix){logit, A}, false);
    for (size_t i = 0; i < n * A; i++)
        logit[i] += b[at->last_bias + i % A];
}

/* Softmax of logits over the temperature. */
static void soften(const float *logit, size_t A, double temperature, double *out)
{
    double top = -HUGE_VAL, sum = 0;
    for (size_t j = 0; j < A; j++)
        top = fmax(top, (double)logit[j] / temperature);
    for (size_t j = 0; j < A; j++)
        sum += out[j] = exp((double)logit[j] / temperature - top);
    for (size_t j = 0; j < A; j++)
        out[j] /= sum;
}

/* Draws a batch, and which hidden units stay (scaled, so that their mean stays too). */
static void draw_batch(struct work *work, float *keep)
{
    const struct gating_options *options = work->options;
    size_t D = work->gating->width, H = work->gating->hidden;
    for (size_t i = 0; i < options->batch; i++) {
        work->drawn[i] = (uint32_t)rng_below(&work->rng, work->pairs->n);
        read_prompt(work->pairs->prompts, work->pairs->prompt[work->drawn[i]], D,
                    work->x + i * D);
    }
    float kept = (float)(1 / (1 - options->dropout));
    for (size_t i = 0; i < options->batch * H; i++)
        keep[i] = rng_uniform(&work->rng) < options->dropout ? 0 : kept;
}

/* Gradient of the loss by the logits and by c. */
static void differentiate_loss(struct work *work, double *weights)
{
    const struct gating_pairs *pairs = work->pairs;
    size_t A = pairs->n_attributes, B = work->options->batch;
    double factor = (double)work->gating->block[work->at.factor], d_factor = 0;
    work->loss = 0;
    for (size_t i = 0; i < B; i++) {
        const float *margin = pairs->margin + work->drawn[i] * A;
        double mixed = 0;
        soften(work->logit + i * A, A, work->options->temperature, weights);
        for (size_t j = 0; j < A; j++)
            mixed += weights[j] * (double)margin[j];
        double wrong = -logistic(-factor * mixed) / (double)B;
        work->loss -= log_logistic(factor * mixed) / (double)B;
        d_factor += wrong * mixed;
        for (size_t j = 0; j < A; j++)
            work->d_logit[i * A + j] =
                (float)(wrong * factor * weights[j] * ((double)margin[j] - mixed) /
                        work->options->temperature);
    }
    work->gradient[work->at.factor] = (float)d_factor;
}

static void add_rows(const float *rows, size_t n, size_t width, float *sum)
{
    memset(sum, 0, width * sizeof *sum);
    for (size_t i = 0; i < n * width; i++)
        sum[i % width] += rows[i];
}

static void backward(struct work *work, const float *keep)
{
    const struct gating *gating = work->gating;
    size_t A = gating->n_attributes, H = gating->hidden, D = gating->width;
    size_t B = work->options->batch;
    float *g = work->gradient;
    linalg_product_tn(A, H, B, (struct matrix){work->d_logit, A},
                      (struct matrix){work->inside, H},
                      (struct matrix){g + work->at.last, H}, false);
    add_rows(work->d_logit, B, A, g + work->at.last_bias);
    linalg_product_nn(B, H, A, (struct matrix){work->d_logit, A},
                      (struct matrix){gating->block + work->at.last, H},
                      (struct matrix){work->d_inside, H}, false);
    for (size_t i = 0; i < B * H; i++)
        work->d_inside[i] = work->inside[i] > 0 ? work->d_inside[i] * keep[i] : 0;
    linalg_product_tn(H, D, B, (struct matrix){work->d_inside, H},
                      (struct matrix){work->x, D}, (struct matrix){g + work->at.first, D},
                      false);
    add_rows(work->d_inside, B, H, g + work->at.first_bias);
}

static enum status train(struct work *work, float *keep, double *weights, struct error *err)
{
    const struct gating_options *options = work->options;
    const struct recipe cosine = {.decay = DECAY_COSINE};
    for (size_t step = 0; step < options->steps; step++) {
        if (cancel_asked(options->cancel))
            return error_set(err, STATUS_CANCELLED, "training the gate was stopped");
        draw_batch(work, keep);
        forward(work->gating, &work->at, work->x, options->batch, work->inside, work->logit,
                keep);
        differentiate_loss(work, weights);
        if (!isfinite(work->loss))
            return error_set(err, STATUS_NUMERIC, "the gate's loss is not finite");
        backward(work, keep);
        double rate = options->learning_rate * recipe_factor(&cosine, step, options->steps);
        struct adam adam = adam_constants(rate, 0, step + 1);
        adam_update(&adam, work->gating->block, work->gradient, work->first_moment,
                    work->second_moment, work->at.n);
    }
    return STATUS_OK;
}

enum status gating_fit(struct gating *out, const struct gating_pairs *pairs,
                       const struct gating_options *options, struct error *err)
{
    size_t A = pairs->n_attributes, H = options->hidden, B = options->batch;
    size_t D = pairs->prompts->n_rows ? pairs->prompts->n_columns : 0;
    struct gating made = {A, H, D, options->temperature, NULL};
    struct work work = {.gating = &made, .pairs = pairs, .options = options};
    work.at = layout_of(A, H, D);
    size_t n = work.at.n, room = 4 * n + B * (D + 3 * H + 2 * A);
    float *block = mem_array(room, sizeof *block);
    work.drawn = mem_alloc(B * sizeof *work.drawn);
    double *weights = mem_alloc(A * sizeof *weights);
    made.block = mem_array(n, sizeof *made.block);
    enum status status = STATUS_OK;
    if (!block || !made.block) {
        status = error_set(err, STATUS_NO_MEMORY, "no memory to train a gate");
    } else {
        work.gradient = block;
        work.first_moment = block + n;
        work.second_moment = block + 2 * n;
        work.x = block + 4 * n;
        work.inside = work.x + B * D;
        work.d_inside = work.inside + B * H;
        float *keep = work.d_inside + B * H;
        work.logit = keep + B * H;
        work.d_logit = work.logit + B * A;
        rng_init(&work.rng, options->seed, BATCH_STREAM);
        draw_start(&made, &work.at, options->seed);
        status = train(&work, keep, weights, err);
    }
    free(block);
    free(work.drawn);
    free(weights);
    if (status)
        gating_done(&made);
    else
        *out = made;
    return status;
}

void gating_done(struct gating *gating)
{
    free(gating->block);
    *gating = (struct gating){0};
}

void gating_weights(const struct gating *gating, const struct rows *prompts, int32_t row,
                    double *weights)
{
    size_t A = gating->n_attributes, H = gating->hidden, D = gating->width;
    struct layout at = layout_of(A, H, D);
    float *scratch = mem_alloc((D + H + A) * sizeof *scratch);
    float *inside = scratch + D, *logit = inside + H;
    read_prompt(prompts, row, D, scratch);
    forward(gating, &at, scratch, 1, inside, logit, NULL);
    soften(logit, A, gating->temperature, weights);
    for (size_t j = 0; j < A; j++)
        weights[j] *= (double)gating->block[at.factor];
    free(scratch);
}
