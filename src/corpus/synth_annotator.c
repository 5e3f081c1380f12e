#include "corpus/synth_annotator.h"

#include <math.h>

#include "base/rng.h"

/* Of the questions put to a group, the share that is not about its own attributes. */
static const double share_of_others = 0.2;
static const double tilt = 0.15;

static const size_t group_of[ATTRIBUTE_COUNT] = {
    [ATTRIBUTE_CLARITY] = 0,      [ATTRIBUTE_PEDAGOGY] = 0,   [ATTRIBUTE_FACTUAL] = 1,
    [ATTRIBUTE_RIGOR] = 1,        [ATTRIBUTE_NARRATIVE] = 2,  [ATTRIBUTE_LINGUISTIC] = 2,
    [ATTRIBUTE_FRIENDLINESS] = 3, [ATTRIBUTE_CREATIVITY] = 2, [ATTRIBUTE_HUMOR] = 3,
};

/* What an attribute thinks of a whole answer in each style, in nats: plain, figures,
 * evidence, teaching, warm, story, ornate, invention, joke, filler. The sober attributes
 * and the playful ones are opposed; teaching and friendliness stand between them. */
static const double style_taste[ATTRIBUTE_COUNT][STYLE_COUNT] = {
    [ATTRIBUTE_CLARITY] = {2, 1, .2, .7, -.2, -1, -1.6, -.9, -.8, -2},
    [ATTRIBUTE_FACTUAL] = {.7, 2, 1.3, .5, -.5, -1, -1.1, -1.2, -1, -2},
    [ATTRIBUTE_RIGOR] = {.3, 1.3, 2, .6, -.7, -1.1, -.9, -1, -1.3, -2},
    [ATTRIBUTE_PEDAGOGY] = {.5, .4, .3, 2, .4, -.5, -1.1, -.4, -.5, -2},
    [ATTRIBUTE_FRIENDLINESS] = {0, -.6, -.9, .5, 2, .1, -.6, 0, .5, -2},
    [ATTRIBUTE_NARRATIVE] = {-.9, -1.1, -1, -.5, .1, 2, .7, .6, .3, -2},
    [ATTRIBUTE_LINGUISTIC] = {-1.2, -.9, -.7, -.7, -.2, .8, 2, .8, .1, -2},
    [ATTRIBUTE_CREATIVITY] = {-.9, -1, -.9, -.5, 0, .7, .8, 2, .6, -2},
    [ATTRIBUTE_HUMOR] = {-.7, -.9, -1.1, -.4, .5, .4, 0, .7, 2, -2},
};
static const double sharpness = 3;

/* For each 20 words beyond 45. */
static const double length_taste[ATTRIBUTE_COUNT] = {
    [ATTRIBUTE_CLARITY] = -.6,     [ATTRIBUTE_FACTUAL] = 0,     [ATTRIBUTE_RIGOR] = .2,
    [ATTRIBUTE_PEDAGOGY] = .2,     [ATTRIBUTE_NARRATIVE] = .3,  [ATTRIBUTE_LINGUISTIC] = .2,
    [ATTRIBUTE_FRIENDLINESS] = .1, [ATTRIBUTE_CREATIVITY] = .1, [ATTRIBUTE_HUMOR] = -.1,
};

size_t synth_annotator_draw(enum synth_attribute attribute, struct rng *rng)
{
    size_t group = group_of[attribute];
    if (rng_uniform(rng) < share_of_others)
        group = rng_below(rng, SYNTH_N_GROUPS);
    return rng_below(rng, SYNTH_N_USERS / SYNTH_N_GROUPS) * SYNTH_N_GROUPS + group;
}

static double taste(enum synth_attribute attribute, const struct synth_answer *answer)
{
    double sum = length_taste[attribute] * ((double)answer->n_words - 45) / 20;
    for (size_t s = 0; s < STYLE_COUNT; s++)
        sum += style_taste[attribute][s] * answer->share[s];
    return sharpness * sum;
}

double synth_annotator_utility(size_t user, enum synth_attribute attribute,
                               const struct synth_answer *answer)
{
    double of_group = 0, n = 0;
    for (size_t b = 0; b < ATTRIBUTE_COUNT; b++)
        if (group_of[b] == user % SYNTH_N_GROUPS) {
            of_group += taste((enum synth_attribute)b, answer);
            n++;
        }
    return taste(attribute, answer) + tilt * of_group / n;
}

bool synth_annotator_prefers(size_t user, enum synth_attribute attribute,
                             const struct synth_answer *first,
                             const struct synth_answer *second, double noise,
                             struct rng *rng)
{
    double margin = synth_annotator_utility(user, attribute, first) -
                    synth_annotator_utility(user, attribute, second);
    return rng_uniform(rng) < 1 / (1 + exp(-margin / noise));
}
