/* A program on a real terminal: tmux draws it, keys are sent to it, and what is on the screen
 * is read.
 *
 *     if (!terminal_present()) skip();
 *     struct terminal terminal;
 *     terminal_start(&terminal, 80, 24, "TERM=tmux-256color program");
 *     terminal_keys(&terminal, "j j Enter");
 *     terminal_sees(&terminal, "3 of 17");
 *     terminal_end(&terminal);
 *
 * The server is private to the test and ends with it. Commands run in sh, in a UTF-8 locale
 * unless they say else; after the program "[rc N]" is printed. */
#ifndef TESTS_UI_TERMINAL_H
#define TESTS_UI_TERMINAL_H

#include "near.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

/* PATIENCE: tenths of a second that a screen is waited for; sanitizers take their time. */
enum { TERMINAL_PATIENCE = 100 };

static int terminal_count; /* started by this program */

struct terminal {
    char socket[64];
    struct text screen;
};

static inline void terminal_sleep(double seconds)
{
    struct timespec time = {(time_t)seconds,
                            (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&time, NULL);
}

static inline bool terminal_present(void)
{
    return system("command -v tmux >/dev/null 2>&1") == 0;
}

/* Appends a word in single quotes. */
static inline void terminal_quote(struct text *line, const char *word)
{
    text_add(line, " '");
    for (; *word; word++)
        if (*word == '\'')
            text_add(line, "'\\''");
        else
            text_add_char(line, *word);
    text_add_char(line, '\'');
}

/* Runs tmux with words (NULL at the end) and returns whether it succeeded; what it prints is
 * added to out, unless that is NULL. */
static inline bool terminal_tmux(const struct terminal *terminal, struct text *out,
                                 const char *const *words)
{
    struct text line = {0};
    text_printf(&line, "tmux -L %s -f /dev/null", terminal->socket);
    while (*words)
        terminal_quote(&line, *words++);
    text_add(&line, " 2>/dev/null");
    FILE *tmux = popen(line.bytes, "r");
    assert_non_null(tmux);
    char bytes[4096];
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, tmux));)
        if (out)
            text_append(out, bytes, n);
    text_done(&line);
    return pclose(tmux) == 0;
}

#define TMUX(terminal, out, ...)                                                           \
    terminal_tmux((terminal), (out), (const char *const[]){__VA_ARGS__, NULL})

static inline void terminal_start(struct terminal *terminal, int columns, int rows,
                                  const char *command)
{
    struct text line = {0};
    char wide[16], high[16];
    *terminal = (struct terminal){0};
    snprintf(terminal->socket, sizeof terminal->socket, "microscope-test-%ld-%d",
             (long)getpid(), terminal_count++);
    snprintf(wide, sizeof wide, "%d", columns);
    snprintf(high, sizeof high, "%d", rows);
    /* the size is the terminal's only after the session is there */
    text_printf(&line,
                "unset NO_COLOR COLORTERM; LC_ALL=C.UTF-8; export LC_ALL; %s; "
                "printf '[rc %%d]' \"$?\"; sleep 60",
                command);
    assert_true(
        TMUX(terminal, NULL, "new-session", "-d", "-x", wide, "-y", high, line.bytes));
    TMUX(terminal, NULL, "set-option", "-g", "status", "off");
    TMUX(terminal, NULL, "resize-window", "-x", wide, "-y", high);
    text_done(&line);
}

static inline void terminal_end(struct terminal *terminal)
{
    TMUX(terminal, NULL, "kill-server");
    text_done(&terminal->screen);
}

/* Ends those that failed tests have left behind. */
static inline void terminal_end_all(void)
{
    struct terminal terminal;
    for (int i = 0; i < terminal_count; i++) {
        snprintf(terminal.socket, sizeof terminal.socket, "microscope-test-%ld-%d",
                 (long)getpid(), i);
        TMUX(&terminal, NULL, "kill-server");
    }
}

/* Keys by tmux's names, with blanks between. */
static inline void terminal_keys(const struct terminal *terminal, const char *keys)
{
    char word[64];
    while (*keys) {
        size_t length = strcspn(keys, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, keys);
        TMUX(terminal, NULL, "send-keys", word);
        keys += length + (keys[length] == ' ');
    }
}

static inline void terminal_type(const struct terminal *terminal, const char *text)
{
    TMUX(terminal, NULL, "send-keys", "-l", text);
}

static inline void terminal_resize(const struct terminal *terminal, int columns, int rows)
{
    char wide[16], high[16];
    snprintf(wide, sizeof wide, "%d", columns);
    snprintf(high, sizeof high, "%d", rows);
    TMUX(terminal, NULL, "resize-window", "-x", wide, "-y", high);
}

/* The screen as lines of text; valid until the next call. */
static inline const char *terminal_screen(struct terminal *terminal)
{
    text_clear(&terminal->screen);
    text_append(&terminal->screen, "", 0);
    TMUX(terminal, &terminal->screen, "capture-pane", "-p");
    return terminal->screen.bytes;
}

/* The same with colours as escapes. */
static inline const char *terminal_colored(struct terminal *terminal)
{
    text_clear(&terminal->screen);
    text_append(&terminal->screen, "", 0);
    TMUX(terminal, &terminal->screen, "capture-pane", "-p", "-e");
    return terminal->screen.bytes;
}

/* Waits until the text is on the screen; fails when it does not come. */
static inline void terminal_sees(struct terminal *terminal, const char *text)
{
    for (int i = 0; i < TERMINAL_PATIENCE; i++) {
        if (strstr(terminal_screen(terminal), text))
            return;
        terminal_sleep(i < 10 ? 0.02 : 0.1);
    }
    fail_msg("'%s' did not come onto the screen:\n%s", text, terminal->screen.bytes);
}

#endif
