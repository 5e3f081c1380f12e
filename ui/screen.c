#define _GNU_SOURCE /* wcwidth, cfmakeraw's neighbours */
#include "ui/screen.h"

#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/memory.h"
#include "io/color.h"
#include "ui/input.h"
#include "ui/screen_restore.h"
#include "ui/screen_send.h"
#include "ui/screen_terminal.h"

/* ESC_WAIT: milliseconds after which an Esc is the key and not the begin of a sequence. */
enum { ESC_WAIT = 25, RESET_ROOM = 512, NEAREST = 1 << 12 };

static struct {
    bool is_open, is_lent; /* lent: the terminal is another program's for now */
    SCREEN *curses;
    struct input input;
    struct canvas shown; /* what the terminal has */
    bool is_stale;       /* it has something else */
    enum depth depth;
    bool is_direct; /* colours of 24 bits can be sent */
    bool mouse, pages, told_signal;
    /* 24-bit colours and what is sent for them where they cannot be */
    uint32_t asked[NEAREST];
    short nearest[NEAREST];
} screen;

/* ---- asking ---- */

bool screen_possible(struct error *why)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        error_set(why, STATUS_USAGE, "standard %s is no terminal",
                  isatty(STDIN_FILENO) ? "output" : "input");
        return false;
    }
    if (terminal_load(why))
        return false;
    terminal_unload();
    return true;
}

int screen_colors(void)
{
    if (terminal_load(NULL))
        return 0;
    int colors = terminal_colors();
    terminal_unload();
    return colors;
}

bool screen_is_console(void)
{
    const char *name = getenv("TERM");
    return name && (strcmp(name, "linux") == 0 || strncmp(name, "linux-", 6) == 0);
}

/* ---- modes that ncurses does not know ---- */

static void send(const char *bytes)
{
    for (size_t left = strlen(bytes); left;) {
        ssize_t n = write(STDOUT_FILENO, bytes, left);
        if (n < 0 && errno != EINTR)
            return;
        if (n > 0) {
            bytes += n;
            left -= (size_t)n;
        }
    }
}

static const char mouse_on[] = "\033[?1000h\033[?1002h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1002l\033[?1000l";
static const char paste_on[] = "\033[?2004h\033[?1004h";
static const char paste_off[] = "\033[?1004l\033[?2004l";

/* Terminals without a screen of their own are too old for any of these. */
static void modes_on(void)
{
    if (!screen.pages)
        return;
    send(paste_on);
    if (screen.mouse)
        send(mouse_on);
}

static void modes_off(void)
{
    if (!screen.pages)
        return;
    send(paste_off);
    send(mouse_off);
}

/* Ctrl-C comes as a key, and so do Ctrl-S, Ctrl-Q, Ctrl-V and Ctrl-O; Ctrl-Z and Ctrl-\ stay
 * signals. */
static void set_modes(void)
{
    struct termios modes;
    if (tcgetattr(STDIN_FILENO, &modes))
        return;
    modes.c_iflag &= ~(tcflag_t)(IXON | IXOFF | ICRNL | INLCR | IGNCR | ISTRIP);
    modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
    modes.c_lflag |= ISIG;
    modes.c_cc[VINTR] = _POSIX_VDISABLE;
    modes.c_cc[VMIN] = 1;
    modes.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
    def_prog_mode();
}

void screen_size(int *rows, int *columns)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col) {
        *rows = screen.is_open ? LINES : 24;
        *columns = screen.is_open ? COLS : 80;
        return;
    }
    *rows = size.ws_row;
    *columns = size.ws_col;
}

/* ---- opening and closing ---- */

static size_t reset_string(char out[RESET_ROOM])
{
    size_t used = 0;
    if (screen.pages)
        used = (size_t)snprintf(out, RESET_ROOM, "%s%s", paste_off, mouse_off);
    used += terminal_reset(out + used, RESET_ROOM - used);
    if (used < RESET_ROOM && !screen.pages)
        out[used++] = '\n';
    return used;
}

static enum status start_curses(const char *entry, struct error *err)
{
    /* newterm takes what it does not change as char *. */
    char name[64];
    snprintf(name, sizeof name, "%s", entry);
    screen.curses = newterm(name, stdout, stdin);
    if (!screen.curses)
        return error_set(err, STATUS_FAILED, "the terminal '%s' cannot be opened", entry);
    cbreak();
    noecho();
    nonl();
    typeahead(-1); /* a key that waits must not hold back the frame */
    leaveok(stdscr, FALSE);
    scrollok(stdscr, FALSE);
    if (screen.depth != DEPTH_NONE && has_colors()) {
        start_color();
        use_default_colors();
        screen.is_direct = screen.depth == DEPTH_RGB && COLORS > 256;
    } else {
        screen.depth = DEPTH_NONE;
    }
    return STATUS_OK;
}

enum status screen_open(const struct screen_options *options, struct error *err)
{
    char reset[RESET_ROOM], entry[64];
    screen.depth = options->depth;
    screen.mouse = options->mouse;
    screen.is_lent = screen.told_signal = false;
    enum status status = terminal_load(err);
    if (status)
        return status;
    screen.pages = terminal_has_pages();
    snprintf(entry, sizeof entry, "%s", terminal_entry(options->depth == DEPTH_RGB));
    terminal_learn(&screen.input);
    size_t length = reset_string(reset);
    terminal_unload();
    status = restore_begin(STDIN_FILENO, reset, length, options->on_fatal, err);
    if (status)
        return status;
    restore_arm(true);
    status = start_curses(entry, err);
    if (status) {
        restore_end();
        return status;
    }
    set_modes();
    modes_on();
    screen.is_open = screen.is_stale = true;
    return STATUS_OK;
}

void screen_close(void)
{
    if (!screen.is_open)
        return;
    if (!screen.is_lent) {
        modes_off();
        endwin();
    }
    restore_modes();
    restore_arm(false);
    delscreen(screen.curses);
    restore_end();
    input_done(&screen.input);
    canvas_done(&screen.shown);
    screen.is_open = false;
}

void screen_suspend(void)
{
    if (!screen.is_open || screen.is_lent)
        return;
    modes_off();
    endwin();
    restore_modes();
    restore_arm(false);
    screen.is_lent = true;
}

/* The size may be another one since. */
static void take_size(void)
{
    int rows, columns;
    screen_size(&rows, &columns);
    if (rows != LINES || columns != COLS)
        resizeterm(rows, columns);
    screen.is_stale = true;
}

void screen_resume(void)
{
    if (!screen.is_open || !screen.is_lent)
        return;
    restore_arm(true);
    reset_prog_mode();
    take_size();
    clearok(curscr, TRUE);
    refresh();
    modes_on();
    screen.is_lent = false;
}

void screen_set_mouse(bool on)
{
    screen.mouse = on;
    if (screen.is_open && screen.pages && !screen.is_lent)
        send(on ? mouse_on : mouse_off);
}

bool screen_has_mouse(void)
{
    return screen.mouse;
}

void screen_redraw(void)
{
    screen.is_stale = true;
}

void screen_die(int signal)
{
    if (screen.is_open && !screen.is_lent)
        endwin();
    restore_die(signal);
}

void screen_send(const char *bytes)
{
    send(bytes);
}

/* ---- showing ---- */

/* What is sent for a colour of 24 bits on a terminal of 256. */
static int nearest(uint32_t color)
{
    size_t at = ((color * 2654435761u) >> 8) % NEAREST;
    if (screen.asked[at] != color + 1) {
        screen.asked[at] = color + 1;
        screen.nearest[at] =
            (short)(COLORS >= 256 ? color_nearest_256(color)
                                  : color_nearest_16(color) % (unsigned)COLORS);
    }
    return screen.nearest[at];
}

static int terminal_color(int32_t color)
{
    if (color == COLOR_DEFAULT)
        return -1;
    if (color >= STYLE_RGB) {
        uint32_t rgb = (uint32_t)color & 0xffffff;
        /* direct entries take the first eight numbers to be the terminal's own colours */
        return !screen.is_direct ? nearest(rgb) : rgb < 8 ? 0x010101 : (int)rgb;
    }
    if (screen.is_direct && color >= 8)
        return (int)color_256((unsigned)color);
    return color < COLORS ? color : nearest(color_256((unsigned)color));
}

static attr_t terminal_attributes(uint16_t attr)
{
    static const struct {
        uint16_t ours;
        attr_t theirs;
    } pairs[] = {{ATTR_BOLD, A_BOLD},           {ATTR_DIM, A_DIM},
                 {ATTR_UNDERLINE, A_UNDERLINE}, {ATTR_REVERSE, A_REVERSE},
                 {ATTR_ITALIC, A_ITALIC},       {ATTR_STRIKE, A_DIM}};
    attr_t all = A_NORMAL;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (attr & pairs[i].ours)
            all |= pairs[i].theirs;
    return all;
}

/* The character of a cell with its marks; where the locale holds it to be of another width, or
 * has no such character at all, as many ? as it is wide. */
static void wide_text(const struct canvas_cell *cell, wchar_t wide[CCHARW_MAX + 1])
{
    const char *at = cell->glyph, *end = at + strlen(at);
    size_t n = 0;
    while (at < end && n < CCHARW_MAX) {
        int32_t code = utf8_next(&at, end);
        bool known = code > 0 && (code < 0x80 || MB_CUR_MAX > 1);
        if (!known || wcwidth((wchar_t)code) != (n ? 0 : cell->width)) {
            if (!n)
                wide[n++] = L'?';
            break;
        }
        wide[n++] = (wchar_t)code;
    }
    wide[n] = L'\0';
}

static void show_cell(int row, int column, const struct canvas_cell *cell)
{
    wchar_t wide[CCHARW_MAX + 1];
    cchar_t shown;
    int pair = 0;
    wide_text(cell, wide);
    if (screen.depth != DEPTH_NONE &&
        (cell->style.fg != COLOR_DEFAULT || cell->style.bg != COLOR_DEFAULT))
        pair = alloc_pair(terminal_color(cell->style.fg), terminal_color(cell->style.bg));
    setcchar(&shown, wide, terminal_attributes(cell->style.attr), 0,
             pair > 0 ? &pair : NULL);
    mvadd_wch(row, column, &shown);
    if (cell->width == 2 && wide[0] == L'?')
        mvadd_wch(row, column + 1, &shown);
}

static bool row_differs(const struct canvas *canvas, int row)
{
    size_t n = (size_t)canvas->columns, at = (size_t)row * n;
    for (size_t i = at; i < at + n; i++) {
        const struct canvas_cell *a = &canvas->cells[i], *b = &screen.shown.cells[i];
        if (a->width != b->width || !style_equal(a->style, b->style) ||
            strcmp(a->glyph, b->glyph) != 0)
            return true;
    }
    return false;
}

static void show_row(const struct canvas *canvas, int row)
{
    int columns = canvas->columns < COLS ? canvas->columns : COLS;
    size_t n = (size_t)canvas->columns, at = (size_t)row * n;
    move(row, 0);
    clrtoeol();
    for (int column = 0; column < columns; column++) {
        const struct canvas_cell *cell = canvas_at(canvas, row, column);
        if (cell->width && column + cell->width <= columns)
            show_cell(row, column, cell);
    }
    memcpy(&screen.shown.cells[at], &canvas->cells[at], n * sizeof *canvas->cells);
}

void screen_show(const struct canvas *canvas)
{
    if (!screen.is_open || screen.is_lent)
        return;
    bool all = screen.is_stale || canvas->rows != screen.shown.rows ||
               canvas->columns != screen.shown.columns;
    if (all) {
        canvas_resize(&screen.shown, canvas->rows, canvas->columns);
        erase();
    }
    if (screen.is_stale)
        clearok(curscr, TRUE);
    screen.is_stale = false;
    for (int row = 0; row < canvas->rows && row < LINES; row++)
        if (all || row_differs(canvas, row))
            show_row(canvas, row);
    bool has_cursor = canvas->cursor_row >= 0 && canvas->cursor_row < LINES &&
                      canvas->cursor_column >= 0 && canvas->cursor_column < COLS;
    curs_set(has_cursor);
    if (has_cursor)
        move(canvas->cursor_row, canvas->cursor_column);
    refresh();
}

/* ---- waiting ---- */

/* Reads what is there; false: the terminal is gone. */
static bool read_bytes(void)
{
    char bytes[4096];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    if (n > 0)
        input_feed(&screen.input, bytes, (size_t)n);
    return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

/* What signals ask for; true when there is an event for it. */
static bool take_signals(struct event *event)
{
    struct arrived arrived = restore_arrived();
    if (arrived.fatal && !screen.told_signal) {
        screen.told_signal = true;
        event->kind = EVENT_SIGNAL;
        event->signal = arrived.fatal;
        return true;
    }
    if (arrived.stop) {
        screen_suspend();
        restore_stop();
        screen_resume();
    } else if (arrived.continued) { /* stopped without our knowing */
        modes_off();
        endwin();
        screen.is_lent = true;
        screen_resume();
    } else if (arrived.resized) {
        take_size();
    } else {
        return false;
    }
    event->kind = EVENT_RESIZE;
    return true;
}

void screen_wait(int milliseconds, int watch, struct event *event)
{
    *event = (struct event){.kind = EVENT_NONE};
    bool late = false;
    for (;;) {
        if (input_next(&screen.input, late, event))
            return;
        late = false;
        bool waits = input_waits(&screen.input);
        struct pollfd files[] = {
            {STDIN_FILENO, POLLIN, 0}, {restore_wake(), POLLIN, 0}, {watch, POLLIN, 0}};
        int patience = waits ? ESC_WAIT : milliseconds;
        int ready = poll(files, watch >= 0 ? 3 : 2, patience);
        if (files[1].revents || ready < 0) {
            if (take_signals(event) || (ready < 0 && errno != EINTR))
                return;
            continue;
        }
        if (files[0].revents & (POLLIN | POLLHUP | POLLERR)) {
            if (read_bytes())
                continue;
            event->kind = EVENT_CLOSED;
            return;
        }
        if (!waits || files[2].revents)
            return;
        late = true;
    }
}
