/* A workbench that is tried without a terminal: keys go in, and what it shows is read as text. */
#ifndef TESTS_UI_TRIED_H
#define TESTS_UI_TRIED_H

#include "near.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/table.h"
#include "ui/workbench.h"

struct tried {
    struct appearance appearance;
    struct config config;
    struct workbench *workbench;
    struct text shown;
    const struct command *const *table; /* NULL: the program's */
};

static inline const char *tried_data(const char *name)
{
    static char paths[4][512];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/data/%s", getenv("MICROSCOPE_SOURCE"), name);
    return path;
}

/* Keys of the user's own may be put into tried->config before, and commands of the test's own into
 * tried->table. */
static inline void tried_open(struct tried *tried, int rows, int columns)
{
    struct error err = {0};
    if (!setlocale(LC_ALL, "C.UTF-8"))
        setlocale(LC_ALL, "en_US.UTF-8");
    appearance_open(&tried->appearance, "base", DEPTH_256, GLYPHS_UNICODE, false, &err);
    const struct workbench_options options = {.table = tried->table ? tried->table
                                                                    : command_table,
                                              .appearance = &tried->appearance,
                                              .config = &tried->config,
                                              .is_fixed = true};
    tried->workbench = workbench_create(&options, &err);
    assert_string_equal(err.message, "");
    workbench_resize(tried->workbench, rows, columns);
}

static inline void tried_open_demo(struct tried *tried, int rows, int columns)
{
    struct error err = {0};
    const char *files[] = {tried_data("demo.features.safetensors"),
                           tried_data("demo.model.safetensors"),
                           tried_data("demo.jsonl.gz")};
    tried_open(tried, rows, columns);
    workbench_open(tried->workbench, files, 3, &err);
    assert_string_equal(err.message, "");
    workbench_settle(tried->workbench);
}

static inline void tried_done(struct tried *tried)
{
    workbench_free(tried->workbench);
    appearance_done(&tried->appearance);
    text_done(&tried->shown);
    *tried = (struct tried){0};
}

static inline void tried_key(struct tried *tried, const char *name)
{
    struct event event = {.kind = EVENT_KEY};
    struct error err = {0};
    key_parse(name, &event.key, &err);
    assert_string_equal(err.message, "");
    workbench_event(tried->workbench, &event);
    workbench_update(tried->workbench);
}

/* Names of keys, with blanks between. */
static inline void tried_keys(struct tried *tried, const char *keys)
{
    char name[KEY_NAME];
    while (*keys) {
        size_t length = strcspn(keys, " ");
        snprintf(name, sizeof name, "%.*s", (int)length, keys);
        tried_key(tried, name);
        keys += length + (keys[length] == ' ');
    }
}

static inline void tried_type(struct tried *tried, const char *text)
{
    for (const char *end = text + strlen(text); text < end;) {
        struct event event = {.kind = EVENT_KEY};
        event.key.code = utf8_next(&text, end);
        workbench_event(tried->workbench, &event);
        workbench_update(tried->workbench);
    }
}

/* Types a command at the prompt and enters it. */
static inline void tried_run(struct tried *tried, const char *line)
{
    tried_key(tried, ":");
    tried_type(tried, line);
    tried_key(tried, "Enter");
}

static inline const char *tried_text(struct tried *tried)
{
    text_clear(&tried->shown);
    text_append(&tried->shown, "", 0);
    workbench_draw(tried->workbench);
    canvas_text(workbench_canvas(tried->workbench), &tried->shown);
    return tried->shown.bytes;
}

static inline void tried_has(struct tried *tried, const char *part)
{
    if (!strstr(tried_text(tried), part))
        fail_msg("'%s' is not in\n%s", part, tried->shown.bytes);
}

static inline void tried_lacks(struct tried *tried, const char *part)
{
    if (strstr(tried_text(tried), part))
        fail_msg("'%s' is in\n%s", part, tried->shown.bytes);
}

/* Row `row` of what is shown (negative: from the end); valid until the next call of any of these. */
static inline const char *tried_row(struct tried *tried, int row)
{
    static char line[2048];
    const char *at = tried_text(tried);
    int rows = workbench_canvas(tried->workbench)->rows;
    for (int i = row < 0 ? rows + row : row; i > 0 && at; i--)
        at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL;
    assert_non_null(at);
    snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
    return line;
}

#endif
