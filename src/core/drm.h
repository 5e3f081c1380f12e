/* Heads that are not trained: principal components of what sets responses apart, each with both
 * signs (DRM), and random directions as a control (docs/equations.md E31). What makes them of use
 * is reweighting by labelled pairs (core/hyre.h), standardised.
 */
#ifndef CORE_DRM_H
#define CORE_DRM_H

#include <stddef.h>
#include <stdint.h>

#include "core/pca.h"

/* heads (2 n_components, width): +c_0, +c_1 ..., then -c_0, -c_1 ... */
void drm_heads(const struct pca *pca, float *heads);

enum drm_random { DRM_UNIFORM, DRM_GAUSSIAN };

/* heads (n_heads, width) of length 1, drawn uniform in [-1, 1] or normal, and then scaled. */
void drm_random_heads(enum drm_random kind, size_t n_heads, size_t width, uint64_t seed,
                      float *heads);

#endif
