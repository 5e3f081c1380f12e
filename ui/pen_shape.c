/* Pens: frames, rules, bars and sparklines. */
#include <math.h>
#include <string.h>

#include "io/color.h"
#include "ui/canvas.h"
#include "ui/pen_cell.h"

void pen_glyph(const struct pen *pen, int row, int column, struct style style,
               enum glyph glyph)
{
    pen_symbol(pen, row, column, style, pen->look->glyphs[glyph]);
}

void pen_fill(const struct pen *pen, struct style style, const char *glyph)
{
    for (int row = 0; row < pen->box.rows; row++)
        for (int column = 0; column < pen->box.columns; column++)
            pen_symbol(pen, row, column, style, glyph);
}

void pen_paint(const struct pen *pen, struct box box, struct style style)
{
    struct pen part = pen_part(pen, box);
    const struct box *clip = &part.clip;
    for (int row = clip->row; row < clip->row + clip->rows; row++)
        for (int column = clip->column; column < clip->column + clip->columns; column++) {
            struct canvas_cell *cell =
                &pen->canvas
                     ->cells[(size_t)row * (size_t)pen->canvas->columns + (size_t)column];
            cell->style = style_over(cell->style, style);
        }
}

/* ---- frames ---- */

static struct style border(const struct pen *pen, bool focus)
{
    return pen->styles[focus ? STYLE_BORDER_FOCUS : STYLE_BORDER];
}

static void horizontal(const struct pen *pen, int row, struct style style, enum glyph left,
                       enum glyph right)
{
    int last = pen->box.columns - 1;
    for (int column = 1; column < last; column++)
        pen_glyph(pen, row, column, style, GLYPH_HORIZONTAL);
    pen_glyph(pen, row, 0, style, left);
    pen_glyph(pen, row, last, style, right);
}

/* A title in a border, with a blank on each side; returns where it ends. */
static int draw_title(const struct pen *pen, int row, int column, int columns,
                      struct style style, const char *title)
{
    struct pen room = pen_part(pen, (struct box){row, column, 1, columns});
    if (columns < 3)
        return column;
    int used = 0;
    struct pen text = pen_part(&room, (struct box){0, 1, 1, columns - 2});
    used = pen_put(&text, 0, 0, style, title);
    pen_symbol(&room, 0, 0, style, " ");
    pen_symbol(&room, 0, used + 1, style, " ");
    return column + used + 2;
}

static int shown_width(const char *text, int most)
{
    size_t width = text_width(text, strlen(text));
    return width < (size_t)most ? (int)width : most;
}

struct pen pen_frame(const struct pen *pen, bool focus, const char *title,
                     const char *right)
{
    int rows = pen->box.rows, columns = pen->box.columns;
    if (rows < 3 || columns < 4) {
        if (title && rows > 1)
            pen_put(pen, 0, 0, pen->styles[STYLE_TITLE], title);
        int used = title && rows > 1;
        return pen_part(pen, (struct box){used, 0, rows - used, columns});
    }
    struct style style = border(pen, focus);
    horizontal(pen, 0, style, GLYPH_TOP_LEFT, GLYPH_TOP_RIGHT);
    horizontal(pen, rows - 1, style, GLYPH_BOTTOM_LEFT, GLYPH_BOTTOM_RIGHT);
    for (int row = 1; row < rows - 1; row++) {
        pen_glyph(pen, row, 0, style, GLYPH_VERTICAL);
        pen_glyph(pen, row, columns - 1, style, GLYPH_VERTICAL);
    }
    int end = 1;
    if (title)
        end = draw_title(pen, 0, 1, columns - 2, pen->styles[STYLE_TITLE], title);
    if (right) {
        int width = shown_width(right, columns) + 2, left = columns - 2 - end;
        width = width < left ? width : left;
        draw_title(pen, 0, columns - 1 - width, width, pen->styles[STYLE_DIM], right);
    }
    return pen_part(pen, (struct box){1, 1, rows - 2, columns - 2});
}

void pen_rule(const struct pen *pen, int row, bool focus, const char *title)
{
    if (row < 0 || row >= pen->box.rows || pen->box.columns < 4)
        return;
    horizontal(pen, row, border(pen, focus), GLYPH_TEE_RIGHT, GLYPH_TEE_LEFT);
    if (title)
        draw_title(pen, row, 1, pen->box.columns - 2, pen->styles[STYLE_TITLE], title);
}

void pen_divide(const struct pen *pen, int column, int from, int rows, bool focus)
{
    struct style style = border(pen, focus);
    for (int row = from; row < from + rows; row++) {
        enum glyph glyph = row == from              ? GLYPH_TEE_DOWN
                           : row == from + rows - 1 ? GLYPH_TEE_UP
                                                    : GLYPH_VERTICAL;
        pen_glyph(pen, row, column, style, glyph);
    }
}

/* ---- quantities ---- */

void pen_bar(const struct pen *pen, int row, int column, int columns, double share,
             struct style style)
{
    struct glyph_steps steps = pen->look->bar;
    int parts = (int)steps.n, all = columns * parts;
    if (isnan(share)) {
        for (int i = 0; i < columns; i++)
            pen_symbol(pen, row, column + i, style,
                       i ? " " : pen->look->glyphs[GLYPH_MISSING]);
        return;
    }
    int filled = (int)lround((share < 0 ? 0 : share > 1 ? 1 : share) * all);
    if (filled == 0 && share > 0)
        filled = 1; /* a little is not nothing */
    for (int i = 0; i < columns; i++) {
        int part = filled - i * parts;
        part = part > parts ? parts : part;
        pen_symbol(pen, row, column + i, style,
                   part > 0 ? steps.glyphs[part - 1] : pen->look->bar_empty);
    }
}

void pen_spark(const struct pen *pen, int row, int column, const double *values, size_t n,
               double low, double high, struct style style)
{
    struct glyph_steps steps = pen->look->spark;
    for (size_t i = 0; i < n; i++) {
        double share = high > low ? (values[i] - low) / (high - low) : 0;
        const char *glyph = isnan(values[i]) ? pen->look->glyphs[GLYPH_MISSING]
                                             : steps.glyphs[palette_step(steps.n, share)];
        pen_symbol(pen, row, column + (int)i, style, glyph);
    }
}

/* ---- the cursor and the mouse ---- */

void pen_cursor(const struct pen *pen, int row, int column)
{
    row += pen->box.row;
    column += pen->box.column;
    const struct box *clip = &pen->clip;
    bool inside = row >= clip->row && row < clip->row + clip->rows &&
                  column >= clip->column && column < clip->column + clip->columns;
    pen->canvas->cursor_row = inside ? row : -1;
    pen->canvas->cursor_column = inside ? column : -1;
}

bool pen_hit(const struct pen *pen, int row, int column, int *inside_row,
             int *inside_column)
{
    const struct box *clip = &pen->clip;
    if (row < clip->row || row >= clip->row + clip->rows || column < clip->column ||
        column >= clip->column + clip->columns)
        return false;
    *inside_row = row - pen->box.row;
    *inside_column = column - pen->box.column;
    return true;
}
