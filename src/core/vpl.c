#include "core/vpl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "base/vector.h"
#include "core/adam.h"
#include "core/logistic.h"
#include "core/recipe.h"

enum { START_STREAM = 0x56504c, ORDER_STREAM = 0x56504d };

struct vpl_options vpl_defaults(size_t context, uint64_t seed)
{
    return (struct vpl_options){.latent = 16,
                                .epochs = 20,
                                .batch = 64,
                                .context = context,
                                .learning_rate = 2e-3,
                                .beta = 1e-3,
                                .seed = seed};
}

struct work {
    struct vpl *vpl;
    const struct contrasts *contrasts;
    const int32_t *unit;
    const struct vpl_options *options;
    uint32_t *members, *order; /* rows unit by unit; rows that are trained on */
    size_t *start;             /* [n_units + 1] into members */
    size_t n, step, n_steps;
    float *gradient;   /* and the two moments behind it */
    float *read;       /* [width] mean direction of a context */
    double *z, *along; /* [latent] */
    struct rng rng;
    double loss;
};

static float *shift_of(const struct vpl *vpl, float *block, size_t l)
{
    return block + (1 + l) * vpl->width;
}

static float *reader_of(const struct vpl *vpl, float *block, size_t l)
{
    return block + (1 + vpl->latent + l) * vpl->width;
}

/* to += D / |D| / n */
static void add_direction(const struct contrasts *contrasts, size_t row, size_t n,
                          float *to)
{
    const float *x = contrasts_row(contrasts, row);
    double length = sqrt(vector_dot(x, x, contrasts->width));
    if (length > 0)
        vector_add(to, (float)(1 / length / (double)n), x, contrasts->width);
}

/* A context of the row's unit without the row itself. */
static void draw_context(struct work *work, uint32_t row)
{
    size_t u = (size_t)work->unit[row], most = work->options->context;
    size_t begin = work->start[u], n = work->start[u + 1] - begin;
    size_t wanted = most < n - 1 ? most : n - 1;
    memset(work->read, 0, work->vpl->width * sizeof *work->read);
    for (size_t i = 0; i < wanted;) {
        uint32_t other = work->members[begin + rng_below(&work->rng, n)];
        if (other == row)
            continue;
        add_direction(work->contrasts, other, wanted, work->read);
        i++;
    }
}

static void add_pair(struct work *work, uint32_t row, double share)
{
    struct vpl *vpl = work->vpl;
    size_t D = vpl->width, L = vpl->latent;
    const float *x = contrasts_row(work->contrasts, row);
    double margin = vector_dot(vpl->block, x, D), squares = 0;
    draw_context(work, row);
    for (size_t l = 0; l < L; l++) {
        work->z[l] = vector_dot(reader_of(vpl, vpl->block, l), work->read, D);
        work->along[l] = vector_dot(shift_of(vpl, vpl->block, l), x, D);
        margin += work->z[l] * work->along[l];
        squares += work->z[l] * work->z[l];
    }
    double wrong = -share * logistic(-margin), beta = share * work->options->beta;
    work->loss += -share * log_logistic(margin) + beta / 2 * squares;
    vector_add(work->gradient, (float)wrong, x, D);
    for (size_t l = 0; l < L; l++) {
        double d_z = wrong * work->along[l] + beta * work->z[l];
        vector_add(shift_of(vpl, work->gradient, l), (float)(wrong * work->z[l]), x, D);
        vector_add(reader_of(vpl, work->gradient, l), (float)d_z, work->read, D);
    }
}

static size_t parameters_of(const struct vpl *vpl)
{
    return (1 + 2 * vpl->latent) * vpl->width;
}

static void update(struct work *work)
{
    const struct recipe cosine = {.decay = DECAY_COSINE};
    size_t n = parameters_of(work->vpl);
    double rate =
        work->options->learning_rate * recipe_factor(&cosine, work->step, work->n_steps);
    struct adam adam = adam_constants(rate, 0, ++work->step);
    adam_update(&adam, work->vpl->block, work->gradient, work->gradient + n,
                work->gradient + 2 * n, n);
    memset(work->gradient, 0, n * sizeof *work->gradient);
}

static enum status train(struct work *work, struct error *err)
{
    size_t batch = work->options->batch;
    work->n_steps = work->options->epochs * ((work->n + batch - 1) / batch);
    for (size_t epoch = 0; epoch < work->options->epochs; epoch++) {
        rng_shuffle(&work->rng, work->order, work->n);
        for (size_t first = 0; first < work->n; first += batch) {
            size_t end = first + batch < work->n ? first + batch : work->n;
            work->loss = 0;
            for (size_t i = first; i < end; i++)
                add_pair(work, work->order[i], 1 / (double)(end - first));
            if (!isfinite(work->loss))
                return error_set(err, STATUS_NUMERIC, "VPL's loss is not finite");
            if (cancel_asked(work->options->cancel))
                return error_set(err, STATUS_CANCELLED, "training VPL was stopped");
            update(work);
        }
    }
    return STATUS_OK;
}

static void sort_units(struct work *work, size_t n_units)
{
    size_t n = work->contrasts->n;
    size_t *next = mem_alloc((n_units + 1) * sizeof *next);
    for (size_t i = 0; i < n; i++)
        if (work->unit[i] >= 0)
            work->start[work->unit[i] + 1]++;
    for (size_t u = 0; u < n_units; u++)
        work->start[u + 1] += work->start[u];
    memcpy(next, work->start, (n_units + 1) * sizeof *next);
    for (size_t i = 0; i < n; i++) {
        int32_t u = work->unit[i];
        if (u < 0)
            continue;
        work->members[next[u]++] = (uint32_t)i;
        if (work->start[u + 1] - work->start[u] > 1)
            work->order[work->n++] = (uint32_t)i;
    }
    free(next);
}

static void draw_start(struct work *work)
{
    struct vpl *vpl = work->vpl;
    struct rng rng;
    rng_init(&rng, work->options->seed, START_STREAM);
    for (size_t i = 0; i < parameters_of(vpl); i++)
        vpl->block[i] = (float)((2 * rng_uniform(&rng) - 1) / sqrt((double)vpl->width));
}

enum status vpl_fit(struct vpl *out, const struct contrasts *contrasts, const int32_t *unit,
                    size_t n_units, const struct vpl_options *options, struct error *err)
{
    struct vpl made = {.width = contrasts->width, .latent = options->latent};
    size_t n = parameters_of(&made), rows = contrasts->n + 1;
    struct work work = {.vpl = &made,
                        .contrasts = contrasts,
                        .unit = unit,
                        .options = options,
                        .members = mem_alloc(rows * sizeof *work.members),
                        .order = mem_alloc(rows * sizeof *work.order),
                        .start = mem_zero((n_units + 1) * sizeof *work.start),
                        .gradient = mem_array(3 * n, sizeof *work.gradient),
                        .read = mem_alloc(made.width * sizeof *work.read),
                        .z = mem_alloc(2 * made.latent * sizeof *work.z)};
    made.block = mem_array(n, sizeof *made.block);
    work.along = work.z + made.latent;
    rng_init(&work.rng, options->seed, ORDER_STREAM);
    sort_units(&work, n_units);
    enum status status = STATUS_OK;
    if (!made.block || !work.gradient)
        status = error_set(err, STATUS_NO_MEMORY, "no memory for VPL's %zu parameters", n);
    else if (!work.n)
        status = error_set(err, STATUS_SHAPE, "no unit has two training pairs");
    if (!status) {
        draw_start(&work);
        status = train(&work, err);
    }
    free(work.members);
    free(work.order);
    free(work.start);
    free(work.gradient);
    free(work.read);
    free(work.z);
    if (status)
        vpl_done(&made);
    else
        *out = made;
    return status;
}

void vpl_done(struct vpl *vpl)
{
    free(vpl->block);
    *vpl = (struct vpl){0};
}

void vpl_direction(const struct vpl *vpl, const struct contrasts *labels, float *direction)
{
    size_t D = vpl->width;
    float *read = mem_zero(D * sizeof *read);
    for (size_t i = 0; i < labels->n; i++)
        add_direction(labels, i, labels->n, read);
    memcpy(direction, vpl->block, D * sizeof *direction);
    for (size_t l = 0; l < vpl->latent; l++) {
        double z = vector_dot(reader_of(vpl, vpl->block, l), read, D);
        vector_add(direction, (float)z, shift_of(vpl, vpl->block, l), D);
    }
    free(read);
}
