#include "session/entries.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Where the name is, or would be. */
static size_t find(const struct entries *entries, const char *name, bool *is_there)
{
    size_t low = 0, high = entries->n;
    *is_there = false;
    while (low < high && !*is_there) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(entries->items[middle].name, name);
        *is_there = order == 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return *is_there ? high : low;
}

const char *entries_get(const struct entries *entries, const char *name)
{
    bool is_there;
    size_t at = find(entries, name, &is_there);
    return is_there ? entries->items[at].value : NULL;
}

static bool take_out(struct entries *entries, size_t at)
{
    struct entry *entry = &entries->items[at];
    free(entry->name);
    free(entry->value);
    memmove(entry, entry + 1, (entries->n - at - 1) * sizeof *entry);
    entries->n--;
    return true;
}

bool entries_put(struct entries *entries, const char *name, const char *value)
{
    bool is_there;
    size_t at = find(entries, name, &is_there);
    if (!value)
        return is_there && take_out(entries, at);
    if (is_there && strcmp(entries->items[at].value, value) == 0)
        return false;
    char *copy = mem_copy_text(value);
    if (is_there) {
        free(entries->items[at].value);
    } else {
        MEM_RESERVE(entries->items, entries->n, entries->room);
        struct entry *entry = &entries->items[at];
        memmove(entry + 1, entry, (entries->n - at) * sizeof *entry);
        entries->n++;
        entry->name = mem_copy_text(name);
    }
    entries->items[at].value = copy;
    return true;
}

void entries_copy(struct entries *out, const struct entries *of)
{
    *out = (struct entries){0};
    for (size_t i = 0; i < of->n; i++)
        entries_put(out, of->items[i].name, of->items[i].value);
}

void entries_done(struct entries *entries)
{
    while (entries->n)
        take_out(entries, entries->n - 1);
    free(entries->items);
    *entries = (struct entries){0};
}
