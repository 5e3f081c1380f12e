/* The nine attributes of the demo population, in conflict as in RPR, and how each is asked
 * for in words.
 */
#ifndef CORPUS_SYNTH_ATTRIBUTE_H
#define CORPUS_SYNTH_ATTRIBUTE_H

#include <stddef.h>

enum synth_attribute {
    ATTRIBUTE_CLARITY,
    ATTRIBUTE_FACTUAL,
    ATTRIBUTE_RIGOR,
    ATTRIBUTE_PEDAGOGY,
    ATTRIBUTE_FRIENDLINESS,
    ATTRIBUTE_NARRATIVE,
    ATTRIBUTE_LINGUISTIC,
    ATTRIBUTE_CREATIVITY,
    ATTRIBUTE_HUMOR,
    ATTRIBUTE_COUNT
};

const char *synth_attribute_name(enum synth_attribute attribute); /* "scientific-rigor" */

/* Wordings of an attribute as a context. Those from SYNTH_N_SEEN on are held out: for the
 * test split alone. */
enum { SYNTH_N_SEEN = 16, SYNTH_N_WORDINGS = 24 };
const char *synth_attribute_wording(enum synth_attribute attribute, size_t index);

#endif
