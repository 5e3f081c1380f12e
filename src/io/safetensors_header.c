#include "io/safetensors_header.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

enum { SHOWN = 80 }; /* bytes of a name in a message */

static const char *shown(char out[SHOWN], const struct tensor *tensor)
{
    return text_show(out, SHOWN, tensor->name);
}

/* A whole number, not negative, that a double holds exactly. */
static bool read_size(const struct json *item, size_t *value)
{
    double number;
    if (!json_number(item, &number) || !(number >= 0 && number < 0x1p53) ||
        number != floor(number))
        return false;
    *value = (size_t)number;
    return true;
}

static enum status read_dtype(struct tensor *tensor, const struct json *item,
                              struct error *err)
{
    char name[SHOWN], type[SHOWN];
    const char *text = json_text(item);
    if (!text)
        return error_set(err, STATUS_FORMAT, "tensor '%s': its dtype is no string",
                         shown(name, tensor));
    if (!dtype_parse(text, &tensor->dtype))
        return error_set(err, STATUS_FORMAT, "tensor '%s': dtype '%s' is not supported",
                         shown(name, tensor), text_show(type, SHOWN, text));
    return STATUS_OK;
}

static enum status read_shape(struct tensor *tensor, const struct json *item,
                              struct error *err)
{
    char name[SHOWN];
    if (!json_is_array(item))
        return error_set(err, STATUS_FORMAT, "tensor '%s': its shape is no array",
                         shown(name, tensor));
    tensor->rank = 0;
    for (const struct json *size = json_first(item); size; size = json_next(size)) {
        if (tensor->rank == TENSOR_RANK_MAX)
            return error_set(err, STATUS_FORMAT, "tensor '%s' has more than %d dimensions",
                             shown(name, tensor), TENSOR_RANK_MAX);
        if (!read_size(size, &tensor->shape[tensor->rank++]))
            return error_set(err, STATUS_FORMAT,
                             "tensor '%s': dimension %zu of its shape is no whole number",
                             shown(name, tensor), tensor->rank);
    }
    return STATUS_OK;
}

static enum status read_offsets(struct safetensors_entry *entry, const struct json *item,
                                struct error *err)
{
    char name[SHOWN];
    const struct json *begin = json_is_array(item) ? json_first(item) : NULL;
    const struct json *end = begin ? json_next(begin) : NULL;
    if (!end || json_next(end) || !read_size(begin, &entry->begin) ||
        !read_size(end, &entry->end))
        return error_set(err, STATUS_FORMAT,
                         "tensor '%s': its data_offsets are not two whole numbers",
                         shown(name, &entry->tensor));
    return STATUS_OK;
}

/* Sizes and offsets of one tensor against each other and against the data there are. */
static enum status check_extent(struct safetensors_entry *entry, size_t n_data,
                                struct error *err)
{
    struct tensor *tensor = &entry->tensor;
    char name[SHOWN], text[TENSOR_TEXT];
    if (!tensor_measure(tensor))
        return error_set(err, STATUS_FORMAT, "tensor '%s': the size of %s overflows",
                         shown(name, tensor), tensor_describe(tensor, text));
    if (entry->begin > entry->end)
        return error_set(err, STATUS_FORMAT,
                         "tensor '%s' begins at byte %zu and ends before, at byte %zu",
                         shown(name, tensor), entry->begin, entry->end);
    if (entry->end > n_data)
        return error_set(err, STATUS_FORMAT,
                         "tensor '%s' ends at byte %zu of the data, but there are %zu; the "
                         "file is cut short or damaged",
                         shown(name, tensor), entry->end, n_data);
    if (entry->end - entry->begin != tensor->n_bytes)
        return error_set(err, STATUS_FORMAT,
                         "tensor '%s': %s takes %zu bytes, its data_offsets span %zu",
                         shown(name, tensor), tensor_describe(tensor, text),
                         tensor->n_bytes, entry->end - entry->begin);
    return STATUS_OK;
}

static enum status read_entry(struct safetensors_entry *entry, const struct json *item,
                              size_t n_data, struct error *err)
{
    enum { DTYPE, SHAPE, OFFSETS, N_FIELDS };
    static const char *const names[N_FIELDS] = {"dtype", "shape", "data_offsets"};
    const struct json *fields[N_FIELDS] = {0};
    char name[SHOWN];
    entry->tensor.name = json_key(item);
    if (!json_is_object(item))
        return error_set(err, STATUS_FORMAT, "tensor '%s' is not described by an object",
                         shown(name, &entry->tensor));
    for (const struct json *field = json_first(item); field; field = json_next(field))
        for (size_t i = 0; i < N_FIELDS; i++) {
            if (strcmp(json_key(field), names[i]) != 0)
                continue;
            if (fields[i])
                return error_set(err, STATUS_FORMAT, "tensor '%s' has '%s' twice",
                                 shown(name, &entry->tensor), names[i]);
            fields[i] = field;
        }
    for (size_t i = 0; i < N_FIELDS; i++)
        if (!fields[i])
            return error_set(err, STATUS_FORMAT, "tensor '%s' has no '%s'",
                             shown(name, &entry->tensor), names[i]);
    enum status status = read_dtype(&entry->tensor, fields[DTYPE], err);
    if (!status)
        status = read_shape(&entry->tensor, fields[SHAPE], err);
    if (!status)
        status = read_offsets(entry, fields[OFFSETS], err);
    return status ? status : check_extent(entry, n_data, err);
}

static enum status check_metadata(const struct json *metadata, struct error *err)
{
    char key[SHOWN];
    if (!json_is_object(metadata))
        return error_set(err, STATUS_FORMAT, "__metadata__ is no object");
    for (const struct json *item = json_first(metadata); item; item = json_next(item))
        if (!json_text(item))
            return error_set(err, STATUS_FORMAT, "__metadata__ '%s' is no string",
                             text_show(key, SHOWN, json_key(item)));
    const char *twice = json_duplicate(metadata);
    if (twice)
        return error_set(err, STATUS_FORMAT, "__metadata__ has '%s' twice",
                         text_show(key, SHOWN, twice));
    return STATUS_OK;
}

static enum status read_entries(struct safetensors_header *header, size_t n_data,
                                struct error *err)
{
    const struct json *item = json_first(header->document);
    for (; item; item = json_next(item)) {
        enum status status = STATUS_OK;
        if (strcmp(json_key(item), "__metadata__") == 0) {
            header->metadata = item;
            status = check_metadata(item, err);
        } else {
            status = read_entry(&header->entries[header->n++], item, n_data, err);
        }
        if (status)
            return status;
    }
    return STATUS_OK;
}

static int compare_places(const void *a, const void *b)
{
    const struct safetensors_entry *left = a, *right = b;
    if (left->begin != right->begin)
        return left->begin < right->begin ? -1 : 1;
    return (left->end > right->end) - (left->end < right->end);
}

static int compare_names(const void *a, const void *b)
{
    const struct safetensors_entry *left = a, *right = b;
    return strcmp(left->tensor.name, right->tensor.name);
}

/* The tensors, in the order of their places, must cover the data without overlap or hole.
 */
static enum status check_cover(struct safetensors_header *header, size_t n_data,
                               struct error *err)
{
    size_t covered = 0;
    char name[SHOWN], other[SHOWN];
    qsort(header->entries, header->n, sizeof *header->entries, compare_places);
    for (size_t i = 0; i < header->n; i++) {
        const struct safetensors_entry *entry = &header->entries[i];
        if (entry->begin < covered)
            return error_set(
                err, STATUS_FORMAT,
                "tensor '%s' begins at byte %zu of the data, inside tensor '%s'",
                shown(name, &entry->tensor), entry->begin,
                shown(other, &header->entries[i - 1].tensor));
        if (entry->begin > covered)
            return error_set(err, STATUS_FORMAT,
                             "bytes %zu to %zu of the data belong to no tensor", covered,
                             entry->begin);
        covered = entry->end;
    }
    if (covered != n_data)
        return error_set(err, STATUS_FORMAT,
                         "bytes %zu to %zu of the data belong to no tensor", covered,
                         n_data);
    return STATUS_OK;
}

static enum status parse(struct safetensors_header *header, const char *text, size_t length,
                         size_t n_data, struct error *err)
{
    if (!length || text[0] != '{')
        return error_set(err, STATUS_FORMAT, "the header does not begin with '{'");
    struct error inner;
    header->document = json_parse(text, length, &inner);
    if (!header->document)
        return error_set(err, inner.status, "header: %s", inner.message);
    const char *twice = json_duplicate(header->document);
    char name[SHOWN];
    if (twice)
        return error_set(err, STATUS_FORMAT, "the header has '%s' twice",
                         text_show(name, SHOWN, twice));
    header->entries = mem_array(json_length(header->document), sizeof *header->entries);
    if (!header->entries)
        return error_set(err, STATUS_NO_MEMORY, "no memory for the names of %zu tensors",
                         json_length(header->document));
    enum status status = read_entries(header, n_data, err);
    if (!status)
        status = check_cover(header, n_data, err);
    if (!status)
        qsort(header->entries, header->n, sizeof *header->entries, compare_names);
    return status;
}

enum status safetensors_header_parse(struct safetensors_header *header, const char *text,
                                     size_t length, size_t n_data, struct error *err)
{
    struct safetensors_header result = {0};
    enum status status = parse(&result, text, length, n_data, err);
    if (status)
        safetensors_header_done(&result);
    else
        *header = result;
    return status;
}

void safetensors_header_done(struct safetensors_header *header)
{
    json_free(header->document);
    free(header->entries);
    *header = (struct safetensors_header){0};
}
