#include "ui/repl_pager.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "command/ending.h"
#include "command/output.h"
#include "command/terminal.h"
#include "io/file.h"

static const char usual[] = "less";

/* NULL: the user wants none, or the terminal has no pages. */
static const char *find_pager(void)
{
    const char *pager = getenv("PAGER");   /* NOLINT(concurrency-mt-unsafe) */
    const char *terminal = getenv("TERM"); /* NOLINT(concurrency-mt-unsafe) */
    if (!terminal || !*terminal || strcmp(terminal, "dumb") == 0)
        return NULL;
    if (!pager)
        return usual;
    return *pager && strcmp(pager, "cat") != 0 ? pager : NULL;
}

bool repl_pager_takes(const struct report *report, const struct common *common,
                      const char *path)
{
    bool is_for_people = common->mode == TABLE_TEXT || common->mode == TABLE_BOX ||
                         common->mode == TABLE_PLAIN;
    return common->pager && is_for_people && !path && !common->out &&
           !report_yields_output(report) && isatty(STDOUT_FILENO) && isatty(STDIN_FILENO) &&
           find_pager();
}

static bool is_long(const struct text *text)
{
    struct winsize size;
    size_t rows = 24, n = 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row)
        rows = size.ws_row;
    for (size_t i = 0; i < text->length; i++)
        n += text->bytes[i] == '\n';
    return n >= rows; /* the prompt wants a line too */
}

/* As a shell would start it; less leaves what it showed on the screen. */
static void become_pager(const int ends[2])
{
    const char *pager = find_pager();
    setenv("LESS", "FRX", 0); /* NOLINT(concurrency-mt-unsafe) */
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    close(ends[1]);
    execl("/bin/sh", "sh", "-c", pager ? pager : usual, (char *)NULL);
    _exit(127);
}

/* A reader that goes away has seen enough. */
static void feed(int fd, const char *bytes, size_t length)
{
    while (length) {
        ssize_t done = write(fd, bytes, length);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return;
        bytes += done;
        length -= (size_t)done;
    }
}

/* Whether the pager could be run. */
static bool page(const struct text *text)
{
    enum { NOT_FOUND = 127 };
    int ends[2], status = 0;
    if (pipe(ends) < 0)
        return false;
    pid_t child = fork();
    if (child == 0)
        become_pager(ends);
    close(ends[0]);
    if (child > 0)
        feed(ends[1], text->bytes, text->length);
    close(ends[1]);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return child > 0 && !(WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND);
}

static enum status write_plainly(const struct text *text, struct error *err)
{
    struct sink *sink = sink_open("-", err);
    if (!sink)
        return err->status;
    sink_write(sink, text->bytes, text->length);
    return sink_commit(sink, err);
}

enum status repl_pager_show(const struct report *report, const struct common *common,
                            struct error *err)
{
    struct text out = {0}, aside = {0};
    enum status status =
        output_text(report, common, terminal_cells(STDOUT_FILENO), &out, &aside, err);
    if (!status && out.length && !(is_long(&out) && page(&out)))
        status = write_plainly(&out, err);
    if (!status && aside.length)
        ending_say(NULL, aside.bytes, aside.length);
    text_done(&out);
    text_done(&aside);
    return status;
}
