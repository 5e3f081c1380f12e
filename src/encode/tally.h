/* What the words of a text add up to, in one pass over them. */
#ifndef ENCODE_TALLY_H
#define ENCODE_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "encode/tokens.h"
#include "encode/vocabulary.h"

struct tally {
    uint32_t classes[CLASS_COUNT];
    uint32_t bytes;        /* of all words */
    uint32_t long_words;   /* over six bytes */
    uint32_t numbers;      /* in digits */
    uint32_t names;        /* capitalised content words inside sentences */
    uint32_t contractions; /* n't 're 've 'll 'd 'm; not 's, which is mostly possessive */
    uint32_t adjectives;   /* by their endings: -ous -ful -ive -able ... */
    uint32_t past;         /* irregular forms and the ending -ed */
    uint32_t different;    /* words, each counted once */
    uint32_t repeated_bigrams, repeated_trigrams; /* that stood in the text before */

    /* Of sentences: the first word is in small letters, or of that class. */
    uint32_t small_starts, imperative_starts;
    double sentence_squares; /* sum over sentences of their words squared */
};

struct tally_scratch;
struct tally_scratch *
tally_scratch_create(const struct vocabulary *vocabulary); /* borrowed */
void tally_scratch_free(struct tally_scratch *scratch);    /* NULL is allowed */

void tally_tokens(struct tally_scratch *scratch, const struct tokens *tokens,
                  struct tally *out);

/* Classes of each word of the text last tallied; valid until the next one. */
const uint32_t *tally_classes(const struct tally_scratch *scratch);

#endif
