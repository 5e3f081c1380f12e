#include "encode/word_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "encode/tokens.h"
#include "io/safetensors.h"

void word_table_done(struct word_table *table)
{
    if (table->cache) {
        safetensors_free(table->cache);
    } else {
        free((void *)(uintptr_t)table->rows);
        free((void *)(uintptr_t)table->slot_hashes);
        free((void *)(uintptr_t)table->slot_rows);
    }
    *table = (struct word_table){0};
}

void word_builder_done(struct word_builder *builder)
{
    free(builder->rows);
    free(builder->slot_hashes);
    free(builder->slot_rows);
    free(builder->slot_exact);
    *builder = (struct word_builder){0};
}

void word_builder_finish(struct word_builder *builder, struct word_table *table)
{
    *table = (struct word_table){
        .n_rows = builder->n_rows,
        .dimension = builder->dimension,
        .rows = builder->rows,
        .n_slots = builder->n_slots,
        .slot_hashes = builder->slot_hashes,
        .slot_rows = builder->slot_rows,
    };
    free(builder->slot_exact);
    *builder = (struct word_builder){0};
}

/* The slot of this hash, or the empty one where it belongs. */
static size_t find_slot(const struct word_builder *builder, int64_t hash)
{
    size_t mask = builder->n_slots - 1, slot = (size_t)(uint64_t)hash & mask;
    while (builder->slot_rows[slot] >= 0 && builder->slot_hashes[slot] != hash)
        slot = (slot + 1) & mask;
    return slot;
}

/* Twice as many slots, and the words into them. */
static enum status grow_slots(struct word_builder *builder, struct error *err)
{
    struct word_builder old = *builder;
    size_t n = old.n_slots ? 2 * old.n_slots : 1024;
    struct word_builder more = {
        .n_slots = n,
        .slot_hashes = mem_array(n, sizeof *more.slot_hashes),
        .slot_rows = mem_array(n, sizeof *more.slot_rows),
        .slot_exact = mem_array(n, 1),
    };
    if (!more.slot_hashes || !more.slot_rows || !more.slot_exact) {
        word_builder_done(&more);
        return error_set(err, STATUS_NO_MEMORY, "no memory to find %zu words in",
                         old.n_rows);
    }
    memset(more.slot_rows, 0xff, n * sizeof *more.slot_rows);
    for (size_t i = 0; i < old.n_slots; i++) {
        if (old.slot_rows[i] < 0)
            continue;
        size_t slot = find_slot(&more, old.slot_hashes[i]);
        more.slot_hashes[slot] = old.slot_hashes[i];
        more.slot_rows[slot] = old.slot_rows[i];
        more.slot_exact[slot] = old.slot_exact[i];
    }
    builder->n_slots = n;
    builder->slot_hashes = more.slot_hashes;
    builder->slot_rows = more.slot_rows;
    builder->slot_exact = more.slot_exact;
    free(old.slot_hashes);
    free(old.slot_rows);
    free(old.slot_exact);
    return STATUS_OK;
}

static enum status grow_rows(struct word_builder *builder, struct error *err)
{
    size_t room = builder->row_room ? 2 * builder->row_room : 1024;
    float *rows = mem_array(room, builder->dimension * sizeof *rows);
    if (!rows)
        return error_set(err, STATUS_NO_MEMORY, "no memory for %zu words of %zu numbers",
                         room, builder->dimension);
    if (builder->n_rows)
        memcpy(rows, builder->rows, builder->n_rows * builder->dimension * sizeof *rows);
    free(builder->rows);
    builder->rows = rows;
    builder->row_room = room;
    return STATUS_OK;
}

/* Hash of the word in small letters; *exact: it was so already. Bytes that are no UTF-8 count as they
 * are. */
static uint64_t fold(const char *word, size_t length, bool *exact)
{
    struct text lower = {0};
    const char *at = word, *end = word + length;
    while (at < end) {
        const char *start = at;
        int32_t code = utf8_next(&at, end);
        char bytes[4];
        if (code < 0)
            text_append(&lower, start, (size_t)(at - start));
        else
            text_append(&lower, bytes, utf8_write(bytes, utf8_lower(code)));
    }
    *exact = lower.length == length && (!length || !memcmp(lower.bytes, word, length));
    uint64_t hash = token_hash(lower.bytes, lower.length);
    text_done(&lower);
    return hash;
}

enum status word_builder_add(struct word_builder *builder, const char *word, size_t length,
                             const float *vector, struct error *err)
{
    enum status status = STATUS_OK;
    if (builder->n_rows == WORD_ROWS_MAX)
        return error_set(err, STATUS_SHAPE, "more than %d words", WORD_ROWS_MAX);
    if (builder->n_used * 2 >= builder->n_slots)
        status = grow_slots(builder, err);
    if (!status && builder->n_rows == builder->row_room)
        status = grow_rows(builder, err);
    if (status)
        return status;
    bool exact;
    int64_t hash = (int64_t)fold(word, length, &exact);
    size_t slot = find_slot(builder, hash);
    bool is_new = builder->slot_rows[slot] < 0;
    if (is_new || (exact && !builder->slot_exact[slot])) {
        builder->n_used += is_new;
        builder->slot_hashes[slot] = hash;
        builder->slot_rows[slot] = (int32_t)builder->n_rows;
        builder->slot_exact[slot] = exact;
    }
    memcpy(builder->rows + builder->n_rows * builder->dimension, vector,
           builder->dimension * sizeof *vector);
    builder->n_rows++;
    return STATUS_OK;
}
