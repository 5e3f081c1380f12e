/* Text: a growing buffer, UTF-8, hashes, and how hostile text is shown. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A growing NUL-terminated buffer. All zero is a valid empty one (bytes is NULL then). */
struct text {
    char *bytes;
    size_t length, room;
};

void text_append(struct text *text, const char *bytes, size_t length);
void text_add(struct text *text, const char *string);
void text_add_char(struct text *text, char c);
void text_printf(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_vprintf(struct text *text, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
void text_clear(struct text *text); /* empty, keeps its memory */
void text_done(struct text *text);

/* Decodes the character at *at, which is before end, and moves *at past it. Returns -1 for
 * a byte that begins no valid character (overlong, surrogate, above U+10FFFF, cut short)
 * and moves one. */
int32_t utf8_next(const char **at, const char *end);

/* What a character is when text is cut into words. Unspaced scripts are those that put no spaces
 * between words: Han, kana, Thai, Lao, Khmer, Burmese. */
enum utf8_kind {
    UTF8_SPACE, /* white space, control characters, unassigned and private ones */
    UTF8_LETTER,
    UTF8_IDEOGRAPH, /* a letter of an unspaced script */
    UTF8_DIGIT,
    UTF8_MARK, /* belongs to the character before: combining marks, joiners */
    UTF8_PUNCTUATION,
    UTF8_SYMBOL, /* mathematics, currency, arrows, emoji */
};
enum utf8_kind utf8_kind(int32_t code); /* UTF8_SPACE for a negative code */

/* Unicode's general category in its two letters ("Lu", "Mn"); "Cn" for a negative code. */
const char *utf8_category(int32_t code);

/* Bytes of the first grapheme, what a reader takes for one character; 0 for an empty text. */
size_t utf8_grapheme(const char *bytes, size_t length);

/* Appends valid UTF-8 in one of Unicode's normal forms. */
enum utf8_form { UTF8_NFC, UTF8_NFD, UTF8_NFKC, UTF8_NFKD };
void utf8_normalise(struct text *out, const char *bytes, size_t length,
                    enum utf8_form form);

/* Lower case by Unicode's one-to-one mapping; the code itself when it has none. */
int32_t utf8_lower(int32_t code);

/* Writes a valid code point (0 .. U+10FFFF, no surrogate) and returns its 1 to 4 bytes. */
size_t utf8_write(char out[4], int32_t code);

/* Offset of the first invalid byte, or length when all is valid UTF-8. */
size_t utf8_check(const char *bytes, size_t length);

/* Appends the bytes as valid UTF-8: each that is not becomes U+FFFD. */
void utf8_append(struct text *out, const char *bytes, size_t length);

/* Length without a character that is cut short at the end: where a text can be cut. */
size_t utf8_whole(const char *bytes, size_t length);

/* Cells that the text takes on a terminal; wide characters count 2, combining ones 0. */
size_t text_width(const char *bytes, size_t length);

/* Appends user text so that it can be shown: control characters and bytes that are no UTF-8
 * become \xNN (newline and tab \n, \t), characters that turn the direction of text become
 * \uNNNN; at most `cells` columns, with an ellipsis when cut. */
void text_add_visible(struct text *out, const char *bytes, size_t length, size_t cells);

/* A character with its marks, as user text is shown: what text_add_visible makes visible comes as
 * ASCII, of which each byte takes a cell. Joiners and selectors behind symbols, about which
 * terminals disagree, are left out, and so are marks for which there is no room. */
enum { CLUSTER_BYTES = 18 };
struct cluster {
    char bytes[CLUSTER_BYTES]; /* NUL-terminated */
    unsigned char length, width;
};

/* Takes the next cluster from *at on; false at the end. */
bool text_next_cluster(const char **at, const char *end, struct cluster *cluster);

/* The same for messages: string into out, at most `room` bytes with the NUL, cut at a character.
 * Returns out. */
const char *text_show(char *out, size_t room, const char *string);

/* 64-bit hash of bytes; stable across machines and versions (it decides the split of a
 * prompt). */
uint64_t text_hash(const char *bytes, size_t length, uint64_t seed);

/* Edits (insert, delete, replace, swap neighbours) that lead from a to b. For "did you
 * mean". */
size_t text_distance(const char *a, const char *b);

#endif
