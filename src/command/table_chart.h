/* A table as a chart: which column is what, for --plot and for pictures.
 *
 *     bars   one bar a row: label the first column of texts, else the first column; value the first
 *            column of values
 *     heat   one cell a number: rows named by the first column of texts; all columns of values
 *     line   one line a column of values over the first column, which must be numbers
 *
 * Columns of values are the shares, or without any the other real numbers, or else the counts, so
 * that seconds and accuracies do not share an axis; those that --columns chooses are all of them. A
 * column NAME_interval gives the intervals of NAME: whiskers and bands, and in a heat table of
 * shares the mark of a cell whose interval holds 1/2.
 */
#ifndef COMMAND_TABLE_CHART_H
#define COMMAND_TABLE_CHART_H

#include "base/error.h"
#include "base/text.h"
#include "io/table.h"

enum plot { PLOT_NONE, PLOT_BARS, PLOT_HEAT, PLOT_LINE };

struct plot_style {
    enum plot
        plot; /* PLOT_NONE: line for a first column of numbers, heat for three or more columns
                      * of values, else bars */
    bool is_chosen;  /* the columns were chosen with --columns */
    size_t cells;    /* width of the terminal; 0: 80 */
    bool is_unicode; /* else ASCII */
};

/* Append the chart as lines of text, and as an SVG document. STATUS_USAGE when the table has no
 * rows or no such columns. */
enum status table_chart_text(const struct table *table, const struct plot_style *style,
                             struct text *out, struct error *err);
enum status table_chart_svg(const struct table *table, const struct plot_style *style,
                            struct text *out, struct error *err);

#endif
