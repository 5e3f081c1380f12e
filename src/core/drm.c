#include "core/drm.h"

#include <math.h>

#include "base/rng.h"
#include "core/linalg.h"

enum { UNIFORM_STREAM = 0x4452554e, GAUSSIAN_STREAM = 0x44524741 };

void drm_heads(const struct pca *pca, float *heads)
{
    size_t half = pca->n_components * pca->width;
    for (size_t i = 0; i < half; i++) {
        heads[i] = (float)pca->components[i];
        heads[half + i] = -heads[i];
    }
}

void drm_random_heads(enum drm_random kind, size_t n_heads, size_t width, uint64_t seed,
                      float *heads)
{
    struct rng rng;
    rng_init(&rng, seed, kind == DRM_UNIFORM ? UNIFORM_STREAM : GAUSSIAN_STREAM);
    for (size_t k = 0; k < n_heads; k++) {
        float *head = heads + k * width;
        for (size_t d = 0; d < width; d++)
            head[d] =
                (float)(kind == DRM_UNIFORM ? 2 * rng_uniform(&rng) - 1 : rng_normal(&rng));
        double length = sqrt(linalg_square_sum(head, width));
        for (size_t d = 0; d < width && length > 0; d++)
            head[d] = (float)((double)head[d] / length);
    }
}
