/* Words and their vectors: from the hash of a word to a row of numbers.
 *
 * Built from a file of text (word_text.h) or mapped from the cache that was made of it
 * (word_cache.h). Words are found by the 64-bit hash of their lower-cased bytes (tokens.h), and
 * are not kept themselves: with three million words the chance that a word which is not there is
 * taken for one that is stays below 1e-12.
 */
#ifndef ENCODE_WORD_TABLE_H
#define ENCODE_WORD_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct safetensors;

enum { WORD_DIMENSION_MAX = 8192, WORD_ROWS_MAX = 1 << 30 };

struct word_table {
    size_t n_rows, dimension; /* V, D */
    const float *rows; /* (V, D) in the order of the file: the most frequent words first */
    /* Open addressing: a slot is empty when its row is -1; n_slots is a power of two, and at least
     * a quarter of the slots is empty. Nothing in a slot is believed before it is looked at. */
    size_t n_slots;
    const int64_t *slot_hashes;
    const int32_t *slot_rows;

    struct safetensors *cache;         /* owned; NULL: the arrays are */
    uint64_t source_hash, source_size; /* of the file's bytes */
};

void word_table_done(struct word_table *table);

/* The row of a word, -1 when there is none. */
static inline int64_t word_table_find(const struct word_table *table, uint64_t hash)
{
    size_t mask = table->n_slots - 1, slot = (size_t)hash & mask;
    for (size_t tried = 0; tried <= mask; tried++, slot = (slot + 1) & mask) {
        int32_t row = table->slot_rows[slot];
        if (row < 0 || (size_t)row >= table->n_rows)
            return -1;
        if ((uint64_t)table->slot_hashes[slot] == hash)
            return row;
    }
    return -1;
}

/* ---- building ---- */

struct word_builder {
    size_t dimension, n_rows, row_room;
    float *rows;
    size_t n_slots, n_used;
    int64_t *slot_hashes;
    int32_t *slot_rows;
    unsigned char *slot_exact; /* the word was in small letters already */
};

/* Adds one word and its vector [dimension]. Words are folded to small letters; of several that are
 * then the same, the one that was so in the file counts, else the first. STATUS_NO_MEMORY,
 * STATUS_SHAPE for too many. */
enum status word_builder_add(struct word_builder *builder, const char *word, size_t length,
                             const float *vector, struct error *err);

/* The table takes the builder's arrays. */
void word_builder_finish(struct word_builder *builder, struct word_table *table);
void word_builder_done(struct word_builder *builder); /* all zero is allowed */

#endif
