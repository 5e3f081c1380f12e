/* Sentences with gaps.
 *
 *     "[Check|Watch] {part}. {Tip}."
 *
 * One of the bracketed alternatives is drawn (they do not nest, but may hold slots); a slot
 * in braces is replaced by that phrase of the topic, with its first letter as a capital
 * when the slot's name begins with one. Besides the phrases of struct synth_topic there is
 * {person}.
 */
#ifndef CORPUS_SYNTH_TEMPLATE_H
#define CORPUS_SYNTH_TEMPLATE_H

#include <stddef.h>

#include "corpus/synth_topic.h"

struct rng;
struct text;

struct synth_slots {
    const struct synth_topic *topic;
    const char *person; /* "old Marta"; NULL where no template asks for one */
};

/* The name of somebody for a story. */
const char *synth_person(struct rng *rng);

/* Appends the template with its alternatives drawn and its slots filled. The templates are
 * our own: a malformed one fails an assertion. */
void synth_expand(struct text *out, const char *template, const struct synth_slots *slots,
                  struct rng *rng);

#endif
