/* The context view: what keys do. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/line.h"
#include "ui/view_context_inside.h"
#include "ui/views.h"

static const char *past_context(void *owner, size_t back)
{
    const struct context_view *view = owner;
    return back && back <= view->n_past ? view->past[view->n_past - back] : NULL;
}

static void *create(void)
{
    struct context_view *view = mem_zero(sizeof *view);
    view->settings = lab_settings_make();
    view->edit.owner = view;
    view->edit.history = past_context;
    return view;
}

static void free_view(void *self)
{
    struct context_view *view = self;
    context_pick_close(&view->pick);
    line_edit_done(&view->edit);
    for (size_t i = 0; i < view->n_past; i++)
        free(view->past[i]);
    free(view->past);
    lab_settings_done(&view->settings);
    listing_done(&view->state);
    live_table_done(&view->curve);
    free(view->names);
    free(view->values);
    free(view);
}

/* ---- the context ---- */

static bool begin_typing(struct context_view *view, struct answer *answer)
{
    if (lab_untyped(view->lab)) {
        text_printf(&answer->say, "no context can be typed: %s", lab_untyped(view->lab));
        context_pick_known(view, answer);
        view->pane = CONTEXT_ANSWERS;
        return true;
    }
    view->is_typing = true;
    view->edit.at = view->edit.text.length;
    view->edit.back = 0;
    return true;
}

static void enter(struct context_view *view, struct answer *answer)
{
    const char *text = line_edit_text(&view->edit);
    if (utf8_check(text, strlen(text)) < strlen(text)) { /* it stays to be mended */
        text_add(&answer->say, "the context is no UTF-8");
        return;
    }
    view->is_typing = false;
    text_add(&answer->line, "context");
    if (!*text)
        return;
    text_add_char(&answer->line, ' ');
    line_add_word(&answer->line, text);
    MEM_RESERVE(view->past, view->n_past, view->past_room);
    view->past[view->n_past++] = mem_copy_text(text);
}

/* The words of the nearest known context become those of the field. */
static bool take_nearest(struct context_view *view, struct answer *answer)
{
    const char *text =
        view->n_nearest ? lab_context_text(view->lab, &view->nearest[0]) : NULL;
    if (text)
        line_edit_set(&view->edit, text);
    else
        text_add(&answer->say, "there are no words of a known context near it");
    return true;
}

static bool types(void *self)
{
    return ((const struct context_view *)self)->is_typing;
}

static const char *typed_context(const void *self)
{
    const struct context_view *view = self;
    return view->is_typing ? line_edit_text(&view->edit) : NULL;
}

static bool typed(void *self, const struct snapshot *snapshot, const struct event *event,
                  struct answer *answer)
{
    struct context_view *view = self;
    (void)snapshot;
    enum line_answer result = line_edit_take(&view->edit, event);
    if (result == LINE_ENTERED)
        enter(view, answer);
    else if (result == LINE_LEFT)
        view->is_typing = false;
    return result != LINE_IGNORED;
}

/* ---- words ---- */

static bool back(struct context_view *view)
{
    if (view->is_typing)
        view->is_typing = false;
    else if (view->pane != CONTEXT_ANSWERS)
        view->pane = CONTEXT_ANSWERS;
    else
        return false;
    return true;
}

static bool open(struct context_view *view, struct answer *answer)
{
    return view->pane == CONTEXT_HISTORY && context_looks_back(view)
               ? context_do_label(view, "turn", answer)
               : begin_typing(view, answer);
}

static bool do_verb(struct context_view *view, const char *word, struct answer *answer)
{
    enum listing_verb verb;
    if (strcmp(word, "type") == 0)
        return begin_typing(view, answer);
    if (strcmp(word, "enter") == 0) {
        enter(view, answer);
        return true;
    }
    if (strcmp(word, "nearest") == 0)
        return take_nearest(view, answer);
    if (strcmp(word, "open") == 0)
        return open(view, answer);
    if (strcmp(word, "back") == 0)
        return back(view);
    if (context_do_label(view, word, answer) || context_do_setting(view, word, answer))
        return true;
    return view->pane == CONTEXT_WEIGHTS && listing_verb_find(word, &verb) &&
           (listing_command(&view->listing, &view->state, "context", verb, &answer->line) ||
            listing_do(&view->listing, &view->state, verb));
}

/* ---- moving ---- */

static void show_pane(struct context_view *view, enum context_pane pane)
{
    size_t n = view->figures.n_labels;
    view->pane = pane;
    view->step = pane == CONTEXT_HISTORY && n ? n - 1 : n;
}

static bool scroll(struct context_view *view, const struct action *action,
                   struct answer *answer)
{
    static const struct {
        const char *word;
        int by;
    } ways[] = {{"up", -1},      {"down", 1},      {"page-up", -5},    {"page-down", 5},
                {"half-up", -3}, {"half-down", 3}, {"first", -100000}, {"last", 100000}};
    enum { MOST = 10000 };
    if (strcmp(action->word, "left") == 0 || strcmp(action->word, "right") == 0)
        return context_do_label(view, action->word[0] == 'l' ? "a" : "b", answer);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(action->word, ways[i].word) == 0) {
            long to = view->skip + (long)ways[i].by * (long)action->times;
            view->skip = to < 0 ? 0 : to > MOST ? MOST : (int)to;
            return true;
        }
    return false;
}

static bool go(struct context_view *view, const struct action *action,
               struct answer *answer)
{
    enum listing_verb verb;
    bool next = strcmp(action->word, "next-pane") == 0;
    if (next || strcmp(action->word, "previous-pane") == 0) {
        show_pane(view,
                  (enum context_pane)((view->pane + (next ? 1 : N_CONTEXT_PANES - 1)) %
                                      N_CONTEXT_PANES));
        return true;
    }
    if (view->pane == CONTEXT_HISTORY)
        return context_go_history(view, action, answer);
    if (view->pane == CONTEXT_ANSWERS)
        return scroll(view, action, answer);
    if (!listing_verb_find(action->word, &verb))
        return false;
    for (size_t i = 0; i < action->times; i++)
        if (!listing_do(&view->listing, &view->state, verb)) {
            text_add(&answer->say, "there is nothing further");
            break;
        }
    return true;
}

/* The number behind a word of `at`, SIZE_MAX: there is none; *at moves behind it. */
static size_t read_number(const char **at)
{
    char *end;
    unsigned long number = strtoul(*at, &end, 10);
    size_t out = end == *at ? SIZE_MAX : number;
    *at = end;
    return out;
}

static void put_cursor(struct context_view *view, const char *at)
{
    size_t word = strcspn(at, " "), column;
    const char *rest = at + word;
    size_t row = read_number(&rest);
    if (strncmp(at, "weights", word) == 0 && row < view->listing.n_rows) {
        show_pane(view, CONTEXT_WEIGHTS);
        listing_go(&view->listing, &view->state, row);
        column = read_number(&rest);
        if (column < N_CONTEXT_COLUMNS)
            view->state.column = column;
    } else if (strncmp(at, "history", word) == 0 && row && row <= view->figures.n_labels) {
        show_pane(view, CONTEXT_HISTORY);
        view->step = row - 1;
    } else {
        show_pane(view, CONTEXT_ANSWERS);
    }
}

static bool mark(const struct context_view *view, const struct snapshot *snapshot,
                 struct answer *answer)
{
    const struct features *features = &snapshot->state->features->features;
    int32_t prompt = view->has_pair ? features->pair_prompt[view->pair] : -1;
    if (prompt < 0)
        text_add(&answer->say, "there is no prompt here to mark");
    else
        text_printf(&answer->line, "mark %d", prompt + 1);
    return true;
}

static bool act(void *self, const struct snapshot *snapshot, const struct action *action,
                struct answer *answer)
{
    struct context_view *view = self;
    bool is_known = false;
    if (!view->lab)
        return false;
    if (view->pick.is_open && action->kind != ACTION_CURSOR)
        return context_pick_act(&view->pick, action, answer);
    if (action->kind == ACTION_GO)
        is_known = go(view, action, answer);
    else if (action->kind == ACTION_DO && strcmp(action->word, "mark") == 0)
        is_known = mark(view, snapshot, answer);
    else if (action->kind == ACTION_DO)
        is_known = do_verb(view, action->word, answer);
    else if (action->kind == ACTION_CURSOR) {
        put_cursor(view, action->text ? action->text : "");
        is_known = true;
    }
    if (is_known)
        context_update(view, snapshot); /* the pair and the weights of the step */
    return is_known;
}

static const char *mode(void *self)
{
    static const char *const modes[N_CONTEXT_PANES] = {
        [CONTEXT_WEIGHTS] = "context.weights", [CONTEXT_HISTORY] = "context.history"};
    const struct context_view *view = self;
    return view->is_typing      ? "context.text"
           : view->pick.is_open ? "context.pick"
                                : modes[view->pane];
}

/* ---- the mouse ---- */

static bool hits(const struct pen *pen, const struct mouse *mouse)
{
    int row, column;
    return pen->canvas && pen_hit(pen, mouse->row, mouse->column, &row, &column);
}

static bool click_answers(struct context_view *view, const struct mouse *mouse,
                          struct answer *answer)
{
    if (mouse->action == MOUSE_WHEEL_UP || mouse->action == MOUSE_WHEEL_DOWN) {
        int to = view->skip + (mouse->action == MOUSE_WHEEL_UP ? -3 : 3);
        view->skip = to < 0 ? 0 : to;
        return true;
    }
    if (mouse->action != MOUSE_PRESS)
        return false;
    if (view->pane != CONTEXT_ANSWERS) { /* the first click only comes here */
        show_pane(view, CONTEXT_ANSWERS);
        return true;
    }
    for (int side = 0; side < 2; side++)
        if (hits(&view->sides[side], mouse))
            return context_do_label(view, side == 0 ? "a" : "b", answer);
    return false;
}

static bool click_weights(struct context_view *view, const struct mouse *mouse,
                          struct answer *answer)
{
    enum listing_hit hit =
        listing_mouse(&view->listing, &view->state, &view->weights, mouse);
    if (hit == LISTING_ON_HEADER)
        listing_command(&view->listing, &view->state, "context", LISTING_SORT_TURN,
                        &answer->line);
    if (hit == LISTING_ON_ROW)
        show_pane(view, CONTEXT_WEIGHTS);
    return hit != LISTING_MISSED;
}

static bool point(struct context_view *view, const struct mouse *mouse,
                  struct answer *answer)
{
    size_t step = context_step_at(view, mouse);
    if (view->pick.is_open)
        return view->pick.pen.canvas &&
               listing_mouse(&view->pick.listing, &view->pick.state, &view->pick.pen,
                             mouse) != LISTING_MISSED;
    if (hits(&view->field, mouse))
        return mouse->action == MOUSE_PRESS && begin_typing(view, answer);
    if (hits(&view->answers, mouse))
        return click_answers(view, mouse, answer);
    if (step != SIZE_MAX && mouse->action == MOUSE_PRESS) {
        show_pane(view, CONTEXT_HISTORY);
        view->step = step;
        return true;
    }
    return hits(&view->weights, mouse) && click_weights(view, mouse, answer);
}

static bool mouse(void *self, const struct snapshot *snapshot, const struct mouse *mouse,
                  struct answer *answer)
{
    struct context_view *view = self;
    if (!view->lab || !point(view, mouse, answer))
        return false;
    context_update(view, snapshot);
    return true;
}

static void remember(void *self, const struct snapshot *snapshot, struct text *out)
{
    const struct context_view *view = self;
    (void)snapshot;
    if (!view->lab)
        return;
    size_t row = listing_row(&view->listing, &view->state);
    if (view->pane == CONTEXT_WEIGHTS && row != SIZE_MAX)
        text_printf(out, "cursor context \"weights %zu %zu\"", row, view->state.column);
    else if (context_looks_back(view))
        text_printf(out, "cursor context \"history %zu\"", view->step + 1);
    else
        text_add(out, "cursor context answers");
}

/* ---- keys ---- */

static const struct binding keys[] = {
    {"context", "c", "do type", "type a context: what is wanted of an answer", "context",
     79},
    {"context", "Enter", "do open", "type a context", NULL, 0},
    {"context", "Left", "do a", "answer A is the better one", "A", 78},
    {"context", "a", "do a", "answer A is the better one", NULL, 0},
    {"context", "Right", "do b", "answer B is the better one", "B", 77},
    {"context", "b", "do b", "answer B is the better one", NULL, 0},
    {"context", "n", "do neither", "neither: skip the pair", "skip", 76},
    {"context", "r", "do reveal", "what the heads say of the pair, and back", "reveal", 74},
    {"context", "x", "do recorded", "label the pair as the data has it", NULL, 0},
    {"context", "X", "do ten", "label ten pairs as the data has them", "label 10", 73},
    {"context", "A", "do attribute", "choose of which attribute pairs are labelled",
     "attribute", 72},
    {"context", "K", "do known", "choose one of the known contexts", "known", 71},
    {"context", "[", "do tau-down", "tau down (em: strength): labels count more", "tau",
     69},
    {"context", "]", "do tau-up", "tau up (em: strength): labels count less", NULL, 0},
    {"context", "{", "do share-down", "share down: labels are kept for longer", NULL, 0},
    {"context", "}", "do share-up", "share up: a changed mind is followed sooner", NULL, 0},
    {"context", "R", "do rule", "rule: hedge or em", NULL, 0},
    {"context", "O", "do order", "order of the pairs: file, random, informative", NULL, 0},
    {"context", "D", "label --clear", "take all labels back", NULL, 0},
    {"context", "T", CONTEXT_TEACH,
     "teach the router contexts: fine-tune it on 50 recorded pairs of each attribute",
     "teach", 75},
    {"context", "m", "do mark", "mark the prompt of the pair in all views", NULL, 0},
    {"context", "F", "tune", "fine-tune the router on these labels", "fine-tune", 70},
    {"context", "Esc", "do back", "back to the answers", NULL, 0},

    {"context.text", "Enter", "do enter", "go on with this context", "use it", 90},
    {"context.text", "Esc", "do back", "back to the context before", "as before", 80},
    {"context.text", "Tab", "do nearest", "take the words of the nearest known context",
     "nearest known", 70},

    {"context.weights", "Left", "go left", "column to the left", NULL, 0},
    {"context.weights", "Right", "go right", "column to the right", NULL, 0},
    {"context.weights", "i", "explain", "explain the number", "explain", 80},
    {"context.weights", "c", "do type", "type a context", "context", 70},
    {"context.weights", "Tab", "go next-pane", "to the history", "pane", 60},
    {"context.weights", "Esc", "do back", "to the answers", "answers", 50},
    {"context.weights", "?", "keys", "keys and commands", "help", 90},

    {"context.history", "Left", "go left", "step before", NULL, 0},
    {"context.history", "Right", "go right", "next step", NULL, 0},
    {"context.history", "e", "do turn", "the other answer was better, and all that follows",
     "turn", 80},
    {"context.history", "a", "do a", "answer A was better in this step", "A", 76},
    {"context.history", "b", "do b", "answer B was better in this step", "B", 75},
    {"context.history", "n", "do neither", "neither was: skip it", NULL, 0},
    {"context.history", "Enter", "do open", "turn the step", NULL, 0},
    {"context.history", "Tab", "go next-pane", "to the answers", "pane", 60},
    {"context.history", "Esc", "do back", "to the answers", "answers", 50},
    {"context.history", "?", "keys", "keys and commands", "help", 90},

    {"context.pick", "Enter", "do open", "choose it", "choose", 90},
    {"context.pick", "Esc", "do back", "close the list", "back", 80},
    {"context.pick", "/", "prompt \"search \"", "search in the list", "search", 70},
    {"context.pick", "n", "go next-hit", "next hit of the search", NULL, 0},
    {"context.pick", "N", "go previous-hit", "hit before", NULL, 0},
    {0},
};

const struct view view_context = {
    .name = "context",
    .title = "Context",
    .help =
        "Say what is wanted of an answer, and see which heads the mixture listens to. c "
        "opens the field: the weights move while you type, Enter keeps the context. In the "
        "table 'router' is the weight of a head by the prompts alone, 'context' with the "
        "words above, 'now' after your labels; the bar is 'now', the stroke in it the "
        "router.\n"
        "Then be the annotator: of the two answers choose the better one with the left or "
        "right arrow (n: neither). You are not told which one the data prefers nor what "
        "the "
        "heads say, until r shows it. Pairs come in the order from which most is learned. "
        "A "
        "head that "
        "prefers what you choose gains weight; 'loss' is what it paid so far. Or let the "
        "data label: A picks an attribute, x takes the recorded label of one pair, X of "
        "ten.\n"
        "The history (Tab) has every label with the probability that the mixture had given "
        "to what you then chose. e turns a step, and all behind it is done again; u takes "
        "the last change back. tau ([ and ]) says how fast labels move weights, share how "
        "fast old ones are forgotten. F trains the router itself on the labels, with this "
        "context; u goes back to the router before.",
    .no_hints = "search filter sort open",
    .keys = keys,
    .create = create,
    .free = free_view,
    .update = context_update,
    .draw = context_draw,
    .act = act,
    .mouse = mouse,
    .mode = mode,
    .types = types,
    .typed = typed,
    .typed_context = typed_context,
    .report = context_report,
    .cell = context_cell,
    .picture = context_picture,
    .explain = context_explain,
    .remember = remember,
};
