#include "core/ridge.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/vector.h"
#include "core/linalg.h"

const double ridge_alphas[RIDGE_ALPHAS] = {1e-4, 1e-3, 1e-2, 1e-1, 1, 1e1, 1e2, 1e3, 1e4};

static void widen(const struct gram_rows *rows, size_t i, float *out)
{
    dtype_widen(out, rows_at(rows->rows, rows->which[i], 0), rows->rows->dtype,
                rows->rows->n_columns);
}

void ridge_retarget(struct ridge *ridge, const struct gram_rows *rows, const double *target)
{
    size_t width = ridge->width, T = ridge->n_targets;
    float *row = mem_alloc((width + 1) * sizeof *row);
    memset(ridge->products, 0, T * width * sizeof *ridge->products);
    for (size_t i = 0; i < rows->n; i++) {
        widen(rows, i, row);
        for (size_t t = 0; t < T; t++)
            vector_add_double(ridge->products + t * width, target[i * T + t], row, width);
    }
    free(row);
}

enum status ridge_make(struct ridge *out, const struct gram_rows *rows,
                       const double *target, size_t n_targets, struct team *team,
                       const struct cancel *cancel, struct error *err)
{
    struct ridge made = {
        .n = rows->n, .width = rows->rows->n_columns, .n_targets = n_targets};
    struct gram_source source = gram_of_rows(rows);
    enum status status = gram_make(&made.gram, &source, team, cancel, err);
    if (status)
        return status;
    made.products = mem_zero((n_targets * made.width + 1) * sizeof *made.products);
    ridge_retarget(&made, rows, target);
    *out = made;
    return STATUS_OK;
}

void ridge_done(struct ridge *ridge)
{
    gram_done(&ridge->gram);
    free(ridge->products);
    *ridge = (struct ridge){0};
}

enum status ridge_solve(const struct ridge *ridge, double alpha, double *w,
                        struct error *err)
{
    size_t width = ridge->width;
    double *factor = mem_array(width, width * sizeof *factor);
    if (!factor)
        return error_set(err, STATUS_NO_MEMORY, "no memory to regress on %zu numbers",
                         width);
    memcpy(factor, ridge->gram.moments, width * width * sizeof *factor);
    for (size_t d = 0; d < width; d++)
        factor[d * width + d] += alpha;
    bool definite = linalg_cholesky(factor, width);
    if (definite) {
        memcpy(w, ridge->products, ridge->n_targets * width * sizeof *w);
        linalg_cholesky_solve(factor, width, w, ridge->n_targets);
    }
    free(factor);
    return definite ? STATUS_OK
                    : error_set(err, STATUS_NUMERIC,
                                "a ridge of %g is too small for %zu rows of %zu numbers",
                                alpha, ridge->n, width);
}

void ridge_errors(const struct gram_rows *rows, const double *target, size_t n_targets,
                  const double *w, double *out)
{
    size_t width = rows->rows->n_columns;
    float *row = mem_alloc((width + 1) * sizeof *row);
    memset(out, 0, n_targets * sizeof *out);
    for (size_t i = 0; i < rows->n; i++) {
        widen(rows, i, row);
        for (size_t t = 0; t < n_targets; t++) {
            double missed = target[i * n_targets + t];
            for (size_t d = 0; d < width; d++)
                missed -= w[t * width + d] * (double)row[d];
            out[t] += missed * missed / (double)rows->n;
        }
    }
    free(row);
}
