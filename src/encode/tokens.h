/* A text cut into tokens, in one pass.
 *
 * A token is a word, that is a run of letters and combining marks; a number ("3rd",
 * "1,000.50"); one letter of an unspaced script; or an English clitic split from its word as
 * in the Penn Treebank ("do n't", "it 's"), so that tokenised and plain text give the same
 * tokens. They are lower-cased, and what else there is in the text is counted while passing:
 * punctuation, sentences, lines, lists. Elsewhere in this layer "word" means any token.
 */
#ifndef ENCODE_TOKENS_H
#define ENCODE_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum token_flag {
    TOKEN_CAPITAL = 1,   /* begins with a capital letter */
    TOKEN_UPPER = 2,     /* two capitals or more and no small letter */
    TOKEN_NUMBER = 4,    /* begins with a digit */
    TOKEN_CLITIC = 8,    /* n't 's 're 've 'll 'd 'm */
    TOKEN_SENTENCE = 16, /* the first of its sentence */
    TOKEN_BREAK = 32, /* a sentence or a , ; : ( ) stands between it and the word before */
};

struct token {
    uint64_t hash;   /* of the lower-cased bytes */
    uint32_t start;  /* into lower */
    uint16_t length; /* bytes, at most UINT16_MAX */
    uint16_t flags;
};

struct tokens {
    struct token *list;
    size_t n, room;
    char *lower; /* lower-cased bytes of all words, one after the other */
    size_t lower_room;

    size_t n_sentences; /* words that carry TOKEN_SENTENCE */
    size_t n_lines;     /* that hold something */
    size_t n_list_items, n_headings, n_fences;
    size_t n_symbols; /* outside ASCII: emoji, arrows, mathematics */
    uint32_t
        marks[128];   /* ASCII punctuation; typographic kinds count as their ASCII fellow */
    bool is_complete; /* the last sentence ends as one: . ! ? and closing marks */
};

/* Longest text that is looked at; what follows is left out. */
enum { TOKENS_TEXT_MAX = 1 << 30 };

/* Starts from a zeroed struct; later calls reuse its memory. */
void tokens_read(struct tokens *tokens, const char *bytes, size_t length);
void tokens_done(struct tokens *tokens);

/* The hash that a lower-cased word of these bytes carries, and that of two words in a row.
 */
uint64_t token_hash(const char *lower, size_t length);
uint64_t token_pair_hash(uint64_t first, uint64_t second);

/* n per word of the text. Five words are added, so that one comma in a text of two words
 * does not outweigh everything. */
double tokens_rate(const struct tokens *tokens, double n);

/* How much looks like program code: fences count four, ` { = _ < one. */
double tokens_code_marks(const struct tokens *tokens);

#endif
