#include "command/shaping.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "command/report_items.h"
#include "command/where.h"

/* KEYS: columns to sort by at most. */
enum { KEYS = 16 };

struct key {
    size_t column;
    enum where_end end;
    bool down;
};

/* A table while it is shaped. Marks are the column behind the last one, if there are any. */
struct shape {
    const struct table *table;
    struct where_column *columns; /* (n) */
    size_t n;
    size_t *rows; /* (n_rows) those that are left */
    size_t n_rows;
    size_t *chosen; /* (n_chosen) columns */
    size_t n_chosen;
    bool marks;
};

bool shaping_is_asked(const struct common *common)
{
    return common->where || common->sort || common->columns || common->top;
}

static bool has_marks(const struct table *table)
{
    for (size_t row = 0; row < table->n_rows; row++)
        if (table->marks[row])
            return true;
    return false;
}

static void begin(struct shape *shape, const struct table *table)
{
    size_t n = table->n_columns;
    *shape = (struct shape){.table = table, .n_rows = table->n_rows, .n_chosen = n};
    shape->marks = has_marks(table);
    shape->n = n + shape->marks;
    shape->columns = mem_alloc((n + 1) * sizeof *shape->columns);
    shape->chosen = mem_alloc((n + 1) * sizeof *shape->chosen);
    shape->rows = mem_alloc((table->n_rows + 1) * sizeof *shape->rows);
    for (size_t i = 0; i < n; i++) {
        const struct column *column = &table->columns[i];
        shape->columns[i] = (struct where_column){
            .name = column->name, .title = column->title, .type = column->type};
        shape->chosen[i] = i;
    }
    shape->columns[n] = (struct where_column){.name = "mark", .type = COLUMN_TEXT};
    for (size_t i = 0; i < table->n_rows; i++)
        shape->rows[i] = i;
}

static void done(struct shape *shape)
{
    free(shape->columns);
    free(shape->rows);
    free(shape->chosen);
}

static struct cell cell_at(const void *rows, size_t row, size_t column)
{
    const struct table *table = rows;
    return column < table->n_columns ? *table_cell(table, row, column)
                                     : (struct cell){.text = table->marks[row]};
}

/* ---- rows ---- */

static enum status keep_rows(struct shape *shape, const char *expression, struct error *err)
{
    struct where *where = where_create(expression, shape->columns, shape->n, NULL, err);
    if (!where)
        return error_prefix(err, "--where");
    size_t n = 0;
    for (size_t i = 0; i < shape->n_rows; i++)
        if (where_keeps(where, cell_at, shape->table, shape->rows[i]))
            shape->rows[n++] = shape->rows[i];
    shape->n_rows = n;
    where_free(where);
    return STATUS_OK;
}

/* The next name of "a,-b, c"; false at the end, or with *err set when one is empty. */
struct list {
    const char *option, *at;
    char name[256];
    bool down; /* it had a - */
};

static bool next_name(struct list *list, struct error *err)
{
    if (!*list->at)
        return false;
    const char *at = list->at + strspn(list->at, " ");
    list->down = *at == '-';
    at += *at == '-' || *at == '+';
    size_t length = strcspn(at, ",");
    if (!length || length >= sizeof list->name) {
        error_set(err, STATUS_USAGE,
                  "%s wants names of columns with commas between, not '%s'", list->option,
                  list->at);
        return false;
    }
    list->at = at + length + (at[length] == ',');
    while (at[length - 1] == ' ' && length > 1)
        length--;
    memcpy(list->name, at, length);
    list->name[length] = '\0';
    return true;
}

static double number_of(const struct cell *cell, enum column_type type, enum where_end end)
{
    if (type == COLUMN_INTERVAL && end == WHERE_WHOLE)
        return (cell->value + cell->high) / 2;
    return end == WHERE_HIGH ? cell->high : cell->value;
}

/* -1 or 1: one is missing and comes last; otherwise 0 and *order as it is by value. */
static int compare_cells(const struct cell *a, const struct cell *b, enum column_type type,
                         enum where_end end, int *order)
{
    *order = 0;
    if (type == COLUMN_TEXT) {
        if (a->text && b->text)
            *order = words_compare(a->text, b->text);
        return !a->text - !b->text;
    }
    double x = number_of(a, type, end), y = number_of(b, type, end);
    *order = (x > y) - (x < y);
    return (isnan(x) ? 1 : 0) - (isnan(y) ? 1 : 0);
}

struct order {
    const struct shape *shape;
    struct key keys[KEYS];
    size_t n;
};

static int compare_rows(const struct order *order, size_t a, size_t b)
{
    for (size_t i = 0; i < order->n; i++) {
        const struct key *key = &order->keys[i];
        struct cell x = cell_at(order->shape->table, a, key->column);
        struct cell y = cell_at(order->shape->table, b, key->column);
        int by_value;
        int missing = compare_cells(&x, &y, order->shape->columns[key->column].type,
                                    key->end, &by_value);
        if (missing)
            return missing;
        if (by_value)
            return key->down ? -by_value : by_value;
    }
    return 0;
}

/* Merges rows[begin .. middle) and [middle .. end), which are in order. */
static void merge(const struct order *order, size_t *rows, size_t *scratch,
                  const size_t bounds[3])
{
    size_t i = bounds[0], j = bounds[1], n = bounds[0];
    while (i < bounds[1] || j < bounds[2]) {
        bool left =
            j == bounds[2] || (i < bounds[1] && compare_rows(order, rows[i], rows[j]) <= 0);
        scratch[n++] = left ? rows[i++] : rows[j++];
    }
    memcpy(rows + bounds[0], scratch + bounds[0], (n - bounds[0]) * sizeof *rows);
}

/* A merge sort, which keeps equal rows in their order. */
static void sort_rows(const struct order *order, size_t *rows, size_t n)
{
    size_t *scratch = mem_alloc((n + 1) * sizeof *scratch);
    for (size_t width = 1; width < n; width *= 2)
        for (size_t begin = 0; begin + width < n; begin += 2 * width) {
            size_t end = begin + 2 * width < n ? begin + 2 * width : n;
            merge(order, rows, scratch, (const size_t[]){begin, begin + width, end});
        }
    free(scratch);
}

static enum status order_rows(struct shape *shape, const char *names, struct error *err)
{
    struct order order = {.shape = shape};
    struct list list = {.option = "--sort", .at = names};
    struct error wrong = {.status = STATUS_OK};
    while (next_name(&list, &wrong)) {
        if (order.n == KEYS)
            return error_set(err, STATUS_USAGE, "--sort takes %d columns at most", KEYS);
        struct key *key = &order.keys[order.n++];
        key->down = list.down;
        if (where_find_column(shape->columns, shape->n, list.name, &key->column, &key->end,
                              err))
            return error_prefix(err, "--sort");
    }
    if (wrong.status)
        return error_set(err, wrong.status, "%s", wrong.message);
    sort_rows(&order, shape->rows, shape->n_rows);
    return STATUS_OK;
}

/* ---- columns ---- */

static void drop_column(struct shape *shape, size_t column)
{
    size_t n = 0;
    for (size_t i = 0; i < shape->n_chosen; i++)
        if (shape->chosen[i] != column)
            shape->chosen[n++] = shape->chosen[i];
    shape->n_chosen = n;
}

static enum status choose_column(struct shape *shape, const struct list *list, bool drops,
                                 struct error *err)
{
    size_t column;
    enum where_end end;
    if (where_find_column(shape->columns, shape->n, list->name, &column, &end, err))
        return error_prefix(err, "--columns");
    if (end != WHERE_WHOLE)
        return error_set(err, STATUS_USAGE, "--columns takes '%s' as a whole, not '%s'",
                         shape->columns[column].name, list->name);
    if (list->down != drops)
        return error_set(err, STATUS_USAGE,
                         "--columns takes names with - before each or before none");
    drop_column(shape, column);
    if (column == shape->table->n_columns)
        shape->marks = !drops;
    else if (!drops)
        shape->chosen[shape->n_chosen++] = column;
    return STATUS_OK;
}

static enum status choose_columns(struct shape *shape, const char *names, struct error *err)
{
    struct list list = {.option = "--columns", .at = names};
    struct error wrong = {.status = STATUS_OK};
    bool first = true, drops = false;
    while (next_name(&list, &wrong)) {
        if (first) {
            drops = list.down;
            shape->n_chosen = drops ? shape->n_chosen : 0;
            shape->marks &= drops;
            first = false;
        }
        enum status status = choose_column(shape, &list, drops, err);
        if (status != STATUS_OK)
            return status;
    }
    if (wrong.status)
        return error_set(err, wrong.status, "%s", wrong.message);
    if (!shape->n_chosen && !shape->marks)
        return error_set(err, STATUS_USAGE, "--columns leaves no column of '%s'",
                         shape->table->name);
    return STATUS_OK;
}

/* ---- reports ---- */

enum status shaping_check(const struct common *common, struct error *err)
{
    struct where *where =
        where_create(common->where ? common->where : "", NULL, 0, NULL, err);
    if (!where)
        return error_prefix(err, "--where");
    where_free(where);
    struct error wrong = {.status = STATUS_OK};
    struct list lists[] = {
        {.option = "--sort", .at = common->sort ? common->sort : ""},
        {.option = "--columns", .at = common->columns ? common->columns : ""}};
    for (size_t i = 0; i < 2; i++)
        while (next_name(&lists[i], &wrong))
            continue;
    return wrong.status ? error_set(err, wrong.status, "%s", wrong.message) : STATUS_OK;
}

static struct table *make_shaped(const struct table *table, const struct common *common,
                                 struct error *err)
{
    struct shape shape;
    struct table *made = NULL;
    begin(&shape, table);
    enum status status = STATUS_OK;
    if (common->where)
        status = keep_rows(&shape, common->where, err);
    if (status == STATUS_OK && common->sort)
        status = order_rows(&shape, common->sort, err);
    if (common->top && shape.n_rows > common->top)
        shape.n_rows = common->top;
    if (status == STATUS_OK && common->columns)
        status = choose_columns(&shape, common->columns, err);
    if (status == STATUS_OK)
        made = table_select(table, shape.rows, shape.n_rows, shape.chosen, shape.n_chosen,
                            shape.marks);
    done(&shape);
    return made;
}

/* Puts the values as one table where the first of them was. */
static void replace_values(struct report *report, struct table *table)
{
    size_t n = 0;
    bool placed = false;
    for (size_t i = 0; i < report->n; i++) {
        if (!report_is_value(&report->items[i])) {
            report->items[n++] = report->items[i];
        } else if (!placed) {
            placed = true;
            report->items[n++] =
                (struct item){.type = ITEM_TABLE, .key = table->name, .table = table};
        }
    }
    report->n = n;
}

/* A column may be one of another table: says which there are. */
static void name_other_tables(const struct report *report, const struct table *table,
                              struct error *err)
{
    struct text names = {0};
    for (size_t i = 0; i < report->n; i++)
        if (report->items[i].table && report->items[i].table != table)
            text_printf(&names, "%s'%s'", names.length ? ", " : "",
                        report->items[i].table->name);
    if (names.length) {
        struct error said = *err;
        error_set(err, said.status, "%s; that is the table '%s', --table chooses %s",
                  said.message, table->name, names.bytes);
    }
    text_done(&names);
}

struct report *shaping_apply(const struct report *report, const struct common *common,
                             struct error *err)
{
    struct report *copy = report_copy(report);
    struct table *table = report_find_table(copy, common->table), *values = NULL,
                 *made = NULL;
    if (!table && (!common->table || strcmp(common->table, "values") == 0))
        values = report_make_values(copy);
    struct error wrong = {.status = STATUS_USAGE};
    if (table || values)
        made = make_shaped(table ? table : values, common, &wrong);
    else
        report_refuse_table(copy, common->table, &wrong);
    if (!made && table && !common->table)
        name_other_tables(copy, table, &wrong);
    for (size_t i = 0; made && table && i < copy->n; i++)
        if (copy->items[i].table == table) {
            copy->items[i].table = made;
            table_free(table);
            break;
        }
    if (made && values)
        replace_values(copy, made);
    table_free(values);
    if (made)
        return copy;
    error_set(err, wrong.status, "%s", wrong.message);
    report_free(copy);
    return NULL;
}
