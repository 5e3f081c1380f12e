/* What the writers of tables share; nobody else includes it. */
#ifndef IO_TABLE_PARTS_H
#define IO_TABLE_PARTS_H

#include "io/table.h"

/* Columns as they are written: marks are one more column of texts, if there are any. */
size_t table_n_written(const struct table *table);
const struct column *table_column_at(const struct table *table, size_t column);
struct cell table_cell_at(const struct table *table, size_t row, size_t column);
bool table_is_missing(const struct column *column, const struct cell *cell);

/* A cell for people, a text cut to `cells` columns; and the heading of a column. */
void table_add_shown(struct text *out, const struct column *column, const struct cell *cell,
                     size_t cells);
void table_add_heading(struct text *out, const struct column *column);

/* Width of the columns: of what is shown in them, texts cut so that n columns of a line together
 * with `between` cells for each but the first have `cells` at most, as far as that can be; 0: no
 * limit. free() it. */
size_t *table_widths(const struct table *table, size_t between, size_t cells);

void table_write_text(const struct table *table, size_t cells, struct text *out);
void table_write_markdown(const struct table *table, struct text *out);
void table_write_separated(const struct table *table, char separator, struct text *out);
void table_write_json(const struct table *table, struct text *out);
void table_write_jsonl(const struct table *table, struct text *out);
void table_write_plain(const struct table *table, struct text *out);
void table_write_box(const struct table *table, size_t cells, struct text *out);
void table_write_latex(const struct table *table, struct text *out);

#endif
