/* The fingerprint of an encoder that runs elsewhere: a few texts and the vectors that it gave them.
 *
 * Kept with the features that it made, and held against the server's vectors of the same texts
 * later: other weights, pooling, templates or truncation show in the direction, normalisation in the
 * length, a token too many in the count.
 */
#ifndef ENCODE_FINGERPRINT_H
#define ENCODE_FINGERPRINT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { FINGERPRINT_TEXTS = 8 };

struct json;

/* All zero: none. */
struct fingerprint {
    size_t width;
    double tokens; /* of all texts, as counted by the server; 0: not counted */
    float *rows;   /* [FINGERPRINT_TEXTS, width]; owned */
};

const char *fingerprint_text(size_t i); /* i < FINGERPRINT_TEXTS */
void fingerprint_done(struct fingerprint *fingerprint);

/* Every row has length 1, to a thousandth. */
bool fingerprint_is_unit(const struct fingerprint *fingerprint);

/* Do two fingerprints come from the same encoder: cosine above 0.999 and lengths within 1 % for every
 * text, and as many tokens where both were counted? STATUS_SHAPE for another width, STATUS_FAILED
 * with what differs otherwise. */
enum status fingerprint_compare(const struct fingerprint *now,
                                const struct fingerprint *before, struct error *err);

/* {"tokens", "rows": base64}. */
struct json *fingerprint_to_json(const struct fingerprint *fingerprint);
/* STATUS_FORMAT when it is not of that shape with `width` values a row. *fingerprint is created. */
enum status fingerprint_from_json(struct fingerprint *fingerprint, size_t width,
                                  const struct json *json, struct error *err);

#endif
