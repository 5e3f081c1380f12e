/* Scales of charts: ranges, ticks and where values lie. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/chart_parts.h"

struct chart_range chart_range_of(const struct chart_axis *axis, double least, double most)
{
    struct chart_range range = {isnan(axis->low) ? least : axis->low,
                                isnan(axis->high) ? most : axis->high, axis->is_log};
    if (range.is_log && !(range.low > 0))
        range.low = least > 0 ? least : range.high > 0 ? range.high / 1000 : 1;
    if (!isfinite(range.low) || !isfinite(range.high)) {
        range.low = range.is_log ? 1 : 0;
        range.high = range.is_log ? 10 : 1;
    }
    if (range.low >= range.high) { /* one value, in the middle */
        double middle = range.low, half = middle != 0 ? fabs(middle) / 10 : 1;
        range.low = range.is_log ? middle / 2 : middle - half;
        range.high = range.is_log ? middle * 2 : middle + half;
    }
    return range;
}

double chart_share(const struct chart_range *range, double value)
{
    if (range->is_log)
        return value > 0 ? log(value / range->low) / log(range->high / range->low)
                         : (double)NAN;
    return (value - range->low) / (range->high - range->low);
}

/* ---- ticks ---- */

static size_t ticks_by_step(const struct chart_range *range, double step,
                            double ticks[TICKS_MOST])
{
    size_t n = 0;
    double slack = step * 1e-9, first = ceil((range->low - slack) / step);
    for (double i = first; i * step <= range->high + slack && n < TICKS_MOST; i++)
        ticks[n++] = i == 0 ? 0 : i * step;
    return n;
}

static size_t ticks_of_decades(const struct chart_range *range, size_t most,
                               double ticks[TICKS_MOST])
{
    int first = (int)ceil(log10(range->low) - 1e-9);
    int last = (int)floor(log10(range->high) + 1e-9);
    int every = last - first + 1 > (int)most ? (last - first) / (int)most + 1 : 1;
    size_t n = 0;
    if (last - first < 1)
        return 0;
    for (int i = first; i <= last && n < most; i += every)
        ticks[n++] = pow(10, i);
    return n;
}

size_t chart_ticks(const struct chart_range *range, size_t most, double ticks[TICKS_MOST])
{
    static const double nice[] = {1, 2, 5, 10};
    most = most < TICKS_MOST ? most : TICKS_MOST;
    if (!most)
        return 0;
    size_t n = range->is_log ? ticks_of_decades(range, most, ticks) : 0;
    if (n)
        return n;
    double rough = (range->high - range->low) / (double)most;
    double power = pow(10, floor(log10(rough)));
    for (size_t i = 0; i < sizeof nice / sizeof nice[0]; i++) {
        double step = nice[i] * power;
        if (floor((range->high - range->low) / step + 1e-9) + 1 <= (double)most ||
            i + 1 == sizeof nice / sizeof nice[0])
            return ticks_by_step(range, step, ticks);
    }
    return 0;
}

void chart_tick_text(double tick, const double *ticks, size_t n, char out[TICK_TEXT])
{
    double step = n > 1 ? fabs(ticks[1] - ticks[0]) : fabs(tick);
    if (fabs(tick) >= 1e6 || (tick != 0 && fabs(tick) < 1e-4)) {
        snprintf(out, TICK_TEXT, "%.3g", tick);
        return;
    }
    int decimals = 0;
    for (double unit = step; decimals < 6 && fabs(unit - round(unit)) > 1e-6 * fabs(unit);
         unit *= 10)
        decimals++;
    snprintf(out, TICK_TEXT, "%.*f", decimals, tick);
}

/* ---- over series ---- */

double chart_x(const struct chart_series *series, size_t i)
{
    return series->x ? series->x[i] : (double)i + 1;
}

static void widen(double value, bool is_log, double *least, double *most)
{
    if (!isfinite(value) || (is_log && value <= 0))
        return;
    *least = isnan(*least) || value < *least ? value : *least;
    *most = isnan(*most) || value > *most ? value : *most;
}

struct chart_range chart_x_range(const struct chart_lines *lines)
{
    double least = NAN, most = NAN;
    for (size_t s = 0; s < lines->n_series; s++)
        for (size_t i = 0; i < lines->series[s].n; i++)
            widen(chart_x(&lines->series[s], i), lines->x.is_log, &least, &most);
    return chart_range_of(&lines->x, least, most);
}

struct chart_range chart_y_range(const struct chart_lines *lines)
{
    double least = NAN, most = NAN;
    bool is_log = lines->y.is_log;
    for (size_t s = 0; s < lines->n_series; s++) {
        const struct chart_series *series = &lines->series[s];
        for (size_t i = 0; i < series->n; i++) {
            widen(series->y[i], is_log, &least, &most);
            if (series->low && !isnan(series->y[i]))
                widen(series->low[i], is_log, &least, &most);
            if (series->high && !isnan(series->y[i]))
                widen(series->high[i], is_log, &least, &most);
        }
    }
    return chart_range_of(&lines->y, least, most);
}

size_t chart_nearest(const struct chart_series *series, double x)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < series->n; i++)
        if (best == SIZE_MAX ||
            fabs(chart_x(series, i) - x) < fabs(chart_x(series, best) - x))
            best = i;
    return best;
}

void chart_add_reading(struct text *out, const struct chart_series *series, size_t i)
{
    if (isnan(series->y[i])) {
        text_add_char(out, '-');
        return;
    }
    text_printf(out, "%.4g", series->y[i]);
    if (series->low && series->high && !isnan(series->low[i]))
        text_printf(out, " [%.4g %.4g]", series->low[i], series->high[i]);
}

struct chart_range chart_bars_range(const struct chart_bars *bars)
{
    double least = 0, most = 0;
    for (size_t i = 0; i < bars->n; i++) {
        widen(bars->values[i], false, &least, &most);
        if (bars->low)
            widen(bars->low[i], false, &least, &most);
        if (bars->high)
            widen(bars->high[i], false, &least, &most);
    }
    struct chart_axis axis = {NULL, false, bars->least, bars->most};
    struct chart_range range = chart_range_of(&axis, least, most);
    if (least == 0 && most == 0 && isnan(bars->most))
        range = (struct chart_range){0, 1, false};
    return range;
}
