#include <string.h>

#include "base/text.h"
#include "core/features_files.h"

static enum status check_tensor(const struct features *features,
                                const struct tensor *tensor, struct error *err)
{
    char text[TENSOR_TEXT];
    if (tensor->dtype != DTYPE_I32 && tensor->dtype != DTYPE_I64)
        return error_set(err, STATUS_FORMAT, "'%s': tensor '%s' is %s, expected I32 or I64",
                         features->files->path, tensor->name,
                         tensor_describe(tensor, text));
    if (tensor->rank != 1 || tensor->shape[0] != features->n_pairs)
        return error_set(err, STATUS_SHAPE,
                         "'%s': tensor '%s' is %s, expected [%zu], one a pair",
                         features->files->path, tensor->name, tensor_describe(tensor, text),
                         features->n_pairs);
    return STATUS_OK;
}

static int64_t index_at(const struct tensor *tensor, size_t i)
{
    return tensor->dtype == DTYPE_I32 ? ((const int32_t *)tensor->data)[i]
                                      : ((const int64_t *)tensor->data)[i];
}

enum status features_indices_read(struct features *features, const char *name,
                                  int32_t least, size_t bound, const char *meaning,
                                  const int32_t **out, struct error *err)
{
    struct features_files *files = features->files;
    struct error inner;
    const struct tensor *tensor = features_files_find(files, name, &inner);
    if (!tensor)
        return error_set(err, inner.status, "%s", inner.message);
    enum status status = check_tensor(features, tensor, err);
    if (status)
        return status;
    /* A copy, so that what was checked stays so whatever happens to the file. */
    int32_t *values = features_files_array(files, tensor->n_elements, sizeof *values, err);
    if (!values)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < tensor->n_elements; i++) {
        int64_t value = index_at(tensor, i);
        if (value < least || value >= (int64_t)bound)
            return error_set(err, STATUS_FORMAT,
                             "'%s': tensor '%s' row %zu is %lld, expected %d to %lld, %s",
                             files->path, name, i, (long long)value, least,
                             (long long)bound - 1, meaning);
        values[i] = (int32_t)value;
    }
    files->hash = text_hash(tensor->data, tensor->n_bytes, files->hash);
    *out = values;
    return STATUS_OK;
}

enum status features_indices_same(struct features *features, int32_t value,
                                  const int32_t **out, struct error *err)
{
    int32_t *values =
        features_files_array(features->files, features->n_pairs, sizeof *values, err);
    if (!values)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < features->n_pairs; i++)
        values[i] = value;
    *out = values;
    return STATUS_OK;
}

enum status features_indices_count(struct features *features, const int32_t **out,
                                   struct error *err)
{
    int32_t *values =
        features_files_array(features->files, features->n_pairs, sizeof *values, err);
    if (!values)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < features->n_pairs; i++)
        values[i] = (int32_t)i;
    *out = values;
    return STATUS_OK;
}
