#include "core/ensemble.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/rng.h"
#include "core/bt.h"

enum { FROZEN_STREAM = 0x1000, START_STREAM = 0x2000, RESAMPLE_STREAM = 0x3000 };

const char *const ensemble_kind_names[] = {"plain", "anchored", "bootstrap", NULL};

static void draw(uint64_t seed, uint64_t stream, double reach, size_t width, float *out)
{
    struct rng rng;
    rng_init(&rng, seed, stream);
    for (size_t d = 0; d < width; d++)
        out[d] = (float)((2 * rng_uniform(&rng) - 1) * reach);
}

void ensemble_draw(const struct ensemble_options *options, size_t k, size_t width,
                   float *frozen, float *start)
{
    double reach = 1 / sqrt((double)width);
    draw(options->seed, FROZEN_STREAM + k, options->prior * reach, width, frozen);
    if (start)
        draw(options->seed, START_STREAM + k, reach, width, start);
}

/* How often each pair is in a sample of all that is drawn with replacement. */
static double *resample(uint64_t seed, size_t k, size_t n)
{
    struct rng rng;
    double *times = mem_zero((n + 1) * sizeof *times);
    rng_init(&rng, seed, RESAMPLE_STREAM + k);
    for (size_t i = 0; i < n; i++)
        times[rng_below(&rng, n)] += 1;
    return times;
}

enum status ensemble_fit(const struct contrasts *contrasts,
                         const struct ensemble_options *options, size_t k, float *head,
                         struct error *err)
{
    size_t width = contrasts->width;
    bool anchored = options->kind == ENSEMBLE_ANCHORED;
    double *w = mem_zero(2 * width * sizeof *w), *frozen = w + width;
    double *times = anchored ? NULL : resample(options->seed, k, contrasts->n);
    ensemble_draw(options, k, width, head, NULL);
    for (size_t d = 0; d < width; d++)
        w[d] = frozen[d] = (double)head[d];
    struct bt_problem problem = {.contrasts = contrasts,
                                 .weight = times,
                                 .centre = anchored ? frozen : NULL,
                                 .ridge = options->ridge * (double)contrasts->n,
                                 .tolerance = 1e-6,
                                 .iterations = 500,
                                 .cancel = options->cancel};
    enum status status = bt_fit(&problem, w, NULL, err);
    for (size_t d = 0; d < width && !status; d++)
        head[d] = (float)w[d];
    free(times);
    free(w);
    return status;
}
