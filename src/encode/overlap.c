#include "encode/overlap.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define NOWHERE UINT32_MAX /* too large for an enum constant */

enum { LOGS = 64 };

/* An n-gram of the prompt. */
struct gram {
    uint64_t key;
    uint32_t count;       /* 0: the slot is free */
    uint32_t first, last; /* places; of bigrams the first OVERLAP_CANDIDATES are chained */
    uint32_t met_by;      /* number of the response that held it last */
};

/* Where a word of the response can continue in the prompt. */
struct match {
    uint32_t first; /* place of its bigram, or NOWHERE */
    bool is_known;  /* the word alone stands in the prompt */
};

struct overlap {
    const struct tokens *prompt;
    struct gram *grams;
    size_t grams_room, mask;
    uint32_t *next; /* (prompt words) place of the same bigram further on, or NOWHERE */
    size_t next_room;
    struct match *matches; /* (response words) */
    size_t matches_room;
    size_t n_content; /* different content words of the prompt */
    uint32_t n_responses;
    double logs[LOGS]; /* log(1 + count) of small counts */
};

struct overlap *overlap_create(void)
{
    struct overlap *overlap = mem_zero(sizeof *overlap);
    for (size_t i = 0; i < LOGS; i++)
        overlap->logs[i] = log1p((double)i);
    return overlap;
}

void overlap_free(struct overlap *overlap)
{
    if (!overlap)
        return;
    free(overlap->grams);
    free(overlap->next);
    free(overlap->matches);
    free(overlap);
}

static bool is_content(const struct token *token, uint32_t classes)
{
    return !(classes & (1u << CLASS_FUNCTION)) && !(token->flags & TOKEN_CLITIC);
}

/* The gram of a key, or the free slot where it belongs. The key of one word is its hash,
 * that of two in a row their common hash. */
static struct gram *find(const struct overlap *overlap, uint64_t key)
{
    size_t at = key & overlap->mask;
    while (overlap->grams[at].count && overlap->grams[at].key != key)
        at = (at + 1) & overlap->mask;
    return &overlap->grams[at];
}

static struct gram *add(struct overlap *overlap, uint64_t key, size_t place)
{
    struct gram *gram = find(overlap, key);
    if (!gram->count)
        *gram =
            (struct gram){.key = key, .first = (uint32_t)place, .last = (uint32_t)place};
    gram->count++;
    return gram;
}

static void add_two(struct overlap *overlap, uint64_t key, size_t place)
{
    struct gram *gram = add(overlap, key, place);
    if (gram->count > 1 && gram->count <= OVERLAP_CANDIDATES) {
        overlap->next[gram->last] = (uint32_t)place;
        gram->last = (uint32_t)place;
    }
}

static void make_room(struct overlap *overlap, size_t n)
{
    size_t slots = 64;
    while (slots < 4 * n) /* two grams a word, half empty */
        slots *= 2;
    if (slots > overlap->grams_room) {
        overlap->grams = mem_resize(overlap->grams, slots * sizeof *overlap->grams);
        overlap->grams_room = slots;
    }
    memset(overlap->grams, 0, slots * sizeof *overlap->grams);
    overlap->mask = slots - 1;
    if (n > overlap->next_room) {
        overlap->next = mem_resize(overlap->next, n * sizeof *overlap->next);
        overlap->next_room = n;
    }
}

void overlap_index(struct overlap *overlap, const struct tokens *prompt,
                   const struct vocabulary *vocabulary)
{
    const struct token *token = prompt->list;
    size_t n = prompt->n;
    make_room(overlap, n);
    overlap->prompt = prompt;
    overlap->n_content = 0;
    overlap->n_responses = 0;
    for (size_t i = 0; i < n; i++) {
        const struct gram *gram = add(overlap, token[i].hash, i);
        if (gram->count == 1)
            overlap->n_content +=
                is_content(&token[i], vocabulary_classes(vocabulary, token[i].hash));
        overlap->next[i] = NOWHERE;
        if (i + 1 < n)
            add_two(overlap, token_pair_hash(token[i].hash, token[i + 1].hash), i);
    }
}

static double log_count(const struct overlap *overlap, uint32_t count)
{
    return count < LOGS ? overlap->logs[count] : log1p(count);
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

/* Precisions, recall and salience; fills overlap->matches. */
static void measure_tokens(struct overlap *overlap, const struct tokens *response,
                           const uint32_t *classes, struct overlap_measures *out)
{
    const struct token *token = response->list;
    const size_t n = response->n;
    double content = 0, known = 0, met = 0, salience = 0, twos = 0;
    for (size_t i = 0; i < n; i++) {
        struct gram *one = find(overlap, token[i].hash);
        overlap->matches[i] = (struct match){NOWHERE, one->count > 0};
        bool has_topic = is_content(&token[i], classes[i]);
        content += has_topic;
        if (!one->count)
            continue;
        if (has_topic) {
            known++;
            salience += log_count(overlap, one->count);
            met += one->met_by != overlap->n_responses;
        }
        one->met_by = overlap->n_responses;
        if (i + 1 < n) {
            const struct gram *two =
                find(overlap, token_pair_hash(token[i].hash, token[i + 1].hash));
            twos += two->count > 0;
            overlap->matches[i].first = two->count ? two->first : NOWHERE;
        }
    }
    out->content_precision = ratio(known, content);
    out->bigram_precision = ratio(twos, (double)n - 1);
    out->recall = ratio(met, (double)overlap->n_content);
    out->salience = ratio(salience, content);
}

/* The longest run from word i of the response on: its words, and its place in the prompt.
 */
static size_t longest_run(const struct overlap *overlap, const struct tokens *response,
                          size_t i, size_t *place)
{
    const struct tokens *prompt = overlap->prompt;
    size_t best = 0;
    for (uint32_t at = overlap->matches[i].first; at != NOWHERE; at = overlap->next[at]) {
        size_t length = 0;
        while (i + length < response->n && at + length < prompt->n &&
               response->list[i + length].hash == prompt->list[at + length].hash)
            length++;
        if (length > best) {
            best = length;
            *place = at;
        }
    }
    return best;
}

static size_t sentences_inside(const struct tokens *response, size_t from, size_t length)
{
    size_t n = 0, end = from + length;
    for (size_t i = from; i < end; i++)
        n += (response->list[i].flags & TOKEN_SENTENCE) != 0;
    bool is_cut = end < response->n && !(response->list[end].flags & TOKEN_SENTENCE);
    return n && is_cut ? n - 1 : n;
}

/* What is measured on copied runs. */
static void measure_runs(const struct overlap *overlap, const struct tokens *response,
                         struct overlap_measures *out)
{
    const double n = (double)response->n, span = (double)overlap->prompt->n;
    double squares = 0, lead = 0, longest = 0;
    size_t sentences = 0;
    for (size_t i = 0, length; i < response->n; i += length) {
        size_t place = 0;
        length = longest_run(overlap, response, i, &place);
        if (length < 2) {
            length = 1;
            squares += overlap->matches[i].is_known;
            continue;
        }
        double tokens = (double)length;
        squares += tokens * tokens;
        lead += (double)place + tokens / 2 < span / 10 ? tokens : 0;
        longest = tokens > longest ? tokens : longest;
        sentences += sentences_inside(response, i, length);
    }
    out->density = ratio(squares, n);
    out->longest_run = longest;
    out->lead = ratio(lead, n);
    out->copied_sentences = ratio((double)sentences, (double)response->n_sentences);
}

void overlap_measure(struct overlap *overlap, const struct tokens *response,
                     const uint32_t *classes, struct overlap_measures *out)
{
    if (response->n > overlap->matches_room) {
        overlap->matches =
            mem_resize(overlap->matches, response->n * sizeof *overlap->matches);
        overlap->matches_room = response->n;
    }
    overlap->n_responses++;
    measure_tokens(overlap, response, classes, out);
    measure_runs(overlap, response, out);
}
