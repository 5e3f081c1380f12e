/* safetensors: named arrays in one file, read in place through a memory map.
 *
 * Opening reads the header alone, however large the file is; nothing in it is believed
 * before it has been checked (the format and the checks are listed in safetensors.c). The
 * index of a sharded checkpoint (model.safetensors.index.json) is opened by the same call:
 * a shard is opened when the first of its tensors is asked for.
 *
 * What is handed out is borrowed and lives until safetensors_free. One thread at a time.
 */
#ifndef IO_SAFETENSORS_H
#define IO_SAFETENSORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "io/tensor.h"

struct json;
struct safetensors;

/* A path that ends in ".json" is an index. NULL on failure: STATUS_NOT_FOUND, STATUS_IO, or
 * STATUS_FORMAT with the tensor and what is wrong with it. */
struct safetensors *safetensors_open(const char *path, struct error *err);
void safetensors_free(struct safetensors *file); /* NULL is allowed */

/* The tensors, in the order of their names. */
size_t safetensors_count(const struct safetensors *file);
const char *safetensors_name(const struct safetensors *file, size_t i);
bool safetensors_has(const struct safetensors *file, const char *name);

/* One tensor, its data aligned for its type: in place, or copied once when the file has
 * them misaligned. NULL on failure: STATUS_NOT_FOUND; STATUS_NO_MEMORY for such a copy; and
 * from an index whatever opening the shard can say. */
const struct tensor *safetensors_find(struct safetensors *file, const char *name,
                                      struct error *err);
const struct tensor *safetensors_at(struct safetensors *file, size_t i, struct error *err);

/* The object `__metadata__`, all of whose values are texts: read one with
 * json_text(json_get(metadata, key)), all with json_first and json_next. NULL when there is
 * none, and for an index. */
const struct json *safetensors_metadata(const struct safetensors *file);

const char *safetensors_path(const struct safetensors *file);

/* Hash of the header (of the index): names, types, shapes and metadata, not the data. */
uint64_t safetensors_hash(const struct safetensors *file);

#endif
