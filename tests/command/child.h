/* A program run as a shell runs it, with its streams where a test wants them. The file that
 * includes this defines _XOPEN_SOURCE 700 (posix_openpt) before all else. */
#ifndef TESTS_COMMAND_CHILD_H
#define TESTS_COMMAND_CHILD_H

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "near.h"

#include "base/text.h"

/* Where standard output and standard error of the child go. */
enum end { CAUGHT, FULL, CLOSED, BROKEN_PIPE, TERMINAL };

struct child {
    pid_t id;
    int out, err; /* our ends; -1: none */
};

struct result {
    int code, signal; /* exit code, or -1 and the signal that ended it */
    struct text out, err;
};

/* Makes the child's end of a stream; *ours is where we read it. -1: closed. */
static inline int make_end(enum end end, int *ours)
{
    int ends[2] = {-1, -1};
    if (end == FULL) {
        ends[1] = open("/dev/full", O_WRONLY);
    } else if (end == TERMINAL) {
        ends[0] = posix_openpt(O_RDWR | O_NOCTTY);
        assert_int_equal(grantpt(ends[0]), 0);
        assert_int_equal(unlockpt(ends[0]), 0);
        const struct winsize size = {.ws_row = 24, .ws_col = 40};
        assert_int_equal(ioctl(ends[0], TIOCSWINSZ, &size), 0);
        ends[1] = open(ptsname(ends[0]), O_RDWR | O_NOCTTY);
    } else if (end != CLOSED) {
        assert_int_equal(pipe(ends), 0);
    }
    if (end == BROKEN_PIPE) {
        close(ends[0]);
        ends[0] = -1;
    }
    *ours = ends[0];
    return ends[1];
}

static inline void put_end(int end, int at)
{
    if (end < 0)
        close(at);
    else
        dup2(end, at);
}

/* Starts the program with words cut at blanks. */
static inline struct child start(const char *program, const char *words, enum end out,
                                 enum end err)
{
    char copy[1024], name[] = "microscope", *argv[64] = {name};
    assert_in_range(snprintf(copy, sizeof copy, "%s", words), 0, sizeof copy - 1);
    size_t n = 1;
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        argv[n++] = word;
    struct child child = {0};
    int out_end = make_end(out, &child.out), err_end = make_end(err, &child.err);
    child.id = fork();
    assert_true(child.id >= 0);
    if (child.id == 0) {
        signal(SIGPIPE, SIG_DFL);
        signal(SIGINT, SIG_DFL);
        signal(SIGTERM, SIG_DFL);
        put_end(out_end, STDOUT_FILENO);
        put_end(err_end, STDERR_FILENO);
        for (int fd = 3; fd < 64; fd++)
            close(fd);
        execv(program, argv);
        _exit(127);
    }
    if (out_end >= 0)
        close(out_end);
    if (err_end >= 0)
        close(err_end);
    return child;
}

/* Sends a signal to a child that has just written something; a moment later, as the thread sanitizer of
 * clang 14 loses signals that come while a thread is on its way out of write(). */
static inline void child_signal(struct child child, int number)
{
    poll(NULL, 0, 40);
    assert_int_equal(kill(child.id, number), 0);
}

/* Reads both streams to their ends and waits for the child. */
static inline struct result finish(struct child child)
{
    struct result result = {.code = -1};
    struct pollfd fds[2] = {{.fd = child.out, .events = POLLIN},
                            {.fd = child.err, .events = POLLIN}};
    struct text *texts[2] = {&result.out, &result.err};
    text_add(&result.out, "");
    text_add(&result.err, "");
    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        assert_true(poll(fds, 2, 20000) > 0);
        for (int i = 0; i < 2; i++) {
            char bytes[4096];
            if (fds[i].fd < 0 || !fds[i].revents)
                continue;
            ssize_t n = read(fds[i].fd, bytes, sizeof bytes);
            if (n > 0) {
                text_append(texts[i], bytes, (size_t)n);
                continue;
            }
            close(fds[i].fd);
            fds[i].fd = -1;
        }
    }
    int status;
    assert_int_equal(waitpid(child.id, &status, 0), child.id);
    if (WIFEXITED(status))
        result.code = WEXITSTATUS(status);
    else
        result.signal = WTERMSIG(status);
    return result;
}

static inline struct result run(const char *program, const char *words)
{
    return finish(start(program, words, CAUGHT, CAUGHT));
}

static inline void done(struct result *result)
{
    text_done(&result->out);
    text_done(&result->err);
}

#endif
