/* Records: the lines of a JSON Lines file, read one at a time through typed getters.
 *
 * Getters treat null as a key that is not there, and give messages that name the key;
 * record_each puts file and line before them. A key that is asked for and comes twice is an
 * error.
 */
#ifndef CORPUS_RECORD_H
#define CORPUS_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "corpus/corpus.h"
#include "io/json.h"

struct record {
    const char *file;        /* name for messages */
    size_t line;             /* from 1 */
    const struct json *json; /* an object, valid for the call */
    const char *text;        /* the line it was parsed from */
};

/* What to do with records that are not what they should be, and how many there were. */
struct record_tally {
    bool skip_bad; /* leave them out; otherwise the first one is the error */
    size_t n_records, n_bad;
    struct error first_bad; /* what was wrong with the first one left out */
};

typedef enum status record_taker(void *self, const struct record *record,
                                 struct error *err);

/* Calls take for every line that is not blank. STATUS_FORMAT when there is none. `tally`
 * may be NULL. A taker that fails must not have kept anything of the record. */
enum status record_each(const char *path, const struct corpus_watch *watch,
                        struct record_tally *tally, record_taker *take, void *self,
                        struct error *err);

/* *value is NULL when there is none. */
enum status record_value(const struct record *record, const char *key,
                         const struct json **value, struct error *err);
/* A string that must be there. */
enum status record_text(const struct record *record, const char *key, const char **text,
                        struct error *err);
/* A string or a list of {role, content} that must be there. */
enum status record_passage(const struct record *record, const char *key,
                           struct passages *passages, int32_t *index, struct error *err);
/* A string or a number (as it is written) appended to *label, which stays as it is when
 * there is none. */
enum status record_label(const struct record *record, const char *key, struct text *label,
                         struct error *err);
/* The same, put into a set; -1 when there is none or it is empty. */
enum status record_name(const struct record *record, const char *key,
                        struct passages *passages, int32_t *index, struct error *err);
/* A finite number, NaN when there is none. */
enum status record_number(const struct record *record, const char *key, double *value,
                          struct error *err);

/* A list of {role, content}; the drafts borrow from the record and from *arena. Free
 * *turns. `key` is for messages. */
enum status record_turns(const struct json *list, const char *key, struct arena *arena,
                         struct turn_draft **turns, size_t *n_turns, struct error *err);

/* Calls take, in their order, for the members whose keys are none of known[0 .. n_known);
 * value is their JSON text as it is written. */
typedef void record_member_taker(void *self, const char *key, const char *value,
                                 size_t length);
void record_unknown(const struct record *record, const char *const *known, size_t n_known,
                    record_member_taker *take, void *self);

#endif
