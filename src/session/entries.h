/* Named texts in order of their names: settings, and what views remember. */
#ifndef SESSION_ENTRIES_H
#define SESSION_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>

struct entry {
    char *name, *value; /* owned */
};

struct entries {
    struct entry *items; /* sorted by name */
    size_t n, room;
};

const char *entries_get(const struct entries *entries, const char *name); /* NULL: none */

/* Copies both; value NULL removes the entry. Whether anything changed. */
bool entries_put(struct entries *entries, const char *name, const char *value);
void entries_copy(struct entries *out, const struct entries *of); /* *out is created */
void entries_done(struct entries *entries);

#endif
