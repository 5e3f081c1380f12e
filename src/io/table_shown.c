/* Tables for people: aligned columns and markdown. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "io/table_parts.h"

/* GAP: blanks between two columns. TEXT_LEAST: a text column is not cut to fewer cells. */
enum { GAP = 2, TEXT_LEAST = 12 };

/* ---- numbers as people read them ---- */

static void add_thousands(struct text *out, double value)
{
    char digits[32];
    int n = snprintf(digits, sizeof digits, "%.0f", fabs(value));
    text_add(out, value < 0 && strcmp(digits, "0") != 0 ? "-" : "");
    for (int i = 0; i < n; i++) {
        text_add(out, i && (n - i) % 3 == 0 ? "," : "");
        text_add_char(out, digits[i]);
    }
}

/* Without a sign when all digits that are left are 0. */
static void add_fixed(struct text *out, double value, unsigned decimals)
{
    char digits[64];
    snprintf(digits, sizeof digits, "%.*f", decimals < 17 ? (int)decimals : 17, value);
    bool zero = digits[0] == '-' && !digits[1 + strspn(digits + 1, "0.")];
    text_add(out, digits + zero);
}

void table_add_number(struct text *out, double value, enum column_type type,
                      unsigned decimals)
{
    if (isnan(value))
        text_add_char(out, '-');
    else if (isinf(value) || fabs(value) >= 1e15)
        text_printf(out, "%.6g", value);
    else if (type == COLUMN_COUNT)
        add_thousands(out, value);
    else
        add_fixed(out, value, decimals);
}

void table_add_shown(struct text *out, const struct column *column, const struct cell *cell,
                     size_t cells)
{
    if (table_is_missing(column, cell)) {
        text_add(out, !*column->title ? "" : "-");
    } else if (column->type == COLUMN_TEXT) {
        text_add_visible(out, cell->text, strlen(cell->text), cells);
    } else if (column->type == COLUMN_INTERVAL) {
        text_add_char(out, '[');
        table_add_number(out, cell->value, COLUMN_REAL, column->decimals);
        text_add_char(out, ' ');
        table_add_number(out, cell->high, COLUMN_REAL, column->decimals);
        text_add_char(out, ']');
    } else {
        table_add_number(out, cell->value, column->type, column->decimals);
    }
}

void table_add_heading(struct text *out, const struct column *column)
{
    text_add_visible(out, column->title, strlen(column->title), SIZE_MAX);
    if (column->unit)
        text_printf(out, " (%s)", column->unit);
}

/* ---- aligned columns ---- */

struct layout {
    const struct table *table;
    size_t n, cells, gap; /* gap: cells between two columns */
    size_t *widths;       /* (n) */
    struct text scratch;
};

static void measure(struct layout *layout, size_t column)
{
    const struct column *type = table_column_at(layout->table, column);
    size_t limit = layout->cells ? layout->cells : SIZE_MAX, widest = 0;
    for (size_t row = 0; row <= layout->table->n_rows; row++) {
        text_clear(&layout->scratch);
        if (row) {
            struct cell cell = table_cell_at(layout->table, row - 1, column);
            table_add_shown(&layout->scratch, type, &cell, limit);
        } else {
            table_add_heading(&layout->scratch, type);
        }
        size_t width = text_width(layout->scratch.bytes, layout->scratch.length);
        widest = width > widest ? width : widest;
    }
    layout->widths[column] = widest;
}

static size_t total_width(const struct layout *layout)
{
    size_t total = 0;
    for (size_t i = 0; i < layout->n; i++)
        total += layout->widths[i] + (i ? layout->gap : 0);
    return total;
}

/* Cuts the widest text columns until the table fits or none can be cut further. A table that goes
 * into parts all the same keeps two fifths of a part for its first column, which names the rows. */
static void squeeze(struct layout *layout)
{
    size_t total = total_width(layout), first = layout->n ? layout->widths[0] : 0;
    while (layout->cells && total > layout->cells) {
        size_t widest = layout->n;
        for (size_t i = 0; i < layout->n; i++)
            if (table_column_at(layout->table, i)->type == COLUMN_TEXT &&
                layout->widths[i] > TEXT_LEAST &&
                (widest == layout->n || layout->widths[i] > layout->widths[widest]))
                widest = i;
        if (widest == layout->n) {
            size_t share = layout->cells * 2 / 5, kept = first < share ? first : share;
            if (kept > layout->widths[0])
                layout->widths[0] = kept;
            return;
        }
        layout->widths[widest]--;
        total--;
    }
}

static void add_padded(struct layout *layout, size_t column, bool last, struct text *out)
{
    const struct text *shown = &layout->scratch;
    bool left = table_column_at(layout->table, column)->type == COLUMN_TEXT;
    size_t width = text_width(shown->bytes, shown->length);
    int pad = width < layout->widths[column] ? (int)(layout->widths[column] - width) : 0;
    text_printf(out, "%*s", left ? 0 : pad, "");
    text_append(out, shown->bytes, shown->length);
    text_printf(out, "%*s", last || !left ? 0 : pad, "");
    text_printf(out, "%*s", last ? 0 : GAP, "");
}

enum { HEADING_LINE = -2, RULE_LINE = -1 };

static void add_piece(struct layout *layout, long line, size_t column)
{
    const struct column *type = table_column_at(layout->table, column);
    text_clear(&layout->scratch);
    text_add(&layout->scratch, "");
    if (line == HEADING_LINE) {
        table_add_heading(&layout->scratch, type);
    } else if (line == RULE_LINE) {
        for (size_t i = 0; i < layout->widths[column] && *type->title; i++)
            text_add_char(&layout->scratch, '-');
    } else {
        struct cell cell = table_cell_at(layout->table, (size_t)line, column);
        table_add_shown(&layout->scratch, type, &cell, layout->widths[column]);
    }
}

/* A line of one part of the table: the first column and those from `begin` to before `end`. */
static void add_line(struct layout *layout, long line, size_t begin, size_t end,
                     struct text *out)
{
    if (begin > 0) {
        add_piece(layout, line, 0);
        add_padded(layout, 0, false, out);
    }
    for (size_t column = begin; column < end; column++) {
        add_piece(layout, line, column);
        add_padded(layout, column, column + 1 == end, out);
    }
    while (out->length && out->bytes[out->length - 1] == ' ')
        out->bytes[--out->length] = '\0';
    text_add_char(out, '\n');
}

/* Where the part that begins at column `begin` ends; it has at least one column. */
static size_t find_end(const struct layout *layout, size_t begin)
{
    size_t used = begin ? layout->widths[0] + GAP : 0, end = begin;
    do
        used += layout->widths[end++] + GAP;
    while (end < layout->n &&
           (!layout->cells || used + layout->widths[end] <= layout->cells));
    return end;
}

static struct layout lay_out(const struct table *table, size_t gap, size_t cells)
{
    struct layout layout = {
        .table = table, .n = table_n_written(table), .cells = cells, .gap = gap};
    layout.widths = mem_zero((layout.n + 1) * sizeof *layout.widths);
    for (size_t column = 0; column < layout.n; column++)
        measure(&layout, column);
    squeeze(&layout);
    return layout;
}

size_t *table_widths(const struct table *table, size_t between, size_t cells)
{
    struct layout layout = lay_out(table, between, cells);
    text_done(&layout.scratch);
    return layout.widths;
}

void table_write_text(const struct table *table, size_t cells, struct text *out)
{
    if (table->title) {
        words_wrap(out, table->title, 0, cells ? cells : SIZE_MAX);
        text_add_char(out, '\n');
    }
    struct layout layout = lay_out(table, GAP, cells);
    for (size_t begin = 0, end; begin < layout.n; begin = end) {
        end = find_end(&layout, begin);
        text_add(out, begin ? "\n" : "");
        for (long line = HEADING_LINE; line < (long)table->n_rows; line++)
            add_line(&layout, line, begin, end, out);
    }
    if (!table->n_rows)
        text_add(out, "(no rows)\n");
    free(layout.widths);
    text_done(&layout.scratch);
}

void table_write_plain(const struct table *table, struct text *out)
{
    struct layout layout = lay_out(table, GAP, 0);
    for (long line = HEADING_LINE; line < (long)table->n_rows; line++)
        if (line != RULE_LINE)
            add_line(&layout, line, 0, layout.n, out);
    free(layout.widths);
    text_done(&layout.scratch);
}

/* ---- markdown ---- */

/* A pipe would end the cell, and a backslash before it would undo the escape. */
static void add_escaped(struct text *out, const char *shown)
{
    for (const char *c = shown; *c; c++) {
        if (*c == '|' || (*c == '\\' && (c[1] == '|' || c[1] == '\\')))
            text_add_char(out, '\\');
        text_add_char(out, *c);
    }
}

void table_write_markdown(const struct table *table, struct text *out)
{
    size_t n = table_n_written(table);
    struct text shown = {0};
    for (long line = HEADING_LINE; line < (long)table->n_rows; line++) {
        text_add_char(out, '|');
        for (size_t i = 0; i < n; i++) {
            const struct column *column = table_column_at(table, i);
            text_clear(&shown);
            text_add(&shown, "");
            if (line == HEADING_LINE) {
                table_add_heading(&shown, column);
            } else if (line == RULE_LINE) {
                text_add(&shown, column->type == COLUMN_TEXT ? ":--" : "--:");
            } else {
                struct cell cell = table_cell_at(table, (size_t)line, i);
                table_add_shown(&shown, column, &cell, SIZE_MAX);
            }
            text_add_char(out, ' ');
            add_escaped(out, shown.bytes);
            text_add(out, " |");
        }
        text_add_char(out, '\n');
    }
    text_done(&shown);
}
