/* What a context does to the rows of prompts.
 *
 * For an encoder that adds contexts (encoder_adds_context) it is the same for every prompt: `part`, and
 * exact. Another one, such as a server's, has to read each prompt together with the context; then `rows`
 * has those that it has read, and every other prompt is estimated by adding `part`, the mean of what the
 * context did to those.
 *
 * An effect does not change once it is made and is counted, so that threads may share it.
 */
#ifndef SESSION_EFFECT_H
#define SESSION_EFFECT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "core/features.h"
#include "session/typed.h"

struct corpus;

struct effect {
    size_t width; /* Dp */
    float *part;  /* [Dp] */
    size_t n;     /* prompts that were read together with the context; 0: part is exact */
    uint32_t *prompts; /* [n] rows of the features' prompts, ascending */
    float *rows;       /* (n, Dp) with the context */
    atomic_size_t count;
};

/* Takes part over. */
struct effect *effect_of_part(float *part, size_t width);
/* Takes prompts [n], ascending, and rows (n, Dp) over; n >= 1. */
struct effect *effect_of_rows(const struct features *features, uint32_t *prompts,
                              float *rows, size_t n);
struct effect *effect_ref(struct effect *effect); /* NULL is allowed, here and below */
void effect_unref(struct effect *effect);

/* Whether the prompt's row is known, and not estimated. */
bool effect_has(const struct effect *effect, uint32_t prompt);
/* out [Dp]: the row of the prompt with the context. */
void effect_write(const struct effect *effect, const struct features *features,
                  uint32_t prompt, float *out);

/* Marks the prompts of the pairs of an attribute (-1: of all) in the train and test splits; marks [P] may
 * hold some already. */
void effect_mark(const struct features *features, int attribute, uint8_t *marks);
/* The marked ones, ascending: how many. */
size_t effect_list(const struct features *features, const uint8_t *marks,
                   uint32_t *prompts);

struct effect_wish {
    const struct features *features;
    const struct corpus
        *corpus; /* of the features; NULL: for an encoder that adds contexts */
    struct typed_text context;
    const uint32_t *prompts; /* [n] ascending: to be read together with the context */
    size_t n;
    const struct effect
        *before; /* of this context: what is in it is not read again; may be NULL */
};

/* Asks the encoder of the features, in one call. With an encoder that adds contexts, prompts are not
 * looked at. NULL on failure: errors of typed_encode_each; STATUS_USAGE without a corpus, STATUS_SHAPE for one of
 * another number of prompts or when there is no prompt, STATUS_NO_MEMORY. */
struct effect *effect_encode(struct typed *typed, const struct effect_wish *wish,
                             struct error *err);

#endif
