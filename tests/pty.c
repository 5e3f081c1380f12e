#define _XOPEN_SOURCE 700 /* posix_openpt */
#include "pty.h"

#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"

enum { ARGUMENTS = 12, FRAME_GAP_MS = 5 };

static void run(int fd, const char *const *arguments, const char *folder)
{
    char copies[ARGUMENTS][512], *argv[ARGUMENTS + 1] = {0};
    for (size_t i = 0; i < ARGUMENTS && arguments[i]; i++) {
        snprintf(copies[i], sizeof copies[i], "%s", arguments[i]);
        argv[i] = copies[i];
    }
    setsid();
    ioctl(fd, TIOCSCTTY, 0);
    for (int i = 0; i < 3; i++)
        dup2(fd, i);
    for (int i = 3; i < 64; i++)
        close(i);
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("XDG_STATE_HOME", folder, 1);
    setenv("XDG_CONFIG_HOME", folder, 1);
    unsetenv("NO_COLOR");
    unsetenv("COLORTERM");
    execv(argv[0], argv);
    _exit(127);
}

void pty_start(struct pty *pty, const char *const *arguments, int rows, int columns,
               const char *folder)
{
    *pty = (struct pty){.fd = posix_openpt(O_RDWR | O_NOCTTY)};
    int theirs = -1;
    if (pty->fd >= 0 && !grantpt(pty->fd) && !unlockpt(pty->fd))
        theirs = open(ptsname(pty->fd), O_RDWR | O_NOCTTY);
    const struct winsize size = {.ws_row = (unsigned short)rows,
                                 .ws_col = (unsigned short)columns};
    if (theirs < 0 || ioctl(theirs, TIOCSWINSZ, &size)) {
        fprintf(stderr, "there is no pseudo-terminal\n");
        exit(77);
    }
    pty->began = clock_seconds();
    pty->id = fork();
    if (pty->id == 0)
        run(theirs, arguments, folder);
    close(theirs);
}

void pty_send(struct pty *pty, const char *bytes)
{
    size_t length = strlen(bytes);
    if (write(pty->fd, bytes, length) != (ssize_t)length)
        pty->ended = true;
}

void pty_forget(struct pty *pty)
{
    pty->length = 0;
    pty->tail[0] = '\0';
}

static void keep(struct pty *pty, const char *bytes, size_t n)
{
    if (pty->length + n > PTY_TAIL) {
        size_t kept = PTY_TAIL / 2 < pty->length ? PTY_TAIL / 2 : pty->length;
        memmove(pty->tail, pty->tail + pty->length - kept, kept);
        pty->length = kept;
    }
    memcpy(pty->tail + pty->length, bytes, n);
    pty->length += n;
    pty->tail[pty->length] = '\0';
}

/* What has come within so many milliseconds; 0: nothing. */
static size_t take(struct pty *pty, double milliseconds)
{
    char bytes[16384];
    struct pollfd file = {pty->fd, POLLIN, 0};
    if (pty->ended || milliseconds < 0 || poll(&file, 1, (int)ceil(milliseconds)) <= 0)
        return 0;
    ssize_t n = read(pty->fd, bytes, sizeof bytes);
    pty->ended = n <= 0;
    if (n > 0)
        keep(pty, bytes, (size_t)n);
    return n > 0 ? (size_t)n : 0;
}

struct burst pty_read(struct pty *pty, size_t least, int quiet, int most)
{
    struct burst burst = {0};
    double now = clock_seconds(), until = now + most / 1000.0;
    while (now < until && !pty->ended) {
        double left = 1000 * (until - now);
        size_t n = take(pty, burst.first > 0 && quiet < left ? quiet : left);
        now = clock_seconds();
        if (!n && burst.first > 0)
            break;
        if (!n || (burst.first <= 0 && n < least))
            continue;
        if (burst.first <= 0)
            burst.first = now;
        burst.frames += !burst.frames || now - burst.last > FRAME_GAP_MS / 1000.0;
        burst.last = now;
        burst.bytes += n;
        burst.most = n > burst.most ? n : burst.most;
    }
    return burst;
}

struct burst pty_key(struct pty *pty, const char *keys, size_t least, int quiet, int most)
{
    pty_send(pty, keys);
    return pty_read(pty, least, quiet, most);
}

bool pty_sees(struct pty *pty, const char *text, int most)
{
    double until = clock_seconds() + most / 1000.0;
    while (!strstr(pty->tail, text)) {
        double left = 1000 * (until - clock_seconds());
        if (left <= 0 || pty->ended)
            return false;
        take(pty, left);
    }
    return true;
}

double pty_processor_seconds(const struct pty *pty)
{
    char path[64], line[1024] = "";
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pty->id);
    FILE *file = fopen(path, "r");
    bool found = file && fgets(line, sizeof line, file);
    if (file)
        fclose(file);
    const char *at = found ? strrchr(line, ')') : NULL; /* behind the name of the program */
    if (!at || sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                      &system) != 2)
        return (double)NAN;
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static bool has_gone(struct pty *pty, int milliseconds)
{
    for (int waited = 0; waited < milliseconds; waited += 10) {
        take(pty, 10);
        if (waitpid(pty->id, NULL, WNOHANG) == pty->id)
            return true;
        if (pty->ended)
            poll(NULL, 0, 10);
    }
    return false;
}

void pty_stop(struct pty *pty)
{
    kill(pty->id, SIGKILL);
    waitpid(pty->id, NULL, 0);
    close(pty->fd);
}

void pty_end(struct pty *pty)
{
    bool gone = false;
    pty_send(pty, "Q");
    gone = has_gone(pty, 500);
    if (!gone) {
        pty_send(pty, "y"); /* whether to leave with what is unsaved or still runs */
        gone = has_gone(pty, 5000);
    }
    if (gone)
        close(pty->fd);
    else
        pty_stop(pty);
}
