/* What a report is made of; only report.c, report_write.c and shaping.c include it. */
#ifndef COMMAND_REPORT_ITEMS_H
#define COMMAND_REPORT_ITEMS_H

#include "base/memory.h"
#include "command/report.h"

enum item_type {
    ITEM_COUNT,
    ITEM_REAL,
    ITEM_INTERVAL,
    ITEM_TEXT,
    ITEM_FLAG,
    ITEM_NOTE,
    ITEM_TABLE,
    ITEM_PAGE,
};

struct item {
    enum item_type type;
    const char *key; /* NULL for notes */
    const char *unit, *text;
    double value, high; /* COUNT and REAL; the ends of an INTERVAL */
    unsigned decimals;
    bool flag;           /* of a NOTE: it is a warning */
    struct table *table; /* TABLE only; owned */
    bool on_request;     /* TABLE only: not written unless it is named */
};

/* The values as a table of texts, "values"; NULL when there are none. */
struct table *report_make_values(const struct report *report);
bool report_is_value(const struct item *item);
/* Says which tables there are. */
enum status report_refuse_table(const struct report *report, const char *name,
                                struct error *err);

struct report {
    const char *command;
    struct item *items; /* in the order in which they are read */
    size_t n, room;
    bool yields_output;
    struct arena texts;
};

#endif
