#include "ui/live_table.h"

#include <string.h>

static bool is_running(struct interpreter *interpreter, const char *command)
{
    size_t n = interpreter_jobs(interpreter);
    for (size_t i = 0; i < n; i++)
        if (strcmp(task_command(interpreter_job(interpreter, i).task)->name, command) == 0)
            return true;
    return false;
}

static bool is_same(const struct table *a, const struct table *b)
{
    if (!a || a->n_rows != b->n_rows || a->n_columns != b->n_columns)
        return false;
    size_t n = a->n_rows * a->n_columns;
    return !n || memcmp(a->cells, b->cells, n * sizeof *a->cells) == 0;
}

void live_table_update(struct live_table *live, const struct snapshot *snapshot,
                       const char *command, const char *name)
{
    if (!snapshot->interpreter)
        return;
    const struct table *table = interpreter_shown(snapshot->interpreter, command);
    live->runs = is_running(snapshot->interpreter, command);
    if (!table || strcmp(table->name, name) != 0 || is_same(live->table, table))
        return;
    table_free(live->table);
    live->table = table_copy(table);
}

void live_table_done(struct live_table *live)
{
    table_free(live->table);
    *live = (struct live_table){0};
}
