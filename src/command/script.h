/* The language of scripts and of the REPL: text in, statements out, one after the other.
 *
 *     statement    word word ... [> FILE | >> FILE] [&]
 *     ends at      ; or a newline, or & (which asks for the background)
 *     comment      from # at the beginning of a word to the end of the line; also from -- at the
 *                  beginning of a statement (elsewhere -- ends the options, see line.h)
 *     'text'       as it is, newlines too
 *     "text"       \n \t \" \\ \$ are a newline, tab, ", \, $; any other \ stays
 *     \c           outside of quotes: c, and nothing that c means
 *     \ newline    nothing: the statement goes on
 *     ( [ {        inside a word: all up to the bracket that closes it belongs to the word as it
 *                  is written, blanks and quotes included; a newline is a blank there
 *     > >>         at the beginning of a word: the result goes to, or to the end of, the file that
 *                  the next word names; accuracy>0.7 is a word as any other
 *     &            at the end of a word: ends the statement; a=1&b=2 is a word as any other
 *     $name $name.key ${name} ${name.key}
 *                  a value, through the callback; never cut into words, not in single quotes. A $
 *                  that no name follows is itself
 *
 * A name is a letter or _ and then letters, digits and _. There are no loops, conditions, pipes,
 * wildcards or assignments.
 *
 *     struct script script = {.name = path, .text = bytes, .length = n, .expand = f, .context = c};
 *     struct statement statement = {0};
 *     while ((result = script_next(&script, &statement, &err)) == SCRIPT_STATEMENT)
 *         run(&statement);
 *     statement_done(&statement);
 *
 * Statements are read when they are asked for, so values are those of the moment. Reading is
 * linear in the text; the statement's memory is used again by the next one.
 */
#ifndef COMMAND_SCRIPT_H
#define COMMAND_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

struct script_place {
    size_t offset;       /* in bytes, from 0 */
    size_t line, column; /* from 1; columns are characters */
};

/* Appends to `out` the value of a name, or that of `key` in it (NULL: none is written). When the
 * name has no keys (a variable of the environment) and key is not NULL, it appends the value of the
 * name and sets *takes_key, which is true, to false: ".key" then stays as text. STATUS_NOT_FOUND or
 * another status with a message when there is no such value. */
typedef enum status script_expand(void *context, const char *name, const char *key,
                                  bool *takes_key, struct text *out, struct error *err);

struct script {
    const char *name; /* of the file, for messages: "work.ms", "standard input", "-c" */
    const char *text; /* borrowed; need not end in NUL, may hold any bytes */
    size_t length;
    script_expand *expand; /* NULL: $name stays as it is written */
    void *context;

    /* What script_next keeps; all zero at first. */
    struct script_place at;    /* where the next statement is looked for */
    struct script_place wrong; /* place of the last error, or of what is not closed */
    size_t wrong_length;       /* bytes that are wrong from there on; at least 1 */
};

struct script_word {
    const char *text; /* the value, NUL-terminated */
    size_t length;    /* of it; there is no NUL in it */
    size_t
        plain; /* bytes of the value up to the first quote, escape, bracket or expansion */
    struct script_place at; /* of its first byte in the text */
    size_t end;             /* offset behind its last byte */
};

struct statement {
    struct script_word *words; /* at least 1 */
    const char **texts;        /* (n) their texts, as line_parse wants them */
    size_t n;
    bool background;         /* ended by & */
    bool redirected, append; /* > FILE or >> FILE */
    struct script_word file; /* of the redirection */
    size_t begin, end;       /* what was written, without the end and blanks around it */

    size_t word_room, text_room; /* private */
    struct text bytes;
};

enum script_result {
    SCRIPT_STATEMENT,
    SCRIPT_END,        /* nothing but blanks and comments is left */
    SCRIPT_INCOMPLETE, /* the text ends inside of quotes, brackets or after \; *err says which */
    SCRIPT_ERROR,      /* *err says what; script->wrong where */
};

/* Reads the next statement. After SCRIPT_ERROR reading can go on with the line after the one where
 * the error is. After SCRIPT_INCOMPLETE script->at is at the beginning of the statement, so that
 * more text can be put behind it; a file that ends so is in error. STATUS_FORMAT: NUL bytes and
 * bytes that are no UTF-8; STATUS_USAGE: the rest; or what `expand` says. */
enum script_result script_next(struct script *script, struct statement *statement,
                               struct error *err);
void statement_done(struct statement *statement);

/* The place of a byte; linear in the offset. */
struct script_place script_place(const struct script *script, size_t offset);

/* Appends for people
 *
 *     work.ms:3:14: error: message
 *     eval a.safetensors --tpo 5
 *                        ^~~~~
 *     hint
 *
 * length: bytes to underline, from place.offset; at most the line is. Tabs are shown as blanks, a
 * long line is cut around the place. hint NULL: none. */
void script_error_show(const struct script *script, struct script_place place,
                       size_t length, const char *message, const char *hint,
                       struct text *out);

#endif
