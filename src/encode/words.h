/* A text cut into words, in one pass.
 *
 * A word is a run of letters and combining marks, a number ("3rd", "1,000.50"), one letter
 * of an unspaced script, or an English clitic split from its word as in the Penn Treebank
 * ("do n't", "it 's"), so that tokenised and plain text give the same words. Words are
 * lower-cased, and everything else about the text is counted while passing: punctuation,
 * sentences, lines, lists.
 */
#ifndef ENCODE_WORDS_H
#define ENCODE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum word_flag {
    WORD_CAPITAL = 1,   /* begins with a capital letter */
    WORD_UPPER = 2,     /* two capitals or more and no small letter */
    WORD_NUMBER = 4,    /* begins with a digit */
    WORD_CLITIC = 8,    /* n't 's 're 've 'll 'd 'm */
    WORD_SENTENCE = 16, /* the first of its sentence */
    WORD_BREAK = 32, /* a sentence or a , ; : ( ) stands between it and the word before */
};

struct word {
    uint64_t hash;   /* of the lower-cased bytes */
    uint32_t start;  /* into lower */
    uint16_t length; /* bytes, at most UINT16_MAX */
    uint16_t flags;
};

struct words {
    struct word *list;
    size_t n, room;
    char *lower; /* lower-cased bytes of all words, one after the other */
    size_t lower_room;

    size_t n_characters; /* code points */
    size_t n_sentences;  /* words that carry WORD_SENTENCE */
    size_t n_lines;      /* that hold something */
    size_t n_list_items, n_headings, n_fences;
    size_t n_symbols; /* outside ASCII: emoji, arrows, mathematics */
    uint32_t
        marks[128];   /* ASCII punctuation; typographic kinds count as their ASCII fellow */
    bool is_complete; /* the last sentence ends as one: . ! ? and closing marks */
};

/* Longest text that is looked at; what follows is left out. */
enum { WORDS_TEXT_MAX = 1 << 30 };

/* Starts from a zeroed struct; later calls reuse its memory. */
void words_read(struct words *words, const char *bytes, size_t length);
void words_done(struct words *words);

/* The hash that a lower-cased word of these bytes carries, and that of two words in a row.
 */
uint64_t word_hash(const char *lower, size_t length);
uint64_t word_pair_hash(uint64_t first, uint64_t second);

/* n per word of the text. Five words are added, so that one comma in a text of two words
 * does not outweigh everything. */
double words_rate(const struct words *words, double n);

/* How much looks like program code: fences count four, ` { = _ < one. */
double words_code_marks(const struct words *words);

#endif
