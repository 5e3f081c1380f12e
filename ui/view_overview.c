/* The overview: what is kept of a snapshot, what keys do, files. */
#include "ui/view_overview.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/cmd_display.h"
#include "io/json.h"
#include "ui/plot.h"
#include "ui/view_overview_inside.h"

static void *create(void)
{
    return mem_zero(sizeof(struct overview_view));
}

static void free_view(void *self)
{
    struct overview_view *view = self;
    analysis_unref(view->analysis);
    analysis_unref(view->pinned);
    held_features_unref(view->features);
    held_model_unref(view->model);
    listing_done(&view->state);
    text_done(&view->verdict);
    text_done(&view->about_model);
    live_table_done(&view->curve);
    free(view->attributes);
    free(view);
}

/* ---- the data ---- */

static int by_pairs_falling(const void *a, const void *b)
{
    const struct overview_attribute *x = a, *y = b;
    if (x->whole != y->whole)
        return x->whole > y->whole ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void count_pairs(struct overview_view *view)
{
    const struct features *features = &view->features->features;
    size_t n = features->n_attributes;
    memset(view->splits, 0, sizeof view->splits);
    view->attributes = mem_zero((n + 1) * sizeof *view->attributes);
    for (size_t a = 0; a < n; a++)
        view->attributes[a].name = features->attributes[a];
    for (size_t i = 0; i < features->n_pairs; i++) {
        int32_t attribute = features->pair_attribute[i], split = features->pair_split[i];
        view->splits[split]++;
        if (attribute < 0)
            continue;
        view->attributes[attribute].n[split]++;
        view->attributes[attribute].whole++;
    }
    qsort(view->attributes, n, sizeof *view->attributes, by_pairs_falling);
    while (n && !view->attributes[n - 1].whole)
        n--;
    view->n_attributes = n;
}

static void take_features(struct overview_view *view, struct held_features *features)
{
    held_features_unref(view->features);
    view->features = held_features_ref(features);
    free(view->attributes);
    view->attributes = NULL;
    view->n_attributes = 0;
    if (features)
        count_pairs(view);
}

/* ---- the model ---- */

void overview_add_file(struct text *out, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash && slash[1] ? slash + 1 : path;
    text_add_visible(out, name, strlen(name), 200);
}

static double number_at(const struct json *object, const char *key)
{
    double value = (double)NAN;
    const char *text = json_text(json_get(object, key));
    if (!json_number(json_get(object, key), &value) && text)
        value = strtod(text, NULL);
    return value;
}

static void add_setting(struct text *out, const struct json *settings, const char *key,
                        const char *before, const char *behind)
{
    double value = number_at(settings, key);
    if (!isnan(value))
        text_printf(out, "%s%g%s", before, value, behind);
}

/* The model's metadata as it was trained; one from elsewhere has none of it. */
static void add_training(struct text *out, const struct json *metadata)
{
    const char *text = json_text(json_get(metadata, "settings"));
    struct json *settings = text ? json_parse(text, strlen(text), NULL) : NULL;
    double holdout = number_at(metadata, "holdout_nll"),
           train = number_at(metadata, "train_nll");
    double best = number_at(metadata, "best_epoch");
    text_add(out, "\n");
    add_setting(out, settings, "alpha", "alpha ", ", ");
    add_setting(out, settings, "seed", "seed ", ", ");
    add_setting(out, settings, "restarts", "best of ", " runs");
    if (!isnan(best))
        text_printf(out, "\nas after epoch %g", best);
    add_setting(out, settings, "epochs", " of at most ", "");
    if (!isnan(holdout))
        text_printf(out, "\nloss %.4f hold-out, %.4f training", holdout, train);
    json_free(settings);
}

static void take_model(struct overview_view *view, struct held_model *model)
{
    held_model_unref(view->model);
    view->model = held_model_ref(model);
    text_clear(&view->about_model);
    if (!model)
        return;
    const struct shape *shape = &model->model.shape;
    struct text *out = &view->about_model;
    text_printf(out, "K = %zu heads, router %s", shape->n_heads,
                router_names[shape->router]);
    if (shape->n_hidden)
        text_printf(out, " of %zu", shape->n_hidden);
    add_training(out, model->metadata);
    text_add(out, "\n");
    if (model->path)
        overview_add_file(out, model->path);
    else
        text_add(out, "made in this run, not in a file yet");
    if (!model->model.single)
        text_add(out, "\nwithout a single head to compare with");
}

/* ---- keeping up ---- */

/* Whether it is another one, or has got further. */
static bool take_analysis(struct analysis *now, struct analysis **kept,
                          enum analysis_stage *stage)
{
    enum analysis_stage now_stage = now ? analysis_stage(now) : ANALYSIS_NOTHING;
    if (*kept == now && *stage == now_stage)
        return false;
    analysis_unref(*kept);
    *kept = now ? analysis_ref(now) : NULL;
    *stage = now_stage;
    return true;
}

static void update(void *self, const struct snapshot *snapshot)
{
    struct overview_view *view = self;
    const struct state *state = snapshot->state;
    if (view->features != state->features)
        take_features(view, state->features);
    if (view->model != state->model)
        take_model(view, state->model);
    live_table_update(&view->curve, snapshot, "train", "curve");
    bool is_new = take_analysis(snapshot->analysis, &view->analysis, &view->stage);
    if (take_analysis(snapshot->pinned, &view->pinned, &view->pinned_stage) || is_new)
        overview_make_figures(view);
}

/* ---- what keys do ---- */

static bool scroll(struct overview_view *view, const char *word, struct answer *answer)
{
    static const struct {
        const char *word;
        int by;
    } ways[] = {{"up", -1},      {"down", 1},      {"page-up", -5},  {"page-down", 5},
                {"half-up", -3}, {"half-down", 3}, {"first", -1000}, {"last", 1000}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(word, ways[i].word) == 0) {
            int to = view->skip + ways[i].by;
            if (to < 0)
                text_add(&answer->say, "there is nothing further");
            view->skip = to < 0 ? 0 : to;
            return true;
        }
    return false;
}

static bool go(struct overview_view *view, const struct action *action,
               struct answer *answer)
{
    enum listing_verb verb;
    if (strcmp(action->word, "next-pane") == 0 ||
        strcmp(action->word, "previous-pane") == 0) {
        view->reads = !view->reads;
        return true;
    }
    if (view->reads)
        return scroll(view, action->word, answer);
    if (!view->n_figures || !listing_verb_find(action->word, &verb) || verb > LISTING_LAST)
        return false;
    for (size_t i = 0; i < action->times; i++)
        if (!listing_do(&view->listing, &view->state, verb)) {
            text_add(&answer->say, "there is nothing further");
            break;
        }
    return true;
}

/* Where more about a figure is shown. */
static bool open(const struct overview_view *view, struct answer *answer)
{
    static const char *const views[N_FIGURES] = {
        [FIGURE_SINGLE] = "compare",    [FIGURE_MIXTURE] = "heads",
        [FIGURE_ORACLE] = "heads",      [FIGURE_DIFFERENCE] = "compare",
        [FIGURE_NLL] = "compare",       [FIGURE_SINGLE_NLL] = "compare",
        [FIGURE_CALIBRATION] = "heads", [FIGURE_ENTROPY] = "router",
        [FIGURE_FLOOR] = "compare",
    };
    const struct figure *figure = overview_figure(view);
    if (!figure)
        return false;
    text_printf(&answer->line, "view %s", views[figure->kind]);
    return true;
}

static bool act(void *self, const struct snapshot *snapshot, const struct action *action,
                struct answer *answer)
{
    struct overview_view *view = self;
    (void)snapshot;
    if (action->kind == ACTION_GO)
        return go(view, action, answer);
    if (action->kind == ACTION_DO && strcmp(action->word, "open") == 0)
        return open(view, answer);
    if (action->kind == ACTION_DO && strcmp(action->word, "back") == 0 && view->reads) {
        view->reads = false;
        return true;
    }
    if (action->kind == ACTION_CURSOR && view->n_figures)
        return listing_go(&view->listing, &view->state,
                          strtoul(action->text ? action->text : "0", NULL, 10));
    return false;
}

static bool mouse(void *self, const struct snapshot *snapshot, const struct mouse *mouse,
                  struct answer *answer)
{
    struct overview_view *view = self;
    (void)snapshot;
    (void)answer;
    return view->n_figures && view->pen.canvas &&
           listing_mouse(&view->listing, &view->state, &view->pen, mouse) != LISTING_MISSED;
}

/* ---- copies and files ---- */

static void report_figures(const struct overview_view *view, struct report *report)
{
    struct table *table = report_table(report, "figures", "does a mixture help here?");
    table_column(table, "figure", COLUMN_TEXT, 0, NULL);
    table_column(table, "value", COLUMN_REAL, 4, NULL);
    table_column(table, "interval", COLUMN_INTERVAL, 4, NULL);
    table_title(table, "95 %");
    for (size_t i = 0; i < view->n_figures; i++) {
        const struct figure *figure = &view->figures[i];
        table_row(table);
        table_text(table, figure->name);
        table_number(table, figure->value);
        table_interval(table, figure->interval.low, figure->interval.high);
    }
}

static void report_attributes(const struct overview_view *view, struct report *report)
{
    struct table *table =
        report_table(report, "attributes", "pairs of each attribute by split");
    table_column(table, "attribute", COLUMN_TEXT, 0, NULL);
    for (int s = 0; s < SPLIT_COUNT; s++)
        table_column(table, split_name((enum split)s), COLUMN_COUNT, 0, NULL);
    for (size_t a = 0; a < view->n_attributes; a++) {
        table_row(table);
        table_text(table, view->attributes[a].name);
        for (int s = 0; s < SPLIT_COUNT; s++)
            table_number(table, (double)view->attributes[a].n[s]);
    }
}

static void report(void *self, const struct snapshot *snapshot, struct report *report)
{
    const struct overview_view *view = self;
    (void)snapshot;
    if (!view->features)
        return;
    report_count(report, "pairs", view->features->features.n_pairs, NULL);
    report_count(report, "prompts", view->features->features.prompt.n_rows, NULL);
    if (view->model)
        report_count(report, "heads", view->model->model.shape.n_heads, NULL);
    if (view->n_figures)
        report_figures(view, report);
    for (const char *at = view->verdict.length && view->n_figures ? view->verdict.bytes
                                                                  : "";
         *at;) {
        size_t n = strcspn(at, "\n");
        report_note(report, "%.*s", (int)n, at);
        at += n + (at[n] == '\n');
    }
    report_attributes(view, report);
    if (view->curve.table)
        report_add_table(report, table_copy(view->curve.table));
}

static bool copy_cell(void *self, const struct snapshot *snapshot, struct text *out)
{
    const struct figure *figure = overview_figure(self);
    (void)snapshot;
    if (figure)
        text_printf(out, "%.*f", (int)figure->decimals, figure->value);
    return figure != NULL;
}

static bool picture(void *self, const struct snapshot *snapshot, const struct look *look,
                    struct text *svg)
{
    const struct overview_view *view = self;
    const char *labels[N_FIGURES];
    double values[N_FIGURES], low[N_FIGURES], high[N_FIGURES];
    size_t n = 0;
    struct chart_colors colors;
    (void)snapshot;
    for (; n < view->n_figures && view->figures[n].kind <= FIGURE_ORACLE; n++) {
        labels[n] = view->figures[n].name;
        values[n] = view->figures[n].value;
        low[n] = view->figures[n].interval.low;
        high[n] = view->figures[n].interval.high;
    }
    const struct chart_bars bars = {.title =
                                        "mean accuracy over attributes, 95 % intervals",
                                    .labels = labels,
                                    .values = values,
                                    .low = low,
                                    .high = high,
                                    .n = n,
                                    .least = view->least,
                                    .most = 1,
                                    .decimals = 3};
    plot_colors(look, &colors);
    if (n)
        chart_svg_bars(&bars, &colors, 0, 0, svg);
    return n > 0;
}

static bool explain(void *self, const struct snapshot *snapshot, struct text *out)
{
    const struct overview_view *view = self;
    const struct figure *figure = overview_figure(view);
    (void)snapshot;
    if (figure)
        overview_explain(view, figure, out);
    return figure != NULL;
}

static void remember(void *self, const struct snapshot *snapshot, struct text *out)
{
    const struct overview_view *view = self;
    (void)snapshot;
    size_t row = view->n_figures ? listing_row(&view->listing, &view->state) : SIZE_MAX;
    if (row != SIZE_MAX)
        text_printf(out, "cursor overview %zu", row);
}

static const struct binding keys[] = {
    {"overview", "Enter", "do open", "the view that shows more about the figure", "more",
     70},
    {"overview", "Tab", "go next-pane",
     "from the figures to what is said of them, and back", "pane", 20},
    {0},
};

const struct view view_overview = {
    .name = "overview",
    .title = "Overview",
    .help =
        "The data, the model, and whether a mixture helps on them. Accuracies are means "
        "over "
        "the attributes, on pairs that were not trained on; the bar ends where the 95 % "
        "interval begins, and the dot in the interval is the number itself. The mixture "
        "helps when 'mixture less single' lies above 0 with its whole interval. The best "
        "head is an oracle: for each attribute the head that does best on these very "
        "pairs; "
        "so much could be had if the router always knew which head to trust.\n"
        "The irreducible share is how much of the single head's loss any single reward "
        "would "
        "pay, if the heads are the groups of annotators. While 'train' runs, its curve is "
        "drawn here. i explains the figure under the cursor.",
    .keys = keys,
    .no_hints = "search filter sort",
    .create = create,
    .free = free_view,
    .update = update,
    .draw = overview_draw,
    .act = act,
    .mouse = mouse,
    .report = report,
    .cell = copy_cell,
    .picture = picture,
    .explain = explain,
    .remember = remember,
};
