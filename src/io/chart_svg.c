/* Charts of lines as SVG. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "io/chart_parts.h"
#include "io/svg.h"

/* Okabe and Ito 2008; the light set is darkened until each stands out from white. */
const struct chart_colors chart_colors_light = {
    .background = 0xffffff,
    .text = 0x1a1a1a,
    .dim = 0x8a8a8a,
    .series = {0xb37700, 0x0072b2, 0x007a59, 0x857c00, 0x56b4e9, 0xd55e00, 0xa3527f,
               0x555555},
    .ramp = {0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30,
             0xfde725},
    .n_ramp = 9,
    .diverging = {0x005f87, 0x0087d7, 0x5fafd7, 0x87d7ff, 0xffffff, 0xffaf5f, 0xd78700,
                  0xaf5f00, 0x5f0000},
    .n_diverging = 9,
};

const struct chart_colors chart_colors_dark = {
    .background = 0x16181d,
    .text = 0xd8dce2,
    .dim = 0x7a7f87,
    .series = {0xe69f00, 0x56b4e9, 0x009e73, 0xf0e442, 0x0087d7, 0xd55e00, 0xcc79a7,
               0x9e9e9e},
    .ramp = {0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30,
             0xfde725},
    .n_ramp = 9,
    .diverging = {0x87d7ff, 0x5fafd7, 0x0087d7, 0x303030, 0xaf5f00, 0xd78700, 0xffaf5f},
    .n_diverging = 7,
};

/* Pixels. */
static const double usual_width = 720, usual_height = 360, small = 11, large = 14,
                    line = 18;

struct frame {
    const struct chart_lines *lines;
    const struct chart_colors *colors;
    struct chart_range x, y;
    double left, top, width, height; /* of the area inside the axes */
    struct text *out;
};

static struct svg_point point(const struct frame *frame, double x, double y)
{
    double across = chart_share(&frame->x, x), up = chart_share(&frame->y, y);
    up = up < 0 ? 0 : up > 1 ? 1 : up;
    return (struct svg_point){frame->left + across * frame->width,
                              frame->top + (1 - up) * frame->height};
}

static void write_at(const struct frame *frame, double x, double y, enum svg_anchor anchor,
                     uint32_t color, double size, const char *text)
{
    struct svg_font font = {.size = size, .anchor = anchor, .color = color};
    if (text)
        svg_text(frame->out, x, y, &font, text, strlen(text));
}

static void add_axes(const struct frame *frame)
{
    double ticks[TICKS_MOST], bottom = frame->top + frame->height;
    char text[TICK_TEXT];
    size_t n = chart_ticks(&frame->y, (size_t)(frame->height / 40) + 2, ticks);
    for (size_t i = 0; i < n; i++) {
        struct svg_point at = point(frame, frame->x.low, ticks[i]);
        struct svg_point end = {frame->left + frame->width, at.y};
        svg_line(frame->out, at, end, frame->colors->dim, 0.3);
        chart_tick_text(ticks[i], ticks, n, text);
        write_at(frame, at.x - 6, at.y + 4, SVG_END, frame->colors->text, small, text);
    }
    n = chart_ticks(&frame->x, (size_t)(frame->width / 70) + 1, ticks);
    for (size_t i = 0; i < n; i++) {
        struct svg_point at = point(frame, ticks[i], frame->y.low);
        svg_line(frame->out, (struct svg_point){at.x, bottom},
                 (struct svg_point){at.x, bottom + 4}, frame->colors->dim, 1);
        chart_tick_text(ticks[i], ticks, n, text);
        write_at(frame, at.x, bottom + 16, SVG_MIDDLE, frame->colors->text, small, text);
    }
    svg_line(frame->out, (struct svg_point){frame->left, frame->top},
             (struct svg_point){frame->left, bottom}, frame->colors->dim, 1);
    svg_line(frame->out, (struct svg_point){frame->left, bottom},
             (struct svg_point){frame->left + frame->width, bottom}, frame->colors->dim, 1);
}

static bool can_show(const struct frame *frame, double x, double y)
{
    return isfinite(chart_share(&frame->x, x)) && isfinite(chart_share(&frame->y, y));
}

/* Points of a series up to the next gap, from *at on; returns how many. */
static size_t take_points(const struct frame *frame, const struct chart_series *series,
                          const double *values, size_t *at, struct svg_point *points)
{
    size_t n = 0;
    while (*at < series->n && !can_show(frame, chart_x(series, *at), values[*at]))
        ++*at;
    for (; *at < series->n && can_show(frame, chart_x(series, *at), values[*at]); ++*at)
        points[n++] = point(frame, chart_x(series, *at), values[*at]);
    return n;
}

static void add_band(const struct frame *frame, const struct chart_series *series,
                     uint32_t color, struct svg_point *points)
{
    size_t from = 0, to = 0;
    while (from < series->n) {
        size_t n = take_points(frame, series, series->low, &from, points);
        size_t m = take_points(frame, series, series->high, &to, points + n);
        for (size_t i = 0; i < m / 2; i++) { /* back along the other side */
            struct svg_point swap = points[n + i];
            points[n + i] = points[n + m - 1 - i];
            points[n + m - 1 - i] = swap;
        }
        svg_area(frame->out, points, n + m, color, 0.18);
    }
}

static void add_series(const struct frame *frame, size_t s)
{
    const struct chart_series *series = &frame->lines->series[s];
    uint32_t color = frame->colors->series[s % CHART_SERIES];
    struct svg_point *points = mem_alloc((2 * series->n + 1) * sizeof *points);
    if (series->low && series->high)
        add_band(frame, series, color, points);
    for (size_t at = 0; at < series->n;) {
        size_t n = take_points(frame, series, series->y, &at, points);
        svg_path(frame->out, points, n, color, 1.8);
        for (size_t i = 0; i < n && (series->n <= 40 || n == 1); i++)
            svg_marker(frame->out, points[i], s, 3.2, color);
    }
    free(points);
}

static void add_legend(const struct frame *frame, double y)
{
    double x = frame->left;
    for (size_t s = 0; s < frame->lines->n_series; s++) {
        const char *name = frame->lines->series[s].name;
        if (!name)
            continue;
        struct svg_point at = {x + 5, y - 4};
        svg_marker(frame->out, at, s, 4, frame->colors->series[s % CHART_SERIES]);
        write_at(frame, x + 14, y, SVG_START, frame->colors->text, small, name);
        x += 14 + 7 * (double)chart_text_width(name) + 16;
    }
}

static bool has_names(const struct chart_lines *lines)
{
    for (size_t s = 0; s < lines->n_series; s++)
        if (lines->series[s].name)
            return true;
    return false;
}

void chart_svg_lines(const struct chart_lines *lines, const struct chart_colors *colors,
                     unsigned width, unsigned height, struct text *out)
{
    double w = width ? width : usual_width, h = height ? height : usual_height, top = 12;
    struct frame frame = {.lines = lines, .colors = colors, .out = out};
    frame.x = chart_x_range(lines);
    frame.y = chart_y_range(lines);
    frame.left = 64;
    frame.width = fmax(w - frame.left - 20, 1);
    svg_begin(out, w, h, colors->background);
    if (lines->title)
        write_at(&frame, frame.left, top += line - 6, SVG_START, colors->text, large,
                 lines->title);
    if (has_names(lines))
        add_legend(&frame, top += line);
    if (lines->y.title)
        write_at(&frame, 8, top += line, SVG_START, colors->dim, small, lines->y.title);
    frame.top = top + 10;
    frame.height = fmax(h - frame.top - (lines->x.title ? 44 : 28), 1);
    add_axes(&frame);
    if (lines->x.title)
        write_at(&frame, frame.left + frame.width / 2, h - 8, SVG_MIDDLE, colors->dim,
                 small, lines->x.title);
    for (size_t s = lines->n_series; s-- > 0;)
        add_series(&frame, s);
    svg_end(out);
}
