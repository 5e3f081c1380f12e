/* What the two files that read scripts share: characters and words. Nobody else includes it. */
#ifndef COMMAND_SCRIPT_READER_H
#define COMMAND_SCRIPT_READER_H

#include "command/script.h"

/* A statement while it is read. */
struct reader {
    struct script *script;
    struct statement *statement;
    struct script_place at;
    struct text name, key; /* of an expansion */
    struct error *err;
    bool is_plain; /* nothing but itself was in the word so far */
};

/* What reading a part came to. */
enum step { STEP_ON, STEP_INCOMPLETE, STEP_ERROR };

/* The byte `ahead` of the place; NUL at the end of the text, where script_is_over holds. */
char script_peek(const struct reader *reader, size_t ahead);
bool script_is_over(const struct reader *reader);
bool script_is_blank(char c);
/* Bytes of the newline there, LF or CR and LF; 0: none. */
size_t script_newline(const struct reader *reader, size_t ahead);

/* Says where the error is that *err tells of. */
enum step script_refuse(struct reader *reader, struct script_place place, size_t length);

/* Move over characters, which must be valid. */
enum step script_skip(struct reader *reader);
enum step script_skip_bytes(struct reader *reader, size_t n);

/* Whether a & here ends the statement: nothing of a word follows it. */
bool script_ends_with_ampersand(const struct reader *reader);
bool script_ends_word(const struct reader *reader);

/* Reads one word into the bytes of the statement; its text is set when the statement is whole. */
enum step script_read_word(struct reader *reader, struct script_word *word);
/* A \ outside of quotes, with what it escapes or the newline that it takes away. */
enum step script_take_backslash(struct reader *reader);

#endif
