/* Copies, files and explanations of what the view of heads shows. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/view_heads_inside.h"

/* ---- tables ---- */

static void add_column(const struct heads_table *table, size_t column, struct table *out)
{
    const struct listing_column *of = &table->columns[column];
    bool differs = table->base && heads_place(table, column) != SIZE_MAX;
    table_column(out, of->name, differs ? COLUMN_REAL : of->type,
                 of->type == COLUMN_SHARE ? 3 : of->decimals, NULL);
    if (of->title)
        table_title(out, of->title);
}

static void report_table_of_heads(const struct heads_table *table, struct report *report)
{
    struct table *out = report_table(report, "heads",
                                     table->base ? "accuracy less that of the pinned model"
                                                 : "accuracy of each head by attribute");
    for (size_t c = 0; c < table->n_columns; c++)
        if (!listing_is_hidden(&table->state, c))
            add_column(table, c, out);
    for (size_t i = 0; i < table->state.n_shown; i++) {
        size_t row = table->state.order[i];
        table_row(out);
        for (size_t c = 0; c < table->n_columns; c++) {
            if (listing_is_hidden(&table->state, c))
                continue;
            struct cell cell = table->listing.cell(table, row, c);
            if (table->columns[c].type == COLUMN_TEXT)
                table_text(out, cell.text);
            else if (table->columns[c].type == COLUMN_INTERVAL)
                table_interval(out, cell.value, cell.high);
            else
                table_number(out, cell.value);
        }
        if (table->evaluation->rows[row].predictor == PREDICTOR_ORACLE)
            table_mark(out, "oracle");
    }
}

void heads_report(void *self, const struct snapshot *snapshot, struct report *report)
{
    const struct heads_view *view = self;
    const struct heads_table *table = &view->table;
    (void)snapshot;
    if (!table->evaluation)
        return;
    if (view->pairs.is_open) {
        heads_pairs_report(&view->pairs, report);
        return;
    }
    if (view->page.is_open) {
        heads_page_report(&view->page, report);
        return;
    }
    report_text(report, "split", split_name(table->analysis->split));
    report_text(report, "routing", routing_names[table->routing]);
    report_text(report, "scale", heat_scale_name(table->scale));
    report_count(report, "pairs", table->evaluation->n_pairs, NULL);
    report_table_of_heads(table, report);
}

bool heads_copy_cell(void *self, const struct snapshot *snapshot, struct text *out)
{
    struct heads_view *view = self;
    const struct listing *listing = &view->table.listing;
    const struct listing_state *state = &view->table.state;
    (void)snapshot;
    if (view->pairs.is_open) {
        listing = &view->pairs.listing;
        state = &view->pairs.state;
    } else if (view->page.is_open) {
        listing = &view->page.listings[view->page.focus];
        state = &view->page.states[view->page.focus];
    }
    size_t row = listing->n_columns ? listing_row(listing, state) : SIZE_MAX;
    if (row >= listing->n_rows)
        return false;
    listing_add_cell(listing, state, row, state->column, out);
    return true;
}

/* ---- pictures ---- */

/* The heads as they are ordered and filtered, and the columns that are not hidden. */
static void draw_picture(const struct heads_table *table, const struct look *look,
                         struct text *svg)
{
    size_t n = 0, m = 0, most = table->n_heads * table->n_places;
    const char **rows = mem_alloc((table->n_rows + 1) * sizeof *rows);
    const char **columns = mem_alloc((table->n_places + 1) * sizeof *columns);
    double *values = mem_alloc(4 * (most + 1) * sizeof *values);
    double *low = values + most, *high = low + most, *base = high + most;
    for (size_t place = 0; place < table->n_places; place++)
        if (!listing_is_hidden(&table->state, heads_column(table, place)))
            columns[m++] = table->columns[heads_column(table, place)].name;
    for (size_t i = 0, at = 0; i < table->state.n_shown; i++) {
        size_t row = table->state.order[i];
        if (row >= table->n_heads)
            continue;
        rows[n++] = table->names[row];
        for (size_t place = 0; place < table->n_places; place++) {
            size_t from = row * table->n_places + place;
            if (listing_is_hidden(&table->state, heads_column(table, place)))
                continue;
            values[at] = table->values[from];
            low[at] = table->low[from];
            high[at] = table->high[from];
            base[at++] = table->base ? table->base[from] : 0;
        }
    }
    struct heat heat = table->heat;
    heat.values = values;
    heat.low = low;
    heat.high = high;
    heat.base = table->base ? base : NULL;
    heat.rows = n;
    heat.columns = m;
    heat.column_least = NULL;
    heat.best = NULL;
    heat_measure(&heat);
    const struct heat_labels labels = {"accuracy of each head by attribute", "head", rows,
                                       columns};
    heat_svg(&heat, &labels, look, svg);
    heat_done(&heat);
    free(rows);
    free(columns);
    free(values);
}

bool heads_picture(void *self, const struct snapshot *snapshot, const struct look *look,
                   struct text *svg)
{
    const struct heads_view *view = self;
    (void)snapshot;
    if (!view->table.evaluation || view->pairs.is_open)
        return false;
    if (view->page.is_open)
        heads_page_picture(&view->page, look, svg);
    else
        draw_picture(&view->table, look, svg);
    return true;
}

/* ---- explanations ---- */

void heads_explain_margin(const struct analysis *analysis, enum routing routing, size_t row,
                          size_t position, struct explanation *out)
{
    const struct evaluated_row *of = &analysis_evaluation(analysis, routing)->rows[row];
    bool mixes = of->predictor == PREDICTOR_MIXTURE;
    double surety = analysis_surety(analysis, routing, row, position);
    *out = (struct explanation){.equation = mixes ? "E6" : "E1",
                                .value = surety,
                                .n = 1,
                                .interval = {(double)NAN, (double)NAN}};
    snprintf(out->what, sizeof out->what, "margin on pair %u",
             analysis->pairs[position] + 1);
    snprintf(out->definition, sizeof out->definition,
             mixes ? "how surely the mixture says that the chosen response is better, as "
                     "log odds; above 0 it is right"
                   : "reward of the chosen response less that of the rejected one; above 0 "
                     "it is right");
    snprintf(out->formula, sizeof out->formula,
             mixes ? "log P / (1 - P)" : "m = r(chosen) - r(rejected)");
    snprintf(out->values, sizeof out->values,
             "%+.3f, that is probability %.3f for the chosen response", surety,
             1 / (1 + exp(-surety)));
}

static bool explain_pairs(const struct heads_pairs *pairs, struct explanation *out)
{
    size_t position = heads_pairs_at(pairs);
    if (position == SIZE_MAX)
        return false;
    heads_explain_margin(pairs->analysis, pairs->routing, pairs->row, position, out);
    return true;
}

static bool explain_table(const struct heads_table *table, struct explanation *out)
{
    size_t row = listing_row(&table->listing, &table->state);
    size_t column = table->state.column, place = heads_place(table, column);
    if (row >= table->n_rows)
        return false;
    if (column == HEADS_LOAD && row >= table->n_heads)
        return false;
    if (column == HEADS_LOAD)
        analysis_explain_weight(table->analysis, table->routing, row, SIZE_MAX, out);
    else if (column + 1 == table->n_columns && row < table->n_heads &&
             table->stage >= ANALYSIS_HEADS)
        analysis_explain_feature(table->analysis, row,
                                 table->analysis->heads[row].features[0], out);
    else
        analysis_explain_cell(table->analysis, table->routing, row,
                              heads_attribute(table, place), out);
    return true;
}

bool heads_explain(void *self, const struct snapshot *snapshot, struct text *out)
{
    const struct heads_view *view = self;
    struct explanation explanation;
    (void)snapshot;
    if (!view->table.evaluation)
        return false;
    if (!view->pairs.is_open && view->page.is_open)
        return heads_page_explain(&view->page, out);
    bool is_there = view->pairs.is_open ? explain_pairs(&view->pairs, &explanation)
                                        : explain_table(&view->table, &explanation);
    if (is_there)
        explained_add(&explanation, out);
    return is_there;
}
