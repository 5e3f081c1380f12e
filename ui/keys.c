#include "ui/keys.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "ui/canvas.h"

/* ---- names ---- */

static const struct {
    const char *name;
    int32_t code;
} names[] = {
    {"Enter", KEY_CODE_ENTER},
    {"Return", KEY_CODE_ENTER},
    {"Tab", KEY_CODE_TAB},
    {"Esc", KEY_CODE_ESC},
    {"Escape", KEY_CODE_ESC},
    {"Backspace", KEY_CODE_BACKSPACE},
    {"Up", KEY_CODE_UP},
    {"Down", KEY_CODE_DOWN},
    {"Left", KEY_CODE_LEFT},
    {"Right", KEY_CODE_RIGHT},
    {"Home", KEY_CODE_HOME},
    {"End", KEY_CODE_END},
    {"PgUp", KEY_CODE_PAGE_UP},
    {"PageUp", KEY_CODE_PAGE_UP},
    {"PgDn", KEY_CODE_PAGE_DOWN},
    {"PageDown", KEY_CODE_PAGE_DOWN},
    {"Ins", KEY_CODE_INSERT},
    {"Insert", KEY_CODE_INSERT},
    {"Del", KEY_CODE_DELETE},
    {"Delete", KEY_CODE_DELETE},
    {"Space", ' '},
};

enum { N_NAMES = sizeof names / sizeof names[0], FUNCTION_KEYS = 12 };

static const struct {
    const char *name;
    uint8_t mod;
} modifier_names[] = {{"Ctrl", MOD_CTRL}, {"Alt", MOD_ALT}, {"Shift", MOD_SHIFT}};

bool key_equal(struct key a, struct key b)
{
    return a.code == b.code && a.mods == b.mods;
}

int32_t key_types(struct key key)
{
    bool types = key.code >= 0x20 && key.code < KEY_CODE_FIRST && key.code != 0x7f &&
                 !(key.mods & (MOD_CTRL | MOD_ALT));
    return types ? key.code : 0;
}

static bool same_word(const char *a, const char *b, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (utf8_lower((unsigned char)a[i]) != utf8_lower((unsigned char)b[i]))
            return false;
    return true;
}

/* Takes "Ctrl-" and its like from the front; the - may be a +. */
static bool take_modifier(const char **name, uint8_t *mods)
{
    for (size_t i = 0; i < sizeof modifier_names / sizeof modifier_names[0]; i++) {
        size_t length = strlen(modifier_names[i].name);
        if (strlen(*name) > length + 1 &&
            ((*name)[length] == '-' || (*name)[length] == '+') &&
            same_word(*name, modifier_names[i].name, length)) {
            *mods |= modifier_names[i].mod;
            *name += length + 1;
            return true;
        }
    }
    return false;
}

static int32_t named(const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < N_NAMES; i++)
        if (strlen(names[i].name) == length && same_word(name, names[i].name, length))
            return names[i].code;
    char *end;
    long number =
        length > 1 && (name[0] == 'F' || name[0] == 'f') ? strtol(name + 1, &end, 10) : 0;
    if (number >= 1 && number <= FUNCTION_KEYS && !*end)
        return KEY_CODE_F1 + (int32_t)number - 1;
    const char *at = name;
    int32_t code = length ? utf8_next(&at, name + length) : -1;
    return code >= 0x20 && code != 0x7f && !*at ? code : KEY_CODE_NONE;
}

enum status key_parse(const char *name, struct key *key, struct error *err)
{
    const char *at = name;
    uint8_t mods = 0;
    while (take_modifier(&at, &mods))
        ;
    int32_t code = named(at);
    if (!code)
        return error_set(
            err, STATUS_USAGE,
            "'%s' is no key: expected a character or a name such as Enter, F1, "
            "PgUp, Ctrl-R or Alt-[",
            name);
    if (code < KEY_CODE_FIRST && (mods & MOD_CTRL))
        code = utf8_lower(code); /* terminals do not tell Ctrl-R from Ctrl-Shift-R */
    if (code < KEY_CODE_FIRST)
        mods &= (uint8_t)~MOD_SHIFT;
    *key = (struct key){code, mods};
    return STATUS_OK;
}

const char *key_name(struct key key, char out[KEY_NAME])
{
    char last[8] = "";
    const char *name = last;
    if (key.code >= KEY_CODE_F1 && key.code <= KEY_CODE_F12)
        snprintf(last, sizeof last, "F%d", (int)(key.code - KEY_CODE_F1 + 1));
    else if (key.code > ' ' && key.code < KEY_CODE_FIRST)
        last[utf8_write(last, key.mods & MOD_CTRL && key.code < 0x80 && key.code >= 'a' &&
                                      key.code <= 'z'
                                  ? key.code - 'a' + 'A'
                                  : key.code)] = '\0';
    else
        for (size_t i = N_NAMES; i-- > 0;)
            if (names[i].code == key.code)
                name = names[i].name;
    snprintf(out, KEY_NAME, "%s%s%s%s", key.mods & MOD_CTRL ? "Ctrl-" : "",
             key.mods & MOD_ALT ? "Alt-" : "", key.mods & MOD_SHIFT ? "Shift-" : "", name);
    return out;
}

/* ---- the map ---- */

struct bound {
    struct binding binding;
    struct key key;
};

static struct bound *append(struct key_map *map)
{
    MEM_RESERVE(map->rows, map->n, map->room);
    return &map->rows[map->n++];
}

void key_map_add(struct key_map *map, const struct binding *table)
{
    for (; table->key; table++) {
        struct bound *row = append(map);
        enum status status = key_parse(table->key, &row->key, NULL);
        assert(!status);
        (void)status;
        row->binding = *table;
    }
}

void key_map_open(struct key_map *map, const struct binding *table)
{
    *map = (struct key_map){0};
    key_map_add(map, table);
}

void key_map_done(struct key_map *map)
{
    free(map->rows);
    arena_done(&map->texts);
    *map = (struct key_map){0};
}

static void drop(struct key_map *map, const char *where, struct key key)
{
    size_t kept = 0;
    for (size_t i = 0; i < map->n; i++)
        if (!key_equal(map->rows[i].key, key) ||
            strcmp(map->rows[i].binding.where, where) != 0)
            map->rows[kept++] = map->rows[i];
    map->n = kept;
}

/* The row that has this command already; one of the same place before others. */
static const struct binding *row_of(const struct key_map *map, const char *where,
                                    const char *command)
{
    const struct binding *other = NULL;
    for (size_t i = 0; i < map->n; i++) {
        const struct binding *row = &map->rows[i].binding;
        if (strcmp(row->command, command) != 0)
            continue;
        if (strcmp(row->where, where) == 0)
            return row;
        other = other ? other : row;
    }
    return other;
}

static const char *keep(struct key_map *map, const char *text)
{
    return arena_copy(&map->texts, text, strlen(text));
}

enum status key_map_bind(struct key_map *map, const char *where, const char *key,
                         const char *command, struct error *err)
{
    struct key parsed;
    char name[KEY_NAME];
    where = where ? where : "all";
    enum status status = key_parse(key, &parsed, err);
    if (status)
        return status;
    struct binding row = {.help = ""};
    const struct binding *same = command ? row_of(map, where, command) : NULL;
    if (same)
        row = *same;
    drop(map, where, parsed);
    /* A key that was taken away stays in the map, so that it hides the one of "all". */
    row.where = keep(map, where);
    row.key = keep(map, key_name(parsed, name));
    row.command = keep(map, command ? command : "");
    row.hint = command ? row.hint : NULL;
    append(map);
    memmove(map->rows + 1, map->rows, (map->n - 1) * sizeof *map->rows);
    map->rows[0] =
        (struct bound){row, parsed}; /* before the built-in keys of that command */
    return STATUS_OK;
}

enum status key_map_config(struct key_map *map, const char *entry, const char *command,
                           struct error *err)
{
    const char *colon = strchr(entry, ':');
    char where[64] = "all";
    if (!colon || colon == entry || !colon[1])
        return key_map_bind(map, NULL, entry, command, err);
    size_t length = (size_t)(colon - entry);
    if (length >= sizeof where)
        return error_set(err, STATUS_USAGE, "'%s' begins with no place of keys", entry);
    memcpy(where, entry, length);
    where[length] = '\0';
    return key_map_bind(map, where, colon + 1 + strspn(colon + 1, " "), command, err);
}

static const struct bound *find(const struct key_map *map, const char *where,
                                struct key key)
{
    for (size_t i = 0; i < map->n; i++)
        if (key_equal(map->rows[i].key, key) &&
            strcmp(map->rows[i].binding.where, where) == 0)
            return &map->rows[i];
    return NULL;
}

const struct binding *key_map_find(const struct key_map *map, const char *where,
                                   bool is_mode, struct key key)
{
    const struct bound *row = find(map, where, key);
    if (!row && !is_mode)
        row = find(map, "all", key);
    return row && *row->binding.command ? &row->binding : NULL;
}

/* Whether a row is in force in a place. */
static bool is_in_force(const struct key_map *map, const char *where, bool is_mode,
                        const struct bound *row)
{
    if (!*row->binding.command)
        return false;
    if (strcmp(row->binding.where, where) == 0)
        return true;
    return !is_mode && strcmp(row->binding.where, "all") == 0 &&
           !find(map, where, row->key);
}

const struct binding *key_map_row(const struct key_map *map, const char *where,
                                  bool is_mode, size_t index)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < map->n; i++) {
            bool own = strcmp(map->rows[i].binding.where, where) == 0;
            if (own == (pass == 0) && is_in_force(map, where, is_mode, &map->rows[i]) &&
                index-- == 0)
                return &map->rows[i].binding;
        }
    return NULL;
}

const char *key_map_key_of(const struct key_map *map, const char *where,
                           const char *command)
{
    const struct binding *row;
    for (size_t i = 0; (row = key_map_row(map, where, false, i)); i++)
        if (strcmp(row->command, command) == 0)
            return row->key;
    return NULL;
}

/* ---- hints ---- */

static bool has_hint(const struct binding *const *hints, size_t n, const char *hint)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(hints[i]->hint, hint) == 0)
            return true;
    return false;
}

size_t key_map_hints(const struct key_map *map, const char *where, bool is_mode,
                     const struct binding **hints, size_t most)
{
    const struct binding *row;
    size_t n = 0;
    for (size_t i = 0; (row = key_map_row(map, where, is_mode, i)); i++) {
        if (!row->hint || has_hint(hints, n, row->hint))
            continue; /* one key for each thing */
        size_t at = n;
        while (at > 0 && hints[at - 1]->priority < row->priority)
            at--;
        if (at >= most)
            continue;
        n = n < most ? n + 1 : most;
        memmove(hints + at + 1, hints + at, (n - 1 - at) * sizeof *hints);
        hints[at] = row;
    }
    return n;
}

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; at && (at = strstr(at, word)); at += length)
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
            return true;
    return false;
}

size_t key_map_without(const struct binding **hints, size_t n, const char *without)
{
    size_t left = 0;
    for (size_t i = 0; i < n; i++)
        if (!has_word(without, hints[i]->hint))
            hints[left++] = hints[i];
    return left;
}

static int hint_width(const struct binding *hint)
{
    return (int)(text_width(hint->key, strlen(hint->key)) +
                 text_width(hint->hint, strlen(hint->hint))) +
           1;
}

void key_map_draw_hints(const struct key_map *map, const char *where, bool is_mode,
                        const char *without, const struct pen *pen, int row)
{
    enum { MOST = 8, ROOM = 24, GAP = 2 };
    const struct binding *hints[ROOM + 1];
    size_t n = key_map_hints(map, where, is_mode, hints, ROOM);
    n = key_map_without(hints, n, without);
    n = n < MOST ? n : MOST;
    const struct binding *help = NULL;
    for (size_t i = 0; i < n; i++)
        if (strcmp(hints[i]->hint, "help") == 0)
            help = hints[i];
    int column = 0, room = pen->box.columns - (help ? hint_width(help) : 0);
    for (size_t i = 0; i <= n; i++) {
        const struct binding *hint = i < n ? hints[i] : help;
        bool fits =
            hint &&
            (i < n ? hint != help && column + hint_width(hint) + (help ? GAP : 0) <= room
                   : hint_width(hint) + column <= pen->box.columns);
        if (!fits)
            continue;
        column += pen_put(pen, row, column, pen->styles[STYLE_HINT_KEY], hint->key) + 1;
        column += pen_put(pen, row, column, pen->styles[STYLE_HINT_TEXT], hint->hint) + GAP;
    }
}
