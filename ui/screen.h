/* Screen: the terminal, on which a canvas is shown and from which events come.
 *
 * Only the files screen*.c include ncurses. One screen exists at a time, and it belongs to one
 * thread. While it is open the terminal is in full-screen mode; whatever ends the program puts
 * it back as it was: closing, a fatal signal, even a crash.
 *
 *     if (!screen_possible(&reason)) ...       before anything is written
 *     screen_open(&options, &err);
 *     while (...) { draw on a canvas; screen_show(&canvas); screen_wait(100, &event); }
 *     screen_close();
 */
#ifndef UI_SCREEN_H
#define UI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "ui/canvas.h"
#include "ui/event.h"
#include "ui/theme.h"

/* Whether a screen can be opened here, and if not why ("standard output is no terminal", "the
 * terminal 'dumb' cannot move the cursor"). Writes nothing. */
bool screen_possible(struct error *why);
/* Colours that terminfo names for $TERM; 0: none or not known. For depth_choose. */
int screen_colors(void);
/* Whether $TERM is the Linux console, whose font lacks most glyphs. */
bool screen_is_console(void);

struct screen_options {
    enum depth depth;
    bool mouse;
    /* Called after the terminal is put back and before the program dies of a signal; may only do
     * what a signal handler may. NULL: nothing. */
    void (*on_fatal)(int signal);
};

enum status screen_open(const struct screen_options *options, struct error *err);
void screen_close(void); /* allowed when none is open */

void screen_size(int *rows, int *columns);
void screen_set_mouse(bool on);
bool screen_has_mouse(void);

/* Sends what differs from the last frame. */
void screen_show(const struct canvas *canvas);
/* Forgets the last frame: the next one is sent whole (Ctrl-L). */
void screen_redraw(void);

/* Waits up to `milliseconds` (< 0: for ever) for an event. `watch` is a descriptor that ends
 * the wait when it can be read, such as the pipe through which jobs wake the interface; -1:
 * none. Ctrl-Z, fg and changes of the window's size are dealt with here. */
void screen_wait(int milliseconds, int watch, struct event *event);

/* Gives the terminal back for another program, and takes it again. */
void screen_suspend(void);
void screen_resume(void);

/* Puts the terminal back and dies of that signal, as if it had not been caught. TERM, HUP, INT
 * and QUIT come as EVENT_SIGNAL, once; the program has a second to save what it must, and a
 * second signal ends it at once. */
void screen_die(int signal) __attribute__((noreturn));

/* Copies to the clipboard of whoever sits before the terminal, through tmux or OSC 52; `route`
 * says what was done. */
void screen_copy(const char *bytes, size_t length, struct text *route);

#endif
