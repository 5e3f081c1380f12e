#include <string.h>

#include "base/text.h"
#include "core/features_files.h"
#include "io/json.h"

/* Indices are I32. Attributes without names are few, or not attributes. */
enum { ROWS_MAX = INT32_MAX, NAMELESS_MAX = 65536 };

/* ---- matrices ---- */

/* Kernels read F32, F16 and BF16; F64 is made F32, once. */
static enum status make_float(struct features *features, const struct tensor *tensor,
                              struct rows *rows, struct error *err)
{
    float *values =
        features_files_array(features->files, tensor->n_elements, sizeof *values, err);
    if (!values)
        return STATUS_NO_MEMORY;
    dtype_widen(values, tensor->data, tensor->dtype, tensor->n_elements);
    rows->data = values;
    rows->dtype = DTYPE_F32;
    return STATUS_OK;
}

/* Tensor `name` [N, D], or [N, slots, D] with more than one slot: then the rows of slot 0.
 */
static enum status read_matrix(struct features *features, const char *name, size_t slots,
                               struct rows *out, struct error *err)
{
    const char *path = features->files->path;
    char text[TENSOR_TEXT];
    struct error inner;
    const struct tensor *tensor = features_files_find(features->files, name, &inner);
    if (!tensor)
        return error_set(err, inner.status, "%s", inner.message);
    if (!dtype_is_real(tensor->dtype))
        return error_set(err, STATUS_FORMAT,
                         "'%s': tensor '%s' is %s, expected F32, F16, BF16 or F64", path,
                         name, tensor_describe(tensor, text));
    size_t rank = slots > 1 ? 3 : 2;
    if (tensor->rank != rank || (slots > 1 && tensor->shape[1] != slots))
        return error_set(err, STATUS_SHAPE, "'%s': tensor '%s' is %s, expected %s", path,
                         name, tensor_describe(tensor, text),
                         slots > 1 ? "[N, 2, D]" : "[N, D]");
    if (!tensor->n_elements || tensor->shape[0] > ROWS_MAX)
        return error_set(
            err, STATUS_SHAPE,
            "'%s': tensor '%s' is %s, expected 1 to %d rows and at least one column", path,
            name, tensor_describe(tensor, text), ROWS_MAX);
    struct rows rows = {.data = tensor->data,
                        .dtype = tensor->dtype,
                        .n_rows = tensor->shape[0],
                        .n_columns = tensor->shape[rank - 1],
                        .stride = slots * tensor->shape[rank - 1]};
    enum status status =
        rows.dtype == DTYPE_F64 ? make_float(features, tensor, &rows, err) : STATUS_OK;
    if (!status)
        *out = rows;
    return status;
}

static enum status read_matrix_if_there(struct features *features, const char *name,
                                        struct rows *out, struct error *err)
{
    return features_files_has(features->files, name)
               ? read_matrix(features, name, 1, out, err)
               : STATUS_OK;
}

static enum status check_rows(const struct features *features, const char *name,
                              const struct rows *rows, size_t wanted, const char *other,
                              struct error *err)
{
    if (rows->n_rows && rows->n_rows != wanted)
        return error_set(err, STATUS_SHAPE,
                         "'%s': tensor '%s' has %zu rows, expected %zu, one a row of '%s'",
                         features->files->path, name, rows->n_rows, wanted, other);
    return STATUS_OK;
}

/* ---- parts that several layouts have ---- */

static enum status read_split(struct features *features, const char *name,
                              struct error *err)
{
    if (!features_files_has(features->files, name))
        return features_indices_same(features, SPLIT_TRAIN, &features->pair_split, err);
    return features_indices_read(features, name, 0, SPLIT_COUNT,
                                 "0 for train, 1 for holdout, 2 for test",
                                 &features->pair_split, err);
}

/* Index of the attribute of every pair, from tensor `name` (NULL: there is none), and the
 * attributes' names. */
static enum status read_attributes(struct features *features, const char *name,
                                   struct error *err)
{
    enum status status = features_attributes_read(features, err);
    bool has_names = features->n_attributes > 0;
    size_t n_columns = features->labels.n_columns;
    if (status)
        return status;
    if (has_names && n_columns && n_columns != features->n_attributes)
        return error_set(
            err, STATUS_SHAPE,
            "'%s': tensor 'labels' has %zu columns, expected %zu, one an attribute "
            "of __metadata__",
            features->files->path, n_columns, features->n_attributes);
    size_t bound = has_names   ? features->n_attributes
                   : n_columns ? n_columns
                               : NAMELESS_MAX;
    status = name && features_files_has(features->files, name)
                 ? features_indices_read(features, name, -1, bound,
                                         has_names ? "an attribute of __metadata__ or -1"
                                                   : "the number of an attribute or -1",
                                         &features->pair_attribute, err)
                 : features_indices_same(features, -1, &features->pair_attribute, err);
    return status || has_names ? status : features_attributes_number(features, err);
}

/* Once the matrices are there: pair i is row i of each, with or without attribute and
 * split. */
static enum status pair_rows(struct features *features, struct error *err)
{
    features->n_pairs = features->chosen.n_rows;
    enum status status = features_indices_count(features, &features->pair_chosen, err);
    features->pair_rejected = features->pair_chosen;
    if (!status)
        status = features_indices_same(features, -1, &features->pair_context, err);
    features->pair_prompt =
        features->prompt.n_rows ? features->pair_chosen : features->pair_context;
    if (!status)
        status = read_attributes(features, "attribute", err);
    return status ? status : read_split(features, "split", err);
}

/* ---- the layouts ---- */

static enum status read_own_matrices(struct features *features, struct error *err)
{
    enum status status = read_matrix(features, "response", 1, &features->chosen, err);
    features->rejected = features->chosen;
    if (!status)
        status = read_matrix_if_there(features, "prompt", &features->prompt, err);
    if (!status)
        status = read_matrix_if_there(features, "context", &features->context, err);
    if (!status)
        status = read_matrix_if_there(features, "labels", &features->labels, err);
    if (!status)
        status = check_rows(features, "labels", &features->labels, features->chosen.n_rows,
                            "response", err);
    if (!status && features->context.n_rows && features->prompt.n_rows &&
        features->context.n_columns != features->prompt.n_columns)
        status = error_set(
            err, STATUS_SHAPE,
            "'%s': tensor 'context' has %zu columns, expected %zu as 'prompt' has",
            features->files->path, features->context.n_columns, features->prompt.n_columns);
    return status;
}

/* How many pairs there are; none only where responses are rated. */
static enum status count_pairs(struct features *features, struct error *err)
{
    const char *path = features->files->path;
    bool is_rated = features->labels.n_rows > 0;
    if (is_rated && !features_files_has(features->files, "pair.chosen"))
        return STATUS_OK;
    struct error inner;
    const struct tensor *tensor =
        features_files_find(features->files, "pair.chosen", &inner);
    if (!tensor)
        return error_set(err, inner.status, "%s", inner.message);
    char text[TENSOR_TEXT];
    if (tensor->rank != 1 || tensor->shape[0] > ROWS_MAX)
        return error_set(err, STATUS_SHAPE,
                         "'%s': tensor '%s' is %s, expected [N], one a pair", path,
                         tensor->name, tensor_describe(tensor, text));
    if (!tensor->shape[0] && !is_rated)
        return error_set(err, STATUS_SHAPE, "'%s' has no pairs", path);
    features->n_pairs = tensor->shape[0];
    return STATUS_OK;
}

static enum status read_own_indices(struct features *features, struct error *err)
{
    const struct {
        const char *name, *meaning;
        const struct rows *rows;
        const int32_t **out;
        bool required; /* -1 is not allowed, and the tensor not left out */
    } indices[] = {
        {"pair.prompt", "a row of 'prompt'", &features->prompt, &features->pair_prompt,
         features->prompt.n_rows > 0},
        {"pair.context", "a row of 'context' or -1", &features->context,
         &features->pair_context, false},
        {"pair.chosen", "a row of 'response'", &features->chosen, &features->pair_chosen,
         true},
        {"pair.rejected", "a row of 'response'", &features->rejected,
         &features->pair_rejected, true},
    };
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof indices / sizeof *indices && !status; i++) {
        bool is_there = features_files_has(features->files, indices[i].name);
        if (is_there || (indices[i].required && features->n_pairs))
            status = features_indices_read(
                features, indices[i].name, indices[i].required ? 0 : -1,
                indices[i].rows->n_rows, indices[i].meaning, indices[i].out, err);
        else
            status = features_indices_same(features, -1, indices[i].out, err);
    }
    if (!status && features_files_has(features->files, "pair.user"))
        status =
            features_indices_read(features, "pair.user", -1, ROWS_MAX,
                                  "the number of a user or -1", &features->pair_user, err);
    return status;
}

static enum status read_microscope(struct features *features, struct error *err)
{
    enum status status = read_own_matrices(features, err);
    if (!status)
        status = count_pairs(features, err);
    if (!status)
        status = read_own_indices(features, err);
    if (!status)
        status = read_attributes(features, "pair.attribute", err);
    return status ? status : read_split(features, "pair.split", err);
}

static enum status read_raw(struct features *features, struct error *err)
{
    struct rows *chosen = &features->chosen, *rejected = &features->rejected;
    enum status status = read_matrix(features, "chosen", 1, chosen, err);
    if (!status)
        status = read_matrix(features, "rejected", 1, rejected, err);
    if (!status)
        status = read_matrix_if_there(features, "prompt", &features->prompt, err);
    if (!status)
        status = check_rows(features, "rejected", rejected, chosen->n_rows, "chosen", err);
    if (!status)
        status = check_rows(features, "prompt", &features->prompt, chosen->n_rows, "chosen",
                            err);
    if (status)
        return status;
    if (rejected->n_columns != chosen->n_columns || rejected->dtype != chosen->dtype)
        return error_set(
            err, STATUS_SHAPE,
            "'%s': tensor 'rejected' has %zu columns of %s, expected %zu of %s as "
            "'chosen' has",
            features->files->path, rejected->n_columns, dtype_name(rejected->dtype),
            chosen->n_columns, dtype_name(chosen->dtype));
    return pair_rows(features, err);
}

static enum status read_armo_rated(struct features *features, struct error *err)
{
    enum status status = read_matrix(features, "embeddings", 1, &features->chosen, err);
    features->rejected = features->chosen;
    if (!status)
        status = read_matrix(features, "labels", 1, &features->labels, err);
    if (!status)
        status = check_rows(features, "labels", &features->labels, features->chosen.n_rows,
                            "embeddings", err);
    const int32_t **const indices[] = {&features->pair_prompt, &features->pair_context,
                                       &features->pair_chosen, &features->pair_rejected,
                                       &features->pair_split};
    for (size_t i = 0; i < sizeof indices / sizeof *indices && !status; i++)
        status = features_indices_same(features, -1, indices[i], err);
    return status ? status : read_attributes(features, NULL, err);
}

static enum status read_armo_pairs(struct features *features, struct error *err)
{
    enum status status = read_matrix(features, "embeddings", 2, &features->chosen, err);
    if (!status)
        status = read_matrix(features, "prompt_embeddings", 2, &features->prompt, err);
    if (!status)
        status = check_rows(features, "prompt_embeddings", &features->prompt,
                            features->chosen.n_rows, "embeddings", err);
    if (status)
        return status;
    features->rejected = features->chosen;
    features->rejected.data = rows_at(&features->chosen, 0, features->chosen.n_columns);
    return pair_rows(features, err);
}

/* The first layout whose tensors are all there is taken. */
static const struct layout {
    const char *name;
    const char *tensors[3]; /* NULL-terminated */
    enum status (*read)(struct features *features, struct error *err);
} layouts[] = {
    {"microscope", {"response"}, read_microscope},
    {"raw", {"chosen", "rejected"}, read_raw},
    {"armo-pairs", {"embeddings", "prompt_embeddings"}, read_armo_pairs},
    {"armo-rated", {"embeddings", "labels"}, read_armo_rated},
};

static bool fits(const struct layout *layout, const struct features_files *files)
{
    for (size_t i = 0; layout->tensors[i]; i++)
        if (!features_files_has(files, layout->tensors[i]))
            return false;
    return true;
}

/* Files of ours say what they are, so that a model or a later version is named in the
 * refusal. */
static enum status check_format(const struct features *features, struct error *err)
{
    static const char ours[] = "microscope.", wanted[] = "microscope.features/1";
    const char *format = json_text(json_get(features->metadata, "format"));
    char shown[80];
    if (format && strncmp(format, ours, sizeof ours - 1) == 0 &&
        strcmp(format, wanted) != 0)
        return error_set(err, STATUS_FORMAT, "'%s' is a '%s' file, expected '%s'",
                         features->files->path, text_show(shown, sizeof shown, format),
                         wanted);
    return STATUS_OK;
}

enum status features_layout_read(struct features *features, struct error *err)
{
    enum status status = check_format(features, err);
    if (status)
        return status;
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
        if (fits(&layouts[i], features->files)) {
            features->layout = layouts[i].name;
            return layouts[i].read(features, err);
        }
    return error_set(
        err, STATUS_FORMAT,
        "'%s' holds no features: expected the tensors 'response' and 'pair.chosen', "
        "or 'chosen' and 'rejected', or 'embeddings' with 'labels' or "
        "'prompt_embeddings'%s",
        features->files->path,
        features_files_has(features->files, "score.weight") ? "; it looks like a model"
                                                            : "");
}
