/* Texts of a corpus: each distinct prompt, response, context or name is held once and known
 * by its index.
 *
 * A passage is a string, or a conversation: a list of turns, each said in a role. Both have a plain
 * text, which is what encoders, hashes and views read:
 *     a string                          the string
 *     a conversation of one turn        the content of that turn
 *     a conversation of several         "role: content" of each turn, with an empty line between
 * Two passages are the same when plain text, form, roles and borders of turns are the same.
 */
#ifndef CORPUS_PASSAGE_H
#define CORPUS_PASSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

struct text;

struct turn {
    const char *role;
    size_t start, length; /* of the content inside the plain text */
    const char *extra;    /* other members as JSON text ("name":"x","weight":0), or NULL */
};

struct passage {
    const char *plain; /* NUL-terminated UTF-8, holds no other NUL */
    size_t length;
    uint64_t hash;  /* of everything that makes passages the same; stable across machines */
    size_t n_turns; /* 0: a string */
    const struct turn *turns; /* NULL for a string */
};

/* A set of passages, numbered 0 .. n - 1 in the order in which they were first seen. All
 * zero is an empty one. Texts are owned and never move; `items` moves when a passage is
 * added. */
struct passages {
    struct passage *items;
    size_t n, room;
    uint32_t *slots; /* open addressing: index + 1 of an item, 0 for none */
    size_t n_slots;  /* a power of two */
    struct arena arena;
};

/* The index of the passage, which is added (copied) when it is new. */
int32_t passages_add(struct passages *passages, const char *bytes, size_t length);
int32_t passages_add_text(struct passages *passages, const char *text);

/* One turn of a conversation that is being put together; borrowed for the call. */
struct turn_draft {
    const char *role, *content;
    const char *extra; /* as in struct turn, or NULL */
};
int32_t passages_add_turns(struct passages *passages, const struct turn_draft *turns,
                           size_t n_turns); /* n_turns >= 1 */

/* The index of a string passage, or -1 when the set has none such. */
int32_t passages_find(const struct passages *passages, const char *text);
void passages_done(struct passages *passages);

/* Appends the passage as JSON in the form it came: a string or a list of {role, content}.
 */
void passage_write(const struct passage *passage, struct text *out);

#endif
