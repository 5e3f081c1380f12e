/* The view of heads: what it shows when, and what its keys do. */
#include "ui/view_heads.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/cmd_display.h"
#include "command/line.h"
#include "ui/moving.h"
#include "ui/nothing.h"
#include "ui/view_heads_inside.h"

static void *create(void)
{
    return mem_zero(sizeof(struct heads_view));
}

static void free_view(void *self)
{
    struct heads_view *view = self;
    heads_pairs_close(&view->pairs);
    heads_page_close(&view->page);
    heads_table_done(&view->table);
    free(view);
}

/* The router reads something else now: the same cell, and the same pair. */
static void route_pairs(struct heads_pairs *pairs, const struct heads_table *table)
{
    size_t position = heads_pairs_at(pairs);
    heads_pairs_open(pairs, table, pairs->row, pairs->place);
    if (position != SIZE_MAX)
        heads_pairs_go(pairs, (size_t)pairs->analysis->pairs[position] + 1);
}

static void update(void *self, const struct snapshot *snapshot)
{
    struct heads_view *view = self;
    if (heads_table_update(&view->table, snapshot)) {
        heads_pairs_close(&view->pairs);
        heads_page_close(&view->page);
    }
    if (view->pairs.is_open) {
        if (view->pairs.routing != view->table.routing)
            route_pairs(&view->pairs, &view->table);
        /* "show heads pairs EXPRESSION" */
        heads_pairs_filter(&view->pairs, snapshot_entry(snapshot, VIEW_HEADS, "pairs"));
    }
    view->pairs.marks = view->page.marks = snapshot->state;
}

/* ---- drawing ---- */

static void add_title(const struct heads_table *table, const struct pen *pen,
                      struct text *out)
{
    const char *bullet = pen->look->glyphs[GLYPH_BULLET];
    /* The scale of the colours must fit beside it. */
    bool is_wide = pen->box.columns >= 160, has_signs = pen->box.columns >= 118;
    text_add(out, is_wide ? "accuracy of each head by attribute" : "accuracy");
    text_printf(out, " %s %s split", bullet, split_name(table->analysis->split));
    if (is_wide)
        text_printf(out, " %s 95 %% intervals", bullet);
    if (pen->box.columns >= 70)
        text_printf(out, " %s router reads %s", bullet,
                    table->routing != ROUTE_CONTEXT ? "prompts"
                    : table->analysis->has_contexts ? "contexts"
                                                    : "prompts: no contexts");
    if (has_signs)
        text_printf(out, " %s %s best %s ~ perhaps a coin", bullet,
                    pen->look->glyphs[GLYPH_BEST], bullet);
}

/* In the upper border, at its right end; measured with a pen that draws nothing. */
static void draw_legend(const struct heads_table *table, const struct pen *pen, int title)
{
    struct pen measure = *pen;
    measure.clip.rows = 0;
    int width = heat_legend(&table->heat, &measure, 0, 0);
    int at = pen->box.columns - width - 3;
    if (at < title + 4)
        return;
    pen_put(pen, 0, at - 1, pen->styles[STYLE_TEXT], " ");
    heat_legend(&table->heat, pen, 0, at);
    pen_put(pen, 0, at + width, pen->styles[STYLE_TEXT], " ");
}

/* Rows of the pane below: what the table leaves, and at least two where there is room at all. */
static int words_rows(const struct heads_table *table, const struct pen *inside)
{
    enum { MOST = 24 };
    int rows = inside->box.rows, left = rows - (int)table->n_rows - 3;
    if (rows < 10 || inside->box.columns < 30)
        return 0;
    return left < 2 ? 2 : left > MOST ? MOST : left;
}

static void draw_table(struct heads_table *table, const struct pen *pen)
{
    struct text title = {0}, below = {0};
    if (pen->box.rows <= 4) { /* the row of the cursor matters more than a frame */
        heads_table_draw(table, pen, true);
        return;
    }
    add_title(table, pen, &title);
    struct pen inside = pen_frame(pen, true, title.bytes, NULL);
    if (pen->box.rows > 2)
        draw_legend(table, pen, (int)text_width(title.bytes, title.length));
    int words = words_rows(table, &inside),
        rows = inside.box.rows - (words ? words + 1 : 0);
    struct pen upper = pen_rows(&inside, 0, rows);
    heads_table_draw(table, &upper, true);
    size_t row = listing_row(&table->listing, &table->state);
    if (words && row < table->n_rows) {
        size_t place = heads_place(table, table->state.column);
        place = place == SIZE_MAX ? table->n_places - 1 : place;
        heads_add_title(table, row, place, pen->look->glyphs[GLYPH_BULLET], &below);
        pen_rule(pen, rows + 1, true, below.bytes);
        struct pen lower = pen_rows(&inside, rows + 1, words);
        heads_draw_words(table, &lower);
    }
    text_done(&title);
    text_done(&below);
}

static void draw(void *self, const struct snapshot *snapshot, const struct pen *pen)
{
    struct heads_view *view = self;
    view->table.wrong = snapshot->analysis_wrong;
    if (!view->table.evaluation)
        nothing_draw(snapshot, pen, "Heads", ANALYSIS_CELLS);
    else if (view->pairs.is_open)
        heads_pairs_draw(&view->pairs, pen);
    else if (view->page.is_open)
        heads_page_draw(&view->page, pen);
    else
        draw_table(&view->table, pen);
}

/* ---- moving ---- */

/* ---- the table's verbs ---- */

static bool can_differ(const struct heads_table *table)
{
    return table->pinned && table->pinned_stage >= ANALYSIS_CELLS;
}

static void change_scale(const struct heads_table *table, struct answer *answer)
{
    enum heat_scale scale = (enum heat_scale)((table->scale + 1) % N_HEAT_SCALES);
    if (scale == HEAT_DIFFERENCE && !can_differ(table)) {
        scale = HEAT_GLOBAL;
        text_add(&answer->say,
                 "for differences pin a model first, then train or open another");
    }
    if (scale == HEAT_GLOBAL)
        text_add(&answer->line, "scale heads");
    else
        text_printf(&answer->line, "scale heads %s", heat_scale_name(scale));
}

static void change_routing(const struct heads_table *table, struct answer *answer)
{
    if (!table->analysis->has_contexts)
        text_add(&answer->say, "these pairs have no contexts that the router could read");
    else if (table->routing == ROUTE_CONTEXT)
        text_add(&answer->line, "show heads routing");
    else
        text_add(&answer->line, "show heads routing context");
}

static bool open_page(struct heads_view *view, size_t row, struct answer *answer)
{
    if (row >= view->table.n_heads)
        return false;
    if (!heads_page_open(&view->page, &view->table, row))
        text_add(&answer->say, "the pages of the heads are still being computed");
    return true;
}

/* An attribute or the mean opens the pairs, anything else of a head its page. */
static bool open(struct heads_view *view, struct answer *answer)
{
    const struct heads_table *table = &view->table;
    size_t row = listing_row(&table->listing, &table->state);
    size_t place = heads_place(table, table->state.column);
    if (row >= table->n_rows)
        return false;
    if (place == SIZE_MAX && row < table->n_heads)
        return open_page(view, row, answer);
    heads_pairs_open(&view->pairs, table, row,
                     place == SIZE_MAX ? table->n_places - 1 : place);
    return true;
}

static bool open_from_page(struct heads_view *view)
{
    struct heads_page *page = &view->page;
    const struct heads_table *table = &view->table;
    size_t at = heads_page_at(page);
    if (at == SIZE_MAX || page->focus == HEADS_FEATURES)
        return false;
    if (page->focus == HEADS_OTHERS)
        return heads_page_open(page, table, at);
    bool is_pair = page->focus == HEADS_SUREST;
    heads_pairs_open(&view->pairs, table, page->head, is_pair ? table->n_places - 1 : at);
    if (is_pair)
        heads_pairs_go(&view->pairs, (size_t)page->analysis->pairs[at] + 1);
    return true;
}

static bool back(struct heads_view *view)
{
    if (view->pairs.is_open && heads_pairs_leave_texts(&view->pairs))
        return true;
    if (view->pairs.is_open)
        heads_pairs_close(&view->pairs);
    else if (view->page.is_open)
        heads_page_close(&view->page);
    else
        return false;
    return true;
}

static bool act_on_table(struct heads_view *view, const struct action *action,
                         struct answer *answer)
{
    struct heads_table *table = &view->table;
    const char *word = action->word;
    if (action->kind == ACTION_DO && strcmp(word, "open") == 0)
        return open(view, answer);
    if (action->kind == ACTION_DO && strcmp(word, "page") == 0)
        return open_page(view, listing_row(&table->listing, &table->state), answer);
    if (action->kind == ACTION_DO && strcmp(word, "scale") == 0) {
        change_scale(table, answer);
        return true;
    }
    return moving_act(&table->listing, &table->state, "heads", action, answer);
}

/* ---- the cursor as a text: "h4;page;0;mean", "h4;pairs;2114;clarity" ---- */

static size_t find_row(const struct heads_table *table, const char *name, size_t length)
{
    for (size_t r = 0; r < table->n_rows; r++)
        if (strlen(table->names[r]) == length &&
            strncmp(table->names[r], name, length) == 0)
            return r;
    return SIZE_MAX;
}

static void put_cursor(struct heads_view *view, const char *text)
{
    struct heads_table *table = &view->table;
    char row[24], where[16], number[16], column[160] = "";
    if (sscanf(text, "%23[^;];%15[^;];%15[^;];%159[^\n]", row, where, number, column) < 3)
        return;
    size_t at = find_row(table, row, strlen(row));
    if (at == SIZE_MAX)
        return;
    heads_pairs_close(&view->pairs);
    heads_page_close(&view->page);
    listing_go(&table->listing, &table->state, at);
    for (size_t c = 0; c < table->n_columns; c++)
        if (strcmp(table->columns[c].name, column) == 0)
            table->state.column = c;
    size_t place = heads_place(table, table->state.column);
    if (strcmp(where, "page") == 0)
        heads_page_open(&view->page, table, at);
    if (strcmp(where, "pairs") == 0) {
        heads_pairs_open(&view->pairs, table, at,
                         place == SIZE_MAX ? table->n_places - 1 : place);
        heads_pairs_go(&view->pairs, strtoul(number, NULL, 10));
    }
}

static void remember(void *self, const struct snapshot *snapshot, struct text *out)
{
    const struct heads_view *view = self;
    const struct heads_table *table = &view->table;
    (void)snapshot;
    size_t row = table->evaluation ? listing_row(&table->listing, &table->state) : SIZE_MAX;
    if (row >= table->n_rows || !table->evaluation)
        return;
    size_t column = table->state.column, position = SIZE_MAX;
    const char *where = "table";
    if (view->pairs.is_open) {
        where = "pairs";
        row = view->pairs.row;
        column = heads_column(table, view->pairs.place);
        position = heads_pairs_at(&view->pairs);
    } else if (view->page.is_open) {
        where = "page";
        row = view->page.head;
    }
    struct text at = {0};
    unsigned pair = position == SIZE_MAX ? 0 : table->analysis->pairs[position] + 1;
    text_printf(&at, "%s;%s;%u;%s", table->names[row], where, pair,
                table->columns[column].name);
    text_add(out, "cursor heads ");
    line_add_word(out, at.bytes);
    text_done(&at);
}

/* ---- acting ---- */

static bool act(void *self, const struct snapshot *snapshot, const struct action *action,
                struct answer *answer)
{
    struct heads_view *view = self;
    (void)snapshot;
    if (!view->table.evaluation)
        return false;
    if (action->kind == ACTION_CURSOR) {
        put_cursor(view, action->text ? action->text : "");
        return true;
    }
    if (action->kind == ACTION_DO) {
        if (strcmp(action->word, "back") == 0 || strcmp(action->word, "close") == 0)
            return back(view);
        if (strcmp(action->word, "routing") == 0) {
            change_routing(&view->table, answer);
            return true;
        }
    }
    if (view->pairs.is_open)
        return heads_pairs_act(&view->pairs, action, answer);
    if (!view->page.is_open)
        return act_on_table(view, action, answer);
    if (action->kind == ACTION_DO && strcmp(action->word, "open") == 0)
        return open_from_page(view);
    return heads_page_act(&view->page, action, answer);
}

static bool click_page(struct heads_view *view, const struct mouse *mouse)
{
    struct heads_page *page = &view->page;
    for (int p = 0; p < N_HEADS_PANES; p++)
        if (page->pens[p].canvas &&
            listing_mouse(&page->listings[p], &page->states[p], &page->pens[p], mouse) !=
                LISTING_MISSED) {
            page->focus = (enum heads_pane)p;
            return true;
        }
    return false;
}

static bool mouse(void *self, const struct snapshot *snapshot, const struct mouse *mouse,
                  struct answer *answer)
{
    struct heads_view *view = self;
    struct heads_table *table = &view->table;
    (void)snapshot;
    if (!table->evaluation)
        return false;
    if (view->pairs.is_open)
        return heads_pairs_mouse(&view->pairs, mouse);
    if (view->page.is_open)
        return click_page(view, mouse);
    enum listing_hit hit =
        listing_mouse(&table->listing, &table->state, &table->pen, mouse);
    if (hit == LISTING_ON_HEADER)
        listing_command(&table->listing, &table->state, "heads", LISTING_SORT_TURN,
                        &answer->line);
    return hit != LISTING_MISSED;
}

static const char *mode(void *self)
{
    const struct heads_view *view = self;
    return view->pairs.is_open ? "heads.pairs" : view->page.is_open ? "heads.page" : NULL;
}

static void add_filter(void *self, const struct snapshot *snapshot, struct text *out)
{
    const struct heads_view *view = self;
    (void)snapshot;
    if (view->pairs.is_open)
        listing_add_filter(&view->pairs.listing, &view->pairs.state, out);
    else if (view->table.evaluation)
        listing_add_filter(&view->table.listing, &view->table.state, out);
}

static const struct binding keys[] = {
    {"heads", "Enter", "do open", "on a number: its pairs; on a head: its page", "open",
     70},
    {"heads", "Space", "do page", "the page of the head: what it looks at", "head", 65},
    {"heads", "r", "do routing", "let the router read contexts too, or prompts alone",
     "routing", 45},
    {"heads", "c", "do scale",
     "colours: global, column, row, difference to the pinned model", "scale", 42},
    {"heads.pairs", "Enter", "do open", "scroll the texts, or the list again", "texts", 80},
    {"heads.pairs", "Esc", "do back", "back to where you came from", "back", 90},
    {"heads.pairs", "Tab", "go next-pane", "from the list to the texts and back", "pane",
     60},
    {"heads.pairs", "m", "do mark", "mark the prompt of the pair in all views", "mark", 50},
    {"heads.pairs", "f", "prompt 'show heads pairs '", "only some pairs, such as margin<0",
     "filter", 40},
    {"heads.pairs", "F", "show heads pairs", "all pairs", NULL, 0},
    {"heads.page", "Enter", "do open",
     "pairs of the attribute, or the page of the other head", "open", 80},
    {"heads.page", "Esc", "do back", "back to the table", "back", 90},
    {"heads.page", "Tab", "go next-pane", "next pane", "pane", 70},
    {"heads.page", "]", "do next-head", "page of the next head", "next head", 60},
    {"heads.page", "[", "do previous-head", "page of the head before", NULL, 0},
    {"heads.page", "m", "do mark", "mark the prompt of the pair in all views", "mark", 40},
    {0},
};

const struct view view_heads = {
    .name = "heads",
    .title = "Heads",
    .help =
        "A row for each head, a column for each attribute. A number is the share of the "
        "attribute's pairs that the head decides as the annotator did: .50 is a coin, near "
        "1 "
        "a head that has specialised in the attribute, near 0 one that wants the opposite. "
        "The star marks the best head of a column, ~ a number that cannot be told from a "
        "coin. load is the weight that the router gives the head on average; looks at "
        "names "
        "the features of a response that it rewards (+) or punishes (-) most.\n"
        "Below stand the mixture, the single head that was trained beside it, and the best "
        "head of each attribute, which nobody knows beforehand. The last pane says the "
        "cell "
        "under the cursor in words. Enter on a number lists the pairs behind it, surest "
        "right "
        "first and surest wrong last, with their texts; Enter on a head opens its page.",
    .keys = keys,
    .create = create,
    .free = free_view,
    .update = update,
    .draw = draw,
    .act = act,
    .mouse = mouse,
    .mode = mode,
    .report = heads_report,
    .cell = heads_copy_cell,
    .picture = heads_picture,
    .explain = heads_explain,
    .remember = remember,
    .filter = add_filter,
};
