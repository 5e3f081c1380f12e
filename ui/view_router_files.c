/* Copies, files and explanations of what the view of the router shows. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "corpus/corpus.h"
#include "ui/plot.h"
#include "ui/view_router_inside.h"

/* ROWS_MOST: rows of a picture of the list, from the cursor's page on. */
enum { ROWS_MOST = 60 };

/* ---- tables ---- */

/* "a12 a13" into out: the pairs of a row as the corpus calls them, or by number. */
static void add_ids(const struct router_list *list, const struct router_row *row,
                    struct text *out)
{
    const struct analysis *analysis = list->analysis;
    for (uint32_t i = 0; i < row->n; i++) {
        uint32_t pair = analysis->pairs[list->members[row->first + i]];
        const char *id = analysis->corpus ? analysis->corpus->corpus.pairs[pair].id : NULL;
        text_add(out, i ? " " : "");
        if (id)
            text_add(out, id);
        else
            text_printf(out, "%u", pair + 1);
    }
}

static void add_row(const struct router_list *list, size_t row, struct table *table)
{
    struct text ids = {0};
    table_row(table);
    for (size_t c = 0; c < list->n_columns; c++) {
        if (list->kinds[c] == ROUTER_BARS || listing_is_hidden(&list->state, c))
            continue;
        struct cell cell = list->listing.cell(list, row, c);
        if (list->columns[c].type == COLUMN_TEXT)
            table_text(table, cell.text);
        else
            table_number(table, cell.value);
    }
    add_ids(list, &list->rows[row], &ids);
    table_text(table, ids.bytes);
    text_done(&ids);
}

static void add_columns(const struct router_list *list, struct table *table)
{
    for (size_t c = 0; c < list->n_columns; c++)
        if (list->kinds[c] != ROUTER_BARS && !listing_is_hidden(&list->state, c))
            table_column(table, list->columns[c].name, list->columns[c].type,
                         list->columns[c].type == COLUMN_TEXT ||
                                 list->columns[c].type == COLUMN_COUNT
                             ? 0
                             : 3,
                         list->kinds[c] == ROUTER_ENTROPY ? "nats" : NULL);
    table_column(table, "ids", COLUMN_TEXT, 0, NULL);
}

/* The list comes first: it is what a file of one table has. */
static void report_list(const struct router_list *list, struct report *report)
{
    struct table *table = report_table(report, "prompts", "router's weights by prompt");
    add_columns(list, table);
    for (size_t i = 0; i < list->state.n_shown; i++) {
        add_row(list, list->state.order[i], table);
        if (router_is_marked(list, list->state.order[i]))
            table_mark(table, "marked");
    }
    if (!router_count_marked(list))
        return;
    table = report_table(report, "marked", "marked prompts");
    add_columns(list, table);
    for (size_t r = 0; r < list->n_rows; r++)
        if (router_is_marked(list, r))
            add_row(list, r, table);
}

void router_report(void *self, const struct snapshot *snapshot, struct report *report)
{
    struct router_view *view = self;
    const struct router_list *list = &view->list;
    if (!list->analysis)
        return;
    if (view->pairs.is_open) {
        heads_pairs_report(&view->pairs, report);
        return;
    }
    router_detail_update(&view->detail, list, snapshot);
    report_text(report, "split", split_name(list->analysis->split));
    report_text(report, "routing", routing_names[list->routing]);
    report_count(report, "marks", router_count_marked(list), NULL);
    report_list(list, report);
    router_bars_report(&view->load, "load", "load of each head", report);
    if (!view->detail.row)
        return;
    char title[64];
    snprintf(title, sizeof title, "weights of prompt %u",
             router_number(list, view->detail.row));
    router_bars_report(&view->detail.bars, "weights", title, report);
    if (view->detail.source != SOURCE_NONE)
        report_text(report, "context", view->detail.context.bytes);
}

/* The small bars are copied as the weights that they show. */
static void copy_bars(const struct router_list *list, const struct router_row *row,
                      struct text *out)
{
    double *weights = mem_alloc(list->n_heads * sizeof *weights);
    router_weights(list, row, weights);
    for (size_t k = 0; k < list->n_heads; k++)
        text_printf(out, "%s%.4f", k ? "\t" : "", weights[k]);
    free(weights);
}

bool router_copy_cell(void *self, const struct snapshot *snapshot, struct text *out)
{
    struct router_view *view = self;
    struct router_list *list = &view->list;
    const struct listing *listing = &list->listing;
    const struct listing_state *state = &list->state;
    if (!list->analysis)
        return false;
    router_detail_update(&view->detail, list, snapshot);
    if (view->pairs.is_open) {
        listing = &view->pairs.listing;
        state = &view->pairs.state;
    } else if (view->focus == PANE_WEIGHTS || view->focus == PANE_LOAD) {
        const struct router_bars *bars =
            view->focus == PANE_LOAD ? &view->load : &view->detail.bars;
        listing = &bars->listing;
        state = &bars->state;
    } else if (view->focus == PANE_TEXT) {
        const char *text =
            view->detail.row ? router_text(list, view->detail.row, HEADS_PROMPT) : NULL;
        text_add(out, text ? text : "");
        return text != NULL;
    }
    size_t row = listing_row(listing, state);
    if (row >= listing->n_rows)
        return false;
    if (listing == &list->listing && list->kinds[state->column] == ROUTER_BARS)
        copy_bars(list, &list->rows[row], out);
    else
        listing_add_cell(listing, state, row, state->column, out);
    return true;
}

/* ---- pictures ---- */

static void draw_bars(const struct router_bars *bars, const char *title,
                      const struct look *look, struct text *svg)
{
    size_t K = bars->n_heads, n = bars->has_with ? 2 : 1;
    const char **rows = mem_alloc(K * n * sizeof *rows);
    double *values = mem_alloc(K * n * sizeof *values);
    char(*names)[48] = mem_alloc(K * n * sizeof *names);
    struct chart_colors colors;
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < n; j++) {
            size_t head = bars->state.order[i], at = i * n + j;
            snprintf(names[at], sizeof names[at], "%s%s", bars->names[head],
                     j ? " with context" : "");
            rows[at] = names[at];
            values[at] = bars->values[j][head];
        }
    struct chart_bars chart = {.title = title,
                               .labels = rows,
                               .values = values,
                               .n = K * n,
                               .least = (double)NAN,
                               .most = (double)NAN,
                               .decimals = 3};
    plot_colors(look, &colors);
    chart_svg_bars(&chart, &colors, 0, 0, svg);
    free(rows);
    free(values);
    free(names);
}

/* Rows by heads, those that are in view and what follows. */
static void draw_list(const struct router_list *list, const struct look *look,
                      struct text *svg)
{
    size_t first = list->state.shown_top, K = list->n_heads;
    size_t left = list->state.n_shown - first, n = left < ROWS_MOST ? left : ROWS_MOST;
    const char **rows = mem_alloc((n + 1) * sizeof *rows);
    const char **columns = mem_alloc(K * sizeof *columns);
    double *values = mem_alloc((n * K + 1) * sizeof *values);
    char(*names)[16] = mem_alloc((n + 1) * sizeof *names);
    for (size_t k = 0; k < K; k++)
        columns[k] = list->columns[list->first_head + k].name;
    for (size_t i = 0; i < n; i++) {
        const struct router_row *row = &list->rows[list->state.order[first + i]];
        snprintf(names[i], sizeof names[i], "%u", router_number(list, row));
        rows[i] = names[i];
        router_weights(list, row, values + i * K);
    }
    struct heat heat = {.values = values,
                        .rows = n,
                        .columns = K,
                        .includes = (double)NAN,
                        .least = 0,
                        .most = list->most,
                        .decimals = 2,
                        .no_zero = true};
    const struct heat_labels labels = {.title = "router's weights by prompt",
                                       .corner = list->columns[0].name,
                                       .rows = rows,
                                       .columns = columns};
    heat_measure(&heat);
    for (size_t k = 0; k < K; k++)
        heat.best[k] = n; /* a head is no better for a large weight */
    heat_svg(&heat, &labels, look, svg);
    heat_done(&heat);
    free(rows);
    free(columns);
    free(values);
    free(names);
}

bool router_picture(void *self, const struct snapshot *snapshot, const struct look *look,
                    struct text *svg)
{
    struct router_view *view = self;
    char title[64];
    if (!view->list.analysis || view->pairs.is_open)
        return false;
    router_detail_update(&view->detail, &view->list, snapshot);
    if (view->focus == PANE_LOAD) {
        draw_bars(&view->load, "load of each head", look, svg);
    } else if (view->focus == PANE_LIST && view->list.state.n_shown) {
        draw_list(&view->list, look, svg);
    } else if (view->detail.row) {
        snprintf(title, sizeof title, "weights of prompt %u",
                 router_number(&view->list, view->detail.row));
        draw_bars(&view->detail.bars, title, look, svg);
    } else {
        return false;
    }
    return true;
}

/* ---- explanations ---- */

/* An analysis speaks of pairs; here a prompt is meant, whichever of its pairs was asked for. */
static void call_prompt(const struct router_list *list, const struct router_row *row,
                        const char *what, struct explanation *out)
{
    if (list->analysis->prompts[row->prompt].row >= 0)
        snprintf(out->what, sizeof out->what, "%s for prompt %u%s", what,
                 router_number(list, row),
                 list->routing == ROUTE_CONTEXT && row->context >= 0 ? " with its context"
                                                                     : "");
}

static void explain_weight(const struct router_list *list, const struct router_row *row,
                           size_t head, struct explanation *out)
{
    char what[64];
    analysis_explain_weight(list->analysis, list->routing, head, list->members[row->first],
                            out);
    snprintf(what, sizeof what, "weight of h%zu", head + 1);
    call_prompt(list, row, what, out);
}

static void explain_right(const struct router_list *list, const struct router_row *row,
                          struct explanation *out)
{
    uint32_t right = router_count_right(list, row);
    *out = (struct explanation){.equation = "E7",
                                .value = (double)right / row->n,
                                .n = row->n,
                                .interval = {(double)NAN, (double)NAN}};
    snprintf(out->what, sizeof out->what, "accuracy of the mixture on %u pairs", row->n);
    call_prompt(list, row, "accuracy of the mixture", out);
    snprintf(out->definition, sizeof out->definition,
             "the share of the row's pairs that the mixture decides as the annotator did");
    snprintf(out->formula, sizeof out->formula, "right / pairs");
    snprintf(out->values, sizeof out->values, "%u / %u", right, row->n);
}

static bool explain_list(const struct router_list *list, struct explanation *out)
{
    const struct router_row *row = router_list_at(list);
    size_t column = list->state.column, head = router_column_head(list, column), top = 0;
    if (!row)
        return false;
    enum router_column kind = list->kinds[column];
    double *weights = mem_alloc(list->n_heads * sizeof *weights);
    router_weights(list, row, weights);
    for (size_t k = 1; k < list->n_heads; k++)
        top = weights[k] > weights[top] ? k : top;
    free(weights);
    if (kind == ROUTER_ENTROPY) {
        analysis_explain_entropy(list->analysis, list->routing, list->members[row->first],
                                 out);
        call_prompt(list, row, "entropy of the router's weights", out);
    } else if (kind == ROUTER_RIGHT || kind == ROUTER_PAIRS) {
        explain_right(list, row, out);
    } else {
        explain_weight(list, row, head == SIZE_MAX ? top : head, out);
    }
    return true;
}

/* With a context of the lab's there is no pair that an analysis could speak of. */
static void explain_lab(const struct router_view *view, size_t at, struct explanation *out)
{
    const struct router_bars *bars = &view->detail.bars;
    size_t K = bars->n_heads;
    bool is_entropy = at == K + 1;
    *out = (struct explanation){.equation = is_entropy ? "E10" : "E4",
                                .value = bars->values[1][at],
                                .interval = {(double)NAN, (double)NAN}};
    snprintf(out->what, sizeof out->what, "%s%s for prompt %u with the lab's context",
             is_entropy ? "entropy of the router's weights" : "weight of ",
             is_entropy ? "" : bars->names[at],
             router_number(&view->list, view->detail.row));
    snprintf(out->definition, sizeof out->definition,
             is_entropy ? "how evenly the weights are spread, in nats"
                        : "the share that the router gives the head when it reads the "
                          "prompt's row with what the typed context adds to it");
    snprintf(out->formula, sizeof out->formula,
             is_entropy ? "-sum_k f_k log f_k" : "f_k = exp(z_k) / sum_j exp(z_j)");
    if (is_entropy)
        snprintf(out->values, sizeof out->values, "as if %.1f heads shared evenly",
                 exp(out->value));
    else
        snprintf(out->values, sizeof out->values, "exp(%.3f); without context %.4f",
                 log(out->value), bars->values[0][at]);
}

static bool explain_detail(const struct router_view *view, struct explanation *out)
{
    const struct router_detail *detail = &view->detail;
    const struct router_bars *bars = &detail->bars;
    const struct router_list *list = &view->list;
    size_t K = bars->n_heads, column = bars->state.column;
    size_t at = detail->row ? listing_row(&bars->listing, &bars->state) : SIZE_MAX;
    if (at >= K + 2 || at == K)
        return false;
    bool is_with = column == BARS_WITH || column == BARS_DIFFERENCE;
    if (is_with && detail->source == SOURCE_LAB) {
        explain_lab(view, at, out);
        return true;
    }
    enum routing routing = is_with ? ROUTE_CONTEXT : ROUTE_PROMPT;
    size_t position = is_with ? detail->position : list->members[detail->row->first];
    char what[64] = "entropy of the router's weights";
    if (at == K + 1)
        analysis_explain_entropy(list->analysis, routing, position, out);
    else
        analysis_explain_weight(list->analysis, routing, at, position, out);
    if (at < K)
        snprintf(what, sizeof what, "weight of %s", bars->names[at]);
    if (!is_with) /* else the pair says which context */
        call_prompt(list, detail->row, what, out);
    return true;
}

static bool explain_load(const struct router_view *view, struct explanation *out)
{
    const struct router_bars *bars = &view->load;
    size_t at = listing_row(&bars->listing, &bars->state), column = bars->state.column;
    enum routing routing =
        column == BARS_WITH || column == BARS_DIFFERENCE ? ROUTE_CONTEXT : ROUTE_PROMPT;
    if (at >= bars->n_heads + 2 || at == bars->n_heads)
        return false;
    if (at == bars->n_heads + 1)
        analysis_explain_entropy(view->list.analysis, routing, SIZE_MAX, out);
    else
        analysis_explain_weight(view->list.analysis, routing, at, SIZE_MAX, out);
    return true;
}

static bool explain_pairs(const struct heads_pairs *pairs, struct explanation *out)
{
    size_t position = heads_pairs_at(pairs);
    if (position == SIZE_MAX)
        return false;
    analysis_explain_probability(pairs->analysis, pairs->routing, position, out);
    return true;
}

bool router_explain(void *self, const struct snapshot *snapshot, struct text *out)
{
    struct router_view *view = self;
    struct explanation explanation;
    bool is_there = false;
    if (!view->list.analysis)
        return false;
    router_detail_update(&view->detail, &view->list, snapshot);
    if (view->pairs.is_open)
        is_there = explain_pairs(&view->pairs, &explanation);
    else if (view->focus == PANE_LIST)
        is_there = explain_list(&view->list, &explanation);
    else if (view->focus == PANE_WEIGHTS)
        is_there = explain_detail(view, &explanation);
    else if (view->focus == PANE_LOAD)
        is_there = explain_load(view, &explanation);
    if (is_there)
        explained_add(&explanation, out);
    return is_there;
}
