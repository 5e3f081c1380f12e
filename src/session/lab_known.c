/* The contexts that the features know: which there are, what they do, which are near. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "session/lab_inside.h"

/* ---- contexts ---- */

static int by_row(const void *a, const void *b)
{
    const struct near_context *x = a, *y = b;
    return (x->row > y->row) - (x->row < y->row);
}

/* Those that the features know, once; none when they cannot be read. */
static const struct contexts *open_contexts(struct lab *lab)
{
    const struct features *features = &lab->features->features;
    struct error err;
    if (!lab->contexts && features->context.n_rows &&
        features->context.n_columns == features->prompt.n_columns)
        lab->contexts = contexts_create(features, &err);
    return lab->contexts;
}

/* With an encoder that reads prompt and context together a context has a row for each of its prompts. Leaves
 * the first of those that have the same text; how many. */
static size_t join_texts(const struct lab *lab, struct near_context *items, size_t n)
{
    const struct corpus *corpus = &lab->corpus->corpus;
    struct near_context **firsts = mem_zero((corpus->contexts.n + 1) * sizeof *firsts);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        int32_t text = corpus->pairs[items[i].pair].context;
        if (text >= 0 && firsts[text]) {
            firsts[text]->n_pairs += items[i].n_pairs;
            continue;
        }
        items[kept] = items[i];
        if (text >= 0)
            firsts[text] = &items[kept];
        kept++;
    }
    free(firsts);
    return kept;
}

size_t lab_nearest(struct lab *lab, size_t most, struct near_context *out)
{
    const struct contexts *contexts = lab->effect ? open_contexts(lab) : NULL;
    size_t n = contexts && most ? contexts_count(contexts) : 0;
    if (!n || !lab->wants_effect)
        return n ? contexts_nearest(contexts, lab->effect->part, most, out) : 0;
    /* A text is as near as the nearest of its rows. */
    struct near_context *all = mem_alloc(n * sizeof *all);
    n = contexts_nearest(contexts, lab->effect->part, n, all);
    n = join_texts(lab, all, n);
    n = n < most ? n : most;
    memcpy(out, all, n * sizeof *out);
    free(all);
    return n;
}

size_t lab_known(struct lab *lab, const struct near_context **out)
{
    const struct contexts *contexts = open_contexts(lab);
    size_t n = contexts ? contexts_count(contexts) : 0;
    if (n && !lab->known) {
        lab->known = mem_alloc(n * sizeof *lab->known);
        memcpy(lab->known, contexts_items(contexts), n * sizeof *lab->known);
        qsort(lab->known, n, sizeof *lab->known, by_row);
        lab->n_known = lab->wants_effect ? join_texts(lab, lab->known, n) : n;
    }
    *out = lab->known;
    return lab->n_known;
}

const char *lab_context_text(const struct lab *lab, const struct near_context *context)
{
    if (!lab->corpus)
        return NULL;
    const struct corpus *corpus = &lab->corpus->corpus;
    int32_t index = corpus->pairs[context->pair].context;
    return index < 0 ? NULL : corpus->contexts.items[index].plain;
}

/* ---- what they do ---- */

/* Of an encoder that reads both together: the rows of all prompts that have the text of the pair's context.
 * NULL: its text is not known. */
static struct effect *effect_of_text(const struct lab *lab, size_t pair)
{
    const struct features *features = &lab->features->features;
    size_t P = features->prompt.n_rows, width = features->prompt.n_columns, n = 0;
    int32_t text = lab->wants_effect ? lab->corpus->corpus.pairs[pair].context : -1;
    if (text < 0)
        return NULL;
    size_t *places = mem_zero((P + 1) * sizeof *places); /* rows, counted from 1 */
    for (size_t i = 0; i < features->n_pairs; i++) {
        int32_t prompt = features->pair_prompt[i], row = features->pair_context[i];
        if (prompt < 0 || row < 0 || lab->corpus->corpus.pairs[i].context != text)
            continue;
        n += !places[prompt];
        places[prompt] = (size_t)row + 1;
    }
    uint32_t *prompts = mem_alloc((n + 1) * sizeof *prompts);
    float *rows = mem_alloc((n + 1) * width * sizeof *rows), *out = rows;
    size_t m = 0;
    for (size_t p = 0; p < P; p++)
        if (places[p]) {
            const struct rows *contexts = &features->context;
            dtype_widen(out, rows_at(contexts, places[p] - 1, 0), contexts->dtype, width);
            out += width;
            prompts[m++] = (uint32_t)p;
        }
    free(places);
    return effect_of_rows(features, prompts, rows, n);
}

struct effect *lab_known_effect(const struct lab *lab, int64_t row, struct error *err)
{
    const struct features *features = &lab->features->features;
    const struct rows *contexts = &features->context, *prompts = &features->prompt;
    size_t width = prompts->n_columns, pair = 0;
    if (contexts->n_columns != width) {
        error_set(err, STATUS_SHAPE, "the features have no contexts to choose from");
        return NULL;
    }
    while (pair < features->n_pairs &&
           (features->pair_context[pair] != row || features->pair_prompt[pair] < 0))
        pair++;
    if (pair == features->n_pairs) {
        error_set(err, STATUS_SHAPE, "no pair has context row %lld", (long long)row);
        return NULL;
    }
    struct effect *effect = effect_of_text(lab, pair);
    if (effect)
        return effect;
    float *part = mem_alloc((width + 1) * sizeof *part);
    float *prompt = mem_alloc((width + 1) * sizeof *prompt);
    dtype_widen(part, rows_at(contexts, (size_t)row, 0), contexts->dtype, width);
    dtype_widen(prompt, rows_at(prompts, (size_t)features->pair_prompt[pair], 0),
                prompts->dtype, width);
    for (size_t d = 0; d < width; d++)
        part[d] -= prompt[d];
    free(prompt);
    return effect_of_part(part, width);
}

/* ---- by their words ---- */

struct words {
    uint64_t *hashes;
    size_t n, room;
};

static bool is_of_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

static int by_hash(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The next word of letters, digits and what is no ASCII; its end, or NULL. */
static const char *next_word(const char **text)
{
    const char *at = *text;
    while (*at && !is_of_word(*at))
        at++;
    *text = at;
    while (is_of_word(*at))
        at++;
    return at > *text ? at : NULL;
}

/* Hashes of the words of a text, ascending and each once: how many. */
static size_t list_words(const char *text, struct words *words)
{
    words->n = 0;
    for (const char *end; (end = next_word(&text)); text = end) {
        uint64_t hash = 0;
        for (const char *c = text; c < end; c++)
            hash = rng_mix(
                hash ^ (uint64_t)(unsigned char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c));
        if (words->n == words->room) {
            words->room = 2 * words->room + 16;
            words->hashes = mem_resize(words->hashes, words->room * sizeof *words->hashes);
        }
        words->hashes[words->n++] = hash;
    }
    if (words->n)
        qsort(words->hashes, words->n, sizeof *words->hashes, by_hash);
    size_t n = 0;
    for (size_t i = 0; i < words->n; i++)
        if (!n || words->hashes[i] != words->hashes[n - 1])
            words->hashes[n++] = words->hashes[i];
    return words->n = n;
}

/* Words that both have, of the mean number that they have: 1 for the same words. */
static double alike(const struct words *a, const struct words *b)
{
    size_t i = 0, j = 0, both = 0;
    while (i < a->n && j < b->n) {
        uint64_t x = a->hashes[i], y = b->hashes[j];
        both += x == y;
        i += x <= y;
        j += y <= x;
    }
    return a->n + b->n ? 2 * (double)both / (double)(a->n + b->n) : 0;
}

/* Puts it among the best so far, which are ordered. */
static size_t put_best(struct near_context *best, size_t n, size_t most,
                       struct near_context one)
{
    size_t at = n;
    while (at && best[at - 1].cosine < one.cosine)
        at--;
    if (at == most)
        return n;
    size_t end = n < most ? n : most - 1;
    memmove(best + at + 1, best + at, (end - at) * sizeof *best);
    best[at] = one;
    return end + 1;
}

size_t lab_alike(struct lab *lab, const char *text, size_t most, struct near_context *out)
{
    const struct near_context *known;
    size_t n_known = lab_known(lab, &known), n = 0;
    struct words wanted = {0}, words = {0};
    list_words(text, &wanted);
    for (size_t i = 0; i < n_known && most; i++) {
        const char *other = lab_context_text(lab, &known[i]);
        struct near_context one = known[i];
        if (!other || !list_words(other, &words))
            continue;
        one.cosine = alike(&wanted, &words);
        if (one.cosine > 0)
            n = put_best(out, n, most, one);
    }
    free(wanted.hashes);
    free(words.hashes);
    return n;
}
