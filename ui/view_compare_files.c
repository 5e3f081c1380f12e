/* Copies, files and explanations of a comparison. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/explained.h"
#include "ui/plot.h"
#include "ui/view_compare_inside.h"
#include "ui/view_compare_words.h"

/* ---- tables ---- */

static void add_columns(const struct compare_view *view, struct table *table)
{
    for (size_t c = 0; c < view->listing.n_columns; c++) {
        const struct listing_column *column = &view->columns[c];
        if (listing_is_hidden(&view->state, c) || view->what[c] == COMPARE_BAR)
            continue;
        bool differs = view->what[c] >= COMPARE_GROUP && view->heat.base;
        table_column(table, column->name, differs ? COLUMN_REAL : column->type, 3, NULL);
        if (view->what[c] >= COMPARE_GROUP)
            table_title(table, column->title);
    }
    table_column(table, "note", COLUMN_TEXT, 0, NULL);
    table_column(table, "command", COLUMN_TEXT, 0, NULL);
}

static void add_row(const struct compare_view *view, size_t row, struct table *table)
{
    table_row(table);
    for (size_t c = 0; c < view->listing.n_columns; c++) {
        struct cell cell = view->listing.cell(view, row, c);
        if (listing_is_hidden(&view->state, c) || view->what[c] == COMPARE_BAR)
            continue;
        if (view->columns[c].type == COLUMN_TEXT)
            table_text(table, cell.text);
        else if (view->columns[c].type == COLUMN_INTERVAL)
            table_interval(table, cell.value, cell.high);
        else
            table_number(table, cell.value);
    }
    table_text(table, view->rows[row].note);
    table_text(table, view->rows[row].command);
}

void compare_view_report(void *self, const struct snapshot *snapshot, struct report *report)
{
    (void)snapshot;
    const struct compare_view *view = self;
    if (!view->n_rows)
        return;
    if (view->base < view->n_rows)
        report_text(report, "minus", view->rows[view->base].name);
    if (view->heat.base)
        report_text(report, "scale", heat_scale_name(view->heat.scale));
    struct table *table = report_table(report, "comparison",
                                       view->table ? view->table->title : "model at hand");
    add_columns(view, table);
    for (size_t i = 0; i < view->state.n_shown; i++)
        add_row(view, view->state.order[i], table);
}

bool compare_copy_cell(void *self, const struct snapshot *snapshot, struct text *out)
{
    (void)snapshot;
    const struct compare_view *view = self;
    const struct compare_row *row = compare_row_at(view);
    if (!row)
        return false;
    size_t column = view->state.column, at = (size_t)(row - view->rows);
    struct cell cell = view->listing.cell(view, at, column);
    if (view->what[column] == COMPARE_BAR && row->command)
        text_add(out, row->command);
    else if (view->columns[column].type == COLUMN_TEXT ||
             view->columns[column].type == COLUMN_INTERVAL)
        listing_add_cell(&view->listing, &view->state, at, column, out);
    else
        text_printf(out, "%.17g", cell.value);
    return true;
}

/* ---- pictures ---- */

static void draw_heat(const struct compare_view *view, const struct look *look,
                      struct text *svg)
{
    size_t n = view->state.n_shown, m = view->n_groups;
    const char **names = mem_alloc((n + 1) * sizeof *names);
    double *values = mem_alloc((2 * n * m + 1) * sizeof *values), *base = values + n * m;
    for (size_t i = 0; i < n; i++) {
        size_t row = view->state.order[i];
        names[i] = view->rows[row].name;
        memcpy(values + i * m, view->values + row * m, m * sizeof *values);
        memcpy(base + i * m, view->against + row * m, m * sizeof *values);
    }
    struct heat heat = view->heat;
    heat.values = values;
    heat.base = view->heat.base ? base : NULL;
    heat.rows = n;
    heat.column_least = NULL;
    heat.best = NULL;
    heat_measure(&heat);
    const struct heat_labels labels = {"accuracy of each method by attribute", "method",
                                       names, view->groups};
    heat_svg(&heat, &labels, look, svg);
    heat_done(&heat);
    free(names);
    free(values);
}

/* Differences to the base, or without one the means; rows that have none are left out. */
static void draw_bars(const struct compare_view *view, const struct look *look,
                      struct text *svg)
{
    size_t n = 0, most = view->state.n_shown + 1;
    const char **names = mem_alloc(most * sizeof *names);
    double *values = mem_alloc(3 * most * sizeof *values), *low = values + most;
    double *high = low + most;
    bool differs = view->base < view->n_rows;
    struct text title = {0};
    struct chart_colors colors;
    for (size_t i = 0; i < view->state.n_shown; i++) {
        const struct compare_row *row = &view->rows[view->state.order[i]];
        struct interval over =
            isnan(row->mean_prompts.low) ? row->mean_runs : row->mean_prompts;
        struct interval interval = differs ? compare_interval(row) : over;
        double value = differs ? row->difference : row->mean;
        if (isnan(value))
            continue;
        names[n] = row->name;
        values[n] = value;
        low[n] = interval.low;
        high[n++] = interval.high;
    }
    text_add(&title, "accuracy, mean over attributes");
    if (differs)
        text_printf(&title, ", minus %s", view->rows[view->base].name);
    const struct chart_bars bars = {.title = title.bytes,
                                    .labels = names,
                                    .values = values,
                                    .low = low,
                                    .high = high,
                                    .n = n,
                                    .least = (double)NAN,
                                    .most = (double)NAN,
                                    .decimals = 3};
    plot_colors(look, &colors);
    chart_svg_bars(&bars, &colors, 0, 0, svg);
    text_done(&title);
    free(names);
    free(values);
}

bool compare_picture(void *self, const struct snapshot *snapshot, const struct look *look,
                     struct text *svg)
{
    (void)snapshot;
    const struct compare_view *view = self;
    if (!view->n_rows)
        return false;
    if (view->by_group && view->n_groups)
        draw_heat(view, look, svg);
    else
        draw_bars(view, look, svg);
    return true;
}

/* ---- explanations ---- */

static void add_column(const struct compare_view *view, int what, struct text *out)
{
    static const struct {
        int what;
        const char *meaning;
    } meanings[] = {
        {COMPARE_KIND,
         "at hand and pinned: the models of this session, judged as they are. "
         "method: trained and told what 'told' says. control: there to be "
         "beaten. oracle: knows the answers, and is no method"},
        {COMPARE_MEAN,
         "accuracy on the test pairs, averaged over the groups, each with the "
         "same weight, and over the runs"},
        {COMPARE_DIFFERENCE_RUNS, "95 % interval of the difference, Student's, over runs: "
                                  "what other labels and other starts would change (E13)"},
        {COMPARE_DIFFERENCE_PROMPTS,
         "95 % interval of the difference by a paired bootstrap "
         "over prompts: what other test pairs would change (E8)"},
        {COMPARE_MEAN_RUNS, "95 % interval of the mean, Student's, over runs (E13)"},
        {COMPARE_MEAN_PROMPTS,
         "95 % interval of the mean by a bootstrap over prompts (E8)"},
        {COMPARE_TOLD,
         "pairs: which response of the training pairs was chosen. units: which "
         "of them belong together. labels: so many labelled pairs of the "
         "group that is scored. contexts, ratings: those of the data"},
    };
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (meanings[i].what == what)
            text_printf(out, "%s.\n", meanings[i].meaning);
    if (what == COMPARE_DIFFERENCE || what == COMPARE_BAR)
        text_printf(
            out, "the row's mean less that of %s. An arrow: its interval leaves out 0.\n",
            view->base < view->n_rows ? view->rows[view->base].name : "the base");
    if (what >= COMPARE_GROUP)
        text_add(out, "share of the group's test pairs that are decided as the annotator "
                      "did, averaged over the runs.\n");
}

static void add_values(const struct compare_view *view, const struct compare_row *row,
                       struct text *out)
{
    size_t at = (size_t)(row - view->rows);
    int what = view->what[view->state.column];
    struct text value = {0};
    listing_add_cell(&view->listing, &view->state, at, view->state.column, &value);
    if (what == COMPARE_BAR)
        text_printf(out, "difference of %s\n\n", row->name);
    else if (what != COMPARE_NAME)
        text_printf(out, "%s of %s: %s\n\n", view->columns[view->state.column].name,
                    row->name, value.bytes);
    text_done(&value);
    add_column(view, what, out);
    text_printf(out, "%s%s is %s.\n", what == COMPARE_NAME ? "" : "\n", row->name,
                compare_meaning(row));
    if (row->note)
        text_printf(out, "\n%s.\n", row->note);
    if (row->command)
        text_printf(out, "\n%s\n\ngives this row alone.\n", row->command);
    text_printf(out, "\ndocs/equations.md, E33 and %s.\n", compare_equation(row));
}

bool compare_explain(void *self, const struct snapshot *snapshot, struct text *out)
{
    (void)snapshot;
    const struct compare_view *view = self;
    const struct compare_row *row = compare_row_at(view);
    if (!row)
        return false;
    int what = view->what[view->state.column];
    size_t group = compare_group_at(view);
    bool is_accuracy =
        what == COMPARE_MEAN || what == COMPARE_MEAN_PROMPTS || group != SIZE_MAX;
    if (!row->analysis || !is_accuracy) {
        add_values(view, row, out);
        return true;
    }
    const struct evaluation *of = analysis_evaluation(row->analysis, row->routing);
    size_t attribute = SIZE_MAX;
    for (size_t a = 0; group != SIZE_MAX && a < of->n_attributes; a++)
        if (strcmp(of->attributes[a], view->groups[group]) == 0)
            attribute = a;
    struct explanation explanation;
    if (group != SIZE_MAX && attribute == SIZE_MAX)
        return false;
    analysis_explain_cell(row->analysis, row->routing, row->evaluated, attribute,
                          &explanation);
    explained_add(&explanation, out);
    return true;
}
