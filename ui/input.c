#include "ui/input.h"

#include <stdlib.h>
#include <string.h>

enum { ESC = 0x1b, PARAMETERS = 4, PASTE_BEGIN = 200 };

static const char paste_end[] = "\033[201~";

void input_done(struct input *input)
{
    text_done(&input->bytes);
    text_done(&input->paste);
    *input = (struct input){0};
}

void input_feed(struct input *input, const char *bytes, size_t length)
{
    if (input->taken == input->bytes.length) {
        text_clear(&input->bytes);
        input->taken = 0;
    }
    text_append(&input->bytes, bytes, length);
}

void input_learn(struct input *input, const char *sequence, struct key key)
{
    if (!sequence || sequence[0] != ESC || !sequence[1] ||
        strlen(sequence) >= INPUT_SEQUENCE || input->n_learned == INPUT_LEARNED)
        return;
    struct learned *learned = &input->learned[input->n_learned++];
    memcpy(learned->sequence, sequence, strlen(sequence) + 1);
    learned->key = key;
}

bool input_waits(const struct input *input)
{
    return input->taken < input->bytes.length;
}

/* ---- what is left to take ---- */

/* How a reading went: TAKEN some bytes for an event, SWALLOWED them, or more are needed. */
enum taking { TAKEN, SWALLOWED, MORE };

struct rest {
    const unsigned char *bytes;
    size_t length;
    size_t used;
    bool late;
};

static enum taking key_event(struct event *event, int32_t code, unsigned mods)
{
    event->kind = EVENT_KEY;
    event->key = (struct key){code, (uint8_t)mods};
    return TAKEN;
}

/* ---- single characters ---- */

static enum taking take_control(unsigned char byte, struct event *event)
{
    switch (byte) {
    case '\r':
    case '\n':
        return key_event(event, KEY_CODE_ENTER, 0);
    case '\t':
        return key_event(event, KEY_CODE_TAB, 0);
    case '\b':
    case 0x7f:
        return key_event(event, KEY_CODE_BACKSPACE, 0);
    case 0:
        return key_event(event, ' ', MOD_CTRL);
    case ESC:
        return key_event(event, KEY_CODE_ESC, 0);
    default:
        return key_event(event, byte < 0x1b ? byte + 'a' - 1 : byte + 0x40, MOD_CTRL);
    }
}

static enum taking take_character(struct rest *rest, struct event *event)
{
    unsigned char byte = rest->bytes[0];
    if (byte < 0x20 || byte == 0x7f) {
        rest->used = 1;
        return take_control(byte, event);
    }
    const char *start = (const char *)rest->bytes, *at = start;
    size_t whole = utf8_whole(start, rest->length < 4 ? rest->length : 4);
    if (!whole && !rest->late)
        return MORE;
    int32_t code = utf8_next(&at, start + rest->length);
    rest->used = (size_t)(at - start);
    return code < 0xa0 && code >= 0x7f ? SWALLOWED
           : code < 0                  ? SWALLOWED
                                       : key_event(event, code, 0);
}

/* ---- sequences ---- */

struct sequence {
    int parameters[PARAMETERS];
    size_t n;
    char mark; /* '<', '?' ... before the parameters; 0: none */
    char final;
};

static int32_t letter_key(char letter)
{
    static const char letters[] = "ABCDHFPQRSMEjkI";
    static const int32_t codes[] = {KEY_CODE_UP,
                                    KEY_CODE_DOWN,
                                    KEY_CODE_RIGHT,
                                    KEY_CODE_LEFT,
                                    KEY_CODE_HOME,
                                    KEY_CODE_END,
                                    KEY_CODE_F1,
                                    KEY_CODE_F1 + 1,
                                    KEY_CODE_F1 + 2,
                                    KEY_CODE_F1 + 3,
                                    KEY_CODE_ENTER,
                                    KEY_CODE_NONE,
                                    '*',
                                    '+',
                                    KEY_CODE_TAB};
    const char *found = letter ? strchr(letters, letter) : NULL;
    return found ? codes[found - letters] : KEY_CODE_NONE;
}

static int32_t number_key(int number)
{
    switch (number) {
    case 1:
    case 7:
        return KEY_CODE_HOME;
    case 2:
        return KEY_CODE_INSERT;
    case 3:
        return KEY_CODE_DELETE;
    case 4:
    case 8:
        return KEY_CODE_END;
    case 5:
        return KEY_CODE_PAGE_UP;
    case 6:
        return KEY_CODE_PAGE_DOWN;
    default:
        break;
    }
    /* F1 .. F12, with a gap after the fifth and the tenth */
    if (number >= 11 && number <= 15)
        return KEY_CODE_F1 + number - 11;
    if (number >= 17 && number <= 21)
        return KEY_CODE_F1 + number - 12;
    return number == 23 || number == 24 ? KEY_CODE_F1 + number - 13 : KEY_CODE_NONE;
}

static unsigned modifiers(const struct sequence *sequence)
{
    int bits =
        sequence->n > 1 && sequence->parameters[1] > 1 ? sequence->parameters[1] - 1 : 0;
    return (unsigned)bits & (MOD_SHIFT | MOD_ALT | MOD_CTRL);
}

static enum taking mouse_event(int code, int column, int row, bool released,
                               struct event *event)
{
    static const int buttons[] = {1, 2, 3, 0};
    struct mouse *mouse = &event->mouse;
    *mouse = (struct mouse){.row = row - 1, .column = column - 1};
    mouse->mods = (uint8_t)((code & 4 ? MOD_SHIFT : 0) | (code & 8 ? MOD_ALT : 0) |
                            (code & 16 ? MOD_CTRL : 0));
    if (code & 64) {
        if ((code & 3) > 1)
            return SWALLOWED; /* sideways */
        mouse->action = code & 1 ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP;
    } else {
        mouse->button = buttons[code & 3];
        mouse->action = released || !mouse->button ? MOUSE_RELEASE
                        : code & 32                ? MOUSE_DRAG
                                                   : MOUSE_PRESS;
    }
    event->kind = EVENT_MOUSE;
    return mouse->row < 0 || mouse->column < 0 ? SWALLOWED : TAKEN;
}

/* Keys as kitty and xterm's modifyOtherKeys send them: the character and its modifiers. */
static enum taking character_event(const struct sequence *sequence, struct event *event)
{
    int code = sequence->parameters[0];
    unsigned mods = modifiers(sequence);
    if (sequence->n && sequence->parameters[0] == 27 && sequence->final == '~')
        code = sequence->parameters[2];
    if (code < 0x20 || code == 0x7f) {
        enum taking taking = take_control((unsigned char)code, event);
        event->key.mods |= (uint8_t)mods;
        return taking;
    }
    return code < KEY_CODE_FIRST ? key_event(event, code, mods) : SWALLOWED;
}

static enum taking sequence_event(struct input *input, const struct sequence *sequence,
                                  struct event *event)
{
    const int *parameters = sequence->parameters;
    char final = sequence->final;
    if (sequence->mark == '<' && (final == 'M' || final == 'm'))
        return mouse_event(parameters[0], parameters[1], parameters[2], final == 'm',
                           event);
    if (sequence->mark)
        return SWALLOWED;
    if (final == 'u' || (final == '~' && parameters[0] == 27))
        return character_event(sequence, event);
    if (final == '~' && parameters[0] == PASTE_BEGIN) {
        input->is_pasting = true;
        return SWALLOWED;
    }
    if (!sequence->n && (final == 'I' || final == 'O')) {
        event->kind = final == 'I' ? EVENT_FOCUS_IN : EVENT_FOCUS_OUT;
        return TAKEN;
    }
    if (final == 'Z')
        return key_event(event, KEY_CODE_TAB, MOD_SHIFT);
    int32_t code = final == '~' ? number_key(parameters[0]) : letter_key(final);
    return code ? key_event(event, code, modifiers(sequence)) : SWALLOWED;
}

/* Esc [ and what follows, up to a final byte. */
static enum taking take_csi(struct input *input, struct rest *rest, struct event *event)
{
    struct sequence sequence = {0};
    size_t at = 2;
    bool has_digit = false;
    if (at < rest->length && rest->bytes[at] == '[') { /* F1 .. F5 of the Linux console */
        if (rest->length < 4)
            return MORE;
        rest->used = 4;
        int key = rest->bytes[3] - 'A';
        return key >= 0 && key < 5 ? key_event(event, KEY_CODE_F1 + key, 0) : SWALLOWED;
    }
    for (; at < rest->length; at++) {
        unsigned char byte = rest->bytes[at];
        if (byte >= 0x40 && byte < 0x7f)
            break;
        if (byte < 0x20 || byte >= 0x7f) { /* it has ended before its end */
            rest->used = at;
            return SWALLOWED;
        }
        if (byte >= '<' && byte <= '?')
            sequence.mark = (char)byte;
        int *parameter =
            &sequence.parameters[sequence.n < PARAMETERS ? sequence.n : PARAMETERS - 1];
        if (byte >= '0' && byte <= '9' && *parameter < 10000000)
            *parameter = *parameter * 10 + byte - '0';
        has_digit = has_digit || (byte >= '0' && byte <= '9');
        sequence.n += byte == ';' && sequence.n < PARAMETERS - 1;
    }
    if (at == rest->length)
        return MORE;
    sequence.final = (char)rest->bytes[at];
    sequence.n += has_digit;
    rest->used = at + 1;
    if (sequence.final == 'M' && !sequence.n &&
        !sequence.mark) { /* the mouse, as X10 told */
        if (rest->length < at + 4)
            return MORE;
        rest->used = at + 4;
        int code = rest->bytes[at + 1] - 32;
        return mouse_event(code, rest->bytes[at + 2] - 32, rest->bytes[at + 3] - 32,
                           (code & 67) == 3, event);
    }
    return sequence_event(input, &sequence, event);
}

static enum taking take_learned(const struct input *input, struct rest *rest,
                                struct event *event)
{
    for (size_t i = 0; i < input->n_learned; i++) {
        const struct learned *learned = &input->learned[i];
        size_t length = strlen(learned->sequence);
        if (length <= rest->length && memcmp(rest->bytes, learned->sequence, length) == 0) {
            rest->used = length;
            return key_event(event, learned->key.code, learned->key.mods);
        }
    }
    return MORE;
}

/* Alt sends Esc before the key. */
static enum taking take_alt(struct rest *rest, struct event *event)
{
    struct rest inner = {rest->bytes + 1, rest->length - 1, 0, rest->late};
    enum taking taking = take_character(&inner, event);
    rest->used = inner.used + 1;
    if (taking == TAKEN)
        event->key.mods |= MOD_ALT;
    return taking;
}

static enum taking take_escape(struct input *input, struct rest *rest, struct event *event)
{
    if (take_learned(input, rest, event) == TAKEN)
        return TAKEN;
    unsigned char next = rest->length > 1 ? rest->bytes[1] : 0;
    enum taking taking = MORE;
    if (rest->length == 1 || next == ESC) {
        if (rest->length == 1 && !rest->late)
            return MORE;
        rest->used = 1;
        return key_event(event, KEY_CODE_ESC, 0);
    }
    if (next == 'O' && rest->length > 2) {
        int32_t code = letter_key((char)rest->bytes[2]);
        rest->used = 3;
        return code ? key_event(event, code, 0) : SWALLOWED;
    }
    if (next == '[' && rest->length > 2)
        taking = take_csi(input, rest, event);
    else if (next != '[' && next != 'O')
        return take_alt(rest, event);
    if (taking == MORE && rest->late) {
        if (rest->length == 2)
            return take_alt(rest, event);
        rest->used = rest->length; /* a sequence that was cut short */
        return SWALLOWED;
    }
    return taking;
}

/* ---- paste ---- */

/* Up to its end, or as much of it as is there when no more comes soon. */
static enum taking take_paste(struct input *input, struct rest *rest, struct event *event)
{
    const char *bytes = (const char *)rest->bytes;
    size_t n = 0, mark = sizeof paste_end - 1;
    while (n < rest->length) {
        size_t left = rest->length - n < mark ? rest->length - n : mark;
        if (memcmp(bytes + n, paste_end, left) == 0)
            break;
        n++;
    }
    bool ended = n + mark <= rest->length;
    for (size_t i = 0; i < n; i++)
        text_add_char(&input->paste, bytes[i] == '\r' ? '\n' : bytes[i]);
    rest->used = n + (ended ? mark : 0);
    input->is_pasting = !ended;
    if (!ended && (!rest->late || !input->paste.length))
        return rest->used ? SWALLOWED : MORE;
    event->kind = EVENT_PASTE;
    input->is_given = true;
    text_append(&input->paste, "", 0);
    event->text = input->paste.bytes;
    event->length = input->paste.length;
    return TAKEN;
}

bool input_next(struct input *input, bool late, struct event *event)
{
    if (input->is_given)
        text_clear(&input->paste);
    input->is_given = false;
    *event = (struct event){.kind = EVENT_NONE};
    while (input->taken < input->bytes.length) {
        struct rest rest = {(const unsigned char *)input->bytes.bytes + input->taken,
                            input->bytes.length - input->taken, 0, late};
        enum taking taking = input->is_pasting      ? take_paste(input, &rest, event)
                             : rest.bytes[0] == ESC ? take_escape(input, &rest, event)
                                                    : take_character(&rest, event);
        if (taking == MORE)
            return false;
        input->taken += rest.used;
        if (taking == TAKEN)
            return true;
    }
    return false;
}
