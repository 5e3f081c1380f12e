/* From the table of an ablation to the lines of its chart. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/view_ablate_inside.h"

/* Seconds are neither accuracy nor loss. */
static bool is_line(const struct ablate_view *view, size_t column)
{
    const struct column *of = &view->table->columns[column];
    if (!column)
        return false;
    if (!view->has_loss)
        return of->type == COLUMN_SHARE;
    return of->type == COLUMN_REAL && of->unit && strcmp(of->unit, "nats") == 0 &&
           strstr(of->name, "entropy") == NULL;
}

/* The column of intervals that belongs to a column of numbers, or SIZE_MAX. */
static size_t interval_of(const struct table *table, size_t column)
{
    size_t length = strlen(table->columns[column].name);
    for (size_t c = 0; c < table->n_columns; c++)
        if (table->columns[c].type == COLUMN_INTERVAL &&
            strncmp(table->columns[c].name, table->columns[column].name, length) == 0 &&
            strcmp(table->columns[c].name + length, "_interval") == 0)
            return c;
    return SIZE_MAX;
}

void ablate_lines_drop(struct ablate_view *view)
{
    free(view->lines);
    free(view->x);
    free(view->y);
    free(view->low);
    free(view->high);
    free(view->series);
    view->lines = NULL;
    view->x = view->y = view->low = view->high = NULL;
    view->series = NULL;
    view->n_lines = 0;
}

static void fill_line(struct ablate_view *view, size_t i)
{
    const struct table *table = view->table;
    size_t column = view->lines[i], interval = interval_of(table, column);
    size_t n = table->n_rows;
    for (size_t r = 0; r < n; r++) {
        view->y[i * n + r] = table_cell(table, r, column)->value;
        const struct cell *ends =
            interval == SIZE_MAX ? NULL : table_cell(table, r, interval);
        view->low[i * n + r] = ends ? ends->value : (double)NAN;
        view->high[i * n + r] = ends ? ends->high : (double)NAN;
    }
    view->series[i] = (struct chart_series){.name = table->columns[column].title,
                                            .x = view->x,
                                            .y = view->y + i * n,
                                            .low = view->low + i * n,
                                            .high = view->high + i * n,
                                            .n = n};
}

/* Whether some share is known: models are judged when they are trained, losses come before. */
static bool knows_shares(const struct table *table)
{
    for (size_t c = 1; c < table->n_columns; c++)
        for (size_t r = 0; table->columns[c].type == COLUMN_SHARE && r < table->n_rows; r++)
            if (!isnan(table_cell(table, r, c)->value))
                return true;
    return false;
}

void ablate_lines_make(struct ablate_view *view)
{
    const struct table *table = view->table;
    ablate_lines_drop(view);
    if (!table)
        return;
    view->has_loss = view->wants_loss || !knows_shares(table);
    size_t n = table->n_rows, most = table->n_columns;
    view->lines = mem_alloc(most * sizeof *view->lines);
    for (size_t c = 0; c < most; c++)
        if (is_line(view, c))
            view->lines[view->n_lines++] = c;
    view->x = mem_alloc((n + 1) * sizeof *view->x);
    view->y = mem_alloc((n * view->n_lines + 1) * sizeof *view->y);
    view->low = mem_alloc((n * view->n_lines + 1) * sizeof *view->low);
    view->high = mem_alloc((n * view->n_lines + 1) * sizeof *view->high);
    view->series = mem_alloc((view->n_lines + 1) * sizeof *view->series);
    for (size_t r = 0; r < n; r++)
        view->x[r] = table_cell(table, r, 0)->value;
    for (size_t i = 0; i < view->n_lines; i++)
        fill_line(view, i);
}

struct chart_lines ablate_chart(const struct ablate_view *view)
{
    size_t row = listing_row(&view->listing, &view->state);
    return (struct chart_lines){
        .x = {.title = view->table->columns[0].title,
              .is_log = view->is_log,
              .low = (double)NAN,
              .high = (double)NAN},
        .y = {.low = (double)NAN, .high = (double)NAN},
        .series = view->series,
        .n_series = view->n_lines,
        .cursor = row < view->table->n_rows ? view->x[row] : (double)NAN,
    };
}

void ablate_add_reading(const struct ablate_view *view, size_t row, const struct look *look,
                        struct text *out)
{
    const struct table *table = view->table;
    const struct column *axis = &table->columns[0];
    text_printf(out, "%s ", axis->title);
    table_add_number(out, view->x[row], axis->type, axis->decimals);
    text_add_char(out, ':');
    for (size_t i = 0; i < view->n_lines; i++) {
        const struct column *column = &table->columns[view->lines[i]];
        size_t at = i * table->n_rows + row;
        text_printf(out, "  %s %s ", look->marker[i % LOOK_SERIES], column->title);
        table_add_number(out, view->y[at], column->type, column->decimals);
        if (!isnan(view->low[at]))
            text_printf(out, " [%.*f %.*f]", (int)column->decimals, view->low[at],
                        (int)column->decimals, view->high[at]);
    }
}
