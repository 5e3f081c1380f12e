/* Heat cells: a number on a background that says where it lies on a scale.
 *
 * The table around them is a struct listing or a view's own; this is the colour, the number
 * and the legend. The number is always there, so that nothing depends on colour.
 */
#ifndef UI_HEAT_H
#define UI_HEAT_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/canvas.h"

/* `c` goes through them. */
enum heat_scale { HEAT_GLOBAL, HEAT_COLUMN, HEAT_ROW, HEAT_DIFFERENCE, N_HEAT_SCALES };
const char *heat_scale_name(enum heat_scale scale); /* "global" ... */

struct heat {
    enum heat_scale scale;
    const double *values;     /* (rows, columns) row-major; NaN: missing */
    const double *base;       /* the same for HEAT_DIFFERENCE; NULL: none */
    const double *low, *high; /* intervals, the same shape; NULL: none */
    double includes;          /* a cell whose interval includes it is unsure; NaN: none */
    size_t rows, columns;
    bool is_diverging;    /* colours part at 0, as always for differences */
    double least, most;   /* ends of HEAT_GLOBAL; NaN: from the data */
    bool fewer_is_better; /* for the best of a column */
    unsigned decimals;
    bool no_zero; /* .86 for 0.86, as there are few columns */
    /* filled by heat_measure */
    double *column_least, *column_most, *row_least, *row_most; /* of what is shown */
    size_t *best; /* (columns) row of the best; rows: none */
};

/* Works out the scales. Call it when values, scale or shape have changed; heat_done frees what it
 * made. */
void heat_measure(struct heat *heat);
void heat_done(struct heat *heat);

double heat_value(const struct heat *heat, size_t row, size_t column); /* as shown */
double heat_share(const struct heat *heat, size_t row, size_t column); /* NaN: missing */
bool heat_is_unsure(const struct heat *heat, size_t row, size_t column);
bool heat_is_best(const struct heat *heat, size_t row, size_t column);

/* The number: " .86~", "+.04", with the mark of the best and of the unsure. */
void heat_text(const struct heat *heat, const struct look *look, size_t row, size_t column,
               struct text *out);
/* Draws a cell in `columns` cells; the cursor lies over it. */
void heat_draw(const struct heat *heat, const struct pen *pen, int at_row, int at_column,
               int columns, size_t row, size_t column, bool cursor);
/* "scale: global .10 ▏▎▍▌▋▊▉█ .99" for the frame or a row; returns the columns it took. */
int heat_legend(const struct heat *heat, const struct pen *pen, int row, int column);

/* The heat table as a picture, with the look's colours. */
struct heat_labels {
    const char *title, *corner;
    const char *const *rows, *const *columns;
};
void heat_svg(const struct heat *heat, const struct heat_labels *labels,
              const struct look *look, struct text *out);

#endif
