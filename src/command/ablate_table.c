#include "command/ablate_table.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>

const char ablate_table_name[] = "ablation";
const char ablate_table_title[] = "by value; means over seeds";

static void add_figure(struct table *table, struct ablate_figure figure)
{
    table_number(table, figure.mean);
    table_interval(table, figure.interval.low, figure.interval.high);
}

static void figure_columns(struct table *table, const char *name, const char *title,
                           enum column_type type, const char *unit)
{
    char interval[64];
    snprintf(interval, sizeof interval, "%s_interval", name);
    table_column(table, name, type, 3, unit);
    table_title(table, title);
    table_column(table, interval, COLUMN_INTERVAL, 3, unit);
    table_title(table, "95 %");
}

/* Missing while there is none. */
static double holdout_of(const struct ablate_shown *shown, size_t v)
{
    struct ablate_result result = ablate_result(shown->ablate, v);
    if (result.n_seeds)
        return result.holdout.mean;
    return shown->holds_out ? ablate_latest(shown->ablate, v) : (double)NAN;
}

static void add_columns(const struct ablate_shown *shown, struct table *table)
{
    table_column(table, shown->axis, shown->type, shown->decimals, NULL);
    figure_columns(table, "oracle", "best head (oracle)", COLUMN_SHARE, NULL);
    figure_columns(table, "mixture", "mixture", COLUMN_SHARE, NULL);
    if (shown->adapts)
        figure_columns(table, "adapted", "adapted mixture", COLUMN_SHARE, NULL);
    figure_columns(table, "nll", "nll", COLUMN_REAL, "nats");
    table_column(table, "holdout_nll", COLUMN_REAL, 4, "nats");
    table_column(table, "router_entropy", COLUMN_REAL, 3, "nats");
    table_column(table, "seconds", COLUMN_REAL, 3, "s");
}

void ablate_fill(const struct ablate_shown *shown, struct table *table)
{
    size_t best = SIZE_MAX, n = shown->values->n;
    add_columns(shown, table);
    for (size_t v = 0; v < n; v++)
        if (!isnan(holdout_of(shown, v)) &&
            (best == SIZE_MAX || holdout_of(shown, v) < holdout_of(shown, best)))
            best = v;
    for (size_t v = 0; v < n; v++) {
        struct ablate_result result = ablate_result(shown->ablate, v);
        table_row(table);
        table_number(table, shown->values->items[v]);
        add_figure(table, result.oracle);
        add_figure(table, result.mixture);
        if (shown->adapts)
            add_figure(table, result.adapted);
        add_figure(table, result.nll);
        table_number(table, holdout_of(shown, v));
        table_number(table, result.entropy.mean);
        table_number(table, result.seconds);
        if (v == best)
            table_mark(table, "best on hold-out");
    }
}
