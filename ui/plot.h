/* Plots: the charts of io/chart.h on a canvas, in the look's colours and glyphs. */
#ifndef UI_PLOT_H
#define UI_PLOT_H

#include "io/chart.h"
#include "ui/canvas.h"

/* Fill the pen's box. */
void plot_lines(const struct pen *pen, const struct chart_lines *lines);
void plot_bars(const struct pen *pen, const struct chart_bars *bars);
void plot_heat(const struct pen *pen, const struct chart_heat *heat);

/* The look's colours for chart_svg_*. */
void plot_colors(const struct look *look, struct chart_colors *colors);

#endif
