#include "io/tensors_writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "io/file.h"
#include "io/json.h"
#include "io/mapping.h"
#include "io/numpy_writer.h"
#include "io/safetensors_writer.h"
#include "io/tensor.h"

struct tensors_writer {
    struct safetensors_writer *safetensors; /* or */
    struct numpy_writer *numpy;
    /* NumPy's: what was declared, and where the data are. */
    struct json *metadata;
    struct tensor *tensors; /* names owned */
    size_t n_tensors, current, written;
    bool has_begun;
    struct error err; /* the first failure, for commit */
};

static bool ends_in(const char *path, const char *end)
{
    size_t n = strlen(path), m = strlen(end);
    return n >= m && strcmp(path + n - m, end) == 0;
}

static bool is_folder(const char *path)
{
    return ends_in(path, "/");
}

bool tensors_writer_is_numpy(const char *path)
{
    return ends_in(path, ".npz") || is_folder(path);
}

enum status tensors_writer_check(const char *path, struct error *err)
{
    if (is_folder(path))
        return STATUS_OK;
    if (ends_in(path, ".npy"))
        return error_set(
            err, STATUS_USAGE,
            "'%s' would hold one array; name a folder (with a / at its end), or "
            "an .npz",
            path);
    return ends_in(path, ".npz") ? sink_check(path, err)
                                 : safetensors_writer_check(path, err);
}

struct tensors_writer *tensors_writer_open(const char *path, struct error *err)
{
    struct tensors_writer *writer = mem_zero(sizeof *writer);
    if (tensors_writer_is_numpy(path))
        writer->numpy = numpy_writer_open(path, !is_folder(path), err);
    else
        writer->safetensors = safetensors_writer_open(path, err);
    if (writer->numpy || writer->safetensors)
        return writer;
    free(writer);
    return NULL;
}

void tensors_writer_metadata(struct tensors_writer *writer, const char *key,
                             const char *value)
{
    if (writer->safetensors) {
        safetensors_writer_metadata(writer->safetensors, key, value);
        return;
    }
    if (!writer->metadata)
        writer->metadata = json_object();
    json_put_text(writer->metadata, key, value);
}

void tensors_writer_declare(struct tensors_writer *writer, const char *name,
                            enum dtype dtype, size_t rank, const size_t *shape)
{
    if (writer->safetensors) {
        safetensors_writer_declare(writer->safetensors, name, dtype, rank, shape);
        return;
    }
    struct tensor tensor = {.name = mem_copy_text(name), .dtype = dtype, .rank = rank};
    memcpy(tensor.shape, shape, rank * sizeof *shape);
    bool measured = tensor_measure(&tensor);
    assert(measured);
    (void)measured;
    writer->tensors =
        mem_resize(writer->tensors, (writer->n_tensors + 1) * sizeof *writer->tensors);
    writer->tensors[writer->n_tensors++] = tensor;
}

/* Moves on over arrays that have all their bytes, and begins the next. */
static void begin_next(struct tensors_writer *writer)
{
    while (!writer->err.status) {
        const struct tensor *tensor = &writer->tensors[writer->current];
        if (writer->current == writer->n_tensors ||
            (writer->has_begun && writer->written < tensor->n_bytes))
            return;
        if (!writer->has_begun) {
            writer->has_begun = true;
            (void)numpy_writer_begin(writer->numpy, tensor, &writer->err);
            continue;
        }
        writer->has_begun = false;
        writer->written = 0;
        writer->current++;
    }
}

void tensors_writer_bytes(struct tensors_writer *writer, const void *bytes, size_t length)
{
    if (writer->safetensors) {
        safetensors_writer_bytes(writer->safetensors, bytes, length);
        return;
    }
    const unsigned char *at = bytes;
    while (length) {
        begin_next(writer);
        if (writer->err.status)
            return;
        assert(writer->current < writer->n_tensors);
        size_t wanted = writer->tensors[writer->current].n_bytes - writer->written;
        size_t n = length < wanted ? length : wanted;
        numpy_writer_bytes(writer->numpy, at, n);
        writer->written += n;
        at += n;
        length -= n;
    }
}

void tensors_writer_floats(struct tensors_writer *writer, const float *values, size_t n)
{
    enum { BLOCK = 1024 };
    float narrow[BLOCK];
    if (writer->safetensors) {
        safetensors_writer_floats(writer->safetensors, values, n);
        return;
    }
    begin_next(writer);
    /* All of one call go to one array or to arrays of one type. */
    enum dtype dtype = writer->current < writer->n_tensors
                           ? writer->tensors[writer->current].dtype
                           : DTYPE_F32;
    while (n && !writer->err.status) {
        size_t m = n < BLOCK ? n : BLOCK;
        dtype_narrow(narrow, values, dtype, m);
        tensors_writer_bytes(writer, narrow, m * dtype_size(dtype));
        values += m;
        n -= m;
    }
}

static void write_metadata(struct tensors_writer *writer)
{
    char *text = json_write(writer->metadata, false);
    struct tensor tensor = {.name = "__metadata__",
                            .dtype = DTYPE_U8,
                            .rank = 1,
                            .shape = {strlen(text)},
                            .n_bytes = strlen(text)};
    if (!numpy_writer_begin(writer->numpy, &tensor, &writer->err))
        numpy_writer_bytes(writer->numpy, text, strlen(text));
    free(text);
}

static void writer_free(struct tensors_writer *writer)
{
    for (size_t i = 0; i < writer->n_tensors; i++)
        free((void *)(uintptr_t)writer->tensors[i].name);
    free(writer->tensors);
    json_free(writer->metadata);
    free(writer);
}

enum status tensors_writer_commit(struct tensors_writer *writer, struct error *err)
{
    enum status status;
    if (writer->safetensors) {
        status = safetensors_writer_commit(writer->safetensors, err);
    } else {
        begin_next(writer);
        assert(writer->err.status || writer->current == writer->n_tensors);
        if (!writer->err.status && writer->metadata)
            write_metadata(writer);
        if (!writer->err.status)
            (void)mapping_check(&writer->err);
        status = writer->err.status;
        if (status) {
            error_set(err, status, "%s", writer->err.message);
            numpy_writer_abandon(writer->numpy);
        } else {
            status = numpy_writer_commit(writer->numpy, err);
        }
    }
    writer_free(writer);
    return status;
}

void tensors_writer_abandon(struct tensors_writer *writer)
{
    if (!writer)
        return;
    safetensors_writer_abandon(writer->safetensors);
    numpy_writer_abandon(writer->numpy);
    writer_free(writer);
}
