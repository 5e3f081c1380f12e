/* The normalizer of a tokenizer.json: steps that rewrite a text before it is cut.
 *
 * Known: Sequence, BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD, StripAccents, Strip, Nmt, Prepend,
 * Precompiled (precompiled.h), and Replace of a text or of the patterns " {2,}", "\\s+" and "\\s{2,}".
 */
#ifndef ENCODE_NORMALIZER_H
#define ENCODE_NORMALIZER_H

#include "base/error.h"
#include "base/text.h"

struct json;
struct normalizer;

/* Of the member "normalizer"; NULL or a null that is written: no steps. NULL on failure: STATUS_FORMAT
 * naming the step. */
struct normalizer *normalizer_open(const struct json *json, struct error *err);
void normalizer_free(struct normalizer *normalizer); /* NULL is allowed */

/* Rewrites the text, which is valid UTF-8 and stays so, in place; `spare` is scratch. */
void normalizer_apply(const struct normalizer *normalizer, struct text *text,
                      struct text *spare);

#endif
