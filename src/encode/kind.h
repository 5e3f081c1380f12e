/* What a kind of encoder supplies. encoder.c adds the rest: standardisation, names,
 * settings.
 *
 * `self` is what open returned. Rows are raw: a kind knows nothing of statistics.
 */
#ifndef ENCODE_KIND_H
#define ENCODE_KIND_H

#include <stddef.h>

#include "encode/encoder.h"
#include "encode/standard.h"

struct encoder_kind {
    const char *name;
    bool adds_context; /* encoder_adds_context */
    void *(*open)(const struct json *settings, struct error *err); /* NULL on failure */
    void (*close)(void *self);
    size_t (*width)(const void *self, enum encoder_side side);
    const char *(*feature)(const void *self, enum encoder_side side, size_t index);
    enum scaling (*scaling)(const void *self, enum encoder_side side, size_t index);
    enum status (*prompts)(void *self, const struct encoder_prompt *texts, size_t n,
                           float *out, struct error *err);
    enum status (*responses)(void *self, const struct encoder_response *texts, size_t n,
                             float *out, struct error *err);
    void (*settings)(const void *self,
                     struct json *object); /* adds its own to the object */
};

#endif
