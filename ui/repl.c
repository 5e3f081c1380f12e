#include "ui/repl.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "base/clock.h"
#include "base/memory.h"
#include "command/cmd_display.h"
#include "command/ending.h"
#include "command/interpreter.h"
#include "command/output.h"
#include "command/runner.h"
#include "command/terminal.h"
#include "ui/folders.h"
#include "ui/history.h"
#include "ui/repl_complete.h"
#include "ui/repl_pager.h"

static const char first_prompt[] = "microscope> ", next_prompt[] = "       ...> ";

/* FORCE_TIMES Ctrl-C within FORCE_SECONDS end the program while a command does not stop. */
enum { FORCE_TIMES = 3 };
static const double FORCE_SECONDS = 2;

struct repl {
    struct interpreter *interpreter;
    struct text buffer; /* lines of a statement that is not finished yet */
    struct text entry;  /* the same as one line, for the history */
    struct history history;
    bool is_editing; /* readline has the line */
    bool ended, forced;
    char *line; /* that readline has handed over; NULL: none yet */
    bool has_line;
};

/* Readline's callbacks take no argument. */
static struct repl *current;

static volatile sig_atomic_t interrupted; /* Ctrl-C since it was looked at */
static volatile sig_atomic_t resized, resumed;
static volatile sig_atomic_t end_signal; /* that asks for the end; 0: none has */

/* Of what runs on this thread, such as a script or `wait`; set by the handlers of signals. */
static struct cancel here;

/* ---- what is said ---- */

/* Takes the line that is being edited off the terminal while something else is written. */
static void hide_line(struct repl *repl)
{
    if (repl->is_editing)
        rl_clear_visible_line();
}

static void show_line(struct repl *repl)
{
    if (repl->is_editing)
        rl_forced_update_display();
}

/* ---- what commands leave ---- */

static enum status ended(void *self, struct task *task, bool in_background,
                         struct error *err)
{
    struct repl *repl = self;
    const struct report *report = task_report(task);
    const struct common *common = task_common(task);
    const struct output output = ending_output(task);
    enum status status = STATUS_OK, of_task = task_status(task);
    struct text line = {0};
    if (in_background) {
        text_printf(&line, "[done] %s", task_line(task));
        ending_say_line(line.bytes);
    }
    bool writes = ending_is_worth_writing(of_task, report);
    if (writes && !in_background && repl_pager_takes(report, common, output.path))
        status = repl_pager_show(report, common, err);
    else if (writes)
        status = output_report(report, common, &output, err);
    text_clear(&line);
    if (in_background && (of_task || status)) {
        text_printf(&line, "error: %s", of_task ? task_error(task)->message : err->message);
        ending_say_line(line.bytes);
    } else if (interpreter_timer(repl->interpreter)) {
        ending_say_time(task, in_background);
    }
    text_done(&line);
    return status;
}

static enum status display(void *self, struct call *call, struct error *err)
{
    struct repl *repl = self;
    if (call->command != &cmd_quit)
        return error_set(err, STATUS_USAGE,
                         "'%s' is for the terminal interface; there is no screen here",
                         call->command->name);
    repl->ended = true;
    interpreter_leave(repl->interpreter);
    return STATUS_OK;
}

/* Ctrl-C at the question is a no, and not at the prompt after it. */
static bool may_replace(void *self, const char *path)
{
    bool is_meant = terminal_may_replace(self, path);
    interrupted = 0;
    return is_meant;
}

/* ---- running ---- */

static void catch_interrupt(int number)
{
    (void)number;
    interrupted = 1;
    cancel_ask(&here);
}

static void catch_resize(int number)
{
    (void)number;
    resized = 1;
}

static void catch_resume(int number)
{
    (void)number;
    resumed = 1;
}

static void catch_end(int number)
{
    end_signal = number;
    cancel_ask(&here);
}

/* Counts Ctrl-C; whether it is time to give up waiting. */
static bool is_forced(double *first, size_t *times)
{
    double now = clock_seconds();
    if (!*times || now - *first > FORCE_SECONDS) {
        *first = now;
        *times = 0;
    }
    return ++*times >= FORCE_TIMES;
}

static void show_progress(const struct task *task, size_t *width)
{
    struct task_progress at = {.line = ""};
    size_t cells = terminal_cells(STDERR_FILENO);
    struct text line = {0};
    if (task)
        task_progress(task, &at);
    if (!cells || (!at.line[0] && !*width))
        return;
    text_add(&line, "\r");
    text_add_visible(&line, at.line, strlen(at.line), cells - 1);
    size_t now = text_width(line.bytes + 1, line.length - 1);
    if (now < *width)
        text_printf(&line, "%*s", (int)(*width - now), "");
    text_add(&line, "\r");
    *width = now;
    ending_say(NULL, line.bytes, line.length);
    text_done(&line);
}

/* Waits for a command in the foreground, which works on another thread, so that Ctrl-C is
 * heard whatever it does. */
static void wait_for(struct repl *repl, size_t job)
{
    enum { LOOK_MS = 100 };
    size_t width = 0, times = 0;
    double first = 0, patience = 0;
    struct task *task;
    while ((task = interpreter_find_job(repl->interpreter, job)) && !task_ended(task)) {
        struct pollfd fd = {.fd = interpreter_wake_fd(repl->interpreter), .events = POLLIN};
        poll(&fd, 1, LOOK_MS);
        if (interrupted) {
            interrupted = 0;
            task_cancel(task);
            repl->forced = repl->forced || is_forced(&first, &times);
        }
        if (end_signal && patience <= 0) {
            task_cancel(task);
            patience = clock_seconds() + FORCE_SECONDS;
        }
        repl->forced = repl->forced || (patience > 0 && clock_seconds() > patience);
        if (repl->forced)
            return;
        show_progress(task, &width);
        interpreter_drain(repl->interpreter);
    }
    show_progress(NULL, &width);
}

/* A statement runs in the background as far as the interpreter goes, and is waited for here. The
 * status is that of the command. */
static enum status run_statement(struct repl *repl, const struct statement *statement,
                                 size_t *wrong, struct error *err)
{
    struct progress progress;
    struct runner_options options = {
        .in_background = true, .cancel = &here, .progress = &progress};
    size_t job;
    progress_on_terminal(&progress);
    atomic_store_explicit(&here.asked, false, memory_order_relaxed);
    enum status status =
        runner_statement(repl->interpreter, statement, &options, wrong, &job, err);
    progress_done(&progress);
    if (!job)
        interrupted = 0; /* it was for the command */
    if (status || !job)
        return status;
    if (statement->background) {
        struct text line = {0};
        text_printf(&line, "[%zu] in the background; 'jobs' lists, 'cancel %zu' stops", job,
                    job);
        ending_say_line(line.bytes);
        text_done(&line);
        return STATUS_OK;
    }
    wait_for(repl, job);
    return repl->forced ? STATUS_OK : interpreter_end(repl->interpreter, job, err);
}

static void say_wrong(const struct script *script, const struct statement *statement,
                      size_t wrong, struct error *err)
{
    struct text shown = {0};
    runner_add_error(script, statement, wrong, err, &shown);
    ending_say(NULL, shown.bytes ? shown.bytes : "", shown.length);
    text_done(&shown);
}

/* What the newline that was typed last is in a line that reads the same: by the byte that is not
 * closed yet. */
static void join_entry(struct text *entry, char open)
{
    size_t n = 0;
    while (n < entry->length && entry->bytes[entry->length - 1 - n] == '\\')
        n++;
    if (open == '\\' || (open == '"' && n % 2))
        entry->bytes[--entry->length] = '\0';
    else
        text_add(entry, open == '"' ? "\\n" : open == '\'' ? "'\"\\n\"'" : " ");
}

/* Whether the buffer ends within a statement, which then goes on in the next line. */
static bool is_unfinished(struct repl *repl)
{
    struct script script = {
        .name = "repl", .text = repl->buffer.bytes, .length = repl->buffer.length};
    struct statement statement = {0};
    struct error passed_over;
    enum script_result result;
    do
        result = script_next(&script, &statement, &passed_over);
    while (result == SCRIPT_STATEMENT);
    statement_done(&statement);
    if (result == SCRIPT_INCOMPLETE)
        join_entry(&repl->entry, repl->buffer.bytes[script.wrong.offset]);
    return result == SCRIPT_INCOMPLETE;
}

static void run_buffer(struct repl *repl)
{
    struct script script = {.name = "repl",
                            .text = repl->buffer.bytes,
                            .length = repl->buffer.length,
                            .expand = runner_expand,
                            .context = repl->interpreter};
    struct statement statement = {0};
    bool goes_on = true;
    while (goes_on && !repl->ended && !repl->forced && !end_signal) {
        struct error err = {0};
        size_t wrong = 0;
        enum script_result result = script_next(&script, &statement, &err);
        goes_on = result == SCRIPT_STATEMENT;
        if (result == SCRIPT_ERROR)
            say_wrong(&script, NULL, 0, &err);
        if (goes_on && run_statement(repl, &statement, &wrong, &err)) {
            say_wrong(&script, &statement, wrong, &err);
            goes_on = false;
        }
    }
    statement_done(&statement);
}

/* ---- the prompt ---- */

static void take_line(char *line)
{
    rl_callback_handler_remove();
    current->is_editing = false;
    current->line = line;
    current->has_line = true;
}

static void ask(struct repl *repl)
{
    repl->has_line = false;
    repl->is_editing = true;
    rl_callback_handler_install(repl->buffer.length ? next_prompt : first_prompt,
                                take_line);
}

/* The history has a statement of several lines as one entry, which can be edited as a line. */
static void remember(struct repl *repl)
{
    struct text *entry = &repl->entry;
    while (entry->length && entry->bytes[entry->length - 1] == ' ')
        entry->bytes[--entry->length] = '\0';
    if (entry->length && history_add(&repl->history, entry->bytes))
        add_history(entry->bytes);
}

static void drop_buffer(struct repl *repl)
{
    text_clear(&repl->buffer);
    text_clear(&repl->entry);
}

static void handle_line(struct repl *repl)
{
    char *line = repl->line;
    repl->line = NULL;
    if (!line) { /* Ctrl-D on an empty line */
        ending_say(NULL, "\n", 1);
        repl->ended = !repl->buffer.length;
        drop_buffer(repl);
        return;
    }
    text_add(&repl->buffer, line);
    text_add_char(&repl->buffer, '\n');
    text_add(&repl->entry, line);
    free(line);
    if (is_unfinished(repl))
        return;
    remember(repl); /* before it is run: a crash must not take it away */
    run_buffer(repl);
    drop_buffer(repl);
}

/* Ctrl-C at the prompt: what was typed is dropped, all lines of it. */
static void drop_line(struct repl *repl)
{
    interrupted = 0;
    bool was_empty = !rl_end && !repl->buffer.length;
    /* At the end of what was typed, wherever the cursor is in it. */
    rl_point = rl_end;
    rl_redisplay();
    rl_callback_sigcleanup();
    rl_free_line_state();
    rl_replace_line("", 0);
    rl_point = rl_mark = 0;
    ending_say(NULL, "^C", 2);
    rl_crlf();
    fflush(rl_outstream);
    if (was_empty)
        ending_say_line("Ctrl-C stops a command; quit or Ctrl-D leaves");
    drop_buffer(repl);
    rl_set_prompt(first_prompt);
    rl_on_new_line();
    rl_redisplay();
}

static void collect(struct repl *repl)
{
    bool any = false;
    for (size_t i = 0; i < interpreter_jobs(repl->interpreter); i++)
        any = any || task_ended(interpreter_job(repl->interpreter, i).task);
    if (any)
        hide_line(repl);
    interpreter_collect(repl->interpreter);
    if (any)
        show_line(repl);
}

static void edit(struct repl *repl)
{
    enum { LOOK_MS = 1000 }; /* a signal may come just before poll waits */
    struct pollfd fds[2] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = interpreter_wake_fd(repl->interpreter), .events = POLLIN}};
    int ready = poll(fds, 2, LOOK_MS);
    if (end_signal) {
        rl_callback_handler_remove();
        repl->is_editing = false;
        return;
    }
    if (interrupted)
        drop_line(repl);
    if (resized || resumed) {
        rl_resize_terminal();
        if (resumed)
            rl_forced_update_display();
        resized = resumed = 0;
    }
    if (ready > 0 && fds[1].revents)
        collect(repl);
    if (ready > 0 && fds[0].revents)
        rl_callback_read_char();
}

/* ---- beginning and end ---- */

static void set_up_signals(void)
{
    static const struct {
        int number;
        void (*handler)(int);
    } caught[] = {{SIGINT, catch_interrupt}, {SIGWINCH, catch_resize},
                  {SIGCONT, catch_resume},   {SIGTERM, catch_end},
                  {SIGHUP, catch_end},       {SIGQUIT, catch_end}};
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) {
        struct sigaction action = {.sa_handler = caught[i].handler};
        sigemptyset(&action.sa_mask);
        sigaction(caught[i].number, &action, NULL);
    }
}

static void set_up_readline(struct repl *repl)
{
    rl_readline_name = "microscope";
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_change_environment = 0;
    rl_outstream = stderr; /* standard output carries data only */
    repl_complete_install(repl->interpreter);
    struct text path = {0};
    folders_state(&path);
    bool has_folder = path.length && folders_make(path.bytes);
    text_add(&path, "/history");
    history_open(&repl->history, has_folder ? path.bytes : NULL);
    text_done(&path);
    using_history();
    for (size_t i = 0; i < repl->history.n; i++)
        add_history(repl->history.lines[i]);
}

static enum status open_files(struct repl *repl, const struct repl_options *options,
                              struct error *err)
{
    if (!options->n_files)
        return STATUS_OK;
    const char **words = mem_alloc((options->n_files + 1) * sizeof *words);
    words[0] = "open";
    for (size_t i = 0; i < options->n_files; i++)
        words[1 + i] = options->files[i];
    const struct request request = {.words = words, .n = options->n_files + 1};
    enum status status = interpreter_run(repl->interpreter, &request, NULL, NULL, err);
    free(words);
    return status;
}

/* By the signal that asked for it, when what works in the background has stopped in time. */
static void die(struct repl *repl)
{
    double patience = clock_seconds() + FORCE_SECONDS;
    interpreter_cancel_all(repl->interpreter);
    while (interpreter_jobs(repl->interpreter) && clock_seconds() < patience) {
        interpreter_collect(repl->interpreter);
        poll(NULL, 0, 10);
    }
    signal(end_signal, SIG_DFL);
    raise(end_signal);
}

enum status repl_run(const struct repl_options *options, struct error *err)
{
    struct repl repl = {0};
    const struct front front = {.self = &repl,
                                .ended = ended,
                                .say = ending_say,
                                .display = display,
                                .may_replace = may_replace};
    repl.interpreter = interpreter_create(options->table, &front, 2);
    enum status status = open_files(&repl, options, err);
    if (!status) {
        if (options->why)
            ending_say_line(options->why);
        ending_say_line(
            "microscope: 'help' lists the commands, Tab completes, 'quit' leaves");
        set_up_signals();
        set_up_readline(&repl);
        current = &repl;
        while (!repl.ended && !repl.forced && !end_signal) {
            ask(&repl);
            while (!repl.has_line && !end_signal)
                edit(&repl);
            if (repl.has_line)
                handle_line(&repl);
        }
        repl_complete_done();
        history_done(&repl.history);
        current = NULL;
    }
    if (end_signal)
        die(&repl);
    if (repl.forced)
        _exit(128 + SIGINT); /* a command that does not stop must not be waited for */
    text_done(&repl.buffer);
    text_done(&repl.entry);
    interpreter_free(repl.interpreter);
    return status;
}
