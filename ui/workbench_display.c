/* Commands on what is on the screen. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/line.h"
#include "command/output.h"
#include "ui/pager.h"
#include "ui/workbench_inside.h"

typedef enum status doing(struct workbench *workbench, struct call *call,
                          struct error *err);

static enum status show_view(struct workbench *workbench, struct call *call,
                             struct error *err)
{
    (void)err;
    const struct view_args *args = call->args;
    int view = args->view;
    if (view >= N_VIEWS) /* next, previous */
        view = ((int)workbench->view + (view == N_VIEWS ? 1 : N_VIEWS - 1)) % N_VIEWS;
    while (workbench->n_layers && !console_is(workbench_top(workbench)))
        workbench_pop(workbench);
    workbench_show_view(workbench, (enum view_number)view);
    return STATUS_OK;
}

/* Where a view shows no prompts, the next mark is looked at in the router's. */
static bool go_to_mark(struct workbench *workbench, const struct action *action)
{
    if (strcmp(action->word, "next-mark") != 0 || workbench_top(workbench))
        return false;
    if (!workbench_snapshot(workbench)->state->n_marks)
        workbench_say(workbench, TONE_PLAIN,
                      "nothing is marked yet: m marks the prompt of the row, in the router "
                      "view and where pairs are listed");
    else
        workbench_run_next(workbench, "view router\ngo next-mark");
    return true;
}

static enum status go(struct workbench *workbench, struct call *call, struct error *err)
{
    const struct go_args *args = call->args;
    struct action action = {.kind = ACTION_GO, .word = args->way, .times = args->times};
    if (workbench_act(workbench, &action) || go_to_mark(workbench, &action))
        return STATUS_OK;
    return error_set(err, STATUS_FAILED, "'go %s' leads nowhere here", args->way);
}

/* ---- do: what views leave to the frame ---- */

static void unfilter(struct workbench *workbench)
{
    struct text line = {0};
    text_printf(&line, "filter %s", view_names[workbench->view]);
    workbench_run_next(workbench, line.bytes);
    text_done(&line);
}

/* Goes where the session ran. */
static bool enter_folder(struct workbench *workbench, const struct orphan *orphan)
{
    char *folder = autosave_folder(orphan);
    bool is_there = !folder || chdir(folder) == 0;
    if (!is_there)
        workbench_say(workbench, TONE_WRONG, "the session ran in '%s', which is not there",
                      folder);
    free(folder);
    return is_there;
}

/* The session of a run that ended badly: its lines are run here, and are this run's from then on. */
static bool recover(struct workbench *workbench, bool forget)
{
    struct orphan *orphan = workbench->options.orphan;
    if (!orphan || !orphan->path)
        return false;
    if (forget) {
        autosave_forget(orphan);
        return true;
    }
    if (!enter_folder(workbench, orphan))
        return true;
    struct text line = {0};
    text_add(&line, "run ");
    line_add_word(&line, orphan->path);
    text_add(&line, "\ndo forget");
    workbench_run_next(workbench, line.bytes);
    text_done(&line);
    return true;
}

/* Where there is nothing to go back from, what runs is called off, and what waits for it. */
static void go_back(struct workbench *workbench)
{
    size_t n = interpreter_jobs(workbench->interpreter);
    if (!n)
        return;
    workbench_drop_queues(workbench);
    workbench_run_next(workbench, "cancel");
}

static bool do_here(struct workbench *workbench, const char *verb)
{
    if (strcmp(verb, "recover") == 0 || strcmp(verb, "forget") == 0)
        return recover(workbench, strcmp(verb, "forget") == 0);
    if (strcmp(verb, "close") == 0)
        workbench_run_next(workbench, "quit");
    else if (strcmp(verb, "unfilter") == 0)
        unfilter(workbench);
    else if (strcmp(verb, "palette") == 0)
        workbench_say(workbench, TONE_GOOD, "palette %s",
                      appearance_next_ramp(workbench->options.appearance));
    else if (strcmp(verb, "back") == 0)
        go_back(workbench);
    else
        return false;
    return true;
}

static enum status act(struct workbench *workbench, struct call *call, struct error *err)
{
    const struct do_args *args = call->args;
    struct action action = {.kind = ACTION_DO, .word = args->verb, .text = args->text};
    if (workbench_act(workbench, &action) || do_here(workbench, args->verb))
        return STATUS_OK;
    if (strcmp(args->verb, "mark") == 0)
        return error_set(err, STATUS_FAILED,
                         "there is no prompt under the cursor to mark; rows of the router "
                         "view and lists of pairs have one");
    return error_set(err, STATUS_FAILED, "'%s' has no use here", args->verb);
}

/* ---- cursor, search, explain ---- */

static enum status put_cursor(struct workbench *workbench, struct call *call,
                              struct error *err)
{
    (void)err;
    const struct cursor_args *args = call->args;
    struct action action = {.kind = ACTION_CURSOR, .word = "cursor", .text = args->at};
    struct answer answer = {0};
    const struct snapshot *snapshot = workbench_snapshot(workbench);
    void *self = workbench->selves[args->view];
    view_table[args->view]->update(self, snapshot);
    workbench->seen[args->view] = snapshot->serial;
    view_table[args->view]->act(self, snapshot, &action, &answer);
    workbench_take(workbench, &answer);
    return STATUS_OK;
}

static enum status search(struct workbench *workbench, struct call *call, struct error *err)
{
    const struct search_args *args = call->args;
    struct action action = {.kind = ACTION_SEARCH, .word = "search", .text = args->text};
    if (workbench_act(workbench, &action) || !args->text)
        return STATUS_OK;
    return error_set(err, STATUS_FAILED, "there is nothing to search here");
}

static enum status explain(struct workbench *workbench, struct call *call,
                           struct error *err)
{
    (void)call;
    const struct view *view = view_table[workbench->view];
    void *self = workbench_front(workbench);
    struct text out = {0};
    bool is_there =
        view->explain && view->explain(self, workbench_snapshot(workbench), &out);
    if (is_there && out.length)
        workbench_push(workbench, pager_make("explained", out.bytes));
    text_done(&out);
    return is_there ? STATUS_OK
                    : error_set(err, STATUS_FAILED,
                                "there is no number under the cursor to explain");
}

/* ---- copy, export ---- */

static enum status copy(struct workbench *workbench, struct call *call, struct error *err)
{
    const struct copy_args *args = call->args;
    return workbench_copy(workbench, args->what == 0, err);
}

static enum status export(struct workbench *workbench, struct call *call,
                          struct error *err) {
    const struct export_args *args = call->args;
    if (args->file) return workbench_export(workbench, args->file, call->force, err);
    struct text line = {0};
    text_printf(&line, "export %s.csv", view_names[workbench->view]);
    workbench_push(workbench, prompt_make(workbench, line.bytes));
    text_done(&line);
    return STATUS_OK;
}

/* ---- keys, prompt, appearance ---- */

static enum status show_keys(struct workbench *workbench, struct call *call,
                             struct error *err)
{
    (void)call;
    (void)err;
    const struct view *view = view_table[workbench->view];
    void *self = workbench_front(workbench);
    const struct overlay *top = workbench_top(workbench);
    const char *mode = view->mode ? view->mode(self) : NULL;
    if (top)
        mode = top->kind->mode;
    workbench_push(workbench, help_make(workbench, mode ? mode : view->name, mode != NULL));
    return STATUS_OK;
}

static enum status show_config(struct workbench *workbench, struct call *call,
                               struct error *err)
{
    (void)call;
    (void)err;
    struct text out = {0};
    if (workbench->options.config)
        config_show(workbench->options.config, &out);
    workbench_push(workbench,
                   pager_make("configuration", out.length ? out.bytes : "all built in"));
    text_done(&out);
    return STATUS_OK;
}

static enum status prompt(struct workbench *workbench, struct call *call, struct error *err)
{
    (void)err;
    const struct prompt_args *args = call->args;
    workbench_push(workbench, prompt_make(workbench, args->text ? args->text : ""));
    return STATUS_OK;
}

static enum status open_console(struct workbench *workbench, struct call *call,
                                struct error *err)
{
    (void)call;
    (void)err;
    if (!console_is(workbench_top(workbench)))
        workbench_push(workbench, console_make(workbench));
    return STATUS_OK;
}

static enum status change_theme(struct workbench *workbench, struct call *call,
                                struct error *err)
{
    const struct theme_args *args = call->args;
    struct appearance *appearance = workbench->options.appearance;
    enum status status = args->name ? appearance_theme(appearance, args->name, err)
                                    : appearance_next_theme(appearance, err);
    if (!status)
        workbench_say(workbench, TONE_GOOD, "theme %s", appearance->look.name);
    return status;
}

static enum status change_mouse(struct workbench *workbench, struct call *call,
                                struct error *err)
{
    (void)err;
    const struct mouse_args *args = call->args;
    const struct workbench_terminal *terminal = &workbench->options.terminal;
    if (!terminal->set_mouse)
        return STATUS_OK;
    bool on = args->on == 2 ? !terminal->has_mouse() : args->on == 1;
    terminal->set_mouse(on);
    workbench_say(workbench, TONE_GOOD,
                  on ? "the mouse is taken" : "the mouse is the terminal's again");
    return STATUS_OK;
}

static enum status redraw(struct workbench *workbench, struct call *call, struct error *err)
{
    (void)call;
    (void)err;
    if (workbench->options.terminal.redraw)
        workbench->options.terminal.redraw();
    workbench_touch(workbench);
    return STATUS_OK;
}

static enum status quit(struct workbench *workbench, struct call *call, struct error *err)
{
    (void)err;
    static const char *const lines[] = {"quit --force", NULL, "prompt \"save \""};
    if (call->force || !workspace_is_unsaved(workbench->workspace)) {
        workbench->has_ended = true;
        return STATUS_OK;
    }
    workbench_push(workbench, question_make("What was done is not saved. Quit? y: quit   "
                                            "n: stay   s: save it as a script",
                                            "yns", lines));
    return STATUS_OK;
}

enum status workbench_display(void *self, struct call *call, struct error *err)
{
    static const struct {
        const struct command *command;
        doing *run;
    } rows[] = {
        {&cmd_view, show_view},
        {&cmd_go, go},
        {&cmd_do, act},
        {&cmd_cursor, put_cursor},
        {&cmd_search, search},
        {&cmd_explain, explain},
        {&cmd_copy, copy},
        {&cmd_export, export},
        {&cmd_config, show_config},
        {&cmd_keys, show_keys},
        {&cmd_prompt, prompt},
        {&cmd_theme, change_theme},
        {&cmd_mouse, change_mouse},
        {&cmd_redraw, redraw},
        {&cmd_quit, quit},
        {&cmd_console, open_console},
    };
    struct workbench *workbench = self;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].command == call->command) {
            workbench->is_dirty = true;
            return rows[i].run(workbench, call, err);
        }
    return STATUS_OK;
}
