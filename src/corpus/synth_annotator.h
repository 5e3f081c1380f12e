/* The annotators of the demo population: who judges, by what taste, and how surely.
 *
 * Annotators come in latent groups; a group is asked mostly about the attributes it cares
 * for, and sees the others a little in their light. The truth that a model has to find:
 *
 *     u(answer) = taste[attribute] . x + TILT * mean over the group's attributes b of
 * taste[b] . x P(first preferred) = sigmoid((u(first) - u(second)) / noise)
 *
 * with x the shares of the styles in an answer, and its length.
 */
#ifndef CORPUS_SYNTH_ANNOTATOR_H
#define CORPUS_SYNTH_ANNOTATOR_H

#include <stdbool.h>
#include <stddef.h>

#include "corpus/synth_answer.h"

enum { SYNTH_N_GROUPS = 4, SYNTH_N_USERS = 40 };

/* Draws who is asked about an attribute; users are dealt to the groups in turn, so the
 * group is user % SYNTH_N_GROUPS. */
size_t synth_annotator_draw(enum synth_attribute attribute, struct rng *rng);

/* u above. */
double synth_annotator_utility(size_t user, enum synth_attribute attribute,
                               const struct synth_answer *answer);

/* Draws whether the user prefers the first answer. noise > 0. */
bool synth_annotator_prefers(size_t user, enum synth_attribute attribute,
                             const struct synth_answer *first,
                             const struct synth_answer *second, double noise,
                             struct rng *rng);

#endif
