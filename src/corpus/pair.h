/* A pair as one line of a corpus file. */
#ifndef CORPUS_PAIR_H
#define CORPUS_PAIR_H

#include "corpus/corpus.h"
#include "corpus/record.h"

/* The keys of the schema, in the order in which they are written. */
enum { PAIR_KEYS = 11 };
extern const char *const pair_keys[PAIR_KEYS];

/* Reads all of a pair but its id and puts the texts into the corpus, without adding the
 * pair. Keys beside the schema become pair->extra. */
enum status pair_read(struct corpus *corpus, const struct record *record, struct pair *pair,
                      struct error *err);

/* The part of pair_read that all formats share: user and split. */
enum status pair_read_marks(struct corpus *corpus, const struct record *record,
                            struct pair *pair, struct error *err);

/* The context, a passage of any form; -1 when there is none or it is empty. */
enum status pair_read_context(struct corpus *corpus, const struct record *record,
                              int32_t *context, struct error *err);

/* Appends "prefix + key": value to extra members. A name that the schema uses itself gets
 * "original_" before it. */
void pair_add_extra(struct text *extra, const char *prefix, const char *key,
                    const char *value, size_t length);

/* The members of the record that are not known, through pair_add_extra, as a passage of
 * corpus->extras; -1 when there are none. */
int32_t pair_read_extra(struct corpus *corpus, const struct record *record,
                        const char *const *known, size_t n_known);

/* Appends the line without its end. */
void pair_write(const struct corpus *corpus, const struct pair *pair, struct text *out);

#endif
