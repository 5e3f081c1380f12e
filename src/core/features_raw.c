#include <assert.h>

#include "core/features_writing.h"

/* A matrix of the layout: a row a pair. */
struct column {
    const char *name;
    const struct rows *rows;
    const int32_t *which; /* row of each pair; -1: none, written as 0 */
};

static enum status write_column(struct tensors_writer *writer, const struct column *column,
                                size_t n, enum dtype dtype, struct error *err)
{
    for (size_t i = 0; i < n; i++) {
        float value = 0;
        size_t row = column->which[i] < 0 ? 0 : (size_t)column->which[i];
        if (!features_save_row(writer, column->rows, row, dtype, &value))
            return error_set(err, STATUS_NUMERIC,
                             "row %zu of '%s' holds %g, too large for %s; write F32", i,
                             column->name, (double)value, dtype_name(dtype));
    }
    return STATUS_OK;
}

static enum status write_all(struct tensors_writer *writer, const struct features *features,
                             enum dtype dtype, struct error *err)
{
    const struct column columns[] = {
        {"chosen", &features->chosen, features->pair_chosen},
        {"rejected", &features->rejected, features->pair_rejected},
        {"prompt", &features->prompt, features->pair_prompt},
    };
    size_t n = features->n_pairs, n_columns = features->prompt.n_rows ? 3 : 2;
    features_save_metadata(writer, features, NULL);
    tensors_writer_declare(writer, "attribute", DTYPE_I32, 1, &n);
    tensors_writer_declare(writer, "split", DTYPE_I32, 1, &n);
    for (size_t c = 0; c < n_columns; c++)
        tensors_writer_declare(writer, columns[c].name, dtype, 2,
                               (const size_t[]){n, columns[c].rows->n_columns});
    tensors_writer_bytes(writer, features->pair_attribute, n * sizeof(int32_t));
    tensors_writer_bytes(writer, features->pair_split, n * sizeof(int32_t));
    enum status status = STATUS_OK;
    for (size_t c = 0; c < n_columns && !status; c++)
        status = write_column(writer, &columns[c], n, dtype, err);
    return status;
}

enum status features_save_raw(const char *path, const struct features *features,
                              enum dtype dtype, struct error *err)
{
    assert(dtype == DTYPE_F32 || dtype == DTYPE_F16 || dtype == DTYPE_BF16);
    if (!features->n_pairs)
        return error_set(
            err, STATUS_SHAPE,
            "cannot write '%s': the raw layout is of pairs, and these are rated "
            "responses without pairs",
            path);
    struct error inner = {0};
    struct tensors_writer *writer = tensors_writer_open(path, err);
    if (!writer)
        return err ? err->status : STATUS_IO;
    if (write_all(writer, features, dtype, &inner)) {
        tensors_writer_abandon(writer);
        return error_set(err, inner.status, "cannot write '%s': %s", path, inner.message);
    }
    return tensors_writer_commit(writer, err);
}
