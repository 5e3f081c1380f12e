/* The demo population: a synthetic corpus with attributes in conflict, in the manner of
 * RPR, made wholly by our own code and words.
 *
 * Per prompt four attributes out of nine that are opposed to each other (which ones depends
 * on the prompt, so that a router that sees it can learn something; they overlap, so that
 * the context still matters), four to six answers, and per attribute one context wording
 * and two or three pairs of answers on which one annotator of a latent group decides. About
 * ten pairs a prompt; those of a prompt stand together.
 *
 * Splits go by prompt (corpus/split.h). The pairs of the test split carry context wordings
 * that occur in no other split. Deterministic: equal options give equal corpora on every
 * machine.
 */
#ifndef CORPUS_SYNTH_H
#define CORPUS_SYNTH_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct corpus;

struct synth_options {
    size_t prompts;       /* 1 .. synth_prompt_count(), which is 288,000 */
    uint64_t seed;        /* of everything, the split included */
    double noise;         /* temperature of the annotators, > 0; 1 is the demo's */
    double test, holdout; /* shares of the prompts */
};
#define SYNTH_DEFAULTS                                                                     \
    ((struct synth_options){                                                               \
        .prompts = 640, .seed = 1, .noise = 1, .test = 0.2, .holdout = 0.1})

/* Fills the all-zero *corpus. STATUS_USAGE when an option is out of its bounds; *corpus is
 * then untouched. */
enum status synth_population(struct corpus *corpus, const struct synth_options *options,
                             struct error *err);

#endif
