/* The model of a tokenizer.json: a word (what the pre-tokenizer cut out) into pieces of its vocabulary.
 *
 *   WordPiece   the longest piece that the word begins with, then the longest that goes on, those inside a
 *               word with a prefix ("##"); a word that cannot be covered, or of more than
 *               max_input_chars_per_word characters, is unknown as a whole
 *   Unigram     the pieces of the greatest sum of scores (Kudo 2018), by Viterbi; a character of no piece
 *               scores the least score of all less 10 and is unknown, runs of such characters are one
 *   WordLevel   the word itself
 */
#ifndef ENCODE_SUBWORD_H
#define ENCODE_SUBWORD_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "encode/piece_table.h"

struct json;

struct token_ids {
    int32_t *list;
    size_t n, room;
};
void token_ids_add(struct token_ids *ids, int32_t id);

enum subword_kind { SUBWORD_PIECE, SUBWORD_UNIGRAM, SUBWORD_LEVEL };

struct subword {
    enum subword_kind kind;
    struct piece_table pieces;
    struct piece_table inside; /* WordPiece: those with the prefix, without it */
    size_t n_ids;              /* largest id + 1 */
    int32_t unknown;           /* id of the unknown token; -1: there is none */
    size_t most_characters;    /* WordPiece */
    double *scores;            /* Unigram: (n_ids) */
    double least_score;
    bool byte_fallback;
    int32_t bytes[256]; /* ids of <0x00> ... <0xFF>; -1: none */
    size_t *lengths;    /* (n_lengths) of all tokens, in characters; for the median */
    size_t n_lengths;

    struct node *nodes; /* scratch of Unigram */
    size_t node_room;
};

/* Reads the member "model". STATUS_FORMAT for another model or one that is not as it should be. On failure
 * subword_done is still due. */
enum status subword_read(struct subword *subword, const struct json *model,
                         struct error *err);
void subword_done(struct subword *subword);

/* Appends the ids of the word, valid UTF-8 that is not empty. */
void subword_cut(struct subword *subword, const char *word, size_t length,
                 struct token_ids *ids);

/* For subword.c. */
void unigram_cut(struct subword *subword, const char *word, size_t length,
                 struct token_ids *ids);

#endif
