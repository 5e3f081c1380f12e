/* Weights by head as bars with numbers: of a prompt, or of the whole split. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/view_router_inside.h"

/* NUMBER: cells of "0.31" and the blank before it, without further decimals. */
enum { NAME = 7, NUMBER = 5, DIFFERENCE = 7, GUTTER = 1, N_FEET = 2 };

double router_entropy(const double *weights, size_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum -= weights[k] > 0 ? weights[k] * log(weights[k]) : 0;
    return sum;
}

/* Of many heads each has little. */
unsigned router_decimals(size_t n_heads)
{
    enum { MANY = 20 };
    return n_heads > MANY ? 3 : 2;
}

/* Decimals beyond two, as shown. */
static int further(const struct router_bars *bars)
{
    int more = (int)router_decimals(bars->n_heads) - 2 + bars->state.precision;
    return more > 0 ? more : 0;
}

static struct cell cell_of(const void *rows, size_t row, size_t column)
{
    const struct router_bars *bars = rows;
    const double *without = bars->values[0], *with = bars->values[1];
    struct cell cell = {NULL, (double)NAN, (double)NAN};
    if (column == BARS_HEAD)
        cell.text = bars->names[row];
    else if (column == BARS_WITHOUT)
        cell.value = without[row];
    else if (column == BARS_WITH)
        cell.value = with[row];
    else if (row != bars->n_heads) /* sums do not differ */
        cell.value = with[row] - without[row];
    return cell;
}

static struct style style_of(const struct pen *pen, bool cursor, enum style_role role)
{
    return pen->styles[cursor ? STYLE_TEXT : role];
}

static void draw_difference(const struct router_bars *bars, const struct pen *pen,
                            double difference, bool cursor)
{
    int decimals = (int)router_decimals(bars->n_heads) + bars->state.precision;
    decimals = decimals < 0 ? 0 : decimals > 12 ? 12 : decimals;
    double least = 0.5 * pow(10, -decimals);
    enum glyph glyph = difference >= least    ? GLYPH_RISE
                       : difference <= -least ? GLYPH_FALL
                                              : GLYPH_SAME;
    enum style_role role = glyph == GLYPH_SAME ? STYLE_DIM : STYLE_TEXT;
    char number[32];
    int length = snprintf(number, sizeof number, glyph == GLYPH_SAME ? "%.*f" : "%+.*f",
                          decimals, glyph == GLYPH_SAME ? 0.0 : difference);
    pen_glyph(pen, 0, 0, style_of(pen, cursor, role), glyph);
    pen_field(pen, 0, 1, pen->box.columns - 1, ALIGN_RIGHT, style_of(pen, cursor, role),
              number, (size_t)length);
}

static bool draw_cell(const void *rows, const struct pen *pen, size_t row, size_t column,
                      bool cursor)
{
    const struct router_bars *bars = rows;
    double value = cell_of(rows, row, column).value;
    if (column == BARS_HEAD || isnan(value))
        return column != BARS_HEAD; /* what is missing is left blank */
    if (column == BARS_DIFFERENCE) {
        draw_difference(bars, pen, value, cursor);
        return true;
    }
    struct text number = {0};
    listing_add_cell(&bars->listing, &bars->state, row, column, &number);
    int width = (int)number.length + 1, bar = pen->box.columns - width;
    if (row < bars->n_heads && bar > 0)
        pen_bar(pen, 0, 0, bar, bars->most > 0 ? value / bars->most : 0,
                pen->styles[column == BARS_WITHOUT && bars->has_with ? STYLE_BAR_OLD
                                                                     : STYLE_BAR]);
    pen_field(pen, 0, bar > 0 ? bar : 0, pen->box.columns - (bar > 0 ? bar : 0),
              ALIGN_RIGHT, style_of(pen, cursor, STYLE_TEXT), number.bytes, number.length);
    text_done(&number);
    return true;
}

void router_bars_open(struct router_bars *bars, size_t n_heads, const char *without,
                      const char *with)
{
    router_bars_done(bars);
    bars->n_heads = n_heads;
    for (size_t i = 0; i < 2; i++)
        bars->values[i] = mem_zero((n_heads + N_FEET) * sizeof(double));
    bars->names = mem_zero((n_heads + N_FEET) * sizeof *bars->names);
    for (size_t k = 0; k < n_heads; k++)
        snprintf(bars->names[k], sizeof bars->names[k], "h%zu", k + 1);
    snprintf(bars->names[n_heads], sizeof bars->names[n_heads], "sum");
    snprintf(bars->names[n_heads + 1], sizeof bars->names[n_heads + 1], "entropy");
    bars->columns[BARS_HEAD] =
        (struct listing_column){.name = "head", .type = COLUMN_TEXT, .width = NAME};
    bars->columns[BARS_WITHOUT] =
        (struct listing_column){.name = "without", .title = without, .type = COLUMN_REAL};
    bars->columns[BARS_WITH] =
        (struct listing_column){.name = "with", .title = with, .type = COLUMN_REAL};
    bars->columns[BARS_DIFFERENCE] = (struct listing_column){
        .name = "difference", .title = "change", .type = COLUMN_REAL, .width = DIFFERENCE};
    for (size_t c = BARS_WITHOUT; c < N_BARS_COLUMNS; c++)
        bars->columns[c].decimals = router_decimals(n_heads);
    bars->listing = (struct listing){.columns = bars->columns,
                                     .n_columns = N_BARS_COLUMNS,
                                     .n_rows = n_heads + N_FEET,
                                     .rows = bars,
                                     .cell = cell_of,
                                     .draw = draw_cell,
                                     .by_cell = true,
                                     .n_feet = N_FEET};
    bars->state.column = BARS_WITHOUT;
}

void router_bars_done(struct router_bars *bars)
{
    listing_done(&bars->state);
    free(bars->values[0]);
    free(bars->values[1]);
    free(bars->names);
    *bars = (struct router_bars){0};
}

static void fill(struct router_bars *bars, double *values, const double *from,
                 double entropy)
{
    size_t K = bars->n_heads;
    values[K] = 0;
    for (size_t k = 0; k < K; k++) {
        values[k] = from[k];
        values[K] += from[k];
        bars->most = fmax(bars->most, from[k]);
    }
    values[K + 1] = isnan(entropy) ? router_entropy(from, K) : entropy;
}

void router_bars_fill(struct router_bars *bars, const double *without, const double *with,
                      double entropy, double entropy_with)
{
    bars->most = 0;
    bars->has_with = with != NULL;
    fill(bars, bars->values[0], without, entropy);
    if (with)
        fill(bars, bars->values[1], with, entropy_with);
    bars->listing.n_columns = with ? N_BARS_COLUMNS : BARS_WITHOUT + 1;
    bool sorts = bars->state.n_sorts > 0;
    while (bars->state.n_sorts &&
           bars->state.sorts[bars->state.n_sorts - 1].column >= bars->listing.n_columns)
        bars->state.n_sorts--;
    if (bars->state.n_shown != bars->listing.n_rows || sorts)
        listing_refresh(&bars->listing, &bars->state);
    if (bars->state.column >= bars->listing.n_columns)
        bars->state.column = BARS_WITHOUT;
}

void router_bars_draw(struct router_bars *bars, const struct pen *pen, bool focus)
{
    enum { MOST = 40, NARROW = 40, LEAST = 28 };
    int more = further(bars);
    bool is_narrow = pen->box.columns < NARROW;
    int gap = is_narrow ? 1 : 2, difference = DIFFERENCE + more - is_narrow;
    int rest = pen->box.columns - GUTTER - NAME - gap;
    if (bars->has_with && pen->box.columns >= LEAST) /* else it can be scrolled to */
        rest -= difference + gap;
    int width = bars->has_with ? (rest - gap) / 2 : rest;
    width = width > MOST ? MOST : width < NUMBER + more ? NUMBER + more : width;
    bars->columns[BARS_WITHOUT].width = bars->columns[BARS_WITH].width = width;
    bars->columns[BARS_DIFFERENCE].width = difference;
    bars->pen = *pen;
    listing_draw(&bars->listing, &bars->state, pen, focus);
}

enum { NAME_SMALL = 4, GAP_SMALL = 2 };

/* "# 0.31" */
static int small_number(const struct router_bars *bars)
{
    return 4 + (int)router_decimals(bars->n_heads);
}

static int small_width(const struct router_bars *bars)
{
    return NAME_SMALL + (bars->has_with ? 2 : 1) * (small_number(bars) + 1) - 1;
}

static int small_across(const struct router_bars *bars, int columns)
{
    int across = (columns + GAP_SMALL - 1) / (small_width(bars) + GAP_SMALL);
    return across > 0 ? across : 1;
}

int router_bars_small_rows(const struct router_bars *bars, int columns)
{
    int across = small_across(bars, columns);
    return ((int)bars->n_heads + across - 1) / across + 1;
}

void router_bars_draw_small(const struct router_bars *bars, const struct pen *pen)
{
    int n = bars->has_with ? 2 : 1, width = small_width(bars);
    int most = small_across(bars, pen->box.columns) * (pen->box.rows - 1);
    int column = 1, row = 0;
    for (size_t i = 0; (int)i < most && i < bars->n_heads; i++) {
        size_t head = bars->state.order[i];
        pen_put(pen, row, column, pen->styles[STYLE_TEXT], bars->names[head]);
        for (int j = 0; j < n; j++) {
            int at = column + NAME_SMALL + j * (small_number(bars) + 1);
            double value = bars->values[j][head];
            pen_spark(pen, row, at, &value, 1, 0, bars->most,
                      pen->styles[j + 1 < n ? STYLE_BAR_OLD : STYLE_BAR]);
            pen_printf(pen, row, at + 2, pen->styles[STYLE_TEXT], "%.*f",
                       (int)router_decimals(bars->n_heads), value);
        }
        column += width + GAP_SMALL;
        if (column + width > pen->box.columns) {
            column = 1;
            row++;
        }
    }
    struct text line = {0};
    text_printf(&line, "entropy %.2f", bars->values[0][bars->n_heads + 1]);
    if (bars->has_with)
        text_printf(&line, " %s %.2f", pen->look->glyphs[GLYPH_ARROW],
                    bars->values[1][bars->n_heads + 1]);
    if ((size_t)most < bars->n_heads)
        text_printf(&line, " %s %zu more heads", pen->look->glyphs[GLYPH_BULLET],
                    bars->n_heads - (size_t)most);
    pen_put(pen, pen->box.rows - 1, 1, pen->styles[STYLE_DIM], line.bytes);
    text_done(&line);
}

void router_bars_report(const struct router_bars *bars, const char *name, const char *title,
                        struct report *report)
{
    static const char *const names[] = {"head", "without_context", "with_context",
                                        "difference"};
    struct table *table = report_table(report, name, title);
    for (size_t c = 0; c < bars->listing.n_columns; c++)
        table_column(table, names[c], bars->columns[c].type, c ? 4 : 0, NULL);
    for (size_t i = 0; i < bars->state.n_shown; i++) {
        table_row(table);
        for (size_t c = 0; c < bars->listing.n_columns; c++) {
            struct cell cell = cell_of(bars, bars->state.order[i], c);
            if (c == BARS_HEAD)
                table_text(table, cell.text);
            else
                table_number(table, cell.value);
        }
    }
}
