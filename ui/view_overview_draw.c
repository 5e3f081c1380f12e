/* The panes of the overview. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/cmd_display.h"
#include "io/json.h"
#include "ui/nothing.h"
#include "ui/plot.h"
#include "ui/view_overview_inside.h"

/* ---- the data ---- */

struct lines {
    const struct pen *pen;
    int at;
};

static void line(struct lines *lines, enum style_role role, const char *label,
                 struct text *text)
{
    const struct pen *pen = lines->pen;
    int column = *label ? 9 : 0;
    pen_put(pen, lines->at, 0, pen->styles[STYLE_DIM], label);
    pen_put(pen, lines->at++, column, pen->styles[role], text->bytes);
    text_clear(text);
}

static void add_count(struct text *out, double n, const char *what)
{
    table_add_number(out, n, COLUMN_COUNT, 0);
    text_printf(out, " %s", what);
}

static const char *metadata(const struct features *features, const char *key)
{
    return json_text(json_get(features->metadata, key));
}

static void draw_counts(const struct overview_view *view, const struct snapshot *snapshot,
                        struct lines *lines)
{
    const struct features *features = &view->features->features;
    const struct held_corpus *corpus = snapshot->state->corpus;
    const char *encoder = metadata(features, "encoder");
    struct text text = {0};
    add_count(&text, (double)features->n_pairs, "pairs, ");
    add_count(&text, (double)features->prompt.n_rows, "prompts");
    line(lines, STYLE_STRONG, "", &text);
    for (int s = 0; s < SPLIT_COUNT; s++) {
        text_printf(&text, "%s%s ", s ? ", " : "", split_name((enum split)s));
        table_add_number(&text, (double)view->splits[s], COLUMN_COUNT, 0);
    }
    line(lines, STYLE_TEXT, "", &text);
    add_count(&text, (double)features->context.n_rows, "contexts, ");
    add_count(&text, (double)features->chosen.n_rows, "responses");
    line(lines, STYLE_TEXT, "", &text);
    text_printf(&text, "%zu and %zu numbers by ", features->prompt.n_columns,
                features->chosen.n_columns);
    text_add_visible(&text, encoder ? encoder : "?", encoder ? strlen(encoder) : 1, 60);
    line(lines, STYLE_TEXT, "encoded", &text);
    if (corpus)
        overview_add_file(&text, corpus->path);
    else
        text_add(&text, "not open: no texts");
    line(lines, corpus ? STYLE_TEXT : STYLE_WARN, "corpus", &text);
    text_done(&text);
}

static void draw_attributes(const struct overview_view *view, struct lines *lines)
{
    const struct pen *pen = lines->pen;
    int left = pen->box.rows - lines->at, columns = pen->box.columns, name = 26;
    if (left < 2)
        return;
    if (!view->n_attributes) {
        pen_put(pen, lines->at++, 0, pen->styles[STYLE_DIM], "attributes  none");
        return;
    }
    pen_printf(pen, lines->at++, 0, pen->styles[STYLE_DIM], "%zu attributes, by pairs",
               view->n_attributes);
    left--;
    name = name > columns / 2 ? columns / 2 : name;
    size_t n = view->n_attributes, shown = n <= (size_t)left ? n : (size_t)left - 1;
    for (size_t a = 0; a < shown; a++, lines->at++) {
        const struct overview_attribute *of = &view->attributes[a];
        struct text count = {0};
        table_add_number(&count, (double)of->whole, COLUMN_COUNT, 0);
        pen_field(pen, lines->at, 0, name, ALIGN_LEFT, pen->styles[STYLE_TEXT], of->name,
                  strlen(of->name));
        pen_field(pen, lines->at, name, 8, ALIGN_RIGHT, pen->styles[STYLE_TEXT],
                  count.bytes, count.length);
        pen_bar(pen, lines->at, name + 9, columns - name - 9,
                (double)of->whole / (double)view->attributes[0].whole,
                pen->styles[STYLE_BAR]);
        text_done(&count);
    }
    if (shown < n)
        pen_printf(pen, lines->at++, 0, pen->styles[STYLE_DIM], "and %zu more", n - shown);
}

static void draw_data(const struct overview_view *view, const struct snapshot *snapshot,
                      const struct pen *pen)
{
    struct pen inside = pen_frame(pen, false, "data", NULL);
    struct lines lines = {&inside, 0};
    draw_counts(view, snapshot, &lines);
    draw_attributes(view, &lines);
}

/* ---- the model ---- */

static void draw_model(const struct overview_view *view, const struct snapshot *snapshot,
                       const struct pen *pen)
{
    const struct held_model *pinned = snapshot->state->pinned;
    struct pen inside = pen_frame(pen, false, "model", NULL);
    if (!view->model) {
        struct text text = {0};
        nothing_add(snapshot, ANALYSIS_NOTHING, &text);
        pen_wrap(&inside, 0, 0, pen->styles[STYLE_TEXT], text.bytes ? text.bytes : "",
                 text.length);
        text_done(&text);
        return;
    }
    int n = pen_wrap(&inside, 0, 0, pen->styles[STYLE_TEXT], view->about_model.bytes,
                     view->about_model.length);
    if (pinned)
        pen_printf(&inside, n, 0, pen->styles[STYLE_PINNED], "%s pinned: %s, K = %zu",
                   pen->look->glyphs[GLYPH_PINNED], pinned->path ? pinned->path : "no file",
                   pinned->model.shape.n_heads);
}

/* ---- figures ---- */

static void draw_words(struct overview_view *view, const struct snapshot *snapshot,
                       const struct pen *pen)
{
    const char *wrong = snapshot->analysis_wrong;
    if (wrong && view->stage < ANALYSIS_INTERVALS) {
        pen_wrap(pen, 0, 0, pen->styles[STYLE_ERROR], wrong, strlen(wrong));
        return;
    }
    const struct text *text = &view->verdict;
    int n = text_lines(text->bytes, text->length, pen->box.columns);
    int most = n > pen->box.rows ? n - pen->box.rows : 0;
    view->skip = view->skip < most ? view->skip : most;
    pen_wrap(pen, 0, view->skip, pen->styles[view->reads ? STYLE_STRONG : STYLE_TEXT],
             text->bytes, text->length);
    if (view->skip < most)
        pen_glyph(pen, pen->box.rows - 1, pen->box.columns - 1,
                  pen->styles[STYLE_BORDER_FOCUS], GLYPH_MORE_DOWN);
}

static void draw_figures(struct overview_view *view, const struct snapshot *snapshot,
                         const struct pen *pen)
{
    struct text right = {0};
    if (pen->box.rows <= 4 && view->n_figures) { /* the row of the cursor matters more */
        view->pen = *pen;
        overview_fit(view, pen->box.columns);
        listing_draw(&view->listing, &view->state, pen, true);
        return;
    }
    if (view->analysis)
        text_printf(&right, "%s split", split_name(view->analysis->split));
    struct pen inside = pen_frame(pen, !view->reads, "does a mixture help here?",
                                  right.length ? right.bytes : NULL);
    text_done(&right);
    view->pen = (struct pen){0};
    if (!view->n_figures) {
        struct text text = {0};
        nothing_add(snapshot, ANALYSIS_CELLS, &text);
        pen_wrap(&inside, 0, 0,
                 pen->styles[snapshot->analysis_wrong ? STYLE_ERROR : STYLE_TEXT],
                 text.bytes ? text.bytes : "", text.length);
        text_done(&text);
        return;
    }
    int rows = inside.box.rows, list = (int)view->n_figures + 1;
    int words = text_lines(view->verdict.bytes, view->verdict.length, inside.box.columns);
    if (list + words + 1 > rows) { /* what is said matters more than the last figures */
        int least = rows - words - 1 > 6 ? rows - words - 1 : rows > 11 ? rows - 6 : rows;
        list = least < list ? least : list;
    }
    overview_fit(view, inside.box.columns);
    view->pen = pen_rows(&inside, 0, list < rows ? list : rows);
    listing_draw(&view->listing, &view->state, &view->pen, !view->reads);
    if (list + 1 >= rows)
        return;
    pen_rule(pen, list + 1, view->reads, NULL);
    struct pen rest = pen_rows(&inside, list + 1, rows - list - 1);
    draw_words(view, snapshot, &rest);
}

/* ---- the curve ---- */

bool overview_chart(const struct overview_view *view, struct chart_lines *lines,
                    struct chart_series series[OVERVIEW_SERIES], double **values)
{
    static const char *const names[OVERVIEW_SERIES] = {"training", "hold-out",
                                                       "single, hold-out"};
    const struct table *table = view->curve.table;
    *values = NULL;
    if (!table || !table->n_rows || table->n_columns < 3)
        return false;
    size_t n = table->n_rows, m = table->n_columns - 1;
    m = m < OVERVIEW_SERIES ? m : OVERVIEW_SERIES;
    *values = mem_alloc((m + 1) * n * sizeof **values);
    for (size_t row = 0; row < n; row++)
        for (size_t c = 0; c <= m; c++)
            (*values)[c * n + row] = table_cell(table, row, c)->value;
    for (size_t c = 0; c < m; c++)
        series[c] = (struct chart_series){
            .name = names[c], .x = *values, .y = *values + (c + 1) * n, .n = n};
    *lines = (struct chart_lines){.x = {"epoch", false, (double)NAN, (double)NAN},
                                  .y = {"nats a pair", false, (double)NAN, (double)NAN},
                                  .series = series,
                                  .n_series = m,
                                  .cursor = (double)NAN};
    return true;
}

static void draw_curve(const struct overview_view *view, const struct pen *pen)
{
    struct chart_lines lines;
    struct chart_series series[OVERVIEW_SERIES];
    double *values;
    struct pen inside = pen_frame(pen, false,
                                  view->curve.runs ? "training now: loss by epoch"
                                                   : "last training: loss by epoch",
                                  NULL);
    if (overview_chart(view, &lines, series, &values))
        plot_lines(&inside, &lines);
    free(values);
}

/* ---- what to do next ---- */

static void add_key(const struct snapshot *snapshot, const char *command, struct text *out)
{
    const char *key =
        snapshot->keys ? key_map_key_of(snapshot->keys, "overview", command) : NULL;
    if (key)
        text_add(out, key);
    else
        text_printf(out, ":%s", command);
}

static void draw_next(const struct snapshot *snapshot, const struct pen *pen)
{
    static const struct {
        const char *command, *what;
    } offers[] = {{"view heads", "which head likes what"},
                  {"view context", "type a context, choose answers"},
                  {"view ablate", "how many heads are needed"}};
    struct text text = {0};
    text_add(&text, "next:");
    for (size_t i = 0; i < sizeof offers / sizeof *offers; i++) {
        text_add(&text, "  ");
        add_key(snapshot, offers[i].command, &text);
        text_printf(&text, " %s", offers[i].what);
    }
    pen_put(pen, 0, 1, pen->styles[STYLE_HINT_TEXT], text.bytes);
    text_done(&text);
}

static void draw_welcome(const struct snapshot *snapshot, const struct pen *pen)
{
    struct text text = {0};
    struct pen inside = pen_frame(pen, true, "microscope", NULL);
    nothing_add(snapshot, ANALYSIS_NOTHING, &text);
    text_add(&text, "\n\nnext:\n  ");
    add_key(snapshot, "prompt", &text);
    text_add(&text,
             "open data/demo.features.safetensors data/demo.model.safetensors ...   opens "
             "files\n  ");
    add_key(snapshot, "prompt", &text);
    text_add(&text,
             "encode CORPUS.jsonl --out NAME.features.safetensors   makes features of texts"
             "\n  ");
    add_key(snapshot, "keys", &text);
    text_add(&text, "   all keys and commands");
    pen_wrap(&inside, 0, 0, pen->styles[STYLE_TEXT], text.bytes, text.length);
    text_done(&text);
}

/* ---- all of it ---- */

static int model_rows(const struct overview_view *view, const struct snapshot *snapshot,
                      int columns)
{
    if (!view->model)
        return 5;
    return text_lines(view->about_model.bytes, view->about_model.length, columns - 2) + 2 +
           (snapshot->state->pinned != NULL);
}

/* Data above, the model below, and the curve between them where it does not fit on the right. */
static void draw_left(const struct overview_view *view, const struct snapshot *snapshot,
                      const struct pen *pen, bool has_curve)
{
    enum { CURVE_ROWS = 8 };
    int rows = pen->box.rows, model = model_rows(view, snapshot, pen->box.columns);
    model = model < rows - 7 ? model : rows - 7;
    int curve = has_curve && rows - model >= CURVE_ROWS + 6 ? CURVE_ROWS : 0;
    struct pen data = pen_rows(pen, 0, rows - model - curve);
    struct pen plot = pen_rows(pen, rows - model - curve, curve);
    struct pen below = pen_rows(pen, rows - model, model);
    draw_data(view, snapshot, &data);
    if (curve)
        draw_curve(view, &plot);
    draw_model(view, snapshot, &below);
}

static void draw_both(struct overview_view *view, const struct snapshot *snapshot,
                      const struct pen *pen)
{
    int columns = pen->box.columns, left = columns * 2 / 5, rows = pen->box.rows;
    left = left < 39 ? 39 : left;
    int words = text_lines(view->verdict.bytes ? view->verdict.bytes : "",
                           view->verdict.length, columns - left - 2);
    int wanted = (int)view->n_figures + words + 4;
    bool on_right = view->curve.table && rows - wanted >= 8;
    struct pen one = pen_columns(pen, 0, left),
               two = pen_columns(pen, left, columns - left);
    draw_left(view, snapshot, &one, view->curve.table && !on_right);
    struct pen top = on_right ? pen_rows(&two, 0, wanted) : two;
    draw_figures(view, snapshot, &top);
    if (on_right) {
        struct pen below = pen_rows(&two, wanted, rows - wanted);
        draw_curve(view, &below);
    }
}

void overview_draw(void *self, const struct snapshot *snapshot, const struct pen *pen)
{
    struct overview_view *view = self;
    int rows = pen->box.rows, columns = pen->box.columns;
    if (!snapshot->state->features) {
        draw_welcome(snapshot, pen);
        return;
    }
    if (rows < 14 || columns < 72) {
        if (view->model)
            draw_figures(view, snapshot, pen);
        else
            draw_data(view, snapshot, pen);
        return;
    }
    struct pen body = pen_rows(pen, 0, rows - 1), last = pen_rows(pen, rows - 1, 1);
    draw_both(view, snapshot, &body);
    draw_next(snapshot, &last);
}
