/* The tokenizer of a tokenizer.json (Hugging Face's format): text into numbers of tokens.
 *
 *   1. added tokens that are matched in the text as it is, are cut out
 *   2. what is between them is normalized (normalizer.h); other added tokens are cut out of that
 *   3. what is left is cut into words (pretokenizer.h), and words into pieces (subword.h)
 *
 * Special tokens are not added at the ends (post_processor is not read). Of several added tokens at one
 * place the longest counts. What a file asks for that is not known here is refused with its name.
 */
#ifndef ENCODE_TOKENIZER_H
#define ENCODE_TOKENIZER_H

#include <stddef.h>

#include "base/error.h"
#include "encode/subword.h"

struct tokenizer;

/* NULL on failure: STATUS_NOT_FOUND, STATUS_IO, STATUS_FORMAT naming file and member. */
struct tokenizer *tokenizer_open(const char *path, struct error *err);
void tokenizer_free(struct tokenizer *tokenizer); /* NULL is allowed */

size_t tokenizer_count(const struct tokenizer *tokenizer);    /* largest number + 1 */
int32_t tokenizer_unknown(const struct tokenizer *tokenizer); /* -1: there is none */
/* Of the lengths of all tokens in characters; of two middle ones their mean, without its fraction. */
size_t tokenizer_median_length(const struct tokenizer *tokenizer);

/* Puts the tokens of the text in place of those in ids. Any bytes; those that are no UTF-8 count as
 * U+FFFD. Cut to the file's own "truncation" when it has one. */
void tokenizer_encode(struct tokenizer *tokenizer, const char *bytes, size_t length,
                      struct token_ids *ids);

#endif
