/* Named NumPy arrays in one zip archive (numpy.savez, savez_compressed): NAME.npy each.
 *
 * Opening reads the archive's directory alone. An array that is stored is read in place through the map, one
 * that is deflated is inflated when it is first asked for. The format and the checks are listed in npz.c.
 * What is handed out is borrowed and lives until npz_free.
 */
#ifndef IO_NPZ_H
#define IO_NPZ_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "io/tensor.h"

struct npz;

struct npz *npz_open(const char *path, struct error *err); /* NULL on failure */
void npz_free(struct npz *npz);                            /* NULL is allowed */

/* The arrays, in the order of their names, without ".npy". */
size_t npz_count(const struct npz *npz);
const char *npz_name(const struct npz *npz, size_t i);

/* NULL on failure: STATUS_FORMAT naming array and reason, STATUS_NO_MEMORY. */
const struct tensor *npz_at(struct npz *npz, size_t i, struct error *err);

/* Hash of the names, sizes and checksums of all entries. */
uint64_t npz_hash(const struct npz *npz);

#endif
