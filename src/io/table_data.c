/* Tables for programs: every digit and every byte. */
#include <math.h>
#include <string.h>

#include "io/json.h"
#include "io/table_parts.h"

static void add_digits(struct text *out, double value, enum column_type type)
{
    if (type == COLUMN_COUNT && fabs(value) < 1e15)
        text_printf(out, "%.0f", value);
    else
        json_add_number(out, value);
}

static void add_csv_text(struct text *out, const char *text)
{
    if (*text && !text[strcspn(text, ",\"\r\n")]) {
        text_add(out, text);
        return;
    }
    text_add_char(out, '"');
    for (const char *c = text; *c; c++) {
        text_add(out, *c == '"' ? "\"" : "");
        text_add_char(out, *c);
    }
    text_add_char(out, '"');
}

static void add_tsv_text(struct text *out, const char *text)
{
    static const char special[] = "\tt\nn\rr\\\\";
    for (const char *c = text; *c; c++) {
        const char *name = special;
        while (*name && *name != *c)
            name += 2;
        if (*name)
            text_append(out, (char[]){'\\', name[1]}, 2);
        else
            text_add_char(out, *c);
    }
}

static void add_separated_text(struct text *out, const char *text, char separator)
{
    if (separator == ',')
        add_csv_text(out, text);
    else
        add_tsv_text(out, text);
}

static void add_finite(struct text *out, double value, enum column_type type)
{
    if (isfinite(value))
        add_digits(out, value, type);
    else if (isinf(value))
        text_add(out, value > 0 ? "inf" : "-inf");
}

static void add_separated_name(struct text *out, const struct column *column,
                               char separator)
{
    struct text name = {0};
    text_printf(&name, "%s%s", column->name, column->type == COLUMN_INTERVAL ? "_low" : "");
    add_separated_text(out, name.bytes, separator);
    if (column->type == COLUMN_INTERVAL) {
        text_add_char(out, separator);
        text_clear(&name);
        text_printf(&name, "%s_high", column->name);
        add_separated_text(out, name.bytes, separator);
    }
    text_done(&name);
}

static void add_separated_cell(struct text *out, const struct column *column,
                               const struct cell *cell, char separator)
{
    if (column->type == COLUMN_TEXT) {
        if (cell->text)
            add_separated_text(out, cell->text, separator);
        return;
    }
    add_finite(out, cell->value, column->type);
    if (column->type == COLUMN_INTERVAL) {
        text_add_char(out, separator);
        add_finite(out, cell->high, column->type);
    }
}

void table_write_separated(const struct table *table, char separator, struct text *out)
{
    size_t n = table_n_written(table);
    for (size_t i = 0; i < n; i++) {
        if (i)
            text_add_char(out, separator);
        add_separated_name(out, table_column_at(table, i), separator);
    }
    text_add_char(out, '\n');
    for (size_t row = 0; row < table->n_rows; row++) {
        for (size_t i = 0; i < n; i++) {
            if (i)
                text_add_char(out, separator);
            struct cell cell = table_cell_at(table, row, i);
            add_separated_cell(out, table_column_at(table, i), &cell, separator);
        }
        text_add_char(out, '\n');
    }
}

static void add_json_cell(struct text *out, const struct column *column,
                          const struct cell *cell)
{
    if (table_is_missing(column, cell)) {
        text_add(out, "null");
    } else if (column->type == COLUMN_TEXT) {
        json_quote(out, cell->text, strlen(cell->text));
    } else if (column->type == COLUMN_INTERVAL) {
        text_add_char(out, '[');
        json_add_number(out, cell->value);
        text_add(out, ", ");
        json_add_number(out, cell->high);
        text_add_char(out, ']');
    } else {
        add_digits(out, cell->value, column->type);
    }
}

static void add_json_row(struct text *out, const struct table *table, size_t row)
{
    size_t n = table_n_written(table);
    text_add_char(out, '{');
    for (size_t i = 0; i < n; i++) {
        const struct column *column = table_column_at(table, i);
        struct cell cell = table_cell_at(table, row, i);
        text_add(out, i ? ", " : "");
        json_quote(out, column->name, strlen(column->name));
        text_add(out, ": ");
        add_json_cell(out, column, &cell);
    }
    text_add_char(out, '}');
}

void table_write_json(const struct table *table, struct text *out)
{
    text_add_char(out, '[');
    for (size_t row = 0; row < table->n_rows; row++) {
        text_add(out, row ? ",\n  " : "\n  ");
        add_json_row(out, table, row);
    }
    text_add(out, table->n_rows ? "\n]" : "]");
}

void table_write_jsonl(const struct table *table, struct text *out)
{
    for (size_t row = 0; row < table->n_rows; row++) {
        add_json_row(out, table, row);
        text_add_char(out, '\n');
    }
}
