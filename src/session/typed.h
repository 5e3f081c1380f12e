/* A text that a user types, as a row of the router's input.
 *
 * The features say which encoder made them and with what settings; the same one encodes what is
 * typed, so that a typed prompt gives the very row it has in the features.
 *
 * A text must be valid UTF-8 and is refused otherwise, as it is in a corpus. Control characters
 * pass: encoders take them for spaces. Any length passes.
 */
#ifndef SESSION_TYPED_H
#define SESSION_TYPED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "core/features.h"

struct typed_text {
    const char *bytes; /* NULL: none */
    size_t length;
};

struct typed;

/* NULL on failure: STATUS_NOT_FOUND when the features name no encoder, or one that this program
 * does not have; STATUS_FORMAT when they lack its settings; STATUS_SHAPE when it makes rows of
 * another width than theirs. The features are not kept. */
struct typed *typed_create(const struct features *features, struct error *err);
/* The same with somebody who looks at what takes long: an encoder that runs elsewhere. */
struct encoder_watch;
struct typed *typed_open(const struct features *features, const struct encoder_watch *watch,
                         struct error *err);
void typed_free(struct typed *typed); /* NULL is allowed */

size_t typed_width(const struct typed *typed);      /* Dp */
bool typed_adds_context(const struct typed *typed); /* encoder_adds_context */

/* out [Dp]; context.bytes NULL: the prompt alone. STATUS_USAGE naming the byte that is no UTF-8;
 * out is then untouched. */
enum status typed_encode(struct typed *typed, struct typed_text prompt,
                         struct typed_text context, float *out, struct error *err);

/* The same for n prompts with one context, in one call of the encoder: out [n, Dp]. On failure out is
 * unspecified. */
enum status typed_encode_each(struct typed *typed, const struct typed_text *prompts,
                              size_t n, struct typed_text context, float *out,
                              struct error *err);

/* out [Dp]: what the context adds to the row of any prompt alone, for prompts whose texts are not at
 * hand. STATUS_USAGE as of typed_encode, and for an encoder that cannot do without the texts
 * (encoder_adds_context); out is then untouched. */
enum status typed_context_part(struct typed *typed, struct typed_text context, float *out,
                               struct error *err);

#endif
