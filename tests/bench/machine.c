#include "machine.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/rng.h"
#include "core/adam.h"
#include "core/linalg.h"
#include "measure.h"

static float *noise(size_t n)
{
    struct error err = {0};
    struct rng rng;
    float *values = mem_array(n, sizeof *values);
    if (!values)
        must(error_set(&err, STATUS_NO_MEMORY, "no memory for %zu numbers", n), &err);
    rng_init(&rng, 3, 0);
    for (size_t i = 0; i < n; i++)
        values[i] = (float)(rng_uniform(&rng) - 0.5);
    return values;
}

/* Where thread t's share of n numbers begins: in whole cache lines, the last one takes the
 * rest. */
static size_t share(size_t n, size_t t, size_t n_threads)
{
    enum { CELL = 16 };
    return t == n_threads ? n : n / CELL * t / n_threads * CELL;
}

/* Distance of rows in memory: an odd number of cache lines, so that they do not all fall
 * on the same lines of the cache, or on those of the file's rows. */
static size_t padded(size_t width)
{
    return (((width + 15) / 16) | 1) * 16;
}

/* ---- products ---- */

const char *const product_names[] = {"forward_hidden", "forward_heads", "gradient_hidden",
                                     "gradient_heads"};

struct products {
    size_t batch, width, n_heads, n_hidden;
    size_t stride; /* of rows */
    struct team *team;
    float *weights, *rows, *d_rows, *out;
    enum product product;
    size_t times;
};

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

struct products *products_create(size_t batch, size_t width, size_t n_heads,
                                 size_t n_hidden, struct team *team)
{
    struct products *products = mem_zero(sizeof *products);
    *products = (struct products){.batch = batch,
                                  .width = width,
                                  .n_heads = n_heads,
                                  .n_hidden = n_hidden,
                                  .stride = padded(width),
                                  .team = team};
    products->weights = noise(n_hidden * width);
    products->rows = noise(batch * products->stride);
    products->d_rows = noise(n_hidden * batch);
    products->out = noise(larger(n_hidden * width, n_hidden * batch * team_size(team)));
    return products;
}

void products_free(struct products *products)
{
    free(products->weights);
    free(products->rows);
    free(products->d_rows);
    free(products->out);
    free(products);
}

double products_flops(const struct products *products, enum product product)
{
    bool is_hidden =
        product == PRODUCT_FORWARD_HIDDEN || product == PRODUCT_GRADIENT_HIDDEN;
    size_t m = is_hidden ? products->n_hidden : products->n_heads;
    return 2.0 * (double)m * (double)products->batch * (double)products->width;
}

static void multiply(void *arg, size_t thread)
{
    const struct products *p = arg;
    size_t from = share(p->width, thread, team_size(p->team));
    size_t n = share(p->width, thread + 1, team_size(p->team)) - from, B = p->batch;
    struct matrix weights = {p->weights + from, p->width};
    struct matrix rows = {p->rows + from, p->stride};
    struct matrix forward = {p->out + thread * p->n_hidden * B, B};
    struct matrix gradient = {p->out + from, p->width};
    for (size_t i = 0; i < p->times; i++)
        switch (p->product) {
        case PRODUCT_FORWARD_HIDDEN:
            linalg_product_nt(p->n_hidden, B, n, weights, rows, forward, false);
            break;
        case PRODUCT_FORWARD_HEADS:
            linalg_product_nt(p->n_heads, B, n, weights, rows, forward, false);
            break;
        case PRODUCT_GRADIENT_HIDDEN:
            linalg_product_nn(p->n_hidden, n, B, (struct matrix){p->d_rows, B}, rows,
                              gradient, false);
            break;
        case PRODUCT_GRADIENT_HEADS:
            linalg_product_nn(p->n_heads, n, B, (struct matrix){p->d_rows, B}, rows,
                              gradient, false);
            break;
        case PRODUCT_COUNT:
            break;
        }
}

double products_seconds(struct products *products, enum product product)
{
    enum { TRIES = 5 };
    const double about = 5e8; /* flops of a try: 5 ms at 100 GFLOP/s */
    double best = HUGE_VAL;
    products->product = product;
    products->times = (size_t)(about / products_flops(products, product)) + 1;
    for (int i = 0; i < TRIES; i++) {
        double began = clock_seconds();
        team_run(products->team, multiply, products);
        best = fmin(best, clock_seconds() - began);
    }
    return best / (double)products->times;
}

/* ---- memory ---- */

const char *const reading_names[] = {"in_order", "shuffled", "gathered"};

struct reader {
    const struct features *features;
    const uint32_t *order;
    size_t n;
    enum reading reading;
    struct team *team;
    double *sums;   /* [threads]; keeps the reading from being left out */
    float **blocks; /* [threads] BLOCK rows of prompts and of differences */
};
enum { BLOCK = 128 };

static double read_pair(const struct reader *reader, size_t i, float *block)
{
    const struct features *features = reader->features;
    size_t pair = reader->reading == READING_IN_ORDER ? i : reader->order[i];
    const float *prompt = rows_at(&features->prompt, pair, 0);
    const float *chosen = rows_at(&features->chosen, pair, 0);
    const float *rejected = rows_at(&features->rejected, pair, 0);
    size_t Dp = features->prompt.n_columns, Dr = features->chosen.n_columns;
    if (reader->reading != READING_GATHERED)
        return linalg_square_sum(prompt, Dp) + linalg_square_sum(chosen, Dr) +
               linalg_square_sum(rejected, Dr);
    float *row = block + i % BLOCK * padded(Dp + Dr);
    dtype_widen(row, prompt, DTYPE_F32, Dp);
    dtype_subtract(row + Dp, chosen, rejected, DTYPE_F32, Dr);
    return (double)row[0];
}

static void read_share(void *arg, size_t thread)
{
    struct reader *reader = arg;
    double sum = 0;
    for (size_t i = share(reader->n, thread, team_size(reader->team)),
                end = share(reader->n, thread + 1, team_size(reader->team));
         i < end; i++)
        sum += read_pair(reader, i, reader->blocks[thread]);
    reader->sums[thread] = sum;
}

double reading_seconds(const struct features *features, const uint32_t *order, size_t n,
                       enum reading reading, struct team *team)
{
    size_t n_threads = team_size(team);
    struct reader reader = {features, order, n, reading, team, NULL, NULL};
    reader.sums = mem_zero(n_threads * sizeof *reader.sums);
    reader.blocks = mem_zero(n_threads * sizeof *reader.blocks);
    for (size_t t = 0; t < n_threads; t++)
        reader.blocks[t] =
            noise(BLOCK * padded(features->prompt.n_columns + features->chosen.n_columns));
    double began = clock_seconds();
    team_run(team, read_share, &reader);
    double seconds = clock_seconds() - began;
    for (size_t t = 0; t < n_threads; t++)
        free(reader.blocks[t]);
    free(reader.blocks);
    free(reader.sums);
    return seconds;
}

/* ---- Adam ---- */

struct updates {
    size_t n, times;
    struct team *team;
    float *parameter, *gradient, *first_moment, *second_moment;
    double *sums;
};

static void update(void *arg, size_t thread)
{
    struct updates *u = arg;
    size_t from = share(u->n, thread, team_size(u->team));
    size_t n = share(u->n, thread + 1, team_size(u->team)) - from;
    for (size_t i = 0; i < u->times; i++) {
        struct adam adam = adam_constants(1e-3, 0, i + 1);
        u->sums[thread] += linalg_square_sum(u->gradient + from, n);
        adam_update(&adam, u->parameter + from, u->gradient + from, u->first_moment + from,
                    u->second_moment + from, n);
    }
}

double adam_seconds(size_t n, struct team *team)
{
    struct updates u = {
        n, 200, team, noise(n), noise(n), noise(n), mem_zero(n * sizeof(float)), NULL};
    u.sums = mem_zero(team_size(team) * sizeof *u.sums);
    double began = clock_seconds();
    team_run(team, update, &u);
    double seconds = (clock_seconds() - began) / (double)u.times;
    free(u.parameter);
    free(u.gradient);
    free(u.first_moment);
    free(u.second_moment);
    free(u.sums);
    return seconds;
}
