/* Small files of features, written from a list of their tensors. */
#ifndef TESTS_CORE_GIVEN_H
#define TESTS_CORE_GIVEN_H

#include "folder.h"
#include "near.h"

#include "core/features.h"
#include "io/safetensors_writer.h"

/* One tensor of a file to be written; its values are given as floats or, for integers, as
 * int32. */
struct given {
    const char *name;
    enum dtype dtype;
    size_t rank, shape[3];
    const void *values; /* NULL: 0, 1, 2 ... as floats */
};

enum { GIVEN_MAX = 12 };

static inline size_t count(const struct given *given)
{
    size_t n = 1;
    for (size_t i = 0; i < given->rank; i++)
        n *= given->shape[i];
    return n;
}

static inline void write_given(struct safetensors_writer *writer, const struct given *given)
{
    for (size_t i = 0; i < count(given); i++) {
        float value = (float)i;
        int32_t index = (int32_t)i;
        if (given->values) {
            memcpy(&value, (const char *)given->values + i * sizeof value, sizeof value);
            memcpy(&index, (const char *)given->values + i * sizeof index, sizeof index);
        }
        double wide = (double)value;
        int64_t long_index = index;
        if (given->dtype == DTYPE_F64)
            safetensors_writer_bytes(writer, &wide, sizeof wide);
        else if (given->dtype == DTYPE_I64)
            safetensors_writer_bytes(writer, &long_index, sizeof long_index);
        else if (given->dtype == DTYPE_I32)
            safetensors_writer_bytes(writer, &index, sizeof index);
        else
            safetensors_writer_floats(writer, &value, 1);
    }
}

/* Writes the tensors up to the first without a name, the 8-byte types first. */
static inline const char *write_tensors(struct folder *folder, const struct given *given,
                                        const char *attributes, const char *format)
{
    struct error err = {0};
    const char *path = folder_path(folder, "f.safetensors");
    struct safetensors_writer *writer = safetensors_writer_open(path, &err);
    assert_non_null(writer);
    if (attributes)
        safetensors_writer_metadata(writer, "attributes", attributes);
    if (format)
        safetensors_writer_metadata(writer, "format", format);
    safetensors_writer_metadata(writer, "encoder", "test");
    static const size_t sizes[] = {8, 4, 2};
    for (size_t s = 0; s < 3; s++)
        for (size_t i = 0; i < GIVEN_MAX && given[i].name; i++)
            if (dtype_size(given[i].dtype) == sizes[s])
                safetensors_writer_declare(writer, given[i].name, given[i].dtype,
                                           given[i].rank, given[i].shape);
    for (size_t s = 0; s < 3; s++)
        for (size_t i = 0; i < GIVEN_MAX && given[i].name; i++)
            if (dtype_size(given[i].dtype) == sizes[s])
                write_given(writer, &given[i]);
    assert_int_equal(safetensors_writer_commit(writer, &err), STATUS_OK);
    return path;
}

static inline void open_features(struct features *features, const char *path)
{
    struct error err = {0};
    features_open(features, path, &err);
    assert_string_equal(err.message, "");
}

static inline double value_at(const struct rows *rows, size_t row, size_t column)
{
    float value;
    dtype_widen(&value, rows_at(rows, row, column), rows->dtype, 1);
    return (double)value;
}

static inline void open_reference(struct features *features, const char *name)
{
    char path[512];
    const char *root = getenv("MICROSCOPE_SOURCE");
    assert_non_null(root);
    snprintf(path, sizeof path, "%s/tests/reference/%s", root, name);
    open_features(features, path);
}

/* Three pairs of four responses and two prompts. */
/* clang-format off */
#define PROMPT(type)       {"prompt", type, 2, {2, 3}, NULL}
#define RESPONSE(type)     {"response", type, 2, {4, 2}, NULL}
#define INDEX(name, ...)   {name, DTYPE_I32, 1, {3}, (const int32_t[]){__VA_ARGS__}}
#define INDEX64(name, ...) {name, DTYPE_I64, 1, {3}, (const int32_t[]){__VA_ARGS__}}
#define CHOSEN             INDEX("pair.chosen", 0, 2, 3)
#define REJECTED           INDEX("pair.rejected", 1, 3, 0)
#define PROMPTS            INDEX("pair.prompt", 0, 1, 1)
/* clang-format on */

#endif
