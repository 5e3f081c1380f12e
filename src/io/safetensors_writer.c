#include "io/safetensors_writer.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "io/file.h"
#include "io/json.h"
#include "io/mapping.h"
#include "io/tensor.h"

/* The format is described in safetensors.c. Our headers are filled up with spaces so that
 * the data begin at a multiple of 8. */
enum { PREFIX = 8, ALIGNMENT = 8 };

struct entry {
    char *key, *value;
};

struct safetensors_writer {
    struct sink *sink;
    struct entry *metadata;
    size_t n_metadata, metadata_room;
    struct tensor *tensors; /* names owned; data NULL */
    size_t n_tensors, tensors_room;
    size_t n_bytes; /* of the tensors declared so far */
    bool has_header;
    size_t current, written; /* tensor whose data come next, and how many bytes it has */
};

static enum status check_name(const char *path, struct error *err)
{
    size_t n = strlen(path);
    if (n > 3 && strcmp(path + n - 3, ".gz") == 0)
        return error_set(
            err, STATUS_USAGE,
            "cannot write '%s': safetensors files are mapped, so they are not compressed",
            path);
    return STATUS_OK;
}

enum status safetensors_writer_check(const char *path, struct error *err)
{
    enum status status = check_name(path, err);
    return status ? status : sink_check(path, err);
}

struct safetensors_writer *safetensors_writer_open(const char *path, struct error *err)
{
    struct sink *sink = check_name(path, err) ? NULL : sink_open(path, err);
    if (!sink)
        return NULL;
    struct safetensors_writer *writer = mem_zero(sizeof *writer);
    writer->sink = sink;
    return writer;
}

/* A copy in which every byte that is no UTF-8 is U+FFFD. */
static char *copy_as_utf8(const char *string)
{
    struct text text = {0};
    text_append(&text, "", 0);
    for (const char *at = string, *end = string + strlen(string); at < end;) {
        const char *start = at;
        if (utf8_next(&at, end) < 0)
            text_add(&text, "\xef\xbf\xbd");
        else
            text_append(&text, start, (size_t)(at - start));
    }
    return text.bytes;
}

void safetensors_writer_metadata(struct safetensors_writer *writer, const char *key,
                                 const char *value)
{
    assert(!writer->has_header);
    char *name = copy_as_utf8(key);
    size_t i = 0;
    while (i < writer->n_metadata && strcmp(writer->metadata[i].key, name) != 0)
        i++;
    if (i == writer->n_metadata) {
        MEM_RESERVE(writer->metadata, writer->n_metadata, writer->metadata_room);
        writer->metadata[writer->n_metadata++] = (struct entry){.key = name};
    } else {
        free(name);
        free(writer->metadata[i].value);
    }
    writer->metadata[i].value = copy_as_utf8(value);
}

void safetensors_writer_declare(struct safetensors_writer *writer, const char *name,
                                enum dtype dtype, size_t rank, const size_t *shape)
{
    assert(!writer->has_header && rank <= TENSOR_RANK_MAX);
    assert(utf8_check(name, strlen(name)) == strlen(name));
    struct tensor tensor = {.name = mem_copy_text(name), .dtype = dtype, .rank = rank};
    for (size_t i = 0; i < rank; i++)
        tensor.shape[i] = shape[i];
    bool measured = tensor_measure(&tensor);
    assert(measured && writer->n_bytes % dtype_size(dtype) == 0);
    (void)measured;
    MEM_RESERVE(writer->tensors, writer->n_tensors, writer->tensors_room);
    writer->tensors[writer->n_tensors++] = tensor;
    writer->n_bytes += tensor.n_bytes;
}

static void add_metadata(struct text *header, const struct safetensors_writer *writer)
{
    text_add(header, "\"__metadata__\":{");
    for (size_t i = 0; i < writer->n_metadata; i++) {
        const struct entry *entry = &writer->metadata[i];
        if (i)
            text_add_char(header, ',');
        json_quote(header, entry->key, strlen(entry->key));
        text_add_char(header, ':');
        json_quote(header, entry->value, strlen(entry->value));
    }
    text_add_char(header, '}');
}

static void add_tensor(struct text *header, const struct tensor *tensor, size_t begin)
{
    json_quote(header, tensor->name, strlen(tensor->name));
    text_printf(header, ":{\"dtype\":\"%s\",\"shape\":[", dtype_name(tensor->dtype));
    for (size_t i = 0; i < tensor->rank; i++)
        text_printf(header, i ? ",%zu" : "%zu", tensor->shape[i]);
    text_printf(header, "],\"data_offsets\":[%zu,%zu]}", begin, begin + tensor->n_bytes);
}

static void write_header(struct safetensors_writer *writer)
{
    struct text header = {0};
    size_t begin = 0;
    text_add_char(&header, '{');
    if (writer->n_metadata)
        add_metadata(&header, writer);
    for (size_t i = 0; i < writer->n_tensors; i++) {
        if (i || writer->n_metadata)
            text_add_char(&header, ',');
        add_tensor(&header, &writer->tensors[i], begin);
        begin += writer->tensors[i].n_bytes;
    }
    text_add_char(&header, '}');
    while ((PREFIX + header.length) % ALIGNMENT)
        text_add_char(&header, ' ');
    unsigned char prefix[PREFIX];
    for (size_t i = 0; i < PREFIX; i++)
        prefix[i] = (unsigned char)((uint64_t)header.length >> (8 * i));
    sink_write(writer->sink, prefix, sizeof prefix);
    sink_write(writer->sink, header.bytes, header.length);
    text_done(&header);
    writer->has_header = true;
}

/* Moves on to the next tensor that still wants bytes; those without elements want none. */
static void skip_finished(struct safetensors_writer *writer)
{
    while (writer->current < writer->n_tensors &&
           writer->written == writer->tensors[writer->current].n_bytes) {
        writer->current++;
        writer->written = 0;
    }
}

void safetensors_writer_bytes(struct safetensors_writer *writer, const void *bytes,
                              size_t length)
{
    if (!writer->has_header)
        write_header(writer);
    sink_write(writer->sink, bytes, length);
    while (length) {
        skip_finished(writer);
        assert(writer->current < writer->n_tensors);
        size_t wanted = writer->tensors[writer->current].n_bytes - writer->written;
        size_t n = length < wanted ? length : wanted;
        writer->written += n;
        length -= n;
    }
}

void safetensors_writer_floats(struct safetensors_writer *writer, const float *values,
                               size_t n)
{
    enum { BLOCK = 1024 };
    float narrow[BLOCK];
    while (n) {
        skip_finished(writer);
        assert(writer->current < writer->n_tensors);
        const struct tensor *tensor = &writer->tensors[writer->current];
        size_t size = dtype_size(tensor->dtype);
        size_t m = (tensor->n_bytes - writer->written) / size;
        if (m > n)
            m = n;
        if (m > BLOCK)
            m = BLOCK;
        dtype_narrow(narrow, values, tensor->dtype, m);
        safetensors_writer_bytes(writer, narrow, m * size);
        values += m;
        n -= m;
    }
}

static void writer_free(struct safetensors_writer *writer)
{
    for (size_t i = 0; i < writer->n_metadata; i++) {
        free(writer->metadata[i].key);
        free(writer->metadata[i].value);
    }
    for (size_t i = 0; i < writer->n_tensors; i++)
        free((void *)(uintptr_t)writer->tensors[i].name);
    free(writer->metadata);
    free(writer->tensors);
    free(writer);
}

enum status safetensors_writer_commit(struct safetensors_writer *writer, struct error *err)
{
    if (!writer->has_header)
        write_header(writer);
    skip_finished(writer);
    assert(writer->current == writer->n_tensors);
    /* What it is made of may be zeros where a file was cut short. */
    enum status status = mapping_check(err);
    if (status)
        sink_abandon(writer->sink);
    else
        status = sink_commit(writer->sink, err);
    writer_free(writer);
    return status;
}

void safetensors_writer_abandon(struct safetensors_writer *writer)
{
    if (!writer)
        return;
    sink_abandon(writer->sink);
    writer_free(writer);
}
