/* The grid that charts are drawn on. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "io/chart_parts.h"

const char *const chart_markers[CHART_SERIES] = {"o", "x", "+", "*", "#", "@", "%", "&"};

void chart_grid_open(struct chart_grid *grid, size_t rows, size_t columns)
{
    size_t n = rows * columns;
    *grid =
        (struct chart_grid){rows, columns, mem_alloc((n ? n : 1) * sizeof *grid->cells)};
    for (size_t i = 0; i < n; i++)
        grid->cells[i] = (struct chart_cell){" ", CHART_PLAIN};
}

void chart_grid_done(struct chart_grid *grid)
{
    free(grid->cells);
    *grid = (struct chart_grid){0};
}

static struct chart_cell *cell_at(const struct chart_grid *grid, long row, long column)
{
    if (row < 0 || column < 0 || row >= (long)grid->rows || column >= (long)grid->columns)
        return NULL;
    return &grid->cells[(size_t)row * grid->columns + (size_t)column];
}

const struct chart_cell *chart_at(const struct chart_grid *grid, long row, long column)
{
    static const struct chart_cell outside = {" ", CHART_PLAIN};
    const struct chart_cell *cell = cell_at(grid, row, column);
    return cell ? cell : &outside;
}

void chart_put(struct chart_grid *grid, long row, long column, unsigned style,
               const char *glyph)
{
    struct chart_cell *cell = cell_at(grid, row, column);
    if (!cell)
        return;
    size_t length = utf8_whole(glyph, strnlen(glyph, sizeof cell->glyph - 1));
    memcpy(cell->glyph, glyph, length);
    cell->glyph[length] = '\0';
    cell->style = (unsigned char)style;
}

long chart_text_width(const char *text)
{
    struct cluster cluster;
    long width = 0;
    for (const char *at = text, *end = text ? text + strlen(text) : NULL;
         at && text_next_cluster(&at, end, &cluster);)
        width += cluster.width;
    return width;
}

static long put_cluster(struct chart_grid *grid, long row, long column, unsigned style,
                        const struct cluster *cluster)
{
    bool is_spelled = cluster->width == cluster->length;
    for (long i = 0; i < cluster->width; i++) {
        char byte[2] = {is_spelled ? cluster->bytes[i] : '\0', '\0'};
        chart_put(grid, row, column + i, style, is_spelled || i ? byte : cluster->bytes);
    }
    return cluster->width;
}

long chart_put_text(struct chart_grid *grid, long row, long column, long columns,
                    unsigned style, const char *text)
{
    struct cluster cluster;
    long right = (long)grid->columns - column, used = 0;
    columns = columns < right ? columns : right;
    if (!text || columns <= 0)
        return 0;
    bool is_cut = chart_text_width(text) > columns;
    for (const char *at = text, *end = text + strlen(text);
         text_next_cluster(&at, end, &cluster) && used + cluster.width <= columns - is_cut;)
        used += put_cluster(grid, row, column + used, style, &cluster);
    if (is_cut)
        chart_put(grid, row, column + used++, style, "~");
    return used;
}

void chart_grid_write(const struct chart_grid *grid, struct text *out)
{
    text_append(out, "", 0);
    size_t mark = out->length;
    for (size_t row = 0; row < grid->rows; row++) {
        size_t n = grid->columns;
        const struct chart_cell *cells = &grid->cells[row * grid->columns];
        while (n && strcmp(cells[n - 1].glyph, " ") == 0)
            n--;
        for (size_t i = 0; i < n; i++)
            text_add(out, cells[i].glyph);
        text_add_char(out, '\n');
        if (n)
            mark = out->length;
    }
    out->length = mark;
    out->bytes[mark] = '\0';
}
