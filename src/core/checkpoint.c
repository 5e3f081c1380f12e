#include "core/checkpoint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "io/json.h"
#include "io/safetensors.h"
#include "io/safetensors_writer.h"

/* ---- writing ---- */

static void declare(struct safetensors_writer *writer, const char *name, enum dtype dtype,
                    size_t rank, size_t rows, size_t columns)
{
    safetensors_writer_declare(writer, name, dtype, rank,
                               rank == 2 ? (size_t[]){rows, columns} : (size_t[]){rows});
}

static void declare_router(struct safetensors_writer *writer, const struct shape *shape,
                           enum dtype dtype)
{
    size_t K = shape->n_heads, H = shape->n_hidden, D = shape->prompt_width;
    if (shape->router == ROUTER_MLP) {
        declare(writer, "router.0.weight", dtype, 2, H, D);
        declare(writer, "router.0.bias", dtype, 1, H, 0);
        declare(writer, "router.2.weight", dtype, 2, K, H);
        declare(writer, "router.2.bias", dtype, 1, K, 0);
    } else if (shape->router == ROUTER_LINEAR) {
        declare(writer, "router.weight", dtype, 2, K, D);
        declare(writer, "router.bias", dtype, 1, K, 0);
    } else if (shape->router == ROUTER_STATIC) {
        declare(writer, "router", dtype, 1, K, 0);
    }
}

/* What is saved must be readable: a weight that is not finite, or not in dtype, is refused. */
static enum status check_weights(const char *path, const float *values, size_t n,
                                 enum dtype dtype, struct error *err)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return error_set(err, STATUS_NUMERIC,
                             "cannot write '%s': the model holds NaN or infinity", path);
    size_t bad = dtype_find_overflow(values, n, dtype);
    return bad == n ? STATUS_OK
                    : error_set(err, STATUS_NUMERIC,
                                "cannot write '%s': the model holds %g, too large for %s; "
                                "write F32",
                                path, (double)values[bad], dtype_name(dtype));
}

enum status checkpoint_save(const char *path, const struct model *model,
                            const struct json *metadata, enum dtype dtype,
                            struct error *err)
{
    const struct shape *shape = &model->shape;
    enum status status =
        check_weights(path, model->block, shape_parameters(shape), dtype, err);
    if (!status && model->single)
        status = check_weights(path, model->single, shape->response_width, dtype, err);
    if (status)
        return status;
    struct safetensors_writer *writer = safetensors_writer_open(path, err);
    if (!writer)
        return err->status;
    for (const struct json *item = json_first(metadata); item; item = json_next(item))
        if (json_text(item))
            safetensors_writer_metadata(writer, json_key(item), json_text(item));
    declare(writer, "score.weight", dtype, 2, shape->n_heads, shape->response_width);
    declare_router(writer, shape, dtype);
    if (model->single)
        declare(writer, "single.weight", dtype, 2, 1, shape->response_width);
    /* The block holds the tensors in the very order of their declaration. */
    safetensors_writer_floats(writer, model->block, shape_parameters(shape));
    if (model->single)
        safetensors_writer_floats(writer, model->single, shape->response_width);
    return safetensors_writer_commit(writer, err);
}

/* ---- reading ---- */

struct reader {
    struct safetensors *file;
    const char *path;
    struct error *err;
};

/* A tensor of real numbers of that rank; NULL with the error set. */
static const struct tensor *find(struct reader *reader, const char *name, size_t rank)
{
    const struct tensor *tensor = safetensors_find(reader->file, name, reader->err);
    if (!tensor)
        return NULL;
    if (tensor->rank == rank && dtype_is_real(tensor->dtype) && tensor->n_elements)
        return tensor;
    char shown[TENSOR_TEXT];
    error_set(reader->err, STATUS_SHAPE,
              "'%s': tensor '%s' is %s, a model has %zu dimensions of real numbers there",
              reader->path, name, tensor_describe(tensor, shown), rank);
    return NULL;
}

/* Reads `name` into out, which has room for rows x columns of it (columns 0: a vector). */
static enum status read_values(struct reader *reader, const char *name, size_t rows,
                               size_t columns, float *out)
{
    const struct tensor *tensor = find(reader, name, columns ? 2 : 1);
    if (!tensor)
        return reader->err->status;
    if (tensor->shape[0] != rows || (columns && tensor->shape[1] != columns)) {
        char shown[TENSOR_TEXT];
        return error_set(reader->err, STATUS_SHAPE,
                         "'%s': tensor '%s' is %s, its other tensors want [%zu%s%.0zu]",
                         reader->path, name, tensor_describe(tensor, shown), rows,
                         columns ? ", " : "", columns);
    }
    dtype_widen(out, tensor->data, tensor->dtype, tensor->n_elements);
    for (size_t i = 0; i < tensor->n_elements; i++)
        if (!isfinite(out[i]))
            return error_set(reader->err, STATUS_NUMERIC,
                             "'%s': tensor '%s' holds NaN or infinity at element %zu",
                             reader->path, name, i);
    return STATUS_OK;
}

static bool has(const struct reader *reader, const char *name)
{
    return safetensors_has(reader->file, name);
}

static const char *heads_name(const struct reader *reader)
{
    return has(reader, "score.learnable_net.weight") ? "score.learnable_net.weight"
                                                     : "score.weight";
}

/* What the file's tensors say of the model. */
static enum status read_shape(struct reader *reader, struct shape *shape)
{
    const struct tensor *heads = find(reader, heads_name(reader), 2);
    if (!heads)
        return reader->err->status;
    *shape = (struct shape){.n_heads = heads->shape[0], .response_width = heads->shape[1]};
    const char *input = NULL;
    if (has(reader, "router.0.weight")) {
        shape->router = ROUTER_MLP;
        input = "router.0.weight";
    } else if (has(reader, "router.weight")) {
        shape->router = ROUTER_LINEAR;
        input = "router.weight";
    } else {
        bool logits = has(reader, "router") || has(reader, "router.logits");
        shape->router = logits || shape->n_heads > 1 ? ROUTER_STATIC : ROUTER_NONE;
    }
    if (input) {
        const struct tensor *tensor = find(reader, input, 2);
        if (!tensor)
            return reader->err->status;
        shape->n_hidden = tensor->shape[0];
        shape->prompt_width = tensor->shape[1];
    }
    struct error inner;
    if (shape_normalise(shape, &inner)) /* of a file, not of what was typed */
        return error_set(reader->err, STATUS_SHAPE, "'%s': %s", reader->path,
                         inner.message);
    return STATUS_OK;
}

static enum status read_heads(struct reader *reader, struct model *model)
{
    size_t K = model->shape.n_heads, D = model->shape.response_width;
    enum status status = read_values(reader, heads_name(reader), K, D, model->heads);
    if (status || !has(reader, "score.learnable_net.weight"))
        return status;
    float *prior = mem_alloc(K * D * sizeof *prior);
    status = read_values(reader, "score.prior_net.weight", K, D, prior);
    for (size_t i = 0; i < K * D && !status; i++)
        model->heads[i] += prior[i];
    free(prior);
    return status;
}

static enum status read_router(struct reader *reader, struct model *model)
{
    const struct shape *shape = &model->shape;
    size_t K = shape->n_heads, H = shape->n_hidden, D = shape->prompt_width;
    struct tail *tail = &model->tail;
    enum status status = STATUS_OK;
    if (shape->router == ROUTER_MLP) {
        status = read_values(reader, "router.0.weight", H, D, model->input);
        if (!status)
            status = read_values(reader, "router.0.bias", H, 0, tail->first_bias);
        if (!status)
            status = read_values(reader, "router.2.weight", K, H, tail->last);
        if (!status)
            status = read_values(reader, "router.2.bias", K, 0, tail->last_bias);
    } else if (shape->router == ROUTER_LINEAR) {
        status = read_values(reader, "router.weight", K, D, model->input);
        if (!status)
            status = read_values(reader, "router.bias", K, 0, tail->last_bias);
    } else if (has(reader, "router.logits")) {
        status = read_values(reader, "router.logits", K, 0, tail->last_bias);
    } else if (has(reader, "router")) {
        status = read_values(reader, "router", K, 0, tail->last_bias);
    }
    return status;
}

static enum status read_single(struct reader *reader, struct model *model)
{
    if (!has(reader, "single.weight"))
        return STATUS_OK;
    size_t D = model->shape.response_width;
    model->single = mem_alloc(D * sizeof *model->single);
    return read_values(reader, "single.weight", 1, D, model->single);
}

enum status checkpoint_open(const char *path, struct model *model, struct json **metadata,
                            struct error *err)
{
    struct reader reader = {.file = safetensors_open(path, err), .path = path, .err = err};
    if (!reader.file)
        return err->status;
    struct shape shape;
    struct model made = {0};
    enum status status = STATUS_OK;
    if (!has(&reader, heads_name(&reader)))
        status = error_set(err, STATUS_FORMAT,
                           "'%s' holds no tensor 'score.weight': it is not a model", path);
    if (!status)
        status = read_shape(&reader, &shape);
    if (!status)
        status = model_create(&made, &shape, err);
    if (!status)
        status = read_heads(&reader, &made);
    if (!status)
        status = read_router(&reader, &made);
    if (!status)
        status = read_single(&reader, &made);
    if (status) {
        model_done(&made);
    } else {
        const struct json *texts = safetensors_metadata(reader.file);
        *metadata = json_object();
        for (const struct json *item = json_first(texts); item; item = json_next(item))
            json_put_text(*metadata, json_key(item), json_text(item));
        *model = made;
    }
    safetensors_free(reader.file);
    return status;
}
