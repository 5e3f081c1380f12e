/* The format.
 *
 * A safetensors file (github.com/huggingface/safetensors):
 *
 *     bytes             content
 *     0 .. 7            n, the length of the header; unsigned, little-endian
 *     8 .. 8 + n - 1    the header: a JSON object in UTF-8 that begins with '{'; spaces may
 *                       follow it
 *     8 + n .. end      the data
 *
 * The header has one key per tensor and, or not, `__metadata__`, an object of strings:
 *
 *     {"__metadata__": {"key": "text"},
 *      "name": {"dtype": "F32", "shape": [96, 12], "data_offsets": [0, 4608]}}
 *
 * data_offsets are the first byte of the tensor and the one behind its last, counted from
 * the start of the data; elements lie row-major and little-endian. A file is valid when
 *   - n is at most 100,000,000 (as in the reference implementation), and 8 + n at most the
 *     size of the file;
 *   - the header is JSON, no name occurs twice, and every tensor has the three fields;
 *   - dtype is one of dtype.h, shape has at most 8 whole numbers, and their product times
 * the size of an element is the span of the offsets, without overflow;
 *   - the tensors cover the data: none overlap, and no byte is left over between them or at
 *     the end.
 * Nothing is asked of the order of the header's keys, nor of the alignment of the data.
 *
 * The index of a sharded checkpoint is a JSON object whose `weight_map` gives for every
 * tensor the name of the safetensors file, in the folder of the index, that holds it:
 *
 *     {"metadata": {"total_size": 96},
 *      "weight_map": {"name": "model-00001-of-00002.safetensors"}}
 */
#include "io/safetensors.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "io/mapping.h"
#include "io/safetensors_header.h"
#include "io/safetensors_index.h"

enum {
    PREFIX = 8,             /* bytes before the header */
    HEADER_MAX = 100000000, /* bytes */
    SHOWN = 80,             /* bytes of a name in a message */
};

struct safetensors {
    char *path;
    struct mapping mapping; /* of the file; empty for an index */
    uint64_t hash;
    bool is_index;

    struct safetensors_header header;
    const unsigned char *data;
    void **copies; /* per tensor, NULL when it is read in place; NULL as long as there is
                      none */

    struct safetensors_index index;
    struct safetensors **shards; /* NULL as long as they are not opened */
};

/* ---- opening ---- */

static uint64_t read_length(const unsigned char *bytes)
{
    uint64_t length = 0;
    for (size_t i = 0; i < PREFIX; i++)
        length |= (uint64_t)bytes[i] << (8 * i);
    return length;
}

/* Starts like gzip, and without the '{' of a header that happens to have such a length. */
static bool is_gzip(const struct mapping *mapping)
{
    return memcmp(mapping->bytes, "\x1f\x8b\x08", 3) == 0 &&
           (mapping->length == PREFIX || mapping->bytes[PREFIX] != '{');
}

/* The length of the header, when the file is large enough for what it says. */
static enum status check_prefix(const struct mapping *mapping, size_t *length,
                                struct error *err)
{
    if (mapping->length < PREFIX)
        return error_set(err, STATUS_FORMAT,
                         "it has %zu bytes; a safetensors file has at least %d",
                         mapping->length, PREFIX);
    uint64_t announced = read_length(mapping->bytes);
    if (is_gzip(mapping))
        return error_set(
            err, STATUS_FORMAT,
            "it is compressed with gzip; a safetensors file is mapped as it is");
    if (announced > HEADER_MAX)
        return error_set(
            err, STATUS_FORMAT,
            "it is no safetensors file: its first %d bytes announce a header of "
            "%llu bytes, more than %d",
            PREFIX, (unsigned long long)announced, HEADER_MAX);
    if (announced > mapping->length - PREFIX)
        return error_set(
            err, STATUS_FORMAT,
            "it announces a header of %llu bytes but has only %zu; the file is cut "
            "short or no safetensors file",
            (unsigned long long)announced, mapping->length - PREFIX);
    *length = (size_t)announced;
    return STATUS_OK;
}

static enum status read_file(struct safetensors *file, struct error *err)
{
    size_t length = 0;
    enum status status = check_prefix(&file->mapping, &length, err);
    if (status)
        return status;
    const char *text = (const char *)file->mapping.bytes + PREFIX;
    file->data = file->mapping.bytes + PREFIX + length;
    file->hash = text_hash(text, length, 0);
    return safetensors_header_parse(&file->header, text, length,
                                    file->mapping.length - PREFIX - length, err);
}

static enum status read_index(struct safetensors *file, struct error *err)
{
    const char *text = file->mapping.bytes ? (const char *)file->mapping.bytes : "";
    if (file->mapping.length > HEADER_MAX)
        return error_set(err, STATUS_FORMAT, "it has %zu bytes, an index at most %d",
                         file->mapping.length, HEADER_MAX);
    file->hash = text_hash(text, file->mapping.length, 0);
    enum status status =
        safetensors_index_parse(&file->index, text, file->mapping.length, err);
    mapping_done(&file->mapping);
    if (!status)
        file->shards = mem_zero(file->index.n_shards * sizeof(struct safetensors *));
    return status;
}

static bool is_index_path(const char *path)
{
    static const char ending[] = ".json";
    size_t n = strlen(path), m = sizeof ending - 1;
    return n > m && strcmp(path + n - m, ending) == 0;
}

struct safetensors *safetensors_open(const char *path, struct error *err)
{
    struct safetensors *file = mem_zero(sizeof *file);
    file->path = mem_copy_text(path);
    file->is_index = is_index_path(path);
    if (mapping_open(&file->mapping, path, err)) {
        safetensors_free(file);
        return NULL;
    }
    struct error inner;
    if (file->is_index ? read_index(file, &inner) : read_file(file, &inner)) {
        error_set(err, inner.status, "'%s': %s", path, inner.message);
        safetensors_free(file);
        return NULL;
    }
    return file;
}

void safetensors_free(struct safetensors *file)
{
    if (!file)
        return;
    for (size_t i = 0; file->copies && i < file->header.n; i++)
        free(file->copies[i]);
    for (size_t i = 0; file->shards && i < file->index.n_shards; i++)
        safetensors_free(file->shards[i]);
    free(file->copies);
    free(file->shards);
    safetensors_header_done(&file->header);
    safetensors_index_done(&file->index);
    mapping_done(&file->mapping);
    free(file->path);
    free(file);
}

/* ---- looking up ---- */

size_t safetensors_count(const struct safetensors *file)
{
    return file->is_index ? file->index.n : file->header.n;
}

const char *safetensors_name(const struct safetensors *file, size_t i)
{
    return file->is_index ? file->index.places[i].tensor
                          : file->header.entries[i].tensor.name;
}

/* Number of the tensor of that name, the count when there is none. */
static size_t find_number(const struct safetensors *file, const char *name)
{
    size_t low = 0, high = safetensors_count(file);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(safetensors_name(file, middle), name);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return safetensors_count(file);
}

bool safetensors_has(const struct safetensors *file, const char *name)
{
    return find_number(file, name) < safetensors_count(file);
}

/* Data that would have to be read across the alignment of their type are copied, once. */
static const struct tensor *resolve(struct safetensors *file, size_t i, struct error *err)
{
    struct safetensors_entry *entry = &file->header.entries[i];
    struct tensor *tensor = &entry->tensor;
    if (tensor->data)
        return tensor;
    const unsigned char *data = file->data + entry->begin;
    if ((uintptr_t)data % dtype_size(tensor->dtype)) {
        void *copy = mem_array(tensor->n_bytes, 1);
        if (!copy) {
            char name[SHOWN];
            error_set(err, STATUS_NO_MEMORY,
                      "'%s': no memory to align the %zu bytes of tensor '%s'", file->path,
                      tensor->n_bytes, text_show(name, SHOWN, tensor->name));
            return NULL;
        }
        if (!file->copies)
            file->copies = mem_zero(file->header.n * sizeof *file->copies);
        data = memcpy(file->copies[i] = copy, data, tensor->n_bytes);
    }
    tensor->data = data;
    return tensor;
}

static char *beside(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    struct text whole = {0};
    text_append(&whole, path, slash ? (size_t)(slash - path) + 1 : 0);
    text_add(&whole, name);
    return whole.bytes;
}

static const struct tensor *find_in_shard(struct safetensors *file,
                                          const struct safetensors_place *place,
                                          struct error *err)
{
    struct safetensors **shard = &file->shards[place->shard];
    if (!*shard) {
        char *path = beside(file->path, file->index.shards[place->shard]);
        *shard = safetensors_open(path, err);
        free(path);
        if (!*shard)
            return NULL;
    }
    if (!(*shard)->is_index && safetensors_has(*shard, place->tensor))
        return safetensors_find(*shard, place->tensor, err);
    char name[SHOWN];
    error_set(err, STATUS_FORMAT,
              "'%s': the index says that tensor '%s' is in '%s', but it is not", file->path,
              text_show(name, SHOWN, place->tensor), (*shard)->path);
    return NULL;
}

const struct tensor *safetensors_at(struct safetensors *file, size_t i, struct error *err)
{
    return file->is_index ? find_in_shard(file, &file->index.places[i], err)
                          : resolve(file, i, err);
}

const struct tensor *safetensors_find(struct safetensors *file, const char *name,
                                      struct error *err)
{
    size_t i = find_number(file, name);
    if (i < safetensors_count(file))
        return safetensors_at(file, i, err);
    char shown[SHOWN];
    error_set(err, STATUS_NOT_FOUND, "'%s' has no tensor '%s'", file->path,
              text_show(shown, SHOWN, name));
    return NULL;
}

const struct json *safetensors_metadata(const struct safetensors *file)
{
    return file->header.metadata;
}

const char *safetensors_path(const struct safetensors *file)
{
    return file->path;
}

uint64_t safetensors_hash(const struct safetensors *file)
{
    return file->hash;
}
