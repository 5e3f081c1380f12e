/* A report: what a command found, for people and programs alike.
 *
 * The handler adds values, notes and tables in the order in which a person reads them; the
 * front end writes the whole of it once the command has ended. Texts are copied. Keys are
 * lower case, words joined by _, each used once in a report; a person sees the key with
 * spaces.
 */
#ifndef COMMAND_REPORT_H
#define COMMAND_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"
#include "io/table.h"

struct report;

struct report *report_create(const char *command);
struct report *report_copy(const struct report *report);
/* The table of that name, the first for NULL; NULL: there is none. */
struct table *report_find_table(const struct report *report, const char *name);
/* Puts a page in the place of a table, which is freed. */
void report_replace_table(struct report *report, struct table *table, const char *page);
void report_free(struct report *report); /* NULL is allowed */

/* ---- filling ---- */

void report_count(struct report *report, const char *key, size_t value, const char *unit);
void report_real(struct report *report, const char *key, double value, unsigned decimals,
                 const char *unit); /* NaN: missing */
void report_interval(struct report *report, const char *key, double low, double high,
                     unsigned decimals, const char *unit);
void report_text(struct report *report, const char *key,
                 const char *text); /* NULL: missing */
void report_flag(struct report *report, const char *key, bool value);

/* A sentence or paragraph for people, with its full stop. */
void report_note(struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Makes the note that was added last a warning, which is said also when notes are not wanted. */
void report_warn(struct report *report);

/* A table that the report owns; the handler adds columns and rows. The first one is the
 * main one. */
struct table *report_table(struct report *report, const char *name, const char *title);

/* A table that was made elsewhere; taken over. */
void report_add_table(struct report *report, struct table *table);

/* The same for one that would be long and says nothing new: it is written only when --table names
 * it. */
struct table *report_table_on_request(struct report *report, const char *name,
                                      const char *title);

/* Text that is laid out already, such as help. */
void report_page(struct report *report, const char *key, const char *text);

/* Says that the command writes its data to standard output (--out -): the report then goes
 * to standard error. */
void report_yield_output(struct report *report);
bool report_yields_output(const struct report *report);
/* Appends the value of that key, with every digit; false: there is no such value, or it is
 * missing. */
bool report_add_value(const struct report *report, const char *key, struct text *out);
bool report_is_empty(const struct report *report);

/* ---- writing ---- */

struct report_style {
    enum table_mode mode;
    const char *table; /* write only the table of that name; NULL: see report_write */
    bool quiet;        /* no notes */
    size_t cells;      /* width of the terminal; 0: not a terminal */
};

/* Appends to `out` what is data and to `aside` notes that are not part of it.
 *
 *   text      everything in its order, notes wrapped to the terminal
 *   JSON      {"command": name, key: value ..., "units": {key: unit}, "notes": [...],
 *              "tables": {name: {"title", "columns": [{"name", "type", "unit"}],
 *                                "rows": [{...}]}}}; units, notes, tables if there are any
 *   box       the same as text, tables in frames
 *   csv, tsv, LaTeX   the main table; without one the values, as a table named "values"
 *   markdown, plain   the same; pages as they are
 *   JSONL     the rows of the main table; without one the values as one object
 *
 * STATUS_USAGE when there is no such table. */
enum status report_write(const struct report *report, const struct report_style *style,
                         struct text *out, struct text *aside, struct error *err);

/* Appends the warnings as lines for people. */
void report_add_warnings(const struct report *report, size_t cells, struct text *out);

#endif
