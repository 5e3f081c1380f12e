/* Standardisation: the statistics of training rows, and rows put on their scale.
 *
 *     y = clamp((x - mean) * scale, -STANDARD_LIMIT, STANDARD_LIMIT)
 *
 * What mean and scale are depends on the feature:
 *   SCALING_CENTRED  mean and 1 / standard deviation over the rows
 *   SCALING_PRESENT  0 and 1 / root mean square over those rows in which any feature of
 *                    this scaling is not 0: for a part that many rows lack, so that 0 stays
 *                    0 and means the same as lacking it
 *   SCALING_NONE     0 and 1, and no limit: it stays what it is
 * A feature that does not vary over these rows gets scale 0.
 */
#ifndef ENCODE_STANDARD_H
#define ENCODE_STANDARD_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define STANDARD_LIMIT 6.0f

enum scaling { SCALING_NONE, SCALING_CENTRED, SCALING_PRESENT };

/* All zero: not fitted, rows stay as they are. */
struct standard {
    size_t width;
    float *mean, *scale; /* (width) each, one block; NULL: not fitted */
};

struct json;

/* scaling: [width]. Rows which[i], i < n, of `rows` [*, width], or the first n when which
 * is NULL. STATUS_SHAPE for n of 0, STATUS_NUMERIC for a value that is not finite. */
enum status standard_fit(struct standard *standard, const enum scaling *scaling,
                         size_t width, const float *rows, const uint32_t *which, size_t n,
                         struct error *err);
void standard_apply(const struct standard *standard, float *rows, size_t n);
void standard_done(struct standard *standard);

/* {"mean": [...], "scale": [...]}, equal to the bit when read again. */
struct json *standard_to_json(const struct standard *standard);
/* STATUS_FORMAT when it is not of that shape, with `width` numbers each. */
enum status standard_from_json(struct standard *standard, size_t width,
                               const struct json *json, struct error *err);

#endif
