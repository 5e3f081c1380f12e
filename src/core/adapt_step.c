/* One batch through the router: what the threads do. */
#include "core/adapt_inside.h"

#include <math.h>

#include "core/adam.h"
#include "core/linalg.h"
#include "core/mixture.h"
#include "core/router_block.h"

static const size_t R = ADAPT_BLOCK;

/* Pairs [first, first + n) of the batch. */
struct block {
    size_t first, n;
    bool is_first, is_last;
};

/* Reads this thread's columns of the block's inputs. */
static void gather(struct adapt *adapt, const struct adapt_lane *lane,
                   const struct block *block)
{
    const struct features *features = adapt->features;
    for (size_t b = 0; b < block->n && lane->end > lane->begin; b++) {
        uint32_t pair = adapt->pairs.pairs[adapt->batch[block->first + b]];
        size_t row = (size_t)features->pair_context[pair];
        dtype_widen(adapt->rows + b * adapt->stride + lane->begin,
                    rows_at(&features->context, row, lane->begin), features->context.dtype,
                    lane->end - lane->begin);
    }
}

static void multiply(struct adapt *adapt, const struct adapt_lane *lane,
                     const struct block *block)
{
    if (adapt->n_inputs)
        linalg_product_nt(adapt->n_inputs, block->n, lane->end - lane->begin,
                          (struct matrix){adapt->model.input + lane->begin, adapt->width},
                          (struct matrix){adapt->rows + lane->begin, adapt->stride},
                          (struct matrix){lane->part, R}, false);
}

/* Adds the other lanes' parts to the first one's, which is `inside` itself. */
static void add_parts(struct adapt *adapt, const struct block *block)
{
    for (size_t t = 1; t < team_size(adapt->team); t++)
        for (size_t f = 0; f < adapt->n_inputs; f++) {
            float *restrict sum = adapt->inside + f * R;
            const float *restrict part = adapt->lanes[t].part + f * R;
            for (size_t b = 0; b < block->n; b++)
                sum[b] += part[b];
        }
}

/* omega of one pair, from column b of log f. Returns its entropy. In double, since L / tau
 * differs by hundreds of nats and more. */
static double make_target(struct adapt *adapt, size_t position, size_t b)
{
    const size_t K = adapt->n_heads;
    const double *evidence = adapt->evidence + position * K;
    const float *log_f = adapt->logit + b;
    float *target = adapt->target + position * K;
    double top = -HUGE_VAL, sum = 0, mean = 0;
    for (size_t k = 0; k < K; k++) {
        double term = (double)log_f[k * R] + evidence[k];
        top = term > top ? term : top;
    }
    for (size_t k = 0; k < K; k++)
        sum += exp((double)log_f[k * R] + evidence[k] - top);
    for (size_t k = 0; k < K; k++) {
        double term = (double)log_f[k * R] + evidence[k] - top, weight = exp(term) / sum;
        target[k] = (float)weight;
        mean += weight > 0 ? weight * term : 0;
    }
    return log(sum) - mean;
}

/* Cross-entropy of the block's pairs and its gradient with respect to the logits. */
static double cross_entropy(struct adapt *adapt, const struct block *block)
{
    const size_t K = adapt->n_heads;
    const float scale = (float)(1.0 / (double)adapt->n_batch);
    double loss = 0;
    for (size_t k = 0; k < K; k++)
        for (size_t b = 0; b < block->n; b++) {
            size_t position = adapt->batch[block->first + b];
            float omega = adapt->target[position * K + k], log_f = adapt->logit[k * R + b];
            loss -= (double)(omega * log_f);
            adapt->d_logit[k * R + b] = scale * (expf(log_f) - omega);
        }
    return loss;
}

/* Everything between the two large products. */
static void route(struct adapt *adapt, const struct block *block)
{
    struct router_block router = {
        .shape = &adapt->model.shape,
        .tail = adapt->model.tail,
        .stride = R,
        .end = block->n,
        .inside = adapt->inside,
        .logit = adapt->logit,
        .d_logit = adapt->d_logit,
        .d_inside = adapt->d_inside,
    };
    add_parts(adapt, block);
    router_block_forward(&router);
    mixture_log_softmax(adapt->logit, adapt->n_heads, R, 0, block->n, adapt->scratch);
    if (!adapt->learning) {
        for (size_t b = 0; b < block->n; b++)
            adapt->sum += make_target(adapt, adapt->batch[block->first + b], b);
        return;
    }
    adapt->sum += cross_entropy(adapt, block);
    router_block_backward(&router);
    float *d_tail = adapt->gradient + adapt->n_inputs * adapt->width;
    router_block_tail(&router, tail_at(&adapt->model.shape, d_tail), !block->is_first);
}

/* One update of n parameters behind the heads. */
static void update(struct adapt *adapt, const struct adam *adam, size_t at, size_t n)
{
    float *router = adapt->model.block + adapt->n_heads * adapt->model.shape.response_width;
    adam_update(adam, router + at, adapt->gradient + at, adapt->first_moment + at,
                adapt->second_moment + at, n);
}

/* This thread's columns of the input layer's gradient, applied when the batch is through. */
static void learn(struct adapt *adapt, const struct adapt_lane *lane, bool owns_tail,
                  const struct block *block)
{
    struct adam adam = adam_constants(adapt->options.learning_rate,
                                      adapt->options.weight_decay, adapt->step + 1);
    const size_t at = lane->begin, width = lane->end - at;
    linalg_product_nn(adapt->n_inputs, width, block->n, (struct matrix){adapt->d_inside, R},
                      (struct matrix){adapt->rows + at, adapt->stride},
                      (struct matrix){adapt->gradient + at, adapt->width},
                      !block->is_first);
    for (size_t f = 0; f < adapt->n_inputs && block->is_last; f++)
        update(adapt, &adam, f * adapt->width + at, width);
    if (owns_tail && block->is_last)
        update(adapt, &adam, adapt->n_inputs * adapt->width,
               shape_tail(&adapt->model.shape));
}

static void run_batch(void *arg, size_t thread)
{
    struct adapt *adapt = arg;
    const struct adapt_lane *lane = &adapt->lanes[thread];
    for (size_t first = 0; first < adapt->n_batch; first += R) {
        size_t left = adapt->n_batch - first;
        struct block block = {first, left < R ? left : R, first == 0, left <= R};
        gather(adapt, lane, &block);
        multiply(adapt, lane, &block);
        team_barrier(adapt->team);
        if (thread == 0)
            route(adapt, &block);
        team_barrier(adapt->team);
        if (adapt->learning)
            learn(adapt, lane, thread == 0, &block);
    }
}

void adapt_run_batch(struct adapt *adapt, const uint32_t *positions, size_t n,
                     bool learning)
{
    adapt->batch = positions;
    adapt->n_batch = n;
    adapt->learning = learning;
    adapt->sum = 0;
    team_run(adapt->team, run_batch, adapt);
}
