#include "corpus/rated.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "corpus/pair.h"

/* ---- gathering ---- */

void rated_begin(struct rated *rated)
{
    rated->new_ratings = rated->new_notes = 0;
}

static enum status check_keys(size_t n, const char *what, struct error *err)
{
    if (n < RATED_KEYS_MAX)
        return STATUS_OK;
    return error_set(err, STATUS_FORMAT, "more than %d %s", RATED_KEYS_MAX, what);
}

enum status rated_rate(struct rated *rated, int32_t attribute, double value,
                       struct error *err)
{
    enum status status = check_keys(rated->new_ratings, "ratings", err);
    if (status)
        return status;
    for (size_t i = 0; i < rated->new_ratings; i++)
        if (rated->ratings[rated->n_ratings + i].attribute == attribute)
            return error_set(err, STATUS_FORMAT, "the key of a rating comes twice");
    size_t at = rated->n_ratings + rated->new_ratings++;
    MEM_RESERVE(rated->ratings, at, rated->ratings_room);
    rated->ratings[at] = (struct rating){attribute, value};
    return STATUS_OK;
}

enum status rated_note(struct rated *rated, const char *key, const char *value,
                       size_t length, struct error *err)
{
    enum status status = check_keys(rated->new_notes, "keys that are no ratings", err);
    if (status)
        return status;
    size_t at = rated->n_notes + rated->new_notes++;
    MEM_RESERVE(rated->notes, at, rated->notes_room);
    rated->notes[at] = (struct rated_note){passages_add_text(&rated->keys, key),
                                           passages_add(&rated->values, value, length)};
    return STATUS_OK;
}

static enum status check_member(const struct rated *rated, const struct rated_group *group,
                                const struct rated_response *response, struct error *err)
{
    const struct rated_response *first = &rated->responses[group->first];
    if (response->prompt != first->prompt)
        return error_set(
            err, STATUS_FORMAT,
            "the prompt is not that of line %zu, which has the same 'prompt_id'",
            first->line);
    if (response->split != first->split)
        return error_set(err, STATUS_FORMAT,
                         "'split' is not that of line %zu, which has the same prompt",
                         first->line);
    if (group->n == RATED_GROUP_MAX)
        return error_set(err, STATUS_FORMAT,
                         "the prompt of line %zu has more than %d responses, too many to "
                         "compare all with all",
                         first->line, RATED_GROUP_MAX);
    return STATUS_OK;
}

enum status rated_add(struct rated *rated, const char *group_name,
                      const struct rated_response *response, struct error *err)
{
    int32_t known = passages_find(&rated->names, group_name);
    if (known >= 0) {
        enum status status = check_member(rated, &rated->groups[known], response, err);
        if (status)
            return status;
    }
    uint32_t index = (uint32_t)rated->n_responses;
    MEM_RESERVE(rated->responses, rated->n_responses, rated->responses_room);
    struct rated_response *added = &rated->responses[rated->n_responses++];
    *added = *response;
    if (response->id)
        added->id = arena_copy(&rated->ids, response->id, strlen(response->id));
    added->first_rating = rated->n_ratings;
    added->n_ratings = rated->new_ratings;
    added->first_note = rated->n_notes;
    added->n_notes = rated->new_notes;
    added->next = 0;
    rated->n_ratings += rated->new_ratings;
    rated->n_notes += rated->new_notes;
    rated_begin(rated);
    if (known < 0) {
        passages_add_text(&rated->names, group_name);
        MEM_RESERVE(rated->groups, rated->n_groups, rated->groups_room);
        rated->groups[rated->n_groups++] = (struct rated_group){index, index, 1};
        return STATUS_OK;
    }
    struct rated_group *group = &rated->groups[known];
    rated->responses[group->last].next = index + 1;
    group->last = index;
    group->n++;
    return STATUS_OK;
}

/* ---- pairs ---- */

/* Two responses of one prompt that are being compared. */
struct match {
    const struct rated *rated;
    const struct rated_response *a, *b;
    int32_t extra[2]; /* of the pair when a, when b is chosen; -2: not made yet */
};

static int32_t find_note(const struct rated *rated, const struct rated_response *response,
                         int32_t key)
{
    for (size_t i = 0; i < response->n_notes; i++)
        if (rated->notes[response->first_note + i].key == key)
            return rated->notes[response->first_note + i].value;
    return -1;
}

/* The notes of one response: those that the other has too with the same value as they are,
 * others with the prefix. Shared ones are added once, with the chosen response. */
static void add_notes(struct text *extra, const struct rated *rated,
                      const struct rated_response *of, const struct rated_response *other,
                      const char *prefix, bool with_shared)
{
    for (size_t i = 0; i < of->n_notes; i++) {
        struct rated_note note = rated->notes[of->first_note + i];
        bool shared = find_note(rated, other, note.key) == note.value;
        const struct passage *value = &rated->values.items[note.value];
        if (!shared || with_shared)
            pair_add_extra(extra, shared ? "" : prefix, rated->keys.items[note.key].plain,
                           value->plain, value->length);
    }
}

static int32_t match_extra(struct match *match, bool b_chosen, struct corpus *corpus)
{
    int32_t *made = &match->extra[b_chosen];
    if (*made != -2)
        return *made;
    const struct rated_response *chosen = b_chosen ? match->b : match->a;
    const struct rated_response *rejected = b_chosen ? match->a : match->b;
    struct text extra = {0};
    add_notes(&extra, match->rated, chosen, rejected, "chosen_", true);
    add_notes(&extra, match->rated, rejected, chosen, "rejected_", false);
    *made = extra.length ? passages_add(&corpus->extras, extra.bytes, extra.length) : -1;
    text_done(&extra);
    return *made;
}

static void add_label(struct text *id, const struct rated_response *response)
{
    if (response->id)
        text_add(id, response->id);
    else
        text_printf(id, "%zu", response->line);
}

static void add_pair(struct match *match, int32_t attribute, double a, double b,
                     int32_t origin, struct corpus *corpus)
{
    bool b_chosen = b > a;
    struct text id = {0};
    add_label(&id, match->a);
    text_add_char(&id, '-');
    add_label(&id, match->b);
    text_printf(&id, ".%s", corpus->attributes.items[attribute].plain);
    struct pair pair = PAIR_NONE;
    pair.id = id.bytes;
    pair.prompt = match->a->prompt;
    pair.chosen = b_chosen ? match->b->response : match->a->response;
    pair.rejected = b_chosen ? match->a->response : match->b->response;
    pair.attribute = attribute;
    pair.context = match->a->context;
    pair.user = match->a->user;
    pair.split = match->a->split;
    pair.origin = origin;
    pair.chosen_rating = b_chosen ? b : a;
    pair.rejected_rating = b_chosen ? a : b;
    if (pair.chosen != pair.rejected)
        pair.extra = match_extra(match, b_chosen, corpus);
    corpus_add(corpus, &pair);
    text_done(&id);
}

static const struct rating *find_rating(const struct rated *rated,
                                        const struct rated_response *response, size_t hint,
                                        int32_t attribute)
{
    const struct rating *ratings = rated->ratings + response->first_rating;
    if (hint < response->n_ratings && ratings[hint].attribute == attribute)
        return &ratings[hint];
    for (size_t i = 0; i < response->n_ratings; i++)
        if (ratings[i].attribute == attribute)
            return &ratings[i];
    return NULL;
}

/* Ratings are often means of a few grades, written with as many digits as their author
 * liked: differences below this are none. */
static const double NO_DIFFERENCE = 1e-9;

static void compare(const struct rated *rated, const struct rated_response *a,
                    const struct rated_response *b, double min_gap, int32_t origin,
                    struct corpus *corpus, struct rated_drops *drops)
{
    struct match match = {rated, a, b, {-2, -2}};
    size_t n_both = 0;
    for (size_t i = 0; i < a->n_ratings; i++) {
        const struct rating *x = &rated->ratings[a->first_rating + i];
        const struct rating *y = find_rating(rated, b, i, x->attribute);
        if (!y)
            continue;
        n_both++;
        double gap = fabs(x->value - y->value);
        if (gap <= NO_DIFFERENCE || gap < min_gap - NO_DIFFERENCE)
            drops->close++;
        else
            add_pair(&match, x->attribute, x->value, y->value, origin, corpus);
    }
    drops->unrated += a->n_ratings + b->n_ratings - 2 * n_both;
}

/* All responses of a group against all that come after them. */
static enum status compare_group(const struct rated *rated, const struct rated_group *group,
                                 double min_gap, int32_t origin, struct corpus *corpus,
                                 struct rated_drops *drops, const struct cancel *cancel,
                                 struct error *err)
{
    for (uint32_t i = group->first + 1; i; i = rated->responses[i - 1].next) {
        const struct rated_response *a = &rated->responses[i - 1];
        if (cancel_asked(cancel))
            return error_set(err, STATUS_CANCELLED, "making pairs of ratings was stopped");
        enum status status = corpus_check_room(corpus, err);
        if (status)
            return status;
        for (uint32_t j = a->next; j; j = rated->responses[j - 1].next)
            compare(rated, a, &rated->responses[j - 1], min_gap, origin, corpus, drops);
    }
    return STATUS_OK;
}

enum status rated_pairs(const struct rated *rated, double min_gap, int32_t origin,
                        struct corpus *corpus, struct rated_drops *drops,
                        const struct cancel *cancel, struct error *err)
{
    enum status status = STATUS_OK;
    for (size_t g = 0; g < rated->n_groups && !status; g++)
        status = compare_group(rated, &rated->groups[g], min_gap, origin, corpus, drops,
                               cancel, err);
    return status;
}

void rated_done(struct rated *rated)
{
    passages_done(&rated->keys);
    passages_done(&rated->values);
    passages_done(&rated->names);
    arena_done(&rated->ids);
    free(rated->responses);
    free(rated->ratings);
    free(rated->notes);
    free(rated->groups);
    *rated = (struct rated){0};
}
