/* Answers of the demo population, written from templates in a mixture of ten styles.
 *
 * An answer is a lead that fits the kind of request and then two to four passages, each in
 * one style. The styles are visible in the text: plain ones are short, figures bring
 * digits, evidence hedges, warm ones say "you", stories speak of the past and of people,
 * teaching asks and counts steps, ornate ones heap adjectives, jokes exclaim, inventions
 * imagine.
 */
#ifndef CORPUS_SYNTH_ANSWER_H
#define CORPUS_SYNTH_ANSWER_H

#include <stddef.h>

#include "base/text.h"
#include "corpus/synth_prompt.h"

enum synth_style {
    STYLE_PLAIN,
    STYLE_FIGURES,
    STYLE_EVIDENCE,
    STYLE_TEACHING,
    STYLE_WARM,
    STYLE_STORY,
    STYLE_ORNATE,
    STYLE_INVENTION,
    STYLE_JOKE,
    STYLE_FILLER, /* says nothing; nobody likes it */
    STYLE_COUNT
};

enum { ANSWER_MAX_PASSAGES = 4 };

struct synth_answer {
    struct text text;
    double share[STYLE_COUNT]; /* of its passages; sums to 1 */
    size_t n_words;
};

/* Replaces what *answer holds: n passages (1 .. ANSWER_MAX_PASSAGES) in the styles given,
 * in that order. Free its text with text_done. */
void synth_answer_write(struct synth_answer *answer, const struct synth_prompt *prompt,
                        const enum synth_style *styles, size_t n, struct rng *rng);

#endif
