/* Lists of floats in settings, equal to the bit when read again. */
#ifndef ENCODE_FLOATS_H
#define ENCODE_FLOATS_H

#include <stddef.h>

#include "base/error.h"

struct json;

struct json *floats_to_json(const float *values, size_t n);

/* Member `key` of an object into values [n]. STATUS_FORMAT when it is no list of n finite
 * floats; values are then unspecified. */
enum status floats_from_json(float *values, size_t n, const struct json *json,
                             const char *key, struct error *err);

#endif
