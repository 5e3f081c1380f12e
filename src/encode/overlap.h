/* What a response shares with its prompt.
 *
 * The prompt is indexed once; its responses are then compared in time linear in their
 * length.
 *
 * Copied runs are the extractive fragments of Grusky et al. 2018 (Newsroom, section 4):
 * going through the response from left to right, the longest run of words that also stands
 * in the prompt is taken, and the search goes on behind it. Departures: runs of two words
 * or more are looked for at the first OVERLAP_CANDIDATES places of the prompt where their
 * first two words stand, and of two runs of equal length the earlier in the prompt is
 * taken. With F the runs, |f| their words and n the words of the response:
 *
 *     density = sum |f|^2 / n
 */
#ifndef ENCODE_OVERLAP_H
#define ENCODE_OVERLAP_H

#include <stddef.h>
#include <stdint.h>

#include "encode/tokens.h"
#include "encode/vocabulary.h"

enum { OVERLAP_CANDIDATES = 8 };

struct overlap; /* the index of one prompt, and scratch */

struct overlap *overlap_create(void);
void overlap_free(struct overlap *overlap); /* NULL is allowed */

/* Forgets the prompt before. `prompt` is borrowed until the next call. */
void overlap_index(struct overlap *overlap, const struct tokens *prompt,
                   const struct vocabulary *vocabulary);

/* Fractions in [0, 1] unless said otherwise, 0 when there is nothing to divide by. */
struct overlap_measures {
    double
        content_precision; /* of the response's words with a topic, those in the prompt */
    double
        bigram_precision; /* of the response's pairs of neighbours, those in the prompt */
    double recall;      /* of the prompt's different content words, those in the response */
    double salience;    /* mean log(1 + count in the prompt) of content words; nats */
    double density;     /* words, from 0 to n */
    double longest_run; /* words, 0 or at least 2 */
    double lead;        /* of the response's words, those in runs that lie mostly in the
                           prompt's first tenth */
    double copied_sentences; /* of the response's sentences, those inside one run */
};

/* After overlap_index. `classes` has those of each word of the response. */
void overlap_measure(struct overlap *overlap, const struct tokens *response,
                     const uint32_t *classes, struct overlap_measures *out);

#endif
