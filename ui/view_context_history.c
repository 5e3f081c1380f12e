/* The labels that were given, one beside the other. */
#include <math.h>
#include <string.h>

#include "ui/view_context_inside.h"

static void put_step(const struct context_view *view, const struct pen *pen, int row,
                     int column, size_t i)
{
    struct lab_step step = lab_step(view->lab, i);
    struct text text = {0};
    bool is_cursor = context_looks_back(view) && view->step == i;
    const char *choice = context_choice(view, &step.label);
    text_printf(&text, "%zu %s #%u", i + 1, choice, step.label.pair + 1);
    enum style_role role = STYLE_DIM;
    if (!step.label.skipped) {
        text_printf(&text, " %.2f %s", step.probability, step.right ? "right" : "wrong");
        role = step.right ? STYLE_OK : STYLE_WARN;
    }
    pen_field(pen, row, column, CONTEXT_STEP - 1, ALIGN_LEFT,
              pen->styles[is_cursor ? STYLE_CURSOR : role], text.bytes, text.length);
    text_done(&text);
}

/* So that the cursor, or else the newest step, is seen. */
static void scroll_to(struct context_view *view, size_t n, size_t lines)
{
    size_t wide = view->history_wide;
    size_t at = view->step < n ? view->step : n - 1;
    size_t line = at / wide, top = view->history_top / wide;
    if (line < top)
        top = line;
    if (line >= top + lines)
        top = line - lines + 1;
    view->history_top = top * wide;
}

void context_draw_history(struct context_view *view, const struct pen *pen)
{
    static const char none[] = "no pair is labelled yet: choose the better answer";
    size_t n = view->figures.n_labels;
    int rows = pen->box.rows;
    view->history = *pen;
    view->history_wide =
        pen->box.columns >= CONTEXT_STEP ? (size_t)pen->box.columns / CONTEXT_STEP : 1;
    if (rows < 1)
        return;
    if (!n) {
        pen_put(pen, 0, 0, pen->styles[STYLE_DIM], none);
        return;
    }
    scroll_to(view, n, (size_t)rows);
    for (size_t i = view->history_top; i < n; i++) {
        size_t place = i - view->history_top;
        int row = (int)(place / view->history_wide);
        if (row >= rows)
            break;
        put_step(view, pen, row, (int)(place % view->history_wide) * CONTEXT_STEP, i);
    }
    if (view->history_top)
        pen_glyph(pen, 0, pen->box.columns - 1, pen->styles[STYLE_BORDER_FOCUS],
                  GLYPH_MORE_UP);
    if (view->history_top + (size_t)rows * view->history_wide < n)
        pen_glyph(pen, rows - 1, pen->box.columns - 1, pen->styles[STYLE_BORDER_FOCUS],
                  GLYPH_MORE_DOWN);
}

bool context_go_history(struct context_view *view, const struct action *action,
                        struct answer *answer)
{
    long wide = view->history_wide ? (long)view->history_wide : 1;
    long n = (long)view->figures.n_labels, at = (long)view->step;
    const struct {
        const char *word;
        long by;
    } ways[] = {{"left", -1},           {"right", 1},
                {"up", -wide},          {"down", wide},
                {"page-up", -5 * wide}, {"page-down", 5 * wide},
                {"half-up", -2 * wide}, {"half-down", 2 * wide},
                {"first", -n},          {"last", n}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(action->word, ways[i].word) != 0)
            continue;
        long to = at + ways[i].by * (long)action->times;
        bool is_far =
            strcmp(action->word, "first") == 0 || strcmp(action->word, "last") == 0;
        if ((to < 0 || to >= n) && !is_far)
            text_add(&answer->say, "there is nothing further");
        view->step = to < 0 || !n ? 0 : to >= n ? (size_t)n - 1 : (size_t)to;
        return true;
    }
    return false;
}

size_t context_step_at(const struct context_view *view, const struct mouse *mouse)
{
    int row, column;
    if (!view->history.canvas ||
        !pen_hit(&view->history, mouse->row, mouse->column, &row, &column))
        return SIZE_MAX;
    size_t place = (size_t)column / CONTEXT_STEP;
    size_t i = view->history_top + (size_t)row * view->history_wide + place;
    return place < view->history_wide && i < view->figures.n_labels ? i : SIZE_MAX;
}
