#include <assert.h>
#include <stdbool.h>

#include "core/features_writing.h"

/* What the file holds: indices first, then matrices, so that all data lie aligned. */
struct plan {
    struct index {
        const char *name;
        const int32_t *values; /* NULL: left out */
        int32_t shift;         /* added to every value */
    } indices[7];
    struct matrix {
        const char *name;
        const struct rows *top, *bottom; /* one above the other; bottom may be NULL */
        enum dtype dtype;
    } matrices[4];
};
enum { N_INDICES = 7, N_MATRICES = 4 };

/* ---- matrices ---- */

static size_t count_rows(const struct matrix *matrix)
{
    return matrix->top->n_rows + (matrix->bottom ? matrix->bottom->n_rows : 0);
}

static enum status write_matrix(struct tensors_writer *writer, const struct matrix *matrix,
                                struct error *err)
{
    size_t n_top = matrix->top->n_rows;
    for (size_t i = 0; i < count_rows(matrix); i++) {
        const struct rows *rows = i < n_top ? matrix->top : matrix->bottom;
        float value = 0;
        if (!features_save_row(writer, rows, i < n_top ? i : i - n_top, matrix->dtype,
                               &value))
            return error_set(err, STATUS_NUMERIC,
                             "row %zu of '%s' holds %g, too large for %s; write F32", i,
                             matrix->name, (double)value, dtype_name(matrix->dtype));
    }
    return STATUS_OK;
}

/* ---- the file ---- */

static bool is_one_matrix(const struct rows *a, const struct rows *b)
{
    return a->data == b->data && a->n_rows == b->n_rows && a->stride == b->stride;
}

/* Chosen and rejected responses that lie in two matrices become one, the chosen ones above.
 */
static struct plan make_plan(const struct features *features, enum dtype dtype)
{
    bool one = is_one_matrix(&features->chosen, &features->rejected);
    int32_t shift = one ? 0 : (int32_t)features->chosen.n_rows;
    bool has_pairs = features->n_pairs > 0;
    assert(one || !features->labels.n_rows);
    return (struct plan){
        .indices =
            {
                {"pair.prompt", features->prompt.n_rows ? features->pair_prompt : NULL, 0},
                {"pair.context", features->context.n_rows ? features->pair_context : NULL,
                 0},
                {"pair.chosen", has_pairs ? features->pair_chosen : NULL, 0},
                {"pair.rejected", has_pairs ? features->pair_rejected : NULL, shift},
                {"pair.attribute", has_pairs ? features->pair_attribute : NULL, 0},
                {"pair.user", features->pair_user, 0},
                {"pair.split", has_pairs ? features->pair_split : NULL, 0},
            },
        .matrices =
            {
                {"labels", &features->labels, NULL, DTYPE_F32},
                {"prompt", &features->prompt, NULL, dtype},
                {"context", &features->context, NULL, dtype},
                {"response", &features->chosen, one ? NULL : &features->rejected, dtype},
            },
    };
}

static void declare(struct tensors_writer *writer, const struct plan *plan, size_t n_pairs)
{
    for (size_t i = 0; i < N_INDICES; i++)
        if (plan->indices[i].values)
            tensors_writer_declare(writer, plan->indices[i].name, DTYPE_I32, 1, &n_pairs);
    for (size_t i = 0; i < N_MATRICES; i++) {
        const struct matrix *matrix = &plan->matrices[i];
        const size_t shape[] = {count_rows(matrix), matrix->top->n_columns};
        if (shape[0])
            tensors_writer_declare(writer, matrix->name, matrix->dtype, 2, shape);
    }
}

static enum status write_data(struct tensors_writer *writer, const struct plan *plan,
                              size_t n_pairs, struct error *err)
{
    for (size_t i = 0; i < N_INDICES; i++)
        for (size_t j = 0; plan->indices[i].values && j < n_pairs; j++) {
            int32_t value = plan->indices[i].values[j] + plan->indices[i].shift;
            tensors_writer_bytes(writer, &value, sizeof value);
        }
    enum status status = STATUS_OK;
    for (size_t i = 0; i < N_MATRICES && !status; i++)
        status = write_matrix(writer, &plan->matrices[i], err);
    return status;
}

enum status features_save(const char *path, const struct features *features,
                          enum dtype dtype, struct error *err)
{
    assert(dtype == DTYPE_F32 || dtype == DTYPE_F16 || dtype == DTYPE_BF16);
    if (features->chosen.n_rows > (size_t)INT32_MAX - features->rejected.n_rows)
        return error_set(
            err, STATUS_SHAPE,
            "cannot write '%s': %zu chosen and %zu rejected responses are more than "
            "can be numbered",
            path, features->chosen.n_rows, features->rejected.n_rows);
    struct error inner;
    struct tensors_writer *writer = tensors_writer_open(path, &inner);
    if (!writer)
        return error_set(err, inner.status, "%s", inner.message);
    struct plan plan = make_plan(features, dtype);
    features_save_metadata(writer, features, "microscope.features/1");
    declare(writer, &plan, features->n_pairs);
    if (write_data(writer, &plan, features->n_pairs, &inner)) {
        tensors_writer_abandon(writer);
        return error_set(err, inner.status, "cannot write '%s': %s", path, inner.message);
    }
    return tensors_writer_commit(writer, err);
}
