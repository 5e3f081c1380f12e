/* Tables: typed columns, rows of cells, and the ways to write them.
 *
 * Call order: table_create, table_column for every column, then for every row table_row and
 * its cells from left to right; cells that are not set are missing. Texts are copied.
 *
 *     struct table *table = table_create("heads", "accuracy of each head");
 *     table_column(table, "head", COLUMN_TEXT, 0, NULL);
 *     table_column(table, "pairs", COLUMN_COUNT, 0, NULL);
 *     table_column(table, "accuracy", COLUMN_SHARE, 3, NULL);
 *     table_column(table, "accuracy_interval", COLUMN_INTERVAL, 3, NULL);
 *     table_title(table, "95 %");
 *     table_row(table);
 *     table_text(table, "h1");
 *     table_number(table, 1283);
 *     table_number(table, 0.718);
 *     table_interval(table, 0.693, 0.742);
 *     table_mark(table, "oracle");
 */
#ifndef IO_TABLE_H
#define IO_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/memory.h"
#include "base/text.h"

enum column_type {
    COLUMN_TEXT,
    COLUMN_COUNT,    /* a whole number */
    COLUMN_REAL,     /* any number */
    COLUMN_SHARE,    /* a number from 0 to 1 */
    COLUMN_INTERVAL, /* two numbers, low <= high */
};

struct column {
    const char *name; /* key in csv, tsv and JSON: lower case, words joined by _ */
    const char
        *title; /* heading for people; the name with spaces unless table_title says else */
    const char *unit; /* NULL: none */
    enum column_type type;
    unsigned decimals; /* for people; csv, tsv and JSON carry every digit */
};

struct cell {
    const char *text; /* COLUMN_TEXT: NULL when missing */
    double value;     /* COUNT, REAL, SHARE, the low end of an INTERVAL: NaN when missing */
    double high;      /* INTERVAL only */
};

struct table {
    const char *name, *title; /* title NULL: none */
    struct column *columns;
    struct cell *cells; /* (n_rows, n_columns) row-major */
    const char **marks; /* (n_rows) "oracle", "best" ...; NULL: none */
    size_t n_columns, n_rows;
    size_t column_room, cell_room, mark_room,
        next; /* next: column that the next cell fills */
    struct arena texts;
};

struct table *table_create(const char *name, const char *title);
void table_column(struct table *table, const char *name, enum column_type type,
                  unsigned decimals, const char *unit);
void table_title(struct table *table, const char *title); /* of the column last added */

void table_row(struct table *table);                    /* begins a row */
void table_text(struct table *table, const char *text); /* NULL: missing */
void table_number(struct table *table,
                  double value); /* COUNT, REAL or SHARE; NaN: missing */
void table_interval(struct table *table, double low, double high); /* NaN: missing */
void table_missing(struct table *table);
void table_mark(struct table *table, const char *mark); /* marks the row last begun */

const struct cell *table_cell(const struct table *table, size_t row, size_t column);

/* A table of its own with these rows and columns of another, in this order; `marks`: the rows keep
 * theirs. */
struct table *table_select(const struct table *table, const size_t *rows, size_t n_rows,
                           const size_t *columns, size_t n_columns, bool marks);
struct table *table_copy(const struct table *table);
/* Whether both have the same name, columns and cells; not so for NULL. */
bool table_is_same(const struct table *a, const struct table *b);
void table_free(struct table *table); /* NULL is allowed */

/* ---- writing ---- */

enum table_mode {
    TABLE_TEXT,     /* aligned columns; control characters in texts are shown, not sent */
    TABLE_CSV,      /* quoted as in RFC 4180, lines end in LF, the first one names */
    TABLE_TSV,      /* tab, LF, CR and backslash in texts become \t \n \r \\ */
    TABLE_MARKDOWN, /* what TABLE_TEXT shows, between pipes */
    TABLE_JSON,     /* an array of objects */
    TABLE_BOX,      /* TABLE_TEXT in a frame; where that is too wide, without */
    TABLE_JSONL,    /* an object a line, as in TABLE_JSON */
    TABLE_LATEX,    /* a tabular with the rules of the package booktabs */
    TABLE_PLAIN,    /* TABLE_TEXT in one part, without title and rule */
};

/* Whether a mode lays out a whole report for people; the others carry one table or data. */
bool table_mode_is_shown(enum table_mode mode);

/* Appends the table.
 *
 * In csv and tsv a missing cell is empty, and an interval is two columns, NAME_low and
 * NAME_high; in JSON missing is null and an interval is [low, high]. If any row has a mark,
 * marks are one more column, named "mark". `cells` is the width of the terminal and counts
 * for TABLE_TEXT only: long texts are cut, and a table that is still wider is written in
 * parts that repeat its first column; 0: no limit. */
void table_write(const struct table *table, enum table_mode mode, size_t cells,
                 struct text *out);

/* A number as people read it: "1,283" for a count, "0.718" with decimals, "-" for NaN. */
void table_add_number(struct text *out, double value, enum column_type type,
                      unsigned decimals);

#endif
