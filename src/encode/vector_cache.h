/* Vectors on disk by the hash of what they are of, so that nothing is asked of a server twice.
 *
 * Two files, both only appended to: NAME.keys (who) and NAME.rows (what); formats.md has the bytes.
 * No text is kept, only its hash. Any number of processes may use a cache at once: writing takes a
 * lock, and finds what others have written. A process that dies in the middle leaves a torn tail,
 * which is dropped when the cache is opened; each entry carries a check over its key and row, so
 * that what a crash of the machine left half written is never handed out.
 */
#ifndef ENCODE_VECTOR_CACHE_H
#define ENCODE_VECTOR_CACHE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/sha256.h"

struct vector_cache;

/* The folder is made when it is not there (0700; the files 0600). NULL on failure: STATUS_IO,
 * STATUS_FORMAT when the files are no cache or of another width. */
struct vector_cache *vector_cache_open(const char *folder, const char *name, size_t width,
                                       struct error *err);
void vector_cache_free(struct vector_cache *cache); /* NULL is allowed */

size_t vector_cache_count(const struct vector_cache *cache); /* entries */

/* Sets row [width]; false, and row unspecified, when it is not there or was damaged. */
bool vector_cache_get(const struct vector_cache *cache,
                      const unsigned char key[SHA256_BYTES], float *row);

/* Appends n entries: keys [n * SHA256_BYTES], rows [n, width]. When this returns they outlive the
 * process; the machine, when vector_cache_sync has returned as well. On failure (STATUS_IO) none of
 * them is in the cache. */
enum status vector_cache_put(struct vector_cache *cache, const unsigned char *keys,
                             const float *rows, size_t n, struct error *err);

enum status vector_cache_sync(struct vector_cache *cache, struct error *err);

/* Appends the folder for caches to out: $XDG_CACHE_HOME/microscope/vectors, or the same below
 * $HOME/.cache; false when neither is set. */
struct text;
bool vector_cache_folder(struct text *out);

#endif
