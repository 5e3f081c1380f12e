/* The list of prompts, or of prompts with their contexts, and the router's weights of each. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/cmd_display.h"
#include "ui/view_router_inside.h"

/* SPARK_MOST: small bars of a row; with more heads each stands for the largest of several. */
enum { SPARK_MOST = 20, ATTRIBUTE_MOST = 12, GAP = 2 };

/* ---- rows ---- */

/* Numbers the rows of the list and says of each position which is its; returns how many. */
static size_t number_rows(const struct analysis *analysis, enum routing routing,
                          uint32_t *row_of)
{
    const struct features *features = &analysis->features->features;
    size_t n = 0, n_contexts = features->context.n_rows;
    /* Rows of the prompt in hand by context, from 1 on: those of prompts before are smaller. */
    uint32_t *known = mem_zero((n_contexts + 1) * sizeof *known);
    for (size_t p = 0; p < analysis->n_prompts; p++) {
        const struct analysis_prompt *prompt = &analysis->prompts[p];
        size_t begin = n, alone = SIZE_MAX;
        for (uint32_t i = 0; i < prompt->n; i++) {
            uint32_t position = analysis->prompt_pairs[prompt->first + i];
            int32_t context = routing == ROUTE_CONTEXT
                                  ? features->pair_context[analysis->pairs[position]]
                                  : -1;
            size_t row = context < 0              ? alone
                         : known[context] > begin ? known[context] - 1
                                                  : SIZE_MAX;
            if (row == SIZE_MAX)
                row = n++;
            if (context < 0)
                alone = row;
            else
                known[context] = (uint32_t)row + 1;
            row_of[position] = (uint32_t)row;
        }
    }
    free(known);
    return n;
}

static void fill_rows(struct router_list *list, const uint32_t *row_of)
{
    const struct analysis *analysis = list->analysis;
    const struct features *features = &analysis->features->features;
    for (size_t i = 0; i < analysis->n_pairs; i++)
        list->rows[row_of[i]].n++;
    for (size_t r = 1; r < list->n_rows; r++)
        list->rows[r].first = list->rows[r - 1].first + list->rows[r - 1].n;
    for (size_t r = 0; r < list->n_rows; r++)
        list->rows[r].n = 0;
    for (uint32_t i = 0; i < analysis->n_pairs; i++) {
        struct router_row *row = &list->rows[row_of[i]];
        row->prompt = analysis->pair_prompt[i];
        row->context = list->routing == ROUTE_CONTEXT
                           ? features->pair_context[analysis->pairs[i]]
                           : -1;
        list->members[row->first + row->n++] = i;
    }
}

/* Names of the attributes of each row's pairs, in the order in which they come. */
static void name_attributes(struct router_list *list)
{
    const struct analysis *analysis = list->analysis;
    const struct evaluation *evaluation = &analysis->plain[0];
    uint32_t *seen = mem_zero((evaluation->n_attributes + 1) * sizeof *seen);
    struct text text = {0};
    for (size_t r = 0; r < list->n_rows; r++) {
        struct router_row *row = &list->rows[r];
        text_clear(&text);
        row->attribute = NULL;
        for (uint32_t i = 0; i < row->n; i++) {
            uint32_t column = analysis->column[list->members[row->first + i]];
            if (seen[column] == r + 1)
                continue;
            seen[column] = (uint32_t)r + 1;
            if (row->attribute) { /* one alone need not be copied */
                text_add(&text, text.length ? "" : row->attribute);
                text_add(&text, ", ");
                text_add(&text, evaluation->attributes[column]);
            } else {
                row->attribute = evaluation->attributes[column];
            }
        }
        if (text.length)
            row->attribute = arena_copy(&list->texts, text.bytes, text.length);
    }
    text_done(&text);
    free(seen);
}

/* ---- what a row is made of ---- */

static uint32_t position_of(const struct router_list *list, const struct router_row *row)
{
    return list->members[row->first];
}

static struct analysis_route route_of(const struct router_list *list,
                                      const struct router_row *row)
{
    return list->routing == ROUTE_CONTEXT
               ? list->analysis->routes[1][position_of(list, row)]
               : list->analysis->prompts[row->prompt].route;
}

static double weight_of(const struct router_list *list, const struct router_row *row,
                        size_t head)
{
    const struct analysis *analysis = list->analysis;
    if (list->routing != ROUTE_CONTEXT)
        return (double)analysis->weights[row->prompt * list->n_heads + head];
    size_t at = position_of(list, row) * list->n_heads + head;
    return exp((double)analysis->predictions[1].log_weight[at]);
}

void router_weights(const struct router_list *list, const struct router_row *row,
                    double *out)
{
    analysis_pair_weights(list->analysis, list->routing, position_of(list, row), out);
}

uint32_t router_number(const struct router_list *list, const struct router_row *row)
{
    int32_t number = list->analysis->prompts[row->prompt].row;
    return number >= 0 ? (uint32_t)number + 1
                       : list->analysis->pairs[position_of(list, row)] + 1;
}

const char *router_text(const struct router_list *list, const struct router_row *row,
                        enum heads_part part)
{
    if (part == HEADS_CONTEXT && row->context < 0)
        return NULL;
    return heads_text(list->analysis, position_of(list, row), part);
}

uint32_t router_count_right(const struct router_list *list, const struct router_row *row)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < row->n; i++)
        n += analysis_surety(list->analysis, list->routing, list->mixture,
                             list->members[row->first + i]) > 0;
    return n;
}

bool router_is_marked(const struct router_list *list, size_t row)
{
    int32_t prompt = list->analysis->prompts[list->rows[row].prompt].row;
    return prompt >= 0 && list->marks && state_is_marked(list->marks, (uint32_t)prompt);
}

size_t router_count_marked(const struct router_list *list)
{
    size_t n = 0;
    for (size_t r = 0; r < list->n_rows && list->n_marked; r++)
        n += router_is_marked(list, r);
    return n;
}

/* ---- cells ---- */

size_t router_column_head(const struct router_list *list, size_t column)
{
    return list->kinds[column] == ROUTER_HEAD ? column - list->first_head : SIZE_MAX;
}

static struct cell cell_of(const void *rows, size_t at, size_t column)
{
    const struct router_list *list = rows;
    const struct router_row *row = &list->rows[at];
    struct cell cell = {NULL, (double)NAN, (double)NAN};
    switch (list->kinds[column]) {
    case ROUTER_ROW:
        cell.value = router_number(list, row);
        break;
    case ROUTER_ATTRIBUTE:
        cell.text = row->attribute;
        break;
    case ROUTER_TOP:
        cell.text = list->columns[list->first_head + route_of(list, row).top].name;
        break;
    case ROUTER_WEIGHT:
        cell.value = weight_of(list, row, route_of(list, row).top);
        break;
    case ROUTER_ENTROPY:
        cell.value = (double)route_of(list, row).entropy;
        break;
    case ROUTER_BARS:
        break;
    case ROUTER_CONTEXT:
        cell.text = router_text(list, row, HEADS_CONTEXT);
        break;
    case ROUTER_PROMPT:
        cell.text = router_text(list, row, HEADS_PROMPT);
        break;
    case ROUTER_HEAD:
        cell.value = weight_of(list, row, column - list->first_head);
        break;
    case ROUTER_PAIRS:
        cell.value = row->n;
        break;
    case ROUTER_RIGHT:
        cell.value = (double)router_count_right(list, row) / row->n;
        break;
    case ROUTER_MARKED:
        cell.text = router_is_marked(list, at) ? "yes" : "no";
        break;
    }
    return cell;
}

/* How many heads a small bar stands for. */
static size_t heads_per_bar(size_t K)
{
    return (K + SPARK_MOST - 1) / SPARK_MOST;
}

static size_t n_bars(size_t K)
{
    return K ? (K + heads_per_bar(K) - 1) / heads_per_bar(K) : 0;
}

static bool draw_cell(const void *rows, const struct pen *pen, size_t at, size_t column,
                      bool cursor)
{
    const struct router_list *list = rows;
    double bars[SPARK_MOST] = {0};
    (void)cursor;
    if (list->kinds[column] != ROUTER_BARS)
        return false;
    for (size_t k = 0; k < list->n_heads; k++) {
        double *bar = &bars[k / heads_per_bar(list->n_heads)];
        *bar = fmax(*bar, weight_of(list, &list->rows[at], k));
    }
    pen_spark(pen, 0, 0, bars, n_bars(list->n_heads), 0, list->most,
              pen->styles[STYLE_BAR]);
    return true;
}

static uint64_t id_of(const void *rows, size_t at)
{
    const struct router_list *list = rows;
    const struct router_row *row = &list->rows[at];
    return ((uint64_t)row->prompt << 32) + (uint32_t)(row->context + 1);
}

static bool is_marked(const void *rows, size_t row)
{
    return router_is_marked(rows, row);
}

/* ---- columns ---- */

static void add_column(struct router_list *list, enum router_column kind,
                       struct listing_column column)
{
    list->kinds[list->n_columns] = kind;
    list->columns[list->n_columns++] = column;
}

/* As wide as its longest name, within bounds. */
static int attribute_width(const struct router_list *list)
{
    int width = 4;
    for (size_t r = 0; r < list->n_rows && width < ATTRIBUTE_MOST; r++) {
        const char *name = list->rows[r].attribute;
        int wide = (int)text_width(name, strlen(name));
        width = wide > width ? wide : width;
    }
    return width < ATTRIBUTE_MOST ? width : ATTRIBUTE_MOST;
}

/* Of the largest number, and of its heading with an arrow. */
static int number_width(const struct router_list *list)
{
    struct text text = {0};
    double most = 0;
    for (size_t r = 0; r < list->n_rows; r++)
        most = fmax(most, router_number(list, &list->rows[r]));
    table_add_number(&text, most, COLUMN_COUNT, 0);
    int width = (int)text.length;
    text_done(&text);
    return width < 4 ? 4 : width;
}

static void add_heads(struct router_list *list)
{
    list->first_head = list->n_columns;
    for (size_t k = 0; k < list->n_heads; k++) {
        char name[24];
        int length = snprintf(name, sizeof name, "h%zu", k + 1);
        add_column(
            list, ROUTER_HEAD,
            (struct listing_column){.name = arena_copy(&list->texts, name, (size_t)length),
                                    .type = COLUMN_SHARE,
                                    .decimals = 2,
                                    .width = length > 3 ? length + 1 : 5});
    }
}

static void make_columns(struct router_list *list)
{
    const struct analysis *analysis = list->analysis;
    size_t most = ROUTER_MARKED + 1 + list->n_heads;
    bool has_prompts = analysis->features->features.prompt.n_rows > 0;
    int bars = (int)n_bars(list->n_heads);
    list->columns = mem_zero(most * sizeof *list->columns);
    list->kinds = mem_zero(most * sizeof *list->kinds);
    list->n_columns = 0;
    add_column(list, ROUTER_ROW,
               (struct listing_column){.name = has_prompts ? "row" : "pair",
                                       .type = COLUMN_COUNT,
                                       .width = number_width(list)});
    add_column(list, ROUTER_TOP,
               (struct listing_column){.name = "top",
                                       .type = COLUMN_TEXT,
                                       .width = list->n_heads > 99 ? 5 : 4});
    add_column(list, ROUTER_WEIGHT,
               (struct listing_column){.name = "weight",
                                       .type = COLUMN_SHARE,
                                       .decimals = router_decimals(list->n_heads),
                                       .width = 7});
    add_column(list, ROUTER_ENTROPY,
               (struct listing_column){
                   .name = "entropy", .type = COLUMN_REAL, .decimals = 2, .width = 8});
    add_column(list, ROUTER_BARS,
               (struct listing_column){.name = "weights",
                                       .type = COLUMN_TEXT,
                                       .width = bars > 7 ? bars : 7,
                                       .unsorted = true});
    add_column(list, ROUTER_ATTRIBUTE,
               (struct listing_column){.name = "attribute",
                                       .type = COLUMN_TEXT,
                                       .width = attribute_width(list)});
    if (list->routing == ROUTE_CONTEXT && analysis->corpus)
        add_column(list, ROUTER_CONTEXT,
                   (struct listing_column){
                       .name = "context", .type = COLUMN_TEXT, .stretch = true});
    if (analysis->corpus)
        add_column(list, ROUTER_PROMPT,
                   (struct listing_column){
                       .name = "prompt", .type = COLUMN_TEXT, .stretch = true});
    add_heads(list);
    add_column(list, ROUTER_PAIRS,
               (struct listing_column){.name = "pairs", .type = COLUMN_COUNT, .width = 6});
    add_column(list, ROUTER_RIGHT,
               (struct listing_column){
                   .name = "right", .type = COLUMN_SHARE, .decimals = 2, .width = 6});
    add_column(list, ROUTER_MARKED,
               (struct listing_column){.name = "marked", .type = COLUMN_TEXT, .width = 7});
}

/* Texts take what the numbers before them leave; the heads stand behind them. */
static void fit_columns(struct router_list *list, int columns)
{
    enum { GUTTER = 2, LEAST = 14, MOST = 48 };
    int rest = columns - GUTTER, texts = 0;
    for (size_t c = 0; c < list->first_head; c++) {
        bool is_text = list->kinds[c] == ROUTER_CONTEXT || list->kinds[c] == ROUTER_PROMPT;
        texts += is_text && !listing_is_hidden(&list->state, c);
        if (!is_text && !listing_is_hidden(&list->state, c))
            rest -= list->columns[c].width + GAP;
    }
    int width = texts ? (rest - GAP * (texts - 1)) / texts : 0;
    width = width < LEAST ? LEAST : width > MOST ? MOST : width;
    for (size_t c = 0; c < list->first_head; c++)
        if (list->kinds[c] == ROUTER_CONTEXT || list->kinds[c] == ROUTER_PROMPT)
            list->columns[c].width = width;
}

/* ---- making it ---- */

static void drop(struct router_list *list)
{
    analysis_unref(list->analysis);
    arena_done(&list->texts);
    free(list->rows);
    free(list->members);
    free(list->columns);
    free(list->kinds);
    list->analysis = NULL;
    list->rows = NULL;
    list->members = NULL;
    list->columns = NULL;
    list->kinds = NULL;
    list->n_rows = list->n_columns = 0;
    list->listing = (struct listing){0};
}

void router_list_done(struct router_list *list)
{
    drop(list);
    free(list->marked);
    listing_done(&list->state);
    *list = (struct router_list){0};
}

static void find_mixture(struct router_list *list)
{
    const struct evaluation *evaluation = &list->analysis->plain[0];
    list->mixture = 0;
    for (size_t r = 0; r < evaluation->n_rows; r++)
        if (evaluation->rows[r].predictor == PREDICTOR_MIXTURE)
            list->mixture = r;
}

static void make(struct router_list *list, struct analysis *analysis, enum routing routing)
{
    drop(list);
    list->analysis = analysis_ref(analysis);
    list->routing = routing;
    list->n_heads = analysis->n_heads;
    uint32_t *row_of = mem_alloc((analysis->n_pairs + 1) * sizeof *row_of);
    list->n_rows = number_rows(analysis, routing, row_of);
    list->rows = mem_zero((list->n_rows + 1) * sizeof *list->rows);
    list->members = mem_alloc((analysis->n_pairs + 1) * sizeof *list->members);
    fill_rows(list, row_of);
    free(row_of);
    name_attributes(list);
    find_mixture(list);
    make_columns(list);
    list->most = 0;
    for (size_t r = 0; r < list->n_rows; r++) {
        const struct router_row *row = &list->rows[r];
        list->most = fmax(list->most, weight_of(list, row, route_of(list, row).top));
    }
    list->listing = (struct listing){.columns = list->columns,
                                     .n_columns = list->n_columns,
                                     .n_rows = list->n_rows,
                                     .rows = list,
                                     .cell = cell_of,
                                     .id = id_of,
                                     .is_marked = is_marked,
                                     .draw = draw_cell,
                                     .empty = "no prompts in the split"};
    listing_refresh(&list->listing, &list->state);
}

/* Whether marks are others than last time. */
static bool take_marks(struct router_list *list, const struct state *state)
{
    bool same = list->n_marked == state->n_marks &&
                (!state->n_marks || memcmp(list->marked, state->marks,
                                           state->n_marks * sizeof *list->marked) == 0);
    list->marks = state;
    if (same)
        return false;
    list->marked = mem_resize(list->marked, (state->n_marks + 1) * sizeof *list->marked);
    list->n_marked = state->n_marks;
    for (size_t i = 0; i < state->n_marks; i++)
        list->marked[i] = state->marks[i];
    return true;
}

/* The cursor stays with its prompt when rows are other ones. */
static void follow(struct router_list *list, uint32_t prompt)
{
    for (size_t at = 0; at < list->state.n_shown; at++) {
        size_t row = list->state.order[at];
        if (list->rows[row].prompt == prompt) {
            listing_go(&list->listing, &list->state, row);
            return;
        }
    }
}

bool router_list_update(struct router_list *list, const struct snapshot *snapshot)
{
    const struct router_row *before = router_list_at(list);
    bool follows = before && snapshot->analysis == list->analysis;
    uint32_t prompt = follows ? before->prompt : 0;
    struct analysis *analysis = snapshot->analysis;
    const char *routing = snapshot_entry(snapshot, VIEW_ROUTER, "routing");
    bool remarked = take_marks(list, snapshot->state), changed = false;
    if (!analysis || analysis_stage(analysis) < ANALYSIS_CELLS) {
        changed = list->analysis != NULL;
        drop(list);
        return changed;
    }
    enum routing wanted =
        routing && strcmp(routing, "context") == 0 && analysis->has_contexts ? ROUTE_CONTEXT
                                                                             : ROUTE_PROMPT;
    changed = analysis != list->analysis || wanted != list->routing;
    if (changed)
        make(list, analysis, wanted);
    listing_set(&list->listing, &list->state, snapshot_entry(snapshot, VIEW_ROUTER, "sort"),
                snapshot_entry(snapshot, VIEW_ROUTER, "filter"),
                snapshot_entry(snapshot, VIEW_ROUTER, "columns"), NULL);
    if (remarked && !changed && (list->state.where || list->state.n_sorts))
        listing_refresh(&list->listing, &list->state);
    if (changed && follows)
        follow(list, prompt);
    return changed;
}

const struct router_row *router_list_at(const struct router_list *list)
{
    size_t row = list->analysis ? listing_row(&list->listing, &list->state) : SIZE_MAX;
    return row < list->n_rows ? &list->rows[row] : NULL;
}

void router_list_draw(struct router_list *list, const struct pen *pen, bool focus)
{
    fit_columns(list, pen->box.columns);
    list->pen = *pen;
    listing_draw(&list->listing, &list->state, pen, focus);
}
