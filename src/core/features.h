/* The features of one data set: rows of numbers, and pairs as indices into them.
 *
 * Immutable once open. Matrices are borrowed views of the mapped file, so opening costs the
 * header and the pairs' indices but not the matrices (those in F64 excepted, which are made
 * F32 in memory), and non-finite values are found where they are used.
 *
 * Layouts read (docs/formats.md says them in full). A safetensors file, or the index of a
 * sharded one, by the tensors it holds; matrices F32, F16, BF16 or F64, indices I32 or I64:
 *
 *   microscope   response [R, Dr], pair.chosen, pair.rejected [N]; and as far as there is
 *                such a thing prompt [P, Dp] with pair.prompt, context [Q, Dp] with
 *                pair.context (-1: none), pair.attribute (-1: none), pair.user (-1: none),
 *                pair.split [N] (0 train, 1 holdout, 2 test), labels [R, A]. With labels
 *                there may be no pairs.
 *
 *   raw          chosen, rejected [N, Dr]; prompt [N, Dp], attribute [N], split [N] or not.
 *                Pair i is row i of each.
 *
 *   armo-rated   embeddings [N, d], labels [N, A]: rated responses and no pairs. Attributes
 *                without names have ArmoRM's when A is 19.
 *
 *   armo-pairs   embeddings [N, 2, d], prompt_embeddings [N, 2, Dp]; slot 0 is the chosen
 *                one, and of the prompt, whose slots are equal, slot 0 is read;
 *                attribute [N], split [N] or not.
 *
 * Without a split all pairs are `train`. All layouts are read from NumPy's files too: an .npz, a
 * folder of NAME.npy, or files PATH.NAME.npy (io/tensors.h). A file that calls its tensors otherwise
 * is read through a map from the names above to its own.
 *
 * `__metadata__` (texts): format "microscope.features/1", attributes (JSON array of names),
 * encoder, encoder.settings (JSON), corpus (hash), source. Without names, attributes are
 * called by their numbers.
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
    /* Matrices; one without rows is not there. */
    struct rows prompt;   /* (P, Dp) router input of stage 1 */
    struct rows context;  /* (Q, Dp) prompt together with context */
    struct rows chosen;   /* (R, Dr) */
    struct rows rejected; /* (R, Dr); the same matrix in our own layout and in armo-rated */
    struct rows labels;   /* (R, A) ratings of the rows of chosen, NaN for missing */

    size_t n_pairs;
    /* Per pair, n_pairs each, all within their matrix. Never NULL but for user. */
    const int32_t *pair_prompt;    /* row of prompt; -1 when there are no prompts at all */
    const int32_t *pair_context;   /* row of context or -1 */
    const int32_t *pair_chosen;    /* row of chosen */
    const int32_t *pair_rejected;  /* row of rejected */
    const int32_t *pair_attribute; /* index of attributes or -1 */
    const int32_t *pair_user;      /* number of the user or -1; NULL: nobody is named */
    const int32_t *pair_split;     /* enum split */

    size_t n_attributes;
    const char *const *attributes; /* names, by pair_attribute and by column of labels */
    const struct json *metadata; /* the file's own, values are texts; NULL: there is none */
    uint64_t hash;      /* of header and pairs: was a model made from these features? */
    const char *layout; /* one of the names above */

    struct features_files *files; /* owned; NULL when all of it is the caller's */
};

/* STATUS_FORMAT or STATUS_SHAPE naming file, tensor and what was expected when it is not
 * one of the layouts or an index points outside its matrix. */
enum status features_open(struct features *features, const char *path, struct error *err);

/* Where the file has the tensor that a layout calls `name`. */
struct features_map {
    const char *name, *tensor;
};

/* The same through a map of n entries, which is not kept. STATUS_USAGE for a name that no layout has,
 * STATUS_NOT_FOUND for a tensor that the file does not have. */
enum status features_open_mapped(struct features *features, const char *path,
                                 const struct features_map *map, size_t n,
                                 struct error *err);
void features_done(struct features *features);

/* Indices of the pairs of a split, in file order; attribute -1 takes all. Returns how many;
 * `out` has room for n_pairs, or is NULL to count only. */
size_t features_select(const struct features *features, enum split split, int attribute,
                       uint32_t *out);

/* Writes features, opened or made in memory (files NULL; layout and hash are not looked
 * at), in our own layout and the form that the path asks for (io/tensors_writer.h), row by row:
 * matrices as dtype (F32, F16 or BF16), labels as F32. The metadata is carried over, but for `format`
 * and `attributes`, which are written anew. STATUS_NUMERIC naming matrix and row when a finite value is
 * too large for dtype. */
enum status features_save(const char *path, const struct features *features,
                          enum dtype dtype, struct error *err);

/* The same in the raw layout, which others read most easily: chosen, rejected and prompt [N, ...], a row a
 * pair, attribute and split. Contexts, users and ratings have no place there and are left out. STATUS_SHAPE
 * for features without pairs. */
enum status features_save_raw(const char *path, const struct features *features,
                              enum dtype dtype, struct error *err);

#endif
