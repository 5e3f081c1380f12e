#include "ui/line_edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* LONGEST: bytes; what is pasted beyond is left out. */
enum { LONGEST = 64 << 10 };

const char *line_edit_text(const struct line_edit *edit)
{
    return edit->text.length ? edit->text.bytes : "";
}

static void drop_candidates(struct line_edit *edit)
{
    for (size_t i = 0; i < edit->n_candidates; i++)
        free(edit->candidates[i]);
    edit->n_candidates = edit->chosen = 0;
}

void line_edit_done(struct line_edit *edit)
{
    drop_candidates(edit);
    free(edit->candidates);
    text_done(&edit->text);
    text_done(&edit->killed);
    text_done(&edit->before);
    text_done(&edit->kept);
    *edit = (struct line_edit){0};
}

static void copy(struct text *to, const struct text *from)
{
    text_clear(to);
    text_append(to, from->length ? from->bytes : "", from->length);
}

void line_edit_set(struct line_edit *edit, const char *string)
{
    text_clear(&edit->text);
    text_add(&edit->text, string);
    edit->at = edit->text.length;
}

/* ---- places ---- */

static size_t next_cluster(const struct line_edit *edit, size_t at)
{
    struct cluster cluster;
    const char *text = line_edit_text(edit), *here = text + at;
    text_next_cluster(&here, text + edit->text.length, &cluster);
    return (size_t)(here - text);
}

static size_t previous_cluster(const struct line_edit *edit, size_t at)
{
    size_t before = 0;
    for (size_t here = 0; here < at; here = next_cluster(edit, here))
        before = here;
    return before;
}

static bool is_word(const struct line_edit *edit, size_t at)
{
    const char *here = line_edit_text(edit) + at;
    int32_t code = utf8_next(&here, line_edit_text(edit) + edit->text.length);
    enum utf8_kind kind = utf8_kind(code);
    return kind == UTF8_LETTER || kind == UTF8_IDEOGRAPH || kind == UTF8_DIGIT ||
           kind == UTF8_MARK;
}

static size_t word_end(const struct line_edit *edit, size_t at)
{
    while (at < edit->text.length && !is_word(edit, at))
        at = next_cluster(edit, at);
    while (at < edit->text.length && is_word(edit, at))
        at = next_cluster(edit, at);
    return at;
}

static size_t word_start(const struct line_edit *edit, size_t at)
{
    size_t start = 0;
    for (size_t here = 0; here < at; here = next_cluster(edit, here))
        if (is_word(edit, here) &&
            (here == 0 || !is_word(edit, previous_cluster(edit, here))))
            start = here;
    return at ? start : 0;
}

/* Back over blanks and then over what is none: what Ctrl-W takes. */
static size_t blank_start(const struct line_edit *edit, size_t at)
{
    const char *text = line_edit_text(edit);
    while (at && text[at - 1] == ' ')
        at--;
    while (at && text[at - 1] != ' ')
        at--;
    return at;
}

/* ---- changes ---- */

static void remember(struct line_edit *edit)
{
    copy(&edit->before, &edit->text);
    edit->before_at = edit->at;
}

static void cut(struct line_edit *edit, size_t from, size_t to)
{
    memmove(edit->text.bytes + from, edit->text.bytes + to, edit->text.length - to + 1);
    edit->text.length -= to - from;
    edit->at = from;
}

static enum line_answer erase(struct line_edit *edit, size_t from, size_t to, bool keep)
{
    if (from >= to)
        return LINE_MOVED;
    remember(edit);
    if (keep) {
        text_clear(&edit->killed);
        text_append(&edit->killed, edit->text.bytes + from, to - from);
    }
    cut(edit, from, to);
    return LINE_CHANGED;
}

static void insert(struct line_edit *edit, const char *bytes, size_t length)
{
    size_t room = edit->text.length < LONGEST ? LONGEST - edit->text.length : 0;
    length = utf8_whole(bytes, length < room ? length : room);
    text_append(&edit->text, bytes, length);
    char *at = edit->text.bytes + edit->at;
    memmove(at + length, at, edit->text.length - length - edit->at);
    memcpy(at, bytes, length);
    edit->at += length;
}

static enum line_answer paste(struct line_edit *edit, const char *bytes, size_t length)
{
    if (!length)
        return LINE_MOVED;
    struct text line = {0};
    for (size_t i = 0; i < length; i++) /* one line, and a NUL would end the string */
        text_add_char(&line, strchr("\n\r\t", bytes[i]) ? ' ' : bytes[i]);
    remember(edit);
    drop_candidates(edit);
    insert(edit, line.bytes, line.length);
    text_done(&line);
    return LINE_CHANGED;
}

static enum line_answer transpose(struct line_edit *edit)
{
    size_t right =
        edit->at < edit->text.length ? edit->at : previous_cluster(edit, edit->at);
    size_t left = previous_cluster(edit, right), end = next_cluster(edit, right);
    char first[CLUSTER_BYTES * 4];
    size_t length = right - left;
    if (!edit->text.length || left == right || length > sizeof first)
        return LINE_MOVED;
    remember(edit);
    memcpy(first, edit->text.bytes + left, length);
    memmove(edit->text.bytes + left, edit->text.bytes + right, end - right);
    memcpy(edit->text.bytes + left + end - right, first, length);
    edit->at = end;
    return LINE_CHANGED;
}

static enum line_answer undo(struct line_edit *edit)
{
    struct text now = edit->text;
    size_t at = edit->at;
    if (!edit->before.bytes)
        return LINE_MOVED;
    edit->text = edit->before;
    edit->at = edit->before_at < edit->text.length ? edit->before_at : edit->text.length;
    edit->before = now;
    edit->before_at = at;
    return LINE_CHANGED;
}

/* ---- history ---- */

static enum line_answer walk(struct line_edit *edit, bool back)
{
    if (!edit->history || (!back && !edit->back))
        return LINE_MOVED;
    size_t to = back ? edit->back + 1 : edit->back - 1;
    const char *line = to ? edit->history(edit->owner, to) : NULL;
    if (to && !line)
        return LINE_MOVED;
    if (!edit->back)
        copy(&edit->kept, &edit->text);
    line_edit_set(edit, line ? line : edit->kept.bytes);
    edit->back = to;
    return LINE_CHANGED;
}

/* ---- completion ---- */

void line_candidate(struct line_edit *edit, const char *string)
{
    MEM_RESERVE(edit->candidates, edit->n_candidates, edit->candidate_room);
    edit->candidates[edit->n_candidates++] = mem_copy_text(string);
}

static size_t common_length(const struct line_edit *edit)
{
    size_t n = strlen(edit->candidates[0]);
    for (size_t i = 1; i < edit->n_candidates; i++) {
        size_t same = 0;
        while (same < n && edit->candidates[i][same] == edit->candidates[0][same])
            same++;
        n = same;
    }
    return utf8_whole(edit->candidates[0], n);
}

static void replace_word(struct line_edit *edit, const char *bytes, size_t length)
{
    cut(edit, edit->word_start, edit->at);
    insert(edit, bytes, length);
}

/* The first Tab adds what all candidates begin with, further ones go through them. */
static enum line_answer complete(struct line_edit *edit, bool back)
{
    if (!edit->complete)
        return LINE_IGNORED;
    text_append(&edit->text, "", 0);
    if (edit->n_candidates) {
        size_t n = edit->n_candidates;
        edit->chosen =
            back ? (edit->chosen > 1 ? edit->chosen - 1 : n) : edit->chosen % n + 1;
        const char *word = edit->candidates[edit->chosen - 1];
        replace_word(edit, word, strlen(word));
        return LINE_CHANGED;
    }
    edit->word_start = edit->at;
    edit->complete(edit->owner, edit->text.bytes, edit->at, &edit->word_start, edit);
    if (!edit->n_candidates)
        return LINE_MOVED;
    remember(edit);
    size_t typed = edit->at - edit->word_start, common = common_length(edit);
    bool only = edit->n_candidates == 1;
    if (common < typed && !only)
        return LINE_MOVED;
    replace_word(edit, edit->candidates[0], common);
    if (only)
        drop_candidates(edit);
    return LINE_CHANGED;
}

/* ---- keys ---- */

static enum line_answer move(struct line_edit *edit, size_t to)
{
    edit->at = to;
    return LINE_MOVED;
}

static enum line_answer control_key(struct line_edit *edit, int32_t code)
{
    size_t at = edit->at, end = edit->text.length;
    switch (code) {
    case 'a':
        return move(edit, 0);
    case 'e':
        return move(edit, end);
    case 'b':
        return move(edit, previous_cluster(edit, at));
    case 'f':
        return move(edit, next_cluster(edit, at));
    case 'd':
        return end ? erase(edit, at, next_cluster(edit, at), false) : LINE_LEFT;
    case 'h':
        return erase(edit, previous_cluster(edit, at), at, false);
    case 'k':
        return erase(edit, at, end, true);
    case 'u':
        return erase(edit, 0, at, true);
    case 'w':
        return erase(edit, blank_start(edit, at), at, true);
    case 'y':
        return paste(edit, edit->killed.length ? edit->killed.bytes : "",
                     edit->killed.length);
    case 't':
        return transpose(edit);
    case '_':
        return undo(edit);
    case 'p':
        return walk(edit, true);
    case 'n':
        return walk(edit, false);
    case 'c':
    case 'g':
        return LINE_LEFT;
    default:
        return LINE_IGNORED;
    }
}

static enum line_answer alt_key(struct line_edit *edit, int32_t code)
{
    size_t at = edit->at;
    switch (code) {
    case 'b':
    case KEY_CODE_LEFT:
        return move(edit, word_start(edit, at));
    case 'f':
    case KEY_CODE_RIGHT:
        return move(edit, word_end(edit, at));
    case 'd':
        return erase(edit, at, word_end(edit, at), true);
    case KEY_CODE_BACKSPACE:
        return erase(edit, word_start(edit, at), at, true);
    default:
        return LINE_IGNORED;
    }
}

static enum line_answer named_key(struct line_edit *edit, int32_t code)
{
    size_t at = edit->at, end = edit->text.length;
    switch (code) {
    case KEY_CODE_ENTER:
        return LINE_ENTERED;
    case KEY_CODE_ESC:
        return LINE_LEFT;
    case KEY_CODE_BACKSPACE:
        return end ? erase(edit, previous_cluster(edit, at), at, false) : LINE_LEFT;
    case KEY_CODE_DELETE:
        return erase(edit, at, next_cluster(edit, at), false);
    case KEY_CODE_LEFT:
        return move(edit, previous_cluster(edit, at));
    case KEY_CODE_RIGHT:
        return move(edit, next_cluster(edit, at));
    case KEY_CODE_HOME:
        return move(edit, 0);
    case KEY_CODE_END:
        return move(edit, end);
    case KEY_CODE_UP:
        return walk(edit, true);
    case KEY_CODE_DOWN:
        return walk(edit, false);
    default:
        return LINE_IGNORED;
    }
}

static enum line_answer type(struct line_edit *edit, int32_t code)
{
    char bytes[4];
    size_t length = utf8_write(bytes, code);
    /* taking back goes to before the word, not the letter */
    if (code == ' ' || !edit->before.bytes || edit->at != edit->text.length)
        remember(edit);
    insert(edit, bytes, length);
    return LINE_CHANGED;
}

enum line_answer line_edit_key(struct line_edit *edit, struct key key)
{
    text_append(&edit->text, "", 0);
    if (key.code == KEY_CODE_TAB)
        return complete(edit, key.mods & MOD_SHIFT);
    if (key.code == KEY_CODE_ESC &&
        edit->n_candidates) { /* closes the list, not the line */
        drop_candidates(edit);
        return LINE_MOVED;
    }
    drop_candidates(edit);
    enum line_answer answer;
    if (key_types(key))
        answer = type(edit, key.code);
    else if (key.mods == MOD_CTRL && key.code >= KEY_CODE_FIRST)
        answer = alt_key(edit, key.code); /* Ctrl-Left goes by words, as Alt-b does */
    else if (key.mods == MOD_CTRL)
        answer = control_key(edit, key.code);
    else if (key.mods == MOD_ALT)
        answer = alt_key(edit, key.code);
    else
        answer = named_key(edit, key.code);
    bool walks = key.code == KEY_CODE_UP || key.code == KEY_CODE_DOWN ||
                 (key.mods == MOD_CTRL && (key.code == 'p' || key.code == 'n'));
    if (answer == LINE_CHANGED && !walks)
        edit->back = 0;
    return answer;
}

enum line_answer line_edit_take(struct line_edit *edit, const struct event *event)
{
    return event->kind == EVENT_PASTE ? paste(edit, event->text, event->length)
                                      : line_edit_key(edit, event->key);
}

enum line_answer line_edit_sift(struct line_edit *edit, const struct event *event,
                                bool *is_typing)
{
    enum line_answer said = line_edit_take(edit, event);
    if (said == LINE_LEFT)
        line_edit_set(edit, "");
    if (said == LINE_LEFT || said == LINE_ENTERED)
        *is_typing = false;
    return said;
}
