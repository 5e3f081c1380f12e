/* What the context view keeps of a snapshot. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/cmd_display.h"
#include "ui/view_context_inside.h"

bool context_looks_back(const struct context_view *view)
{
    return view->pane == CONTEXT_HISTORY && view->step < view->figures.n_labels;
}

size_t context_best(const struct context_view *view)
{
    const double *losses = view->figures.losses;
    size_t best = 0;
    for (size_t k = 1; k < view->figures.n_heads; k++)
        best = losses[k] < losses[best] ? k : best;
    return best;
}

/* Whether the better response of a label stands on the left, as A. */
static bool is_a(const struct context_view *view, const struct lab_label *label)
{
    return lab_chosen_left(view->lab, label->pair) != label->turned;
}

const char *context_choice(const struct context_view *view, const struct lab_label *label)
{
    return label->skipped ? "neither" : is_a(view, label) ? "A" : "B";
}

double context_said_a(const struct context_view *view, const struct lab_step *step)
{
    return is_a(view, &step->label) ? step->probability : 1 - step->probability;
}

/* ---- the table of weights ---- */

static struct cell cell_of(const void *rows, size_t row, size_t column)
{
    const struct context_view *view = rows;
    if (column == CONTEXT_HEAD)
        return (struct cell){.text = view->names[row]};
    return (struct cell){.value = view->values[row * N_CONTEXT_COLUMNS + column]};
}

/* The bar is the weight of now, the stroke in it is where the router had it. */
static void draw_bar(const struct context_view *view, const struct pen *pen,
                     const double *values)
{
    int columns = pen->box.columns;
    double now = values[CONTEXT_NOW] / view->full,
           old = values[CONTEXT_ROUTER] / view->full;
    pen_bar(pen, 0, 0, columns, fmin(now, 1),
            pen->styles[view->is_stale ? STYLE_DIM : STYLE_BAR]);
    int at = (int)(fmin(old, 1) * columns);
    pen_glyph(pen, 0, at < columns ? at : columns - 1, pen->styles[STYLE_BAR_OLD],
              GLYPH_VERTICAL);
}

static void draw_change(const struct pen *pen, double change, const struct style *cursor,
                        bool is_old)
{
    bool is_same = fabs(change) < 0.005;
    enum style_role role = is_same || is_old ? STYLE_DIM
                           : change > 0      ? STYLE_BETTER
                                             : STYLE_WORSE;
    enum glyph glyph = is_same ? GLYPH_SAME : change > 0 ? GLYPH_RISE : GLYPH_FALL;
    struct style style = cursor ? *cursor : pen->styles[role];
    char text[24];
    snprintf(text, sizeof text, is_same ? "%.2f" : "%+.2f",
             fabs(change) < 0.005 ? 0 : change);
    int n = (int)strlen(text) + 2, at = pen->box.columns - n;
    pen_printf(pen, 0, at > 0 ? at : 0, style, "%s %s", pen->look->glyphs[glyph], text);
}

/* A weight of the context before, as long as the newer one is on its way. */
static void draw_old(const struct pen *pen, double weight)
{
    struct text text = {0};
    table_add_number(&text, weight, COLUMN_SHARE, 2);
    int at = pen->box.columns - (int)text.length;
    pen_put(pen, 0, at > 0 ? at : 0, pen->styles[STYLE_DIM], text.bytes);
    text_done(&text);
}

static bool draw_cell(const void *rows, const struct pen *pen, size_t row, size_t column,
                      bool cursor)
{
    const struct context_view *view = rows;
    const double *values = view->values + row * N_CONTEXT_COLUMNS;
    bool is_head = row < view->figures.n_heads;
    struct style style = pen->styles[STYLE_CURSOR];
    bool is_old = view->is_stale && (column == CONTEXT_WITH || column == CONTEXT_NOW);
    if (is_old && !cursor && isfinite(values[column]))
        draw_old(pen, values[column]);
    else if (column == CONTEXT_BAR && is_head)
        draw_bar(view, pen, values);
    else if (column == CONTEXT_CHANGE && is_head)
        draw_change(pen, values[column], cursor ? &style : NULL, view->is_stale);
    else if (column == CONTEXT_BEHIND && is_head && view->figures.n_steps &&
             row == context_best(view))
        pen_printf(pen, 0, 0, cursor ? style : pen->styles[STYLE_BEST], "%s best",
                   pen->look->glyphs[GLYPH_BEST]);
    else
        return column == CONTEXT_BAR;
    return true;
}

static uint64_t id_of(const void *rows, size_t row)
{
    (void)rows;
    return row;
}

static const struct listing_column columns[N_CONTEXT_COLUMNS] = {
    [CONTEXT_HEAD] = {.name = "head", .type = COLUMN_TEXT, .width = 7},
    [CONTEXT_ROUTER] = {.name = "router", .type = COLUMN_SHARE, .decimals = 2, .width = 6},
    [CONTEXT_WITH] = {.name = "context",
                      .title = "with",
                      .type = COLUMN_SHARE,
                      .decimals = 2,
                      .width = 4},
    [CONTEXT_NOW] = {.name = "now", .type = COLUMN_SHARE, .decimals = 2, .width = 4},
    [CONTEXT_BAR] = {.name = "bar",
                     .title = "",
                     .type = COLUMN_REAL,
                     .width = 6,
                     .stretch = true,
                     .unsorted = true},
    [CONTEXT_CHANGE] = {.name = "change", .type = COLUMN_REAL, .decimals = 2, .width = 7},
    [CONTEXT_LOSS] = {.name = "loss", .type = COLUMN_REAL, .decimals = 2, .width = 6},
    [CONTEXT_BEHIND] = {.name = "behind", .type = COLUMN_REAL, .decimals = 2, .width = 6},
};

static void make_table(struct context_view *view, size_t n_heads)
{
    size_t rows = n_heads + N_CONTEXT_FEET;
    free(view->names);
    free(view->values);
    view->names = mem_zero(rows * sizeof *view->names);
    view->values = mem_zero(rows * N_CONTEXT_COLUMNS * sizeof *view->values);
    for (size_t k = 0; k < n_heads; k++)
        snprintf(view->names[k], CONTEXT_NAME, "h%zu", k + 1);
    snprintf(view->names[n_heads], CONTEXT_NAME, "entropy");
    view->listing = (struct listing){.columns = columns,
                                     .n_columns = N_CONTEXT_COLUMNS,
                                     .n_rows = rows,
                                     .rows = view,
                                     .cell = cell_of,
                                     .id = id_of,
                                     .draw = draw_cell,
                                     .by_cell = true,
                                     .n_feet = N_CONTEXT_FEET};
}

static double entropy_of(const double *weights, size_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum -= weights[k] > 0 ? weights[k] * log(weights[k]) : 0;
    return sum;
}

static void fill_column(struct context_view *view, enum context_column column,
                        const double *weights)
{
    size_t K = view->figures.n_heads;
    double *at = view->values + column;
    for (size_t k = 0; k < K; k++, at += N_CONTEXT_COLUMNS)
        *at = weights ? weights[k] : (double)NAN;
    *at = weights ? entropy_of(weights, K) : (double)NAN;
}

/* Weights, and those after the step of the history's cursor in the place of now's. */
static void fill_table(struct context_view *view)
{
    static const double fulls[] = {0.1, 0.25, 0.5, 1};
    const struct lab_figures *figures = &view->figures;
    size_t K = figures->n_heads, best = context_best(view), f = 0;
    const double *now = figures->now, missing = (double)NAN;
    if (context_looks_back(view)) {
        struct lab_step step = lab_step(view->lab, view->step);
        now = step.after ? step.after : now;
    }
    fill_column(view, CONTEXT_ROUTER, figures->router);
    fill_column(view, CONTEXT_WITH, figures->has_context ? figures->context : NULL);
    fill_column(view, CONTEXT_NOW, now);
    double most = 0;
    view->sum = 0;
    for (size_t row = 0; row < K + N_CONTEXT_FEET; row++) {
        double *values = view->values + row * N_CONTEXT_COLUMNS;
        bool is_head = row < K, is_known = is_head && figures->n_steps;
        values[CONTEXT_BAR] = missing;
        values[CONTEXT_CHANGE] = values[CONTEXT_NOW] - values[CONTEXT_ROUTER];
        values[CONTEXT_LOSS] = is_known ? figures->losses[row] : missing;
        values[CONTEXT_BEHIND] =
            is_known ? figures->losses[row] - figures->losses[best] : missing;
        view->sum += is_head ? now[row] : 0;
        if (is_head)
            most = fmax(most, fmax(values[CONTEXT_NOW], values[CONTEXT_ROUTER]));
    }
    while (f < 3 && most > fulls[f])
        f++;
    view->full = fulls[f];
}

/* ---- the rest ---- */

/* The pair to label next, or that of the history's cursor; and what is said of it. */
static void find_pair(struct context_view *view)
{
    uint32_t before = view->pair;
    bool had = view->has_pair;
    struct error passed_over;
    if (context_looks_back(view)) {
        view->pair = lab_step(view->lab, view->step).label.pair;
        view->has_pair = true;
    } else {
        view->has_pair = lab_next(view->lab, &view->pair);
    }
    if (!had || before != view->pair) {
        view->skip = 0;
        view->is_revealed = false;
    }
    view->has_forecast = view->has_pair && !lab_forecast(view->lab, view->pair,
                                                         &view->forecast, &passed_over);
}

static void take_settings(struct context_view *view, const struct lab_settings *settings)
{
    if (!lab_settings_equal(&view->settings, settings)) {
        struct lab_settings old = view->settings;
        lab_settings_copy(&view->settings, settings);
        lab_settings_done(&old);
    }
    if (view->is_typing)
        return;
    line_edit_set(&view->edit, settings->context ? settings->context : "");
    view->edit.at = view->edit.scroll = 0; /* its begin is what is looked at */
}

/* The figures, which are a moment behind while the lab waits for the settings to rest. A new label
 * is what one wants to see: the cursor of the history goes there. */
static void take_figures(struct context_view *view)
{
    size_t before = view->figures.n_labels;
    view->figures = lab_figures(view->lab);
    size_t n = view->figures.n_labels, rows = view->figures.n_heads + N_CONTEXT_FEET;
    if (view->pane != CONTEXT_HISTORY)
        view->step = n;
    else if (n > before || view->step >= n)
        view->step = n ? n - 1 : 0;
    if (view->listing.n_rows != rows)
        make_table(view, view->figures.n_heads);
    view->score = lab_score(view->lab);
    const char *text = view->is_typing ? view->edit.text.bytes : view->settings.context;
    view->n_nearest = view->is_unreached && text
                          ? lab_alike(view->lab, text, CONTEXT_NEAREST, view->nearest)
                          : lab_nearest(view->lab, CONTEXT_NEAREST, view->nearest);
}

void context_update(void *self, const struct snapshot *snapshot)
{
    struct context_view *view = self;
    const struct state *state = snapshot->state;
    if (view->features != state->features) {
        context_pick_close(&view->pick);
        view->features = state->features; /* that of the state: it has the count */
        view->has_pair = false;
    }
    take_settings(view, &state->lab);
    live_table_update(&view->curve, snapshot, "tune", "epochs");
    view->lab = snapshot->lab;
    view->is_stale = snapshot->lab && snapshot->lab_stale;
    view->is_unreached =
        snapshot->lab && snapshot->lab_wrong && lab_wants_effect(snapshot->lab);
    if (!view->lab) {
        view->has_pair = view->has_forecast = false;
        view->figures = (struct lab_figures){0};
        view->listing.n_rows = 0;
        return;
    }
    take_figures(view);
    find_pair(view);
    fill_table(view);
    listing_set(&view->listing, &view->state,
                snapshot_entry(snapshot, VIEW_CONTEXT, "sort"), NULL,
                snapshot_entry(snapshot, VIEW_CONTEXT, "columns"), NULL);
    listing_refresh(&view->listing, &view->state);
}
