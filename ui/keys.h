/* Keys: their names, and the table that says what each does where.
 *
 * A row binds a key to a command line, as if it had been typed. Rows are for all views
 * ("all"), for one view by its name ("heads"), or for a mode ("text", "filter", ...). The
 * built-in rows are in ui/key_table.c; a key map is a copy of them that the user's
 * configuration has changed:
 *
 *     "keys": {"[": "prune --threshold -0.01", "heads: c": "scale next", "x": null}
 */
#ifndef UI_KEYS_H
#define UI_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "ui/event.h"

/* "q", "Q", "Space", "Ctrl-R", "Alt-[", "F1", "Enter", "Tab", "Shift-Tab", "Esc", "Backspace",
 * "Up", "PgUp", "Home", "Ins", "Del" ...; modifiers in any order and case. */
enum status key_parse(const char *name, struct key *key, struct error *err);
/* The name, in that form, into out; returns out. */
enum { KEY_NAME = 32 };
const char *key_name(struct key key, char out[KEY_NAME]);

struct binding {
    const char *where;   /* "all", or the name of a view or mode */
    const char *key;     /* as key_parse reads it */
    const char *command; /* command line */
    const char *help;    /* what it does, in a few words, for the help view */
    const char *hint;    /* one word for the line of hints; NULL: not there */
    int priority;        /* among the hints: higher is further left, and dropped later */
};

/* The built-in rows; ends with one whose key is NULL. */
extern const struct binding key_table[];

struct key_map {
    struct bound *rows; /* opaque to all but keys.c */
    size_t n, room;
    struct arena texts;
};

/* From a table that ends with a row whose key is NULL. A row with a wrong key is a mistake of
 * ours. */
void key_map_open(struct key_map *map, const struct binding *table);
/* The rows of a further table, such as a view's own; before anything is bound. */
void key_map_add(struct key_map *map, const struct binding *table);
void key_map_done(struct key_map *map);

/* Binds a key; where NULL: "all". command NULL takes the binding away. A command that has a
 * row already keeps its help and hint under the new key; the old key stays unless it is bound
 * otherwise. */
enum status key_map_bind(struct key_map *map, const char *where, const char *key,
                         const char *command, struct error *err);
/* One entry of the configuration's "keys": "KEY" or "WHERE: KEY", and its command line. */
enum status key_map_config(struct key_map *map, const char *entry, const char *command,
                           struct error *err);

/* What the key does in a place: its own rows first, then those of "all" unless the place is a
 * mode (`is_mode`). NULL: nothing. */
const struct binding *key_map_find(const struct key_map *map, const char *where,
                                   bool is_mode, struct key key);

/* The rows of a place and then of "all", in the order of the table, for the help view: row
 * `index`, NULL behind the last. Rows of "all" that the place overrules are left out. */
const struct binding *key_map_row(const struct key_map *map, const char *where,
                                  bool is_mode, size_t index);

/* The first key that leads to a command line in a place; NULL: none. For "press X to ...". */
const char *key_map_key_of(const struct key_map *map, const char *where,
                           const char *command);

/* Hints of a place by priority into hints[0 .. most-1]; returns how many. */
size_t key_map_hints(const struct key_map *map, const char *where, bool is_mode,
                     const struct binding **hints, size_t most);
/* Takes those away whose word is among the words of `without` (NULL: none); how many are left. */
size_t key_map_without(const struct binding **hints, size_t n, const char *without);

struct pen;
/* Draws the line of hints: keys and words, as many as fit, those of help last; none of the words of
 * `without`. */
void key_map_draw_hints(const struct key_map *map, const char *where, bool is_mode,
                        const char *without, const struct pen *pen, int row);

#endif
