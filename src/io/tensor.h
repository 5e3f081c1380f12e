/* A named array of numbers as it lies in a file, whatever the file's format. */
#ifndef IO_TENSOR_H
#define IO_TENSOR_H

#include <stdbool.h>
#include <stddef.h>

#include "io/dtype.h"

enum { TENSOR_RANK_MAX = 8, TENSOR_TEXT = 192 };

struct tensor {
    const char *name; /* borrowed from the file, as data is */
    enum dtype dtype;
    size_t rank, shape[TENSOR_RANK_MAX]; /* rank 0: one element */
    size_t n_elements, n_bytes;
    const void *data; /* row-major, little-endian, aligned to the element size */
};

/* Fills n_elements and n_bytes from dtype and shape; false when they overflow. */
bool tensor_measure(struct tensor *tensor);

/* "F32 [96, 12]", for messages; returns text. */
const char *tensor_describe(const struct tensor *tensor, char text[TENSOR_TEXT]);

/* A tensor of rank 2 as a matrix. */
struct rows tensor_rows(const struct tensor *tensor);

#endif
