#include "encode/subword.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"

#define UNKNOWN_PENALTY 10.0

/* The best way to the byte behind which a piece ends. */
struct node {
    double score;
    size_t from; /* where the piece begins */
    int32_t id;  /* PIECE_NONE: an unknown character */
    bool is_reached;
};

static void reach(struct node *node, size_t from, int32_t id, double score)
{
    if (node->is_reached && !(score > node->score))
        return;
    *node = (struct node){score, from, id, true};
}

/* Goes on from byte `at` with every piece that begins there, and, if none of them is the character
 * alone, with that as unknown. */
static void extend(struct subword *subword, const char *word, size_t length, size_t at)
{
    struct node *nodes = subword->nodes;
    const char *next = word + at;
    (void)utf8_next(&next, word + length);
    size_t character = (size_t)(next - word) - at;
    bool has_character = false;
    uint64_t walk = PIECE_START;
    int32_t id = PIECE_NONE;
    for (size_t i = at;
         i < length && piece_step(&subword->pieces, &walk, (unsigned char)word[i], &id);
         i++) {
        if (id == PIECE_NONE)
            continue;
        reach(&nodes[i + 1], at, id, nodes[at].score + subword->scores[id]);
        has_character |= i + 1 - at == character;
    }
    if (!has_character)
        reach(&nodes[at + character], at, PIECE_NONE,
              nodes[at].score + subword->least_score - UNKNOWN_PENALTY);
}

static void add_unknown(const struct subword *subword, const char *bytes, size_t length,
                        struct token_ids *ids)
{
    bool has_all = subword->byte_fallback;
    for (size_t i = 0; i < length && has_all; i++)
        has_all = subword->bytes[(unsigned char)bytes[i]] >= 0;
    for (size_t i = 0; i < length && has_all; i++)
        token_ids_add(ids, subword->bytes[(unsigned char)bytes[i]]);
    if (!has_all && subword->unknown >= 0)
        token_ids_add(ids, subword->unknown);
}

void unigram_cut(struct subword *subword, const char *word, size_t length,
                 struct token_ids *ids)
{
    if (length + 1 > subword->node_room) {
        subword->node_room = 2 * (length + 1);
        subword->nodes =
            mem_resize(subword->nodes, subword->node_room * sizeof *subword->nodes);
    }
    struct node *nodes = subword->nodes;
    for (size_t i = 0; i <= length; i++)
        nodes[i] = (struct node){0};
    nodes[0].is_reached = true;
    for (size_t at = 0; at < length; at++)
        if (nodes[at].is_reached)
            extend(subword, word, length, at);
    /* Backwards along the best way, turning it round: next[from] = to. */
    size_t at = length;
    for (size_t to = length; at > 0; to = at) {
        at = nodes[to].from;
        nodes[at].score = (double)to;
        nodes[at].is_reached =
            nodes[to].id == PIECE_NONE; /* of the piece that begins here */
    }
    while (at < length) {
        size_t to = (size_t)nodes[at].score;
        if (!nodes[at].is_reached) {
            token_ids_add(ids, nodes[to].id);
            at = to;
            continue;
        }
        size_t end = to;
        while (end < length && nodes[end].is_reached)
            end = (size_t)nodes[end].score;
        add_unknown(subword, word + at, end - at, ids);
        at = end;
    }
}
