#include "command/where.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "command/where_inside.h"

/* LISTED: names of columns that a message has at most. */
enum { LISTED = 8 };

/* ---- one row ---- */

/* Rows and how to look at them. */
struct look {
    const struct where *where;
    where_cell *cell;
    const void *rows;
    size_t row;
};

static double part_of(const struct cell *cell, enum where_end end)
{
    return end == WHERE_HIGH ? cell->high : cell->value;
}

static double number_of(const struct look *look, const struct where_value *value)
{
    if (!value->is_column)
        return value->number;
    struct cell cell = look->cell(look->rows, look->row, value->column);
    return part_of(&cell, value->end);
}

static bool same_letters(const char *a, const char *b)
{
    const char *end_a = a + strlen(a), *end_b = b + strlen(b);
    while (a < end_a && b < end_b)
        if (utf8_lower(utf8_next(&a, end_a)) != utf8_lower(utf8_next(&b, end_b)))
            return false;
    return a == end_a && b == end_b;
}

static bool is_text(const struct where_value *value, const char *text)
{
    if (!value->text || !text)
        return !value->text && !text;
    return value->ignores_case ? same_letters(value->text, text)
                               : strcmp(value->text, text) == 0;
}

/* Whether the cell is one of the values; an interval is the numbers that lie in it. */
static bool is_any(const struct look *look, const struct where_node *node,
                   const struct cell *cell)
{
    bool whole = node->type == COLUMN_INTERVAL && node->end == WHERE_WHOLE;
    for (const struct where_value *value = node->values; value; value = value->next) {
        if (node->type == COLUMN_TEXT) {
            if (is_text(value, cell->text))
                return true;
            continue;
        }
        double wanted = number_of(look, value), low = part_of(cell, node->end);
        bool is_missing = !value->is_column && isnan(wanted);
        if (is_missing ? isnan(low)
            : whole    ? wanted >= low && wanted <= cell->high
                       : wanted == low)
            return true;
    }
    return false;
}

static bool matches(const struct where_node *node, const char *text)
{
    return text && regexec(node->regex, text, 0, NULL, 0) == 0;
}

/* < and > of the cell and the value. An interval is more when all of it is. */
static bool compare(const struct look *look, const struct where_node *node,
                    const struct cell *cell)
{
    bool up = node->how == MORE || node->how == AT_LEAST;
    bool or_equal = node->how == AT_LEAST || node->how == AT_MOST;
    if (node->type == COLUMN_TEXT) {
        if (!cell->text || !node->values->text)
            return false;
        int order = words_compare(cell->text, node->values->text);
        return order == 0 ? or_equal : up == (order > 0);
    }
    bool high_end = node->type == COLUMN_INTERVAL && node->end == WHERE_WHOLE && !up;
    double value = part_of(cell, high_end ? WHERE_HIGH : node->end);
    double wanted = number_of(look, node->values);
    return (up ? value > wanted : value < wanted) || (or_equal && value == wanted);
}

static bool test(const struct look *look, const struct where_node *node)
{
    struct cell cell = look->cell(look->rows, look->row, node->column);
    switch (node->how) {
    case IS:
        return is_any(look, node, &cell);
    case IS_NOT:
        return !is_any(look, node, &cell);
    case MATCHES:
        return matches(node, cell.text);
    case MATCHES_NOT:
        return !matches(node, cell.text);
    case LESS:
    case AT_MOST:
    case MORE:
    case AT_LEAST:
        break;
    }
    return compare(look, node, &cell);
}

static bool is_seen(const struct look *look, const struct where_node *node)
{
    for (size_t i = 0; i < look->where->n_texts; i++) {
        struct cell cell = look->cell(look->rows, look->row, look->where->texts[i]);
        if (matches(node, cell.text))
            return true;
    }
    return false;
}

/* As deep as the brackets of the expression, which where_parse bounds. */
static bool holds(const struct look *look, const struct where_node *node)
{
    if (node->kind == WHERE_TEST)
        return test(look, node);
    if (node->kind == WHERE_SEEN)
        return is_seen(look, node);
    if (node->kind == WHERE_NOT)
        return !holds(look, node->first);
    bool any = node->kind == WHERE_ANY;
    for (const struct where_node *part = node->first; part; part = part->next)
        if (holds(look, part) == any)
            return any;
    return !any;
}

bool where_keeps(const struct where *where, where_cell *cell, const void *rows, size_t row)
{
    const struct look look = {.where = where, .cell = cell, .rows = rows, .row = row};
    return !where->root || holds(&look, where->root);
}

/* ---- filters ---- */

struct where *where_create(const char *expression, const struct where_column *columns,
                           size_t n_columns, struct where_problem *problem,
                           struct error *err)
{
    struct where *where = mem_zero(sizeof *where);
    struct where_problem ignored;
    where->texts = mem_alloc((n_columns + 1) * sizeof *where->texts);
    for (size_t i = 0; columns && i < n_columns; i++)
        if (columns[i].type == COLUMN_TEXT)
            where->texts[where->n_texts++] = i;
    if (where_parse(where, expression, columns, n_columns, problem ? problem : &ignored,
                    err) == STATUS_OK)
        return where;
    where_free(where);
    return NULL;
}

void where_free(struct where *where)
{
    if (!where)
        return;
    for (size_t i = 0; i < where->n_regexes; i++) {
        regfree(where->regexes[i]);
        free(where->regexes[i]);
    }
    free(where->regexes);
    free(where->texts);
    arena_done(&where->arena);
    free(where);
}

/* ---- columns ---- */

static char plain(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c == '-' || c == ' ' ? '_' : c;
}

/* Whether `name` begins as the first n bytes of `typed`, or is them. */
static bool is_called(const char *name, const char *typed, size_t n, bool whole)
{
    size_t i = 0;
    while (i < n && name[i] && plain(name[i]) == plain(typed[i]))
        i++;
    return i == n && (!whole || !name[i]);
}

static size_t find_whole(const struct where_column *columns, size_t n_columns,
                         const char *name, size_t n)
{
    for (size_t i = 0; i < n_columns; i++)
        if (is_called(columns[i].name, name, n, true))
            return i;
    for (size_t i = 0; i < n_columns; i++)
        if (columns[i].title && is_called(columns[i].title, name, n, true))
            return i;
    return n_columns;
}

/* Bytes of .low, _high ... at the end of a name, and the end that it means. */
static size_t find_suffix(const char *name, enum where_end *end)
{
    static const char *const suffixes[] = {"low", "high"};
    size_t length = strlen(name);
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(suffixes[i]);
        if (length > n + 1 && strcmp(name + length - n, suffixes[i]) == 0 &&
            strchr("._", name[length - n - 1])) {
            *end = i ? WHERE_HIGH : WHERE_LOW;
            return n + 1;
        }
    }
    return 0;
}

static enum status refuse_column(const struct where_column *columns, size_t n_columns,
                                 const char *name, bool several, struct error *err)
{
    struct text list = {0};
    const char **names = mem_alloc((n_columns + 1) * sizeof *names);
    text_add(&list, "");
    size_t listed = 0;
    for (size_t i = 0; i < n_columns; i++) {
        names[i] = columns[i].name;
        if (several && !is_called(names[i], name, strlen(name), false))
            continue;
        const char *between = several ? " or " : ", ";
        if (listed++ < LISTED)
            text_printf(&list, "%s'%s'", listed > 1 ? between : "", names[i]);
    }
    if (listed > LISTED)
        text_printf(&list, " and %zu more", listed - LISTED);
    const char *near = several ? NULL : words_nearest(name, names, n_columns);
    if (several)
        error_set(err, STATUS_USAGE, "the column '%s' could be %s", name, list.bytes);
    else if (near)
        error_set(err, STATUS_USAGE, "there is no column '%s'; did you mean '%s'?", name,
                  near);
    else
        error_set(err, STATUS_USAGE, "there is no column '%s'; there are %s", name,
                  list.length ? list.bytes : "none");
    free(names);
    text_done(&list);
    return STATUS_USAGE;
}

static enum status found(size_t which, enum where_end where, size_t *column,
                         enum where_end *end)
{
    *column = which;
    *end = where;
    return STATUS_OK;
}

enum status where_find_column(const struct where_column *columns, size_t n_columns,
                              const char *name, size_t *column, enum where_end *end,
                              struct error *err)
{
    size_t length = strlen(name), n_begin = 0, begin = 0;
    enum where_end suffix = WHERE_WHOLE;
    size_t whole = find_whole(columns, n_columns, name, length);
    if (whole < n_columns)
        return found(whole, WHERE_WHOLE, column, end);
    for (size_t cut = find_suffix(name, &suffix);; cut = 0) {
        enum where_end at = cut ? suffix : WHERE_WHOLE;
        whole = find_whole(columns, n_columns, name, length - cut);
        n_begin = 0;
        for (size_t i = 0; i < n_columns; i++)
            if (is_called(columns[i].name, name, length - cut, false) &&
                (!cut || columns[i].type == COLUMN_INTERVAL)) {
                begin = i;
                n_begin++;
            }
        if (whole < n_columns && columns[whole].type == COLUMN_INTERVAL)
            return found(whole, at, column, end);
        if (n_begin == 1 && length > cut)
            return found(begin, at, column, end);
        if (!cut)
            break;
    }
    return refuse_column(columns, n_columns, name, n_begin > 1 && length, err);
}
