#include "corpus/passage.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "io/json.h"

static uint64_t mix(uint64_t hash, uint64_t value)
{
    return rng_mix(hash ^ (value + 0x9e3779b97f4a7c15u));
}

static uint64_t hash_turns(uint64_t hash, const struct turn *turns, size_t n_turns)
{
    for (size_t i = 0; i < n_turns; i++) {
        const char *extra = turns[i].extra ? turns[i].extra : "";
        hash = mix(hash, text_hash(turns[i].role, strlen(turns[i].role), 0));
        hash = mix(hash, turns[i].start);
        hash = mix(hash, turns[i].length);
        hash = mix(hash, text_hash(extra, strlen(extra), 0));
    }
    return hash;
}

static bool same_extra(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same(const struct passage *a, const struct passage *b)
{
    if (a->hash != b->hash || a->length != b->length || a->n_turns != b->n_turns ||
        memcmp(a->plain, b->plain, a->length) != 0)
        return false;
    for (size_t i = 0; i < a->n_turns; i++) {
        const struct turn *x = &a->turns[i], *y = &b->turns[i];
        if (x->start != y->start || x->length != y->length ||
            strcmp(x->role, y->role) != 0 || !same_extra(x->extra, y->extra))
            return false;
    }
    return true;
}

/* The slot that holds the passage, or the empty one where it belongs. */
static size_t find_slot(const struct passages *passages, const struct passage *passage)
{
    size_t mask = passages->n_slots - 1, slot = (size_t)passage->hash & mask;
    while (passages->slots[slot] &&
           !same(&passages->items[passages->slots[slot] - 1], passage))
        slot = (slot + 1) & mask;
    return slot;
}

static void grow_slots(struct passages *passages)
{
    size_t n = passages->n_slots ? passages->n_slots * 2 : 64;
    uint32_t *slots = mem_zero(n * sizeof *slots);
    for (size_t i = 0; i < passages->n; i++) {
        size_t slot = (size_t)passages->items[i].hash & (n - 1);
        while (slots[slot])
            slot = (slot + 1) & (n - 1);
        slots[slot] = (uint32_t)i + 1;
    }
    free(passages->slots);
    passages->slots = slots;
    passages->n_slots = n;
}

static const struct turn *keep_turns(struct arena *arena, const struct turn *turns,
                                     size_t n)
{
    struct turn *kept = arena_alloc(arena, n * sizeof *kept);
    for (size_t i = 0; i < n; i++) {
        const char *extra = turns[i].extra;
        kept[i] = turns[i];
        kept[i].role = arena_copy(arena, turns[i].role, strlen(turns[i].role));
        kept[i].extra = extra ? arena_copy(arena, extra, strlen(extra)) : NULL;
    }
    return kept;
}

static int32_t add(struct passages *passages, const struct passage *passage)
{
    if (passages->n * 4 >= passages->n_slots * 3)
        grow_slots(passages);
    size_t slot = find_slot(passages, passage);
    if (passages->slots[slot])
        return (int32_t)(passages->slots[slot] - 1);
    MEM_RESERVE(passages->items, passages->n, passages->room);
    struct passage *kept = &passages->items[passages->n];
    *kept = *passage;
    kept->plain = arena_copy(&passages->arena, passage->plain, passage->length);
    if (passage->n_turns)
        kept->turns = keep_turns(&passages->arena, passage->turns, passage->n_turns);
    passages->slots[slot] = (uint32_t)++passages->n;
    return (int32_t)passages->n - 1;
}

int32_t passages_add(struct passages *passages, const char *bytes, size_t length)
{
    struct passage passage = {
        .plain = bytes, .length = length, .hash = text_hash(bytes, length, 0)};
    return add(passages, &passage);
}

int32_t passages_add_text(struct passages *passages, const char *text)
{
    return passages_add(passages, text, strlen(text));
}

int32_t passages_add_turns(struct passages *passages, const struct turn_draft *drafts,
                           size_t n_turns)
{
    struct text plain = {0};
    struct turn *turns = mem_alloc(n_turns * sizeof *turns);
    for (size_t i = 0; i < n_turns; i++) {
        const struct turn_draft *draft = &drafts[i];
        if (n_turns > 1)
            text_printf(&plain, "%s%s: ", i ? "\n\n" : "", draft->role);
        turns[i] =
            (struct turn){draft->role, plain.length, strlen(draft->content), draft->extra};
        text_append(&plain, draft->content, turns[i].length);
    }
    uint64_t hash = mix(text_hash(plain.bytes, plain.length, 0), n_turns);
    struct passage passage = {.plain = plain.bytes,
                              .length = plain.length,
                              .hash = hash_turns(hash, turns, n_turns),
                              .n_turns = n_turns,
                              .turns = turns};
    int32_t index = add(passages, &passage);
    free(turns);
    text_done(&plain);
    return index;
}

int32_t passages_find(const struct passages *passages, const char *text)
{
    size_t length = strlen(text);
    struct passage passage = {
        .plain = text, .length = length, .hash = text_hash(text, length, 0)};
    size_t slot = passages->n ? find_slot(passages, &passage) : 0;
    return passages->n && passages->slots[slot] ? (int32_t)(passages->slots[slot] - 1) : -1;
}

void passages_done(struct passages *passages)
{
    free(passages->items);
    free(passages->slots);
    arena_done(&passages->arena);
    *passages = (struct passages){0};
}

void passage_write(const struct passage *passage, struct text *out)
{
    if (!passage->n_turns) {
        json_quote(out, passage->plain, passage->length);
        return;
    }
    for (size_t i = 0; i < passage->n_turns; i++) {
        const struct turn *turn = &passage->turns[i];
        text_add(out, i ? ",{\"role\":" : "[{\"role\":");
        json_quote(out, turn->role, strlen(turn->role));
        text_add(out, ",\"content\":");
        json_quote(out, passage->plain + turn->start, turn->length);
        if (turn->extra) {
            text_add_char(out, ',');
            text_add(out, turn->extra);
        }
        text_add_char(out, '}');
    }
    text_add_char(out, ']');
}
