/* A corpus read by a model's own encoder, which the model's file names with its settings: its
 * prompts and contexts as features in memory, so that a model can be asked about a corpus
 * without features of it at hand. Responses are not encoded.
 */
#ifndef SESSION_READING_H
#define SESSION_READING_H

#include "base/error.h"
#include "base/jobs.h"
#include "core/features.h"

struct corpus;
struct json;

struct reading {
    /* Prompts and contexts of the pairs that have a context; pair i is the corpus' pair i. The
     * metadata are the model's. No row is chosen or rejected. */
    struct features features;
    struct reading_arrays *arrays;
};

/* corpus and metadata (the model's) are borrowed. With with_contexts false nothing is encoded and
 * no pair has a context. STATUS_NOT_FOUND when the model does not name its encoder with its
 * settings; else errors of encoder_open and encoder_prompts, STATUS_NO_MEMORY, STATUS_CANCELLED.
 * *out is created. */
enum status reading_open(struct reading *out, const struct corpus *corpus,
                         const struct json *metadata, bool with_contexts,
                         const struct cancel *cancel, struct error *err);
void reading_done(struct reading *reading);

#endif
