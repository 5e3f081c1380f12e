/* Putting the terminal back, come what may.
 *
 * restore_begin saves what the terminal was before anything is changed, and catches the
 * signals that would end the program or stop it. From then on a fatal one writes the saved
 * strings and modes with nothing but write and tcsetattr, on a stack of its own, calls the
 * hook and dies of that signal.
 */
#ifndef UI_SCREEN_RESTORE_H
#define UI_SCREEN_RESTORE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* `reset`: what is written to put the terminal back. The modes of descriptor `fd` are saved. */
enum status restore_begin(int fd, const char *reset, size_t length,
                          void (*hook)(int signal), struct error *err);
/* The signals as they were; the terminal is left alone. */
void restore_end(void);

/* Whether there is something to put back: false while the terminal is lent to others. */
void restore_arm(bool armed);
void restore_modes(void); /* sets the saved modes, for an orderly end */
void restore_die(int signal) __attribute__((noreturn));

/* A descriptor that can be read when a signal has come, and what has come since the last call. */
int restore_wake(void);
struct arrived {
    bool resized, stop, continued;
    int fatal; /* 0: none */
};
struct arrived restore_arrived(void);

/* Stops the process as Ctrl-Z does; returns when it goes on. */
void restore_stop(void);

#endif
