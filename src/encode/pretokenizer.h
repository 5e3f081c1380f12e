/* The pre-tokenizer of a tokenizer.json: cuts a normalised text into words, which the model then cuts into
 * pieces.
 *
 * Known: Sequence, BertPreTokenizer, Whitespace, WhitespaceSplit, Punctuation (isolated), Digits, Metaspace.
 */
#ifndef ENCODE_PRETOKENIZER_H
#define ENCODE_PRETOKENIZER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

struct json;
struct pretokenizer;

/* Words of a text: bytes [start, end) of it. */
struct words {
    struct text text;
    struct word {
        size_t start, end;
    } * list;
    size_t n, room;
};
void words_add(struct words *words, size_t start, size_t end); /* unless it is empty */
void words_done(struct words *words);                          /* all zero is allowed */

/* Of the member "pre_tokenizer"; NULL or a null that is written: no steps. NULL on failure:
 * STATUS_FORMAT naming the step. */
struct pretokenizer *pretokenizer_open(const struct json *json, struct error *err);
void pretokenizer_free(struct pretokenizer *pretokenizer); /* NULL is allowed */

/* Cuts further what is in words; is_first: the text is the beginning of what is encoded. `spare` is
 * scratch. */
void pretokenizer_cut(const struct pretokenizer *pretokenizer, struct words *words,
                      struct words *spare, bool is_first);

#endif
