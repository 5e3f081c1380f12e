/* Router inputs for a context that somebody types: the prompts of the features, as if each
 * had been sent with this context.
 */
#ifndef SESSION_TYPED_H
#define SESSION_TYPED_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "core/features.h"

enum { TYPED_CONTEXT_MAX = 65536 }; /* bytes */

/* out[i] = the row of prompt which[i] together with the context: (n, Dp), by the encoder
 * and the settings that the features name. The texts of the prompts are not needed.
 * STATUS_USAGE for a context that is empty, too long, no UTF-8 or holds control characters;
 * STATUS_NOT_FOUND when the features name no encoder or hold no prompts; STATUS_FORMAT or
 * STATUS_SHAPE when its settings are damaged or of other sizes; STATUS_USAGE when it needs
 * the texts (encoder_adds_context). */
enum status typed_rows(const struct features *features, const char *context,
                       const uint32_t *which, size_t n, float *out, struct error *err);

#endif
