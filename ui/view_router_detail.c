/* The prompt under the cursor: its text, and its weights without and with a context. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/model.h"
#include "session/effect.h"
#include "ui/view_router_inside.h"

/* ---- which context ---- */

/* CONTEXTS_MOST: contexts of a prompt that are stepped through. */
enum { CONTEXTS_MOST = 256 };

/* A position of each of the prompt's contexts, in the order in which they come; how many. */
static size_t find_contexts(const struct analysis *analysis,
                            const struct analysis_prompt *prompt, uint32_t *positions)
{
    const struct features *features = &analysis->features->features;
    size_t n = 0;
    for (uint32_t i = 0; i < prompt->n && n < CONTEXTS_MOST && analysis->has_contexts;
         i++) {
        uint32_t position = analysis->prompt_pairs[prompt->first + i];
        int32_t context = features->pair_context[analysis->pairs[position]];
        bool is_new = context >= 0;
        for (size_t j = 0; j < n && is_new; j++)
            is_new = features->pair_context[analysis->pairs[positions[j]]] != context;
        if (is_new)
            positions[n++] = position;
    }
    return n;
}

static bool has_lab_part(const struct router_list *list, const struct router_row *row,
                         const struct snapshot *snapshot)
{
    return snapshot->lab && lab_effect(snapshot->lab) &&
           list->analysis->prompts[row->prompt].row >= 0 &&
           shape_inputs(&list->analysis->model->model.shape) > 0;
}

/* What the router makes of the prompt's row with the lab's context added. */
static bool route_lab(const struct analysis *analysis, const struct router_row *row,
                      const struct lab *lab, double *out)
{
    const struct rows *prompts = &analysis->features->features.prompt;
    const struct features *features = &analysis->features->features;
    size_t width = prompts->n_columns, K = analysis->n_heads;
    float *input = mem_alloc((width + K + 1) * sizeof *input), *weights = input + width;
    struct error err;
    effect_write(lab_effect(lab), features, (uint32_t)analysis->prompts[row->prompt].row,
                 input);
    struct rows rows = {input, DTYPE_F32, 1, width, width};
    bool fine = !model_log_weights(&analysis->model->model, &rows, NULL, 1, weights, &err);
    double sum = 0;
    for (size_t k = 0; k < K && fine; k++)
        sum += out[k] = exp((double)weights[k]);
    for (size_t k = 0; k < K && fine; k++)
        out[k] /= sum;
    free(input);
    return fine;
}

static void name_known(struct router_detail *detail, const struct analysis *analysis)
{
    const char *text = heads_text(analysis, detail->position, HEADS_CONTEXT);
    int32_t row =
        analysis->features->features.pair_context[analysis->pairs[detail->position]];
    if (text)
        text_add(&detail->context, text);
    else
        text_printf(&detail->context, "context %d", row + 1);
}

static void name_lab(struct router_detail *detail, const struct snapshot *snapshot)
{
    const struct lab_settings *settings = &snapshot->state->lab;
    const struct near_context *known;
    const char *text = NULL;
    size_t n = lab_known(snapshot->lab, &known);
    if (settings->context && *settings->context)
        text = settings->context;
    for (size_t i = 0; i < n && !text && settings->known >= 0; i++)
        if (known[i].row == (size_t)settings->known)
            text = lab_context_text(snapshot->lab, &known[i]);
    if (text)
        text_add(&detail->context, text);
    else
        text_printf(&detail->context, "context %lld", (long long)settings->known + 1);
    if (snapshot->lab_stale)
        text_add(&detail->context, " (an earlier one)");
}

/* The lab's context comes first, then those that the prompt has in the split; a row of the list that has a
 * context of its own begins with that. */
static void choose(struct router_detail *detail, const struct router_list *list,
                   const struct snapshot *snapshot)
{
    uint32_t known[CONTEXTS_MOST];
    const struct features *features = &list->analysis->features->features;
    const struct router_row *row = detail->row;
    size_t n = find_contexts(list->analysis, &list->analysis->prompts[row->prompt], known);
    size_t lab = has_lab_part(list, row, snapshot), first = 0;
    detail->n_contexts = n + lab;
    detail->source = SOURCE_NONE;
    if (!detail->n_contexts)
        return;
    for (size_t i = 0; i < n && row->context >= 0; i++)
        if (features->pair_context[list->analysis->pairs[known[i]]] == row->context)
            first = i + lab;
    size_t at = (first + detail->step) % detail->n_contexts;
    detail->at = at;
    detail->source = at < lab ? SOURCE_LAB : SOURCE_KNOWN;
    detail->position = at < lab ? SIZE_MAX : known[at - lab];
}

/* ---- making it ---- */

void router_detail_done(struct router_detail *detail)
{
    router_bars_done(&detail->bars);
    text_done(&detail->context);
    *detail = (struct router_detail){0};
}

void router_detail_update(struct router_detail *detail, const struct router_list *list,
                          const struct snapshot *snapshot)
{
    const struct router_row *row = router_list_at(list);
    if (row == detail->row && detail->serial == snapshot->serial)
        return;
    if (row != detail->row) {
        detail->skip = 0;
        detail->step = 0;
    }
    detail->row = row;
    detail->serial = snapshot->serial;
    if (!row)
        return;
    const struct analysis *analysis = list->analysis;
    size_t K = list->n_heads, position = list->members[row->first];
    double *weights = mem_alloc(2 * K * sizeof *weights), *with = weights + K;
    if (detail->bars.n_heads != K)
        router_bars_open(&detail->bars, K, "without", "with");
    analysis_pair_weights(analysis, ROUTE_PROMPT, position, weights);
    text_clear(&detail->context);
    choose(detail, list, snapshot);
    if (detail->source == SOURCE_LAB && route_lab(analysis, row, snapshot->lab, with))
        name_lab(detail, snapshot);
    else if (detail->source == SOURCE_LAB)
        detail->source = SOURCE_NONE;
    if (detail->source == SOURCE_KNOWN) {
        analysis_pair_weights(analysis, ROUTE_CONTEXT, detail->position, with);
        name_known(detail, analysis);
    }
    router_bars_fill(&detail->bars, weights, detail->source == SOURCE_NONE ? NULL : with,
                     (double)NAN, (double)NAN);
    free(weights);
}

/* ---- drawing ---- */

/* Most rows for the text: what the bars of all heads leave; but at least two, and of heads that are too
 * many anyway a quarter. Who reads it has half of the pane. */
static int text_rows(const struct router_detail *detail, int rows, bool focus)
{
    enum { AROUND = 6, LEAST = 2 }; /* header, rule, feet, and the context's two rows */
    int left = rows - (int)detail->bars.n_heads - AROUND;
    if (left < LEAST)
        left = rows - (int)detail->bars.n_heads < 0 ? rows / 4 : LEAST;
    return focus && left < rows / 2 ? rows / 2 : left;
}

static int draw_text(struct router_view *view, const struct pen *pen, const char *text)
{
    struct router_detail *detail = &view->detail;
    bool focus = view->focus == PANE_TEXT;
    const char *missing = "The text is not at hand: open the corpus too.";
    const char *shown = text ? text : missing;
    int most = text_rows(detail, pen->box.rows, focus);
    detail->lines = text_lines(shown, strlen(shown), pen->box.columns);
    int rows = detail->lines < most ? detail->lines : most < 1 ? 1 : most;
    if (detail->skip > detail->lines - rows)
        detail->skip = detail->lines - rows;
    struct pen part = pen_rows(pen, 0, rows);
    detail->text = part;
    pen_wrap(&part, 0, detail->skip, pen->styles[text ? STYLE_STRONG : STYLE_DIM], shown,
             strlen(shown));
    if (detail->lines - detail->skip > rows)
        pen_glyph(&part, rows - 1, pen->box.columns - 1, pen->styles[STYLE_BORDER_FOCUS],
                  GLYPH_MORE_DOWN);
    return rows;
}

static void add_context(const struct router_detail *detail, struct text *out)
{
    text_add(out, "context");
    if (detail->n_contexts > 1)
        text_printf(out, " %zu/%zu", detail->at + 1, detail->n_contexts);
    text_printf(out, "%s: \"%s\"", detail->source == SOURCE_LAB ? " (lab)" : "",
                detail->context.bytes);
}

/* What the second column of weights is of. */
static int draw_context(const struct router_view *view, const struct pen *pen, int row)
{
    const struct router_detail *detail = &view->detail;
    struct text line = {0};
    if (!shape_inputs(&view->list.analysis->model->model.shape))
        text_add(&line, "this router reads no prompt: its weights are the same for all");
    else if (detail->source == SOURCE_NONE)
        text_add(&line, "no context: the lab has none, and the split none for it");
    else
        add_context(detail, &line);
    int lines = text_lines(line.bytes, line.length, pen->box.columns);
    int rows = lines > 2 ? 2 : lines;
    struct pen part = pen_rows(pen, row, rows);
    pen_wrap(&part, 0, 0, pen->styles[STYLE_DIM], line.bytes, line.length);
    if (lines > rows)
        pen_glyph(&part, rows - 1, pen->box.columns - 1, pen->styles[STYLE_DIM],
                  GLYPH_ELLIPSIS);
    text_done(&line);
    return rows;
}

static void add_title(const struct router_view *view, const char *bullet, struct text *out)
{
    const struct router_detail *detail = &view->detail;
    bool has_prompt = view->list.analysis->prompts[detail->row->prompt].row >= 0;
    text_printf(out, "%s %u %s %s", has_prompt ? "prompt" : "pair",
                router_number(&view->list, detail->row), bullet, detail->row->attribute);
}

/* How many rows the bars need with header, rule and feet. */
static int bars_rows(const struct router_detail *detail)
{
    enum { AROUND = 4 };
    return (int)detail->bars.n_heads + AROUND;
}

/* What Enter shows, where there is room to say it. */
static void draw_pairs(const struct router_view *view, const struct pen *pen, int row)
{
    const struct router_row *at = view->detail.row;
    const char *open =
        key_map_key_of(view->keys, "router", "do pairs"); /* it works in every pane */
    if (row + 1 >= pen->box.rows)
        return;
    int end = pen_printf(pen, row + 1, 1, pen->styles[STYLE_TEXT], "%u of %u %s right",
                         router_count_right(&view->list, at), at->n,
                         at->n == 1 ? "pair" : "pairs");
    struct text more = {0};
    if (open)
        text_printf(&more, "; %s opens %s", open, at->n == 1 ? "it" : "them");
    if (1 + end + (int)more.length <= pen->box.columns && open)
        pen_put(pen, row + 1, 1 + end, pen->styles[STYLE_DIM], more.bytes);
    text_done(&more);
}

void router_detail_draw(struct router_view *view, const struct pen *pen)
{
    struct router_detail *detail = &view->detail;
    enum { TINY = 7 };
    bool focus = view->focus == PANE_TEXT || view->focus == PANE_WEIGHTS;
    struct text title = {0};
    if (!detail->row) {
        pen_frame(pen, focus, "prompt", NULL);
        return;
    }
    add_title(view, pen->look->glyphs[GLYPH_BULLET], &title);
    struct pen inside = pen_frame(pen, focus, title.bytes, NULL);
    bool is_tiny = inside.box.rows < TINY; /* only what has the focus */
    const char *text = router_text(&view->list, detail->row, HEADS_PROMPT);
    int row = is_tiny && view->focus == PANE_WEIGHTS ? 0 : draw_text(view, &inside, text);
    row += is_tiny ? 0 : draw_context(view, &inside, row);
    row += inside.box.rows - row > bars_rows(detail); /* a blank row */
    struct pen rest = pen_rows(&inside, row, inside.box.rows - row);
    if (rest.box.rows > 0)
        router_bars_draw(&detail->bars, &rest, view->focus == PANE_WEIGHTS);
    draw_pairs(view, &rest, bars_rows(detail));
    text_done(&title);
}
