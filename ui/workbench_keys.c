/* Events: which key leads to which line here and now. */
#include <string.h>

#include "base/clock.h"
#include "ui/workbench_inside.h"

/* ---- where we are ---- */

struct place {
    const char *where;
    bool is_mode; /* the rows of "all" do not hold */
    bool types;   /* characters are text */
};

static struct place find_place(struct workbench *workbench)
{
    const struct overlay *top = workbench_top(workbench);
    if (top)
        return (struct place){top->kind->mode, true,
                              top->kind->types && top->kind->types(top->self)};
    const struct view *view = view_table[workbench->view];
    void *self = workbench_front(workbench);
    const char *mode = view->mode ? view->mode(self) : NULL;
    bool types = view->types && view->types(self);
    return (struct place){mode ? mode : view->name, mode != NULL, types};
}

/* ---- what a view or an overlay answers ---- */

/* A key of a view stands for what the view made of it: "[ -> set threshold 0.94", not "do lower". */
static void echo_answer(struct workbench *workbench, const char *line)
{
    const char *arrow = workbench->options.appearance->look.glyphs[GLYPH_ARROW];
    char *at =
        workbench->status.echo.length ? strstr(workbench->status.echo.bytes, arrow) : NULL;
    if (!at)
        return;
    struct text echo = {0};
    text_append(&echo, workbench->status.echo.bytes,
                (size_t)(at - workbench->status.echo.bytes));
    text_printf(&echo, "%s %.*s", arrow, (int)strcspn(line, "\n"), line);
    text_done(&workbench->status.echo);
    workbench->status.echo = echo;
}

void workbench_take(struct workbench *workbench, struct answer *answer)
{
    if (answer->say.length)
        workbench_say(workbench, TONE_PLAIN, "%s", answer->say.bytes);
    if (answer->line.length) {
        echo_answer(workbench, answer->line.bytes);
        workbench_run_next(workbench, answer->line.bytes);
    }
    text_done(&answer->line);
    text_done(&answer->say);
    workbench_touch(workbench);
}

static void take_overlay(struct workbench *workbench, struct overlay_answer *answer)
{
    if (answer->close)
        workbench_pop(workbench);
    if (answer->is_typed && answer->answer.line.length) {
        enum origin origin = answer->close ? ORIGIN_TYPED : ORIGIN_CONSOLE;
        text_clear(&workbench->status.echo);
        text_printf(&workbench->status.echo, ":%.*s",
                    (int)strcspn(answer->answer.line.bytes, "\n"),
                    answer->answer.line.bytes);
        text_clear(&workbench->status.say);
        workbench_run(workbench, answer->answer.line.bytes, origin);
        text_clear(&answer->answer.line);
    }
    workbench_take(workbench, &answer->answer);
}

static bool act_on_overlay(struct workbench *workbench, const struct action *action)
{
    struct overlay *top = workbench_top(workbench);
    struct overlay_answer answer = {0};
    bool is_known =
        top->kind->act && top->kind->act(top->self, &workbench->snapshot, action, &answer);
    if (!is_known && action->kind == ACTION_DO &&
        (strcmp(action->word, "close") == 0 || strcmp(action->word, "back") == 0))
        is_known = answer.close = true;
    take_overlay(workbench, &answer);
    return is_known;
}

/* A search is for the view, whatever lies over it: it is typed into a prompt. So is what is typed into
 * the console. */
bool workbench_act(struct workbench *workbench, const struct action *action)
{
    workbench_snapshot(workbench);
    if (workbench_top(workbench) && action->kind != ACTION_SEARCH &&
        workbench->now.origin != ORIGIN_CONSOLE)
        return act_on_overlay(workbench, action);
    struct answer answer = {0};
    void *self = workbench_front(workbench);
    bool is_known =
        view_table[workbench->view]->act(self, &workbench->snapshot, action, &answer);
    workbench_take(workbench, &answer);
    return is_known;
}

/* ---- keys ---- */

static bool type_into(struct workbench *workbench, const struct event *event)
{
    struct overlay *top = workbench_top(workbench);
    const struct view *view = view_table[workbench->view];
    if (top) {
        struct overlay_answer answer = {0};
        bool taken = top->kind->typed(top->self, &workbench->snapshot, event, &answer);
        take_overlay(workbench, &answer);
        return taken;
    }
    struct answer answer = {0};
    void *self = workbench_front(workbench);
    bool taken = view->typed && view->typed(self, &workbench->snapshot, event, &answer);
    workbench_take(workbench, &answer);
    return taken;
}

static void echo(struct workbench *workbench, struct key key, const char *command)
{
    char name[KEY_NAME];
    text_clear(&workbench->status.echo);
    text_printf(&workbench->status.echo, "%s %s %s", key_name(key, name),
                workbench->options.appearance->look.glyphs[GLYPH_ARROW], command);
}

/* Three within two seconds while something runs that does not stop: the program ends. */
static bool is_forced(struct workbench *workbench)
{
    enum { N = sizeof workbench->interrupts / sizeof *workbench->interrupts };
    double now = clock_seconds();
    memmove(workbench->interrupts, workbench->interrupts + 1,
            (N - 1) * sizeof *workbench->interrupts);
    workbench->interrupts[N - 1] = now;
    return workbench->interrupts[0] > 0 && now - workbench->interrupts[0] < 2 &&
           interpreter_jobs(workbench->interpreter);
}

static bool is_idle_cancel(const struct workbench *workbench, const struct binding *row)
{
    return strcmp(row->command, "cancel") == 0 && !interpreter_jobs(workbench->interpreter);
}

/* Ctrl-C never quits. */
static void say_how_to_quit(struct workbench *workbench)
{
    const char *quit = key_map_key_of(&workbench->keys, "all", "quit");
    workbench_say(workbench, TONE_PLAIN, "Ctrl-C cancels; %s quits", quit ? quit : ":quit");
}

/* What has the key, in this order: text that is typed over the view; a row of the mode, unless it
 * types a character into a field; that field; a row of the view, and of all. */
static bool find_row(struct workbench *workbench, const struct event *event,
                     const struct binding **row)
{
    struct place place = find_place(workbench);
    const struct key_map *keys = &workbench->keys;
    bool is_over = workbench_top(workbench) != NULL;
    bool is_text = place.types && key_types(event->key);
    *row = NULL;
    if (is_over && place.types && type_into(workbench, event))
        return true;
    if (!is_text)
        *row = key_map_find(keys, place.where, place.is_mode, event->key);
    if (*row || is_over)
        return *row != NULL;
    if (place.types && type_into(workbench, event))
        return true;
    if (place.is_mode && !is_text)
        *row = key_map_find(keys, view_table[workbench->view]->name, false, event->key);
    return *row != NULL;
}

/* Whether the key did nothing but take a layer away. */
static bool only_left(const struct workbench *workbench, const struct binding *row)
{
    const struct status_line *status = &workbench->status;
    bool leaves =
        row ? strcmp(row->command, "do back") == 0 || strcmp(row->command, "do close") == 0
            : !status->echo.length;
    return leaves && !status->say.length && !workbench->pending.length;
}

static void press(struct workbench *workbench, const struct event *event)
{
    char name[KEY_NAME];
    struct key key = event->key;
    const struct binding *row;
    size_t n_layers = workbench->n_layers;
    workbench->keys_pressed++;
    workbench_begin_status(workbench);
    bool is_interrupt = key.code == 'c' && key.mods == MOD_CTRL;
    if (is_interrupt && is_forced(workbench)) {
        workbench->is_forced = workbench->has_ended = true;
        return;
    }
    if (!find_row(workbench, event, &row)) {
        const char *help = key_map_key_of(&workbench->keys, "all", "keys");
        workbench_say(workbench, TONE_PLAIN, "no binding for %s; %s for help",
                      key_name(key, name), help ? help : ":keys");
    } else if (row && is_interrupt && is_idle_cancel(workbench, row)) {
        say_how_to_quit(workbench);
    } else if (row) {
        echo(workbench, key, row->command);
        if (is_interrupt)
            workbench_drop_queues(workbench); /* what would come next does not */
        workbench_run(workbench, row->command, ORIGIN_KEY);
    }
    if (workbench->n_layers < n_layers && only_left(workbench, row))
        workbench_restore_status(workbench);
}

static void paste(struct workbench *workbench, const struct event *event)
{
    if (!find_place(workbench).types || !type_into(workbench, event))
        workbench_say(workbench, TONE_PLAIN,
                      "what is pasted needs a field that takes text; no key was pressed");
}

/* ---- the mouse ---- */

static void click_tabs(struct workbench *workbench, int column)
{
    int view = 0;
    while (view < N_VIEWS && column >= workbench->tab_ends[view])
        view++;
    if (view == N_VIEWS)
        return;
    struct text line = {0};
    text_printf(&line, "view %s", view_names[view]);
    workbench_run(workbench, line.bytes, ORIGIN_KEY);
    text_done(&line);
}

static void point(struct workbench *workbench, const struct mouse *mouse)
{
    int row, column;
    const struct overlay *top = workbench_top(workbench);
    const struct view *view = view_table[workbench->view];
    if (top && !top->kind->is_line) {
        struct overlay_answer answer = {0};
        if (top->kind->mouse)
            top->kind->mouse(top->self, &workbench->snapshot, mouse, &workbench->body,
                             &answer);
        take_overlay(workbench, &answer);
    } else if (mouse->action == MOUSE_PRESS &&
               pen_hit(&workbench->tabs, mouse->row, mouse->column, &row, &column)) {
        click_tabs(workbench, column);
    } else if (view->mouse && !top) {
        struct answer answer = {0};
        void *self = workbench_front(workbench);
        view->mouse(self, &workbench->snapshot, mouse, &answer);
        workbench_take(workbench, &answer);
    }
}

/* ---- all of them ---- */

/* Where the view's cursor is now, for saved sessions. */
static void remember(struct workbench *workbench)
{
    const struct view *view = view_table[workbench->view];
    if (!view->remember)
        return;
    struct text line = {0}, name = {0};
    void *self = workbench_front(workbench);
    view->remember(self, &workbench->snapshot, &line);
    text_printf(&name, "%s.cursor", view->name);
    entries_put(workspace_layout(workbench->workspace), name.bytes,
                line.length ? line.bytes : NULL);
    text_done(&line);
    text_done(&name);
}

void workbench_event(struct workbench *workbench, const struct event *event)
{
    workbench_snapshot(workbench);
    if (event->kind == EVENT_KEY)
        press(workbench, event);
    else if (event->kind == EVENT_PASTE)
        paste(workbench, event);
    else if (event->kind == EVENT_MOUSE)
        point(workbench, &event->mouse);
    else
        return;
    workbench_run_pending(workbench);
    remember(workbench);
    workbench_touch(workbench);
}
