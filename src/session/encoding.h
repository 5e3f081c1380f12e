/* From a corpus to features: joins src/corpus, src/encode and src/core.
 *
 * Every distinct prompt, (prompt, context) and (prompt, response) becomes one row; pairs are
 * indices into them. Statistics of the encoder are fitted on what training pairs use, and stand in
 * the features' metadata with the encoder's name.
 */
#ifndef SESSION_ENCODING_H
#define SESSION_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/features.h"

struct corpus;
struct encoder;
struct encoder_choices;

struct encoding_options {
    const char *encoder;                   /* its name: encode/encoder.h */
    const struct encoder_choices *choices; /* NULL: none */
    const char *source;     /* name of the corpus file, for the metadata; NULL: none */
    bool heads_see_context; /* responses are encoded as answers to prompt and context, an
                               empty line between them, where a pair has a context */
    /* Bytes of the encoder's file, then `opened` once, then texts; NULL: nobody looks. */
    void (*progress)(void *self, double done, double total);
    void (*opened)(void *self); /* NULL: nobody asks */
    void *self;
    const struct cancel *cancel;
};

/* Features in memory. */
struct encoding {
    struct features features; /* arrays owned by the encoding */
    size_t n_texts, n_bytes;  /* encoded: prompts, contexts and responses */
    struct encoding_arrays *arrays;
    struct encoder *encoder; /* as fitted, owned; asked for its coverage */
};

/* All pairs must have a split (split_assign). STATUS_SHAPE for a corpus without pairs or without
 * training pairs, errors of encoder_create and of the encoder itself, STATUS_NO_MEMORY,
 * STATUS_CANCELLED. *encoding is created. */
enum status encoding_make(struct encoding *encoding, const struct corpus *corpus,
                          const struct encoding_options *options, struct error *err);
void encoding_done(struct encoding *encoding);

#endif
