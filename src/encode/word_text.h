/* Reading word vectors as GloVe, word2vec and fastText write them in text.
 *
 *     the 0.418 0.24968 -0.41242 ...        a word and D numbers a line, in the order of how often
 *     of 0.70853 0.57088 -0.4716 ...        the words occur, most frequent first
 *
 * separated by spaces or tabs; word2vec's has a line "V D" before them. Words may hold spaces (some
 * of GloVe's do): the last D fields are the numbers, and no other field but the first may look like
 * one. Gzip is recognised.
 */
#ifndef ENCODE_WORD_TEXT_H
#define ENCODE_WORD_TEXT_H

#include "encode/encoder.h"
#include "encode/word_table.h"

/* Reads all of it; *table is created, without source_hash. STATUS_FORMAT, STATUS_NUMERIC or
 * STATUS_SHAPE naming file and line for a line of another number of columns, a number that is none
 * or not finite, a first line that announces what does not come; errors of source_line;
 * STATUS_CANCELLED. watch may be NULL. */
enum status word_text_read(struct word_table *table, const char *path,
                           const struct encoder_watch *watch, struct error *err);

/* A number in the text [*at, end): digits with point and exponent, "nan" and "inf" too. Moves *at
 * behind it; false when there is none. As near as strtod. */
bool word_text_number(const char **at, const char *end, double *value);

#endif
