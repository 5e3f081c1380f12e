/* Events: what comes from the terminal, as the program sees it.
 *
 * A key is a character or one of the named ones, with modifiers. Control characters come as the
 * letter with MOD_CTRL, except Enter, Tab, Esc and Backspace, which terminals cannot tell apart
 * from Ctrl-M, Ctrl-I, Ctrl-[ and Ctrl-H. Shift is set only where the character does not say it
 * (Shift-Tab, Shift-Up).
 */
#ifndef UI_EVENT_H
#define UI_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MOD_SHIFT = 1, MOD_ALT = 2, MOD_CTRL = 4 };

/* Behind the last character of Unicode. */
enum key_code {
    KEY_CODE_NONE = 0,
    KEY_CODE_FIRST = 0x110000,
    KEY_CODE_ENTER = KEY_CODE_FIRST,
    KEY_CODE_TAB,
    KEY_CODE_ESC,
    KEY_CODE_BACKSPACE,
    KEY_CODE_UP,
    KEY_CODE_DOWN,
    KEY_CODE_LEFT,
    KEY_CODE_RIGHT,
    KEY_CODE_HOME,
    KEY_CODE_END,
    KEY_CODE_PAGE_UP,
    KEY_CODE_PAGE_DOWN,
    KEY_CODE_INSERT,
    KEY_CODE_DELETE,
    KEY_CODE_F1, /* F1 .. F12 in order */
    KEY_CODE_F12 = KEY_CODE_F1 + 11,
};

struct key {
    int32_t code; /* a character or enum key_code */
    uint8_t mods; /* MOD_* joined */
};

bool key_equal(struct key a, struct key b);
/* The character when the key types one, else 0. */
int32_t key_types(struct key key);

enum mouse_action {
    MOUSE_PRESS,
    MOUSE_RELEASE,
    MOUSE_DRAG,
    MOUSE_WHEEL_UP,
    MOUSE_WHEEL_DOWN,
};

struct mouse {
    enum mouse_action action;
    int button; /* 1 left, 2 middle, 3 right; 0 for the wheel */
    int row, column;
    uint8_t mods;
};

enum event_kind {
    EVENT_NONE, /* the time was up, or a descriptor is ready */
    EVENT_KEY,
    EVENT_MOUSE,
    EVENT_PASTE,  /* text, which may be anything; never to be taken for keys */
    EVENT_RESIZE, /* the canvas must be drawn anew */
    EVENT_FOCUS_IN,
    EVENT_FOCUS_OUT,
    EVENT_SIGNAL, /* the program is to end: save and call screen_die(signal) */
    EVENT_CLOSED, /* the terminal is gone */
};

struct event {
    enum event_kind kind;
    struct key key;
    struct mouse mouse;
    const char *text; /* EVENT_PASTE: valid until the next event */
    size_t length;
    int signal;
};

#endif
