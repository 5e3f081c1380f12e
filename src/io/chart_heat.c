/* Heat tables as characters: a number and a shade in each cell. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/chart_parts.h"

/* HEADING_MOST: cells of a column's heading. */
enum { HEADING_MOST = 12 };

static double value_at(const struct chart_heat *heat, size_t row, size_t column)
{
    return heat->values[row * heat->n_columns + column];
}

/* Least and most over the cells that lie on one scale with this one. */
static void ends_of(const struct chart_heat *heat, size_t row, size_t column, double *least,
                    double *most)
{
    enum chart_scale scale = heat->scale;
    size_t first_row = scale == CHART_SCALE_ROW ? row : 0;
    size_t end_row = scale == CHART_SCALE_ROW ? row + 1 : heat->n_rows;
    size_t first_column = scale == CHART_SCALE_COLUMN ? column : 0;
    size_t end_column = scale == CHART_SCALE_COLUMN ? column + 1 : heat->n_columns;
    *least = *most = NAN;
    for (size_t r = first_row; r < end_row; r++)
        for (size_t c = first_column; c < end_column; c++) {
            *least = fmin(*least, value_at(heat, r, c)); /* fmin and fmax pass over NaN */
            *most = fmax(*most, value_at(heat, r, c));
        }
}

struct chart_heat chart_heat_known(const struct chart_heat *heat)
{
    struct chart_heat known = *heat;
    double least, most;
    if (heat->scale != CHART_SCALE_ALL || (!isnan(heat->least) && !isnan(heat->most)))
        return known;
    ends_of(heat, 0, 0, &least, &most);
    known.least = isnan(heat->least) ? least : heat->least;
    known.most = isnan(heat->most) ? most : heat->most;
    return known;
}

double chart_heat_share(const struct chart_heat *heat, size_t row, size_t column)
{
    double value = value_at(heat, row, column), least, most;
    if (isnan(value))
        return NAN;
    if (heat->scale == CHART_SCALE_ALL) {
        struct chart_heat known = chart_heat_known(heat);
        least = known.least;
        most = known.most;
    } else {
        ends_of(heat, row, column, &least, &most);
    }
    if (heat->is_diverging) {
        most = fmax(fabs(least), fabs(most));
        least = -most;
    }
    double share = most > least ? (value - least) / (most - least) : 0.5;
    return share < 0 ? 0 : share > 1 ? 1 : share;
}

void chart_heat_number(const struct chart_heat *heat, size_t row, size_t column,
                       struct text *out)
{
    double value = value_at(heat, row, column);
    text_clear(out);
    if (isnan(value)) {
        text_add(out, "-");
        return;
    }
    char digits[64];
    snprintf(digits, sizeof digits, "%.*f",
             (int)(heat->decimals < 17 ? heat->decimals : 17), value);
    bool zero = digits[0] == '-' && !digits[1 + strspn(digits + 1, "0.")];
    text_add(out, digits + zero);
    if (heat->unsure && heat->unsure[row * heat->n_columns + column])
        text_add_char(out, '~');
}

static long label_width(const struct chart_heat *heat)
{
    long widest = chart_text_width(heat->corner);
    for (size_t row = 0; row < heat->n_rows; row++) {
        long width = chart_text_width(heat->rows[row]);
        widest = width > widest ? width : widest;
    }
    return widest;
}

/* The number, the shade beside it, and two blanks. */
static long column_width(const struct chart_heat *heat, size_t column)
{
    struct text text = {0};
    long widest = chart_text_width(heat->columns[column]);
    widest = widest > HEADING_MOST ? HEADING_MOST : widest;
    for (size_t row = 0; row < heat->n_rows; row++) {
        chart_heat_number(heat, row, column, &text);
        long width = (long)text.length + 1;
        widest = width > widest ? width : widest;
    }
    text_done(&text);
    return widest + 2;
}

void chart_heat_size(const struct chart_heat *heat, size_t *rows, size_t *columns)
{
    long width = label_width(heat);
    for (size_t column = 0; column < heat->n_columns; column++)
        width += column_width(heat, column);
    *rows = heat->n_rows + 1 + (heat->title != NULL);
    *columns = (size_t)width;
}

static const char *shade(double share, enum chart_glyphs glyphs)
{
    static const char *const unicode[] = {"·", "░", "▒", "▓", "█"};
    static const char *const ascii[] = {".", ":", "+", "#", "@"};
    if (isnan(share))
        return " ";
    long step = (long)(share * 5);
    step = step > 4 ? 4 : step;
    return glyphs == CHART_ASCII ? ascii[step] : unicode[step];
}

static void draw_column(struct chart_grid *grid, const struct chart_heat *heat, long top,
                        long left, size_t column, enum chart_glyphs glyphs)
{
    struct text text = {0};
    long width = column_width(heat, column),
         heading = chart_text_width(heat->columns[column]);
    heading = heading > width - 2 ? width - 2 : heading;
    chart_put_text(grid, top, left + width - heading, heading, CHART_TITLE,
                   heat->columns[column]);
    for (size_t row = 0; row < heat->n_rows && row < grid->rows; row++) {
        double share = chart_heat_share(heat, row, column);
        unsigned step = isnan(share) ? 0 : (unsigned)(share * (CHART_STEPS - 1) + 0.5);
        unsigned style = isnan(share) ? CHART_DIM : CHART_COLD + step;
        chart_heat_number(heat, row, column, &text);
        chart_put_text(grid, top + 1 + (long)row, left + width - 1 - (long)text.length,
                       (long)text.length, style, text.bytes);
        chart_put(grid, top + 1 + (long)row, left + width - 1, style, shade(share, glyphs));
    }
    text_done(&text);
}

void chart_draw_heat(struct chart_grid *grid, const struct chart_heat *heat,
                     enum chart_glyphs glyphs)
{
    struct chart_heat known = chart_heat_known(heat);
    long columns = (long)grid->columns, top = heat->title && grid->rows > 3;
    long left = label_width(heat);
    left = left > columns / 2 ? columns / 2 : left;
    if (top)
        chart_put_text(grid, 0, 0, LONG_MAX, CHART_TITLE, heat->title);
    chart_put_text(grid, top, 0, left, CHART_TITLE, heat->corner);
    for (size_t row = 0; row < heat->n_rows; row++)
        chart_put_text(grid, top + 1 + (long)row, 0, left, CHART_PLAIN, heat->rows[row]);
    for (size_t column = 0; column < heat->n_columns; column++) {
        long width = column_width(heat, column);
        if (left + width > columns) {
            chart_put(grid, top, columns - 1, CHART_DIM, ">");
            return;
        }
        draw_column(grid, &known, top, left, column, glyphs);
        left += width;
    }
}
