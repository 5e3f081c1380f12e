/* Element types of stored arrays, and matrices as they lie in a file.
 *
 * Kernels here are the only code that looks inside F16 and BF16: everything above works in float.
 */
#ifndef IO_DTYPE_H
#define IO_DTYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dtype {
    DTYPE_F64,
    DTYPE_F32,
    DTYPE_F16,
    DTYPE_BF16,
    DTYPE_I64,
    DTYPE_I32,
    DTYPE_I16,
    DTYPE_I8,
    DTYPE_U8,
    DTYPE_BOOL,
    DTYPE_COUNT,
};

size_t dtype_size(enum dtype dtype);                   /* bytes of one element */
const char *dtype_name(enum dtype dtype);              /* "F32", as safetensors spells it */
bool dtype_parse(const char *name, enum dtype *dtype); /* false: no such type */
bool dtype_is_real(enum dtype dtype);                  /* F64, F32, F16 or BF16 */

/* out[i] = in[i], n elements, any dtype to float. F64 and integers are rounded to nearest. */
void dtype_widen(float *out, const void *in, enum dtype dtype, size_t n);

/* The reverse for F32, F16 and BF16: rounds to nearest even; F16 overflows to infinity. */
void dtype_narrow(void *out, const float *in, enum dtype dtype, size_t n);

/* out[i] = a[i] - b[i] in float, both of the same real dtype; for F32, F16 and BF16. */
void dtype_subtract(float *out, const void *a, const void *b, enum dtype dtype, size_t n);

/* A matrix as stored, borrowed from whoever maps the file: row i starts at element i * stride and
 * has n_columns elements. data is aligned to the element size. n_rows = 0 means there is none. */
struct rows {
    const void *data;
    enum dtype dtype;
    size_t n_rows, n_columns, stride;
};

static inline const void *rows_at(const struct rows *rows, size_t row, size_t column)
{
    return (const unsigned char *)rows->data +
           (row * rows->stride + column) * dtype_size(rows->dtype);
}

/* Looks for NaN or infinity in the rows which[0] .. which[n - 1] of a matrix (0 .. n - 1 when
 * which is NULL; negative ones are passed over). Returns the first position in which whose row
 * holds one and sets *column (unless NULL); n when all are finite. */
size_t rows_find_nonfinite(const struct rows *rows, const int32_t *which, size_t n,
                           size_t *column);

#endif
