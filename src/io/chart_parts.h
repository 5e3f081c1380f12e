/* What the files of a chart share: scales, ticks, and cells of a grid. */
#ifndef IO_CHART_PARTS_H
#define IO_CHART_PARTS_H

#include "io/chart.h"

/* ---- scales ---- */

enum { TICKS_MOST = 16, TICK_TEXT = 24 };

struct chart_range {
    double low, high; /* low < high; both > 0 when is_log */
    bool is_log;
};

/* The range of an axis over what its series hold: nothing, and for one value a range around
 * it. */
struct chart_range chart_range_of(const struct chart_axis *axis, double least, double most);
/* 0 .. 1 inside the range; NaN for what cannot be shown. */
double chart_share(const struct chart_range *range, double value);
/* Round values inside the range, at most `most` of them (at most TICKS_MOST). */
size_t chart_ticks(const struct chart_range *range, size_t most, double ticks[TICKS_MOST]);
/* As short as tells the ticks apart. */
void chart_tick_text(double tick, const double *ticks, size_t n, char out[TICK_TEXT]);

/* Both axes of a chart of lines. */
struct chart_range chart_x_range(const struct chart_lines *lines);
struct chart_range chart_y_range(const struct chart_lines *lines);
double chart_x(const struct chart_series *series, size_t i);
/* The point of a series that is nearest to x; SIZE_MAX: none. */
size_t chart_nearest(const struct chart_series *series, double x);
/* "0.856 [0.845 0.867]" */
void chart_add_reading(struct text *out, const struct chart_series *series, size_t i);

/* Ends of the scale of bars; zero lies inside. */
struct chart_range chart_bars_range(const struct chart_bars *bars);

/* The numbers beside a bar and in a heat cell. */
void chart_bars_number(const struct chart_bars *bars, size_t i, struct text *out);
void chart_heat_number(const struct chart_heat *heat, size_t row, size_t column,
                       struct text *out);
/* The same heat table with the ends of CHART_SCALE_ALL worked out. */
struct chart_heat chart_heat_known(const struct chart_heat *heat);

/* ---- cells ---- */

/* Outside the grid nothing happens. */
void chart_put(struct chart_grid *grid, long row, long column, unsigned style,
               const char *glyph);
const struct chart_cell *chart_at(const struct chart_grid *grid, long row, long column);
/* Text of at most `columns` cells; returns those it took. */
long chart_put_text(struct chart_grid *grid, long row, long column, long columns,
                    unsigned style, const char *text);
long chart_text_width(const char *text); /* as shown; NULL: 0 */

extern const char *const chart_markers[CHART_SERIES];

#endif
