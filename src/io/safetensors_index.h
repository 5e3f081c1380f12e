/* The index of a sharded checkpoint: which file holds which tensor; for safetensors.c
 * alone. The format is described there. */
#ifndef IO_SAFETENSORS_INDEX_H
#define IO_SAFETENSORS_INDEX_H

#include <stddef.h>

#include "base/error.h"
#include "io/json.h"

struct safetensors_place {
    const char *tensor;
    size_t shard;
};

struct safetensors_index {
    struct json *document; /* owns all names */
    size_t n;
    struct safetensors_place *places; /* by name of tensor */
    size_t n_shards;
    const char **shards; /* file names, in order, each once */
};

/* Parses the index; refuses shards that are not plain names of files beside it. */
enum status safetensors_index_parse(struct safetensors_index *index, const char *text,
                                    size_t length, struct error *err);
void safetensors_index_done(struct safetensors_index *index);

#endif
