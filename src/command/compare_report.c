#include "command/compare_report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "command/compare_categories.h"

/* ---- words ---- */

/* "pairs, contexts, 50 labels": what a method was told. */
static const char *told_of(const struct comparing_row *row,
                           const struct comparing_options *options, char out[96])
{
    static const struct {
        unsigned told;
        const char *word;
    } words[] = {
        {TOLD_PAIRS, "pairs"},       {TOLD_UNITS, "units"}, {TOLD_RATINGS, "ratings"},
        {TOLD_CONTEXTS, "contexts"}, {TOLD_LABELS, NULL},   {TOLD_SCORED, "the answers"},
    };
    int at = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!(row->told & words[i].told))
            continue;
        const char *between = at ? ", " : "";
        if (words[i].word)
            at += snprintf(out + at, 96 - (size_t)at, "%s%s", between, words[i].word);
        else
            at += snprintf(out + at, 96 - (size_t)at, "%s%zu%s labels", between,
                           options->budget, options->labels == SPLIT_TEST ? " test" : "");
    }
    return out;
}

static const char *mark_of(enum method method)
{
    switch ((int)method) {
    case METHOD_BEST_HEAD:
        return "oracle";
    case METHOD_SCRATCH:
    case METHOD_FROM_SINGLE:
    case METHOD_DRM_UNIFORM:
    case METHOD_DRM_GAUSSIAN:
        return "control";
    default:
        return NULL;
    }
}

/* ---- methods ---- */

static void figure_columns(struct table *table, const char *name, const char *title,
                           enum column_type type)
{
    char key[64];
    table_column(table, name, type, 3, NULL);
    table_title(table, title);
    snprintf(key, sizeof key, "%s_runs", name);
    table_column(table, key, COLUMN_INTERVAL, 3, NULL);
    table_title(table, "over runs");
    snprintf(key, sizeof key, "%s_prompts", name);
    table_column(table, key, COLUMN_INTERVAL, 3, NULL);
    table_title(table, "over prompts");
}

static void add_figure(struct table *table, const struct comparing_figure *figure)
{
    table_number(table, figure->value);
    table_interval(table, figure->runs.low, figure->runs.high);
    table_interval(table, figure->prompts.low, figure->prompts.high);
}

/* A group may be called as a column of the table's own. */
static void group_columns(const struct compare_report *what,
                          const struct comparing_results *results, struct table *table)
{
    static const char *const own[] = {"method", "told", "mean",   "difference",
                                      "note",   "mark", "command"};
    char name[160], title[200];
    for (size_t g = 0; g < results->n_groups; g++) {
        comparing_group_name(what->comparing, results->groups[g], name);
        bool taken = false;
        for (size_t i = 0; i < sizeof own / sizeof *own; i++)
            taken = taken || strcmp(name, own[i]) == 0;
        snprintf(title, sizeof title, "%s%s", taken ? "group_" : "", name);
        table_column(table, title, COLUMN_SHARE, 3, NULL);
        snprintf(title, sizeof title, "%s n=%zu", name, results->group_pairs[g]);
        table_title(table, title);
    }
}

static void add_method(const struct compare_report *what, const struct comparing_row *row,
                       size_t n_groups, struct table *table)
{
    struct text note = {0}, command = {0};
    char told[96];
    text_printf(&command, "%s --methods %s", what->command, method_names[row->method]);
    if (row->missing)
        text_printf(&note, "not applicable: %s", row->missing);
    table_row(table);
    table_text(table, method_names[row->method]);
    table_text(table, told_of(row, what->options, told));
    add_figure(table, &row->mean);
    add_figure(table, &row->difference);
    for (size_t g = 0; g < n_groups; g++)
        table_number(table, row->cells[g]);
    table_text(table, note.bytes);
    table_text(table, command.bytes);
    if (mark_of(row->method))
        table_mark(table, mark_of(row->method));
    text_done(&note);
    text_done(&command);
}

/* groups: with a column for each. */
static void fill_methods(const struct compare_report *what,
                         const struct comparing_results *results, bool groups,
                         struct table *table)
{
    char minus[64];
    snprintf(minus, sizeof minus, "minus %s", method_names[what->options->reference]);
    table_column(table, "method", COLUMN_TEXT, 0, NULL);
    table_column(table, "told", COLUMN_TEXT, 0, NULL);
    figure_columns(table, "mean", "mean", COLUMN_SHARE);
    figure_columns(table, "difference", minus, COLUMN_REAL);
    if (groups)
        group_columns(what, results, table);
    table_column(table, "note", COLUMN_TEXT, 0, NULL);
    table_column(table, "command", COLUMN_TEXT, 0, NULL);
    for (size_t r = 0; r < results->n_rows; r++)
        add_method(what, &results->rows[r], groups ? results->n_groups : 0, table);
}

static void add_methods(const struct compare_report *what,
                        const struct comparing_results *results, struct report *report)
{
    fill_methods(what, results, false,
                 report_table(report, "methods",
                              "mean over groups of the test pairs; 95 % intervals"));
}

static void show(const struct compare_report *what, const struct comparing_results *results,
                 const struct call *call)
{
    char title[160];
    if (!call->show)
        return;
    snprintf(title, sizeof title, "%zu runs, %zu labels a group, %zu test pairs",
             what->options->runs, what->options->budget, results->n_pairs);
    struct table *table = table_create("comparison", title);
    fill_methods(what, results, true, table);
    call_show(call, table);
}

void compare_show(const struct compare_report *what, const struct call *call)
{
    struct comparing_results results;
    if (!call->show)
        return;
    comparing_results(what->comparing, &results);
    show(what, &results, call);
    comparing_results_done(&results);
}

/* ---- by group ---- */

static void add_accuracy(const struct compare_report *what,
                         const struct comparing_results *results, struct report *report)
{
    struct table *table =
        report_table(report, "accuracy", "accuracy by group, mean over the runs");
    table_column(table, "method", COLUMN_TEXT, 0, NULL);
    group_columns(what, results, table);
    table_column(table, "mean", COLUMN_SHARE, 3, NULL);
    for (size_t r = 0; r < results->n_rows; r++) {
        const struct comparing_row *row = &results->rows[r];
        if (row->missing)
            continue;
        table_row(table);
        table_text(table, method_names[row->method]);
        for (size_t g = 0; g < results->n_groups; g++)
            table_number(table, row->cells[g]);
        table_number(table, row->mean.value);
        if (mark_of(row->method))
            table_mark(table, mark_of(row->method));
    }
}

/* ---- all of it ---- */

static void add_notes(const struct compare_report *what,
                      const struct comparing_results *results, struct report *report)
{
    const struct comparing_options *options = what->options;
    const char *clusters = comparing_clusters(what->comparing);
    const char *choosers = comparing_choosers(what->comparing);
    report_note(report,
                "Every run draws its own labelled pairs, and its own starts; methods of a "
                "run share them%s. Intervals over runs speak of that, on the same test "
                "pairs; those over prompts of the test pairs.",
                options->labels == SPLIT_TEST
                    ? ", and no method is scored on a pair that is labelled in the run"
                    : "");
    for (size_t r = 0; r < results->n_rows; r++)
        if (results->rows[r].missing)
            report_note(report, "%s is not applicable: %s.",
                        method_names[results->rows[r].method], results->rows[r].missing);
    report_note(report, "The line above with --methods and a name gives a row alone.");
    if (results->n_short)
        report_note(report,
                    "%zu groups have fewer pairs to label than the budget; all of theirs "
                    "are used%s.",
                    results->n_short,
                    options->labels == SPLIT_TEST ? " and they are not scored then" : "");
    report_note(
        report,
        "Told: pairs, which response of the training pairs was chosen; units, which "
        "of them belong together (maxmin: by %s; pal-a-linear and vpl-linear: by %s); "
        "labels, that many labelled pairs of the group that is scored. The best head "
        "is told the answers and is no method. Controls know no trained mixture.",
        clusters ? clusters : "nothing", choosers ? choosers : "nothing");
}

void compare_report(const struct compare_report *what, const struct call *call)
{
    struct report *report = call->report;
    struct comparing_results results;
    comparing_results(what->comparing, &results);
    report_count(report, "test_pairs", results.n_pairs, NULL);
    report_count(report, "test_prompts", results.n_prompts, NULL);
    report_count(report, "groups", results.n_groups, NULL);
    report_count(report, "runs", what->options->runs, NULL);
    report_count(report, "budget", what->options->budget, "pairs a group");
    report_count(report, "labelled_pairs", results.n_labels, NULL);
    report_text(report, "labels_from", split_name(what->options->labels));
    report_text(report, "reference", method_names[what->options->reference]);
    report_text(report, "line", what->command);
    add_methods(what, &results, report);
    add_accuracy(what, &results, report);
    compare_categories(what, &results, report);
    add_notes(what, &results, report);
    show(what, &results, call);
    comparing_results_done(&results);
}
