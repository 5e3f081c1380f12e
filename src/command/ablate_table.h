/* The table of an ablation that trains, at any time of it: "ablation", a row a value. */
#ifndef COMMAND_ABLATE_TABLE_H
#define COMMAND_ABLATE_TABLE_H

#include "command/cmd_ablate.h"
#include "core/ablate.h"
#include "io/table.h"

extern const char ablate_table_name[], ablate_table_title[];

struct ablate_shown {
    const struct ablate *ablate;
    const char *axis; /* what is varied, a column of this type */
    enum column_type type;
    unsigned decimals;
    const struct ablate_values *values;
    bool adapts, holds_out; /* whether models are adapted, and pairs held out */
};

/* Columns and rows into a new table. Of a value whose models are not judged yet there is the
 * likelihood on the hold-out after the last epoch, the rest is missing. The lowest is marked. */
void ablate_fill(const struct ablate_shown *shown, struct table *table);

#endif
