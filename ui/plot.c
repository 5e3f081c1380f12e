#include "ui/plot.h"

#include "io/color.h"
#include "ui/pen_cell.h"

static struct style style_of(const struct look *look, unsigned style, bool diverging)
{
    if (style >= CHART_COLD)
        return look_heat(look, diverging, (style - CHART_COLD + 0.5) / CHART_STEPS);
    if (style >= CHART_BAND) {
        struct style band = look->series[(style - CHART_BAND) % LOOK_SERIES];
        band.attr |= ATTR_DIM;
        return band;
    }
    if (style >= CHART_LINE)
        return look->series[(style - CHART_LINE) % LOOK_SERIES];
    return look->styles[style == CHART_DIM      ? STYLE_DIM
                        : style == CHART_TITLE  ? STYLE_TITLE
                        : style == CHART_CURSOR ? STYLE_STRONG
                                                : STYLE_TEXT];
}

/* Labels may hold any character, which an ASCII look does not send. */
static void place(const struct pen *pen, const struct chart_grid *grid, bool diverging)
{
    for (size_t row = 0; row < grid->rows; row++)
        for (size_t column = 0; column < grid->columns; column++) {
            const struct chart_cell *cell = &grid->cells[row * grid->columns + column];
            const char *at = cell->glyph, *end = at;
            struct cluster cluster;
            while (*end)
                end++;
            if (pen_next(pen, &at, end, &cluster) && cluster.width)
                pen_put(pen, (int)row, (int)column,
                        style_of(pen->look, cell->style, diverging), cell->glyph);
        }
}

static enum chart_glyphs glyphs_of(const struct look *look)
{
    return look->set == GLYPHS_ASCII     ? CHART_ASCII
           : look->set == GLYPHS_BRAILLE ? CHART_BRAILLE
                                         : CHART_UNICODE;
}

void plot_lines(const struct pen *pen, const struct chart_lines *lines)
{
    struct chart_grid grid;
    chart_grid_open(&grid, (size_t)pen->box.rows, (size_t)pen->box.columns);
    chart_draw_lines(&grid, lines, glyphs_of(pen->look));
    place(pen, &grid, false);
    chart_grid_done(&grid);
}

void plot_bars(const struct pen *pen, const struct chart_bars *bars)
{
    struct chart_grid grid;
    chart_grid_open(&grid, (size_t)pen->box.rows, (size_t)pen->box.columns);
    chart_draw_bars(&grid, bars, glyphs_of(pen->look));
    place(pen, &grid, false);
    chart_grid_done(&grid);
}

void plot_heat(const struct pen *pen, const struct chart_heat *heat)
{
    struct chart_grid grid;
    chart_grid_open(&grid, (size_t)pen->box.rows, (size_t)pen->box.columns);
    chart_draw_heat(&grid, heat, glyphs_of(pen->look));
    place(pen, &grid, heat->is_diverging);
    chart_grid_done(&grid);
}

/* ---- colours of pictures ---- */

static size_t take_ramp(const struct ramp *ramp, const struct palette *otherwise,
                        uint32_t colors[CHART_RAMP_MOST])
{
    size_t n = ramp->n < CHART_RAMP_MOST ? ramp->n : CHART_RAMP_MOST;
    for (size_t i = 0; i < CHART_RAMP_MOST && !n; i++) /* the terminal shows none */
        colors[i] = palette_color(otherwise, (double)i / (CHART_RAMP_MOST - 1));
    for (size_t i = 0; i < n; i++)
        colors[i] = style_rgb(ramp->steps[n > 1 ? i * (ramp->n - 1) / (n - 1) : 0].bg, 0);
    return n ? n : CHART_RAMP_MOST;
}

void plot_colors(const struct look *look, struct chart_colors *colors)
{
    bool is_light = color_lab(look->picture_bg).l > 50;
    const struct chart_colors *usual = is_light ? &chart_colors_light : &chart_colors_dark;
    *colors = *usual;
    colors->background = look->picture_bg;
    colors->text = look->picture_fg;
    for (size_t i = 0; i < CHART_SERIES; i++)
        colors->series[i] = style_rgb(look->series[i].fg, usual->series[i]);
    colors->n_ramp = take_ramp(&look->sequential, palette_find("viridis"), colors->ramp);
    colors->n_diverging =
        take_ramp(&look->diverging, palette_find(is_light ? "bluorange" : "bluorange-dark"),
                  colors->diverging);
}
