/* Writing safetensors: first the names and shapes, then the numbers, in pieces of any size.
 *
 * Call order:
 *   1. safetensors_writer_open
 *   2. safetensors_writer_metadata and safetensors_writer_declare, once for each text and
 *      tensor; wider element types first, so that all data lie aligned without holes
 *   3. safetensors_writer_bytes and safetensors_writer_floats: the data of the tensors in the
 *      order of their declaration, exactly as many bytes as declared
 *   4. safetensors_writer_commit (the file appears whole, or not at all), or
 *      safetensors_writer_abandon. Both free the writer.
 * Equal calls give equal bytes. Declaring or writing out of this order, or too much or too
 * little, is a mistake of the program and asserted.
 */
#ifndef IO_SAFETENSORS_WRITER_H
#define IO_SAFETENSORS_WRITER_H

#include <stddef.h>

#include "base/error.h"
#include "io/dtype.h"

struct safetensors_writer;

/* NULL on failure. "-" is standard output. STATUS_USAGE for a path that ends in ".gz": a
 * compressed file cannot be mapped. */
struct safetensors_writer *safetensors_writer_open(const char *path, struct error *err);

/* Whether it would succeed now, as sink_check asks. */
enum status safetensors_writer_check(const char *path, struct error *err);

/* One text of `__metadata__`; a key given again replaces the earlier text. Bytes that are
 * no UTF-8 become U+FFFD. */
void safetensors_writer_metadata(struct safetensors_writer *writer, const char *key,
                                 const char *value);

/* rank <= TENSOR_RANK_MAX; name is valid UTF-8 and was not declared before. */
void safetensors_writer_declare(struct safetensors_writer *writer, const char *name,
                                enum dtype dtype, size_t rank, const size_t *shape);

/* Elements as they are to lie in the file. A failure to write is kept and reported by
 * commit. */
void safetensors_writer_bytes(struct safetensors_writer *writer, const void *bytes,
                              size_t length);

/* The next n elements, of tensors declared F32, F16 or BF16, rounded to their type. */
void safetensors_writer_floats(struct safetensors_writer *writer, const float *values,
                               size_t n);

enum status safetensors_writer_commit(struct safetensors_writer *writer, struct error *err);
void safetensors_writer_abandon(struct safetensors_writer *writer); /* NULL is allowed */

#endif
