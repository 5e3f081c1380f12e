/* Rated responses, gathered by prompt, and the pairs that follow from their ratings. */
#ifndef CORPUS_RATED_H
#define CORPUS_RATED_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "corpus/corpus.h"

/* More responses of one prompt than this are refused: their pairs grow with the square, and
 * so many mostly mean that prompts are missing. */
enum { RATED_GROUP_MAX = 2000 };

/* More ratings, or other members, of one response than this are refused. */
enum { RATED_KEYS_MAX = 256 };

struct rating {
    int32_t attribute; /* of corpus->attributes */
    double value;
};

/* A member that is kept for the pairs: key and JSON text, numbers of rated->keys and
 * ->values. */
struct rated_note {
    int32_t key, value;
};

struct rated_response {
    int32_t prompt, response, context, user; /* as in struct pair */
    enum corpus_split split;
    size_t line;
    const char *id; /* NULL: the line is its id */
    /* Set by rated_add. */
    size_t first_rating, n_ratings, first_note, n_notes;
    uint32_t next; /* the next response of the group + 1, 0: none */
};

struct rated_group {
    uint32_t first, last, n;
};

struct rated {
    struct rated_response *responses;
    struct rating *ratings;
    struct rated_note *notes;
    struct rated_group *groups;
    size_t n_responses, responses_room;
    size_t n_ratings, new_ratings,
        ratings_room; /* of the responses added, of the next one */
    size_t n_notes, new_notes, notes_room;
    size_t n_groups, groups_room;
    struct passages keys, values, names; /* names: of the groups */
    struct arena ids;
};

/* What rated_pairs did not make a pair of. */
struct rated_drops {
    size_t close, unrated;
};

/* One response: rated_begin, then rated_rate and rated_note for each rating and member,
 * then rated_add. What was begun and not added is forgotten. */
void rated_begin(struct rated *rated);
/* STATUS_FORMAT when it is rated for the attribute already, or has too many ratings or
 * members. */
enum status rated_rate(struct rated *rated, int32_t attribute, double value,
                       struct error *err);
enum status rated_note(struct rated *rated, const char *key, const char *value,
                       size_t length, struct error *err);

/* Puts the response in the group of that name; its id is copied. STATUS_FORMAT when its
 * prompt or split is not that of the group's first response, or the group is too large. */
enum status rated_add(struct rated *rated, const char *group,
                      const struct rated_response *response, struct error *err);

/* Adds to the corpus, group by group in the order of their first responses, a pair for
 * every two responses and every attribute whose ratings differ, by at least min_gap.
 * Members with equal values stay what they are, others become chosen_... and rejected_... .
 */
enum status rated_pairs(const struct rated *rated, double min_gap, int32_t origin,
                        struct corpus *corpus, struct rated_drops *drops,
                        const struct cancel *cancel, struct error *err);
void rated_done(struct rated *rated);

#endif
