#include "core/features_writing.h"

#include <stdlib.h>
#include <string.h>

#include "io/json.h"

bool features_save_row(struct tensors_writer *writer, const struct rows *rows, size_t row,
                       enum dtype dtype, float *too_large)
{
    enum { BLOCK = 1024 };
    float values[BLOCK];
    if (rows->dtype == dtype) {
        tensors_writer_bytes(writer, rows_at(rows, row, 0),
                             rows->n_columns * dtype_size(dtype));
        return true;
    }
    for (size_t at = 0; at < rows->n_columns; at += BLOCK) {
        size_t n = rows->n_columns - at < BLOCK ? rows->n_columns - at : BLOCK;
        dtype_widen(values, rows_at(rows, row, at), rows->dtype, n);
        size_t bad = dtype_find_overflow(values, n, dtype);
        if (bad < n) {
            *too_large = values[bad];
            return false;
        }
        tensors_writer_floats(writer, values, n);
    }
    return true;
}

void features_save_metadata(struct tensors_writer *writer, const struct features *features,
                            const char *format)
{
    const struct json *item = json_first(features->metadata);
    for (; item; item = json_next(item))
        if (strcmp(json_key(item), "attributes") != 0 &&
            strcmp(json_key(item), "format") != 0)
            tensors_writer_metadata(writer, json_key(item), json_text(item));
    if (format)
        tensors_writer_metadata(writer, "format", format);
    if (!features->n_attributes)
        return;
    struct json *names = json_array();
    for (size_t i = 0; i < features->n_attributes; i++)
        json_push(names, json_new_text(features->attributes[i]));
    char *text = json_write(names, false);
    tensors_writer_metadata(writer, "attributes", text);
    free(text);
    json_free(names);
}
