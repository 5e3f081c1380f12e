/* One array of a NumPy file (.npy, format 1, 2 and 3), read in place through a memory map.
 *
 * Types: '<f8' '<f4' '<f2' '<i8' '<i4' '<i2' '|i1' '|u1' '|b1', in C order. All others
 * (big-endian, Fortran order, records, objects) are refused with the reason. The format and
 * the checks are listed in npy.c.
 */
#ifndef IO_NPY_H
#define IO_NPY_H

#include <stddef.h>

#include "base/error.h"
#include "io/mapping.h"
#include "io/tensor.h"

struct npy {
    struct tensor tensor; /* name is "", data are borrowed from the map */
    size_t header_length; /* bytes before the data */
    struct mapping mapping;
    void *copy; /* of data that are misaligned in the file, else NULL */
};

enum status npy_open(struct npy *npy, const char *path, struct error *err);
void npy_done(struct npy *npy); /* all zero is allowed */

/* The same of bytes in memory: fills the tensor, its data borrowed from the bytes and as they are aligned
 * there, and where they begin. The message names no file. */
enum status npy_parse(struct tensor *tensor, size_t *header_length,
                      const unsigned char *bytes, size_t length, struct error *err);

/* Appends what stands before the data of a file that holds such an array: a multiple of 64 bytes.
 * STATUS_USAGE for BF16, which NumPy does not have. */
struct text;
enum status npy_add_header(struct text *out, const struct tensor *tensor,
                           struct error *err);

#endif
