/* A canvas to draw on in tests, and what it shows as text: for the toolkit and for views. */
#ifndef TESTS_UI_SHOWN_H
#define TESTS_UI_SHOWN_H

#include "near.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "ui/canvas.h"
#include "ui/event.h"
#include "ui/keys.h"

struct shown {
    struct canvas canvas;
    struct look look;
    struct pen pen;
    struct text text;
};

/* Glyphs are those of a UTF-8 locale whatever the tests run in. */
static inline void shown_open(struct shown *shown, int rows, int columns, enum depth depth,
                              enum glyph_set set)
{
    if (!setlocale(LC_ALL, "C.UTF-8"))
        setlocale(LC_ALL, "en_US.UTF-8");
    *shown = (struct shown){0};
    canvas_resize(&shown->canvas, rows, columns);
    look_plain(&shown->look, depth, set);
    shown->pen = pen_on(&shown->canvas, &shown->look);
}

static inline void shown_clear(struct shown *shown)
{
    canvas_clear(&shown->canvas, shown->look.styles[STYLE_TEXT]);
}

static inline void shown_done(struct shown *shown)
{
    canvas_done(&shown->canvas);
    text_done(&shown->text);
}

/* All rows, each with a newline; valid until the next call. */
static inline const char *shown_text(struct shown *shown)
{
    text_clear(&shown->text);
    canvas_text(&shown->canvas, &shown->text);
    return shown->text.bytes;
}

static inline void shown_has(struct shown *shown, const char *part)
{
    if (!strstr(shown_text(shown), part))
        fail_msg("'%s' is not in\n%s", part, shown->text.bytes);
}

static inline void shown_lacks(struct shown *shown, const char *part)
{
    if (strstr(shown_text(shown), part))
        fail_msg("'%s' is in\n%s", part, shown->text.bytes);
}

static inline struct style shown_style(const struct shown *shown, int row, int column)
{
    return canvas_at(&shown->canvas, row, column)->style;
}

static inline struct key key_of(const char *name)
{
    struct key key = {0};
    assert_int_equal(key_parse(name, &key, NULL), STATUS_OK);
    return key;
}

#endif
