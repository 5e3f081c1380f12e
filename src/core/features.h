/* The features of one data set: rows of numbers, and pairs as indices into them.
 *
 * Immutable once open. Matrices are borrowed views of the mapped file, so opening costs the header
 * and not the data, and non-finite values are found where they are used.
 *
 * Layouts read (docs/formats.md says them in full):
 *   microscope   prompt [P, Dp], context [Q, Dp], response [R, Dr], pair.* [N] I32
 *   raw          prompt, chosen, rejected [N, D], attribute [N]?   also as three .npy
 *   armo-rated   embeddings [N, d], labels [N, A]: rated responses, no pairs
 *   armo-pairs   embeddings [N, 2, d], prompt_embeddings [N, 2, d]; slot 0 is the chosen one
 */
#ifndef CORE_FEATURES_H
#define CORE_FEATURES_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "io/dtype.h"

enum split { SPLIT_TRAIN, SPLIT_HOLDOUT, SPLIT_TEST, SPLIT_COUNT };
const char *split_name(enum split split); /* "train", "holdout", "test" */

struct json;

struct features {
    struct rows prompt;           /* (P, Dp) router input of stage 1; no rows: features without prompts */
    struct rows context;          /* (Q, Dp) prompt together with context, or no rows */
    struct rows chosen, rejected; /* (R, Dr); the same matrix in our own layout */
    struct rows labels;           /* (R, A) ratings, NaN for missing; armo-rated only */

    size_t n_pairs;
    /* Per pair, n_pairs each; -1 where a pair has none. Never NULL but for user. */
    const int32_t *pair_prompt;    /* row of prompt */
    const int32_t *pair_context;   /* row of context or -1 */
    const int32_t *pair_chosen;    /* row of chosen */
    const int32_t *pair_rejected;  /* row of rejected */
    const int32_t *pair_attribute; /* index of attributes or -1 */
    const int32_t *pair_user;      /* number of the user or -1; NULL: nobody is named */
    const int32_t *pair_split;     /* enum split */

    size_t n_attributes;
    const char *const *attributes; /* names, in the order of pair_attribute */
    const struct json *metadata;   /* the file's own, values as texts; NULL when there is none */
    uint64_t hash;                 /* of header and pairs: says whether a model was made from these features */
    const char *layout;            /* one of the names above */

    struct features_files *files;  /* owned: maps, index arrays, names */
};

/* STATUS_FORMAT or STATUS_SHAPE naming file, tensor and what was expected when it is not one of
 * the layouts or an index points outside its matrix. */
enum status features_open(struct features *features, const char *path, struct error *err);
void features_done(struct features *features);

/* Indices of the pairs of a split, in file order; attribute -1 takes all. Returns how many;
 * `out` has room for n_pairs, or is NULL to count only. */
size_t features_select(const struct features *features, enum split split, int attribute,
                       uint32_t *out);

#endif
