/* Charts of lines as characters. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "io/chart_parts.h"

/* LABEL_MOST: cells of the numbers at the y axis. SPREAD: cells between two points from which
 * on each has its marker and its whisker. */
enum { LABEL_MOST = 10, SPREAD = 3 };

/* Glyphs of a set; box characters join what lies beside. */
struct pens {
    const char *flat, *rise_low, *rise_high, *fall_low, *fall_high, *up;
    const char *band, *whisker, *axis_y, *tick_y, *corner, *axis_x, *tick_x;
};

static const struct pens pens_unicode = {"─", "╯", "╭", "╰", "╮", "│", "░",
                                         "│", "│", "┤", "└", "─", "┬"};
static const struct pens pens_ascii = {"-", "/", "/", "\\", "\\", "|", ":",
                                       "|", "|", "+", "+",  "-",  "+"};

struct plot {
    struct chart_grid *grid;
    const struct chart_lines *lines;
    const struct pens *pens;
    struct chart_range x, y;
    long top, left, rows, columns; /* of the area inside the axes */
    bool braille;
    unsigned char *dots; /* (rows, columns) braille */
};

static double column_of(const struct plot *plot, double value)
{
    return chart_share(&plot->x, value) * (double)(plot->columns - 1);
}

static double row_of(const struct plot *plot, double value)
{
    double share = chart_share(&plot->y, value);
    return (1 - (share < 0 ? 0 : share > 1 ? 1 : share)) * (double)(plot->rows - 1);
}

static void put(struct plot *plot, long row, long column, unsigned style, const char *glyph)
{
    if (row >= 0 && row < plot->rows && column >= 0 && column < plot->columns)
        chart_put(plot->grid, plot->top + row, plot->left + column, style, glyph);
}

static bool is_free(const struct plot *plot, long row, long column)
{
    return strcmp(chart_at(plot->grid, plot->top + row, plot->left + column)->glyph, " ") ==
           0;
}

/* ---- between two points ---- */

typedef void each_column(struct plot *plot, unsigned series, long column, double from,
                         double to);

/* Calls `each` for every column between neighbours of a series with the row of `values` there
 * and at the next column. */
static void walk(struct plot *plot, unsigned s, const double *values, each_column *each)
{
    const struct chart_series *series = &plot->lines->series[s];
    for (size_t i = 0; i + 1 < series->n; i++) {
        double a = column_of(plot, chart_x(series, i)),
               b = column_of(plot, chart_x(series, i + 1));
        double from = row_of(plot, values[i]), to = row_of(plot, values[i + 1]);
        if (isnan(series->y[i]) || isnan(series->y[i + 1]) || isnan(from) || isnan(to) ||
            isnan(a) || isnan(b) || b < a)
            continue;
        for (long column = lround(a); column < lround(b); column++) {
            double left = ((double)column - a) / (b - a);
            double right = ((double)column + 1 - a) / (b - a);
            left = left < 0 ? 0 : left > 1 ? 1 : left;
            right = right < 0 ? 0 : right > 1 ? 1 : right;
            each(plot, s, column, from + (to - from) * left, from + (to - from) * right);
        }
    }
}

static void draw_step(struct plot *plot, unsigned s, long column, double from, double to)
{
    unsigned style = CHART_LINE + s % CHART_SERIES;
    const struct pens *pens = plot->pens;
    long a = lround(from), b = lround(to);
    if (a == b) {
        put(plot, a, column, style, pens->flat);
        return;
    }
    bool rises = b < a;
    put(plot, a, column, style, rises ? pens->rise_low : pens->fall_high);
    put(plot, b, column, style, rises ? pens->rise_high : pens->fall_low);
    for (long row = (rises ? b : a) + 1; row < (rises ? a : b); row++)
        put(plot, row, column, style, pens->up);
}

static void set_dot(struct plot *plot, double row, double column, unsigned s)
{
    static const unsigned char bits[4][2] = {
        {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    long y = lround(row * 4 + 1.5), x = lround(column * 2 + 0.5);
    long at_row = y / 4, at_column = x / 2;
    if (y < 0 || x < 0 || at_row >= plot->rows || at_column >= plot->columns)
        return;
    unsigned char *dots = &plot->dots[at_row * plot->columns + at_column];
    *dots |= bits[y % 4][x % 2];
    char glyph[5] = "";
    glyph[utf8_write(glyph, 0x2800 + *dots)] = '\0';
    put(plot, at_row, at_column, CHART_LINE + s % CHART_SERIES, glyph);
}

static void draw_dots(struct plot *plot, unsigned s, long column, double from, double to)
{
    int n = 2 + (int)(fabs(to - from) * 4);
    for (int i = 0; i <= n; i++) {
        double share = (double)i / n;
        set_dot(plot, from + (to - from) * share, (double)column + share, s);
    }
}

/* ---- intervals ---- */

static bool is_spread(const struct plot *plot, const struct chart_series *series)
{
    return (long)series->n * SPREAD <= plot->columns;
}

static void draw_span(struct plot *plot, unsigned style, long column, double low,
                      double high, const char *glyph)
{
    for (long row = lround(high); row <= lround(low); row++)
        if (is_free(plot, row, column))
            put(plot, row, column, style, glyph);
}

static void draw_intervals(struct plot *plot, unsigned s)
{
    const struct chart_series *series = &plot->lines->series[s];
    unsigned style = CHART_BAND + s % CHART_SERIES;
    if (!series->low || !series->high)
        return;
    bool whiskers = is_spread(plot, series);
    for (size_t i = 0; i < series->n; i++) {
        double column = column_of(plot, chart_x(series, i));
        double low = row_of(plot, series->low[i]), high = row_of(plot, series->high[i]);
        if (isnan(column) || isnan(low) || isnan(high) || isnan(series->y[i]))
            continue;
        double next = i + 1 < series->n ? column_of(plot, chart_x(series, i + 1)) : column;
        long last = whiskers || isnan(next) ? lround(column) : lround(next) - 1;
        for (long at = lround(column);
             at <= (last > lround(column) ? last : lround(column)); at++)
            draw_span(plot, style, at, low, high,
                      whiskers ? plot->pens->whisker : plot->pens->band);
    }
}

static void draw_markers(struct plot *plot, unsigned s)
{
    const struct chart_series *series = &plot->lines->series[s];
    if (!is_spread(plot, series) && series->n > 1)
        return;
    for (size_t i = 0; i < series->n; i++) {
        double row = row_of(plot, series->y[i]),
               column = column_of(plot, chart_x(series, i));
        if (!isnan(series->y[i]) && !isnan(row) && !isnan(column))
            put(plot, lround(row), lround(column), CHART_LINE + s % CHART_SERIES,
                chart_markers[s % CHART_SERIES]);
    }
}

/* ---- around the plot ---- */

static void draw_y_axis(struct plot *plot, const double *ticks, size_t n)
{
    long column = plot->left - 1;
    if (column < 0)
        return;
    for (long row = 0; row < plot->rows; row++)
        chart_put(plot->grid, plot->top + row, column, CHART_DIM, plot->pens->axis_y);
    for (size_t i = 0; i < n; i++) {
        char text[TICK_TEXT];
        long row = plot->top + lround(row_of(plot, ticks[i]));
        chart_tick_text(ticks[i], ticks, n, text);
        chart_put_text(plot->grid, row, column - 1 - chart_text_width(text), LABEL_MOST,
                       CHART_DIM, text);
        chart_put(plot->grid, row, column, CHART_DIM, plot->pens->tick_y);
    }
}

static void draw_x_axis(struct plot *plot, bool numbers)
{
    double ticks[TICKS_MOST];
    size_t n = chart_ticks(&plot->x, (size_t)(plot->columns / 8 + 1), ticks);
    long row = plot->top + plot->rows, last = -2;
    if (plot->left > 0)
        chart_put(plot->grid, row, plot->left - 1, CHART_DIM, plot->pens->corner);
    for (long column = 0; column < plot->columns; column++)
        chart_put(plot->grid, row, plot->left + column, CHART_DIM, plot->pens->axis_x);
    for (size_t i = 0; i < n; i++) {
        char text[TICK_TEXT];
        chart_tick_text(ticks[i], ticks, n, text);
        long width = chart_text_width(text), at = lround(column_of(plot, ticks[i]));
        long start = at - width / 2;
        start = start + width > plot->columns ? plot->columns - width : start;
        start = start < 0 ? 0 : start;
        chart_put(plot->grid, row, plot->left + at, CHART_DIM, plot->pens->tick_x);
        if (numbers && start > last + 1) {
            chart_put_text(plot->grid, row + 1, plot->left + start, width, CHART_DIM, text);
            last = start + width;
        }
    }
    const char *title = plot->lines->x.title;
    long width = chart_text_width(title);
    if (numbers && width && plot->columns - width > last + 1)
        chart_put_text(plot->grid, row + 1, plot->left + plot->columns - width, width,
                       CHART_TITLE, title);
}

/* Names of the series with their markers, and with what the cursor reads off. */
static void draw_legend(struct plot *plot, long row)
{
    const struct chart_lines *lines = plot->lines;
    struct text text = {0};
    long column = 0;
    if (!isnan(lines->cursor)) {
        text_printf(&text, "%s %.6g", lines->x.title ? lines->x.title : "x", lines->cursor);
        column +=
            chart_put_text(plot->grid, row, column, LONG_MAX, CHART_CURSOR, text.bytes) + 2;
    }
    for (size_t s = 0; s < lines->n_series; s++) {
        const struct chart_series *series = &lines->series[s];
        size_t i = isnan(lines->cursor) ? SIZE_MAX : chart_nearest(series, lines->cursor);
        text_clear(&text);
        text_printf(&text, "%s %s", chart_markers[s % CHART_SERIES],
                    series->name ? series->name : "");
        if (i != SIZE_MAX) {
            text_add_char(&text, ' ');
            chart_add_reading(&text, series, i);
        }
        column += chart_put_text(plot->grid, row, column, LONG_MAX,
                                 CHART_LINE + (unsigned)s % CHART_SERIES, text.bytes) +
                  2;
    }
    text_done(&text);
}

static void draw_cursor(struct plot *plot)
{
    double column = column_of(plot, plot->lines->cursor);
    for (long row = 0; !isnan(column) && row < plot->rows; row++)
        if (is_free(plot, row, lround(column)))
            put(plot, row, lround(column), CHART_CURSOR, plot->pens->up);
}

/* Room for the axes and the legend, as far as there is any. */
static void lay_out(struct plot *plot, double ticks[TICKS_MOST], size_t *n)
{
    const struct chart_lines *lines = plot->lines;
    struct chart_grid *grid = plot->grid;
    long rows = (long)grid->rows, columns = (long)grid->columns, label = 0;
    plot->top = (lines->title || lines->y.title) && rows >= 8;
    bool legend = rows >= 6 && lines->n_series &&
                  (lines->series[0].name || lines->n_series > 1 || !isnan(lines->cursor));
    if (plot->top) {
        long used = chart_put_text(grid, 0, 0, LONG_MAX, CHART_TITLE, lines->title);
        long width = chart_text_width(lines->y.title);
        if (width && used + width + 1 < columns)
            chart_put_text(grid, 0, used ? columns - width : 0, width, CHART_DIM,
                           lines->y.title);
    }
    if (legend)
        draw_legend(plot, plot->top++);
    plot->rows = rows - plot->top - (rows >= 5 ? 2 : rows >= 4 ? 1 : 0);
    plot->rows = plot->rows < 1 ? 1 : plot->rows;
    *n = chart_ticks(&plot->y, (size_t)(plot->rows / 3 + 2), ticks);
    for (size_t i = 0; i < *n; i++) {
        char text[TICK_TEXT];
        chart_tick_text(ticks[i], ticks, *n, text);
        long width = chart_text_width(text);
        label = width > label ? width : label;
    }
    label = label > LABEL_MOST ? LABEL_MOST : label;
    plot->left = columns >= label + 12 ? label + 2 : 0;
    plot->columns = columns - plot->left;
}

void chart_draw_lines(struct chart_grid *grid, const struct chart_lines *lines,
                      enum chart_glyphs glyphs)
{
    struct plot plot = {.grid = grid, .lines = lines, .braille = glyphs == CHART_BRAILLE};
    double ticks[TICKS_MOST];
    size_t n_ticks;
    if (!grid->rows || !grid->columns)
        return;
    plot.pens = glyphs == CHART_ASCII ? &pens_ascii : &pens_unicode;
    plot.x = chart_x_range(lines);
    plot.y = chart_y_range(lines);
    lay_out(&plot, ticks, &n_ticks);
    plot.dots = mem_zero((size_t)(plot.rows * plot.columns) + 1);
    draw_y_axis(&plot, ticks, n_ticks);
    if (grid->rows >= 4)
        draw_x_axis(&plot, grid->rows >= 5);
    for (unsigned s = 0; s < lines->n_series; s++)
        draw_intervals(&plot, s);
    for (unsigned s = (unsigned)lines->n_series; s-- > 0;)
        walk(&plot, s, lines->series[s].y, plot.braille ? draw_dots : draw_step);
    for (unsigned s = (unsigned)lines->n_series; s-- > 0;)
        draw_markers(&plot, s);
    draw_cursor(&plot);
    free(plot.dots);
}
