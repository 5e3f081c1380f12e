/* Sentencepiece's own normalisation, as tokenizer.json carries it: a table from short byte sequences to
 * what stands for them.
 *
 *     base64 of:  n, unsigned 32 bits little-endian; n bytes of a double-array trie (darts-clone),
 *                 32-bit units; texts, each ended by NUL
 *
 * The trie's value of a sequence is the place of its text. A grapheme of fewer than 6 bytes is looked up
 * whole, else, or when it is not there, each of its characters; what begins with an entry becomes its text
 * (the shortest entry's, as the reference implementation has it), the rest stays.
 */
#ifndef ENCODE_PRECOMPILED_H
#define ENCODE_PRECOMPILED_H

#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

struct precompiled;

/* NULL on failure: STATUS_FORMAT. An empty text is an empty table. */
struct precompiled *precompiled_open(const char *base64, struct error *err);
void precompiled_free(struct precompiled *precompiled); /* NULL is allowed */

/* Appends the rewritten text. */
void precompiled_apply(const struct precompiled *precompiled, const char *bytes,
                       size_t length, struct text *out);

#endif
