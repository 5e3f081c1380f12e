/* Training, hold-out and test split, by prompt.
 *
 * The split of a prompt is a function of its plain text, the seed and the shares, and of
 * nothing else in the file: the same prompt falls in the same split in every corpus, so no
 * prompt leaks from training into the test. The test split does not depend on the hold-out
 * share.
 */
#ifndef CORPUS_SPLIT_H
#define CORPUS_SPLIT_H

#include "corpus/corpus.h"

struct split_options {
    double test, holdout; /* shares of the prompts, each in [0, 1], their sum at most 1 */
    uint64_t seed;
};

/* STATUS_USAGE when the shares are not such. */
enum status split_check(const struct split_options *options, struct error *err);

/* With u uniform in [0, 1) from the hash of text and seed: test when u < test, hold-out
 * when u < test + holdout, else training. */
enum corpus_split split_of_prompt(const char *text, size_t length,
                                  const struct split_options *options);

/* Gives a split to every pair that has none. Returns how many. */
size_t split_assign(struct corpus *corpus, const struct split_options *options);

#endif
