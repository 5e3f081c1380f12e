#include "command/report.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "command/report_items.h"

struct report *report_create(const char *command)
{
    struct report *report = mem_zero(sizeof *report);
    report->command = arena_copy(&report->texts, command, strlen(command));
    return report;
}

void report_free(struct report *report)
{
    if (!report)
        return;
    for (size_t i = 0; i < report->n; i++)
        table_free(report->items[i].table);
    free(report->items);
    arena_done(&report->texts);
    free(report);
}

static const char *keep(struct report *report, const char *text)
{
    return text ? arena_copy(&report->texts, text, strlen(text)) : NULL;
}

struct report *report_copy(const struct report *report)
{
    struct report *copy = report_create(report->command);
    copy->yields_output = report->yields_output;
    for (size_t i = 0; i < report->n; i++) {
        const struct item *item = &report->items[i];
        MEM_RESERVE(copy->items, copy->n, copy->room);
        struct item *made = &copy->items[copy->n++];
        *made = *item;
        made->key = keep(copy, item->key);
        made->unit = keep(copy, item->unit);
        made->text = keep(copy, item->text);
        made->table = item->table ? table_copy(item->table) : NULL;
    }
    return copy;
}

/* Keys that the JSON document uses itself, and those that were used before. */
static bool is_free(const struct report *report, const char *key)
{
    static const char *const taken[] = {"command", "units", "notes", "tables"};
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (strcmp(taken[i], key) == 0)
            return false;
    for (size_t i = 0; i < report->n; i++)
        if (report->items[i].key && strcmp(report->items[i].key, key) == 0)
            return false;
    return true;
}

static struct item *add(struct report *report, enum item_type type, const char *key)
{
    bool is_new = !key || is_free(report, key);
    assert(is_new);
    (void)is_new;
    MEM_RESERVE(report->items, report->n, report->room);
    struct item *item = &report->items[report->n++];
    *item = (struct item){.type = type, .key = keep(report, key)};
    return item;
}

void report_count(struct report *report, const char *key, size_t value, const char *unit)
{
    struct item *item = add(report, ITEM_COUNT, key);
    item->value = (double)value;
    item->unit = keep(report, unit);
}

void report_real(struct report *report, const char *key, double value, unsigned decimals,
                 const char *unit)
{
    struct item *item = add(report, ITEM_REAL, key);
    item->value = value;
    item->decimals = decimals;
    item->unit = keep(report, unit);
}

void report_interval(struct report *report, const char *key, double low, double high,
                     unsigned decimals, const char *unit)
{
    struct item *item = add(report, ITEM_INTERVAL, key);
    item->value = isnan(high) ? (double)NAN : low;
    item->high = isnan(low) ? (double)NAN : high;
    item->decimals = decimals;
    item->unit = keep(report, unit);
}

void report_text(struct report *report, const char *key, const char *text)
{
    struct item *item = add(report, ITEM_TEXT, key);
    item->text = keep(report, text);
}

void report_flag(struct report *report, const char *key, bool value)
{
    add(report, ITEM_FLAG, key)->flag = value;
}

void report_note(struct report *report, const char *format, ...)
{
    struct text note = {0};
    va_list args;
    va_start(args, format);
    text_vprintf(&note, format, args);
    va_end(args);
    add(report, ITEM_NOTE, NULL)->text = keep(report, note.bytes);
    text_done(&note);
}

void report_warn(struct report *report)
{
    report->items[report->n - 1].flag = true;
}

struct table *report_table(struct report *report, const char *name, const char *title)
{
    struct table *table = table_create(name, title);
    report_add_table(report, table);
    return table;
}

void report_add_table(struct report *report, struct table *table)
{
    add(report, ITEM_TABLE, table->name)->table = table;
}

struct table *report_table_on_request(struct report *report, const char *name,
                                      const char *title)
{
    struct table *table = report_table(report, name, title);
    report->items[report->n - 1].on_request = true;
    return table;
}

void report_page(struct report *report, const char *key, const char *text)
{
    struct item *item = add(report, ITEM_PAGE, key);
    item->text = keep(report, text);
}

void report_replace_table(struct report *report, struct table *table, const char *page)
{
    for (size_t i = 0; i < report->n; i++) {
        struct item *item = &report->items[i];
        if (item->table != table)
            continue;
        item->type = ITEM_PAGE;
        item->table = NULL;
        item->on_request = false;
        item->text = keep(report, page);
    }
    table_free(table);
}

void report_yield_output(struct report *report)
{
    report->yields_output = true;
}

bool report_yields_output(const struct report *report)
{
    return report->yields_output;
}

bool report_is_empty(const struct report *report)
{
    return !report->n;
}

static bool add_item(const struct item *item, struct text *out)
{
    switch (item->type) {
    case ITEM_COUNT:
    case ITEM_REAL:
        if (!isnan(item->value))
            text_printf(out, "%.17g", item->value);
        return !isnan(item->value);
    case ITEM_TEXT:
        text_add(out, item->text ? item->text : "");
        return item->text != NULL;
    case ITEM_FLAG:
        text_add(out, item->flag ? "yes" : "no");
        return true;
    case ITEM_INTERVAL:
    case ITEM_NOTE:
    case ITEM_TABLE:
    case ITEM_PAGE:
        break;
    }
    return false;
}

bool report_add_value(const struct report *report, const char *key, struct text *out)
{
    for (size_t i = 0; i < report->n; i++)
        if (report->items[i].key && strcmp(report->items[i].key, key) == 0)
            return add_item(&report->items[i], out);
    return false;
}
