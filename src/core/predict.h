/* What a model says about a list of pairs. */
#ifndef CORE_PREDICT_H
#define CORE_PREDICT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/evaluate.h"
#include "core/features.h"
#include "core/model.h"

struct predictions {
    size_t n;              /* pairs */
    const uint32_t *pairs; /* [n] borrowed */
    size_t n_heads;        /* K */
    size_t n_predictors;   /* K heads, the mixture and, when the model has one, the single
                              head */
    float *margin;         /* (n, K) r_k(chosen) - r_k(rejected) */
    float *log_weight;     /* (n, K) router's log weights */
    double *probability;   /* [n] sum_k f_k sigma(m_k), whatever the rule */
    double *log_probability;
    double
        *single_log_probability; /* [n] log sigma(m) of the single head; NULL without one */
    float *single_margin;        /* [n] its m; NULL likewise */
    uint8_t *right;              /* (n, n_predictors) 1 when decided for chosen */
    size_t ties;                 /* pairs with a head's margin exactly 0 */
};

struct predict_options {
    enum rule rule;
    enum routing routing;
    struct workers workers; /* any number of threads gives the same bytes */
};

/* Rows of the features are multiplied once each, however many pairs they are in. *out is
 * created; errors as of evaluate, and STATUS_CANCELLED. */
enum status predictions_make(struct predictions *out, const struct features *features,
                             const struct model *model, const uint32_t *pairs, size_t n,
                             struct predict_options options, struct error *err);

/* The same from margins and log weights (n, n_heads) that are there already, of a mixture
 * without a single head, by RULE_PROBABILITY. STATUS_NO_MEMORY. */
enum status predictions_of_margins(struct predictions *out, const uint32_t *pairs, size_t n,
                                   size_t n_heads, const float *margin,
                                   const float *log_weight, struct error *err);
/* The same in slices, for whoever must not wait: room for all pairs, then the positions
 * [first, first + n) at a time, in any order. Rows that several slices name are multiplied
 * once in each. predictions_begin: STATUS_NO_MEMORY. */
enum status predictions_begin(struct predictions *out, const struct model *model,
                              const uint32_t *pairs, size_t n, struct error *err);
enum status predictions_fill(struct predictions *out, const struct features *features,
                             const struct model *model, size_t first, size_t n,
                             struct predict_options options, struct error *err);

/* *out borrows pairs, which are equal to those of `of`. STATUS_NO_MEMORY. */
enum status predictions_copy(struct predictions *out, const struct predictions *of,
                             const uint32_t *pairs, struct error *err);

/* The mixture's likelihood: mean of -log P, nats per pair. */
double predictions_nll(const struct predictions *predictions);
void predictions_done(struct predictions *predictions);

#endif
