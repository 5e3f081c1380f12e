#include "ui/history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "io/file.h"

enum { HISTORY_MOST = 5000 };

static void keep(struct history *history, const char *line, size_t length)
{
    const char *last = history_back(history, 1);
    if (last && strlen(last) == length && strncmp(last, line, length) == 0)
        return;
    if (history->n == HISTORY_MOST) {
        free(history->lines[0]);
        memmove(history->lines, history->lines + 1, --history->n * sizeof *history->lines);
    }
    MEM_RESERVE(history->lines, history->n, history->room);
    history->lines[history->n++] = mem_copy(line, length);
}

/* What is left of a file with more lines than are ever read. Another run that adds a line at this very
 * moment may lose it. */
static void shorten(const struct history *history)
{
    struct error passed_over;
    struct sink *sink = sink_open(history->path, &passed_over);
    for (size_t i = 0; sink && i < history->n; i++) {
        sink_text(sink, history->lines[i]);
        sink_text(sink, "\n");
    }
    if (sink)
        (void)sink_commit(sink, &passed_over);
}

void history_open(struct history *history, const char *path)
{
    *history = (struct history){.path = mem_copy_text(path)};
    struct error passed_over;
    struct source *source =
        path && access(path, R_OK) == 0 ? source_open(path, &passed_over) : NULL;
    char *line = NULL;
    size_t length = 0, n = 0;
    while (source && !source_line(source, &line, &length, &passed_over) && line) {
        n++;
        if (length && !memchr(line, '\0', length) && utf8_check(line, length) == length)
            keep(history, line, length);
    }
    source_free(source);
    if (n > 2 * (size_t)HISTORY_MOST)
        shorten(history);
}

void history_done(struct history *history)
{
    for (size_t i = 0; i < history->n; i++)
        free(history->lines[i]);
    free(history->lines);
    free(history->path);
    *history = (struct history){0};
}

/* One write, so that lines of two runs do not mix. */
static void append_line(const char *path, const char *line)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return; /* the history is kept for this run */
    struct text text = {0};
    text_printf(&text, "%s\n", line);
    ssize_t done;
    do
        done = write(fd, text.bytes, text.length);
    while (done < 0 && errno == EINTR);
    close(fd);
    text_done(&text);
}

bool history_add(struct history *history, const char *line)
{
    const char *last = history_back(history, 1);
    if (!*line || *line == ' ' || strchr(line, '\n') || (last && strcmp(last, line) == 0))
        return false;
    keep(history, line, strlen(line));
    if (history->path)
        append_line(history->path, line);
    return true;
}

const char *history_back(const struct history *history, size_t back)
{
    return back && back <= history->n ? history->lines[history->n - back] : NULL;
}
