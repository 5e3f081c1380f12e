#include "io/safetensors_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

enum { SHOWN = 80 }; /* bytes of a name in a message */

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_places(const void *a, const void *b)
{
    const struct safetensors_place *left = a, *right = b;
    return strcmp(left->tensor, right->tensor);
}

/* An index may only name files that lie beside it. */
static bool is_plain_name(const char *name)
{
    return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static enum status check_map(const struct json *map, struct error *err)
{
    char name[SHOWN], file[SHOWN];
    if (!json_is_object(map))
        return error_set(err, STATUS_FORMAT, "the index has no object 'weight_map'");
    const char *twice = json_duplicate(map);
    if (twice)
        return error_set(err, STATUS_FORMAT, "weight_map has '%s' twice",
                         text_show(name, SHOWN, twice));
    for (const struct json *item = json_first(map); item; item = json_next(item)) {
        const char *shard = json_text(item);
        if (!shard)
            return error_set(err, STATUS_FORMAT,
                             "weight_map: the file of '%s' is no string",
                             text_show(name, SHOWN, json_key(item)));
        if (!is_plain_name(shard))
            return error_set(err, STATUS_FORMAT,
                             "weight_map: the file '%s' of '%s' is not the name of a file "
                             "beside the index",
                             text_show(file, SHOWN, shard),
                             text_show(name, SHOWN, json_key(item)));
    }
    return STATUS_OK;
}

static size_t find_shard(const struct safetensors_index *index, const char *name)
{
    const char **found = bsearch(&name, index->shards, index->n_shards,
                                 sizeof *index->shards, compare_texts);
    return (size_t)(found - index->shards);
}

/* The map's tensors sorted by name, and its files, each once. */
static enum status fill(struct safetensors_index *index, const struct json *map,
                        struct error *err)
{
    size_t n = json_length(map);
    index->places = mem_array(n, sizeof *index->places);
    index->shards = mem_array(n, sizeof *index->shards);
    if (!index->places || !index->shards)
        return error_set(err, STATUS_NO_MEMORY, "no memory for the names of %zu tensors",
                         n);
    for (const struct json *item = json_first(map); item; item = json_next(item))
        index->shards[index->n++] = json_text(item);
    qsort(index->shards, n, sizeof *index->shards, compare_texts);
    for (size_t i = 0; i < n; i++)
        if (!i || strcmp(index->shards[i], index->shards[index->n_shards - 1]) != 0)
            index->shards[index->n_shards++] = index->shards[i];
    struct safetensors_place *place = index->places;
    for (const struct json *item = json_first(map); item; item = json_next(item))
        *place++ = (struct safetensors_place){.tensor = json_key(item),
                                              .shard = find_shard(index, json_text(item))};
    qsort(index->places, n, sizeof *index->places, compare_places);
    return STATUS_OK;
}

static enum status parse(struct safetensors_index *index, const char *text, size_t length,
                         struct error *err)
{
    struct error inner;
    index->document = json_parse(text, length, &inner);
    if (!index->document)
        return error_set(err, inner.status, "index: %s", inner.message);
    const struct json *map = json_get(index->document, "weight_map");
    enum status status = check_map(map, err);
    return status ? status : fill(index, map, err);
}

enum status safetensors_index_parse(struct safetensors_index *index, const char *text,
                                    size_t length, struct error *err)
{
    struct safetensors_index result = {0};
    enum status status = parse(&result, text, length, err);
    if (status)
        safetensors_index_done(&result);
    else
        *index = result;
    return status;
}

void safetensors_index_done(struct safetensors_index *index)
{
    json_free(index->document);
    free(index->places);
    free(index->shards);
    *index = (struct safetensors_index){0};
}
