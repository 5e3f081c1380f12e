/* Filters: expressions that say which rows of a table are kept.
 *
 *     attribute=humor and accuracy>0.7        (head=h1 or head=h2) not pairs<100
 *     interval.low>0.5                        attr~^for /refus/ !len<20
 *
 *     expression   all {"or" all}
 *     all          one {["and"] one}                 two that stand side by side: and
 *     one          "not" one | "!" one | "(" expression ")" | /regex/
 *                  | COLUMN operator VALUE {"," VALUE}     several values (= and != only): any of them
 *     operator     = (or ==)  !=  <  <=  >  >=  ~  !~
 *     /regex/      some column of texts matches
 *
 *   COLUMN   a name, or the beginning of only one; case, _ - and blanks do not matter. NAME.low and
 *            NAME.high (also NAME_low, NAME_high) are the ends of an interval. In quotes when it
 *            holds a blank, an operator or a bracket, or is and, or, not.
 *   VALUE    up to a blank, comma or bracket, or in single or double quotes (doubled inside). The
 *            word missing, without quotes, is a missing value: = and != only.
 *
 *   texts      = != compare the whole, ~ finds an extended POSIX regular expression anywhere in
 *              it; case counts if the value has a capital letter. < and > go by words_compare
 *              (h2 before h10)
 *   numbers    VALUE is a number, a share also as 70%, or the name of another column of numbers
 *   intervals  > >= the low end is, < <= the high end is, = the value lies in it, != it does not
 *   missing    only != and !~ are true of it; so x!=5 and not x=5 are the same
 *
 * A filter is made for columns and then asked row by row, through a callback, so that it serves
 * reports and lists on the screen alike.
 */
#ifndef COMMAND_WHERE_H
#define COMMAND_WHERE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "io/table.h"

struct where;

/* Texts are borrowed while a filter is made, not longer. */
struct where_column {
    const char *name,
        *title; /* title: what people see above it, taken too; NULL: the name */
    enum column_type type;
};

/* Where an expression is wrong. */
struct where_problem {
    size_t offset, length; /* bytes of the expression; length may be 0 at its end */
    /* More text could make it right: an expression that is being typed. Lists then go on showing
     * what they showed. */
    bool incomplete;
};

/* Makes a filter. NULL with STATUS_USAGE when the expression is wrong: the message has the place
 * ("at character 9") and the nearest name of a column; *problem (may be NULL) is filled too. An
 * expression of blanks keeps every row. Without columns (NULL) any name and value will do: that
 * says whether the expression is one before there are rows; such a filter must not be asked. */
struct where *where_create(const char *expression, const struct where_column *columns,
                           size_t n_columns, struct where_problem *problem,
                           struct error *err);
void where_free(struct where *where); /* NULL is allowed */

/* The cell of a row in one of the columns; its text must be valid until where_keeps returns. */
typedef struct cell where_cell(const void *rows, size_t row, size_t column);

bool where_keeps(const struct where *where, where_cell *cell, const void *rows, size_t row);

/* The column that `name` means, and which end of an interval. STATUS_USAGE naming the candidates or
 * the nearest. For --sort and --columns too. */
enum where_end { WHERE_WHOLE, WHERE_LOW, WHERE_HIGH };
enum status where_find_column(const struct where_column *columns, size_t n_columns,
                              const char *name, size_t *column, enum where_end *end,
                              struct error *err);

#endif
