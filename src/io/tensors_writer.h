/* Writing named arrays in the form that the path asks for (tensors.h): a safetensors file, an .npz
 * archive, or, for a path that ends in "/", a folder with a NumPy file each.
 *
 * Call order and meaning as of safetensors_writer.h. In NumPy's forms the metadata are an array of bytes,
 * `__metadata__`, with the JSON object that safetensors would have; the arrays in an .npz are stored, not
 * deflated, and lie aligned, so that they can be mapped. An .npz appears whole or not at all; the files of a
 * folder each by itself, once all are written.
 */
#ifndef IO_TENSORS_WRITER_H
#define IO_TENSORS_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "io/dtype.h"

struct tensors_writer;

/* Does the path ask for one of NumPy's forms? These have no BF16. */
bool tensors_writer_is_numpy(const char *path);

struct tensors_writer *tensors_writer_open(const char *path, struct error *err);
enum status tensors_writer_check(const char *path, struct error *err);
void tensors_writer_metadata(struct tensors_writer *writer, const char *key,
                             const char *value);
void tensors_writer_declare(struct tensors_writer *writer, const char *name,
                            enum dtype dtype, size_t rank, const size_t *shape);
void tensors_writer_bytes(struct tensors_writer *writer, const void *bytes, size_t length);
void tensors_writer_floats(struct tensors_writer *writer, const float *values, size_t n);
enum status tensors_writer_commit(struct tensors_writer *writer, struct error *err);
void tensors_writer_abandon(struct tensors_writer *writer); /* NULL is allowed */

#endif
