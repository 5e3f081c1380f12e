/* The canvas as a picture. */
#include <string.h>

#include "io/color.h"
#include "io/svg.h"
#include "ui/canvas.h"

/* Pixels of a cell, of the margin around them all, and of the letters. */
static const double cell_width = 8.4, cell_height = 18, margin = 10, letter = 14;

struct paint {
    uint32_t fg, bg;
};

static struct paint paint_of(struct style style, const struct look *look)
{
    struct paint paint = {style_rgb(style.fg, look->picture_fg),
                          style_rgb(style.bg, look->picture_bg)};
    if (style.attr & ATTR_REVERSE)
        paint = (struct paint){paint.bg, paint.fg};
    if (style.attr & ATTR_DIM)
        paint.fg = color_blend(paint.fg, paint.bg, 0.4);
    return paint;
}

/* Columns from `column` on that have the same style; `text` gets what is in them. */
static int take_run(const struct canvas *canvas, int row, int column, struct text *text)
{
    struct style style = canvas_at(canvas, row, column)->style;
    int end = column;
    while (end < canvas->columns && style_equal(canvas_at(canvas, row, end)->style, style))
        text_add(text, canvas_at(canvas, row, end++)->glyph);
    return end - column;
}

static bool has_ink(const struct text *text)
{
    return text->length && text->bytes[strspn(text->bytes, " ")];
}

static void add_run(struct text *out, const struct look *look, struct style style,
                    struct svg_point at, int columns, const struct text *text)
{
    struct paint paint = paint_of(style, look);
    double width = columns * cell_width;
    if (paint.bg != look->picture_bg)
        svg_rect(out, at.x, at.y, width, cell_height, paint.bg, 1);
    if (has_ink(text) || (style.attr & ATTR_UNDERLINE)) {
        struct svg_font font = {.size = letter,
                                .color = paint.fg,
                                .length = width,
                                .is_fixed = true,
                                .is_bold = style.attr & ATTR_BOLD,
                                .is_underlined = style.attr & ATTR_UNDERLINE};
        svg_text(out, at.x, at.y + cell_height - 4.5, &font, text->bytes, text->length);
    }
    if (style.attr & ATTR_STRIKE) {
        double y = at.y + cell_height / 2;
        svg_line(out, (struct svg_point){at.x, y}, (struct svg_point){at.x + width, y},
                 paint.fg, 1);
    }
}

void canvas_svg(const struct canvas *canvas, const struct look *look, struct text *out)
{
    struct text text = {0};
    svg_begin(out, canvas->columns * cell_width + 2 * margin,
              canvas->rows * cell_height + 2 * margin, look->picture_bg);
    for (int row = 0; row < canvas->rows; row++)
        for (int column = 0, n; column < canvas->columns; column += n) {
            text_clear(&text);
            n = take_run(canvas, row, column, &text);
            struct svg_point at = {margin + column * cell_width,
                                   margin + row * cell_height};
            add_run(out, look, canvas_at(canvas, row, column)->style, at, n, &text);
        }
    svg_end(out);
    text_done(&text);
}
