/* Rows of a comparison: of the model at hand, of the pinned one, of every method. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/view_compare_inside.h"

static const struct interval no_interval = {(double)NAN, (double)NAN};

const char *compare_kind_name(enum compare_kind kind)
{
    static const char *const names[] = {[COMPARE_AT_HAND] = "at hand",
                                        [COMPARE_PINNED] = "pinned",
                                        [COMPARE_METHOD] = "method",
                                        [COMPARE_CONTROL] = "control",
                                        [COMPARE_ORACLE] = "oracle"};
    return names[kind];
}

struct interval compare_interval(const struct compare_row *row)
{
    return isnan(row->difference_prompts.low) ? row->difference_runs
                                              : row->difference_prompts;
}

size_t compare_find_row(const struct compare_view *view, const char *name)
{
    for (size_t r = 0; r < view->n_rows; r++)
        if (strcmp(view->rows[r].name, name) == 0)
            return r;
    return SIZE_MAX;
}

const struct compare_row *compare_row_at(const struct compare_view *view)
{
    size_t row = view->n_rows ? listing_row(&view->listing, &view->state) : SIZE_MAX;
    return row < view->n_rows ? &view->rows[row] : NULL;
}

size_t compare_group_at(const struct compare_view *view)
{
    int what = view->n_rows ? view->what[view->state.column] : COMPARE_NAME;
    return what >= COMPARE_GROUP ? (size_t)(what - COMPARE_GROUP) : SIZE_MAX;
}

/* ---- groups ---- */

static size_t find_column(const struct table *table, const char *name)
{
    for (size_t c = 0; c < table->n_columns; c++)
        if (strcmp(table->columns[c].name, name) == 0)
            return c;
    return SIZE_MAX;
}

/* Groups stand between the differences and the note. */
static size_t first_group(const struct table *table)
{
    return find_column(table, "difference_prompts") + 1;
}

static void make_groups(struct compare_view *view)
{
    const struct table *table = view->table;
    if (table) {
        size_t first = first_group(table);
        view->n_groups = find_column(table, "note") - first;
        view->groups = mem_alloc((view->n_groups + 1) * sizeof *view->groups);
        for (size_t g = 0; g < view->n_groups; g++)
            view->groups[g] = table->columns[first + g].name;
    } else if (view->analysis) {
        const struct evaluation *of = analysis_evaluation(view->analysis, ROUTE_PROMPT);
        view->n_groups = of->n_attributes;
        view->groups = mem_alloc((view->n_groups + 1) * sizeof *view->groups);
        for (size_t g = 0; g < view->n_groups; g++)
            view->groups[g] = of->attributes[g];
    }
}

/* ---- the models at hand ---- */

static struct compare_row *next_row(struct compare_view *view)
{
    struct compare_row *row = &view->rows[view->n_rows++];
    *row = (struct compare_row){.mean = (double)NAN,
                                .difference = (double)NAN,
                                .mean_runs = no_interval,
                                .mean_prompts = no_interval,
                                .difference_runs = no_interval,
                                .difference_prompts = no_interval};
    return row;
}

static void add_evaluated(struct compare_view *view, const struct analysis *analysis,
                          enum routing routing, enum predictor predictor, const char *name)
{
    const struct evaluation *evaluation = analysis_evaluation(analysis, routing);
    const struct evaluated_row *of = evaluation_row(evaluation, predictor);
    if (!of)
        return;
    struct compare_row *row = next_row(view);
    double *values = view->values + (view->n_rows - 1) * view->n_groups;
    bool is_oracle = predictor == PREDICTOR_ORACLE;
    row->name = name;
    row->kind = is_oracle                    ? COMPARE_ORACLE
                : analysis == view->analysis ? COMPARE_AT_HAND
                                             : COMPARE_PINNED;
    row->told = is_oracle ? "the answers" : routing == ROUTE_CONTEXT ? "contexts" : NULL;
    row->mean = of->mean;
    row->mean_prompts = of->mean_interval;
    row->analysis = analysis;
    row->routing = routing;
    row->evaluated = (size_t)(of - evaluation->rows);
    for (size_t g = 0; g < view->n_groups; g++)
        for (size_t a = 0; a < evaluation->n_attributes; a++)
            if (strcmp(view->groups[g], evaluation->attributes[a]) == 0)
                values[g] = of->cells[a].accuracy;
}

static void add_model(struct compare_view *view, const struct analysis *analysis)
{
    bool mine = analysis == view->analysis;
    add_evaluated(view, analysis, ROUTE_PROMPT, PREDICTOR_SINGLE,
                  mine ? "model's single" : "pinned single");
    add_evaluated(view, analysis, ROUTE_PROMPT, PREDICTOR_MIXTURE,
                  mine ? "model" : "pinned");
    if (analysis->has_contexts)
        add_evaluated(view, analysis, ROUTE_CONTEXT, PREDICTOR_MIXTURE,
                      mine ? "model+context" : "pinned+context");
    add_evaluated(view, analysis, ROUTE_PROMPT, PREDICTOR_ORACLE,
                  mine ? "model's best" : "pinned best");
}

/* ---- methods ---- */

static struct interval interval_at(const struct table *table, size_t row, size_t column)
{
    const struct cell *cell = table_cell(table, row, column);
    return (struct interval){cell->value, cell->high};
}

static void add_methods(struct compare_view *view)
{
    const struct table *table = view->table;
    size_t mean = find_column(table, "mean"), note = find_column(table, "note");
    size_t difference = find_column(table, "difference"), first = first_group(table);
    for (size_t r = 0; r < table->n_rows; r++) {
        struct compare_row *row = next_row(view);
        double *values = view->values + (view->n_rows - 1) * view->n_groups;
        const char *mark = table->marks[r];
        row->name = table_cell(table, r, 0)->text;
        row->kind = !mark                         ? COMPARE_METHOD
                    : strcmp(mark, "oracle") == 0 ? COMPARE_ORACLE
                                                  : COMPARE_CONTROL;
        row->told = table_cell(table, r, 1)->text;
        row->note = table_cell(table, r, note)->text;
        row->command = table_cell(table, r, note + 1)->text;
        row->mean = table_cell(table, r, mean)->value;
        row->mean_runs = interval_at(table, r, mean + 1);
        row->mean_prompts = interval_at(table, r, mean + 2);
        row->difference = table_cell(table, r, difference)->value;
        row->difference_runs = interval_at(table, r, difference + 1);
        row->difference_prompts = interval_at(table, r, difference + 2);
        for (size_t g = 0; g < view->n_groups; g++)
            values[g] = table_cell(table, r, first + g)->value;
    }
}

/* ---- differences ---- */

/* The row that compare took its differences to; SIZE_MAX: there was no comparison. */
static size_t find_reference(const struct compare_view *view)
{
    static const char minus[] = "minus ";
    if (!view->table)
        return SIZE_MAX;
    size_t column = find_column(view->table, "difference");
    const char *title = view->table->columns[column].title;
    return strncmp(title, minus, sizeof minus - 1) == 0
               ? compare_find_row(view, title + sizeof minus - 1)
               : SIZE_MAX;
}

/* What the bootstrap of an evaluation says of a difference to its single head. */
static struct interval evaluated_interval(const struct compare_row *row,
                                          const struct compare_row *base)
{
    if (!row->analysis || base->analysis != row->analysis)
        return no_interval;
    const struct evaluation *mine = analysis_evaluation(row->analysis, row->routing);
    const struct evaluation *its = analysis_evaluation(base->analysis, base->routing);
    return its->rows[base->evaluated].predictor == PREDICTOR_SINGLE
               ? mine->rows[row->evaluated].difference_interval
               : no_interval;
}

/* Differences that somebody has worked out keep their intervals; others are those of the means. */
static void take_differences(struct compare_view *view)
{
    for (size_t r = 0; r < view->n_rows; r++) {
        struct compare_row *row = &view->rows[r];
        if (!row->analysis && view->base < view->n_rows && view->base == view->reference)
            continue;
        row->difference = (double)NAN;
        row->difference_runs = row->difference_prompts = no_interval;
        if (view->base >= view->n_rows || r == view->base)
            continue;
        const struct compare_row *base = &view->rows[view->base];
        row->difference = row->mean - base->mean;
        row->difference_prompts = evaluated_interval(row, base);
    }
}

static void choose_base(struct compare_view *view)
{
    view->reference = find_reference(view);
    view->base = view->asked ? compare_find_row(view, view->asked) : SIZE_MAX;
    if (view->base == SIZE_MAX)
        view->base = view->reference;
    if (view->base == SIZE_MAX)
        view->base = compare_find_row(view, "model's single");
    take_differences(view);
    view->reach = 0;
    view->knows_prompts = false;
    for (size_t r = 0; r < view->n_rows; r++) {
        const struct compare_row *row = &view->rows[r];
        struct interval interval = compare_interval(row);
        view->knows_prompts = view->knows_prompts || !isnan(row->difference_prompts.low);
        view->reach = fmax(view->reach, fabs(row->difference));
        view->reach = fmax(view->reach, fmax(fabs(interval.low), fabs(interval.high)));
    }
}

/* ---- columns ---- */

static void add_column(struct compare_view *view, int what,
                       const struct listing_column *column)
{
    view->what[view->listing.n_columns] = what;
    view->columns[view->listing.n_columns++] = *column;
}

/* A group may be called as a column of the view's own. */
static const char *group_name(struct compare_view *view, const char *group)
{
    static const char *const own[] = {"method",     "kind", "mean",
                                      "difference", "bar",  "told"};
    struct text name = {0};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(own[i], group) == 0)
            text_add(&name, "group_");
    text_add(&name, group);
    const char *kept = arena_copy(&view->texts, name.bytes ? name.bytes : "", name.length);
    text_done(&name);
    return kept;
}

static void add_groups(struct compare_view *view)
{
    for (size_t g = 0; g < view->n_groups; g++)
        add_column(view, COMPARE_GROUP + (int)g,
                   &(struct listing_column){.name = group_name(view, view->groups[g]),
                                            .title = view->groups[g],
                                            .type = COLUMN_SHARE,
                                            .decimals = 2});
}

static const char *minus_title(struct compare_view *view)
{
    if (view->base >= view->n_rows)
        return "minus";
    struct text title = {0};
    text_printf(&title, "minus %s", view->rows[view->base].name);
    const char *kept = arena_copy(&view->texts, title.bytes, title.length);
    text_done(&title);
    return kept;
}

static void add_differences(struct compare_view *view)
{
    const struct listing_column runs = {.name = "difference_runs",
                                        .title = "over runs",
                                        .type = COLUMN_INTERVAL,
                                        .decimals = 3,
                                        .width = 15};
    const struct listing_column prompts = {.name = "difference_prompts",
                                           .title = "over prompts",
                                           .type = COLUMN_INTERVAL,
                                           .decimals = 3,
                                           .width = 15};
    add_column(view, COMPARE_DIFFERENCE,
               &(struct listing_column){.name = "difference",
                                        .title = "minus",
                                        .type = COLUMN_REAL,
                                        .decimals = 3,
                                        .width = 7});
    if (view->knows_prompts)
        add_column(view, COMPARE_DIFFERENCE_PROMPTS, &prompts);
    else
        add_column(view, COMPARE_DIFFERENCE_RUNS, &runs);
    add_column(view, COMPARE_BAR,
               &(struct listing_column){.name = "bar",
                                        .title = minus_title(view),
                                        .type = COLUMN_TEXT,
                                        .width = 12,
                                        .stretch = true,
                                        .unsorted = true});
    add_column(view, COMPARE_KIND,
               &(struct listing_column){
                   .name = "kind", .type = COLUMN_TEXT, .width = COMPARE_KIND_WIDTH});
    if (view->knows_prompts)
        add_column(view, COMPARE_DIFFERENCE_RUNS, &runs);
    else
        add_column(view, COMPARE_DIFFERENCE_PROMPTS, &prompts);
}

static void make_columns(struct compare_view *view)
{
    enum { OWN = 10 };
    view->columns = mem_zero((OWN + view->n_groups) * sizeof *view->columns);
    view->what = mem_zero((OWN + view->n_groups) * sizeof *view->what);
    view->listing.n_columns = 0;
    add_column(view, COMPARE_NAME,
               &(struct listing_column){
                   .name = "method", .type = COLUMN_TEXT, .width = COMPARE_NAME_WIDTH});
    add_column(view, COMPARE_MEAN,
               &(struct listing_column){
                   .name = "mean", .type = COLUMN_SHARE, .decimals = 3, .width = 6});
    if (view->by_group)
        add_groups(view);
    add_differences(view);
    add_column(view, COMPARE_MEAN_RUNS,
               &(struct listing_column){.name = "mean_runs",
                                        .title = "mean, runs",
                                        .type = COLUMN_INTERVAL,
                                        .decimals = 3,
                                        .width = 13});
    add_column(view, COMPARE_MEAN_PROMPTS,
               &(struct listing_column){.name = "mean_prompts",
                                        .title = "mean, prompts",
                                        .type = COLUMN_INTERVAL,
                                        .decimals = 3,
                                        .width = 13});
    if (!view->by_group)
        add_groups(view);
    add_column(view, COMPARE_TOLD,
               &(struct listing_column){.name = "told", .type = COLUMN_TEXT, .most = 40});
}

/* Order and filter are by columns; the cursor stays on the one of that name. */
static void keep_state(struct compare_view *view, const char *cursor)
{
    struct text names = {0};
    size_t column = 0;
    text_append(&names, "", 0);
    for (size_t c = 0; c < view->listing.n_columns; c++) {
        text_printf(&names, "%s\n", view->columns[c].name);
        if (cursor && strcmp(cursor, view->columns[c].name) == 0)
            column = c;
    }
    if (!view->names.bytes || !names.bytes || strcmp(names.bytes, view->names.bytes) != 0) {
        listing_forget(&view->state);
        view->state.column = column;
    }
    text_done(&view->names);
    view->names = names;
}

/* ---- all of it ---- */

void compare_rows_drop(struct compare_view *view)
{
    heat_done(&view->heat);
    arena_done(&view->texts);
    free(view->rows);
    free(view->groups);
    free(view->values);
    free(view->against);
    free(view->columns);
    free(view->what);
    view->rows = NULL;
    view->groups = NULL;
    view->values = view->against = NULL;
    view->columns = NULL;
    view->what = NULL;
    view->n_rows = view->n_groups = 0;
    view->base = view->reference = SIZE_MAX;
    view->listing.n_rows = view->listing.n_columns = 0;
}

static struct cell cell_of(const void *rows, size_t row, size_t column)
{
    const struct compare_view *view = rows;
    const struct compare_row *of = &view->rows[row];
    struct cell cell = {NULL, (double)NAN, (double)NAN};
    const struct interval *interval = NULL;
    switch (view->what[column]) {
    case COMPARE_NAME:
        cell.text = of->name;
        break;
    case COMPARE_KIND:
        cell.text = compare_kind_name(of->kind);
        break;
    case COMPARE_TOLD:
        cell.text = of->told;
        break;
    case COMPARE_BAR:
        cell.text = of->note ? of->note : "";
        break;
    case COMPARE_MEAN:
        cell.value = of->mean;
        break;
    case COMPARE_DIFFERENCE:
        cell.value = of->difference;
        break;
    case COMPARE_DIFFERENCE_RUNS:
        interval = &of->difference_runs;
        break;
    case COMPARE_DIFFERENCE_PROMPTS:
        interval = &of->difference_prompts;
        break;
    case COMPARE_MEAN_RUNS:
        interval = &of->mean_runs;
        break;
    case COMPARE_MEAN_PROMPTS:
        interval = &of->mean_prompts;
        break;
    default:
        cell.value =
            heat_value(&view->heat, row, (size_t)(view->what[column] - COMPARE_GROUP));
    }
    if (interval)
        cell = (struct cell){NULL, interval->low, interval->high};
    return cell;
}

static uint64_t id_of(const void *rows, size_t row)
{
    /* Rows come and go, their names stay. */
    uint64_t hash = 14695981039346656037u;
    for (const char *c = ((const struct compare_view *)rows)->rows[row].name; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    return hash;
}

/* Oracles are no match for the others: the best of a column is somebody else. */
static void make_heat(struct compare_view *view, enum heat_scale scale)
{
    view->heat = (struct heat){.scale = scale,
                               .values = view->values,
                               .base = scale == HEAT_DIFFERENCE ? view->against : NULL,
                               .includes = (double)NAN,
                               .rows = view->n_rows,
                               .columns = view->n_groups,
                               .least = (double)NAN,
                               .most = (double)NAN,
                               .decimals = 2,
                               .no_zero = true};
    heat_measure(&view->heat);
    for (size_t g = 0; g < view->n_groups; g++) {
        size_t best = view->n_rows;
        for (size_t r = 0; r < view->n_rows; r++) {
            double value = view->values[r * view->n_groups + g];
            if (view->rows[r].kind != COMPARE_ORACLE && !isnan(value) &&
                (best == view->n_rows || value > view->values[best * view->n_groups + g]))
                best = r;
        }
        view->heat.best[g] = best;
    }
}

void compare_rows_make(struct compare_view *view, enum heat_scale scale)
{
    enum { AT_HAND = 8 };
    char *cursor = view->state.column < view->listing.n_columns
                       ? mem_copy_text(view->columns[view->state.column].name)
                       : NULL;
    compare_rows_drop(view);
    size_t most = AT_HAND + (view->table ? view->table->n_rows : 0);
    make_groups(view);
    size_t n = most * view->n_groups;
    view->rows = mem_alloc(most * sizeof *view->rows);
    view->values = mem_alloc((n + 1) * sizeof *view->values);
    view->against = mem_alloc((n + 1) * sizeof *view->against);
    for (size_t i = 0; i < n; i++)
        view->values[i] = view->against[i] = (double)NAN;
    if (view->analysis)
        add_model(view, view->analysis);
    if (view->pinned)
        add_model(view, view->pinned);
    if (view->table)
        add_methods(view);
    choose_base(view);
    for (size_t i = 0; view->base < view->n_rows && i < view->n_rows * view->n_groups; i++)
        view->against[i] = view->values[view->base * view->n_groups + i % view->n_groups];
    make_heat(view, scale);
    make_columns(view);
    keep_state(view, cursor);
    free(cursor);
    view->listing.columns = view->columns;
    view->listing.n_rows = view->n_rows;
    view->listing.rows = view;
    view->listing.cell = cell_of;
    view->listing.id = id_of;
    view->listing.draw = compare_draw_cell;
    view->listing.by_cell = true;
    view->listing.empty = "no row is like that: F shows all";
}
