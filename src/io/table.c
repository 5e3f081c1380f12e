#include "io/table.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/table_parts.h"

static const char *keep(struct table *table, const char *text)
{
    return text ? arena_copy(&table->texts, text, strlen(text)) : NULL;
}

struct table *table_create(const char *name, const char *title)
{
    struct table *table = mem_zero(sizeof *table);
    table->name = keep(table, name);
    table->title = keep(table, title);
    return table;
}

void table_free(struct table *table)
{
    if (!table)
        return;
    free(table->columns);
    free(table->cells);
    free(table->marks);
    arena_done(&table->texts);
    free(table);
}

void table_column(struct table *table, const char *name, enum column_type type,
                  unsigned decimals, const char *unit)
{
    assert(!table->n_rows);
    MEM_RESERVE(table->columns, table->n_columns, table->column_room);
    char *title = arena_copy(&table->texts, name, strlen(name));
    for (char *c = title; *c; c++)
        if (*c == '_')
            *c = ' ';
    table->columns[table->n_columns++] = (struct column){.name = keep(table, name),
                                                         .title = title,
                                                         .unit = keep(table, unit),
                                                         .type = type,
                                                         .decimals = decimals};
}

void table_title(struct table *table, const char *title)
{
    table->columns[table->n_columns - 1].title = keep(table, title);
}

void table_row(struct table *table)
{
    for (size_t i = 0; i < table->n_columns; i++) {
        size_t n = table->n_rows * table->n_columns + i;
        MEM_RESERVE(table->cells, n, table->cell_room);
        table->cells[n] = (struct cell){.value = (double)NAN, .high = (double)NAN};
    }
    MEM_RESERVE(table->marks, table->n_rows, table->mark_room);
    table->marks[table->n_rows++] = NULL;
    table->next = 0;
}

/* The cell that comes next in the row last begun. */
static struct cell *next_cell(struct table *table)
{
    assert(table->n_rows && table->next < table->n_columns);
    return &table->cells[(table->n_rows - 1) * table->n_columns + table->next++];
}

void table_text(struct table *table, const char *text)
{
    assert(table->columns[table->next].type == COLUMN_TEXT);
    next_cell(table)->text = keep(table, text);
}

void table_number(struct table *table, double value)
{
    assert(table->columns[table->next].type != COLUMN_TEXT);
    assert(table->columns[table->next].type != COLUMN_INTERVAL);
    next_cell(table)->value = value;
}

void table_interval(struct table *table, double low, double high)
{
    assert(table->columns[table->next].type == COLUMN_INTERVAL);
    struct cell *cell = next_cell(table);
    cell->value = isnan(high) ? (double)NAN : low;
    cell->high = isnan(low) ? (double)NAN : high;
}

void table_missing(struct table *table)
{
    (void)next_cell(table);
}

void table_mark(struct table *table, const char *mark)
{
    assert(table->n_rows);
    table->marks[table->n_rows - 1] = keep(table, mark);
}

const struct cell *table_cell(const struct table *table, size_t row, size_t column)
{
    assert(row < table->n_rows && column < table->n_columns);
    return &table->cells[row * table->n_columns + column];
}

struct table *table_select(const struct table *table, const size_t *rows, size_t n_rows,
                           const size_t *columns, size_t n_columns, bool marks)
{
    struct table *made = table_create(table->name, table->title);
    for (size_t i = 0; i < n_columns; i++) {
        const struct column *column = &table->columns[columns[i]];
        table_column(made, column->name, column->type, column->decimals, column->unit);
        table_title(made, column->title);
    }
    for (size_t i = 0; i < n_rows; i++) {
        table_row(made);
        if (marks)
            table_mark(made, table->marks[rows[i]]);
        for (size_t j = 0; j < n_columns; j++) {
            const struct cell *cell = table_cell(table, rows[i], columns[j]);
            *next_cell(made) = (struct cell){
                .text = keep(made, cell->text), .value = cell->value, .high = cell->high};
        }
    }
    return made;
}

struct table *table_copy(const struct table *table)
{
    size_t n = table->n_rows > table->n_columns ? table->n_rows : table->n_columns;
    size_t *all = mem_alloc((n + 1) * sizeof *all);
    for (size_t i = 0; i < n; i++)
        all[i] = i;
    struct table *copy =
        table_select(table, all, table->n_rows, all, table->n_columns, true);
    free(all);
    return copy;
}

static bool is_same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

bool table_is_same(const struct table *a, const struct table *b)
{
    if (!a || !b || a->n_rows != b->n_rows || a->n_columns != b->n_columns ||
        !is_same_text(a->name, b->name) || !is_same_text(a->title, b->title))
        return false;
    for (size_t c = 0; c < a->n_columns; c++)
        if (!is_same_text(a->columns[c].name, b->columns[c].name) ||
            !is_same_text(a->columns[c].title, b->columns[c].title))
            return false;
    for (size_t i = 0; i < a->n_rows * a->n_columns; i++) {
        const struct cell *x = &a->cells[i], *y = &b->cells[i];
        if (!is_same_number(x->value, y->value) || !is_same_number(x->high, y->high) ||
            !is_same_text(x->text, y->text))
            return false;
    }
    return true;
}

/* ---- what the writers share ---- */

/* Marks are written as one more column of texts, if there are any. */
static const struct column mark_column = {.name = "mark", .title = "", .type = COLUMN_TEXT};

size_t table_n_written(const struct table *table)
{
    for (size_t row = 0; row < table->n_rows; row++)
        if (table->marks[row])
            return table->n_columns + 1;
    return table->n_columns;
}

const struct column *table_column_at(const struct table *table, size_t column)
{
    return column < table->n_columns ? &table->columns[column] : &mark_column;
}

struct cell table_cell_at(const struct table *table, size_t row, size_t column)
{
    return column < table->n_columns ? *table_cell(table, row, column)
                                     : (struct cell){.text = table->marks[row]};
}

bool table_is_missing(const struct column *column, const struct cell *cell)
{
    return column->type == COLUMN_TEXT ? !cell->text : isnan(cell->value);
}

bool table_mode_is_shown(enum table_mode mode)
{
    return mode == TABLE_TEXT || mode == TABLE_BOX;
}

void table_write(const struct table *table, enum table_mode mode, size_t cells,
                 struct text *out)
{
    switch (mode) {
    case TABLE_TEXT:
        table_write_text(table, cells, out);
        break;
    case TABLE_CSV:
        table_write_separated(table, ',', out);
        break;
    case TABLE_TSV:
        table_write_separated(table, '\t', out);
        break;
    case TABLE_MARKDOWN:
        table_write_markdown(table, out);
        break;
    case TABLE_JSON:
        table_write_json(table, out);
        text_add_char(out, '\n');
        break;
    case TABLE_BOX:
        table_write_box(table, cells, out);
        break;
    case TABLE_JSONL:
        table_write_jsonl(table, out);
        break;
    case TABLE_LATEX:
        table_write_latex(table, out);
        break;
    case TABLE_PLAIN:
        table_write_plain(table, out);
        break;
    }
}
