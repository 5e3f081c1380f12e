#include "encode/piece_table.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/rng.h"

static uint64_t step(uint64_t walk, unsigned char byte)
{
    return (walk ^ byte) * 0x100000001b3u; /* FNV-1a */
}

/* The slot of the hash, or the free one where it belongs. */
static struct piece_slot *find(const struct piece_table *table, uint64_t hash)
{
    size_t mask = table->n_slots - 1, slot = (size_t)hash & mask;
    while (table->slots[slot].is_used && table->slots[slot].hash != hash)
        slot = (slot + 1) & mask;
    return &table->slots[slot];
}

static void grow(struct piece_table *table)
{
    struct piece_slot *old = table->slots;
    size_t n = table->n_slots;
    table->n_slots = n ? 2 * n : 1024;
    table->slots = mem_zero(table->n_slots * sizeof *table->slots);
    for (size_t i = 0; i < n; i++)
        if (old[i].is_used)
            *find(table, old[i].hash) = old[i];
    free(old);
}

void piece_table_add(struct piece_table *table, const char *bytes, size_t length,
                     int32_t id)
{
    uint64_t walk = PIECE_START;
    for (size_t i = 0; i < length; i++) {
        if (2 * table->n_used >= table->n_slots)
            grow(table);
        walk = step(walk, (unsigned char)bytes[i]);
        uint64_t hash = rng_mix(walk);
        struct piece_slot *slot = find(table, hash);
        if (!slot->is_used) {
            *slot = (struct piece_slot){hash, PIECE_NONE, true};
            table->n_used++;
        }
        if (i + 1 == length && slot->id == PIECE_NONE)
            slot->id = id;
    }
}

void piece_table_done(struct piece_table *table)
{
    free(table->slots);
    *table = (struct piece_table){0};
}

bool piece_step(const struct piece_table *table, uint64_t *walk, unsigned char byte,
                int32_t *id)
{
    if (!table->n_slots)
        return false;
    *walk = step(*walk, byte);
    const struct piece_slot *slot = find(table, rng_mix(*walk));
    *id = slot->is_used ? slot->id : PIECE_NONE;
    return slot->is_used;
}

int32_t piece_table_find(const struct piece_table *table, const char *bytes, size_t length)
{
    uint64_t walk = PIECE_START;
    int32_t id = PIECE_NONE;
    for (size_t i = 0; i < length; i++)
        if (!piece_step(table, &walk, (unsigned char)bytes[i], &id))
            return PIECE_NONE;
    return length ? id : PIECE_NONE;
}
