#include "core/contrasts.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/vector.h"
#include "core/linalg.h"

enum status contrasts_make(struct contrasts *out, const struct features *features,
                           struct pair_list pairs, struct error *err)
{
    const struct rows *chosen = &features->chosen, *rejected = &features->rejected;
    struct contrasts made = {.n = pairs.n, .width = chosen->n_columns};
    made.rows = mem_array(pairs.n, made.width * sizeof *made.rows);
    if (!made.rows)
        return error_set(err, STATUS_NO_MEMORY,
                         "no memory for the differences of %zu pairs of %zu numbers",
                         pairs.n, made.width);
    for (size_t i = 0; i < pairs.n; i++) {
        uint32_t pair = pairs.pairs[i];
        float *row = made.rows + i * made.width;
        dtype_subtract(row, rows_at(chosen, (size_t)features->pair_chosen[pair], 0),
                       rows_at(rejected, (size_t)features->pair_rejected[pair], 0),
                       chosen->dtype, made.width);
        if (!isfinite(vector_dot(row, row, made.width))) {
            contrasts_done(&made);
            return error_set(err, STATUS_NUMERIC,
                             "the responses of pair %u are not finite numbers", pair);
        }
    }
    *out = made;
    return STATUS_OK;
}

void contrasts_done(struct contrasts *contrasts)
{
    free(contrasts->rows);
    *contrasts = (struct contrasts){0};
}

void contrasts_margins(const struct contrasts *contrasts, const float *heads,
                       size_t n_heads, float *out)
{
    /* The product only reads its operands. */
    union {
        const float *read;
        float *data;
    } weights = {heads};
    linalg_product_nt(contrasts->n, n_heads, contrasts->width,
                      (struct matrix){contrasts->rows, contrasts->width},
                      (struct matrix){weights.data, contrasts->width},
                      (struct matrix){out, n_heads}, false);
}
