/* The page of one head: what it looks at, its attributes, the heads like it, its surest pairs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/ranked.h"
#include "ui/moving.h"
#include "ui/plot.h"
#include "ui/view_heads_inside.h"

/* ---- columns ---- */

static const struct listing_column feature_columns[] = {
    {.name = "feature", .type = COLUMN_TEXT, .width = 14, .stretch = true},
    {.name = "weight", .type = COLUMN_REAL, .decimals = 3, .width = 8},
    {.name = "bar",
     .title = "",
     .type = COLUMN_REAL,
     .width = 6,
     .stretch = true,
     .unsorted = true},
};

static const struct listing_column attribute_columns[] = {
    {.name = "attribute", .type = COLUMN_TEXT, .width = 10, .stretch = true},
    {.name = "accuracy", .title = "acc.", .type = COLUMN_SHARE, .decimals = 2, .width = 6},
    {.name = "interval",
     .title = "95 %",
     .type = COLUMN_INTERVAL,
     .decimals = 2,
     .width = 11},
    {.name = "pairs", .type = COLUMN_COUNT, .width = 6},
};

static const struct listing_column other_columns[] = {
    {.name = "head", .type = COLUMN_TEXT, .width = 5},
    {.name = "correlation",
     .title = "corr.",
     .type = COLUMN_REAL,
     .decimals = 2,
     .width = 6},
    {.name = "bar",
     .title = "",
     .type = COLUMN_REAL,
     .width = 6,
     .stretch = true,
     .unsorted = true},
    {.name = "load", .type = COLUMN_SHARE, .decimals = 2, .width = 5},
};

static const struct listing_column surest_columns[] = {
    {.name = "pair", .type = COLUMN_COUNT, .width = 7},
    {.name = "margin", .type = COLUMN_REAL, .decimals = 2, .width = 8},
    {.name = "verdict", .type = COLUMN_TEXT, .width = 7},
    {.name = "attribute", .type = COLUMN_TEXT, .most = 16},
    {.name = "prompt", .type = COLUMN_TEXT, .width = 12, .stretch = true},
};

/* ---- cells ---- */

static const struct cell no_cell = {NULL, (double)NAN, (double)NAN};

static double weight_of(const struct heads_page *page, size_t feature)
{
    const struct model *model = &page->analysis->model->model;
    return (double)model->heads[page->head * model->shape.response_width + feature];
}

static struct cell feature_cell(const void *rows, size_t row, size_t column)
{
    const struct heads_page *page = rows;
    struct cell cell = no_cell;
    if (column == 0)
        cell.text = page->names[row];
    else
        cell.value = weight_of(page, page->analysis->heads[page->head].features[row]);
    return cell;
}

static const struct evaluation *evaluation_of(const struct heads_page *page)
{
    return analysis_evaluation(page->analysis, page->table->routing);
}

static struct cell attribute_cell(const void *rows, size_t row, size_t column)
{
    const struct heads_page *page = rows;
    const struct evaluation *evaluation = evaluation_of(page);
    size_t attribute = page->attributes[row];
    const struct evaluated_cell *of = &evaluation->rows[page->head].cells[attribute];
    struct cell cell = no_cell;
    if (column == 0)
        cell.text = evaluation->attributes[attribute];
    else if (column == 1)
        cell.value = of->accuracy;
    else if (column == 2)
        cell = (struct cell){NULL, of->interval.low, of->interval.high};
    else
        cell.value = (double)evaluation->attribute_pairs[attribute];
    return cell;
}

static struct cell other_cell(const void *rows, size_t row, size_t column)
{
    const struct heads_page *page = rows;
    size_t other = page->analysis->heads[page->head].others[row];
    struct cell cell = no_cell;
    if (column == 0)
        cell.text = page->table->names[other];
    else if (column == 3)
        cell.value = evaluation_of(page)->rows[other].load;
    else
        cell.value = correlation_at(&page->analysis->correlation[STATISTIC_MARGIN],
                                    page->head, other);
    return cell;
}

/* First those that are right, surest first; then those that are wrong, surest first. */
static uint32_t surest_position(const struct heads_page *page, size_t row)
{
    const struct head_surest *surest = &page->analysis->heads[page->head].surest;
    return row < surest->n_right ? surest->right[row]
                                 : surest->wrong[row - surest->n_right];
}

static struct cell surest_cell(const void *rows, size_t row, size_t column)
{
    const struct heads_page *page = rows;
    const struct analysis *analysis = page->analysis;
    uint32_t position = surest_position(page, row);
    double margin = analysis_surety(analysis, ROUTE_PROMPT, page->head, position);
    struct cell cell = no_cell;
    if (column == 0)
        cell.value = (double)analysis->pairs[position] + 1;
    else if (column == 1)
        cell.value = margin;
    else if (column == 2)
        cell.text = margin > 0 ? "right" : "wrong";
    else if (column == 3)
        cell.text = evaluation_of(page)->attributes[analysis->column[position]];
    else
        cell.text = heads_text(analysis, position, HEADS_PROMPT);
    return cell;
}

/* ---- cells that are drawn ---- */

static void draw_signed(const struct pen *pen, double value, double most)
{
    pen_bar(pen, 0, 0, pen->box.columns, most > 0 ? fabs(value) / most : 0,
            pen->styles[value < 0 ? STYLE_WORSE : STYLE_BETTER]);
}

static bool draw_feature(const void *rows, const struct pen *pen, size_t row, size_t column,
                         bool cursor)
{
    const struct heads_page *page = rows;
    const uint32_t *features = page->analysis->heads[page->head].features;
    (void)cursor;
    if (column == 1)
        pen_printf(pen, 0, pen->box.columns - 7, pen->styles[STYLE_TEXT], "%+7.3f",
                   weight_of(page, features[row]));
    if (column == 2)
        draw_signed(pen, weight_of(page, features[row]),
                    fabs(weight_of(page, features[0])));
    return column > 0;
}

static bool draw_other(const void *rows, const struct pen *pen, size_t row, size_t column,
                       bool cursor)
{
    (void)cursor;
    double value = other_cell(rows, row, 1).value;
    if (column == 1)
        pen_printf(pen, 0, pen->box.columns - 5, pen->styles[STYLE_TEXT], "%+.2f", value);
    if (column == 2)
        draw_signed(pen, value, 1);
    return column == 1 || column == 2;
}

/* As in the table: a star where no head is better, ~ where the interval holds 0.5. */
static bool draw_attribute(const void *rows, const struct pen *pen, size_t row,
                           size_t column, bool cursor)
{
    const struct heads_page *page = rows;
    const struct heads_table *table = page->table;
    (void)cursor;
    if (column != 1 || !table->evaluation)
        return false;
    struct heat heat = table->heat;
    heat.decimals = 2;
    heat.base = NULL;
    heat_draw(&heat, pen, 0, 0, pen->box.columns, page->head, page->attributes[row], false);
    return true;
}

static bool is_marked(const void *rows, size_t row)
{
    const struct heads_page *page = rows;
    const struct analysis *analysis = page->analysis;
    int32_t prompt = analysis->features->features
                         .pair_prompt[analysis->pairs[surest_position(page, row)]];
    return prompt >= 0 && page->marks && state_is_marked(page->marks, (uint32_t)prompt);
}

/* ---- opening and closing ---- */

void heads_page_close(struct heads_page *page)
{
    for (int p = 0; p < N_HEADS_PANES; p++)
        listing_done(&page->states[p]);
    analysis_unref(page->analysis);
    arena_done(&page->texts);
    free(page->names);
    free(page->attributes);
    *page = (struct heads_page){0};
}

static void rank_attributes(struct heads_page *page)
{
    const struct evaluation *evaluation = evaluation_of(page);
    struct ranked *ranked = mem_alloc((evaluation->n_attributes + 1) * sizeof *ranked);
    for (size_t a = 0; a < evaluation->n_attributes; a++)
        if (evaluation->attribute_pairs[a])
            ranked[page->n_attributes++] =
                (struct ranked){evaluation->rows[page->head].cells[a].accuracy, a};
    qsort(ranked, page->n_attributes, sizeof *ranked, ranked_falling);
    page->attributes = mem_alloc((page->n_attributes + 1) * sizeof *page->attributes);
    for (size_t i = 0; i < page->n_attributes; i++)
        page->attributes[i] = (uint32_t)ranked[i].index;
    free(ranked);
}

static void name_features(struct heads_page *page)
{
    size_t D = page->analysis->model->model.shape.response_width;
    struct text name = {0};
    page->names = mem_alloc((D + 1) * sizeof *page->names);
    for (size_t i = 0; i < D; i++) {
        text_clear(&name);
        heads_add_feature(page->analysis, page->analysis->heads[page->head].features[i],
                          &name);
        page->names[i] = arena_copy(&page->texts, name.bytes, name.length);
    }
    text_done(&name);
}

static void make_listings(struct heads_page *page)
{
#define COLUMNS(of) .columns = of, .n_columns = sizeof of / sizeof *of, .rows = page
    const struct head_surest *surest = &page->analysis->heads[page->head].surest;
    size_t K = page->analysis->n_heads;
    page->listings[HEADS_FEATURES] =
        (struct listing){COLUMNS(feature_columns),
                         .n_rows = page->analysis->model->model.shape.response_width,
                         .cell = feature_cell, .draw = draw_feature};
    page->listings[HEADS_ATTRIBUTES] =
        (struct listing){COLUMNS(attribute_columns), .n_rows = page->n_attributes,
                         .cell = attribute_cell, .draw = draw_attribute};
    page->listings[HEADS_OTHERS] =
        (struct listing){COLUMNS(other_columns), .n_rows = K - 1, .cell = other_cell,
                         .draw = draw_other, .empty = "it is the only head"};
    page->listings[HEADS_SUREST] = (struct listing){
        COLUMNS(surest_columns), .n_rows = surest->n_right + surest->n_wrong,
        .cell = surest_cell, .is_marked = is_marked};
#undef COLUMNS
    page->states[HEADS_SUREST].hidden[4] = !page->analysis->corpus;
    for (int p = 0; p < N_HEADS_PANES; p++)
        listing_refresh(&page->listings[p], &page->states[p]);
}

bool heads_page_open(struct heads_page *page, const struct heads_table *table, size_t head)
{
    if (table->stage < ANALYSIS_HEADS || head >= table->n_heads)
        return false;
    enum heads_pane focus = page->is_open ? page->focus : HEADS_FEATURES;
    heads_page_close(page);
    page->is_open = true;
    page->table = table;
    page->analysis = analysis_ref(table->analysis);
    page->head = head;
    page->focus = focus;
    rank_attributes(page);
    name_features(page);
    make_listings(page);
    return true;
}

size_t heads_page_at(const struct heads_page *page)
{
    enum heads_pane pane = page->focus;
    const struct head_page *of = &page->analysis->heads[page->head];
    size_t row = listing_row(&page->listings[pane], &page->states[pane]);
    if (row >= page->listings[pane].n_rows)
        return SIZE_MAX;
    if (pane == HEADS_FEATURES)
        return of->features[row];
    if (pane == HEADS_ATTRIBUTES)
        return page->attributes[row];
    return pane == HEADS_OTHERS ? of->others[row] : surest_position(page, row);
}

/* ---- drawing ---- */

static void add_pane_title(const struct heads_page *page, enum heads_pane pane,
                           struct text *out)
{
    static const char *const titles[N_HEADS_PANES] = {
        [HEADS_FEATURES] = "what h%zu looks at",
        [HEADS_ATTRIBUTES] = "attributes it decides",
        [HEADS_OTHERS] = "most like .. most unlike it",
        [HEADS_SUREST] = "surest right, then surest wrong",
    };
    if (pane == HEADS_FEATURES)
        text_printf(out, "what h%zu looks at", page->head + 1);
    else
        text_add(out, titles[pane]);
}

static void draw_pane(struct heads_page *page, enum heads_pane pane, const struct pen *pen)
{
    struct text title = {0};
    bool focus = page->focus == pane;
    add_pane_title(page, pane, &title);
    const char *right = pane == HEADS_FEATURES && pen->box.columns > 50 &&
                                feature_names_missing(page->analysis->names)
                            ? "the features have only numbers"
                            : NULL;
    page->pens[pane] = pen_frame(pen, focus, title.bytes, right);
    listing_draw(&page->listings[pane], &page->states[pane], &page->pens[pane], focus);
    text_done(&title);
}

/* The text of the pair under the cursor of the last pane, where there is room. */
static void draw_surest(struct heads_page *page, const struct pen *pen)
{
    int rows = pen->box.rows, list = rows >= 16 ? rows / 2 : rows;
    struct pen top = pen_rows(pen, 0, list), below = pen_rows(pen, list, rows - list);
    draw_pane(page, HEADS_SUREST, &top);
    const struct listing_state *state = &page->states[HEADS_SUREST];
    size_t row = listing_row(&page->listings[HEADS_SUREST], state);
    if (list < rows && row < page->listings[HEADS_SUREST].n_rows)
        heads_draw_texts(page->analysis, surest_position(page, row), 0, &below, false);
}

void heads_page_draw(struct heads_page *page, const struct pen *pen)
{
    int rows = pen->box.rows, columns = pen->box.columns;
    for (int p = 0; p < N_HEADS_PANES; p++)
        page->pens[p] = (struct pen){0};
    if (rows < 14 || columns < 70) {
        draw_pane(page, page->focus, pen);
        return;
    }
    int half = columns / 2, high = rows * 3 / 5, most = (int)page->n_attributes + 3;
    struct pen top = pen_rows(pen, 0, high), bottom = pen_rows(pen, high, rows - high);
    struct pen left = pen_columns(&top, 0, half),
               right = pen_columns(&top, half, columns - half);
    int upper = high / 2 + 1 < most ? high / 2 + 1 : most;
    struct pen attributes = pen_rows(&right, 0, upper);
    struct pen others = pen_rows(&right, upper, high - upper);
    draw_pane(page, HEADS_FEATURES, &left);
    draw_pane(page, HEADS_ATTRIBUTES, &attributes);
    draw_pane(page, HEADS_OTHERS, &others);
    draw_surest(page, &bottom);
}

/* ---- what keys do ---- */

static bool turn_page(struct heads_page *page, bool on, struct answer *answer)
{
    size_t K = page->analysis->n_heads;
    size_t to = on ? page->head + 1 : page->head + K - 1;
    text_printf(&answer->say, "h%zu of %zu", to % K + 1, K);
    return heads_page_open(page, page->table, to % K);
}

static bool mark(const struct heads_page *page, struct answer *answer)
{
    size_t position = heads_page_at(page);
    if (page->focus != HEADS_SUREST || position == SIZE_MAX)
        return false;
    const struct analysis *analysis = page->analysis;
    int32_t prompt = analysis->features->features.pair_prompt[analysis->pairs[position]];
    if (prompt < 0)
        text_add(&answer->say, "these pairs have no prompts to mark");
    else
        text_printf(&answer->line, "mark %d", prompt + 1);
    return true;
}

bool heads_page_act(struct heads_page *page, const struct action *action,
                    struct answer *answer)
{
    const char *word = action->word;
    enum heads_pane pane = page->focus;
    if (action->kind == ACTION_GO && strcmp(word, "next-pane") == 0) {
        page->focus = (enum heads_pane)((pane + 1) % N_HEADS_PANES);
        return true;
    }
    if (action->kind == ACTION_GO && strcmp(word, "previous-pane") == 0) {
        page->focus = (enum heads_pane)((pane + N_HEADS_PANES - 1) % N_HEADS_PANES);
        return true;
    }
    if (action->kind == ACTION_DO && strcmp(word, "next-head") == 0)
        return turn_page(page, true, answer);
    if (action->kind == ACTION_DO && strcmp(word, "previous-head") == 0)
        return turn_page(page, false, answer);
    if (action->kind == ACTION_DO && strcmp(word, "mark") == 0)
        return mark(page, answer);
    return moving_act(&page->listings[pane], &page->states[pane], NULL, action, answer);
}

/* ---- files ---- */

static void report_pane(const struct heads_page *page, enum heads_pane pane,
                        struct report *report)
{
    static const char *const names[N_HEADS_PANES] = {"weights", "attributes", "others",
                                                     "surest"};
    const struct listing *listing = &page->listings[pane];
    const struct listing_state *state = &page->states[pane];
    struct text title = {0};
    add_pane_title(page, pane, &title);
    struct table *table = report_table(report, names[pane], title.bytes);
    text_done(&title);
    for (size_t c = 0; c < listing->n_columns; c++)
        if (!listing->columns[c].unsorted && !listing_is_hidden(state, c))
            table_column(table, listing->columns[c].name, listing->columns[c].type,
                         listing->columns[c].decimals, NULL);
    for (size_t i = 0; i < state->n_shown; i++) {
        table_row(table);
        for (size_t c = 0; c < listing->n_columns; c++) {
            if (listing->columns[c].unsorted || listing_is_hidden(state, c))
                continue;
            struct cell cell = listing->cell(page, state->order[i], c);
            if (listing->columns[c].type == COLUMN_TEXT)
                table_text(table, cell.text);
            else if (listing->columns[c].type == COLUMN_INTERVAL)
                table_interval(table, cell.value, cell.high);
            else
                table_number(table, cell.value);
        }
    }
}

void heads_page_report(const struct heads_page *page, struct report *report)
{
    report_count(report, "head", page->head + 1, NULL);
    report_text(report, "split", split_name(page->analysis->split));
    report_pane(page, page->focus, report); /* the first is the main one */
    for (int p = 0; p < N_HEADS_PANES; p++)
        if (p != (int)page->focus)
            report_pane(page, (enum heads_pane)p, report);
}

static void explain_other(const struct heads_page *page, size_t other,
                          struct explanation *out)
{
    const struct analysis *analysis = page->analysis;
    double value =
        correlation_at(&analysis->correlation[STATISTIC_MARGIN], page->head, other);
    *out = (struct explanation){.equation = "E16",
                                .value = value,
                                .n = analysis->n_pairs,
                                .interval = {(double)NAN, (double)NAN}};
    snprintf(out->what, sizeof out->what, "correlation of h%zu and h%zu, %s split",
             page->head + 1, other + 1, split_name(analysis->split));
    snprintf(out->definition, sizeof out->definition,
             "how alike their margins are over the pairs, each counted both ways round; a "
             "head that wants the opposite has -1");
    snprintf(out->formula, sizeof out->formula, "sum x_j x_k / sqrt(sum x_j^2 sum x_k^2)");
    snprintf(out->values, sizeof out->values, "%+.3f over %zu pairs", value,
             analysis->n_pairs);
}

bool heads_page_explain(const struct heads_page *page, struct text *out)
{
    struct explanation explanation;
    size_t at = heads_page_at(page);
    if (at == SIZE_MAX)
        return false;
    if (page->focus == HEADS_FEATURES)
        analysis_explain_feature(page->analysis, page->head, at, &explanation);
    else if (page->focus == HEADS_ATTRIBUTES)
        analysis_explain_cell(page->analysis, page->table->routing, page->head, at,
                              &explanation);
    else if (page->focus == HEADS_OTHERS)
        explain_other(page, at, &explanation);
    else
        heads_explain_margin(page->analysis, ROUTE_PROMPT, page->head, at, &explanation);
    explained_add(&explanation, out);
    return true;
}

void heads_page_picture(const struct heads_page *page, const struct look *look,
                        struct text *svg)
{
    enum { MOST = 24 };
    size_t D = page->analysis->model->model.shape.response_width, n = D < MOST ? D : MOST;
    double values[MOST];
    struct chart_colors colors;
    char title[64];
    for (size_t i = 0; i < n; i++)
        values[i] = weight_of(page, page->analysis->heads[page->head].features[i]);
    snprintf(title, sizeof title, "what h%zu looks at", page->head + 1);
    plot_colors(look, &colors);
    const struct chart_bars bars = {.title = title,
                                    .labels = page->names,
                                    .values = values,
                                    .n = n,
                                    .least = (double)NAN,
                                    .most = (double)NAN,
                                    .decimals = 2};
    chart_svg_bars(&bars, &colors, 0, 0, svg);
}
