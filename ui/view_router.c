/* The view of the router: where its panes lie, and what its keys do. */
#include "ui/view_router.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/cmd_display.h"
#include "command/line.h"
#include "ui/moving.h"
#include "ui/nothing.h"
#include "ui/view_router_inside.h"

static void *create(void)
{
    return mem_zero(sizeof(struct router_view));
}

static void free_view(void *self)
{
    struct router_view *view = self;
    heads_pairs_close(&view->pairs);
    router_detail_done(&view->detail);
    router_bars_done(&view->load);
    router_list_done(&view->list);
    free(view);
}

/* ---- what is kept of a snapshot ---- */

static void make_load(struct router_view *view)
{
    const struct analysis *analysis = view->list.analysis;
    size_t K = analysis->n_heads;
    double *loads = mem_alloc(2 * K * sizeof *loads);
    bool has_with = analysis->has_contexts;
    for (size_t r = 0; r <= has_with; r++)
        for (size_t k = 0; k < K; k++)
            loads[r * K + k] = analysis->plain[r].rows[k].load;
    router_bars_open(&view->load, K, "prompts", "contexts");
    view->load.state.sorts[0] = (struct listing_sort){BARS_WITHOUT, true};
    view->load.state.n_sorts = 1;
    router_bars_fill(&view->load, loads, has_with ? loads + K : NULL,
                     analysis->plain[0].entropy,
                     has_with ? analysis->plain[1].entropy : (double)NAN);
    free(loads);
}

static void update(void *self, const struct snapshot *snapshot)
{
    struct router_view *view = self;
    if (router_list_update(&view->list, snapshot)) {
        heads_pairs_close(&view->pairs);
        view->detail.row = NULL;
        if (view->list.analysis)
            make_load(view);
    }
    view->pairs.marks = snapshot->state;
    view->keys = snapshot->keys;
    if (view->pairs.is_open) /* "show router pairs EXPRESSION" */
        heads_pairs_filter(&view->pairs, snapshot_entry(snapshot, VIEW_ROUTER, "pairs"));
}

/* ---- drawing ---- */

static void add_title(const struct router_list *list, const struct pen *pen,
                      struct text *out)
{
    const char *bullet = pen->look->glyphs[GLYPH_BULLET];
    size_t shown = list->state.n_shown;
    bool with = list->routing == ROUTE_CONTEXT;
    text_add(out, with ? "prompts with contexts" : "prompts");
    text_printf(out, " %s ", bullet);
    if (shown < list->n_rows) {
        table_add_number(out, (double)shown, COLUMN_COUNT, 0);
        text_add(out, " of ");
    }
    table_add_number(out, (double)list->n_rows, COLUMN_COUNT, 0);
    text_printf(out, " %s %s split", bullet, split_name(list->analysis->split));
}

static void draw_list(struct router_view *view, const struct pen *pen)
{
    struct text title = {0}, right = {0};
    size_t marked = router_count_marked(&view->list);
    add_title(&view->list, pen, &title);
    if (marked)
        text_printf(&right, "%zu marked", marked);
    struct pen inside = pen_frame(pen, view->focus == PANE_LIST, title.bytes, right.bytes);
    router_list_draw(&view->list, &inside, view->focus == PANE_LIST);
    text_done(&title);
    text_done(&right);
}

static void draw_load(struct router_view *view, const struct pen *pen)
{
    enum { AROUND = 3 };
    bool focus = view->focus == PANE_LOAD, with = view->load.has_with;
    struct text title = {0};
    text_add(&title, "load: mean weight over the split");
    if (with && pen->box.columns >= 70)
        text_add(&title, ", of prompts alone and with contexts");
    struct pen inside = pen_frame(pen, focus, title.bytes, NULL);
    text_done(&title);
    if (!focus && inside.box.rows < AROUND + (int)view->load.n_heads) {
        view->small_load = inside;
        router_bars_draw_small(&view->load, &inside);
    } else {
        router_bars_draw(&view->load, &inside, focus);
    }
}

/* Panes that are not drawn cannot be clicked. */
static void forget_pens(struct router_view *view)
{
    view->list.pen = view->detail.text = view->detail.bars.pen = view->load.pen =
        view->small_load = (struct pen){0};
}

enum { LIST_LEAST = 6, LOAD_LEAST = 8 };

/* As a table where it fits into a third, or while it has the focus; else as small as it can be. */
static int load_rows(const struct router_view *view, int rows, int columns)
{
    enum { AROUND_TABLE = 6, FRAME = 2 };
    bool focus = view->focus == PANE_LOAD;
    int table = (int)view->load.n_heads + AROUND_TABLE;
    int small = router_bars_small_rows(&view->load, columns - FRAME) + FRAME;
    int most = focus ? rows - LIST_LEAST : rows / 3 > LOAD_LEAST ? rows / 3 : LOAD_LEAST;
    int wanted = focus || table <= most ? table : small;
    return wanted < most ? wanted : most;
}

static void draw_panes(struct router_view *view, const struct pen *pen)
{
    enum { DETAIL_LEAST = 34, DETAIL_MOST = 84 };
    int rows = pen->box.rows, columns = pen->box.columns;
    forget_pens(view);
    if (columns < 76 || rows < LIST_LEAST + LOAD_LEAST) { /* one at a time */
        if (view->focus == PANE_LIST)
            draw_list(view, pen);
        else if (view->focus == PANE_LOAD)
            draw_load(view, pen);
        else
            router_detail_draw(view, pen);
        return;
    }
    int detail = columns * 2 / 5;
    detail = detail < DETAIL_LEAST  ? DETAIL_LEAST
             : detail > DETAIL_MOST ? DETAIL_MOST
                                    : detail;
    int load = load_rows(view, rows, columns - detail);
    struct pen left = pen_columns(pen, 0, columns - detail);
    struct pen right = pen_columns(pen, columns - detail, detail);
    struct pen top = pen_rows(&left, 0, rows - load);
    struct pen below = pen_rows(&left, rows - load, load);
    draw_list(view, &top);
    draw_load(view, &below);
    router_detail_draw(view, &right);
}

static void draw(void *self, const struct snapshot *snapshot, const struct pen *pen)
{
    struct router_view *view = self;
    if (!view->list.analysis) {
        nothing_draw(snapshot, pen, "router", ANALYSIS_CELLS);
        return;
    }
    if (view->pairs.is_open) {
        heads_pairs_draw(&view->pairs, pen);
        return;
    }
    router_detail_update(&view->detail, &view->list, snapshot);
    draw_panes(view, pen);
}

/* ---- what keys do ---- */

static bool change_routing(const struct router_list *list, struct answer *answer)
{
    if (!list->analysis->has_contexts)
        text_add(&answer->say, "these pairs have no contexts that the router could read");
    else if (list->routing == ROUTE_CONTEXT)
        text_add(&answer->line, "show router routing");
    else
        text_add(&answer->line, "show router routing context");
    return true;
}

static bool change_context(struct router_view *view, bool next, struct answer *answer)
{
    struct router_detail *detail = &view->detail;
    size_t n = detail->n_contexts;
    if (n < 2) {
        text_add(&answer->say, n ? "there is no other context for this prompt"
                                 : "there is no context for this prompt");
        return true;
    }
    detail->step = (detail->step + (next ? 1 : n - 1)) % n;
    detail->serial = 0; /* made anew for the next picture */
    return true;
}

static bool open_pairs(struct router_view *view)
{
    const struct router_list *list = &view->list;
    const struct router_row *row = router_list_at(list);
    struct text title = {0};
    if (!row)
        return false;
    bool has_prompt = list->analysis->prompts[row->prompt].row >= 0;
    text_printf(&title, "%s %u: %u of %u %s right", has_prompt ? "prompt" : "pair",
                router_number(list, row), router_count_right(list, row), row->n,
                row->n == 1 ? "pair" : "pairs");
    heads_pairs_open_list(&view->pairs, list->analysis, list->routing, list->mixture,
                          list->members + row->first, row->n, title.bytes);
    text_done(&title);
    return true;
}

/* The prompts by a head's weight, from the largest on. */
static bool sort_by_head(struct router_view *view, const struct router_bars *bars,
                         struct answer *answer)
{
    size_t at = listing_row(&bars->listing, &bars->state);
    if (at >= bars->n_heads)
        return false;
    view->focus = PANE_LIST;
    view->list.state.column = view->list.first_head + at;
    text_printf(&answer->line, "sort router -- -%s\ngo first", bars->names[at]);
    return true;
}

static bool open(struct router_view *view, struct answer *answer)
{
    if (view->focus == PANE_LOAD)
        return sort_by_head(view, &view->load, answer);
    if (view->focus == PANE_WEIGHTS)
        return sort_by_head(view, &view->detail.bars, answer);
    return open_pairs(view);
}

static bool back(struct router_view *view)
{
    if (view->pairs.is_open && heads_pairs_leave_texts(&view->pairs))
        return true;
    if (view->pairs.is_open)
        heads_pairs_close(&view->pairs);
    else if (view->focus != PANE_LIST)
        view->focus = PANE_LIST;
    else
        return false;
    return true;
}

static bool mark(const struct router_list *list, struct answer *answer)
{
    const struct router_row *row = router_list_at(list);
    if (!row)
        return false;
    if (list->analysis->prompts[row->prompt].row < 0)
        text_add(&answer->say, "these pairs have no prompts to mark");
    else
        text_printf(&answer->line, "mark %u", router_number(list, row));
    return true;
}

static bool next_mark(struct router_list *list, struct answer *answer)
{
    struct listing_state *state = &list->state;
    for (size_t i = 1; i <= state->n_shown; i++) {
        size_t row = state->order[(state->at + i) % state->n_shown];
        if (router_is_marked(list, row))
            return listing_go(&list->listing, state, row);
    }
    text_add(&answer->say, router_count_marked(list)
                               ? "no prompt that is shown is marked"
                               : "no prompt of this split is marked; m marks one");
    return true;
}

static bool read_on(struct router_detail *detail, const struct action *action)
{
    static const struct {
        const char *word;
        int by;
    } ways[] = {{"up", -1},      {"down", 1},      {"page-up", -10},   {"page-down", 10},
                {"half-up", -5}, {"half-down", 5}, {"first", -100000}, {"last", 100000}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(action->word, ways[i].word) == 0) {
            int times = action->times > 1000 ? 1000 : (int)action->times;
            detail->skip += ways[i].by * (times ? times : 1);
            detail->skip = detail->skip < 0               ? 0
                           : detail->skip > detail->lines ? detail->lines
                                                          : detail->skip;
            return true;
        }
    return false;
}

static bool go(struct router_view *view, const struct action *action, struct answer *answer)
{
    const char *word = action->word;
    bool next = strcmp(word, "next-pane") == 0;
    if (next || strcmp(word, "previous-pane") == 0) {
        int by = next ? 1 : N_ROUTER_PANES - 1;
        view->focus = (enum router_pane)(((int)view->focus + by) % N_ROUTER_PANES);
        return true;
    }
    if (strcmp(word, "next-mark") == 0)
        return next_mark(&view->list, answer);
    if (view->focus == PANE_TEXT && read_on(&view->detail, action))
        return true;
    struct router_bars *bars = view->focus == PANE_WEIGHTS ? &view->detail.bars
                               : view->focus == PANE_LOAD  ? &view->load
                                                           : NULL;
    bool hits = strcmp(word, "next-hit") == 0 || strcmp(word, "previous-hit") == 0;
    if (bars && !hits)
        return moving_act(&bars->listing, &bars->state, NULL, action, answer);
    return moving_act(&view->list.listing, &view->list.state, NULL, action, answer);
}

static bool do_verb(struct router_view *view, const struct action *action,
                    struct answer *answer)
{
    const char *word = action->word;
    if (strcmp(word, "open") == 0)
        return open(view, answer);
    if (strcmp(word, "pairs") == 0)
        return open_pairs(view);
    if (strcmp(word, "mark") == 0)
        return mark(&view->list, answer);
    if (strcmp(word, "next-context") == 0 || strcmp(word, "previous-context") == 0)
        return change_context(view, *word == 'n', answer);
    if (view->focus == PANE_WEIGHTS)
        return moving_act(&view->detail.bars.listing, &view->detail.bars.state, NULL,
                          action, answer);
    if (view->focus == PANE_LOAD)
        return moving_act(&view->load.listing, &view->load.state, NULL, action, answer);
    return moving_act(&view->list.listing, &view->list.state, "router", action, answer);
}

/* ---- the cursor as a text: "2114;7;list;entropy" is prompt 2114 with context 7 ---- */

static void put_cursor(struct router_view *view, const char *text)
{
    struct router_list *list = &view->list;
    char digits[16], more[16], where[16], column[32];
    if (sscanf(text, "%15[^;];%15[^;];%15[^;];%31s", digits, more, where, column) != 4)
        return;
    unsigned long number = strtoul(digits, NULL, 10);
    long context = strtol(more, NULL, 10);
    for (size_t r = 0; r < list->n_rows; r++)
        if (router_number(list, &list->rows[r]) == number &&
            (list->rows[r].context + 1 == context || list->routing == ROUTE_PROMPT)) {
            listing_go(&list->listing, &list->state, r);
            break;
        }
    for (size_t c = 0; c < list->n_columns; c++)
        if (strcmp(list->columns[c].name, column) == 0)
            list->state.column = c;
    heads_pairs_close(&view->pairs);
    const struct router_row *row = router_list_at(list);
    if (strcmp(where, "pairs") == 0 && row && router_number(list, row) == number)
        open_pairs(view);
}

static void remember(void *self, const struct snapshot *snapshot, struct text *out)
{
    const struct router_view *view = self;
    const struct router_list *list = &view->list;
    const struct router_row *row = router_list_at(list);
    (void)snapshot;
    if (!row)
        return;
    text_printf(out, "cursor router \"%u;%d;%s;%s\"", router_number(list, row),
                row->context + 1, view->pairs.is_open ? "pairs" : "list",
                list->columns[list->state.column].name);
}

/* ---- acting ---- */

static bool act(void *self, const struct snapshot *snapshot, const struct action *action,
                struct answer *answer)
{
    struct router_view *view = self;
    const char *word = action->word;
    if (!view->list.analysis)
        return false;
    router_detail_update(&view->detail, &view->list, snapshot);
    if (action->kind == ACTION_CURSOR) {
        put_cursor(view, action->text ? action->text : "");
        return true;
    }
    if (action->kind == ACTION_DO &&
        (strcmp(word, "back") == 0 || strcmp(word, "close") == 0))
        return back(view);
    if (action->kind == ACTION_DO && strcmp(word, "routing") == 0)
        return change_routing(&view->list, answer);
    if (view->pairs.is_open)
        return heads_pairs_act(&view->pairs, action, answer);
    if (action->kind == ACTION_SEARCH)
        return moving_act(&view->list.listing, &view->list.state, NULL, action, answer);
    return action->kind == ACTION_GO ? go(view, action, answer)
                                     : do_verb(view, action, answer);
}

/* ---- the mouse ---- */

static bool click_bars(struct router_view *view, struct router_bars *bars,
                       enum router_pane pane, const struct mouse *mouse)
{
    enum listing_hit hit = listing_mouse(&bars->listing, &bars->state, &bars->pen, mouse);
    if (hit == LISTING_MISSED)
        return false;
    view->focus = pane;
    if (hit == LISTING_ON_HEADER)
        listing_do(&bars->listing, &bars->state, LISTING_SORT_TURN);
    return true;
}

static bool click_text(struct router_view *view, const struct mouse *mouse)
{
    struct router_detail *detail = &view->detail;
    int row, column;
    if (!pen_hit(&detail->text, mouse->row, mouse->column, &row, &column))
        return false;
    view->focus = PANE_TEXT;
    detail->skip += mouse->action == MOUSE_WHEEL_DOWN ? 3 : 0;
    detail->skip -= mouse->action == MOUSE_WHEEL_UP ? 3 : 0;
    detail->skip = detail->skip < 0 ? 0 : detail->skip;
    return true;
}

static bool mouse(void *self, const struct snapshot *snapshot, const struct mouse *mouse,
                  struct answer *answer)
{
    struct router_view *view = self;
    struct router_list *list = &view->list;
    (void)snapshot;
    if (!list->analysis)
        return false;
    if (view->pairs.is_open)
        return heads_pairs_mouse(&view->pairs, mouse);
    if (click_bars(view, &view->load, PANE_LOAD, mouse) ||
        click_bars(view, &view->detail.bars, PANE_WEIGHTS, mouse) ||
        click_text(view, mouse))
        return true;
    int row, column;
    if (pen_hit(&view->small_load, mouse->row, mouse->column, &row, &column)) {
        view->focus = PANE_LOAD;
        return true;
    }
    enum listing_hit hit = listing_mouse(&list->listing, &list->state, &list->pen, mouse);
    if (hit != LISTING_MISSED)
        view->focus = PANE_LIST;
    if (hit == LISTING_ON_HEADER)
        listing_command(&list->listing, &list->state, "router", LISTING_SORT_TURN,
                        &answer->line);
    return hit != LISTING_MISSED;
}

static const char *mode(void *self)
{
    const struct router_view *view = self;
    return view->pairs.is_open ? "router.pairs" : NULL;
}

static void add_filter(void *self, const struct snapshot *snapshot, struct text *out)
{
    const struct router_view *view = self;
    (void)snapshot;
    if (view->pairs.is_open)
        listing_add_filter(&view->pairs.listing, &view->pairs.state, out);
    else if (view->list.analysis)
        listing_add_filter(&view->list.listing, &view->list.state, out);
}

static const struct binding keys[] = {
    {"router", "Enter", "do open",
     "on a prompt: its pairs; on a head: prompts by its weight", "open", 70},
    {"router", "Space", "do pairs", "the pairs of the prompt with their texts", NULL, 0},
    {"router", "r", "do routing", "prompts alone, or with their contexts", "contexts", 65},
    {"router", "]", "do next-context", "next context of the prompt, in the pane beside",
     "context", 47},
    {"router", "[", "do previous-context", "context before", NULL, 0},
    {"router", "m", "do mark", "mark or unmark the prompt in all views", "mark", 45},
    {"router.pairs", "Enter", "do open", "scroll the texts, or the list again", "texts",
     80},
    {"router.pairs", "Esc", "do back", "back to the prompts", "back", 90},
    {"router.pairs", "Tab", "go next-pane", "from the list to the texts and back", "pane",
     60},
    {"router.pairs", "m", "do mark", "mark the prompt of the pair in all views", "mark",
     50},
    {"router.pairs", "f", "prompt 'show router pairs '",
     "only some pairs, such as verdict=wrong", "filter", 40},
    {"router.pairs", "F", "show router pairs", "all pairs", NULL, 0},
    {0},
};

const struct view view_router = {
    .name = "router",
    .title = "Router",
    .help =
        "Every prompt of the split and how the router divides it among the heads: the "
        "head with the largest weight, that weight, the entropy (0: one head alone; ln K: "
        "all alike), a small bar for each head, the text, and further right each head's "
        "weight as a column to sort and filter by, such as h2>0.4 /pump/ entropy<2. "
        "right is the share of the prompt's pairs that the mixture decides as the "
        "annotator did.\n"
        "r lists prompts together with their contexts instead. The pane beside shows the "
        "prompt under the cursor: its text, and every head's weight without and with a "
        "context, which is the one of the view Context if there is one, then those that "
        "the "
        "split has for the prompt; ] takes the next. Below the list stands the load, the "
        "mean weight of each head over the split. Tab goes from pane to pane; Enter on a "
        "prompt opens its pairs with what the mixture says of them, on a head it sorts the "
        "prompts by its weight. m marks a prompt in all views, ' goes to the next one, and "
        "the filter marked=yes with e writes the marked ones to a file.",
    .keys = keys,
    .create = create,
    .free = free_view,
    .update = update,
    .draw = draw,
    .act = act,
    .mouse = mouse,
    .mode = mode,
    .report = router_report,
    .cell = router_copy_cell,
    .picture = router_picture,
    .explain = router_explain,
    .remember = remember,
    .filter = add_filter,
};
