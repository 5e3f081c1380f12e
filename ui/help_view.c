/* The help: what is looked at, its keys, and the keys of all views, as they are bound now. */
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "ui/pager.h"
#include "ui/workbench_inside.h"

enum { WIDTH = 76, KEY_ROOM = 12, HELP_ROOM = 46 };

/* "key  what it does  the command", with the other keys of the same row's command before it. */
static void add_row(struct text *out, const struct binding *row)
{
    struct text key = {0};
    text_add(&key, row->key);
    text_printf(out, "  %s%*s %s", key.bytes,
                (int)(text_width(key.bytes, key.length) < KEY_ROOM
                          ? KEY_ROOM - text_width(key.bytes, key.length)
                          : 0),
                "", row->help ? row->help : "");
    size_t length = row->help ? text_width(row->help, strlen(row->help)) : 0;
    text_printf(out, "%*s %s\n", (int)(length < HELP_ROOM ? HELP_ROOM - length : 0), "",
                row->command);
    text_done(&key);
}

static void add_heading(struct text *out, const char *name)
{
    text_add(out, out->length ? "\n" : "");
    text_printf(out, "%c%s\n", PAGER_HEADING, name);
}

/* Rows of that place only, by their `where`. */
static bool add_rows(struct text *out, const struct key_map *keys, const char *where,
                     bool is_mode, const char *of, const char *heading)
{
    bool any = false;
    const struct binding *row;
    for (size_t i = 0; (row = key_map_row(keys, where, is_mode, i)); i++) {
        if (strcmp(row->where, of) != 0)
            continue;
        if (!any)
            add_heading(out, heading);
        any = true;
        add_row(out, row);
    }
    return any;
}

static void add_paragraphs(struct text *out, const char *help)
{
    while (*help) {
        size_t length = strcspn(help, "\n");
        struct text line = {0};
        text_append(&line, help, length);
        if (length)
            words_wrap(out, line.bytes, 0, WIDTH);
        text_add_char(out, '\n');
        text_done(&line);
        help += length + (help[length] == '\n');
    }
}

static void add_commands(struct text *out, const struct command *const *table)
{
    add_heading(out, "commands (type : and one of them; 'help NAME' explains it)");
    for (size_t i = 0; table[i]; i++)
        text_printf(out, "  %-*s %s\n", KEY_ROOM, table[i]->name, table[i]->help);
}

struct overlay help_make(struct workbench *workbench, const char *where, bool is_mode)
{
    const struct view *view = view_table[workbench->view];
    const struct key_map *keys = &workbench->keys;
    struct text out = {0}, title = {0};
    add_heading(&out, view->title);
    add_paragraphs(&out, view->help ? view->help : "");
    if (is_mode && strcmp(where, view->name) != 0)
        add_rows(&out, keys, where, true, where, "keys here");
    text_printf(&title, "keys of %s", view->title);
    add_rows(&out, keys, view->name, false, view->name, title.bytes);
    add_rows(&out, keys, view->name, false, "all", "keys of all views");
    add_commands(&out, workbench->options.table);
    struct overlay overlay = pager_make("help", out.bytes);
    text_done(&title);
    text_done(&out);
    return overlay;
}
