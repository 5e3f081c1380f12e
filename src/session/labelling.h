/* What adapting to one attribute works on: its training pairs, of which some get labels, its
 * test pairs, and the router's weights for both, with a typed context or without.
 */
#ifndef SESSION_LABELLING_H
#define SESSION_LABELLING_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/features.h"
#include "core/hedge.h"
#include "core/model.h"
#include "core/offer.h"
#include "core/predict.h"

struct effect;
struct encoder_watch;

/* Pairs of one split and attribute. */
struct labelled_set {
    size_t n;
    uint32_t *pairs;                /* [n] in file order */
    struct predictions predictions; /* by the prompts alone */
    double *log_prior; /* (n, K) the router's, for each pair's prompt with the context */
    uint32_t *prompts; /* [n_prompts] distinct rows of the features' prompts */
    uint32_t *prompt;  /* [n] index of prompts of each pair */
    size_t n_prompts;  /* 0: the router reads none */
};

struct labelling {
    struct labelled_set train, test;
    size_t n_heads;
    double *mean_log_prior; /* [K] of the mean of the training pairs' weights */
};

/* attribute: its index, or -1 for any. context: typed text (typed.h), added to each pair's prompt;
 * NULL routes by the prompts alone. watch: looks at its encoding; NULL: nobody. STATUS_SHAPE when a split
 * has no pairs of the attribute; else errors of predictions_make, typed_open and typed_context_part.
 * *out is created. */
enum status labelling_open(struct labelling *out, const struct features *features,
                           const struct model *model, int attribute, const char *context,
                           const struct encoder_watch *watch, struct error *err);
void labelling_done(struct labelling *labelling);

/* The same with what the context does to the prompts (NULL: there is none), and test pairs only where
 * there are any. */
enum status labelling_make(struct labelling *out, const struct features *features,
                           const struct model *model, int attribute,
                           const struct effect *effect, struct error *err);

/* Other weights to start from: the effect is another one. Margins stay. On failure all does. */
enum status labelling_route(struct labelling *labelling, const struct features *features,
                            const struct model *model, const struct effect *effect,
                            struct error *err);

/* One pair, of any split, by itself: margin and log_prior, [n_heads] each. Errors of predictions_make. */
enum status labelling_pair(const struct features *features, const struct model *model,
                           uint32_t pair, const struct effect *effect, float *margin,
                           double *log_prior, struct error *err);

struct labelling_score {
    size_t right; /* of the test pairs */
    double loss;  /* mean of -log P over them */
};

/* The test pairs, decided by the weights that hedge has now. */
struct labelling_score labelling_score(const struct labelling *labelling,
                                       const struct hedge *hedge);

/* Labels `most` pairs in an order, pool and seed as of offer_create, and scores before the
 * first and after each: scores[0 .. most]. Starts from mean_log_prior where the settings'
 * prior counts. STATUS_CANCELLED; errors of hedge_create. */
struct labelling_course {
    struct hedge_settings settings; /* n_heads and log_prior are filled in */
    enum offer_order order;
    size_t most, pool;
    uint64_t seed;
    const struct cancel *cancel; /* NULL: nobody asks */
};
enum status labelling_run(const struct labelling *labelling,
                          const struct labelling_course *course,
                          struct labelling_score *scores, struct error *err);

#endif
