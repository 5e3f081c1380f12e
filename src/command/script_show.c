/* Places in a script, and errors with the line they are in. */
#include <stdint.h>
#include <string.h>

#include "command/script.h"

/* TAB: cells between the stops of a tab. BEFORE, SHOWN: cells of a long line that are shown before
 * the place, and in all. */
enum { TAB = 8, BEFORE = 60, SHOWN = 100 };

struct script_place script_place(const struct script *script, size_t offset)
{
    struct script_place place = {.line = 1, .column = 1};
    const char *at = script->text;
    const char *end = at + (offset < script->length ? offset : script->length);
    while (at < end) {
        bool newline = *at == '\n';
        (void)utf8_next(&at, script->text + script->length);
        place.line += newline;
        place.column = newline ? 1 : place.column + 1;
    }
    place.offset = (size_t)(end - script->text);
    return place;
}

/* Appends one character as it is shown in a line that has `cells` already; returns its cells. */
static size_t add_character(struct text *out, const char **at, const char *end,
                            size_t cells)
{
    const char *start = *at;
    int32_t code = utf8_next(at, end);
    size_t begin = out->length;
    if (code == '\t') {
        text_printf(out, "%*s", (int)(TAB - cells % TAB), "");
        return TAB - cells % TAB;
    }
    text_add_visible(out, start, (size_t)(*at - start), SIZE_MAX);
    return text_width(out->bytes + begin, out->length - begin);
}

/* BEFORE characters back, or as many bytes as those can have, so that a long line is not read from
 * its start. */
static const char *start_of_line(const struct script *script, const char *place, bool *cut)
{
    const char *at = place;
    int characters = 0;
    while (at > script->text && at[-1] != '\n' && place - at < BEFORE * 4L &&
           characters < BEFORE)
        characters += ((unsigned char)*--at & 0xc0) != 0x80;
    *cut = at > script->text && at[-1] != '\n';
    while (*cut && at < place && ((unsigned char)*at & 0xc0) == 0x80)
        at++;
    return at;
}

/* The line around the place, and how far from its left edge in cells the place and its end are. */
struct shown {
    struct text line;
    size_t caret, end;
};

static struct shown show_line(const struct script *script, size_t offset, size_t length)
{
    struct shown shown = {0};
    const char *end = script->text + script->length, *place = script->text + offset;
    bool cut;
    const char *at = start_of_line(script, place, &cut);
    size_t cells = cut ? 1 : 0;
    text_add(&shown.line, cut ? "\xe2\x80\xa6" : "");
    while (at < end && *at != '\n' && !(*at == '\r' && at + 1 < end && at[1] == '\n')) {
        if (cells >= SHOWN && at >= place) {
            text_add(&shown.line, "\xe2\x80\xa6");
            break;
        }
        if (at <= place)
            shown.caret = cells;
        cells += add_character(&shown.line, &at, end, cells);
        if ((size_t)(at - place) <= length && at > place)
            shown.end = cells;
    }
    if (at <= place)
        shown.caret = cells;
    return shown;
}

void script_error_show(const struct script *script, struct script_place place,
                       size_t length, const char *message, const char *hint,
                       struct text *out)
{
    text_add_visible(out, script->name, strlen(script->name), SIZE_MAX);
    text_printf(out, ":%zu:%zu: error: ", place.line, place.column);
    text_add_visible(out, message, strlen(message), SIZE_MAX);
    size_t offset = place.offset < script->length ? place.offset : script->length;
    struct shown shown = show_line(script, offset, length);
    text_printf(out, "\n%s\n%*s^", shown.line.bytes, (int)shown.caret, "");
    for (size_t i = shown.caret + 1; i < shown.end; i++)
        text_add_char(out, '~');
    text_add_char(out, '\n');
    if (hint) {
        text_add_visible(out, hint, strlen(hint), SIZE_MAX);
        text_add_char(out, '\n');
    }
    text_done(&shown.line);
}
