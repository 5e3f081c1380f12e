/* What the writers of tables share; nobody else includes it. */
#ifndef IO_TABLE_PARTS_H
#define IO_TABLE_PARTS_H

#include "io/table.h"

/* Columns as they are written: marks are one more column of texts, if there are any. */
size_t table_n_written(const struct table *table);
const struct column *table_column_at(const struct table *table, size_t column);
struct cell table_cell_at(const struct table *table, size_t row, size_t column);
bool table_is_missing(const struct column *column, const struct cell *cell);

void table_write_text(const struct table *table, size_t cells, struct text *out);
void table_write_markdown(const struct table *table, struct text *out);
void table_write_separated(const struct table *table, char separator, struct text *out);
void table_write_json(const struct table *table, struct text *out);

#endif
