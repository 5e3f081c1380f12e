/* Features whose prompts carry a typed context, for whatever routes by prompts.
 *
 * An encoder that adds a context (encoder_adds_context) needs no texts: typed_context_part says what the
 * context does to any prompt. One that does not, such as a server's, has to be asked for every prompt
 * together with the context; then the corpus supplies the prompts' texts.
 */
#ifndef SESSION_ROUTED_H
#define SESSION_ROUTED_H

#include <stdbool.h>

#include "base/error.h"
#include "core/features.h"
#include "encode/encoder.h"
#include "session/typed.h"

struct corpus;

struct routed {
    struct features
        features; /* those given, but for the matrix of prompts; not to be done */
    float *rows;  /* (P, Dp) owned */
};

/* Does a context change the prompts of these features in a way that only their texts can tell? False also
 * when no encoder can be opened for them: whoever then encodes says why. */
bool routed_wants_texts(const struct features *features);

/* Encodes the prompts that pairs of the attribute (-1: of all) in the train and test splits have, with the
 * context; the others stay as they are. The features and the corpus, which must be theirs (origin_check), are
 * borrowed. Errors of typed_open and typed_encode_each, STATUS_SHAPE for another number of prompts,
 * STATUS_NO_MEMORY. watch may be NULL. */
enum status routed_open(struct routed *routed, const struct features *features,
                        const struct corpus *corpus, int attribute,
                        struct typed_text context, const struct encoder_watch *watch,
                        struct error *err);
void routed_done(struct routed *routed); /* all zero is allowed */

#endif
