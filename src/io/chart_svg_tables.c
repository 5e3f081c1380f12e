/* Bars and heat tables as SVG. */
#include <math.h>
#include <string.h>

#include "io/chart_parts.h"
#include "io/color.h"
#include "io/svg.h"

/* Pixels: of a letter's width, of a row, of a heat cell's least width. */
static const double letter = 7.2, row_height = 22, cell_least = 54, margin = 12, size = 12;

static double text_pixels(const char *text)
{
    return letter * (double)chart_text_width(text);
}

static void write_at(struct text *out, double x, double y, enum svg_anchor anchor,
                     uint32_t color, bool is_bold, const char *text)
{
    struct svg_font font = {
        .size = size, .anchor = anchor, .color = color, .is_bold = is_bold};
    if (text)
        svg_text(out, x, y, &font, text, strlen(text));
}

static double widest(const char *const *labels, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, text_pixels(labels[i]));
    return most;
}

/* ---- bars ---- */

static void add_whisker(struct text *out, double low, double high, double y, uint32_t color)
{
    svg_line(out, (struct svg_point){low, y}, (struct svg_point){high, y}, color, 1.2);
    svg_line(out, (struct svg_point){low, y - 4}, (struct svg_point){low, y + 4}, color,
             1.2);
    svg_line(out, (struct svg_point){high, y - 4}, (struct svg_point){high, y + 4}, color,
             1.2);
}

void chart_svg_bars(const struct chart_bars *bars, const struct chart_colors *colors,
                    unsigned width, unsigned height, struct text *out)
{
    double title = bars->title ? 26 : 0, label = widest(bars->labels, bars->n) + 10;
    double w = width ? width : label + 480 + 2 * margin;
    double h = height ? height : title + (double)bars->n * row_height + 2 * margin;
    double step = (h - title - 2 * margin) / (double)(bars->n ? bars->n : 1);
    double left = margin + label, room = fmax(w - left - margin - 120, 10);
    struct chart_range range = chart_bars_range(bars);
    struct text number = {0};
    svg_begin(out, w, h, colors->background);
    write_at(out, margin, margin + 12, SVG_START, colors->text, true, bars->title);
    double zero = left + fmin(fmax(chart_share(&range, 0), 0), 1) * room;
    for (size_t i = 0; i < bars->n; i++) {
        double y = margin + title + (double)i * step, middle = y + step / 2;
        double end = left + fmin(fmax(chart_share(&range, bars->values[i]), 0), 1) * room;
        write_at(out, left - 8, middle + 4, SVG_END, colors->text, false, bars->labels[i]);
        if (!isnan(bars->values[i]))
            svg_rect(out, fmin(zero, end), y + step * 0.15, fabs(end - zero), step * 0.7,
                     colors->series[0], 1);
        if (bars->low && bars->high && !isnan(bars->low[i]))
            add_whisker(out, left + chart_share(&range, bars->low[i]) * room,
                        left + chart_share(&range, bars->high[i]) * room, middle,
                        colors->text);
        chart_bars_number(bars, i, &number);
        write_at(out, left + room + 8, middle + 4, SVG_START, colors->text, false,
                 number.bytes);
    }
    svg_end(out);
    text_done(&number);
}

/* ---- heat ---- */

static uint32_t ramp_color(const struct chart_colors *colors, bool diverging, double share)
{
    const uint32_t *ramp = diverging ? colors->diverging : colors->ramp;
    size_t n = diverging ? colors->n_diverging : colors->n_ramp;
    if (!n)
        return colors->background;
    double at = share * (double)(n - 1);
    size_t i = at >= (double)(n - 1) ? n - 1 : (size_t)at;
    return i + 1 < n ? color_blend(ramp[i], ramp[i + 1], at - (double)i) : ramp[i];
}

struct heat_frame {
    const struct chart_heat *heat;
    const struct chart_colors *colors;
    double left, top, cell, step;
    struct text *out;
};

static void add_cell(const struct heat_frame *frame, size_t row, size_t column,
                     struct text *number)
{
    const struct chart_heat *heat = frame->heat;
    double x = frame->left + (double)column * frame->cell;
    double y = frame->top + (double)row * frame->step;
    double share = chart_heat_share(heat, row, column);
    uint32_t fill = isnan(share) ? frame->colors->background
                                 : ramp_color(frame->colors, heat->is_diverging, share);
    svg_rect(frame->out, x, y, frame->cell - 1, frame->step - 1, fill, 1);
    chart_heat_number(heat, row, column, number);
    write_at(frame->out, x + frame->cell / 2, y + frame->step / 2 + 4, SVG_MIDDLE,
             isnan(share) ? frame->colors->dim : color_on(fill), false, number->bytes);
}

void chart_svg_heat(const struct chart_heat *heat, const struct chart_colors *colors,
                    unsigned width, unsigned height, struct text *out)
{
    struct chart_heat known = chart_heat_known(heat);
    double title = heat->title ? 26 : 0;
    double label = fmax(widest(heat->rows, heat->n_rows), text_pixels(heat->corner)) + 10;
    double cell = fmax(widest(heat->columns, heat->n_columns) + 10, cell_least);
    double n = (double)(heat->n_columns ? heat->n_columns : 1);
    struct heat_frame frame = {.heat = &known, .colors = colors, .out = out};
    frame.left = margin + label;
    frame.top = margin + title + row_height;
    frame.cell = width ? fmax((width - frame.left - margin) / n, 4) : cell;
    frame.step = height ? fmax((height - frame.top - margin) /
                                   (double)(heat->n_rows ? heat->n_rows : 1),
                               4)
                        : row_height;
    double w = width ? width : frame.left + frame.cell * n + margin;
    double h = height ? height : frame.top + frame.step * (double)heat->n_rows + margin;
    struct text number = {0};
    svg_begin(out, w, h, colors->background);
    write_at(out, margin, margin + 12, SVG_START, colors->text, true, heat->title);
    write_at(out, frame.left - 8, frame.top - 6, SVG_END, colors->text, true, heat->corner);
    for (size_t column = 0; column < heat->n_columns; column++)
        write_at(out, frame.left + ((double)column + 0.5) * frame.cell, frame.top - 6,
                 SVG_MIDDLE, colors->text, true, heat->columns[column]);
    for (size_t row = 0; row < heat->n_rows; row++) {
        write_at(out, frame.left - 8, frame.top + ((double)row + 0.5) * frame.step + 4,
                 SVG_END, colors->text, false, heat->rows[row]);
        for (size_t column = 0; column < heat->n_columns; column++)
            add_cell(&frame, row, column, &number);
    }
    svg_end(out);
    text_done(&number);
}
