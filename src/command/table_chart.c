#include "command/table_chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "io/chart.h"

/* WIDTH: cells where there is no terminal. LINE_ROWS: of a chart of lines. */
enum { WIDTH = 80, LINE_ROWS = 18 };

/* Which columns are what. Arrays live in the arena. */
struct parts {
    const struct table *table;
    size_t label, x;   /* columns; n_columns: there is none */
    size_t *values;    /* (n_values) columns */
    size_t *intervals; /* (n_values) columns; n_columns: none */
    size_t n_values;
    size_t *rows; /* (n_rows) in the order in which they are drawn */
    size_t n_rows;
    struct arena arena;
};

static bool is_number(const struct column *column)
{
    return column->type == COLUMN_COUNT || column->type == COLUMN_REAL ||
           column->type == COLUMN_SHARE;
}

static size_t find_interval(const struct table *table, const char *name)
{
    size_t length = strlen(name), i = 0;
    for (; i < table->n_columns; i++)
        if (table->columns[i].type == COLUMN_INTERVAL &&
            strncmp(table->columns[i].name, name, length) == 0 &&
            strcmp(table->columns[i].name + length, "_interval") == 0)
            break;
    return i;
}

static size_t count_type(const struct table *table, enum column_type type, size_t without)
{
    size_t n = 0;
    for (size_t i = 0; i < table->n_columns; i++)
        n += i != without && table->columns[i].type == type;
    return n;
}

static void find_values(struct parts *parts, bool is_chosen)
{
    static const enum column_type order[] = {COLUMN_SHARE, COLUMN_REAL, COLUMN_COUNT};
    const struct table *table = parts->table;
    size_t t = 0;
    while (t < 2 && !count_type(table, order[t], parts->x))
        t++;
    for (size_t i = 0; i < table->n_columns; i++) {
        const struct column *column = &table->columns[i];
        if (i == parts->x || (is_chosen ? !is_number(column) : column->type != order[t]))
            continue;
        parts->values[parts->n_values] = i;
        parts->intervals[parts->n_values++] = find_interval(table, column->name);
    }
}

static struct parts find_parts(const struct table *table, bool over_numbers, bool is_chosen)
{
    size_t n = table->n_columns, bytes = (n + 1) * sizeof(size_t);
    struct parts parts = {.table = table, .label = n, .x = n};
    parts.values = arena_alloc(&parts.arena, bytes);
    parts.intervals = arena_alloc(&parts.arena, bytes);
    parts.rows = arena_alloc(&parts.arena, (table->n_rows + 1) * sizeof(size_t));
    for (size_t i = 0; i < table->n_rows; i++)
        parts.rows[parts.n_rows++] = i;
    for (size_t i = n; i--;)
        if (table->columns[i].type == COLUMN_TEXT)
            parts.label = i;
    if (n && is_number(&table->columns[0]) && (over_numbers || parts.label == n))
        parts.x = 0;
    find_values(&parts, is_chosen);
    if (!parts.n_values && !over_numbers && parts.x == 0) { /* the only numbers: no label */
        parts.x = n;
        find_values(&parts, is_chosen);
    }
    if (parts.label == n)
        parts.label = parts.x;
    return parts;
}

static enum plot choose(const struct table *table, const struct plot_style *style)
{
    if (style->plot != PLOT_NONE)
        return style->plot;
    if (table->n_columns && is_number(&table->columns[0]) && table->n_rows > 1)
        return PLOT_LINE;
    struct parts parts = find_parts(table, false, style->is_chosen);
    enum plot plot = parts.n_values >= 3 ? PLOT_HEAT : PLOT_BARS;
    arena_done(&parts.arena);
    return plot;
}

/* ---- numbers and labels ---- */

static double *numbers(struct parts *parts, size_t column, bool high)
{
    double *values = arena_alloc(&parts->arena, (parts->n_rows + 1) * sizeof *values);
    for (size_t i = 0; i < parts->n_rows; i++) {
        const struct cell *cell = table_cell(parts->table, parts->rows[i], column);
        values[i] = high ? cell->high : cell->value;
    }
    return values;
}

/* NULL when the value has no interval. */
static const double *ends(struct parts *parts, size_t value, bool high)
{
    size_t column = parts->intervals[value];
    return column < parts->table->n_columns ? numbers(parts, column, high) : NULL;
}

/* What stands before a row: its text, the number of the first column, or its own number. */
static const char *const *labels(struct parts *parts)
{
    const struct table *table = parts->table;
    size_t column = parts->label;
    bool numbered = column == table->n_columns;
    const char **made = arena_alloc(&parts->arena, (parts->n_rows + 1) * sizeof *made);
    for (size_t i = 0; i < parts->n_rows; i++) {
        const struct cell *cell = table_cell(table, parts->rows[i], numbered ? 0 : column);
        struct text label = {0};
        text_add(&label, "");
        if (numbered)
            text_printf(&label, "%zu", i + 1);
        else if (table->columns[column].type != COLUMN_TEXT)
            table_add_number(&label, cell->value, table->columns[column].type,
                             table->columns[column].decimals);
        else
            text_add(&label, cell->text ? cell->text : "-");
        made[i] = arena_copy(&parts->arena, label.bytes, label.length);
        text_done(&label);
    }
    return made;
}

static const char *title_of(const struct parts *parts, size_t column)
{
    return parts->table->columns[column].title;
}

/* By x, and without the rows that have none. Few rows: by insertion. */
static void order_by_x(struct parts *parts)
{
    size_t n = 0;
    for (size_t i = 0; i < parts->table->n_rows; i++) {
        double x = table_cell(parts->table, i, parts->x)->value;
        if (isnan(x))
            continue;
        size_t at = n++;
        for (; at && table_cell(parts->table, parts->rows[at - 1], parts->x)->value > x;
             at--)
            parts->rows[at] = parts->rows[at - 1];
        parts->rows[at] = i;
    }
    parts->n_rows = n;
}

/* ---- charts ---- */

static struct chart_bars make_bars(struct parts *parts)
{
    const struct column *column = &parts->table->columns[parts->values[0]];
    return (struct chart_bars){.title = column->title,
                               .labels = labels(parts),
                               .values = numbers(parts, parts->values[0], false),
                               .low = ends(parts, 0, false),
                               .high = ends(parts, 0, true),
                               .n = parts->n_rows,
                               .least = (double)NAN,
                               .most = (double)NAN,
                               .decimals = column->decimals};
}

static struct chart_lines make_lines(struct parts *parts)
{
    order_by_x(parts);
    const double *x = numbers(parts, parts->x, false);
    struct chart_series *series =
        arena_alloc(&parts->arena, parts->n_values * sizeof *series);
    for (size_t i = 0; i < parts->n_values; i++)
        series[i] = (struct chart_series){.name = title_of(parts, parts->values[i]),
                                          .x = x,
                                          .y = numbers(parts, parts->values[i], false),
                                          .low = ends(parts, i, false),
                                          .high = ends(parts, i, true),
                                          .n = parts->n_rows};
    const struct chart_axis open = {.low = (double)NAN, .high = (double)NAN};
    struct chart_lines lines = {.title = parts->table->title,
                                .x = open,
                                .y = open,
                                .series = series,
                                .n_series = parts->n_values,
                                .cursor = (double)NAN};
    lines.x.title = title_of(parts, parts->x);
    return lines;
}

/* Shares whose interval holds 1/2. */
static void mark_unsure(const struct parts *parts, size_t value, unsigned char *unsure)
{
    const struct table *table = parts->table;
    size_t column = parts->intervals[value];
    if (column == table->n_columns ||
        table->columns[parts->values[value]].type != COLUMN_SHARE)
        return;
    for (size_t i = 0; i < parts->n_rows; i++) {
        const struct cell *cell = table_cell(table, parts->rows[i], column);
        unsure[i * parts->n_values + value] = cell->value <= 0.5 && cell->high >= 0.5;
    }
}

static struct chart_heat make_heat(struct parts *parts)
{
    size_t n = parts->n_values, bytes = n * parts->n_rows;
    double *values = arena_alloc(&parts->arena, (bytes + 1) * sizeof *values);
    unsigned char *unsure = arena_alloc(&parts->arena, bytes + 1);
    const char **names = arena_alloc(&parts->arena, (n + 1) * sizeof *names);
    bool negative = false;
    memset(unsure, 0, bytes);
    for (size_t j = 0; j < n; j++) {
        names[j] = title_of(parts, parts->values[j]);
        mark_unsure(parts, j, unsure);
        for (size_t i = 0; i < parts->n_rows; i++) {
            double value =
                table_cell(parts->table, parts->rows[i], parts->values[j])->value;
            values[i * n + j] = value;
            negative |= value < 0;
        }
    }
    bool numbered = parts->label == parts->table->n_columns;
    return (struct chart_heat){.title = parts->table->title,
                               .corner = numbered ? NULL : title_of(parts, parts->label),
                               .rows = labels(parts),
                               .columns = names,
                               .values = values,
                               .unsure = unsure,
                               .n_rows = parts->n_rows,
                               .n_columns = n,
                               .scale = CHART_SCALE_ALL,
                               .is_diverging = negative,
                               .least = (double)NAN,
                               .most = (double)NAN,
                               .decimals =
                                   parts->table->columns[parts->values[0]].decimals};
}

/* ---- drawing ---- */

static size_t at_most(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void draw_text(struct parts *parts, enum plot plot, const struct plot_style *style,
                      struct text *out)
{
    enum chart_glyphs glyphs = style->is_unicode ? CHART_UNICODE : CHART_ASCII;
    size_t width = style->cells ? style->cells : WIDTH, rows = LINE_ROWS, columns = width;
    struct chart_grid grid;
    if (plot == PLOT_BARS) {
        struct chart_bars bars = make_bars(parts);
        chart_bars_size(&bars, &rows, &columns);
        chart_grid_open(&grid, rows, at_most(columns, width));
        chart_draw_bars(&grid, &bars, glyphs);
    } else if (plot == PLOT_HEAT) {
        struct chart_heat heat = make_heat(parts);
        chart_heat_size(&heat, &rows, &columns);
        chart_grid_open(&grid, rows, at_most(columns, width));
        chart_draw_heat(&grid, &heat, glyphs);
    } else {
        struct chart_lines lines = make_lines(parts);
        chart_grid_open(&grid, rows, columns);
        chart_draw_lines(&grid, &lines, glyphs);
    }
    chart_grid_write(&grid, out);
    chart_grid_done(&grid);
}

static void draw_svg(struct parts *parts, enum plot plot, struct text *out)
{
    if (plot == PLOT_BARS) {
        struct chart_bars bars = make_bars(parts);
        chart_svg_bars(&bars, &chart_colors_light, 0, 0, out);
    } else if (plot == PLOT_HEAT) {
        struct chart_heat heat = make_heat(parts);
        chart_svg_heat(&heat, &chart_colors_light, 0, 0, out);
    } else {
        struct chart_lines lines = make_lines(parts);
        chart_svg_lines(&lines, &chart_colors_light, 0, 0, out);
    }
}

static enum status check(const struct parts *parts, enum plot plot, struct error *err)
{
    const char *name = parts->table->name;
    if (!parts->table->n_rows)
        return error_set(err, STATUS_USAGE, "--plot: the table '%s' has no rows", name);
    if (plot == PLOT_LINE && parts->x == parts->table->n_columns)
        return error_set(err, STATUS_USAGE,
                         "--plot line wants numbers in the first column of '%s'", name);
    if (!parts->n_values)
        return error_set(err, STATUS_USAGE, "--plot: the table '%s' has no numbers", name);
    return STATUS_OK;
}

static enum status draw(const struct table *table, const struct plot_style *style, bool svg,
                        struct text *out, struct error *err)
{
    enum plot plot = choose(table, style);
    struct parts parts = find_parts(table, plot == PLOT_LINE, style->is_chosen);
    enum status status = check(&parts, plot, err);
    if (status == STATUS_OK && svg)
        draw_svg(&parts, plot, out);
    else if (status == STATUS_OK)
        draw_text(&parts, plot, style, out);
    arena_done(&parts.arena);
    return status;
}

enum status table_chart_text(const struct table *table, const struct plot_style *style,
                             struct text *out, struct error *err)
{
    return draw(table, style, false, out, err);
}

enum status table_chart_svg(const struct table *table, const struct plot_style *style,
                            struct text *out, struct error *err)
{
    return draw(table, style, true, out, err);
}
