/* Words that ask for a style, by concept.
 *
 * "Keep it short and skip the jargon" asks for concise and against technical. A concept has
 * many words and phrases, matched by stem; of several that fit at one place the longest
 * counts. A word that stands up to three words behind a negation of the same phrase ("not",
 * "avoid", "less", "rather than") counts against its concept. "Fluff" counts against
 * concise by itself, and for it when negated; "harm" speaks for safe either way.
 */
#ifndef ENCODE_LEXICON_H
#define ENCODE_LEXICON_H

#include <stdint.h>

#include "encode/tokens.h"

enum concept {
    CONCEPT_CONCISE,
    CONCEPT_CLEAR,
    CONCEPT_DETAILED,
    CONCEPT_TECHNICAL,
    CONCEPT_CREATIVE,
    CONCEPT_RIGOROUS,
    CONCEPT_FACTUAL,
    CONCEPT_FRIENDLY,
    CONCEPT_FORMAL,
    CONCEPT_NARRATIVE,
    CONCEPT_HUMOROUS,
    CONCEPT_PEDAGOGIC,
    CONCEPT_POETIC,
    CONCEPT_CULTURAL,
    CONCEPT_SAFE,
    CONCEPT_PRACTICAL,
    CONCEPT_COUNT
};

const char *concept_name(enum concept concept); /* "concise" ... */

struct lexicon;

struct lexicon *lexicon_create(void);
void lexicon_free(struct lexicon *lexicon); /* NULL is allowed */

/* counts: [CONCEPT_COUNT], occurrences for less occurrences against each concept. */
void lexicon_count(const struct lexicon *lexicon, const struct tokens *tokens,
                   int32_t counts[CONCEPT_COUNT]);

#endif
