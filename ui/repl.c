#include "ui/repl.h"

#include <errno.h>
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
#include "command/interpreter.h"
#include "command/output.h"
#include "command/runner.h"
#include "command/terminal.h"
#include "ui/folders.h"
#include "ui/history.h"
#include "ui/repl_complete.h"

static const char first_prompt[] = "microscope> ", next_prompt[] = "       ...> ";

/* FORCE_TIMES Ctrl-C within FORCE_SECONDS end the program while a command does not stop. */
enum { FORCE_TIMES = 3 };
static const double FORCE_SECONDS = 2;

struct repl {
    struct interpreter *interpreter;
    struct text buffer; /* lines of a statement that is not finished yet */
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

/* ---- what is said ---- */

static void write_all(int fd, const char *bytes, size_t length)
{
    while (length) {
        ssize_t done = write(fd, bytes, length);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return; /* there is nobody left to tell */
        bytes += done;
        length -= (size_t)done;
    }
}

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

static void say(void *self, const char *bytes, size_t length)
{
    (void)self;
    write_all(STDERR_FILENO, bytes, length);
}

static void say_line(const char *line)
{
    struct text shown = {0};
    text_add_visible(&shown, line, strlen(line), SIZE_MAX);
    text_add_char(&shown, '\n');
    say(NULL, shown.bytes, shown.length);
    text_done(&shown);
}

/* ---- what commands leave ---- */

static enum status ended(void *self, struct task *task, bool in_background,
                         struct error *err)
{
    struct repl *repl = self;
    const struct output output = {
        .path = task_path(task), .append = task_appends(task), .say = say};
    enum status status = STATUS_OK, of_task = task_status(task);
    struct text line = {0};
    if (in_background) {
        text_printf(&line, "[done] %s", task_line(task));
        say_line(line.bytes);
    }
    if (!report_is_empty(task_report(task)) &&
        (of_task == STATUS_OK || of_task == STATUS_FAILED || of_task == STATUS_CANCELLED))
        status = output_report(task_report(task), task_common(task), &output, err);
    text_clear(&line);
    if (in_background && (of_task || status)) {
        text_printf(&line, "error: %s", of_task ? task_error(task)->message : err->message);
        say_line(line.bytes);
    } else if (interpreter_timer(repl->interpreter)) {
        text_printf(&line, "%s: %.3f s", task_command(task)->name, task_seconds(task));
        say_line(line.bytes);
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
    return STATUS_OK;
}

/* ---- running ---- */

static void catch_interrupt(int number)
{
    (void)number;
    interrupted = 1;
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
    say(NULL, line.bytes, line.length);
    text_done(&line);
}

/* Waits for a command in the foreground, which works on another thread, so that Ctrl-C is
 * heard whatever it does. */
static void wait_for(struct repl *repl, size_t job)
{
    enum { LOOK_MS = 100 };
    size_t width = 0, times = 0;
    double first = 0;
    struct task *task;
    while ((task = interpreter_find_job(repl->interpreter, job)) && !task_ended(task)) {
        struct pollfd fd = {.fd = interpreter_wake_fd(repl->interpreter), .events = POLLIN};
        poll(&fd, 1, LOOK_MS);
        if (interrupted) {
            interrupted = 0;
            task_cancel(task);
            repl->forced = repl->forced || is_forced(&first, &times);
        }
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
    struct runner_options options = {.in_background = true};
    size_t job;
    enum status status =
        runner_statement(repl->interpreter, statement, &options, wrong, &job, err);
    if (status || !job)
        return status;
    if (statement->background) {
        struct text line = {0};
        text_printf(&line, "[%zu] in the background; 'jobs' lists, 'cancel %zu' stops", job,
                    job);
        say_line(line.bytes);
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
    say(NULL, shown.bytes ? shown.bytes : "", shown.length);
    text_done(&shown);
}

/* Runs what is whole in the buffer; an unfinished statement stays in it. */
static void run_buffer(struct repl *repl)
{
    struct script script = {.name = "repl",
                            .text = repl->buffer.bytes,
                            .length = repl->buffer.length,
                            .expand = runner_expand,
                            .context = repl->interpreter};
    struct statement statement = {0};
    bool goes_on = true, is_unfinished = false;
    while (goes_on && !repl->ended && !repl->forced) {
        struct error err = {0};
        size_t wrong = 0;
        enum script_result result = script_next(&script, &statement, &err);
        is_unfinished = result == SCRIPT_INCOMPLETE;
        goes_on = result == SCRIPT_STATEMENT;
        if (result == SCRIPT_ERROR)
            say_wrong(&script, NULL, 0, &err);
        if (goes_on && run_statement(repl, &statement, &wrong, &err)) {
            say_wrong(&script, &statement, wrong, &err);
            goes_on = false;
        }
    }
    statement_done(&statement);
    if (!is_unfinished)
        text_clear(&repl->buffer);
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
    struct text entry = {0};
    for (size_t i = 0; i < repl->buffer.length; i++)
        text_add_char(&entry, repl->buffer.bytes[i] == '\n' ? ' ' : repl->buffer.bytes[i]);
    while (entry.length && entry.bytes[entry.length - 1] == ' ')
        entry.bytes[--entry.length] = '\0';
    size_t before = repl->history.n;
    if (entry.length)
        history_add(&repl->history, entry.bytes);
    if (repl->history.n != before)
        add_history(entry.bytes);
    text_done(&entry);
}

static void handle_line(struct repl *repl)
{
    char *line = repl->line;
    repl->line = NULL;
    if (!line) { /* Ctrl-D on an empty line */
        say(NULL, "\n", 1);
        repl->ended = !repl->buffer.length;
        text_clear(&repl->buffer);
        return;
    }
    text_add(&repl->buffer, line);
    text_add_char(&repl->buffer, '\n');
    free(line);
    struct text kept = {0};
    text_append(&kept, repl->buffer.bytes, repl->buffer.length);
    run_buffer(repl);
    if (!repl->buffer.length) {
        repl->buffer = kept;
        remember(repl);
        text_clear(&repl->buffer);
    } else {
        text_done(&kept);
    }
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
    say(NULL, "^C", 2);
    rl_crlf();
    fflush(rl_outstream);
    if (was_empty)
        say_line("Ctrl-C stops a command; quit or Ctrl-D leaves");
    text_clear(&repl->buffer);
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
    struct pollfd fds[2] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = interpreter_wake_fd(repl->interpreter), .events = POLLIN}};
    int ready = poll(fds, 2, -1);
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
    } caught[] = {
        {SIGINT, catch_interrupt}, {SIGWINCH, catch_resize}, {SIGCONT, catch_resume}};
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

enum status repl_run(const struct repl_options *options, struct error *err)
{
    struct repl repl = {0};
    const struct front front = {
        .self = &repl, .ended = ended, .say = say, .display = display};
    repl.interpreter = interpreter_create(options->table, &front, 2);
    enum status status = open_files(&repl, options, err);
    if (!status) {
        if (options->why)
            say_line(options->why);
        say_line("microscope: 'help' lists the commands, Tab completes, 'quit' leaves");
        set_up_signals();
        set_up_readline(&repl);
        current = &repl;
        while (!repl.ended && !repl.forced) {
            ask(&repl);
            while (!repl.has_line)
                edit(&repl);
            handle_line(&repl);
        }
        repl_complete_done();
        history_done(&repl.history);
        current = NULL;
    }
    if (repl.forced)
        _exit(128 + SIGINT); /* a command that does not stop must not be waited for */
    text_done(&repl.buffer);
    interpreter_free(repl.interpreter);
    return status;
}
