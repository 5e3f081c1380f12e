/* Tables in a frame, and for LaTeX. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "io/table_parts.h"

/* ---- box ---- */

/* EDGE: blanks and lines of the frame left and right; BETWEEN: between two columns. */
enum { EDGE = 4, BETWEEN = 3 };

static void add_rule(struct text *out, const size_t *widths, size_t n,
                     const char *const signs[3])
{
    for (size_t column = 0; column < n; column++) {
        text_add(out, column ? signs[1] : signs[0]);
        for (size_t i = 0; i < widths[column] + 2; i++)
            text_add(out, "\xe2\x94\x80");
    }
    text_add(out, signs[2]);
    text_add_char(out, '\n');
}

static void add_framed(struct text *out, const struct text *shown, size_t width, bool left)
{
    size_t used = text_width(shown->bytes, shown->length);
    int pad = used < width ? (int)(width - used) : 0;
    text_printf(out, "\xe2\x94\x82 %*s", left ? 0 : pad, "");
    text_append(out, shown->bytes, shown->length);
    text_printf(out, "%*s ", left ? pad : 0, "");
}

/* row -1: the headings. */
static void add_framed_line(struct text *out, const struct table *table,
                            const size_t *widths, long row)
{
    struct text shown = {0};
    size_t n = table_n_written(table);
    for (size_t i = 0; i < n; i++) {
        const struct column *column = table_column_at(table, i);
        text_clear(&shown);
        text_add(&shown, "");
        if (row < 0) {
            table_add_heading(&shown, column);
        } else {
            struct cell cell = table_cell_at(table, (size_t)row, i);
            table_add_shown(&shown, column, &cell, widths[i]);
        }
        add_framed(out, &shown, widths[i], column->type == COLUMN_TEXT);
    }
    text_add(out, "\xe2\x94\x82\n");
    text_done(&shown);
}

void table_write_box(const struct table *table, size_t cells, struct text *out)
{
    static const char *const above[] = {"\xe2\x94\x8c", "\xe2\x94\xac", "\xe2\x94\x90"},
                             *const under[] = {"\xe2\x94\x9c", "\xe2\x94\xbc",
                                               "\xe2\x94\xa4"},
                             *const below[] = {"\xe2\x94\x94", "\xe2\x94\xb4",
                                               "\xe2\x94\x98"};
    size_t inside = cells > EDGE ? cells - EDGE : cells, n = table_n_written(table),
           total = EDGE;
    size_t *widths = table_widths(table, BETWEEN, inside);
    for (size_t i = 0; i < n; i++)
        total += widths[i] + (i ? BETWEEN : 0);
    if (!n || (cells && total > cells)) {
        table_write_text(table, cells, out);
    } else {
        if (table->title) {
            words_wrap(out, table->title, 0, cells ? cells : SIZE_MAX);
            text_add_char(out, '\n');
        }
        add_rule(out, widths, n, above);
        add_framed_line(out, table, widths, -1);
        add_rule(out, widths, n, under);
        for (size_t row = 0; row < table->n_rows; row++)
            add_framed_line(out, table, widths, (long)row);
        add_rule(out, widths, n, below);
    }
    free(widths);
}

/* ---- LaTeX ---- */

static void add_escaped(struct text *out, const char *shown)
{
    static const char *const escapes[] = {
        "\\\\textbackslash{}", "~\\textasciitilde{}", "^\\textasciicircum{}",
        "<\\textless{}",       ">\\textgreater{}",    "|\\textbar{}",
        "\"\\textquotedbl{}",
    };
    for (const char *c = shown; *c; c++) {
        const char *escape = NULL;
        for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
            if (escapes[i][0] == *c)
                escape = escapes[i] + 1;
        if (escape) {
            text_add(out, escape);
            continue;
        }
        if (strchr("&%$#_{}", *c))
            text_add_char(out, '\\');
        text_add_char(out, *c);
    }
}

/* Numbers, with the sign of a number and not a hyphen; intervals with a comma. */
static void add_number(struct text *out, const struct text *shown)
{
    if (strcmp(shown->bytes, "-") == 0) {
        text_add(out, "--");
        return;
    }
    for (const char *c = shown->bytes; *c; c++)
        text_add(out, *c == '-' ? "$-$" : *c == ' ' ? ", " : (char[]){*c, '\0'});
}

static void add_latex_cell(struct text *out, const struct column *column,
                           const struct cell *cell)
{
    struct text shown = {0};
    text_add(&shown, "");
    table_add_shown(&shown, column, cell, SIZE_MAX);
    if (column->type == COLUMN_TEXT && cell->text)
        add_escaped(out, shown.bytes);
    else
        add_number(out, &shown);
    text_done(&shown);
}

static void add_latex_headings(struct text *out, const struct table *table)
{
    struct text shown = {0};
    size_t n = table_n_written(table);
    text_add(out, "\\begin{tabular}{");
    for (size_t i = 0; i < n; i++)
        text_add_char(out, table_column_at(table, i)->type == COLUMN_TEXT ? 'l' : 'r');
    text_add(out, "}\n\\toprule\n");
    for (size_t i = 0; i < n; i++) {
        text_clear(&shown);
        text_add(&shown, "");
        table_add_heading(&shown, table_column_at(table, i));
        text_add(out, i ? " & " : "");
        add_escaped(out, shown.bytes);
    }
    text_add(out, " \\\\\n\\midrule\n");
    text_done(&shown);
}

void table_write_latex(const struct table *table, struct text *out)
{
    size_t n = table_n_written(table);
    if (table->title) {
        text_add(out, "% ");
        text_add_visible(out, table->title, strlen(table->title), SIZE_MAX);
        text_add_char(out, '\n');
    }
    add_latex_headings(out, table);
    for (size_t row = 0; row < table->n_rows; row++) {
        for (size_t i = 0; i < n; i++) {
            struct cell cell = table_cell_at(table, row, i);
            text_add(out, i ? " & " : "");
            add_latex_cell(out, table_column_at(table, i), &cell);
        }
        text_add(out, " \\\\\n");
    }
    text_add(out, "\\bottomrule\n\\end{tabular}\n");
}
