/* Classes of English words: which words hedge, address the reader, connect sentences ...
 *
 * A word has any number of classes. Looking one up costs one probe of a small hash table,
 * so all classes of a text are counted in one pass over its words. Words are compared by
 * their 64-bit hashes, whose chance of a false hit is below 1e-15 per word.
 */
#ifndef ENCODE_VOCABULARY_H
#define ENCODE_VOCABULARY_H

#include <stddef.h>
#include <stdint.h>

#include "encode/tokens.h"

enum word_class {
    CLASS_FUNCTION,   /* articles, prepositions, pronouns, auxiliaries: no topic in them */
    CLASS_HEDGE,      /* perhaps, may, seems */
    CLASS_BOOSTER,    /* very, certainly, always */
    CLASS_POLITE,     /* please, thanks, sorry, glad */
    CLASS_FIRST,      /* I, we, my */
    CLASS_SECOND,     /* you, your */
    CLASS_THIRD,      /* he, they, this, which refer to something said before */
    CLASS_CONNECTIVE, /* because, however, then */
    CLASS_NEGATION,   /* not, never, without */
    CLASS_NUMERAL,    /* two, dozen, half */
    CLASS_IMPERATIVE, /* verbs that open a request: write, explain, list */
    CLASS_QUESTION,   /* what, how, why */
    CLASS_PAST,       /* irregular past forms: was, went, took */
    CLASS_HUMOUR,     /* joke, haha, silly */
    CLASS_EXAMPLE,    /* example, instance, imagine */
    CLASS_POSITIVE,   /* good, love, excellent */
    CLASS_NEGATIVE,   /* bad, poor, fails */
    CLASS_COUNT
};

struct vocabulary;

struct vocabulary *vocabulary_create(void);
void vocabulary_free(struct vocabulary *vocabulary); /* NULL is allowed */

/* Bit 1 << class for each class of the word with this hash. */
uint32_t vocabulary_classes(const struct vocabulary *vocabulary, uint64_t hash);

#endif
