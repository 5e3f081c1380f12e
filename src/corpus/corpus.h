/* A corpus of preference pairs, as text.
 *
 * Call order: start from an all-zero struct corpus; fill it by corpus_read, import_file, or pair by
 * pair:
 *
 *     struct pair pair = PAIR_NONE;
 *     pair.prompt = passages_add_text(&corpus->prompts, "Why is the sky blue?");
 *     pair.chosen = passages_add_text(&corpus->responses, "...");
 *     pair.rejected = passages_add_text(&corpus->responses, "...");
 *     pair.attribute = passages_add_text(&corpus->attributes, "clarity");
 *     corpus_add(corpus, &pair);
 *
 * then read its fields at will; corpus_done frees it. Memory grows with the distinct texts: a pair
 * itself takes 64 bytes.
 *
 * The file (docs/formats.md): JSON Lines, one pair a line,
 *     {"id", "prompt", "chosen", "rejected", "attribute", "context", "user", "split",
 *      "chosen_rating", "rejected_rating", "origin", and any other key}
 * of which prompt, chosen and rejected are required. null is the same as a key left out.
 * Other keys are kept to the letter.
 */
#ifndef CORPUS_CORPUS_H
#define CORPUS_CORPUS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "corpus/passage.h"

/* Numbered as in a features file (pair.split, docs/formats.md). */
enum corpus_split {
    CORPUS_UNSPLIT = -1, /* the record did not say and nobody has yet */
    CORPUS_TRAIN,
    CORPUS_HOLDOUT,
    CORPUS_TEST,
    CORPUS_SPLIT_COUNT,
};
const char *
corpus_split_name(enum corpus_split split); /* "train", "holdout", "test", "unsplit" */

/* One comparison: chosen was preferred to rejected as an answer to prompt. The numbers
 * index the sets of passages of struct corpus; -1: none. */
struct pair {
    const char *id; /* NULL: none. Need not be unique */
    int32_t prompt, chosen, rejected;
    int32_t attribute; /* what was judged */
    int32_t context;   /* the criterion in words, to be put beside the prompt */
    int32_t user;      /* who judged */
    int32_t origin;    /* import format and file name */
    int32_t extra;     /* other keys, as the inside of a JSON object: "a":1,"b":[2] */
    enum corpus_split split;
    double chosen_rating, rejected_rating; /* NaN: none */
};

/* A pair of which nothing is known yet. */
#define PAIR_NONE                                                                          \
    ((struct pair){.prompt = -1,                                                           \
                   .chosen = -1,                                                           \
                   .rejected = -1,                                                         \
                   .attribute = -1,                                                        \
                   .context = -1,                                                          \
                   .user = -1,                                                             \
                   .origin = -1,                                                           \
                   .extra = -1,                                                            \
                   .split = CORPUS_UNSPLIT,                                                \
                   .chosen_rating = (double)NAN,                                           \
                   .rejected_rating = (double)NAN})

struct corpus {
    struct pair *pairs;
    size_t n_pairs, pairs_room;
    struct passages prompts, responses, contexts;       /* of any form */
    struct passages attributes, users, origins, extras; /* strings */
    struct arena ids;
    size_t n_equal; /* records left out because chosen and rejected are the same text */
};

/* Whom to tell how far long work is and when to stop; all zero for nobody. */
struct corpus_watch {
    void (*progress)(void *self, uint64_t done, uint64_t total); /* total 0: not known */
    void *self;
    const struct cancel *cancel;
};

/* Appends a copy of the pair, which must have prompt, chosen and rejected. A pair whose
 * responses are the same passage says nothing: it is left out and counted in n_equal.
 * Returns whether the pair was taken. */
bool corpus_add(struct corpus *corpus, const struct pair *pair);

/* Reads a corpus file (.gz or not, "-" is standard input) into the all-zero *corpus;
 * progress is in bytes of the file. Pairs without a split stay CORPUS_UNSPLIT (see
 * split_assign). STATUS_FORMAT naming file, line and key for what is no such record;
 * STATUS_CANCELLED. On failure *corpus stays empty. */
enum status corpus_read(struct corpus *corpus, const char *path,
                        const struct corpus_watch *watch, struct error *err);

/* Writes the pairs in order, one a line; progress is in pairs. The file appears when it is
 * whole. */
enum status corpus_write(const struct corpus *corpus, const char *path,
                         const struct corpus_watch *watch, struct error *err);

/* STATUS_NO_MEMORY when there is no number left for the pairs and texts of another record.
 */
enum status corpus_check_room(const struct corpus *corpus, struct error *err);

/* Hash of everything that corpus_write would write, in order; the same on every machine. */
uint64_t corpus_hash(const struct corpus *corpus);
void corpus_done(struct corpus *corpus);

#endif
