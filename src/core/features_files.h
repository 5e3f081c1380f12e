/* What lies behind open features: the tensors of a file or of several (io/tensors.h), under the
 * layout's names, and the arrays made from them. For features*.c alone. */
#ifndef CORE_FEATURES_FILES_H
#define CORE_FEATURES_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"
#include "core/features.h"
#include "io/tensors.h"

struct features_files {
    char *path; /* as the user named it; for messages */
    struct tensors *tensors;
    const struct features_map *map; /* [n_map] borrowed while they are opened */
    size_t n_map;
    uint64_t hash; /* of the headers and of the indices read so far */
    void **arrays; /* freed with the files */
    size_t n_arrays, arrays_room;
    struct arena texts;
};

/* NULL on failure. */
struct features_files *features_files_open(const char *path, struct error *err);
void features_files_free(struct features_files *files); /* NULL is allowed */

bool features_files_has(const struct features_files *files, const char *name);
const struct tensor *features_files_find(struct features_files *files, const char *name,
                                         struct error *err);

/* n elements of `size` bytes, cleared, that live as long as the files; NULL with *err
 * filled when there is no memory. n = 0 gives a pointer too. */
void *features_files_array(struct features_files *files, size_t n, size_t size,
                           struct error *err);

/* ---- the parts of features_open, in the order in which they are called ---- */

/* Chooses the layout by the names of the tensors and reads all of the features; those that
 * belong to the files are set already. */
enum status features_layout_read(struct features *features, struct error *err);

/* The names of the attributes in the metadata; n_attributes stays 0 when there are none. */
enum status features_attributes_read(struct features *features, struct error *err);

/* Afterwards, when they had no names: names for as many attributes as there are. */
enum status features_attributes_number(struct features *features, struct error *err);

/* The indices `name` [n_pairs] of I32 or I64, least <= index < bound; meaning is put into
 * the message when one is not. */
enum status features_indices_read(struct features *features, const char *name,
                                  int32_t least, size_t bound, const char *meaning,
                                  const int32_t **out, struct error *err);

/* n_pairs times `value`, and 0, 1, 2 ... */
enum status features_indices_same(struct features *features, int32_t value,
                                  const int32_t **out, struct error *err);
enum status features_indices_count(struct features *features, const int32_t **out,
                                   struct error *err);

#endif
