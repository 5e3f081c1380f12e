/* The table of a comparison on the screen, and the row under the cursor in words. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/nothing.h"
#include "ui/view_compare_inside.h"
#include "ui/view_compare_words.h"

/* ---- cells ---- */

/* 1: surely above 0, -1: surely below, 0: nobody knows. */
static int sign_of(struct interval interval)
{
    return interval.low > 0 ? 1 : interval.high < 0 ? -1 : 0;
}

static enum style_role role_of(int sign)
{
    return sign > 0 ? STYLE_BETTER : sign < 0 ? STYLE_WORSE : STYLE_TEXT;
}

/* A whisker from end to end with the value in it, around a rule at 0. */
static void draw_bar(const struct compare_view *view, const struct compare_row *row,
                     const struct pen *pen)
{
    struct interval interval = compare_interval(row);
    double half = (pen->box.columns - 1) / 2.0,
           scale = view->reach > 0 ? half / view->reach : 0;
    int zero = (int)lround(half), at = (int)lround(half + row->difference * scale);
    int from = isnan(interval.low) ? at : (int)lround(half + interval.low * scale);
    int to = isnan(interval.high) ? at : (int)lround(half + interval.high * scale);
    struct style style = pen->styles[role_of(sign_of(interval))];
    pen_glyph(pen, 0, zero, pen->styles[STYLE_DIM], GLYPH_VERTICAL);
    if (isnan(row->difference))
        return;
    for (int c = from; c <= to; c++)
        pen_glyph(pen, 0, c, style,
                  c == zero                ? GLYPH_CROSS
                  : c == from && from < at ? GLYPH_TEE_RIGHT
                  : c == to && to > at     ? GLYPH_TEE_LEFT
                                           : GLYPH_HORIZONTAL);
    pen_glyph(pen, 0, at, style, GLYPH_MARK);
}

static void draw_difference(const struct compare_view *view, const struct compare_row *row,
                            const struct pen *pen)
{
    int sign = sign_of(compare_interval(row));
    enum glyph mark = sign > 0 ? GLYPH_RISE : GLYPH_FALL;
    int decimals = 3 + view->state.precision;
    decimals = decimals < 0 ? 0 : decimals > 16 ? 16 : decimals;
    char text[40];
    snprintf(text, sizeof text, "%s%+.*f", sign ? pen->look->glyphs[mark] : "", decimals,
             row->difference);
    pen_field(pen, 0, 0, pen->box.columns, ALIGN_RIGHT, pen->styles[role_of(sign)], text,
              strlen(text));
}

static void draw_name(const struct compare_view *view, const struct compare_row *row,
                      const struct pen *pen, bool cursor)
{
    bool is_base = view->base < view->n_rows && row == &view->rows[view->base];
    enum style_role role = cursor                         ? STYLE_CURSOR
                           : row->note                    ? STYLE_DIM
                           : is_base                      ? STYLE_PINNED
                           : row->kind == COMPARE_AT_HAND ? STYLE_STRONG
                                                          : STYLE_TEXT;
    int end = pen_put(pen, 0, 0, pen->styles[role], row->name);
    if (is_base)
        pen_glyph(pen, 0, end + 1, pen->styles[STYLE_PINNED], GLYPH_PINNED);
}

bool compare_draw_cell(const void *rows, const struct pen *pen, size_t row, size_t column,
                       bool cursor)
{
    const struct compare_view *view = rows;
    const struct compare_row *of = &view->rows[row];
    int what = view->what[column];
    if (what == COMPARE_NAME) {
        draw_name(view, of, pen, cursor);
        return true;
    }
    if (what == COMPARE_KIND && of->kind != COMPARE_METHOD) {
        pen_put(pen, 0, 0,
                pen->styles[of->kind == COMPARE_ORACLE || of->kind == COMPARE_CONTROL
                                ? STYLE_WARN
                                : STYLE_TEXT],
                compare_kind_name(of->kind));
        return true;
    }
    if (what == COMPARE_DIFFERENCE && !isnan(of->difference)) {
        draw_difference(view, of, pen);
        return true;
    }
    if (what == COMPARE_BAR && !of->note) {
        draw_bar(view, of, pen);
        return true;
    }
    if (what == COMPARE_BAR) {
        pen_put(pen, 0, 0, pen->styles[STYLE_DIM], of->note);
        return true;
    }
    if (what >= COMPARE_GROUP) {
        heat_draw(&view->heat, pen, 0, 0, pen->box.columns, row,
                  (size_t)(what - COMPARE_GROUP), false);
        return true;
    }
    return false;
}

/* ---- the row in words ---- */

static void add_interval(struct text *out, const char *label, struct interval interval,
                         const char *format)
{
    if (isnan(interval.low))
        return;
    text_printf(out, ", %s [", label);
    text_printf(out, strcmp(format, "+") == 0 ? "%+.3f %+.3f]" : "%.3f %.3f]", interval.low,
                interval.high);
}

static void add_figures(const struct compare_view *view, const struct compare_row *row,
                        struct text *out)
{
    if (isnan(row->mean)) {
        text_add(out, "not known yet");
        return;
    }
    text_printf(out, "mean %.3f", row->mean);
    add_interval(out, "over runs", row->mean_runs, "");
    add_interval(out, "over prompts", row->mean_prompts, "");
    if (isnan(row->difference))
        return;
    text_printf(out, "; minus %s %+.3f", view->rows[view->base].name, row->difference);
    add_interval(out, "over runs", row->difference_runs, "+");
    add_interval(out, "over prompts", row->difference_prompts, "+");
    if (row->command && view->base != view->reference)
        text_printf(out, ", of the means alone; R on %s compares again for intervals",
                    view->rows[view->base].name);
}

/* Returns the lines that it takes at most. */
static int draw_words(const struct compare_view *view, const struct pen *pen)
{
    const struct compare_row *row = compare_row_at(view);
    struct text text = {0};
    if (!row)
        return 0;
    int end = pen_put(pen, 0, 0, pen->styles[STYLE_STRONG], row->name);
    struct pen rest = pen_columns(pen, end, pen->box.columns - end);
    text_printf(&text, " %s %s", pen->look->glyphs[GLYPH_BULLET],
                compare_kind_name(row->kind));
    if (row->told)
        text_printf(&text, " %s told %s", pen->look->glyphs[GLYPH_BULLET], row->told);
    text_printf(&text, " %s %s", pen->look->glyphs[GLYPH_BULLET], compare_meaning(row));
    pen_put(&rest, 0, 0, pen->styles[STYLE_DIM], text.bytes);
    text_clear(&text);
    if (row->note)
        text_add(&text, row->note);
    else
        add_figures(view, row, &text);
    struct pen below = pen_rows(pen, 1, pen->box.rows - 1);
    int lines = pen_wrap(&below, 0, 0, pen->styles[row->note ? STYLE_WARN : STYLE_TEXT],
                         text.bytes, text.length);
    text_done(&text);
    return 1 + lines;
}

/* ---- all of it ---- */

static int fit_group(const char *title, bool wide)
{
    enum { LEAST = 6, NARROW = 7, MOST = 13 };
    int width = (int)text_width(title, strlen(title)) + 1, most = wide ? MOST : NARROW;
    return width < LEAST ? LEAST : width > most ? most : width;
}

/* Names give way where there is hardly room for a number; the bar has what its neighbours leave, within
 * bounds. */
static void fit_columns(struct compare_view *view, int columns)
{
    enum { LEAST = 11, MOST = 41, GAP = 2, TINY = 30, NUMBER = 9, WIDE = 130 };
    int taken = 1 + GAP + COMPARE_KIND_WIDTH;
    view->columns[0].width = columns < TINY ? columns - NUMBER : COMPARE_NAME_WIDTH;
    for (size_t c = 0; c < view->listing.n_columns; c++) {
        struct listing_column *column = &view->columns[c];
        if (view->what[c] >= COMPARE_GROUP)
            column->width = fit_group(column->title, columns >= WIDE);
        if (view->what[c] == COMPARE_BAR) {
            int room = view->by_group ? MOST / 2 : columns - taken;
            column->width = room < LEAST ? LEAST : room > MOST ? MOST : room;
        } else if (!listing_is_hidden(&view->state, c)) {
            taken += column->width + GAP;
        }
    }
}

static const char invitation[] =
    "That is the model at hand, on the test pairs. What would other methods reach?\n\n"
    "  a   compares all of them on the same pairs, labels and test pairs, five times "
    "(a minute or so, in the background; rows appear as they are known)\n\n"
    "or choose: :compare --methods single,micro,em --runs 2";

static const char no_model[] =
    "There is no model yet, and none is needed: a trains and compares all methods on these "
    "features (in the background; rows appear as they are known).";

static void draw_title(const struct compare_view *view, const struct pen *pen)
{
    struct text title = {0};
    text_add(&title, "compare");
    if (view->table && view->table->title)
        text_printf(&title, " %s %s", pen->look->glyphs[GLYPH_BULLET], view->table->title);
    pen_frame(pen, true, title.bytes, view->is_running ? "at work" : NULL);
    text_done(&title);
}

static void draw_empty(const struct compare_view *view, const struct snapshot *snapshot,
                       const struct pen *pen)
{
    const char *text = view->is_running ? "The first rows are on their way ..." : no_model;
    bool waits = snapshot->state->model || !snapshot->state->features;
    if (waits && !view->is_running) {
        nothing_draw(snapshot, pen, "compare", ANALYSIS_CELLS);
        return;
    }
    struct pen inside = pen_frame(pen, true, "compare", NULL);
    pen_wrap(&inside, 0, 0, pen->styles[STYLE_TEXT], text, strlen(text));
}

void compare_draw(struct compare_view *view, const struct snapshot *snapshot,
                  const struct pen *pen)
{
    enum { WORDS = 3, ROOM = 12 };
    if (!view->n_rows) {
        draw_empty(view, snapshot, pen);
        return;
    }
    struct pen inside = pen_frame(pen, true, NULL, NULL);
    draw_title(view, pen);
    int rows = inside.box.rows, below = rows >= 2 * ROOM ? WORDS + 1
                                        : rows >= ROOM   ? WORDS
                                        : rows >= 6      ? 1
                                                         : 0;
    int needed = (int)view->state.n_shown + 1;
    bool invites = !view->table && !view->is_running && rows - below - needed >= 8;
    int list = rows - below - (below > 1);
    view->pane = pen_rows(&inside, 0, invites ? needed : list);
    fit_columns(view, view->pane.box.columns);
    listing_draw(&view->listing, &view->state, &view->pane, true);
    if (invites) {
        struct pen rest = pen_rows(&inside, needed + 1, list - needed - 1);
        pen_wrap(&rest, 0, 0, pen->styles[STYLE_TEXT], invitation, strlen(invitation));
    }
    if (below > 1)
        pen_rule(pen, list + 1, true, NULL);
    if (below) {
        struct pen words = pen_rows(&inside, rows - below, below);
        draw_words(view, &words);
    }
}
