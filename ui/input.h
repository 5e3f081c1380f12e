/* Input: bytes of a terminal in, events out.
 *
 * Knows the sequences of xterm and its kin, rxvt, tmux, screen, vt100 and the Linux console,
 * mouse reports in SGR and X10 form, bracketed paste and focus; others can be learned from
 * terminfo. What begins like a sequence and is none is swallowed, so that it never acts as
 * keys. An Esc that is followed by nothing is the key; only time can tell.
 *
 *     input_feed(&input, bytes, n);
 *     while (input_next(&input, false, &event)) ...
 *     if (input_waits(&input)) { after 25 ms without bytes: input_next(&input, true, &event) }
 */
#ifndef UI_INPUT_H
#define UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "ui/event.h"

enum { INPUT_LEARNED = 48, INPUT_SEQUENCE = 16 };

struct input {
    struct text bytes; /* not taken yet, from `taken` on */
    size_t taken;
    struct text paste;
    bool is_pasting, is_given; /* is_given: the paste went out with the last event */
    struct learned {
        char sequence[INPUT_SEQUENCE];
        struct key key;
    } learned[INPUT_LEARNED];
    size_t n_learned;
};

/* All zero is an empty one. */
void input_done(struct input *input);
void input_feed(struct input *input, const char *bytes, size_t length);
/* A sequence of terminfo; NULL, too long or one that begins without Esc is passed over. */
void input_learn(struct input *input, const char *sequence, struct key key);

/* The next event; false: there is none yet. `late`: no more bytes will come soon, so what is
 * there is all. */
bool input_next(struct input *input, bool late, struct event *event);
bool input_waits(const struct input *input); /* for the rest of a sequence */

#endif
