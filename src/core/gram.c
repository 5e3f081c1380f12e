#include "core/gram.h"

#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/kernel.h"
#include "base/memory.h"
#include "core/columns.h"
#include "core/linalg.h"

/* Rows of a block, and the side of a tile: large enough that a product takes far longer than
 * adding its tile to the sum, small enough that the tiles' shares are even. */
enum { BLOCK = 1024, TILE = 512 };

struct work {
    const struct gram_source *source;
    const struct cancel *cancel;
    struct gram *gram;
    struct team *team;
    float *rows; /* (BLOCK, stride) */
    size_t stride;
    float **tile;       /* [threads] (TILE, TILE) */
    size_t n_tiles;     /* along a side */
    atomic_size_t next; /* tile to be taken */
    atomic_bool stopped;
};

/* ---- sources ---- */

static void fill_pairs(const void *self, size_t first, size_t n, size_t begin, size_t end,
                       float *out, size_t stride)
{
    const struct gram_pairs *source = self;
    const struct features *features = source->features;
    for (size_t i = 0; i < n; i++) {
        uint32_t pair = source->pairs.pairs[first + i];
        dtype_subtract(
            out + i * stride + begin,
            rows_at(&features->chosen, (size_t)features->pair_chosen[pair], begin),
            rows_at(&features->rejected, (size_t)features->pair_rejected[pair], begin),
            features->chosen.dtype, end - begin);
    }
}

struct gram_source gram_of_pairs(const struct gram_pairs *pairs)
{
    return (struct gram_source){pairs->pairs.n, pairs->features->chosen.n_columns,
                                fill_pairs, pairs};
}

static void fill_rows(const void *self, size_t first, size_t n, size_t begin, size_t end,
                      float *out, size_t stride)
{
    const struct gram_rows *source = self;
    for (size_t i = 0; i < n; i++)
        dtype_widen(out + i * stride + begin,
                    rows_at(source->rows, source->which[first + i], begin),
                    source->rows->dtype, end - begin);
}

struct gram_source gram_of_rows(const struct gram_rows *rows)
{
    return (struct gram_source){rows->n, rows->rows->n_columns, fill_rows, rows};
}

/* ---- one block ---- */

KERNEL static void add_row(double *restrict to, const float *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] += (double)x[i];
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Tile (row, column) of the lower triangle. */
static void add_tile(struct work *work, size_t row, size_t column, size_t n, float *tile)
{
    size_t width = work->gram->width, i0 = row * TILE, j0 = column * TILE;
    size_t height = least(TILE, width - i0), length = least(TILE, width - j0);
    struct matrix at = {tile, TILE};
    struct matrix left = {work->rows + i0, work->stride};
    struct matrix right = {work->rows + j0, work->stride};
    if (row == column)
        linalg_square_tn(height, n, left, at);
    else
        linalg_product_tn(height, length, n, left, right, at, false);
    for (size_t i = 0; i < height; i++)
        add_row(work->gram->moments + (i0 + i) * width + j0, tile + i * TILE,
                row == column ? i + 1 : length);
}

static void add_block(struct work *work, size_t thread, size_t n)
{
    size_t tiles = work->n_tiles * (work->n_tiles + 1) / 2;
    for (;;) {
        size_t at = atomic_fetch_add(&work->next, 1), row = 0;
        if (at >= tiles)
            return;
        for (at = tiles - 1 - at; at > row; at -= ++row) {
        }
        add_tile(work, row, at, n, work->tile[thread]);
    }
}

static void run_lane(void *arg, size_t thread)
{
    struct work *work = arg;
    const struct gram_source *source = work->source;
    size_t width = source->width, threads = team_size(work->team);
    size_t begin = columns_begin(width, thread, threads);
    size_t end = columns_begin(width, thread + 1, threads);
    for (size_t first = 0; first < source->n; first += BLOCK) {
        size_t n = least(BLOCK, source->n - first);
        if (end > begin)
            source->fill(source->self, first, n, begin, end, work->rows, work->stride);
        for (size_t i = 0; i < n && end > begin; i++)
            add_row(work->gram->sum + begin, work->rows + i * work->stride + begin,
                    end - begin);
        if (thread == 0) {
            atomic_store(&work->next, 0);
            if (cancel_asked(work->cancel))
                atomic_store(&work->stopped, true);
        }
        team_barrier(work->team);
        if (atomic_load(&work->stopped))
            return;
        add_block(work, thread, n);
        team_barrier(work->team);
    }
}

/* ---- all of them ---- */

static bool work_init(struct work *work, const struct gram_source *source,
                      struct team *team)
{
    size_t width = source->width;
    work->team = team;
    work->source = source;
    work->stride = columns_stride(width);
    work->n_tiles = (width + TILE - 1) / TILE;
    work->rows = mem_array(BLOCK, work->stride * sizeof *work->rows);
    work->tile = mem_zero(team_size(team) * sizeof *work->tile);
    bool enough = work->rows != NULL;
    for (size_t t = 0; t < team_size(team); t++) {
        work->tile[t] = mem_array(TILE, TILE * sizeof **work->tile);
        enough = enough && work->tile[t];
    }
    return enough;
}

static void work_done(struct work *work)
{
    for (size_t t = 0; t < team_size(work->team); t++)
        free(work->tile[t]);
    free(work->tile);
    free(work->rows);
}

/* The upper triangle, and whether all is finite. */
static bool finish(struct gram *gram)
{
    size_t width = gram->width;
    bool finite = true;
    for (size_t i = 0; i < width; i++) {
        finite = finite && isfinite(gram->moments[i * width + i]);
        for (size_t j = 0; j < i; j++)
            gram->moments[j * width + i] = gram->moments[i * width + j];
    }
    return finite;
}

enum status gram_make(struct gram *out, const struct gram_source *source, struct team *team,
                      const struct cancel *cancel, struct error *err)
{
    struct gram made = {.n = source->n, .width = source->width};
    struct work work = {.gram = &made, .cancel = cancel};
    enum status status = STATUS_OK;
    made.moments = mem_array(made.width, made.width * sizeof *made.moments);
    made.sum = mem_array(made.width, sizeof *made.sum);
    if (work_init(&work, source, team) && made.moments && made.sum)
        team_run(team, run_lane, &work);
    else
        status = error_set(err, STATUS_NO_MEMORY,
                           "no memory for the second moments of %zu numbers", made.width);
    if (!status && atomic_load(&work.stopped))
        status = error_set(err, STATUS_CANCELLED, "adding up second moments was stopped");
    if (!status && !finish(&made))
        status = error_set(err, STATUS_NUMERIC, "a row of the features is not finite");
    work_done(&work);
    if (status)
        gram_done(&made);
    else
        *out = made;
    return status;
}

void gram_done(struct gram *gram)
{
    free(gram->moments);
    free(gram->sum);
    *gram = (struct gram){0};
}
