#include "ui/heat.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/plot.h"

const char *heat_scale_name(enum heat_scale scale)
{
    static const char *const names[N_HEAT_SCALES] = {"global", "column", "row",
                                                     "difference"};
    return names[scale];
}

static size_t at(const struct heat *heat, size_t row, size_t column)
{
    return row * heat->columns + column;
}

static bool is_difference(const struct heat *heat)
{
    return heat->scale == HEAT_DIFFERENCE && heat->base;
}

static bool diverges(const struct heat *heat)
{
    return heat->is_diverging || is_difference(heat);
}

double heat_value(const struct heat *heat, size_t row, size_t column)
{
    double value = heat->values[at(heat, row, column)];
    return is_difference(heat) ? value - heat->base[at(heat, row, column)] : value;
}

/* ---- scales ---- */

void heat_done(struct heat *heat)
{
    free(heat->column_least);
    free(heat->best);
    heat->column_least = heat->column_most = heat->row_least = heat->row_most = NULL;
    heat->best = NULL;
}

static void widen(double *least, double *most, double value)
{
    *least = fmin(*least, value); /* NaN is passed over */
    *most = fmax(*most, value);
}

/* The best of a column is that of the values themselves, whatever is shown; of equals the
 * first. */
static size_t best_of(const struct heat *heat, size_t column)
{
    size_t best = heat->rows;
    for (size_t row = 0; row < heat->rows; row++) {
        double value = heat->values[at(heat, row, column)];
        if (isnan(value))
            continue;
        double other = best < heat->rows ? heat->values[at(heat, best, column)] : value;
        if (best == heat->rows || (heat->fewer_is_better ? value < other : value > other))
            best = row;
    }
    return best;
}

void heat_measure(struct heat *heat)
{
    size_t n = 2 * (heat->columns + heat->rows);
    heat_done(heat);
    heat->column_least = mem_alloc((n + 1) * sizeof *heat->column_least);
    heat->column_most = heat->column_least + heat->columns;
    heat->row_least = heat->column_most + heat->columns;
    heat->row_most = heat->row_least + heat->rows;
    heat->best = mem_alloc((heat->columns + 1) * sizeof *heat->best);
    for (size_t i = 0; i < n; i++)
        heat->column_least[i] = NAN;
    for (size_t row = 0; row < heat->rows; row++)
        for (size_t column = 0; column < heat->columns; column++) {
            double value = heat_value(heat, row, column);
            widen(&heat->column_least[column], &heat->column_most[column], value);
            widen(&heat->row_least[row], &heat->row_most[row], value);
        }
    for (size_t column = 0; column < heat->columns; column++)
        heat->best[column] = best_of(heat, column);
}

static void global_ends(const struct heat *heat, double *least, double *most)
{
    *least = *most = NAN;
    for (size_t row = 0; row < heat->rows; row++) {
        widen(least, most, heat->row_least[row]);
        widen(least, most, heat->row_most[row]);
    }
    if (!is_difference(heat)) {
        *least = isnan(heat->least) ? *least : heat->least;
        *most = isnan(heat->most) ? *most : heat->most;
    }
}

static void ends_of(const struct heat *heat, size_t row, size_t column, double *least,
                    double *most)
{
    if (heat->scale == HEAT_COLUMN) {
        *least = heat->column_least[column];
        *most = heat->column_most[column];
    } else if (heat->scale == HEAT_ROW) {
        *least = heat->row_least[row];
        *most = heat->row_most[row];
    } else {
        global_ends(heat, least, most);
    }
    if (diverges(heat)) {
        *most = fmax(fabs(*least), fabs(*most));
        *least = -*most;
    }
}

double heat_share(const struct heat *heat, size_t row, size_t column)
{
    double value = heat_value(heat, row, column), least, most;
    if (isnan(value))
        return value;
    ends_of(heat, row, column, &least, &most);
    double share = most > least ? (value - least) / (most - least) : 0.5;
    return share < 0 ? 0 : share > 1 ? 1 : share;
}

bool heat_is_unsure(const struct heat *heat, size_t row, size_t column)
{
    size_t i = at(heat, row, column);
    return heat->low && heat->high && !isnan(heat->includes) && !is_difference(heat) &&
           heat->low[i] <= heat->includes && heat->includes <= heat->high[i];
}

bool heat_is_best(const struct heat *heat, size_t row, size_t column)
{
    return heat->best && heat->best[column] == row && heat->rows > 1;
}

/* ---- drawing ---- */

static void add_number(const struct heat *heat, double value, bool sign, struct text *out)
{
    char digits[64], *from = digits;
    int decimals = (int)(heat->decimals < 17 ? heat->decimals : 17);
    snprintf(digits, sizeof digits, sign ? "%+.*f" : "%.*f", decimals, value);
    bool zero = !digits[strcspn(digits, "123456789")];
    if (zero && (*from == '-' || *from == '+'))
        *from = ' ';
    char *whole = from + (*from == '-' || *from == '+' || *from == ' ');
    if (heat->no_zero && whole[0] == '0' && whole[1] == '.')
        memmove(whole, whole + 1, strlen(whole));
    text_add(out, from + (*from == ' ' && !sign));
}

void heat_text(const struct heat *heat, const struct look *look, size_t row, size_t column,
               struct text *out)
{
    double value = heat_value(heat, row, column);
    text_append(out, "", 0);
    if (isnan(value)) {
        text_add(out, look->glyphs[GLYPH_MISSING]);
        return;
    }
    text_add(out, heat_is_best(heat, row, column) ? look->glyphs[GLYPH_BEST] : "");
    add_number(heat, value, is_difference(heat), out);
    text_add(out, heat_is_unsure(heat, row, column) ? "~" : " ");
}

void heat_draw(const struct heat *heat, const struct pen *pen, int at_row, int at_column,
               int columns, size_t row, size_t column, bool cursor)
{
    const struct look *look = pen->look;
    double share = heat_share(heat, row, column);
    const struct ramp *ramp = diverges(heat) ? &look->diverging : &look->sequential;
    struct style style = look_heat(look, diverges(heat), share);
    struct text text = {0};
    if (!ramp->n && heat_is_unsure(heat, row, column))
        style = style_over(style, pen->styles[STYLE_UNSURE]);
    if (heat_is_best(heat, row, column))
        style.attr |= ATTR_BOLD;
    if (cursor)
        style.attr ^= ATTR_REVERSE;
    heat_text(heat, look, row, column, &text);
    pen_field(pen, at_row, at_column, columns, ALIGN_RIGHT, style, text.bytes, text.length);
    if (!ramp->n && columns > (int)text_width(text.bytes, text.length)) {
        const char *shade = look_shade(look, share);
        struct pen cell = pen_part(pen, (struct box){at_row, at_column, 1, 1});
        pen_put(&cell, 0, 0, style, shade);
    }
    text_done(&text);
}

/* Ends of the scale in words: what it is over for those that differ from cell to cell. */
static void legend_ends(const struct heat *heat, struct text *low, struct text *high)
{
    double least, most;
    text_append(low, "", 0);
    text_append(high, "", 0);
    if (heat->scale == HEAT_COLUMN || heat->scale == HEAT_ROW) {
        text_add(low, "least");
        text_add(high, "most");
        return;
    }
    ends_of(heat, 0, 0, &least, &most);
    if (isnan(least))
        return;
    add_number(heat, least, is_difference(heat), low);
    add_number(heat, most, is_difference(heat), high);
}

int heat_legend(const struct heat *heat, const struct pen *pen, int row, int column)
{
    enum { SWATCHES = 8 };
    const struct look *look = pen->look;
    const struct ramp *ramp = diverges(heat) ? &look->diverging : &look->sequential;
    struct text low = {0}, high = {0};
    struct style dim = pen->styles[STYLE_DIM];
    if (!heat->rows || !heat->columns)
        return 0;
    legend_ends(heat, &low, &high);
    int used = pen_printf(pen, row, column, dim, "scale: %s %s ",
                          heat_scale_name(heat->scale), low.bytes);
    size_t steps = ramp->n ? ramp->n : look->shade.n;
    int swatches = steps < SWATCHES ? (int)steps : SWATCHES;
    for (int i = 0; i < swatches; i++, used++) {
        double share = ((double)i + 0.5) / swatches;
        struct pen cell = pen_part(pen, (struct box){row, column + used, 1, 1});
        pen_put(&cell, 0, 0, look_heat(look, diverges(heat), share),
                ramp->n ? " " : look_shade(look, share));
    }
    used += pen_printf(pen, row, column + used, dim, " %s", high.bytes);
    text_done(&low);
    text_done(&high);
    return used;
}

/* ---- as a picture ---- */

void heat_svg(const struct heat *heat, const struct heat_labels *labels,
              const struct look *look, struct text *out)
{
    size_t n = heat->rows * heat->columns;
    double *values = mem_alloc((n + 1) * sizeof *values), least, most;
    unsigned char *unsure = mem_alloc(n + 1);
    struct chart_colors colors;
    for (size_t row = 0; row < heat->rows; row++)
        for (size_t column = 0; column < heat->columns; column++) {
            values[at(heat, row, column)] = heat_value(heat, row, column);
            unsure[at(heat, row, column)] = heat_is_unsure(heat, row, column);
        }
    global_ends(heat, &least, &most);
    struct chart_heat chart = {.title = labels->title,
                               .corner = labels->corner,
                               .rows = labels->rows,
                               .columns = labels->columns,
                               .values = values,
                               .unsure = unsure,
                               .n_rows = heat->rows,
                               .n_columns = heat->columns,
                               .scale = heat->scale == HEAT_COLUMN ? CHART_SCALE_COLUMN
                                        : heat->scale == HEAT_ROW  ? CHART_SCALE_ROW
                                                                   : CHART_SCALE_ALL,
                               .is_diverging = diverges(heat),
                               .least = least,
                               .most = most,
                               .decimals = heat->decimals};
    plot_colors(look, &colors);
    chart_svg_heat(&chart, &colors, 0, 0, out);
    free(values);
    free(unsure);
}
