#include "ui/canvas.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const struct canvas_cell blank = {" ", 1, {COLOR_DEFAULT, COLOR_DEFAULT, 0}};

void canvas_resize(struct canvas *canvas, int rows, int columns)
{
    rows = rows < 0 ? 0 : rows;
    columns = columns < 0 ? 0 : columns;
    if (rows != canvas->rows || columns != canvas->columns || !canvas->cells) {
        size_t n = (size_t)rows * (size_t)columns;
        canvas->cells = mem_resize(canvas->cells, (n ? n : 1) * sizeof *canvas->cells);
        canvas->rows = rows;
        canvas->columns = columns;
    }
    canvas_clear(canvas, blank.style);
}

void canvas_clear(struct canvas *canvas, struct style style)
{
    size_t n = (size_t)canvas->rows * (size_t)canvas->columns;
    for (size_t i = 0; i < n; i++) {
        canvas->cells[i] = blank;
        canvas->cells[i].style = style;
    }
    canvas->cursor_row = canvas->cursor_column = -1;
}

void canvas_ground(struct canvas *canvas, struct style style)
{
    size_t n = (size_t)canvas->rows * (size_t)canvas->columns;
    if (style.fg == COLOR_DEFAULT && style.bg == COLOR_DEFAULT)
        return;
    for (size_t i = 0; i < n; i++) {
        struct style *of = &canvas->cells[i].style;
        of->fg = of->fg == COLOR_DEFAULT ? style.fg : of->fg;
        of->bg = of->bg == COLOR_DEFAULT ? style.bg : of->bg;
    }
}

void canvas_done(struct canvas *canvas)
{
    free(canvas->cells);
    *canvas = (struct canvas){0};
}

const struct canvas_cell *canvas_at(const struct canvas *canvas, int row, int column)
{
    if (row < 0 || column < 0 || row >= canvas->rows || column >= canvas->columns)
        return &blank;
    return &canvas->cells[(size_t)row * (size_t)canvas->columns + (size_t)column];
}

/* ---- as a file ---- */

static bool is_blank(const struct canvas_cell *cell, bool styled)
{
    return cell->width == 1 && strcmp(cell->glyph, " ") == 0 &&
           (!styled || style_equal(cell->style, blank.style));
}

/* Columns of a row up to the last one that shows something. */
static int used_columns(const struct canvas *canvas, int row, bool styled)
{
    int n = canvas->columns;
    while (n > 0 && is_blank(canvas_at(canvas, row, n - 1), styled))
        n--;
    return n;
}

void canvas_text(const struct canvas *canvas, struct text *out)
{
    text_append(out, "", 0);
    for (int row = 0; row < canvas->rows; row++) {
        int n = used_columns(canvas, row, false);
        for (int column = 0; column < n; column++)
            text_add(out, canvas_at(canvas, row, column)->glyph);
        text_add_char(out, '\n');
    }
}

/* ---- ANSI ---- */

static void add_color(struct text *out, int32_t color, int base)
{
    if (color >= STYLE_RGB)
        text_printf(out, ";%d;2;%d;%d;%d", base + 8, (color >> 16) & 0xff,
                    (color >> 8) & 0xff, color & 0xff);
    else if (color >= 16)
        text_printf(out, ";%d;5;%d", base + 8, color);
    else if (color >= 8)
        text_printf(out, ";%d", base + 60 + color - 8);
    else if (color >= 0)
        text_printf(out, ";%d", base + color);
}

static void add_escape(struct text *out, struct style style)
{
    static const struct {
        uint16_t attr;
        char digit;
    } codes[] = {{ATTR_BOLD, '1'},      {ATTR_DIM, '2'},     {ATTR_ITALIC, '3'},
                 {ATTR_UNDERLINE, '4'}, {ATTR_REVERSE, '7'}, {ATTR_STRIKE, '9'}};
    text_add(out, "\033[0");
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (style.attr & codes[i].attr)
            text_printf(out, ";%c", codes[i].digit);
    add_color(out, style.fg, 30);
    add_color(out, style.bg, 40);
    text_add_char(out, 'm');
}

void canvas_ansi(const struct canvas *canvas, struct text *out)
{
    text_append(out, "", 0);
    for (int row = 0; row < canvas->rows; row++) {
        struct style style = blank.style;
        int n = used_columns(canvas, row, true);
        for (int column = 0; column < n; column++) {
            const struct canvas_cell *cell = canvas_at(canvas, row, column);
            if (!style_equal(cell->style, style)) {
                style = cell->style;
                add_escape(out, style);
            }
            text_add(out, cell->glyph);
        }
        text_add(out, style_equal(style, blank.style) ? "\n" : "\033[0m\n");
    }
}
