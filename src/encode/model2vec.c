#include "encode/model2vec.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/vector.h"
#include "encode/files.h"
#include "encode/pooled.h"
#include "encode/tokenizer.h"
#include "io/file.h"
#include "io/json.h"
#include "io/safetensors.h"

enum { VERSION = 1, TOKENS_MOST = 512, DIMENSION_MAX = 65536 };

struct model2vec {
    struct pooled pooled; /* first: pooled.h */
    char *path;
    struct tokenizer *tokenizer;
    struct safetensors *file;
    struct rows rows;
    size_t n_tokens;
    float *weights;   /* (n_tokens); NULL: all 1 */
    int32_t *mapping; /* (n_tokens); NULL: the token's own row */
    bool normalises;
    uint64_t hash;

    struct token_ids ids;
    float *row; /* (dimension) */
};

/* ---- a text ---- */

/* Bytes of the first n characters. */
static size_t characters(const char *bytes, size_t length, size_t n)
{
    size_t at = 0;
    while (at < length && n) {
        at++;
        while (at < length && ((unsigned char)bytes[at] & 0xc0) == 0x80)
            at++;
        n--;
    }
    return at;
}

static void add_token(struct model2vec *model, int32_t token, float *sum)
{
    size_t D = model->pooled.dimension;
    size_t row = (size_t)(model->mapping ? model->mapping[token] : token);
    const float *values = rows_at(&model->rows, row, 0);
    if (model->rows.dtype != DTYPE_F32) {
        dtype_widen(model->row, values, model->rows.dtype, D);
        values = model->row;
    }
    vector_add(sum, model->weights ? model->weights[token] : 1, values, D);
}

static void pool(void *self, struct encoder_text text, float *row)
{
    struct model2vec *model = self;
    size_t D = model->pooled.dimension, n = 0;
    size_t most = TOKENS_MOST * tokenizer_median_length(model->tokenizer);
    double squares = 0;
    int32_t unknown = tokenizer_unknown(model->tokenizer);
    memset(row, 0, D * sizeof *row);
    tokenizer_encode(model->tokenizer, text.bytes,
                     text.bytes ? characters(text.bytes, text.length, most) : 0,
                     &model->ids);
    for (size_t i = 0; i < model->ids.n && n < TOKENS_MOST; i++) {
        model->pooled.n_words++;
        if (model->ids.list[i] == unknown) {
            model->pooled.n_unknown++;
            continue;
        }
        add_token(model, model->ids.list[i], row);
        n++;
    }
    for (size_t j = 0; j < D; j++) {
        row[j] /= n ? (float)n : 1;
        squares += (double)row[j] * (double)row[j];
    }
    double divisor = model->normalises ? sqrt(squares) + 1e-32 : 1;
    for (size_t j = 0; j < D && divisor != 1; j++)
        row[j] = (float)((double)row[j] / divisor);
}

/* ---- opening ---- */

static void model2vec_close(void *self)
{
    struct model2vec *model = self;
    pooled_done(&model->pooled);
    tokenizer_free(model->tokenizer);
    safetensors_free(model->file);
    free(model->path);
    free(model->weights);
    free(model->mapping);
    free(model->ids.list);
    free(model->row);
    free(model);
}

static char *inside(const char *folder, const char *name)
{
    struct text path = {0};
    text_printf(&path, "%s/%s", folder, name);
    return path.bytes;
}

static enum status hash_file(struct model2vec *model, const char *name, struct error *err)
{
    char *path = inside(model->path, name);
    struct mapping mapping;
    enum status status = mapping_open(&mapping, path, err);
    if (!status) {
        model->hash = text_hash((const char *)mapping.bytes, mapping.length, model->hash);
        mapping_done(&mapping);
    }
    free(path);
    return status;
}

/* "normalize" of the configuration, which may be missing. */
static enum status read_config(struct model2vec *model, const char *name, bool *is_there,
                               struct error *err)
{
    char *path = inside(model->path, name);
    struct mapping mapping;
    struct error inner;
    enum status status = mapping_open(&mapping, path, &inner);
    *is_there = !status;
    if (!status) {
        const char *bytes = mapping.length ? (const char *)mapping.bytes : "";
        struct json *config = json_parse(bytes, mapping.length, &inner);
        if (config)
            json_flag(json_get(config, "normalize"), &model->normalises);
        else
            status = error_set(err, inner.status, "'%s': %s", path, inner.message);
        model->hash = text_hash(bytes, mapping.length, model->hash);
        json_free(config);
        mapping_done(&mapping);
    } else if (status == STATUS_NOT_FOUND) {
        status = STATUS_OK;
    } else {
        error_set(err, status, "%s", inner.message);
    }
    free(path);
    return status;
}

static enum status read_embeddings(struct model2vec *model, struct error *err)
{
    const char *name =
        safetensors_has(model->file, "embeddings") ? "embeddings" : "embedding.weight";
    const struct tensor *tensor = safetensors_find(model->file, name, err);
    char text[TENSOR_TEXT];
    if (!tensor)
        return err->status;
    if (tensor->rank != 2 || !tensor->n_elements || tensor->shape[1] > DIMENSION_MAX)
        return error_set(
            err, STATUS_SHAPE, "'%s': tensor '%s' is %s, expected [tokens, dimension]",
            safetensors_path(model->file), name, tensor_describe(tensor, text));
    model->rows = tensor_rows(tensor);
    model->pooled.dimension = tensor->shape[1];
    return STATUS_OK;
}

/* A tensor of one number a token, as floats; NULL in *out when the file has none. */
static enum status read_column(struct model2vec *model, const char *name,
                               const struct tensor **out, struct error *err)
{
    *out = NULL;
    if (!safetensors_has(model->file, name))
        return STATUS_OK;
    const struct tensor *tensor = safetensors_find(model->file, name, err);
    char text[TENSOR_TEXT];
    if (!tensor)
        return err->status;
    if (tensor->rank != 1 || tensor->shape[0] < model->n_tokens)
        return error_set(err, STATUS_SHAPE,
                         "'%s': tensor '%s' is %s, expected [%zu], one a token",
                         safetensors_path(model->file), name, tensor_describe(tensor, text),
                         model->n_tokens);
    *out = tensor;
    return STATUS_OK;
}

static enum status read_weights(struct model2vec *model, struct error *err)
{
    const struct tensor *tensor;
    enum status status = read_column(model, "weights", &tensor, err);
    if (status || !tensor)
        return status;
    model->weights = mem_alloc(model->n_tokens * sizeof *model->weights);
    dtype_widen(model->weights, tensor->data, tensor->dtype, model->n_tokens);
    for (size_t i = 0; i < model->n_tokens; i++)
        if (!isfinite(model->weights[i]))
            return error_set(err, STATUS_NUMERIC,
                             "'%s': element %zu of tensor 'weights' is not finite",
                             safetensors_path(model->file), i);
    return STATUS_OK;
}

static enum status read_mapping(struct model2vec *model, struct error *err)
{
    const struct tensor *tensor;
    enum status status = read_column(model, "mapping", &tensor, err);
    if (status)
        return status;
    if (!tensor)
        return model->rows.n_rows >= model->n_tokens
                   ? STATUS_OK
                   : error_set(err, STATUS_SHAPE,
                               "'%s' has %zu rows of embeddings, the tokenizer %zu tokens",
                               safetensors_path(model->file), model->rows.n_rows,
                               model->n_tokens);
    if (tensor->dtype != DTYPE_I64 && tensor->dtype != DTYPE_I32)
        return error_set(err, STATUS_FORMAT, "'%s': tensor 'mapping' is %s, expected I64",
                         safetensors_path(model->file), dtype_name(tensor->dtype));
    model->mapping = mem_alloc(model->n_tokens * sizeof *model->mapping);
    for (size_t i = 0; i < model->n_tokens; i++) {
        int64_t row = tensor->dtype == DTYPE_I64 ? ((const int64_t *)tensor->data)[i]
                                                 : ((const int32_t *)tensor->data)[i];
        if (row < 0 || (size_t)row >= model->rows.n_rows || row > INT32_MAX)
            return error_set(
                err, STATUS_FORMAT,
                "'%s': element %zu of tensor 'mapping' is %lld, expected a row "
                "below %zu",
                safetensors_path(model->file), i, (long long)row, model->rows.n_rows);
        model->mapping[i] = (int32_t)row;
    }
    return STATUS_OK;
}

/* A row that is not finite would make every text that meets it so. */
static enum status check_rows(const struct model2vec *model, struct error *err)
{
    size_t column = 0;
    size_t row = dtype_is_real(model->rows.dtype)
                     ? rows_find_nonfinite(&model->rows, NULL, model->rows.n_rows, &column)
                     : model->rows.n_rows;
    return row == model->rows.n_rows
               ? STATUS_OK
               : error_set(err, STATUS_NUMERIC,
                           "'%s': row %zu of the embeddings is not finite in column %zu",
                           safetensors_path(model->file), row, column);
}

static enum status open_files(struct model2vec *model, struct error *err)
{
    char *tokens = inside(model->path, "tokenizer.json");
    char *tensors = inside(model->path, "model.safetensors");
    model->tokenizer = tokenizer_open(tokens, err);
    if (model->tokenizer)
        model->file = safetensors_open(tensors, err);
    free(tokens);
    free(tensors);
    if (!model->tokenizer || !model->file)
        return err->status;
    model->n_tokens = tokenizer_count(model->tokenizer);
    enum status status = read_embeddings(model, err);
    if (!status)
        status = read_weights(model, err);
    if (!status)
        status = read_mapping(model, err);
    return status ? status : check_rows(model, err);
}

static enum status open_folder(struct model2vec *model, const char *name,
                               const struct encoder_opening *opening, struct error *err)
{
    const struct json *settings = opening->settings;
    double version = VERSION;
    bool has_config = false;
    if (settings &&
        (!json_number(json_get(settings, "version"), &version) || version != VERSION))
        return error_set(err, STATUS_FORMAT,
                         "settings of encoder 'model2vec' are not of version %d, the one "
                         "this program knows",
                         VERSION);
    model->path = files_find(name, name + strlen(model2vec_kind.name), settings, err);
    if (!model->path)
        return err->status;
    enum status status = hash_file(model, "tokenizer.json", err);
    if (!status)
        status = hash_file(model, "model.safetensors", err);
    if (!status)
        status = read_config(model, "config.json", &has_config, err);
    if (!status && !has_config)
        status = read_config(model, "config_sentence_transformers.json", &has_config, err);
    if (!status)
        status = files_check(name, model->path, settings, model->hash, err);
    return status ? status : open_files(model, err);
}

static void *model2vec_open(const char *name, const struct encoder_opening *opening,
                            struct error *err)
{
    struct error inner = {0};
    struct model2vec *model = mem_zero(sizeof *model);
    enum status status = open_folder(model, name, opening, &inner);
    if (!status) {
        model->pooled.pool = pool;
        model->row = mem_alloc(model->pooled.dimension * sizeof *model->row);
        status = pooled_open(&model->pooled, "model2vec", opening, &inner);
    }
    if (status) {
        error_set(err, inner.status, "%s", inner.message);
        model2vec_close(model);
        return NULL;
    }
    return model;
}

static void model2vec_settings(const void *self, struct json *object)
{
    const struct model2vec *model = self;
    json_put_number(object, "version", VERSION);
    files_note(object, model->path, model->hash);
    pooled_settings(&model->pooled, object);
}

const struct encoder_kind model2vec_kind = {
    .name = "model2vec:",
    .label = "model2vec:DIR",
    .choices = CHOICE_COMPONENT,
    .adds_context = pooled_adds_context,
    .open = model2vec_open,
    .close = model2vec_close,
    .width = pooled_width,
    .feature = pooled_feature,
    .scaling = pooled_scaling,
    .prompts = pooled_prompts,
    .responses = pooled_responses,
    .settings = model2vec_settings,
    .reduces = pooled_reduces,
    .fit = pooled_fit,
    .reduce = pooled_reduce,
    .coverage = pooled_coverage,
};
