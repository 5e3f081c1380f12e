/* Words of a script: quotes, escapes, brackets and expansions. */
#include <ctype.h>
#include <string.h>

#include "command/script_reader.h"

/* DEEPEST: brackets inside of brackets. */
enum { DEEPEST = 64 };

/* ---- characters ---- */

char script_peek(const struct reader *reader, size_t ahead)
{
    const struct script *script = reader->script;
    size_t offset = reader->at.offset + ahead;
    return offset < script->length ? script->text[offset] : '\0';
}

bool script_is_over(const struct reader *reader)
{
    return reader->at.offset >= reader->script->length;
}

enum step script_refuse(struct reader *reader, struct script_place place, size_t length)
{
    reader->script->wrong = place;
    reader->script->wrong_length = length ? length : 1;
    return STEP_ERROR;
}

enum step script_skip(struct reader *reader)
{
    unsigned char byte = (unsigned char)script_peek(reader, 0);
    const char *start = reader->script->text + reader->at.offset, *end = start;
    if (byte && byte < 0x80) {
        reader->at.offset++;
        reader->at.column++;
        if (byte == '\n') {
            reader->at.line++;
            reader->at.column = 1;
        }
        return STEP_ON;
    }
    if (!byte) {
        error_set(reader->err, STATUS_FORMAT, "there is a NUL byte in the text");
        return script_refuse(reader, reader->at, 1);
    }
    if (utf8_next(&end, reader->script->text + reader->script->length) < 0) {
        error_set(reader->err, STATUS_FORMAT, "the byte 0x%02x is no UTF-8", byte);
        return script_refuse(reader, reader->at, 1);
    }
    reader->at.offset += (size_t)(end - start);
    reader->at.column++;
    return STEP_ON;
}

/* The same, and the character becomes part of the word. */
static enum step take(struct reader *reader)
{
    size_t begin = reader->at.offset;
    enum step step = script_skip(reader);
    if (step == STEP_ON)
        text_append(&reader->statement->bytes, reader->script->text + begin,
                    reader->at.offset - begin);
    return step;
}

bool script_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

size_t script_newline(const struct reader *reader, size_t ahead)
{
    if (script_peek(reader, ahead) == '\n')
        return 1;
    return script_peek(reader, ahead) == '\r' && script_peek(reader, ahead + 1) == '\n' ? 2
                                                                                        : 0;
}

enum step script_skip_bytes(struct reader *reader, size_t n)
{
    enum step step = STEP_ON;
    while (n-- && step == STEP_ON)
        step = script_skip(reader);
    return step;
}

static enum step lack(struct reader *reader, struct script_place place, const char *what)
{
    error_set(reader->err, STATUS_USAGE, "%s", what);
    script_refuse(reader, place, 1);
    return STEP_INCOMPLETE;
}

/* ---- expansions ---- */

static bool begins_name(char c)
{
    return c == '_' || isalpha((unsigned char)c);
}

static size_t name_length(const struct reader *reader, size_t ahead)
{
    size_t n = 0;
    if (begins_name(script_peek(reader, ahead)))
        while (script_peek(reader, ahead + n) == '_' ||
               isalnum((unsigned char)script_peek(reader, ahead + n)))
            n++;
    return n;
}

/* One $name as it is written. */
struct expansion {
    size_t name, n_name;     /* offset and length of the name */
    size_t key, n_key;       /* of the key; length 0: none */
    size_t length, n_braces; /* of the whole in bytes; 0, or 1 with ${ } */
};

/* n_name is 0 when it is none: a $ that is itself, or an open ${. */
static struct expansion find_expansion(const struct reader *reader)
{
    struct expansion found = {.n_braces = script_peek(reader, 1) == '{'};
    size_t ahead = 1 + found.n_braces;
    found.n_name = name_length(reader, ahead);
    if (!found.n_name)
        return found;
    found.name = reader->at.offset + ahead;
    ahead += found.n_name;
    if (script_peek(reader, ahead) == '.')
        found.n_key = name_length(reader, ahead + 1);
    if (found.n_key) {
        found.key = reader->at.offset + ahead + 1;
        ahead += 1 + found.n_key;
    }
    if (found.n_braces && script_peek(reader, ahead) != '}')
        found.n_name = 0;
    found.length = ahead + found.n_braces;
    return found;
}

static enum step expand(struct reader *reader, const struct expansion *found)
{
    const struct script *script = reader->script;
    struct text *out = &reader->statement->bytes;
    bool takes_key = found->n_key > 0;
    text_clear(&reader->name);
    text_append(&reader->name, script->text + found->name, found->n_name);
    text_clear(&reader->key);
    text_append(&reader->key, script->text + found->key, found->n_key);
    size_t begin = out->length;
    enum status status = script->expand(script->context, reader->name.bytes,
                                        found->n_key ? reader->key.bytes : NULL, &takes_key,
                                        out, reader->err);
    if (status == STATUS_OK && memchr(out->bytes + begin, '\0', out->length - begin))
        status = error_set(reader->err, STATUS_FORMAT, "the value of '%s' has a NUL byte",
                           reader->name.bytes);
    if (status != STATUS_OK)
        return script_refuse(reader, reader->at, found->length);
    if (found->n_key && !takes_key)
        text_printf(out, ".%s", reader->key.bytes);
    return script_skip_bytes(reader, found->length);
}

static enum step take_dollar(struct reader *reader)
{
    struct expansion found = find_expansion(reader);
    reader->is_plain = false;
    if (found.n_name && reader->script->expand)
        return expand(reader, &found);
    if (found.n_name) {
        enum step step = STEP_ON;
        for (size_t end = reader->at.offset + found.length;
             step == STEP_ON && reader->at.offset < end;)
            step = take(reader);
        return step;
    }
    if (!found.n_braces)
        return take(reader);
    error_set(reader->err, STATUS_USAGE,
              "after '${' comes a name, perhaps a point and a key, and '}'");
    return script_refuse(reader, reader->at, 2);
}

/* ---- words ---- */

static enum step take_single(struct reader *reader)
{
    struct script_place open = reader->at;
    enum step step = script_skip(reader);
    while (step == STEP_ON && !script_is_over(reader) && script_peek(reader, 0) != '\'')
        step = take(reader);
    if (step == STEP_ON && script_is_over(reader))
        return lack(reader, open, "the quote ' is not closed");
    return step == STEP_ON ? script_skip(reader) : step;
}

/* After a \ in double quotes. */
static enum step take_escape(struct reader *reader)
{
    static const char escapes[] = "n\nt\t\"\"\\\\$$";
    struct text *out = &reader->statement->bytes;
    size_t newline = script_newline(reader, 1);
    if (newline)
        return script_skip_bytes(reader, 1 + newline);
    char c = script_peek(reader, 1);
    for (const char *escape = escapes; c && *escape; escape += 2)
        if (*escape == c) {
            text_add_char(out, escape[1]);
            return script_skip_bytes(reader, 2);
        }
    return take(reader);
}

static enum step take_double(struct reader *reader)
{
    struct script_place open = reader->at;
    enum step step = script_skip(reader);
    while (step == STEP_ON && !script_is_over(reader) && script_peek(reader, 0) != '"') {
        char c = script_peek(reader, 0);
        step = c == '\\'  ? take_escape(reader)
               : c == '$' ? take_dollar(reader)
                          : take(reader);
    }
    if (step == STEP_ON && script_is_over(reader))
        return lack(reader, open, "the quote \" is not closed");
    return step == STEP_ON ? script_skip(reader) : step;
}

enum step script_take_backslash(struct reader *reader)
{
    size_t newline = script_newline(reader, 1);
    struct script_place place = reader->at;
    enum step step = script_skip_bytes(reader, 1 + newline);
    if (step == STEP_ON && script_is_over(reader))
        return lack(reader, place, "nothing follows the \\");
    if (step != STEP_ON || newline)
        return step;
    reader->is_plain = false;
    return take(reader);
}

/* Quotes inside of brackets keep what they hold, and themselves. */
static enum step take_quoted(struct reader *reader)
{
    struct script_place open = reader->at;
    char quote = script_peek(reader, 0);
    enum step step = take(reader);
    while (step == STEP_ON && !script_is_over(reader) && script_peek(reader, 0) != quote)
        step = quote == '"' && script_peek(reader, 0) == '$' ? take_dollar(reader)
                                                             : take(reader);
    if (step == STEP_ON && script_is_over(reader))
        return lack(reader, open,
                    quote == '"' ? "the quote \" is not closed"
                                 : "the quote ' is not closed");
    return step == STEP_ON ? take(reader) : step;
}

static char closing(char open)
{
    return open == '(' ? ')' : open == '[' ? ']' : '}';
}

static enum step refuse_bracket(struct reader *reader, struct script_place open,
                                char wanted)
{
    error_set(reader->err, STATUS_USAGE, "'%c' where '%c' closes the bracket of line %zu",
              script_peek(reader, 0), wanted, open.line);
    return script_refuse(reader, reader->at, 1);
}

/* One character inside of brackets that is none itself. */
static enum step take_inside(struct reader *reader)
{
    size_t newline = script_newline(reader, 0);
    char c = script_peek(reader, 0);
    if (c == '\'' || c == '"')
        return take_quoted(reader);
    if (c == '$')
        return take_dollar(reader);
    if (newline) {
        text_add_char(&reader->statement->bytes, ' ');
        return script_skip_bytes(reader, newline);
    }
    enum step step = take(reader);
    return step == STEP_ON && c == '\\' && !script_is_over(reader) ? take(reader) : step;
}

/* The brackets that are open. */
struct brackets {
    char wanted[DEEPEST]; /* what closes them */
    struct script_place opened[DEEPEST];
    size_t depth;
};

static enum step open_bracket(struct reader *reader, struct brackets *brackets)
{
    if (brackets->depth == DEEPEST) {
        error_set(reader->err, STATUS_USAGE, "brackets are more than %d deep", DEEPEST);
        return script_refuse(reader, reader->at, 1);
    }
    brackets->opened[brackets->depth] = reader->at;
    brackets->wanted[brackets->depth++] = closing(script_peek(reader, 0));
    return take(reader);
}

static enum step take_brackets(struct reader *reader)
{
    struct brackets brackets = {.depth = 0};
    enum step step = open_bracket(reader, &brackets);
    reader->is_plain = false;
    while (step == STEP_ON && brackets.depth) {
        size_t last = brackets.depth - 1;
        char c = script_peek(reader, 0);
        if (script_is_over(reader))
            return lack(reader, brackets.opened[last], "the bracket is not closed");
        if (c && strchr("([{", c)) {
            step = open_bracket(reader, &brackets);
        } else if (c && strchr(")]}", c)) {
            if (c != brackets.wanted[last])
                return refuse_bracket(reader, brackets.opened[last], brackets.wanted[last]);
            brackets.depth = last;
            step = take(reader);
        } else {
            step = take_inside(reader);
        }
    }
    return step;
}

bool script_ends_with_ampersand(const struct reader *reader)
{
    char next = script_peek(reader, 1);
    return script_peek(reader, 0) == '&' &&
           (!next || script_is_blank(next) || strchr("\n;#", next));
}

bool script_ends_word(const struct reader *reader)
{
    char c = script_peek(reader, 0);
    return script_is_over(reader) || script_is_blank(c) || c == '\n' || c == ';' ||
           script_ends_with_ampersand(reader);
}

static enum step take_part(struct reader *reader)
{
    switch (script_peek(reader, 0)) {
    case '\'':
        reader->is_plain = false;
        return take_single(reader);
    case '"':
        reader->is_plain = false;
        return take_double(reader);
    case '\\':
        return script_take_backslash(reader);
    case '$':
        return take_dollar(reader);
    case '(':
    case '[':
    case '{':
        return take_brackets(reader);
    default:
        return take(reader);
    }
}

enum step script_read_word(struct reader *reader, struct script_word *word)
{
    struct text *bytes = &reader->statement->bytes;
    size_t begin = bytes->length;
    enum step step = STEP_ON;
    *word = (struct script_word){.at = reader->at};
    reader->is_plain = true;
    while (step == STEP_ON && !script_ends_word(reader)) {
        bool joins = script_peek(reader, 0) == '\\' && script_newline(reader, 1);
        step = take_part(reader);
        word->end = joins ? word->end : reader->at.offset;
        word->plain = reader->is_plain ? bytes->length - begin : word->plain;
    }
    word->length = bytes->length - begin;
    text_add_char(bytes, '\0');
    return step;
}
