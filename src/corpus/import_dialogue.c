/* Formats that give two whole conversations: what they share is the prompt. */
#include <stdlib.h>
#include <string.h>

#include "corpus/importer.h"
#include "corpus/pair.h"

/* ---- preference-700k: lists of turns ---- */

struct dialogue {
    struct turn_draft *turns;
    size_t n_turns;
};

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* How many turns both begin with, leaving at least one of each for the response. */
static size_t common_turns(const struct dialogue *a, const struct dialogue *b)
{
    size_t n = 0;
    while (n + 1 < a->n_turns && n + 1 < b->n_turns &&
           strcmp(a->turns[n].role, b->turns[n].role) == 0 &&
           strcmp(a->turns[n].content, b->turns[n].content) == 0 &&
           same_text(a->turns[n].extra, b->turns[n].extra))
        n++;
    return n;
}

/* One plain turn of the assistant is a string, as in other corpora; anything else stays a
 * list. */
static int32_t add_response(struct corpus *corpus, const struct dialogue *dialogue,
                            size_t start)
{
    const struct turn_draft *first = &dialogue->turns[start];
    size_t n = dialogue->n_turns - start;
    if (n == 1 && strcmp(first->role, "assistant") == 0 && !first->extra)
        return passages_add_text(&corpus->responses, first->content);
    return passages_add_turns(&corpus->responses, first, n);
}

static enum status read_dialogue(const struct record *record, const char *key,
                                 struct arena *arena, struct dialogue *dialogue,
                                 struct error *err)
{
    const struct json *value;
    enum status status = record_value(record, key, &value, err);
    if (status)
        return status;
    return record_turns(value, key, arena, &dialogue->turns, &dialogue->n_turns, err);
}

static enum status add_dialogues(struct corpus *corpus, const struct dialogue *chosen,
                                 const struct dialogue *rejected, struct pair *pair,
                                 struct error *err)
{
    size_t n = common_turns(chosen, rejected);
    if (!n)
        return error_set(err, STATUS_FORMAT,
                         "'chosen' and 'rejected' do not begin with the same turn");
    pair->prompt = passages_add_turns(&corpus->prompts, chosen->turns, n);
    pair->chosen = add_response(corpus, chosen, n);
    pair->rejected = add_response(corpus, rejected, n);
    return STATUS_OK;
}

enum status import_preference_700k(struct importer *importer, const struct record *record,
                                   struct error *err)
{
    static const char *const known[] = {
        "id", "chosen", "rejected", "chosen_score", "rejected_score", "user", "split"};
    struct corpus *corpus = &importer->corpus;
    struct pair pair = PAIR_NONE;
    struct dialogue chosen = {0}, rejected = {0};
    struct arena arena = {0};
    enum status status = read_dialogue(record, "chosen", &arena, &chosen, err);
    if (!status)
        status = read_dialogue(record, "rejected", &arena, &rejected, err);
    if (!status)
        status = record_number(record, "chosen_score", &pair.chosen_rating, err);
    if (!status)
        status = record_number(record, "rejected_score", &pair.rejected_rating, err);
    if (!status)
        status = pair_read_marks(corpus, record, &pair, err);
    if (!status)
        status = add_dialogues(corpus, &chosen, &rejected, &pair, err);
    if (!status) {
        pair.extra = pair_read_extra(corpus, record, known, sizeof known / sizeof *known);
        status = importer_add(importer, record, &pair, NULL, err);
    }
    free(chosen.turns);
    free(rejected.turns);
    arena_done(&arena);
    return status;
}

/* ---- hh: transcripts ---- */

static const char HUMAN[] = "\n\nHuman:", ASSISTANT[] = "\n\nAssistant:";

static bool begins_with(const char *at, const char *end, const char *marker)
{
    size_t n = strlen(marker);
    return (size_t)(end - at) >= n && memcmp(at, marker, n) == 0;
}

/* Copies [start, end) without white space around it. */
static const char *trimmed(struct arena *arena, const char *start, const char *end)
{
    while (start < end && strchr(" \t\r\n", *start))
        start++;
    while (start < end && strchr(" \t\r\n", end[-1]))
        end--;
    return arena_copy(arena, start, (size_t)(end - start));
}

/* The offset of the last "\n\nAssistant:" that both transcripts have, with the same before
 * it. */
static bool find_last_common(const char *a, const char *b, size_t *offset)
{
    size_t common = 0;
    while (a[common] && a[common] == b[common])
        common++;
    bool found = false;
    for (const char *at = a; (at = strstr(at, ASSISTANT)); at++) {
        if ((size_t)(at - a) + strlen(ASSISTANT) > common)
            break;
        *offset = (size_t)(at - a);
        found = true;
    }
    return found;
}

/* Adds the transcript [start, end), which begins with a turn of the human: one turn as a
 * string, several as a conversation of "user" and "assistant". */
static int32_t add_transcript(struct corpus *corpus, const char *start, const char *end)
{
    struct arena arena = {0};
    struct turn_draft *turns = NULL;
    size_t n = 0, room = 0;
    while (start < end) {
        bool human = begins_with(start, end, HUMAN);
        const char *content = start + strlen(human ? HUMAN : ASSISTANT), *next = content;
        while (next < end && !begins_with(next, end, HUMAN) &&
               !begins_with(next, end, ASSISTANT))
            next++;
        MEM_RESERVE(turns, n, room);
        turns[n++] = (struct turn_draft){.role = human ? "user" : "assistant",
                                         .content = trimmed(&arena, content, next)};
        start = next;
    }
    int32_t index = n == 1 ? passages_add_text(&corpus->prompts, turns[0].content)
                           : passages_add_turns(&corpus->prompts, turns, n);
    free(turns);
    arena_done(&arena);
    return index;
}

static int32_t add_reply(struct corpus *corpus, const char *transcript, size_t offset)
{
    struct arena arena = {0};
    const char *start = transcript + offset + strlen(ASSISTANT);
    const char *reply = trimmed(&arena, start, start + strlen(start));
    int32_t index = passages_add_text(&corpus->responses, reply);
    arena_done(&arena);
    return index;
}

enum status import_hh(struct importer *importer, const struct record *record,
                      struct error *err)
{
    static const char *const known[] = {"id", "chosen", "rejected", "user", "split"};
    struct corpus *corpus = &importer->corpus;
    struct pair pair = PAIR_NONE;
    const char *chosen, *rejected;
    size_t offset = 0;
    enum status status = record_text(record, "chosen", &chosen, err);
    if (!status)
        status = record_text(record, "rejected", &rejected, err);
    if (!status)
        status = pair_read_marks(corpus, record, &pair, err);
    if (status)
        return status;
    if (!begins_with(chosen, chosen + strlen(chosen), HUMAN))
        return error_set(err, STATUS_FORMAT,
                         "'chosen' does not begin with \"\\n\\nHuman:\"");
    if (!find_last_common(chosen, rejected, &offset))
        return error_set(err, STATUS_FORMAT,
                         "'chosen' and 'rejected' have no \"\\n\\nAssistant:\" in common");
    pair.prompt = add_transcript(corpus, chosen, chosen + offset);
    pair.chosen = add_reply(corpus, chosen, offset);
    pair.rejected = add_reply(corpus, rejected, offset);
    pair.extra = pair_read_extra(corpus, record, known, sizeof known / sizeof *known);
    return importer_add(importer, record, &pair, NULL, err);
}
