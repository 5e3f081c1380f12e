#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/words.h"
#include "command/report_items.h"
#include "io/json.h"

/* Lines of prose: READABLE at most on a terminal, USUAL where there is none. */
enum { READABLE = 100, USUAL = 80 };

bool report_is_value(const struct item *item)
{
    return item->type != ITEM_NOTE && item->type != ITEM_TABLE && item->type != ITEM_PAGE;
}

static bool is_missing(const struct item *item)
{
    bool number = item->type == ITEM_REAL || item->type == ITEM_INTERVAL;
    return number ? isnan(item->value) : item->type == ITEM_TEXT && !item->text;
}

/* ---- for people ---- */

static void add_value(struct text *out, const struct item *item)
{
    if (is_missing(item)) {
        text_add_char(out, '-');
        return;
    }
    switch (item->type) {
    case ITEM_COUNT:
        table_add_number(out, item->value, COLUMN_COUNT, 0);
        break;
    case ITEM_REAL:
        table_add_number(out, item->value, COLUMN_REAL, item->decimals);
        break;
    case ITEM_INTERVAL:
        text_add_char(out, '[');
        table_add_number(out, item->value, COLUMN_REAL, item->decimals);
        text_add_char(out, ' ');
        table_add_number(out, item->high, COLUMN_REAL, item->decimals);
        text_add_char(out, ']');
        break;
    case ITEM_FLAG:
        text_add(out, item->flag ? "yes" : "no");
        break;
    case ITEM_TEXT:
    case ITEM_NOTE:
    case ITEM_TABLE:
    case ITEM_PAGE:
        text_add_visible(out, item->text, strlen(item->text), SIZE_MAX);
        break;
    }
    if (item->unit)
        text_printf(out, " %s", item->unit);
}

static void add_key(struct text *out, const char *key)
{
    size_t begin = out->length;
    text_add(out, key);
    for (char *c = out->bytes + begin; *c; c++)
        if (*c == '_')
            *c = ' ';
}

/* Values that stand together, the keys as wide as the longest; returns how many. */
static size_t add_values(const struct report *report, size_t begin, struct text *out)
{
    size_t end = begin, longest = 0;
    for (; end < report->n && report_is_value(&report->items[end]); end++) {
        size_t width = strlen(report->items[end].key);
        longest = width > longest ? width : longest;
    }
    for (size_t i = begin; i < end; i++) {
        const struct item *item = &report->items[i];
        add_key(out, item->key);
        text_printf(out, "%*s", (int)(longest - strlen(item->key) + 2), "");
        add_value(out, item);
        text_add_char(out, '\n');
    }
    return end - begin;
}

static void add_note(const struct item *item, size_t cells, struct text *out)
{
    struct text shown = {0};
    text_add_visible(&shown, item->text, strlen(item->text), SIZE_MAX);
    size_t width = cells && cells < READABLE ? cells : cells ? READABLE : USUAL;
    words_wrap(out, shown.bytes, 0, width);
    text_add_char(out, '\n');
    text_done(&shown);
}

static void write_text(const struct report *report, const struct report_style *style,
                       struct text *out)
{
    const struct item *before = NULL;
    for (size_t i = 0; i < report->n; i++) {
        const struct item *item = &report->items[i];
        if ((item->type == ITEM_NOTE && style->quiet && !item->flag) || item->on_request)
            continue;
        if (before && (before->type != ITEM_NOTE || item->type != ITEM_NOTE))
            text_add_char(out, '\n');
        before = item;
        if (report_is_value(item))
            i += add_values(report, i, out) - 1;
        else if (item->type == ITEM_NOTE)
            add_note(item, style->cells, out);
        else if (item->type == ITEM_TABLE)
            table_write(item->table, style->mode, style->cells, out);
        else
            text_add(out, item->text);
    }
}

/* ---- one JSON document ---- */

static void add_json_value(struct text *out, const struct item *item)
{
    if (is_missing(item)) {
        text_add(out, "null");
    } else if (item->type == ITEM_COUNT || item->type == ITEM_REAL) {
        json_add_number(out, item->value);
    } else if (item->type == ITEM_INTERVAL) {
        text_add_char(out, '[');
        json_add_number(out, item->value);
        text_add(out, ", ");
        json_add_number(out, item->high);
        text_add_char(out, ']');
    } else if (item->type == ITEM_FLAG) {
        text_add(out, item->flag ? "true" : "false");
    } else {
        json_quote(out, item->text, strlen(item->text));
    }
}

static void add_json_key(struct text *out, const char *between, const char *key)
{
    text_add(out, between);
    json_quote(out, key, strlen(key));
    text_add(out, ": ");
}

static void add_json_units(struct text *out, const struct report *report)
{
    const char *between = "";
    for (size_t i = 0; i < report->n; i++) {
        const struct item *item = &report->items[i];
        if (!item->unit)
            continue;
        if (!*between)
            add_json_key(out, ",\n  ", "units");
        add_json_key(out, *between ? between : "{", item->key);
        json_quote(out, item->unit, strlen(item->unit));
        between = ", ";
    }
    text_add(out, *between ? "}" : "");
}

static void add_json_notes(struct text *out, const struct report *report)
{
    const char *between = "";
    for (size_t i = 0; i < report->n; i++) {
        const struct item *item = &report->items[i];
        if (item->type != ITEM_NOTE)
            continue;
        if (!*between)
            add_json_key(out, ",\n  ", "notes");
        text_add(out, *between ? between : "[");
        json_quote(out, item->text, strlen(item->text));
        between = ", ";
    }
    text_add(out, *between ? "]" : "");
}

static void add_json_columns(struct text *out, const struct table *table)
{
    static const char *const types[] = {"text", "count", "real", "share", "interval"};
    for (size_t i = 0; i < table->n_columns; i++) {
        const struct column *column = &table->columns[i];
        add_json_key(out, i ? ", {" : "{", "name");
        json_quote(out, column->name, strlen(column->name));
        add_json_key(out, ", ", "type");
        json_quote(out, types[column->type], strlen(types[column->type]));
        if (column->unit) {
            add_json_key(out, ", ", "unit");
            json_quote(out, column->unit, strlen(column->unit));
        }
        text_add_char(out, '}');
    }
}

static void add_json_tables(struct text *out, const struct report *report)
{
    const char *between = "";
    for (size_t i = 0; i < report->n; i++) {
        const struct table *table = report->items[i].table;
        if (!table || report->items[i].on_request)
            continue;
        if (!*between)
            add_json_key(out, ",\n  ", "tables");
        add_json_key(out, *between ? between : "{\n    ", table->name);
        if (table->title) {
            add_json_key(out, "{", "title");
            json_quote(out, table->title, strlen(table->title));
        }
        add_json_key(out, table->title ? ",\n    " : "{", "columns");
        text_add_char(out, '[');
        add_json_columns(out, table);
        text_add(out, "]");
        add_json_key(out, ",\n    ", "rows");
        table_write(table, TABLE_JSON, 0, out);
        out->bytes[out->length - 1] = '}'; /* in place of the newline */
        between = ",\n    ";
    }
    text_add(out, *between ? "}" : "");
}

static void write_json(const struct report *report, struct text *out)
{
    add_json_key(out, "{\n  ", "command");
    json_quote(out, report->command, strlen(report->command));
    for (size_t i = 0; i < report->n; i++) {
        const struct item *item = &report->items[i];
        if (item->type == ITEM_NOTE || item->type == ITEM_TABLE)
            continue;
        add_json_key(out, ",\n  ", item->key);
        add_json_value(out, item);
    }
    add_json_units(out, report);
    add_json_notes(out, report);
    add_json_tables(out, report);
    text_add(out, "\n}\n");
}

/* The values in one line, for a report without a table. */
static bool write_json_line(const struct report *report, struct text *out)
{
    if (report_find_table(report, NULL))
        return false;
    add_json_key(out, "{", "command");
    json_quote(out, report->command, strlen(report->command));
    for (size_t i = 0; i < report->n; i++) {
        const struct item *item = &report->items[i];
        if (item->type == ITEM_NOTE)
            continue;
        add_json_key(out, ", ", item->key);
        add_json_value(out, item);
    }
    text_add(out, "}\n");
    return true;
}

/* ---- one table ---- */

struct table *report_make_values(const struct report *report)
{
    struct table *table = table_create("values", NULL);
    table_column(table, "name", COLUMN_TEXT, 0, NULL);
    table_column(table, "value", COLUMN_TEXT, 0, NULL);
    table_column(table, "unit", COLUMN_TEXT, 0, NULL);
    struct text value = {0};
    for (size_t i = 0; i < report->n; i++) {
        const struct item *item = &report->items[i];
        if (!report_is_value(item))
            continue;
        text_clear(&value);
        if (item->type == ITEM_TEXT)
            text_add(&value, item->text ? item->text : "");
        else
            add_json_value(&value, item);
        table_row(table);
        table_text(table, item->key);
        table_text(table, is_missing(item) ? NULL : value.bytes);
        table_text(table, item->unit);
    }
    text_done(&value);
    if (table->n_rows)
        return table;
    table_free(table);
    return NULL;
}

struct table *report_find_table(const struct report *report, const char *name)
{
    for (size_t i = 0; i < report->n; i++) {
        struct table *table = report->items[i].table;
        if (table && (name ? strcmp(table->name, name) == 0 : !report->items[i].on_request))
            return table;
    }
    return NULL;
}

enum status report_refuse_table(const struct report *report, const char *name,
                                struct error *err)
{
    if (!report_find_table(report, NULL))
        return error_set(err, STATUS_USAGE, "'%s' gives no table%s%s%s", report->command,
                         name ? " '" : "", name ? name : "", name ? "'" : "");
    struct text names = {0};
    for (size_t i = 0; i < report->n; i++)
        if (report->items[i].table)
            text_printf(&names, "%s'%s'", names.length ? ", " : "",
                        report->items[i].table->name);
    error_set(err, STATUS_USAGE, "'%s' gives no table '%s'; it gives %s", report->command,
              name, names.bytes);
    text_done(&names);
    return STATUS_USAGE;
}

/* The table that the style asks for, the values when there is no other, or nothing. */
static enum status write_table(const struct report *report,
                               const struct report_style *style, struct text *out,
                               struct error *err)
{
    const struct table *table = report_find_table(report, style->table);
    struct table *values = NULL;
    if (!table && (!style->table || strcmp(style->table, "values") == 0))
        table = values = report_make_values(report);
    if (!table)
        return report_refuse_table(report, style->table, err);
    table_write(table, style->mode, style->cells, out);
    table_free(values);
    return STATUS_OK;
}

static bool write_pages(const struct report *report, struct text *out)
{
    bool any = false;
    for (size_t i = 0; i < report->n; i++)
        if (report->items[i].type == ITEM_PAGE) {
            text_add(out, report->items[i].text);
            any = true;
        }
    return any;
}

enum status report_write(const struct report *report, const struct report_style *style,
                         struct text *out, struct text *aside, struct error *err)
{
    bool whole = !style->table;
    if (whole && table_mode_is_shown(style->mode)) {
        write_text(report, style, out);
        return STATUS_OK;
    }
    if (whole && style->mode == TABLE_JSON) {
        write_json(report, out);
        return STATUS_OK;
    }
    bool paged = style->mode == TABLE_MARKDOWN || style->mode == TABLE_PLAIN;
    bool done = whole && paged && write_pages(report, out);
    if (whole && style->mode == TABLE_JSONL)
        done = write_json_line(report, out);
    if (!done) {
        enum status status = write_table(report, style, out, err);
        if (status != STATUS_OK)
            return status;
    }
    for (size_t i = 0; i < report->n; i++)
        if (report->items[i].type == ITEM_NOTE && (!style->quiet || report->items[i].flag))
            add_note(&report->items[i], style->cells, aside);
    return STATUS_OK;
}

void report_add_warnings(const struct report *report, size_t cells, struct text *out)
{
    for (size_t i = 0; i < report->n; i++)
        if (report->items[i].type == ITEM_NOTE && report->items[i].flag)
            add_note(&report->items[i], cells, out);
}
