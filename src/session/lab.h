/* The context lab: a typed context and labelled pairs move the weights of the heads, and any of
 * it can be changed afterwards (docs/equations.md E20 to E24).
 *
 * What the user did is struct lab_settings: plain data that can be copied, compared, saved and
 * undone. What follows from it is struct lab: lab_set brings it to some settings and does only
 * what has changed, so that typing routes anew, one more label is one step of Hedge, and one
 * label less takes a step back. Whatever way led to them, the same settings give the same
 * figures.
 *
 * A *candidate* is a pair that can be labelled: of the train split with the attribute, or any.
 * Figures are those of `hedge` with the same arguments. An object belongs to one thread.
 */
#ifndef SESSION_LAB_H
#define SESSION_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "core/contexts.h"
#include "core/hedge.h"
#include "core/offer.h"
#include "session/held.h"
#include "session/labelling.h"

struct lab_label {
    uint32_t pair;
    bool turned;  /* the rejected response was preferred */
    bool skipped; /* neither: teaches nothing, and is not offered again */
};

struct lab_settings {
    char *context;     /* owned; NULL or empty: none */
    int64_t known;     /* without typed text: a row of the features' contexts; -1: none */
    int32_t attribute; /* of the candidates and the test pairs; -1: any */
    enum weigh_rule rule; /* WEIGH_HEDGE or WEIGH_EM */
    double tau, share;    /* of hedge; em does not look at them */
    double strength;      /* of em */
    enum offer_order order;
    size_t pool; /* candidates that are offered, drawn by seed; 0: all */
    uint64_t seed;
    struct lab_label *labels; /* owned; in the order in which they were given */
    size_t n_labels, labels_room;
};

/* No context, any attribute, hedge, tau 1, share 0, strength 1, informative, all, seed 1. */
struct lab_settings lab_settings_make(void);
void lab_settings_done(struct lab_settings *settings);
void lab_settings_copy(struct lab_settings *out, const struct lab_settings *of);
bool lab_settings_equal(const struct lab_settings *a, const struct lab_settings *b);
void lab_settings_set_context(struct lab_settings *settings, const char *context);
void lab_settings_add_label(struct lab_settings *settings, struct lab_label label);

struct effect;
struct encoder_watch;
struct lab;

/* Takes counts of all three; corpus may be NULL. NULL on failure: STATUS_SHAPE when there are
 * no training pairs or sizes do not fit, as predictions_make. */
struct lab *lab_create(struct held_features *features, struct held_model *model,
                       struct held_corpus *corpus, struct error *err);
void lab_free(struct lab *lab); /* NULL is allowed */

/* Why no context can be typed: a sentence without full stop; NULL: it can. */
const char *lab_untyped(const struct lab *lab);

/* STATUS_USAGE for text that is not UTF-8, for typed text when it cannot be or was not encoded, for numbers out of
 * bounds (hedge_create); STATUS_SHAPE for an attribute without training pairs, for a context row
 * or a pair that is not there (a label's pair need not be a candidate, but of the train split);
 * STATUS_NUMERIC. Then everything is as it was. The settings are not kept. */
enum status lab_set(struct lab *lab, const struct lab_settings *settings,
                    struct error *err);

/* ---- encoders that have to read a context together with each prompt (session/effect.h) ---- */

/* Whether a typed context waits for lab_set_effect. With the same text as before lab_set does. */
bool lab_wants_effect(const struct lab *lab);

/* lab_set, with what the settings' text does to the prompts; counted. More of it may come later, for the
 * same text. */
enum status lab_set_effect(struct lab *lab, const struct lab_settings *settings,
                           struct effect *effect, struct error *err);

/* lab_set that encodes by itself, where that is needed, all prompts that count, and so may take long. Errors
 * of effect_encode too. watch may be NULL. */
enum status lab_set_whole(struct lab *lab, const struct lab_settings *settings,
                          const struct encoder_watch *watch, struct error *err);

/* ---- weights ---- */

struct lab_figures {
    size_t n_heads;
    size_t n_candidates;
    bool has_context;
    size_t n_prompts;   /* of the candidates */
    size_t n_estimated; /* of them, those that were not read with the context (yet) */
    /* [K] each, borrowed until the next lab_set. */
    const double *router;  /* mean weights over the candidates, by their prompts alone */
    const double *context; /* the same with the context; router's without one */
    const double *now;     /* after the labels */
    const double *losses;  /* L_k, nats */
    double router_entropy, context_entropy, now_entropy;
    size_t n_labels; /* of the settings */
    size_t n_steps;  /* of them, those that taught something */
    size_t right;    /* of them, forecast rightly before the label was seen */
    double loss;     /* of the mixture on them, nats */
    size_t best;     /* head of the smallest loss; of the largest weight without labels */
    double regret;   /* nats; 0 without labels */
    double bound;    /* regret is never larger; NaN for em */
};
struct lab_figures lab_figures(const struct lab *lab);

/* ---- the labels given ---- */

struct lab_step {
    struct lab_label label;
    double
        probability; /* that the mixture gave to the preferred response before; NaN: skipped */
    bool right;      /* it had said so */
    const double
        *after;  /* [K] weights, with the pair's own prompt; borrowed as above; NULL:
                            skipped */
    size_t best; /* head of the smallest loss so far */
    double regret, bound;
};
/* i < number of labels of the settings. */
struct lab_step lab_step(const struct lab *lab, size_t i);

/* ---- pairs ---- */

/* The next pair to label, by order, pool and seed; false when all were. Kept until the next
 * lab_set, so asking again is free. */
bool lab_next(struct lab *lab, uint32_t *pair);

/* The pairs that come next, at most `most`, if each gets the label that the data has: how many. What
 * is borrowed from the lab is not valid any more. */
size_t lab_ahead(struct lab *lab, size_t most, uint32_t *pairs);

/* Whether the chosen response is shown on the left: a fixed side by pair and seed, so that who
 * labels cannot know. */
bool lab_chosen_left(const struct lab *lab, uint32_t pair);

struct lab_forecast {
    double probability; /* that the chosen response is preferred: the mixture, now */
    double information; /* nats that a label would tell (E24) */
    const double
        *heads; /* [K] p_k = sigma(m_k) of the chosen response; borrowed until the next
                             call */
    const double *weights; /* [K] for this pair, now; borrowed likewise */
    const float *margin;   /* [K] */
};
/* Of a training pair. STATUS_SHAPE for another one. */
enum status lab_forecast(struct lab *lab, uint32_t pair, struct lab_forecast *out,
                         struct error *err);

/* ---- how good it is ---- */

struct lab_score {
    size_t n; /* test pairs of the attribute; 0: there are none */
    struct labelling_score before, after; /* without labels, and with them */
};
/* Kept until the next lab_set. */
struct lab_score lab_score(struct lab *lab);

/* The known contexts that are nearest to the one of the settings, nearest first; how many. None
 * without a context. Texts: lab_context_text. */
size_t lab_nearest(struct lab *lab, size_t most, struct near_context *out);

/* Known contexts that have words in common with a text, most alike first; how many. For when no encoder can
 * be asked; their cosine is the share of common words. None without a corpus. */
size_t lab_alike(struct lab *lab, const char *text, size_t most, struct near_context *out);

/* The known contexts, to choose one: distinct, in file order. Borrowed. */
size_t lab_known(struct lab *lab, const struct near_context **out);

/* The text of a known context; NULL without a corpus. Borrowed. */
const char *lab_context_text(const struct lab *lab, const struct near_context *context);

/* ---- for lab_tuning ---- */

/* What the context does to the prompts; NULL: there is none. Borrowed. */
const struct effect *lab_effect(const struct lab *lab);

#endif
