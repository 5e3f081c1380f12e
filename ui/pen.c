/* Pens: what draws text on a canvas. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/canvas.h"
#include "ui/pen_cell.h"

static int min(int a, int b)
{
    return a < b ? a : b;
}

static int max(int a, int b)
{
    return a > b ? a : b;
}

static struct box meet(struct box a, struct box b)
{
    int top = max(a.row, b.row), left = max(a.column, b.column);
    int bottom = min(a.row + a.rows, b.row + b.rows);
    int right = min(a.column + a.columns, b.column + b.columns);
    return (struct box){top, left, max(bottom - top, 0), max(right - left, 0)};
}

struct pen pen_on(struct canvas *canvas, const struct look *look)
{
    struct box all = {0, 0, canvas->rows, canvas->columns};
    return (struct pen){canvas, look, look->styles, all, all};
}

struct pen pen_part(const struct pen *pen, struct box part)
{
    struct pen inside = *pen;
    inside.box = (struct box){pen->box.row + part.row, pen->box.column + part.column,
                              max(part.rows, 0), max(part.columns, 0)};
    inside.clip = meet(pen->clip, inside.box);
    return inside;
}

/* A length or place that is negative counts from the end. */
static void from_end(int all, int *first, int *n)
{
    *first = *first < 0 ? max(all + *first, 0) : *first;
    *n = *n < 0 ? all - *first + *n : *n;
    *n = max(min(*n, all - *first), 0);
}

struct pen pen_rows(const struct pen *pen, int first, int rows)
{
    from_end(pen->box.rows, &first, &rows);
    return pen_part(pen, (struct box){first, 0, rows, pen->box.columns});
}

struct pen pen_columns(const struct pen *pen, int first, int columns)
{
    from_end(pen->box.columns, &first, &columns);
    return pen_part(pen, (struct box){0, first, pen->box.rows, columns});
}

/* ---- cells ---- */

static struct canvas_cell *cell_at(const struct pen *pen, int row, int column)
{
    row += pen->box.row;
    column += pen->box.column;
    const struct box *clip = &pen->clip;
    if (row < clip->row || row >= clip->row + clip->rows || column < clip->column ||
        column >= clip->column + clip->columns)
        return NULL;
    struct canvas *canvas = pen->canvas;
    return &canvas->cells[(size_t)row * (size_t)canvas->columns + (size_t)column];
}

/* A wide character of which one half is drawn over leaves a blank in the other. */
static void break_wide(const struct pen *pen, int row, int column)
{
    struct pen all = *pen;
    all.clip = (struct box){0, 0, pen->canvas->rows, pen->canvas->columns};
    struct canvas_cell *cell = cell_at(&all, row, column);
    struct canvas_cell *other = NULL;
    if (cell && cell->width == 2)
        other = cell_at(&all, row, column + 1);
    else if (cell && cell->width == 0)
        other = cell_at(&all, row, column - 1);
    if (other) {
        memcpy(other->glyph, " ", 2);
        other->width = 1;
    }
}

void pen_cell(const struct pen *pen, int row, int column, struct style style,
              const struct cluster *cluster)
{
    struct canvas_cell *cell = cell_at(pen, row, column);
    if (!cell)
        return;
    struct canvas_cell *second = cluster->width == 2 ? cell_at(pen, row, column + 1) : NULL;
    break_wide(pen, row, column);
    if (cluster->width == 2)
        break_wide(pen, row, column + 1);
    cell->style = style;
    if (cluster->width == 2 && !second) { /* half of it does not fit */
        memcpy(cell->glyph, " ", 2);
        cell->width = 1;
        return;
    }
    memcpy(cell->glyph, cluster->bytes, (size_t)cluster->length + 1);
    cell->width = cluster->width;
    if (second) {
        second->glyph[0] = '\0';
        second->width = 0;
        second->style = style;
    }
}

bool pen_next(const struct pen *pen, const char **at, const char *end,
              struct cluster *cluster)
{
    if (!text_next_cluster(at, end, cluster))
        return false;
    if (pen->look->is_ascii && (unsigned char)cluster->bytes[0] >= 0x80) {
        memcpy(cluster->bytes, "??", 3);
        cluster->bytes[cluster->width] = '\0';
        cluster->length = cluster->width;
    } else if (pen->look->is_ascii && cluster->width == 1) {
        cluster->bytes[cluster->length = 1] = '\0'; /* marks on an ASCII letter */
    }
    return true;
}

/* Draws a cluster, or the escape that stands for one, whose bytes take a cell each. */
static int draw(const struct pen *pen, int row, int column, struct style style,
                const struct cluster *cluster)
{
    bool is_spelled = cluster->width == cluster->length && cluster->width > 1;
    if (!is_spelled) {
        pen_cell(pen, row, column, style, cluster);
        return cluster->width;
    }
    for (int i = 0; i < cluster->width; i++) {
        struct cluster byte = {{cluster->bytes[i]}, 1, 1};
        pen_cell(pen, row, column + i, style, &byte);
    }
    return cluster->width;
}

void pen_symbol(const struct pen *pen, int row, int column, struct style style,
                const char *glyph)
{
    struct cluster cluster = {{0}, 0, 1};
    snprintf(cluster.bytes, sizeof cluster.bytes, "%s", glyph);
    cluster.length = (unsigned char)strlen(cluster.bytes);
    pen_cell(pen, row, column, style, &cluster);
}

/* ---- lines of text ---- */

/* Whether the text takes more than `columns` cells; looks no further than that. */
static bool is_wider(const struct pen *pen, const char *bytes, size_t length, int columns)
{
    struct cluster cluster;
    int width = 0;
    for (const char *at = bytes, *end = bytes + length; pen_next(pen, &at, end, &cluster);)
        if ((width += cluster.width) > columns)
            return true;
    return false;
}

/* Draws into at most `columns` cells, with an ellipsis when that is too few. */
static int draw_cut(const struct pen *pen, int row, int column, int columns,
                    struct style style, const char *bytes, size_t length)
{
    if (columns <= 0)
        return 0;
    int room = is_wider(pen, bytes, length, columns) ? columns - 1 : columns, used = 0;
    struct cluster cluster;
    const char *at = bytes, *end = bytes + length;
    while (pen_next(pen, &at, end, &cluster) && used + cluster.width <= room)
        used += draw(pen, row, column + used, style, &cluster);
    if (room < columns)
        pen_symbol(pen, row, column + used++, style, pen->look->glyphs[GLYPH_ELLIPSIS]);
    return used;
}

int pen_put(const struct pen *pen, int row, int column, struct style style,
            const char *string)
{
    if (row < 0 || row >= pen->box.rows)
        return 0;
    return draw_cut(pen, row, column, pen->box.columns - column, style, string,
                    strlen(string));
}

int pen_printf(const struct pen *pen, int row, int column, struct style style,
               const char *format, ...)
{
    struct text text = {0};
    va_list args;
    va_start(args, format);
    text_append(&text, "", 0);
    text_vprintf(&text, format, args);
    va_end(args);
    int used = pen_put(pen, row, column, style, text.bytes);
    text_done(&text);
    return used;
}

static int width_upto(const struct pen *pen, const char *bytes, size_t length, int columns)
{
    struct cluster cluster;
    int width = 0;
    for (const char *at = bytes, *end = bytes + length;
         width < columns && pen_next(pen, &at, end, &cluster);)
        width += cluster.width;
    return min(width, columns);
}

void pen_field(const struct pen *pen, int row, int column, int columns, enum align align,
               struct style style, const char *bytes, size_t length)
{
    struct pen field = pen_part(pen, (struct box){row, column, 1, columns});
    pen_fill(&field, style, " ");
    int spare = align == ALIGN_LEFT ? 0 : columns - width_upto(pen, bytes, length, columns);
    int start = align == ALIGN_RIGHT ? spare : spare / 2;
    draw_cut(&field, 0, start, columns - start, style, bytes, length);
}

/* ---- paragraphs ---- */

static bool is_space(const char *at)
{
    return *at == ' ' || *at == '\t' || *at == '\r';
}

/* Where the line that begins at *at ends: it is drawn up to there, and *at is where the next one
 * begins. Breaks at spaces, between wide characters, and inside a word that is longer than a
 * line. */
static const char *take_line(const char **at, const char *end, int columns)
{
    const char *cut = NULL, *next = NULL, *here = *at;
    int width = 0;
    while (here < end && *here != '\n') {
        const char *start = here;
        struct cluster cluster = {" ", 1, 1};
        if (is_space(here)) {
            cut = cut && next == here ? cut : here;
            next = ++here;
        } else {
            text_next_cluster(&here, end, &cluster);
            if (cluster.width == 2 && start > *at && width <= columns)
                cut = next = start;
        }
        width += cluster.width;
        if (width > columns && !is_space(start)) {
            if (!cut || cut == *at)
                cut = next = start > *at ? start : here;
            *at = next;
            return cut;
        }
    }
    *at = here < end ? here + 1 : here;
    return here;
}

int text_lines(const char *bytes, size_t length, int columns)
{
    const char *at = bytes, *end = bytes + length;
    int n = 0;
    do {
        take_line(&at, end, max(columns, 1));
        n++;
    } while (at < end);
    return n;
}

int pen_wrap(const struct pen *pen, int row, int skip, struct style style,
             const char *bytes, size_t length)
{
    const char *at = bytes, *end = bytes + length;
    int n = 0, columns = max(pen->box.columns, 1);
    do {
        const char *start = at, *stop = take_line(&at, end, columns);
        int to = row + n++ - skip;
        struct cluster cluster;
        for (int column = 0; to >= row && to < pen->box.rows && start < stop;) {
            if (is_space(start)) {
                start++;
                pen_symbol(pen, to, column++, style, " ");
            } else if (pen_next(pen, &start, stop, &cluster)) {
                column += draw(pen, to, column, style, &cluster);
            }
        }
    } while (at < end);
    return n;
}
