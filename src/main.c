/* The command line: words of argv in, a report on standard output and an exit code out.
 *
 * Standard output carries data only; errors, notes and progress go to standard error.
 * SIGINT and SIGTERM ask the command to stop; a second SIGINT ends the program at once. */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "command/batch.h"
#include "command/ending.h"
#include "command/line.h"
#include "command/table.h"
#include "command/terminal.h"
#include "ui/front.h"
#include "ui/repl.h"

static struct cancel cancel;
static volatile sig_atomic_t stop_signal;

static void ask_to_stop(int number)
{
    stop_signal = number;
    atomic_store_explicit(&cancel.asked, true, memory_order_relaxed);
}

static void handle_signals(void)
{
    struct sigaction stop = {.sa_handler = ask_to_stop,
                             .sa_flags = (int)(SA_RESETHAND | SA_RESTART)};
    sigemptyset(&stop.sa_mask);
    static const int asking[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < sizeof asking / sizeof *asking; i++) {
        struct sigaction before; /* what is started in the background ignores SIGINT */
        if (sigaction(asking[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(asking[i], &stop, NULL);
    }
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGPIPE, &ignore, NULL);
}

/* A file that is opened must not become standard output because that was closed. Opened for
 * reading only, so that writing fails and is reported. */
static void occupy_standard_files(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

/* An empty message: what was wrong has been said, where it was found. */
static void say_error(const struct error *err)
{
    struct text line = {0};
    if (!err->message[0])
        return;
    text_add(&line, "microscope: ");
    text_add_visible(&line, err->message, strlen(err->message), SIZE_MAX);
    text_add_char(&line, '\n');
    ending_say(NULL, line.bytes, line.length);
    text_done(&line);
}

/* Runs the line and writes what it found, also when it was stopped or the answer is no. */
static enum status run(const struct line *line, struct error *err)
{
    const struct output output = {.say = ending_say, .may_replace = terminal_may_replace};
    enum status status = output_check(&line->common, &output, err);
    if (status != STATUS_OK)
        return status;
    struct progress progress;
    progress_on_terminal(&progress);
    struct call call = {
        .cancel = &cancel,
        .progress = line->common.quiet ? NULL : &progress,
        .report = report_create(line->command->name),
        .commands = command_table,
    };
    status = line_run(line, &call, err);
    progress_done(&progress);
    if (status == STATUS_OK || ending_is_worth_writing(status, call.report)) {
        struct error unwritten;
        enum status written =
            output_report(call.report, &line->common, &output, &unwritten);
        if (status == STATUS_OK && written != STATUS_OK) {
            *err = unwritten;
            status = written;
        }
    }
    report_free(call.report);
    return status;
}

/* Scripts and -c. */
static enum status run_batch(const char *const *words, size_t n, struct error *err)
{
    struct progress progress;
    struct arena arena = {0};
    struct batch batch = {.table = command_table, .cancel = &cancel, .progress = &progress};
    progress_on_terminal(&progress);
    enum status status = batch_parse(&batch, words, n, &arena, err);
    if (!status)
        status = batch_run(&batch, err);
    progress_done(&progress);
    arena_done(&arena);
    return status;
}

static enum status run_line(const char *const *words, size_t n, struct error *err)
{
    struct line line;
    enum status status = line_parse(&line, command_table, words, n, err);
    if (status == STATUS_OK) {
        status = run(&line, err);
        line_done(&line);
    }
    return status;
}

static enum status run_repl(const char *const *words, size_t n, struct error *err)
{
    const struct repl_options options = {
        .table = command_table, .files = words + 1, .n_files = n - 1};
    for (size_t i = 1; i < n; i++)
        if (words[i][0] == '-')
            return run_line(words, n, err);
    if (!isatty(STDIN_FILENO))
        return error_set(err, STATUS_USAGE,
                         "'repl' wants a terminal; a script is read by 'microscope -'");
    return repl_run(&options, err);
}

/* The terminal interface, or the command that the words stand for. */
static enum status run_front(const char *const *words, size_t n, struct error *err)
{
    struct front_line front;
    struct progress progress;
    progress_on_terminal(&progress);
    enum status status = front_read(&front, command_table, words, n, err);
    if (!status && front.kind == FRONT_COMMAND)
        status = run_line(front.words, front.n, err);
    else if (!status)
        status = front_run(&front, command_table, &progress, &cancel, err);
    progress_done(&progress);
    front_done(&front);
    return status;
}

static enum status run_words(const char *const *words, size_t n, struct error *err)
{
    if (batch_is_meant(words, n))
        return run_batch(words, n, err);
    if (n && strcmp(words[0], "repl") == 0)
        return run_repl(words, n, err);
    return run_front(words, n, err);
}

/* --help, --help-all and --version without a command are those commands. */
static const char **make_words(size_t *n, char **arguments)
{
    const char **words = mem_alloc((*n + 2) * sizeof *words);
    for (size_t i = 0; i < *n; i++)
        words[i] = arguments[i];
    const char *first = *n ? words[0] : "";
    bool all = strcmp(first, "--help-all") == 0;
    if (all)
        memmove(words + 1, words, *n * sizeof *words);
    if (all || strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0)
        words[0] = "help";
    else if (strcmp(first, "--version") == 0)
        words[0] = "version";
    if (all)
        words[1] = "--all";
    *n += all;
    return words;
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    occupy_standard_files();
    handle_signals();
    size_t n = argc > 1 ? (size_t)argc - 1 : 0;
    const char **words = make_words(&n, argv + 1);
    struct error err;
    enum status status = run_words(words, n, &err);
    if (status != STATUS_OK)
        say_error(&err);
    free(words);
    if (status == STATUS_CANCELLED && stop_signal == SIGTERM)
        return 128 + SIGTERM;
    return status_exit_code(status);
}
