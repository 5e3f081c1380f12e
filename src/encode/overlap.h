/* What a response shares with its prompt.
 *
 * The prompt is indexed once; its responses are then compared in time linear in their
 * length. Copied runs are the extractive fragments of Grusky et al. 2018 (Newsroom, section
 * 4): going through the response from left to right, the longest run of words that also
 * stands in the prompt is taken, and the search goes on behind it. Departures: runs of two
 * words or more are looked for at the first OVERLAP_CANDIDATES places of the prompt where
 * their first two words stand, and of two runs of equal length the earlier in the prompt is
 * taken. With F the runs and |f| their words:
 *
 *     coverage = sum |f| / n         density = sum |f|^2 / n          n: words of the
 * response
 */
#ifndef ENCODE_OVERLAP_H
#define ENCODE_OVERLAP_H

#include <stddef.h>
#include <stdint.h>

#include "encode/vocabulary.h"
#include "encode/words.h"

enum { OVERLAP_CANDIDATES = 8 };

struct overlap; /* the index of one prompt, and scratch */

struct overlap *overlap_create(void);
void overlap_free(struct overlap *overlap); /* NULL is allowed */

/* Forgets the prompt before. `prompt` is borrowed until the next call. */
void overlap_index(struct overlap *overlap, const struct words *prompt,
                   const struct vocabulary *vocabulary);

/* All are fractions in [0, 1] unless said otherwise, and 0 when there is nothing to divide
 * by. */
struct overlap_measures {
    double unigram_precision; /* of the response's words, those in the prompt */
    double content_precision; /* the same of words with a topic */
    double bigram_precision;
    double trigram_precision;
    double recall;   /* of the prompt's different content words, those in the response */
    double salience; /* mean log(1 + count in the prompt) of content words */
    double coverage;
    double density;     /* words; from 0 to n */
    double longest_run; /* words */
    double n_runs;      /* runs of two words or more, per word of the response */
    double lead;     /* of the response's words, those in runs from the first tenth of the
                        prompt */
    double position; /* mean place in the prompt of copied words, 0 first, 1 last */
    double spread;   /* standard deviation of that place */
    double order;    /* of successive runs, those that go forward in the prompt */
    double novel_numbers;    /* of the response's numbers, those that the prompt lacks */
    double novel_names;      /* of capitalised words inside sentences, those that the prompt
                                lacks */
    double copied_sentences; /* of sentences, those that are one run */
};

void overlap_measure(struct overlap *overlap, const struct words *response,
                     const uint32_t *classes, struct overlap_measures *out);

#endif
