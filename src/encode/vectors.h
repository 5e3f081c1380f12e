/* Encoder "vectors:FILE": the mean of the vectors of a text's words (pooled.h).
 *
 * FILE is word vectors in text (word_text.h). Words are those of tokens.h; clitics are words of their
 * own, punctuation is none. With SIF weighting (Arora, Liang and Ma 2017) the mean is
 *
 *     1/n sum_i a / (a + p(w_i)) v(w_i),     p(w) = 1 / (r(w) H_V)
 *
 * over the n words that have a vector. Files of vectors hold no frequencies but are ordered by them,
 * so p is Zipf's law at the rank r(w), the word's line, with H_V = sum 1/r. A text without any known
 * word is all 0.
 *
 * Settings: "version" 1; "file", "hash" (files.h); "sif" a when weighted; "components".
 */
#ifndef ENCODE_VECTORS_H
#define ENCODE_VECTORS_H

#include "encode/kind.h"

extern const struct encoder_kind vectors_kind;

#endif
