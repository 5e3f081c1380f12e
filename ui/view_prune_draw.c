/* The pane beside the map of correlations. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "core/prune_curve.h"
#include "ui/view_prune_inside.h"

/* Thresholds that the small curves span, and how many columns they may take. */
static const double curve_low = 0.5, curve_high = 1;
enum { CURVE_MOST = 48 };

void prune_add_cluster(const struct prune_view_state *view, size_t leader, struct text *out)
{
    text_printf(out, "h%zu", leader + 1);
    for (size_t k = 0; k < view->n_heads; k++)
        if (k != leader && view->cut->leader[k] == leader)
            text_printf(out, " h%zu", k + 1);
}

static bool is_kept(const struct prune_view_state *view, size_t k)
{
    return view->cut->leader[k] == k;
}

static void add_clusters(const struct prune_view_state *view, struct text *out)
{
    for (size_t k = 0; k < view->n_heads; k++) {
        size_t n = 0;
        for (size_t j = 0; j < view->n_heads; j++)
            n += view->cut->leader[j] == k;
        if (n < 2)
            continue;
        text_add(out, out->length ? "  {" : "{");
        prune_add_cluster(view, k, out);
        text_add_char(out, '}');
    }
    if (!out->length)
        text_add(out, "none: every head says something of its own");
}

static void add_heads(const struct prune_view_state *view, bool kept, const char *before,
                      struct text *out)
{
    for (size_t k = 0; k < view->n_heads; k++)
        if (is_kept(view, k) == kept)
            text_printf(out, "%s%sh%zu", out->length ? " " : "", before, k + 1);
    if (!out->length)
        text_add(out, "none");
}

/* A label and a text of as many lines as it takes; returns the row behind it. */
static int put_lines(const struct pen *pen, int row, const char *label,
                     enum style_role role, const struct text *text)
{
    enum { LABEL = 10 };
    pen_put(pen, row, 0, pen->styles[STYLE_DIM], label);
    struct pen rest = pen_columns(pen, LABEL, pen->box.columns - LABEL);
    int lines = pen_wrap(&rest, row, 0, pen->styles[role], text->bytes, text->length);
    return row + (lines ? lines : 1);
}

/* ---- before and after ---- */

static void put_gap(const struct pen *pen, int row, int column,
                    const struct difference *difference)
{
    enum style_role role = STYLE_TEXT;
    if (difference->interval.low > 0)
        role = STYLE_BETTER;
    if (difference->interval.high < 0)
        role = STYLE_WORSE;
    const char *mark = role == STYLE_BETTER  ? pen->look->glyphs[GLYPH_RISE]
                       : role == STYLE_WORSE ? pen->look->glyphs[GLYPH_FALL]
                                             : " ";
    int end =
        pen_printf(pen, row, column, pen->styles[role], "%s%+.3f", mark, difference->gap);
    if (!isnan(difference->interval.low))
        pen_printf(pen, row, column + end + 1, pen->styles[STYLE_DIM], "[%+.3f %+.3f]",
                   difference->interval.low, difference->interval.high);
}

static int put_accuracy(const struct prune_view_state *view, const struct pen *pen, int row)
{
    enum { BEFORE = 20, AFTER = 28, GAP = 35 };
    const struct prune_curve *cuts = view->analysis->cuts;
    pen_put(pen, row, 0, pen->styles[STYLE_HEADER], "accuracy, mean");
    pen_put(pen, row, BEFORE, pen->styles[STYLE_HEADER], "before");
    pen_put(pen, row, AFTER, pen->styles[STYLE_HEADER], "after");
    pen_put(pen, row++, GAP + 1, pen->styles[STYLE_HEADER], "difference");
    for (size_t v = 0; v < cuts->n_views; v++) {
        const struct differences *both = &view->cut->differences[v];
        const struct difference *each[] = {&both->mixture, &both->oracle};
        static const char *const names[] = {"mixture", "best head"};
        for (size_t i = 0; i < 2; i++, row++) {
            pen_printf(pen, row, 0, pen->styles[STYLE_TEXT], "%s, %s", names[i],
                       split_name(cuts->views[v].split));
            pen_printf(pen, row, BEFORE, pen->styles[STYLE_TEXT], "%.3f", each[i]->before);
            pen_printf(pen, row, AFTER, pen->styles[STYLE_TEXT], "%.3f", each[i]->after);
            put_gap(pen, row, GAP, each[i]);
        }
    }
    return row;
}

/* ---- over all thresholds ---- */

static int put_curve(const struct prune_view_state *view, const struct pen *pen, int row)
{
    enum { LABEL = 20 };
    double kept[CURVE_MOST], accuracy[CURVE_MOST], least = HUGE_VAL, most = -HUGE_VAL;
    int columns = pen->box.columns - LABEL - 1;
    columns = columns > CURVE_MOST ? CURVE_MOST : columns;
    if (columns < 8 || row + 3 > pen->box.rows)
        return row;
    size_t n = (size_t)columns;
    for (size_t i = 0; i < n; i++) {
        double at =
            curve_low + (curve_high - curve_low) * ((double)i + 0.5) / (double)columns;
        const struct prune_point *point = prune_point_at(view->points, view->n_points, at);
        kept[i] = (double)point->n_kept;
        accuracy[i] = point->differences[0].mixture.after;
        least = fmin(least, accuracy[i]);
        most = fmax(most, accuracy[i]);
    }
    pen_put(pen, row, 0, pen->styles[STYLE_DIM], "heads kept");
    pen_spark(pen, row, LABEL, kept, n, 0, (double)view->n_heads, pen->styles[STYLE_BAR]);
    pen_printf(pen, row + 1, 0, pen->styles[STYLE_DIM], "mixture %.3f..%.3f", least, most);
    pen_spark(pen, row + 1, LABEL, accuracy, n, least - 0.25 * (most - least) - 1e-9, most,
              pen->styles[STYLE_BAR]);
    double share = (view->threshold - curve_low) / (curve_high - curve_low);
    pen_printf(pen, row + 2, LABEL, pen->styles[STYLE_DIM], "%.2f", curve_low);
    pen_printf(pen, row + 2, LABEL + columns - 4, pen->styles[STYLE_DIM], "%.2f",
               curve_high);
    if (share >= 0 && share <= 1) {
        int at = (int)(share * (columns - 1));
        pen_glyph(pen, row + 2, LABEL + at, pen->styles[STYLE_STRONG], GLYPH_SORT_UP);
    }
    return row + 3;
}

void prune_draw_cut(const struct prune_view_state *view, const struct pen *pen)
{
    struct text text = {0};
    pen_put(pen, 0, 0, pen->styles[STYLE_DIM], "threshold");
    int end = pen_printf(pen, 0, 10, pen->styles[STYLE_STRONG], "%.2f", view->threshold);
    pen_put(pen, 0, 10 + end + 2, pen->styles[STYLE_DIM],
            "a head goes when one before it is at least so much like it");
    pen_printf(pen, 1, 0, pen->styles[STYLE_DIM], "kept");
    pen_printf(pen, 1, 10, pen->styles[STYLE_STRONG], "%zu of %zu", view->cut->n_kept,
               view->n_heads);
    int row = 3;
    add_clusters(view, &text);
    row = put_lines(pen, row, "clusters", STYLE_TEXT, &text);
    text_clear(&text);
    add_heads(view, true, "", &text);
    row = put_lines(pen, row, "kept", STYLE_TEXT, &text);
    text_clear(&text);
    add_heads(view, false, pen->look->glyphs[GLYPH_PRUNED], &text);
    row = put_lines(pen, row, "dropped", STYLE_PRUNED, &text);
    row = put_accuracy(view, pen, row + 1);
    put_curve(view, pen, row + 1);
    text_done(&text);
}

/* ---- as tables ---- */

static void add_cut(const struct prune_view_state *view, struct report *report)
{
    struct table *table = report_table(report, "heads", "heads at this threshold");
    table_column(table, "head", COLUMN_TEXT, 0, NULL);
    table_column(table, "verdict", COLUMN_TEXT, 0, NULL);
    table_column(table, "cluster", COLUMN_TEXT, 0, NULL);
    table_column(table, "correlation", COLUMN_REAL, 3, NULL);
    for (size_t k = 0; k < view->n_heads; k++) {
        size_t leader = view->cut->leader[k];
        table_row(table);
        table_text(table, view->names[k]);
        table_text(table, leader == k ? "kept" : "dropped");
        table_text(table, view->names[leader]);
        table_number(table,
                     leader == k ? (double)NAN : view->values[k * view->n_heads + leader]);
    }
}

void prune_view_report(void *self, const struct snapshot *snapshot, struct report *report)
{
    (void)snapshot;
    const struct prune_view_state *view = self;
    if (!view->cut)
        return;
    report_real(report, "threshold", view->threshold, 2, NULL);
    report_count(report, "kept", view->cut->n_kept, NULL);
    struct table *table = report_table(report, "correlation", "correlation of the heads");
    table_column(table, "head", COLUMN_TEXT, 0, NULL);
    for (size_t k = 0; k < view->n_heads; k++)
        table_column(table, view->names[k], COLUMN_REAL, 2, NULL);
    for (size_t i = 0; i < view->state.n_shown; i++) {
        size_t j = view->state.order[i];
        table_row(table);
        table_text(table, view->names[j]);
        for (size_t k = 0; k < view->n_heads; k++)
            table_number(table, view->values[j * view->n_heads + k]);
    }
    add_cut(view, report);
}
