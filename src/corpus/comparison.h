/* Comparisons: the pairs of a corpus put so that all judgements about the same two
 * responses to the same prompt lie side by side. */
#ifndef CORPUS_COMPARISON_H
#define CORPUS_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "corpus/corpus.h"

struct comparison {
    int32_t prompt, first, second; /* first < second: the two responses */
    int32_t attribute;             /* -1: none */
    int32_t context, user;         /* -1: none */
    uint32_t pair;                 /* of corpus->pairs */
    bool first_chosen;
};

/* All pairs, ordered by prompt, first, second, attribute, context, user, pair; free() it.
 * NULL and STATUS_NO_MEMORY when there is no memory. */
struct comparison *comparisons_of(const struct corpus *corpus, struct error *err);

/* How far comparisons must be alike to lie in one run. */
enum comparison_level {
    COMPARISON_RESPONSES, /* same prompt, same two responses */
    COMPARISON_ATTRIBUTE, /* and the same attribute */
    COMPARISON_JUDGE,     /* and the same context and user */
};

/* The end of the run of like comparisons that starts at i. */
size_t comparison_run(const struct comparison *comparisons, size_t n, size_t i,
                      enum comparison_level level);

/* Which response more of comparisons[i .. end) chose: 1 the first, -1 the second, 0 a tie.
 */
int comparison_verdict(const struct comparison *comparisons, size_t i, size_t end);

/* Drops the training pairs about two responses on which every attribute of the corpus
 * (there are at least two) gives its verdict and all verdicts are the same: such pairs do
 * not tell attributes apart. *n_dropped counts them. */
enum status comparison_drop_unanimous(struct corpus *corpus, size_t *n_dropped,
                                      struct error *err);

#endif
