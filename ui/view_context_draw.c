/* The panes of the context view. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "io/json.h"
#include "ui/nothing.h"
#include "ui/plot.h"
#include "ui/view_context_inside.h"

/* From here on all panes are seen at once; below, only the one with the focus. */
enum { WHOLE_ROWS = 18, WHOLE_COLUMNS = 76 };

static bool looks_small(const struct pen *pen)
{
    return pen->box.rows < WHOLE_ROWS || pen->box.columns < WHOLE_COLUMNS;
}

/* ---- the field ---- */

/* A router that was trained on prompts alone hardly moves when a context is typed. */
static bool knows_contexts(const struct snapshot *snapshot)
{
    const struct held_model *model = snapshot->state->model;
    return !model || json_get(model->metadata, "adapted") != NULL;
}

/* What is wrong, where that is not said below, what is known near it, or why nothing can be typed. */
static enum style_role add_beside(const struct context_view *view,
                                  const struct snapshot *snapshot, bool has_wrong,
                                  struct text *out)
{
    if (snapshot->lab_wrong && !has_wrong) {
        text_add(out, snapshot->lab_wrong);
        return STYLE_ERROR;
    }
    if (lab_untyped(view->lab)) {
        text_printf(out, "cannot be typed: %s", lab_untyped(view->lab));
        return STYLE_DIM;
    }
    if (snapshot->lab_stale)
        text_add(out, snapshot->is_fixed ? "" : "... ");
    const struct features *features = &snapshot->state->features->features;
    for (size_t i = 0; i < view->n_nearest; i++) {
        const struct near_context *near = &view->nearest[i];
        const char *text = lab_context_text(view->lab, near);
        text_printf(out, "%s%.2f ",
                    i                    ? "  "
                    : view->is_unreached ? "alike "
                                         : "near ",
                    near->cosine);
        if (near->attribute >= 0)
            text_printf(out, "%s ", features->attributes[near->attribute]);
        if (text)
            text_printf(out, "\"%s\"", text);
    }
    return STYLE_DIM;
}

static void draw_known(const struct context_view *view, const struct pen *pen)
{
    const struct near_context *known;
    size_t n = lab_known(view->lab, &known), i = 0;
    while (i < n && known[i].row != (size_t)view->settings.known)
        i++;
    const char *text = i < n ? lab_context_text(view->lab, &known[i]) : NULL;
    if (text)
        pen_printf(pen, 0, 0, pen->styles[STYLE_INPUT], "known: %s", text);
    else
        pen_printf(pen, 0, 0, pen->styles[STYLE_INPUT], "known context, row %lld",
                   (long long)view->settings.known + 1);
}

static void draw_field(struct context_view *view, const struct snapshot *snapshot,
                       bool has_wrong, const struct pen *pen)
{
    struct text beside = {0};
    int columns = pen->box.columns;
    enum style_role role = add_beside(view, snapshot, has_wrong, &beside);
    const char *teach = key_map_key_of(snapshot->keys, "context", CONTEXT_TEACH);
    if (!beside.length && columns >= WHOLE_COLUMNS && !knows_contexts(snapshot) && teach)
        text_printf(&beside, "router not taught contexts yet: %s does", teach);
    bool is_alone = !beside.length || (view->is_typing && columns < WHOLE_COLUMNS);
    int used = is_alone ? columns : columns / 2;
    bool is_empty = !view->edit.text.length && !view->is_typing;
    view->field = *pen;
    pen_put(pen, 0, 0, pen->styles[STYLE_STRONG], ">");
    struct pen text = pen_columns(pen, 2, used - 3);
    if (view->settings.known >= 0 && !view->is_typing) {
        draw_known(view, &text);
    } else if (is_empty) {
        const char *key = key_map_key_of(snapshot->keys, "context", "do type");
        pen_printf(&text, 0, 0, pen->styles[STYLE_DIM],
                   "no context: %s to type what is wanted", key ? key : ":context TEXT");
    } else {
        line_edit_draw(&view->edit, &text, 0, 0, text.box.columns, view->is_typing);
    }
    struct pen right = pen_columns(pen, used, columns - used);
    if (beside.length && used < columns)
        pen_put(&right, 0, 0, pen->styles[role], beside.bytes);
    text_done(&beside);
}

/* The settings; in their place why the encoder of contexts cannot be reached. */
static void draw_settings(const struct context_view *view, const struct snapshot *snapshot,
                          const struct pen *pen)
{
    const struct lab_settings *settings = &view->settings;
    const struct features *features = &snapshot->state->features->features;
    const char *bullet = pen->look->glyphs[GLYPH_BULLET];
    struct text text = {0};
    if (view->is_unreached) {
        pen_put(pen, 0, 0, pen->styles[STYLE_ERROR], snapshot->lab_wrong);
        return;
    }
    text_printf(&text, "rule %s", weigh_rule_names[settings->rule]);
    if (settings->rule == WEIGH_EM)
        text_printf(&text, " %s strength %g", bullet, settings->strength);
    else
        text_printf(&text, " %s tau %g %s share %g", bullet, settings->tau, bullet,
                    settings->share);
    text_printf(&text, " %s order %s of ", bullet, offer_order_names[settings->order]);
    table_add_number(&text, (double)view->figures.n_candidates, COLUMN_COUNT, 0);
    if (settings->attribute >= 0 && (size_t)settings->attribute < features->n_attributes)
        text_printf(&text, " %s pairs", features->attributes[settings->attribute]);
    else
        text_add(&text, " pairs, any kind");
    pen_put(pen, 0, 0, pen->styles[STYLE_TEXT], text.bytes);
    text_done(&text);
}

void context_add_summary(const struct context_view *view, const struct pen *pen,
                         struct text *out)
{
    enum { WORDS = 110 }; /* columns from which there is room for them */
    const struct lab_figures *figures = &view->figures;
    const struct lab_score *score = &view->score;
    const char *bullet = pen->look->glyphs[GLYPH_BULLET];
    bool has_room = pen->box.columns >= WORDS;
    if (figures->n_steps) {
        text_printf(out, "%zu of %zu right %s regret %.2f", figures->right,
                    figures->n_steps, bullet, figures->regret);
        if (!isnan(figures->bound))
            text_printf(out, " of at most %.2f", figures->bound);
        text_printf(out, "%s%s", has_room ? " nats " : " ", score->n ? bullet : "");
    }
    if (!score->n)
        return;
    double n = (double)score->n;
    text_printf(out, "%s%s %.3f %s %.3f", figures->n_steps ? " " : "",
                has_room ? "test accuracy" : "test", (double)score->before.right / n,
                pen->look->glyphs[GLYPH_ARROW], (double)score->after.right / n);
    if (!has_room)
        return;
    text_add(out, " of ");
    table_add_number(out, n, COLUMN_COUNT, 0);
    text_add(out, " pairs");
}

/* ---- tuning ---- */

/* From so many rows on the losses are a plot. */
enum { PLOT_ROWS = 8 };

/* The accuracies that the last `tune` found. */
static void add_tuned(const struct snapshot *snapshot, const struct look *look,
                      struct text *out)
{
    const struct report *report = interpreter_result(snapshot->interpreter, "tune");
    struct text before = {0}, after = {0};
    if (report && report_add_value(report, "accuracy_before", &before) &&
        report_add_value(report, "accuracy_after", &after))
        text_printf(out, "test %.3f %s %.3f", strtod(before.bytes, NULL),
                    look->glyphs[GLYPH_ARROW], strtod(after.bytes, NULL));
    text_done(&before);
    text_done(&after);
}

static void plot_losses(const struct pen *pen, const double *losses, size_t n)
{
    const double data = (double)NAN;
    const struct chart_series series = {.y = losses, .n = n};
    const struct chart_lines lines = {.x = {"epoch", false, data, data},
                                      .y = {"nats a label", false, data, data},
                                      .series = &series,
                                      .n_series = 1,
                                      .cursor = data};
    plot_lines(pen, &lines);
}

/* "tuned 2.24 > 1.94 test 0.777 > 0.860", and the curve as there is room. */
static void draw_tuning(const struct context_view *view, const struct snapshot *snapshot,
                        const struct pen *pen)
{
    enum { SPARK = 8, UNIT = 60 }; /* UNIT: columns from which there is room for it */
    size_t n = view->curve.table ? view->curve.table->n_rows : 0;
    if (!n || pen->box.rows < 1)
        return;
    struct text text = {0};
    double *losses = mem_alloc(n * sizeof *losses), least = HUGE_VAL, most = -HUGE_VAL;
    for (size_t i = 0; i < n; i++) {
        losses[i] = table_cell(view->curve.table, i, 1)->value;
        least = fmin(least, losses[i]);
        most = fmax(most, losses[i]);
    }
    text_printf(&text, "%s %.2f %s %.2f %s", view->curve.runs ? "tuning" : "tuned",
                losses[0], pen->look->glyphs[GLYPH_ARROW], losses[n - 1],
                pen->box.columns >= UNIT ? "nats " : "");
    int end = pen_put(pen, 0, 0, pen->styles[STYLE_PROGRESS], text.bytes);
    if (pen->box.rows < PLOT_ROWS) {
        size_t shown = n < SPARK ? n : SPARK;
        pen_spark(pen, 0, end, losses + n - shown, shown,
                  least - 0.1 * (most - least) - 1e-9, most, pen->styles[STYLE_BAR]);
        end += (int)shown + 1;
    } else {
        struct pen rest = pen_rows(pen, 1, pen->box.rows - 1);
        plot_losses(&rest, losses, n);
    }
    text_clear(&text);
    if (!view->curve.runs)
        add_tuned(snapshot, pen->look, &text);
    if (text.length)
        pen_put(pen, 0, end, pen->styles[STYLE_TEXT], text.bytes);
    free(losses);
    text_done(&text);
}

/* ---- panes ---- */

static void add_weights_title(const struct context_view *view, struct text *out)
{
    if (context_looks_back(view))
        text_printf(out, "weights after step %zu, sum %.2f", view->step + 1, view->sum);
    else
        text_printf(out, "weights%s, sum %.2f, bars to %.2f",
                    view->is_stale ? " of before" : "", view->sum, view->full);
}

static void add_answers_title(const struct context_view *view, struct text *out)
{
    if (context_looks_back(view))
        text_printf(out, "step %zu: #%u", view->step + 1, view->pair + 1);
    else if (view->has_pair)
        text_printf(out, "which is better? #%u", view->pair + 1);
    else
        text_add(out, "answers");
}

static void add_title(const struct context_view *view, enum context_pane pane,
                      struct text *out)
{
    if (pane == CONTEXT_WEIGHTS)
        add_weights_title(view, out);
    else if (pane == CONTEXT_ANSWERS)
        add_answers_title(view, out);
    else
        text_add(out, "history");
}

static void draw_pane(struct context_view *view, const struct snapshot *snapshot,
                      enum context_pane pane, const struct pen *pen)
{
    if (pane == CONTEXT_ANSWERS && view->pick.is_open) {
        context_pick_draw(&view->pick, pen);
    } else if (pane == CONTEXT_ANSWERS) {
        context_draw_answers(view, snapshot, pen);
    } else if (pane == CONTEXT_HISTORY) {
        context_draw_history(view, pen);
    } else {
        view->weights = *pen;
        listing_draw(&view->listing, &view->state, pen, view->pane == CONTEXT_WEIGHTS);
    }
}

/* A title on a border; the pane with the focus has a pointer too. */
static void put_title(const struct context_view *view, const struct pen *pen, int row,
                      int column, int columns, enum context_pane pane)
{
    struct text title = {0};
    bool focus = view->pane == pane;
    text_printf(&title, " %s%s", focus ? pen->look->glyphs[GLYPH_POINTER] : "",
                focus ? " " : "");
    if (pane == CONTEXT_ANSWERS && view->pick.is_open)
        text_add(&title, view->pick.title);
    else
        add_title(view, pane, &title);
    if (pane == CONTEXT_HISTORY && (view->figures.n_steps || view->score.n)) {
        text_printf(&title, " %s ", pen->look->glyphs[GLYPH_BULLET]);
        context_add_summary(view, pen, &title);
    }
    text_add_char(&title, ' ');
    struct pen part = pen_part(pen, (struct box){row, column, 1, columns});
    pen_put(&part, 0, 0, pen->styles[focus ? STYLE_TITLE : STYLE_TEXT], title.bytes);
    text_done(&title);
}

static void draw_left(struct context_view *view, const struct snapshot *snapshot,
                      const struct pen *pen)
{
    enum { PLOT_MOST = 16 };
    int rows = pen->box.rows,
        curve = view->curve.table && view->curve.table->n_rows ? 1 : 0;
    int spare = rows - (int)view->listing.n_rows - 2;
    if (curve && spare > PLOT_ROWS)
        curve = spare - 1 < PLOT_MOST ? spare - 1 : PLOT_MOST;
    struct pen table = pen_rows(pen, 0, rows - curve);
    struct pen below = pen_rows(pen, rows - curve, curve);
    draw_pane(view, snapshot, CONTEXT_WEIGHTS, &table);
    if (curve)
        draw_tuning(view, snapshot, &below);
}

/* As many as the steps need, of what the table of weights leaves. */
static int history_rows(const struct context_view *view, const struct pen *pen)
{
    enum {
        OTHERS = 8,
        STEPS_MOST = 10000
    }; /* borders, field, header and rule of the table */
    int rows = pen->box.rows, wide = (pen->box.columns - 2) / CONTEXT_STEP;
    int spare = rows - OTHERS - (int)view->listing.n_rows;
    int most = spare < rows / 5 ? spare : rows / 5;
    size_t steps = view->figures.n_labels;
    int wanted = ((int)(steps < STEPS_MOST ? steps : STEPS_MOST) + wide - 1) / wide;
    int n = wanted < most ? wanted : most;
    return n > 1 ? n : 1;
}

static void draw_whole(struct context_view *view, const struct snapshot *snapshot,
                       const struct pen *pen)
{
    enum { FIELD_ROWS = 2, LEFT = 47, LEFT_MOST = 84 };
    struct pen inside = pen_frame(pen, view->is_typing, "context", NULL);
    int columns = inside.box.columns, history = history_rows(view, pen);
    int left = columns * 9 / 20;
    left = left < LEFT ? LEFT : left > LEFT_MOST ? LEFT_MOST : left;
    int top = FIELD_ROWS + 1, bottom = pen->box.rows - history - 2;
    struct pen line = pen_rows(&inside, 0, 1), settings = pen_rows(&inside, 1, 1);
    draw_field(view, snapshot, view->is_unreached, &line);
    draw_settings(view, snapshot, &settings);
    pen_rule(pen, top, view->pane != CONTEXT_HISTORY && !view->is_typing, NULL);
    pen_rule(pen, bottom, view->pane == CONTEXT_HISTORY, NULL);
    pen_divide(pen, left + 1, top, bottom - top + 1, view->pane != CONTEXT_HISTORY);
    put_title(view, pen, top, 1, left, CONTEXT_WEIGHTS);
    put_title(view, pen, top, left + 2, columns - left - 1, CONTEXT_ANSWERS);
    put_title(view, pen, bottom, 1, columns, CONTEXT_HISTORY);
    struct pen middle = pen_rows(&inside, top, bottom - top - 1);
    struct pen weights = pen_columns(&middle, 0, left);
    struct pen answers = pen_columns(&middle, left + 1, columns - left - 1);
    struct pen steps = pen_rows(&inside, bottom, history);
    draw_left(view, snapshot, &weights);
    draw_pane(view, snapshot, CONTEXT_ANSWERS, &answers);
    draw_pane(view, snapshot, CONTEXT_HISTORY, &steps);
}

/* Small: the field, and the pane with the focus. */
static void draw_one(struct context_view *view, const struct snapshot *snapshot,
                     const struct pen *pen)
{
    struct pen inside = *pen;
    struct text text = {0};
    if (pen->box.rows >= 6) {
        add_title(view, view->pane, &text);
        inside =
            pen_frame(pen, true, view->pick.is_open ? view->pick.title : text.bytes, NULL);
    }
    int rows = inside.box.rows, used = rows > 1;
    struct pen line = pen_rows(&inside, 0, used);
    if (used)
        draw_field(view, snapshot, view->is_unreached && rows >= 8, &line);
    if (rows >= 8) {
        struct pen settings = pen_rows(&inside, used++, 1);
        draw_settings(view, snapshot, &settings);
    }
    if (rows >= 9) {
        text_clear(&text);
        context_add_summary(view, pen, &text);
        if (text.length)
            pen_put(&inside, used++, 0, pen->styles[STYLE_TEXT], text.bytes);
    }
    struct pen rest = pen_rows(&inside, used, rows - used);
    draw_pane(view, snapshot, view->pane, &rest);
    text_done(&text);
}

void context_draw(void *self, const struct snapshot *snapshot, const struct pen *pen)
{
    struct context_view *view = self;
    struct pen *const pens[] = {&view->field,   &view->weights,  &view->answers,
                                &view->history, &view->sides[0], &view->sides[1],
                                &view->pick.pen};
    for (size_t i = 0; i < sizeof pens / sizeof *pens; i++)
        *pens[i] = (struct pen){0};
    if (!view->lab) {
        struct text text = {0};
        struct pen inside = pen_frame(pen, true, "context", NULL);
        if (snapshot->lab_wrong)
            text_add(&text, snapshot->lab_wrong);
        else if (!snapshot->state->features || !snapshot->state->model)
            nothing_add(snapshot, ANALYSIS_NOTHING, &text);
        else
            text_add(&text, "Routing the training pairs, so that contexts and labels can "
                            "move the weights ...");
        pen_wrap(&inside, 0, 0, pen->styles[snapshot->lab_wrong ? STYLE_ERROR : STYLE_TEXT],
                 text.bytes, text.length);
        text_done(&text);
        return;
    }
    if (looks_small(pen))
        draw_one(view, snapshot, pen);
    else
        draw_whole(view, snapshot, pen);
}
