/* The pairs behind a cell of the table of heads, surest right first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "corpus/corpus.h"
#include "ui/moving.h"
#include "ui/view_heads_inside.h"

enum { PAIR, VERDICT, SURETY, PROBABILITY, WEIGHT, ATTRIBUTE, CONTEXT, PROMPT, N_COLUMNS };

static const struct listing_column columns[N_COLUMNS] = {
    [PAIR] = {.name = "pair", .type = COLUMN_COUNT, .width = 7},
    [VERDICT] = {.name = "verdict", .type = COLUMN_TEXT, .width = 7},
    [SURETY] = {.name = "margin", .type = COLUMN_REAL, .decimals = 2, .width = 8},
    [PROBABILITY] = {.name = "probability",
                     .title = "prob.",
                     .type = COLUMN_SHARE,
                     .decimals = 2,
                     .width = 5},
    [WEIGHT] = {.name = "weight", .type = COLUMN_SHARE, .decimals = 2, .width = 6},
    [ATTRIBUTE] = {.name = "attribute", .type = COLUMN_TEXT, .most = 16},
    [CONTEXT] = {.name = "context", .type = COLUMN_TEXT, .most = 60, .stretch = true},
    [PROMPT] = {.name = "prompt", .type = COLUMN_TEXT, .width = 12, .stretch = true},
};

/* ---- texts ---- */

const char *heads_text(const struct analysis *analysis, size_t position,
                       enum heads_part part)
{
    if (!analysis->corpus)
        return NULL;
    const struct corpus *corpus = &analysis->corpus->corpus;
    const struct pair *pair = &corpus->pairs[analysis->pairs[position]];
    const struct passages *from = part == HEADS_PROMPT    ? &corpus->prompts
                                  : part == HEADS_CONTEXT ? &corpus->contexts
                                                          : &corpus->responses;
    const int32_t at[] = {pair->prompt, pair->context, pair->chosen, pair->rejected};
    return at[part] < 0 ? NULL : from->items[at[part]].plain;
}

static void draw_response(const struct pen *pen, const char *title, const char *text,
                          int skip, bool focus)
{
    struct pen inside = pen_frame(pen, focus, title, NULL);
    int n = pen_wrap(&inside, 0, skip, pen->styles[STYLE_TEXT], text, strlen(text));
    if (n - skip > inside.box.rows && inside.box.rows > 0)
        pen_glyph(pen, pen->box.rows - 1, pen->box.columns - 2,
                  pen->styles[STYLE_BORDER_FOCUS], GLYPH_MORE_DOWN);
}

/* Rows for prompt and context: as many as they need, and a third of all at most. */
static int draw_question(const struct pen *pen, const char *prompt, const char *context)
{
    struct text text = {0};
    text_printf(&text, "prompt: %s", prompt ? prompt : "");
    if (context)
        text_printf(&text, "\ncontext: %s", context);
    int n = text_lines(text.bytes, text.length, pen->box.columns), most = pen->box.rows / 3;
    n = n < most ? n : most > 1 ? most : 1;
    struct pen part = pen_rows(pen, 0, n);
    pen_wrap(&part, 0, 0, pen->styles[STYLE_STRONG], text.bytes, text.length);
    text_done(&text);
    return n;
}

void heads_draw_texts(const struct analysis *analysis, size_t position, int skip,
                      const struct pen *pen, bool focus)
{
    if (pen->box.rows < 1)
        return;
    if (!analysis->corpus) {
        pen_wrap(
            pen, 0, 0, pen->styles[STYLE_DIM],
            "The corpus is not open, so there are only numbers: open its file to read "
            "the texts.",
            strlen("The corpus is not open, so there are only numbers: open its file to "
                   "read the texts."));
        return;
    }
    const char *chosen = heads_text(analysis, position, HEADS_CHOSEN);
    const char *rejected = heads_text(analysis, position, HEADS_REJECTED);
    int n = draw_question(pen, heads_text(analysis, position, HEADS_PROMPT),
                          heads_text(analysis, position, HEADS_CONTEXT));
    struct pen rest = pen_rows(pen, n, pen->box.rows - n);
    int half = pen->box.columns / 2, rows = rest.box.rows;
    bool stacks = pen->box.columns < 50;
    struct pen left = stacks ? pen_rows(&rest, 0, rows / 2) : pen_columns(&rest, 0, half);
    struct pen right = stacks ? pen_rows(&rest, rows / 2, rows - rows / 2)
                              : pen_columns(&rest, half, pen->box.columns - half);
    if (rows < 1)
        return;
    draw_response(&left, "chosen by the annotator", chosen ? chosen : "", skip, focus);
    draw_response(&right, "rejected", rejected ? rejected : "", skip, focus);
}

/* ---- cells ---- */

static size_t head_of(const struct heads_pairs *pairs)
{
    return pairs->row < pairs->analysis->n_heads ? pairs->row : SIZE_MAX;
}

static struct cell cell_of(const void *rows, size_t row, size_t column)
{
    const struct heads_pairs *pairs = rows;
    const struct analysis *analysis = pairs->analysis;
    size_t position = pairs->positions[row], K = analysis->n_heads;
    const struct evaluation *evaluation = analysis_evaluation(analysis, pairs->routing);
    struct cell cell = {NULL, (double)NAN, (double)NAN};
    double surety = analysis_surety(analysis, pairs->routing, pairs->row, position);
    if (column == PAIR)
        cell.value = (double)analysis->pairs[position] + 1;
    else if (column == VERDICT)
        cell.text = surety > 0 ? "right" : "wrong";
    else if (column == SURETY)
        cell.value = surety;
    else if (column == PROBABILITY)
        cell.value = 1 / (1 + exp(-surety));
    else if (column == WEIGHT && head_of(pairs) != SIZE_MAX)
        cell.value =
            exp((double)analysis->predictions[analysis->has_contexts ? pairs->routing : 0]
                    .log_weight[position * K + pairs->row]);
    else if (column == ATTRIBUTE)
        cell.text = evaluation->attributes[analysis->column[position]];
    else if (column == CONTEXT)
        cell.text = heads_text(analysis, position, HEADS_CONTEXT);
    else if (column == PROMPT)
        cell.text = heads_text(analysis, position, HEADS_PROMPT);
    return cell;
}

static uint64_t id_of(const void *rows, size_t row)
{
    return ((const struct heads_pairs *)rows)->positions[row];
}

static bool is_marked(const void *rows, size_t row)
{
    const struct heads_pairs *pairs = rows;
    const struct features *features = &pairs->analysis->features->features;
    int32_t prompt = features->pair_prompt[pairs->analysis->pairs[pairs->positions[row]]];
    return prompt >= 0 && pairs->marks && state_is_marked(pairs->marks, (uint32_t)prompt);
}

/* ---- opening and closing ---- */

void heads_pairs_close(struct heads_pairs *pairs)
{
    listing_done(&pairs->state);
    analysis_unref(pairs->analysis);
    text_done(&pairs->title);
    free(pairs->positions);
    *pairs = (struct heads_pairs){0};
}

/* The positions are there. */
static void begin(struct heads_pairs *pairs)
{
    pairs->is_open = true;
    pairs->listing = (struct listing){.columns = columns,
                                      .n_columns = N_COLUMNS,
                                      .n_rows = pairs->n,
                                      .rows = pairs,
                                      .cell = cell_of,
                                      .id = id_of,
                                      .is_marked = is_marked,
                                      .empty = "no pairs of this attribute in the split"};
    pairs->state.hidden[WEIGHT] = head_of(pairs) == SIZE_MAX;
    listing_refresh(&pairs->listing, &pairs->state);
}

void heads_pairs_open(struct heads_pairs *pairs, const struct heads_table *table,
                      size_t row, size_t place)
{
    heads_pairs_close(pairs);
    pairs->analysis = analysis_ref(table->analysis);
    pairs->routing = table->routing;
    pairs->row = row;
    pairs->place = place;
    pairs->order = "surest right first";
    heads_add_title(table, row, place, "-", &pairs->title);
    pairs->positions = mem_alloc((pairs->analysis->n_pairs + 1) * sizeof(uint32_t));
    pairs->n = analysis_cell_pairs(pairs->analysis, pairs->routing, row,
                                   heads_attribute(table, place), pairs->positions);
    pairs->state.hidden[ATTRIBUTE] = heads_attribute(table, place) != SIZE_MAX;
    pairs->state.hidden[CONTEXT] = true;
    pairs->state.hidden[PROMPT] = !pairs->analysis->corpus;
    begin(pairs);
}

void heads_pairs_open_list(struct heads_pairs *pairs, struct analysis *analysis,
                           enum routing routing, size_t row, const uint32_t *positions,
                           size_t n, const char *title)
{
    heads_pairs_close(pairs);
    pairs->analysis = analysis_ref(analysis);
    pairs->routing = routing;
    pairs->row = row;
    pairs->place = SIZE_MAX;
    pairs->order = "what the mixture says";
    text_add(&pairs->title, title);
    pairs->positions = mem_alloc((n + 1) * sizeof(uint32_t));
    memcpy(pairs->positions, positions, n * sizeof(uint32_t));
    pairs->n = n;
    pairs->state.hidden[CONTEXT] = !analysis->corpus || !analysis->has_contexts;
    pairs->state.hidden[PROMPT] = true; /* it is the same of all */
    begin(pairs);
}

void heads_pairs_filter(struct heads_pairs *pairs, const char *filter)
{
    const char *now = pairs->state.filter.length ? pairs->state.filter.bytes : "";
    if (strcmp(now, filter ? filter : "") != 0)
        listing_filter(&pairs->listing, &pairs->state, filter ? filter : "", NULL);
}

size_t heads_pairs_at(const struct heads_pairs *pairs)
{
    size_t row = listing_row(&pairs->listing, &pairs->state);
    return row < pairs->n ? pairs->positions[row] : SIZE_MAX;
}

bool heads_pairs_go(struct heads_pairs *pairs, size_t pair)
{
    for (size_t i = 0; i < pairs->n; i++)
        if ((size_t)pairs->analysis->pairs[pairs->positions[i]] + 1 == pair)
            return listing_go(&pairs->listing, &pairs->state, i);
    return false;
}

/* ---- drawing ---- */

void heads_pairs_draw(struct heads_pairs *pairs, const struct pen *pen)
{
    int rows = pen->box.rows, list = rows >= 12 ? rows * 2 / 5 : rows;
    if ((size_t)list > pairs->n + 3)
        list = (int)pairs->n + 3;
    list = list < 4 && rows >= 4 ? 4 : list;
    if (rows < 12 && pairs->reads)
        list = 0;
    struct pen top = pen_rows(pen, 0, list), below = pen_rows(pen, list, rows - list);
    const char *right =
        pairs->routing == ROUTE_CONTEXT ? "router reads contexts" : pairs->order;
    pairs->pen = list ? pen_frame(&top, !pairs->reads, pairs->title.bytes,
                                  pen->box.columns > 90 ? right : NULL)
                      : top;
    if (list)
        listing_draw(&pairs->listing, &pairs->state, &pairs->pen, !pairs->reads);
    pairs->texts = below;
    size_t position = heads_pairs_at(pairs);
    if (position != SIZE_MAX)
        heads_draw_texts(pairs->analysis, position, pairs->skip, &below, pairs->reads);
}

/* ---- what keys do ---- */

static bool read_on(struct heads_pairs *pairs, const struct action *action)
{
    static const struct {
        const char *word;
        int by;
    } ways[] = {{"up", -1},      {"down", 1},      {"page-up", -10},  {"page-down", 10},
                {"half-up", -5}, {"half-down", 5}, {"first", -100000}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(action->word, ways[i].word) == 0) {
            pairs->skip += ways[i].by * (int)action->times;
            pairs->skip = pairs->skip < 0 ? 0 : pairs->skip > 10000 ? 10000 : pairs->skip;
            return true;
        }
    return false;
}

static bool next_mark(struct heads_pairs *pairs, struct answer *answer)
{
    const struct listing_state *state = &pairs->state;
    for (size_t i = 1; i <= state->n_shown; i++) {
        size_t row = state->order[(state->at + i) % state->n_shown];
        if (is_marked(pairs, row)) {
            listing_go(&pairs->listing, &pairs->state, row);
            return true;
        }
    }
    text_add(&answer->say, "no prompt of these pairs is marked");
    return true;
}

static bool mark(const struct heads_pairs *pairs, struct answer *answer)
{
    size_t position = heads_pairs_at(pairs);
    if (position == SIZE_MAX)
        return false;
    const struct features *features = &pairs->analysis->features->features;
    int32_t prompt = features->pair_prompt[pairs->analysis->pairs[position]];
    if (prompt < 0)
        text_add(&answer->say, "these pairs have no prompts to mark");
    else
        text_printf(&answer->line, "mark %d", prompt + 1);
    return true;
}

bool heads_pairs_act(struct heads_pairs *pairs, const struct action *action,
                     struct answer *answer)
{
    const char *word = action->word;
    if (action->kind == ACTION_GO) {
        if (strcmp(word, "next-pane") == 0 || strcmp(word, "previous-pane") == 0) {
            pairs->reads = !pairs->reads;
            return true;
        }
        if (strcmp(word, "next-mark") == 0)
            return next_mark(pairs, answer);
        if (pairs->reads)
            return read_on(pairs, action);
        pairs->skip = 0;
    }
    if (action->kind == ACTION_DO && strcmp(word, "open") == 0) {
        pairs->reads = !pairs->reads;
        return true;
    }
    if (action->kind == ACTION_DO && strcmp(word, "mark") == 0)
        return mark(pairs, answer);
    return moving_act(&pairs->listing, &pairs->state, NULL, action, answer);
}

bool heads_pairs_leave_texts(struct heads_pairs *pairs)
{
    bool read = pairs->reads;
    pairs->reads = false;
    return read;
}

bool heads_pairs_mouse(struct heads_pairs *pairs, const struct mouse *mouse)
{
    int row, column;
    if (pairs->texts.canvas &&
        pen_hit(&pairs->texts, mouse->row, mouse->column, &row, &column)) {
        pairs->reads = true;
        pairs->skip += mouse->action == MOUSE_WHEEL_DOWN ? 3 : 0;
        pairs->skip -= mouse->action == MOUSE_WHEEL_UP ? 3 : 0;
        pairs->skip = pairs->skip < 0 ? 0 : pairs->skip;
        return true;
    }
    enum listing_hit hit =
        listing_mouse(&pairs->listing, &pairs->state, &pairs->pen, mouse);
    pairs->reads = pairs->reads && hit == LISTING_MISSED;
    if (hit == LISTING_ON_HEADER)
        listing_do(&pairs->listing, &pairs->state, LISTING_SORT_TURN);
    return hit != LISTING_MISSED;
}

/* ---- files ---- */

void heads_pairs_report(const struct heads_pairs *pairs, struct report *report)
{
    struct table *table = report_table(report, "pairs", pairs->title.bytes);
    bool has_texts = pairs->analysis->corpus != NULL;
    for (size_t c = 0; c < N_COLUMNS; c++)
        if (!listing_is_hidden(&pairs->state, c))
            table_column(table, columns[c].name, columns[c].type, columns[c].decimals,
                         NULL);
    if (has_texts) {
        table_column(table, "chosen", COLUMN_TEXT, 0, NULL);
        table_column(table, "rejected", COLUMN_TEXT, 0, NULL);
    }
    for (size_t i = 0; i < pairs->state.n_shown; i++) {
        size_t row = pairs->state.order[i];
        table_row(table);
        for (size_t c = 0; c < N_COLUMNS; c++) {
            if (listing_is_hidden(&pairs->state, c))
                continue;
            struct cell cell = cell_of(pairs, row, c);
            if (columns[c].type == COLUMN_TEXT)
                table_text(table, cell.text);
            else
                table_number(table, cell.value);
        }
        if (has_texts) {
            table_text(table,
                       heads_text(pairs->analysis, pairs->positions[row], HEADS_CHOSEN));
            table_text(table,
                       heads_text(pairs->analysis, pairs->positions[row], HEADS_REJECTED));
        }
    }
}
