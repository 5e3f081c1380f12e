/* Counts of a corpus, for `microscope info`. */
#ifndef CORPUS_CENSUS_H
#define CORPUS_CENSUS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "corpus/corpus.h"

/* Conflicts between attributes are counted for at most so many of them, the first ones. */
enum { CENSUS_ATTRIBUTES_MAX = 256 };

/* Lengths of distinct texts that pairs use: code points, and words between white space. A
 * percentile p is the smallest length that at least p % of the texts do not exceed. */
struct census_lengths {
    size_t n;
    double mean_characters, mean_words;
    size_t median_characters, median_words, p95_characters, p95_words;
};

/* Two responses to one prompt that are judged under both attributes: how often the verdicts
 * differ. A verdict is what most pairs of the attribute say; where they are even there is
 * none. */
struct census_conflict {
    int32_t a, b; /* attributes, a < b */
    size_t n, n_differ;
};

struct census {
    size_t n_pairs, n_prompts, n_responses, n_contexts, n_users, n_attributes, n_origins;
    size_t n_splits[CORPUS_SPLIT_COUNT], n_unsplit;
    /* (n_attributes + 1) x (CORPUS_SPLIT_COUNT + 1); last row: no attribute, last column:
     * unsplit. */
    size_t *n_by_attribute;
    size_t *n_by_origin; /* n_origins + 1; last: no origin */
    size_t n_rated;      /* pairs with both ratings */
    size_t n_judged;     /* prompts' pairs of responses that are judged at least once */
    size_t n_repeated;   /* pairs that say what an earlier one says: same texts, attribute,
                            context, user */
    size_t n_contradicted; /* pairs that say the opposite of another with the same
                              attribute, context, user */
    size_t n_same_ids;     /* pairs whose id an earlier one has */
    size_t n_leaking;      /* prompts with pairs in more than one split */
    struct census_lengths prompts, responses;
    struct census_conflict *conflicts; /* those with n > 0, by a, then b */
    size_t n_conflicts;
};

/* STATUS_NO_MEMORY. Names stand in the corpus. */
enum status census_take(struct census *census, const struct corpus *corpus,
                        struct error *err);
void census_done(struct census *census);

#endif
