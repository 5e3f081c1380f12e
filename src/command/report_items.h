/* What a report is made of; only report.c and report_write.c include it. */
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
    bool flag;
    struct table *table; /* TABLE only; owned */
};

struct report {
    const char *command;
    struct item *items; /* in the order in which they are read */
    size_t n, room;
    bool yields_output;
    struct arena texts;
};

#endif
