/* The table that a command shows while it runs, such as the curve of a training. */
#ifndef UI_LIVE_TABLE_H
#define UI_LIVE_TABLE_H

#include "io/table.h"
#include "ui/view.h"

/* Keeps a copy of the newest table of that name which the command has shown, until a newer one comes;
 * all zero keeps nothing. Without an interpreter everything stays. */
struct live_table {
    struct table *table; /* owned; NULL: none was shown in this run */
    bool runs;           /* the command does, now */
};
void live_table_update(struct live_table *live, const struct snapshot *snapshot,
                       const char *command, const char *name);
void live_table_done(struct live_table *live);

#endif
