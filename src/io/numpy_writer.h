/* Writing NumPy arrays one after the other, into an .npz archive or a folder; for tensors_writer.c alone,
 * which knows what comes when. The archive's format is described in npz.c.
 */
#ifndef IO_NUMPY_WRITER_H
#define IO_NUMPY_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "io/tensor.h"

struct numpy_writer;

/* An archive, or a folder, which is made when it is not there. NULL on failure. */
struct numpy_writer *numpy_writer_open(const char *path, bool is_archive,
                                       struct error *err);

/* Begins an array; the one before has all its bytes. STATUS_USAGE for BF16, STATUS_IO. */
enum status numpy_writer_begin(struct numpy_writer *writer, const struct tensor *tensor,
                               struct error *err);
void numpy_writer_bytes(struct numpy_writer *writer, const void *bytes, size_t length);
enum status numpy_writer_commit(struct numpy_writer *writer, struct error *err);
void numpy_writer_abandon(struct numpy_writer *writer); /* NULL is allowed */

#endif
