/* Prompts of the demo population: a request of some kind about a topic, the occasion for
 * it, and a closing word. Kind, topic and occasion decide which attributes the answers are
 * judged by.
 */
#ifndef CORPUS_SYNTH_PROMPT_H
#define CORPUS_SYNTH_PROMPT_H

#include <stddef.h>
#include <stdint.h>

#include "corpus/synth_attribute.h"
#include "corpus/synth_topic.h"

struct rng;
struct text;

enum synth_kind {
    KIND_EXPLAIN,
    KIND_TEACH,
    KIND_STORY,
    KIND_POEM,
    KIND_COMPARE,
    KIND_ADVISE,
    KIND_FIX,
    KIND_PLAN,
    KIND_TOAST,
    KIND_VERIFY,
    KIND_COUNT
};

struct synth_prompt {
    enum synth_kind kind;
    const struct synth_topic *topic;
    size_t wording, occasion, closing;
};

/* How many different prompts there are. */
size_t synth_prompt_count(void);

/* The prompt of that number, below synth_prompt_count(). Different numbers give different
 * texts; consecutive ones run through all kinds and topics. `seed` shuffles the numbering.
 */
struct synth_prompt synth_prompt_at(size_t number, uint64_t seed);

/* Appends the text; always the same for a prompt. */
void synth_prompt_write(struct text *out, const struct synth_prompt *prompt);

/* Appends what an answer to the prompt begins with, or nothing. */
void synth_prompt_lead(struct text *out, const struct synth_prompt *prompt,
                       struct rng *rng);

/* How much a prompt calls for an attribute, beyond the others; about -1 .. 4. */
double synth_prompt_calls_for(const struct synth_prompt *prompt,
                              enum synth_attribute attribute);

#endif
