#include "io/tensor.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>

/* Data are used as they lie in the file, and every format read here is little-endian. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "a little-endian machine");

bool tensor_measure(struct tensor *tensor)
{
    size_t n = 1, size = dtype_size(tensor->dtype);
    for (size_t i = 0; i < tensor->rank; i++) {
        if (tensor->shape[i] && n > SIZE_MAX / size / tensor->shape[i])
            return false;
        n *= tensor->shape[i];
    }
    tensor->n_elements = n;
    tensor->n_bytes = n * size;
    return true;
}

const char *tensor_describe(const struct tensor *tensor, char text[TENSOR_TEXT])
{
    size_t used = (size_t)snprintf(text, TENSOR_TEXT, "%s [", dtype_name(tensor->dtype));
    for (size_t i = 0; i < tensor->rank; i++)
        used += (size_t)snprintf(text + used, TENSOR_TEXT - used, "%s%zu", i ? ", " : "",
                                 tensor->shape[i]);
    snprintf(text + used, TENSOR_TEXT - used, "]");
    return text;
}

struct rows tensor_rows(const struct tensor *tensor)
{
    assert(tensor->rank == 2);
    return (struct rows){.data = tensor->data,
                         .dtype = tensor->dtype,
                         .n_rows = tensor->shape[0],
                         .n_columns = tensor->shape[1],
                         .stride = tensor->shape[1]};
}
