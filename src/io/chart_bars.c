/* Bars as characters: a row each, with label and number. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/chart_parts.h"

/* Cells of a bar when there is no limit, and the fewest that it is drawn in. */
enum { BAR_USUAL = 40, BAR_LEAST = 4 };

static long label_width(const struct chart_bars *bars)
{
    long widest = 0;
    for (size_t i = 0; i < bars->n; i++) {
        long width = chart_text_width(bars->labels[i]);
        widest = width > widest ? width : widest;
    }
    return widest;
}

void chart_bars_number(const struct chart_bars *bars, size_t i, struct text *out)
{
    int decimals = (int)(bars->decimals < 17 ? bars->decimals : 17);
    text_clear(out);
    if (isnan(bars->values[i])) {
        text_add(out, "-");
        return;
    }
    text_printf(out, "%.*f", decimals, bars->values[i]);
    if (bars->low && bars->high && !isnan(bars->low[i]))
        text_printf(out, " [%.*f %.*f]", decimals, bars->low[i], decimals, bars->high[i]);
}

static long number_width(const struct chart_bars *bars)
{
    struct text text = {0};
    long widest = 0;
    for (size_t i = 0; i < bars->n; i++) {
        chart_bars_number(bars, i, &text);
        widest = (long)text.length > widest ? (long)text.length : widest;
    }
    text_done(&text);
    return widest;
}

void chart_bars_size(const struct chart_bars *bars, size_t *rows, size_t *columns)
{
    *rows = bars->n + (bars->title != NULL);
    *columns = (size_t)(label_width(bars) + 2 + BAR_USUAL + number_width(bars));
}

/* What fills a cell of which the part from `from` to `to` (0 .. 1) belongs to the bar. */
static const char *filling(double from, double to, enum chart_glyphs glyphs)
{
    static const char *const eighths[] = {"▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
    double part = to - from;
    if (part <= 0)
        return NULL;
    if (glyphs == CHART_ASCII)
        return part > 0.75 ? "#" : part >= 0.1 ? "=" : NULL;
    if (from > 0) /* it grows to the left */
        return part >= 0.75 ? "█" : part >= 0.25 ? "▐" : NULL;
    long eighth = lround(part * 8);
    return eighth > 0 ? eighths[eighth - 1] : NULL;
}

static void draw_bar(struct chart_grid *grid, long row, long left, long columns,
                     double from, double to, unsigned style, enum chart_glyphs glyphs)
{
    if (from > to) {
        double swap = from;
        from = to;
        to = swap;
    }
    for (long i = 0; i < columns; i++) {
        double start = from * (double)columns - (double)i,
               end = to * (double)columns - (double)i;
        const char *glyph = filling(start < 0   ? 0
                                    : start > 1 ? 1
                                                : start,
                                    end < 0   ? 0
                                    : end > 1 ? 1
                                              : end,
                                    glyphs);
        if (glyph)
            chart_put(grid, row, left + i, style, glyph);
    }
}

void chart_draw_bars(struct chart_grid *grid, const struct chart_bars *bars,
                     enum chart_glyphs glyphs)
{
    struct chart_range range = chart_bars_range(bars);
    struct text text = {0};
    long columns = (long)grid->columns, top = bars->title && grid->rows > 2;
    long label = label_width(bars), number = number_width(bars);
    label = label > columns / 3 ? columns / 3 : label;
    number = number > columns / 2 ? columns / 2 : number;
    long left = label + 1, room = columns - left - number - 1;
    bool has_bar = room >= BAR_LEAST;
    size_t shown = bars->n, rows = grid->rows > (size_t)top ? grid->rows - (size_t)top : 0;
    if (shown > rows)
        shown = rows ? rows - 1 : 0;
    if (top)
        chart_put_text(grid, 0, 0, LONG_MAX, CHART_TITLE, bars->title);
    double zero = chart_share(&range, 0);
    zero = zero < 0 ? 0 : zero > 1 ? 1 : zero;
    for (size_t i = 0; i < shown; i++) {
        long row = top + (long)i;
        double share = chart_share(&range, bars->values[i]);
        chart_put_text(grid, row, 0, label, CHART_PLAIN, bars->labels[i]);
        if (has_bar && !isnan(share))
            draw_bar(grid, row, left, room, zero,
                     share < 0   ? 0
                     : share > 1 ? 1
                                 : share,
                     CHART_LINE, glyphs);
        chart_bars_number(bars, i, &text);
        chart_put_text(grid, row, has_bar ? left + room + 1 : left, number, CHART_PLAIN,
                       text.bytes);
    }
    if (shown < bars->n) {
        text_clear(&text);
        text_printf(&text, "%zu more", bars->n - shown);
        chart_put_text(grid, top + (long)shown, 0, columns, CHART_DIM, text.bytes);
    }
    text_done(&text);
}
