#include "core/model.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "core/linalg.h"

const char *const router_names[] = {"mlp", "linear", "static", "none", NULL};

enum { ROWS = 256 }; /* rows that are widened and multiplied at once */

enum status shape_normalise(struct shape *shape, struct error *err)
{
    if (shape->n_heads < 1 || shape->n_heads > MODEL_HEADS_MAX)
        return error_set(err, STATUS_USAGE, "%zu heads: a model has 1 to %d of them",
                         shape->n_heads, MODEL_HEADS_MAX);
    if (shape->router == ROUTER_NONE && shape->n_heads != 1)
        return error_set(err, STATUS_USAGE,
                         "router 'none' is for one head, %zu heads need a router",
                         shape->n_heads);
    if (shape->router != ROUTER_MLP)
        shape->n_hidden = 0;
    else if (shape->n_hidden < 1 || shape->n_hidden > MODEL_HIDDEN_MAX)
        return error_set(err, STATUS_USAGE,
                         "%zu hidden units: a router has 1 to %d of them", shape->n_hidden,
                         MODEL_HIDDEN_MAX);
    if (shape->router == ROUTER_STATIC || shape->router == ROUTER_NONE)
        shape->prompt_width = 0;
    else if (!shape->prompt_width)
        return error_set(err, STATUS_SHAPE,
                         "router '%s' reads prompts, and the features have none",
                         router_names[shape->router]);
    return STATUS_OK;
}

size_t shape_inputs(const struct shape *shape)
{
    if (shape->router == ROUTER_MLP)
        return shape->n_hidden;
    return shape->router == ROUTER_LINEAR ? shape->n_heads : 0;
}

size_t shape_tail(const struct shape *shape)
{
    size_t mlp = shape->n_hidden + shape->n_heads * shape->n_hidden;
    return shape->router == ROUTER_NONE ? 0 : mlp + shape->n_heads;
}

size_t shape_parameters(const struct shape *shape)
{
    return shape->n_heads * shape->response_width +
           shape_inputs(shape) * shape->prompt_width + shape_tail(shape);
}

struct tail tail_at(const struct shape *shape, float *parameters)
{
    struct tail tail = {0};
    if (shape->router == ROUTER_MLP) {
        tail.first_bias = parameters;
        tail.last = tail.first_bias + shape->n_hidden;
        parameters = tail.last + shape->n_heads * shape->n_hidden;
    }
    if (shape->router != ROUTER_NONE)
        tail.last_bias = parameters;
    return tail;
}

enum status model_create(struct model *model, const struct shape *shape, struct error *err)
{
    size_t n = shape_parameters(shape);
    float *block = mem_array(n, sizeof *block);
    if (!block)
        return error_set(err, STATUS_NO_MEMORY, "no memory for a model of %zu parameters",
                         n);
    float *input = block + shape->n_heads * shape->response_width;
    size_t inputs = shape_inputs(shape);
    *model = (struct model){
        .shape = *shape,
        .block = block,
        .heads = block,
        .input = inputs ? input : NULL,
        .tail = tail_at(shape, input + inputs * shape->prompt_width),
    };
    return STATUS_OK;
}

static void draw(struct rng *rng, float *values, size_t n, size_t inputs)
{
    double bound = 1.0 / sqrt((double)inputs);
    for (size_t i = 0; values && i < n; i++)
        values[i] = (float)(bound * (2.0 * rng_uniform(rng) - 1.0));
}

void model_draw(struct model *model, uint64_t seed, uint64_t stream)
{
    const struct shape *shape = &model->shape;
    size_t K = shape->n_heads, H = shape->n_hidden, inputs = shape_inputs(shape);
    struct rng rng;
    rng_init(&rng, seed, stream);
    draw(&rng, model->heads, K * shape->response_width, shape->response_width);
    draw(&rng, model->input, inputs * shape->prompt_width, shape->prompt_width);
    draw(&rng, model->tail.first_bias, H, shape->prompt_width);
    draw(&rng, model->tail.last, K * H, H);
    if (shape->router == ROUTER_STATIC)
        for (size_t k = 0; k < K; k++)
            model->tail.last_bias[k] = (float)rng_normal(&rng);
    else
        draw(&rng, model->tail.last_bias, K, H ? H : shape->prompt_width);
}

enum status model_copy(struct model *model, const struct model *of, struct error *err)
{
    size_t D = of->shape.response_width;
    struct model copy;
    enum status status = model_create(&copy, &of->shape, err);
    if (status)
        return status;
    memcpy(copy.block, of->block, shape_parameters(&of->shape) * sizeof *of->block);
    if (of->single) {
        copy.single = mem_alloc(D * sizeof *of->single);
        memcpy(copy.single, of->single, D * sizeof *of->single);
    }
    *model = copy;
    return STATUS_OK;
}

void model_done(struct model *model)
{
    free(model->block);
    free(model->single);
    *model = (struct model){0};
}

/* n <= ROWS rows as a matrix of floats: in place where they already are one, else widened into
 * *buffer (ROWS, columns), which is made when it is NULL. STATUS_NO_MEMORY. */
static enum status read_rows(const struct rows *rows, const uint32_t *which, size_t first,
                             size_t n, float **buffer, struct matrix *out,
                             struct error *err)
{
    size_t start = which ? which[first] : first, D = rows->n_columns;
    bool in_place = rows->dtype == DTYPE_F32;
    for (size_t i = 0; i < n && which && in_place; i++)
        in_place = which[first + i] == start + i;
    if (in_place) {
        *out = (struct matrix){(float *)(uintptr_t)rows_at(rows, start, 0), rows->stride};
        return STATUS_OK;
    }
    if (!*buffer)
        *buffer = mem_array(n, D * sizeof **buffer);
    if (!*buffer)
        return error_set(err, STATUS_NO_MEMORY, "no memory for %zu rows of %zu numbers", n,
                         D);
    for (size_t i = 0; i < n; i++) {
        size_t row = which ? which[first + i] : first + i;
        dtype_widen(*buffer + i * D, rows_at(rows, row, 0), rows->dtype, D);
    }
    *out = (struct matrix){*buffer, D};
    return STATUS_OK;
}

static bool all_finite(const float *values, size_t n)
{
    float sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i] * 0.0f;
    return sum == 0.0f;
}

/* out (n, m) = rows[which] (n, D) . weights (m, D)^T, a block at a time. */
static enum status multiply_rows(const float *weights, size_t m, const struct rows *rows,
                                 const uint32_t *which, size_t n, float *out,
                                 struct error *err)
{
    size_t D = rows->n_columns;
    float *buffer = NULL;
    enum status status = STATUS_OK;
    struct matrix x, w = {(float *)(uintptr_t)weights, D};
    for (size_t i = 0; i < n && !status; i += ROWS) {
        size_t rows_now = n - i < ROWS ? n - i : ROWS;
        status = read_rows(rows, which, i, rows_now, &buffer, &x, err);
        if (!status)
            linalg_product_nt(rows_now, m, D, x, w, (struct matrix){out + i * m, m}, false);
        for (size_t r = 0; r < rows_now && !status; r++)
            if (!all_finite(out + (i + r) * m, m))
                status = error_set(err, STATUS_NUMERIC,
                                   "row %zu of the features holds NaN or infinity, or its "
                                   "product with the model overflows",
                                   which ? (size_t)which[i + r] : i + r);
    }
    free(buffer);
    return status;
}

enum status model_rewards(const float *heads, size_t n_heads, const struct rows *rows,
                          const uint32_t *which, size_t n, float *out, struct error *err)
{
    return multiply_rows(heads, n_heads, rows, which, n, out, err);
}

/* z (K) -> log softmax in place. */
static void log_softmax(float *z, size_t K)
{
    float top = z[0], sum = 0;
    for (size_t k = 1; k < K; k++)
        top = z[k] > top ? z[k] : top;
    for (size_t k = 0; k < K; k++)
        sum += expf(z[k] - top);
    float shift = top + logf(sum);
    for (size_t k = 0; k < K; k++)
        z[k] -= shift;
}

/* Adds the biases to the input layer's product `inside` (n, F) and goes on to the logits.
 */
static void finish_logits(const struct model *model, float *inside, size_t n, float *out)
{
    size_t K = model->shape.n_heads, H = model->shape.n_hidden;
    for (size_t i = 0; i < n; i++)
        for (size_t h = 0; h < H; h++) {
            float a = inside[i * H + h] + model->tail.first_bias[h];
            inside[i * H + h] = a < 0 ? 0 : a;
        }
    if (H)
        linalg_product_nt(n, K, H, (struct matrix){inside, H},
                          (struct matrix){model->tail.last, H}, (struct matrix){out, K},
                          false);
    else
        memcpy(out, inside, n * K * sizeof *out);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < K; k++)
            out[i * K + k] += model->tail.last_bias[k];
        log_softmax(out + i * K, K);
    }
}

enum status model_log_weights(const struct model *model, const struct rows *prompts,
                              const uint32_t *which, size_t n, float *out,
                              struct error *err)
{
    size_t K = model->shape.n_heads, F = shape_inputs(&model->shape);
    if (!F) {
        for (size_t i = 0; i < n; i++) {
            for (size_t k = 0; k < K; k++)
                out[i * K + k] = model->tail.last_bias ? model->tail.last_bias[k] : 0;
            log_softmax(out + i * K, K);
        }
        return STATUS_OK;
    }
    assert(prompts->n_columns == model->shape.prompt_width);
    float *inside = mem_array(ROWS, F * sizeof *inside);
    if (!inside)
        return error_set(err, STATUS_NO_MEMORY, "no memory for %d rows of %zu units", ROWS,
                         F);
    enum status status = STATUS_OK;
    for (size_t i = 0; i < n && !status; i += ROWS) {
        size_t rows_now = n - i < ROWS ? n - i : ROWS;
        uint32_t row_numbers[ROWS] = {0};
        for (size_t r = 0; r < rows_now; r++)
            row_numbers[r] = which ? which[i + r] : (uint32_t)(i + r);
        status =
            multiply_rows(model->input, F, prompts, row_numbers, rows_now, inside, err);
        if (!status)
            finish_logits(model, inside, rows_now, out + i * K);
    }
    free(inside);
    return status;
}
