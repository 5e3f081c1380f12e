/* How the columns of a matrix are laid out in a buffer and shared between threads. */
#ifndef CORE_COLUMNS_H
#define CORE_COLUMNS_H

#include <stddef.h>

enum { COLUMNS_CELL = 16 }; /* floats of a cache line */

/* Distance of rows in a buffer: an odd number of cache lines, since rows whose distance is
 * a power of two would fall on the same few lines of the cache. */
static inline size_t columns_stride(size_t width)
{
    size_t cells = (width + COLUMNS_CELL - 1) / COLUMNS_CELL;
    return (cells | 1) * COLUMNS_CELL;
}

/* First column of thread t, in whole cache lines; t = n_threads gives the end. */
static inline size_t columns_begin(size_t width, size_t t, size_t n_threads)
{
    size_t cells = (width + COLUMNS_CELL - 1) / COLUMNS_CELL;
    size_t at = cells * t / n_threads * COLUMNS_CELL;
    return at < width ? at : width;
}

#endif
