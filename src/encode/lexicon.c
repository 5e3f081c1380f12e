#include "encode/lexicon.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "encode/lexicon_entries.h"

enum { SENSE_NEGATION = CONCEPT_COUNT, SENSE_NONE };
enum { NEGATION_REACH = 3, BUCKETS = 1024 };

struct entry {
    const char *pattern; /* borrowed from the tables; `length` bytes */
    uint16_t length;
    uint8_t sense; /* a concept or one of SENSE_ */
    bool is_against, is_unsigned;
};

struct lexicon {
    struct entry *entries; /* by bucket, and within one from long to short */
    size_t n, room;
    uint32_t starts[BUCKETS + 1]; /* of each bucket's entries */
};

const char *concept_name(enum concept concept)
{
    static const char *const names[CONCEPT_COUNT] = {
        [CONCEPT_CONCISE] = "concise",   [CONCEPT_CLEAR] = "clear",
        [CONCEPT_DETAILED] = "detailed", [CONCEPT_TECHNICAL] = "technical",
        [CONCEPT_CREATIVE] = "creative", [CONCEPT_RIGOROUS] = "rigorous",
        [CONCEPT_FACTUAL] = "factual",   [CONCEPT_FRIENDLY] = "friendly",
        [CONCEPT_FORMAL] = "formal",     [CONCEPT_NARRATIVE] = "narrative",
        [CONCEPT_HUMOROUS] = "humorous", [CONCEPT_PEDAGOGIC] = "pedagogic",
        [CONCEPT_POETIC] = "poetic",     [CONCEPT_CULTURAL] = "cultural",
        [CONCEPT_SAFE] = "safe",         [CONCEPT_PRACTICAL] = "practical",
    };
    return concept < CONCEPT_COUNT ? names[concept] : NULL;
}

/* By the first two bytes of the first word. */
static size_t bucket_of(const char *token, size_t length)
{
    unsigned second = length > 1 ? (unsigned char)token[1] : 0;
    return ((unsigned char)token[0] * 33u + second * 7u) % BUCKETS;
}

static size_t bucket_of_entry(const struct entry *entry)
{
    size_t length = 0;
    while (length < entry->length && entry->pattern[length] != '_')
        length++;
    return bucket_of(entry->pattern, length);
}

static int compare_entries(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    size_t x = bucket_of_entry(a), y = bucket_of_entry(b);
    if (x != y)
        return x < y ? -1 : 1;
    if (a->length != b->length)
        return a->length > b->length ? -1 : 1;
    return memcmp(a->pattern, b->pattern, a->length);
}

static void add_entries(struct lexicon *lexicon, const char *list, int sense)
{
    for (const char *at = list; *at; at += strspn(at, " ")) {
        bool is_against = *at == '-', is_unsigned = *at == '=';
        at += is_against || is_unsigned;
        size_t length = strcspn(at, " ");
        MEM_RESERVE(lexicon->entries, lexicon->n, lexicon->room);
        lexicon->entries[lexicon->n++] = (struct entry){
            .pattern = at,
            .length = (uint16_t)length,
            .sense = (uint8_t)sense,
            .is_against = is_against,
            .is_unsigned = is_unsigned,
        };
        at += length;
    }
}

struct lexicon *lexicon_create(void)
{
    struct lexicon *lexicon = mem_zero(sizeof *lexicon);
    for (int concept = 0; concept < CONCEPT_COUNT; concept ++)
        add_entries(lexicon, entries[concept], concept);
    add_entries(lexicon, negations, SENSE_NEGATION);
    add_entries(lexicon, exceptions, SENSE_NONE);
    qsort(lexicon->entries, lexicon->n, sizeof *lexicon->entries, compare_entries);
    for (size_t bucket = 0, at = 0; bucket <= BUCKETS; bucket++) {
        while (at < lexicon->n && bucket_of_entry(&lexicon->entries[at]) < bucket)
            at++;
        lexicon->starts[bucket] = (uint32_t)at;
    }
    return lexicon;
}

void lexicon_free(struct lexicon *lexicon)
{
    if (!lexicon)
        return;
    free(lexicon->entries);
    free(lexicon);
}

/* Words of the text, from word i on, that the entry matches; 0 when it does not. */
static size_t match(const struct entry *entry, const struct tokens *text, size_t i)
{
    const char *at = entry->pattern, *end = at + entry->length;
    size_t n = 0;
    for (; at < end; at++, n++) {
        if (i + n == text->n)
            return 0;
        const struct token *token = &text->list[i + n];
        if (n && token->flags & TOKEN_BREAK)
            return 0;
        const char *lower = text->lower + token->start;
        size_t length = 0;
        while (at < end && length < token->length && *at == lower[length]) {
            at++;
            length++;
        }
        bool is_stem = at < end && *at == '*';
        at += is_stem;
        if ((!is_stem && length < token->length) || (at < end && *at != '_'))
            return 0;
    }
    return n;
}

static const struct entry *find(const struct lexicon *lexicon, const struct tokens *text,
                                size_t i, size_t *n_tokens)
{
    const struct token *token = &text->list[i];
    size_t bucket = bucket_of(text->lower + token->start, token->length);
    for (size_t at = lexicon->starts[bucket]; at < lexicon->starts[bucket + 1]; at++) {
        *n_tokens = match(&lexicon->entries[at], text, i);
        if (*n_tokens)
            return &lexicon->entries[at];
    }
    *n_tokens = 1;
    return NULL;
}

void lexicon_count(const struct lexicon *lexicon, const struct tokens *tokens,
                   int32_t counts[CONCEPT_COUNT])
{
    size_t negated_until = 0; /* the word behind the reach of the last negation */
    memset(counts, 0, CONCEPT_COUNT * sizeof *counts);
    for (size_t i = 0, n = 1; i < tokens->n; i += n) {
        if (tokens->list[i].flags & TOKEN_BREAK)
            negated_until = i;
        const struct entry *entry = find(lexicon, tokens, i, &n);
        if (!entry || entry->sense == SENSE_NONE)
            continue;
        if (entry->sense == SENSE_NEGATION)
            negated_until = i + n + NEGATION_REACH;
        else if (entry->is_unsigned || (i < negated_until) == entry->is_against)
            counts[entry->sense]++;
        else
            counts[entry->sense]--;
    }
}
