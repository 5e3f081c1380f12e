/* A small corpus with contexts, encoded. */
#ifndef TESTS_SESSION_SMALL_H
#define TESTS_SESSION_SMALL_H

#include "near.h"

#include <stdlib.h>
#include <string.h>

#include "corpus/corpus.h"
#include "session/encoding.h"

static const struct {
    const char *prompt, *context, *attribute, *chosen, *rejected;
} small_pairs[] = {
    {"Plan a trip to the sea.", "Keep it short.", "short", "Go by train.",
     "There are a great many ways in which one might travel."},
    {"Plan a trip to the sea.", "Tell me a story.", "story",
     "Once upon a time there was a wide blue sea.", "Go by train."},
    {"Why is the sky blue?", "Keep it short.", "short", "Light is scattered.",
     "That is a long story, and it begins with the sun."},
    {"Why is the sky blue?", NULL, "short", "Light is scattered.", "Because."},
};
enum { SMALL_PAIRS = sizeof small_pairs / sizeof *small_pairs };

struct small {
    struct corpus corpus;
    struct encoding encoding;
};

static inline int32_t small_text(struct passages *passages, const char *text)
{
    return text ? passages_add_text(passages, text) : -1;
}

/* By an encoder of this name. */
static inline void small_make_by(struct small *small, const char *encoder)
{
    *small = (struct small){0};
    for (size_t i = 0; i < SMALL_PAIRS; i++) {
        struct pair pair = PAIR_NONE;
        pair.prompt = small_text(&small->corpus.prompts, small_pairs[i].prompt);
        pair.context = small_text(&small->corpus.contexts, small_pairs[i].context);
        pair.attribute = small_text(&small->corpus.attributes, small_pairs[i].attribute);
        pair.chosen = small_text(&small->corpus.responses, small_pairs[i].chosen);
        pair.rejected = small_text(&small->corpus.responses, small_pairs[i].rejected);
        pair.split = CORPUS_TRAIN;
        assert_true(corpus_add(&small->corpus, &pair));
    }
    struct encoding_options options = {.encoder = encoder};
    struct error err;
    if (encoding_make(&small->encoding, &small->corpus, &options, &err))
        fail_msg("%s", err.message);
}

static inline void small_make(struct small *small)
{
    small_make_by(small, "surface");
}

static inline void small_done(struct small *small)
{
    encoding_done(&small->encoding);
    corpus_done(&small->corpus);
}

#endif
