/* The pieces of a subword vocabulary, found by walking along a text byte by byte.
 *
 * A hash table in place of a tree: every beginning of a piece has an entry under the hash of its bytes, so
 * a walk stops at the first byte with which no piece goes on. Bytes are not kept (word_table.h says how
 * sure 64 bits are).
 *
 *     uint64_t walk = PIECE_START;
 *     while (at < end && piece_step(table, &walk, *at++, &id)) if (id >= 0) ...
 */
#ifndef ENCODE_PIECE_TABLE_H
#define ENCODE_PIECE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PIECE_START 0xcbf29ce484222325u

enum { PIECE_NONE = -1 };

struct piece_table {
    size_t n_slots, n_used; /* n_slots: a power of two or 0 */
    struct piece_slot {
        uint64_t hash;
        int32_t id;
        bool is_used;
    } * slots;
};

/* Adds a piece; one that is there already keeps its first id. The empty piece is passed over. */
void piece_table_add(struct piece_table *table, const char *bytes, size_t length,
                     int32_t id);
void piece_table_done(struct piece_table *table); /* all zero is allowed */

/* One byte further. False: no piece goes on so. *id: the piece that ends here, or PIECE_NONE. */
bool piece_step(const struct piece_table *table, uint64_t *walk, unsigned char byte,
                int32_t *id);

/* The piece of exactly these bytes, or PIECE_NONE. */
int32_t piece_table_find(const struct piece_table *table, const char *bytes, size_t length);

#endif
