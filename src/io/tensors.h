/* Named arrays, whatever they lie in: one of
 *
 *     FILE.safetensors           and any other file that is none of those below (safetensors.h)
 *     FILE.json                  the index of a sharded set
 *     FILE.npz                   npz.h
 *     FILE.npy                   one array, named as the file is, without ".npy"
 *     FOLDER                     all FOLDER/NAME.npy
 *     PREFIX                     all PREFIX.NAME.npy, when there is no file PREFIX
 *
 * Opening reads headers alone. A NumPy file that cannot be read is an error when it is asked for. What is
 * handed out is borrowed and lives until tensors_free. One thread at a time.
 */
#ifndef IO_TENSORS_H
#define IO_TENSORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "io/tensor.h"

struct json;
struct tensors;

/* NULL on failure: errors of safetensors_open, npz_open, npy_open; STATUS_NOT_FOUND for a folder without
 * arrays. */
struct tensors *tensors_open(const char *path, struct error *err);
void tensors_free(struct tensors *tensors); /* NULL is allowed */

/* The arrays, in the order of their names; the one of the metadata is not among them. */
size_t tensors_count(const struct tensors *tensors);
const char *tensors_name(const struct tensors *tensors, size_t i);
bool tensors_has(const struct tensors *tensors, const char *name);

/* NULL on failure: STATUS_NOT_FOUND, and whatever reading it can say. */
const struct tensor *tensors_find(struct tensors *tensors, const char *name,
                                  struct error *err);

/* `__metadata__` of a safetensors file; in NumPy's an array of bytes of that name that holds the same JSON
 * object of texts. NULL: there is none. */
const struct json *tensors_metadata(const struct tensors *tensors);

/* Is it one NumPy file? Then a single array is all there is. */
bool tensors_is_single(const struct tensors *tensors);

uint64_t tensors_hash(const struct tensors *tensors); /* of names, types and shapes */
const char *tensors_path(const struct tensors *tensors);

#endif
