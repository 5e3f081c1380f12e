#include "encode/tally.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct tally_scratch {
    const struct vocabulary *vocabulary;
    uint32_t *classes;
    size_t classes_room;
    uint64_t *seen; /* keys of the n-grams met so far; 0 is a free slot */
    size_t seen_room, mask;
};

struct tally_scratch *tally_scratch_create(const struct vocabulary *vocabulary)
{
    struct tally_scratch *scratch = mem_zero(sizeof *scratch);
    scratch->vocabulary = vocabulary;
    return scratch;
}

void tally_scratch_free(struct tally_scratch *scratch)
{
    if (!scratch)
        return;
    free(scratch->classes);
    free(scratch->seen);
    free(scratch);
}

const uint32_t *tally_classes(const struct tally_scratch *scratch)
{
    return scratch->classes;
}

static void make_room(struct tally_scratch *scratch, size_t n)
{
    if (n > scratch->classes_room) {
        scratch->classes = mem_resize(scratch->classes, n * sizeof *scratch->classes);
        scratch->classes_room = n;
    }
    size_t slots = 64;
    while (slots < 6 * n) /* three n-grams a word, half empty */
        slots *= 2;
    if (slots > scratch->seen_room) {
        scratch->seen = mem_resize(scratch->seen, slots * sizeof *scratch->seen);
        scratch->seen_room = slots;
    }
    memset(scratch->seen, 0, slots * sizeof *scratch->seen);
    scratch->mask = slots - 1;
}

/* True when the key was there before. */
static bool meet(struct tally_scratch *scratch, uint64_t key)
{
    key |= 1;
    size_t at = (key >> 1) & scratch->mask;
    while (scratch->seen[at] && scratch->seen[at] != key)
        at = (at + 1) & scratch->mask;
    bool was_there = scratch->seen[at] != 0;
    scratch->seen[at] = key;
    return was_there;
}

static void count_repetition(struct tally_scratch *scratch, const struct token *token,
                             size_t i, struct tally *out)
{
    uint64_t key = token[i].hash;
    out->different += !meet(scratch, key);
    if (i < 1)
        return;
    key = token_pair_hash(token[i - 1].hash, key);
    out->repeated_bigrams += meet(scratch, key);
    if (i < 2)
        return;
    key = token_pair_hash(token[i - 2].hash, key);
    out->repeated_trigrams += meet(scratch, key);
}

static bool ends_in(const char *end, size_t length, const char *ending)
{
    size_t n = strlen(ending);
    return length > n + 2 && memcmp(end - n, ending, n) == 0;
}

static bool is_adjective(const char *end, size_t length)
{
    switch (end[-1]) {
    case 's':
        return ends_in(end, length, "ous") || ends_in(end, length, "less");
    case 'l':
        return ends_in(end, length, "al") || ends_in(end, length, "ful");
    case 'e':
        return ends_in(end, length, "ive") || ends_in(end, length, "able") ||
               ends_in(end, length, "ible");
    case 'c':
        return ends_in(end, length, "ic");
    case 'h':
        return ends_in(end, length, "ish");
    case 't':
        return ends_in(end, length, "est");
    default:
        return false;
    }
}

static void count_form(const struct token *token, const char *lower, uint32_t classes,
                       struct tally *out)
{
    const char *end = lower + token->length;
    bool is_function = classes & 1u << CLASS_FUNCTION;
    out->bytes += token->length;
    out->long_words += token->length > 6;
    out->numbers += (token->flags & TOKEN_NUMBER) != 0;
    out->contractions += (token->flags & TOKEN_CLITIC) && lower[1] != 's';
    out->past +=
        (classes & 1u << CLASS_PAST) || (!is_function && ends_in(end, token->length, "ed"));
    out->adjectives += !is_function && is_adjective(end, token->length);
    if (!(token->flags & TOKEN_SENTENCE))
        out->names += !is_function && (token->flags & TOKEN_CAPITAL);
}

static void count_start(const struct token *token, uint32_t classes, struct tally *out)
{
    out->small_starts += !(token->flags & (TOKEN_CAPITAL | TOKEN_NUMBER));
    out->imperative_starts += (classes & 1u << CLASS_IMPERATIVE) != 0;
}

void tally_tokens(struct tally_scratch *scratch, const struct tokens *tokens,
                  struct tally *out)
{
    const struct token *token = tokens->list;
    double length = 0; /* words of the sentence so far */
    *out = (struct tally){0};
    make_room(scratch, tokens->n);
    for (size_t i = 0; i < tokens->n; i++) {
        uint32_t classes = vocabulary_classes(scratch->vocabulary, token[i].hash);
        scratch->classes[i] = classes;
        for (uint32_t left = classes, class = 0; left; left >>= 1)
            out->classes[class ++] += left & 1;
        if (token[i].flags & TOKEN_SENTENCE) {
            out->sentence_squares += length * length;
            length = 0;
            count_start(&token[i], classes, out);
        }
        length++;
        count_form(&token[i], tokens->lower + token[i].start, classes, out);
        count_repetition(scratch, token, i, out);
    }
    out->sentence_squares += length * length;
}
