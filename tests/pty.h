/* A program in a pseudo-terminal of its own: keys go in, and when its bytes come is measured.
 *
 *     struct pty pty;
 *     pty_start(&pty, arguments, 30, 100, folder);
 *     struct burst frame = pty_key(&pty, "j", 1, 25, 2000);
 *     pty_end(&pty);
 *
 * What comes is thrown away but for its last bytes, so the terminal is faster than any. */
#ifndef TESTS_PTY_H
#define TESTS_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { PTY_TAIL = 1 << 16 };

struct pty {
    pid_t id;
    int fd;
    double began;            /* clock_seconds at the start of the program */
    char tail[PTY_TAIL + 1]; /* the last bytes since pty_forget, ended by 0 */
    size_t length;
    bool ended; /* the program closed the terminal */
};

/* Bytes that came without a pause between them. */
struct burst {
    double first, last; /* seconds of the clock; 0: nothing came */
    size_t bytes;
    size_t most;   /* of what came at once */
    size_t frames; /* parts with at least 5 ms between them */
};

/* arguments: the program and its arguments, NULL at the end. Settings, history and sessions are
 * kept in the folder. Exits with 77 when there is no pseudo-terminal. */
void pty_start(struct pty *pty, const char *const *arguments, int rows, int columns,
               const char *folder);
void pty_send(struct pty *pty, const char *bytes);
void pty_forget(struct pty *pty);

/* Reads until nothing has come for `quiet` milliseconds after at least `least` bytes at once, and
 * for `most` milliseconds at the longest. Bursts of fewer bytes are passed over: they are not the
 * answer but, say, progress of a job. */
struct burst pty_read(struct pty *pty, size_t least, int quiet, int most);

/* The same after sending keys. */
struct burst pty_key(struct pty *pty, const char *keys, size_t least, int quiet, int most);

/* Reads until the text came since pty_forget; false after `most` milliseconds. The program draws
 * what differs, so only a text that is new as a whole comes as a whole. */
bool pty_sees(struct pty *pty, const char *text, int most);

double pty_processor_seconds(const struct pty *pty); /* user and system; NAN: not known */

/* Quits it by its key; by a signal when it stays. */
void pty_end(struct pty *pty);
void pty_stop(struct pty *pty); /* by a signal */

#endif
