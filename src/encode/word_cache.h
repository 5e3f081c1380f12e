/* The binary form of a text of word vectors, which is mapped instead of read.
 *
 * It lies beside the text, as FILE.cache.safetensors, or, when that folder cannot be written, in
 * $XDG_CACHE_HOME/microscope (~/.cache/microscope) under the hash of the text's absolute path. It is a
 * safetensors file (docs/formats.md):
 *
 *     rows         F32 [V, D]   in the order of the text
 *     slot.hash    I64 [S]      the table of words (word_table.h)
 *     slot.row     I32 [S]
 *     __metadata__ format "microscope.vectors/1"; size, mtime and hash of the text
 *
 * It counts when size and time of the text are those that it notes, or, after a copy that changed the
 * time, when size and hash are. Written whole or not at all; one that is damaged is made again.
 */
#ifndef ENCODE_WORD_CACHE_H
#define ENCODE_WORD_CACHE_H

#include "encode/encoder.h"
#include "encode/word_table.h"

/* The table of the words in the text at path: from the cache, or from the text, and then into the cache
 * when one of the two folders can be written. *table is created. Errors of word_text_read, and
 * STATUS_NOT_FOUND or STATUS_IO when the text is not there. */
enum status word_cache_open(struct word_table *table, const char *path,
                            const struct encoder_watch *watch, struct error *err);

/* Hash of the text's bytes: as a cache notes it, or of the text itself. */
enum status word_cache_hash(uint64_t *hash, const char *path, struct error *err);

#endif
