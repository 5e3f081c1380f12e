/* Charts: lines with intervals, bars and heat tables, as a grid of characters and as SVG.
 *
 * A chart is plain numbers that the caller owns; titles and labels may hold any bytes. What is
 * drawn depends on the chart and the size alone, so that a chart on the terminal, in a text file
 * and in a picture say the same. Colours are indices here: the grid's cells carry CHART_* styles,
 * the pictures take a struct chart_colors.
 *
 *     struct chart_grid grid;
 *     chart_grid_open(&grid, 16, 72);
 *     chart_draw_lines(&grid, &lines, CHART_UNICODE);
 *     chart_grid_write(&grid, &out);           lines of text, without colour
 *     chart_grid_done(&grid);
 *     chart_svg_lines(&lines, &chart_colors_light, 720, 360, &out);
 */
#ifndef IO_CHART_H
#define IO_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Series, bars and clusters beyond these take the colours and markers from the start again. */
enum { CHART_SERIES = 8, CHART_RAMP_MOST = 16 };

/* ---- what can be drawn ---- */

struct chart_axis {
    const char *title; /* NULL: none */
    bool is_log;       /* values <= 0 are left out */
    double low, high;  /* NaN: from the data */
};

struct chart_series {
    const char *name; /* in the legend; NULL: none */
    const double *x;  /* (n), ascending; NULL: 1 .. n */
    const double *y;  /* (n); NaN: a gap */
    const double *low,
        *high; /* (n) ends of the intervals; NULL: none; NaN: none at that point */
    size_t n;
};

struct chart_lines {
    const char *title; /* NULL: none */
    struct chart_axis x, y;
    const struct chart_series *series;
    size_t n_series;
    double cursor; /* at this x the values are read off; NaN: no cursor */
};

struct chart_bars {
    const char *title;
    const char *const *labels; /* (n) */
    const double *values;      /* (n); NaN: missing */
    const double *low, *high;  /* (n) as above; NULL: none */
    size_t n;
    double least,
        most; /* ends of the scale; NaN: 0 and the largest value, or the data's own
                         * least when some are negative */
    unsigned decimals;
};

/* Over which cells the colours of a heat table are spread. */
enum chart_scale { CHART_SCALE_ALL, CHART_SCALE_COLUMN, CHART_SCALE_ROW };

struct chart_heat {
    const char *title, *corner; /* corner: heading of the row labels; NULL: none */
    const char *const *rows, *const *columns; /* labels (n_rows), (n_columns) */
    const double *values;        /* (n_rows, n_columns) row-major; NaN: missing */
    const unsigned char *unsure; /* (n_rows, n_columns) 1: marked with ~; NULL: none */
    size_t n_rows, n_columns;
    enum chart_scale scale;
    bool is_diverging;  /* colours part at 0 */
    double least, most; /* ends of CHART_SCALE_ALL; NaN: from the data */
    unsigned decimals;
};

/* Where a value lies on the scale of its cell: 0 .. 1, NaN when missing. The middle of a
 * diverging scale is 0.5. */
double chart_heat_share(const struct chart_heat *heat, size_t row, size_t column);

/* ---- as characters ---- */

enum chart_glyphs {
    CHART_ASCII,   /* no byte above 0x7f, save in titles and labels */
    CHART_UNICODE, /* box characters, half and eighth blocks */
    CHART_BRAILLE, /* 2 x 4 dots to a cell */
};

enum chart_style {
    CHART_PLAIN,
    CHART_DIM, /* axes, grid lines */
    CHART_TITLE,
    CHART_CURSOR,
    CHART_LINE = 16, /* + series modulo CHART_SERIES */
    CHART_BAND = 32, /* its interval */
    CHART_COLD = 64, /* + step of a heat cell, 0 .. CHART_STEPS - 1 */
};
enum { CHART_STEPS = 64 };

struct chart_cell {
    char glyph[12]; /* one character with its marks; "" is the second half of a wide one */
    unsigned char style;
};

struct chart_grid {
    size_t rows, columns;
    struct chart_cell *cells; /* (rows, columns), blanks where nothing is drawn */
};

void chart_grid_open(struct chart_grid *grid, size_t rows, size_t columns);
void chart_grid_done(struct chart_grid *grid);
/* Appends the rows as lines; blanks at their ends and empty rows below are left out. */
void chart_grid_write(const struct chart_grid *grid, struct text *out);

/* Each fills the grid as well as its size allows: first the legend and the titles give way, then
 * the axes. Nothing is written outside, at any size. */
void chart_draw_lines(struct chart_grid *grid, const struct chart_lines *lines,
                      enum chart_glyphs glyphs);
/* One row for each bar: label, bar, number. Bars that do not fit are counted in the last row. */
void chart_draw_bars(struct chart_grid *grid, const struct chart_bars *bars,
                     enum chart_glyphs glyphs);
/* Numbers with a shade beside each; columns that do not fit are left out, with a mark. */
void chart_draw_heat(struct chart_grid *grid, const struct chart_heat *heat,
                     enum chart_glyphs glyphs);
/* The grid that shows all of it. */
void chart_bars_size(const struct chart_bars *bars, size_t *rows, size_t *columns);
void chart_heat_size(const struct chart_heat *heat, size_t *rows, size_t *columns);

/* ---- as a picture ---- */

/* Colours are 0xrrggbb. */
struct chart_colors {
    uint32_t background, text, dim;
    uint32_t series[CHART_SERIES];
    uint32_t ramp[CHART_RAMP_MOST], diverging[CHART_RAMP_MOST]; /* low to high */
    size_t n_ramp, n_diverging;
};

/* Okabe and Ito's series, viridis, blue to orange. */
extern const struct chart_colors chart_colors_light, chart_colors_dark;

/* Append a whole SVG document, `width` x `height` pixels; 0: as large as it needs to be. */
void chart_svg_lines(const struct chart_lines *lines, const struct chart_colors *colors,
                     unsigned width, unsigned height, struct text *out);
void chart_svg_bars(const struct chart_bars *bars, const struct chart_colors *colors,
                    unsigned width, unsigned height, struct text *out);
void chart_svg_heat(const struct chart_heat *heat, const struct chart_colors *colors,
                    unsigned width, unsigned height, struct text *out);

#endif
