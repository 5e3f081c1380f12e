/* Evaluation of a model on the pairs of one split: each head alone, the mixture, the single
 * head trained beside it, and the oracle, per attribute (docs/equations.md E6 to E11).
 *
 * A pair is right when the chosen response scores strictly higher; ties are wrong. Means
 * over attributes are unweighted. Intervals: Wilson for a cell; paired bootstrap over
 * prompts for means and for differences to the single head.
 */
#ifndef CORE_EVALUATE_H
#define CORE_EVALUATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/features.h"
#include "core/interval.h"
#include "core/model.h"

/* How a mixture decides a pair (E6). */
enum rule {
    RULE_PROBABILITY, /* sum_k f_k sigma(m_k) > 1/2 */
    RULE_REWARD,      /* sum_k f_k m_k > 0 */
    RULE_LOGSIGMOID,  /* sum_k f_k (log sigma(r_k(chosen)) - log sigma(r_k(rejected))) > 0:
                         the  released script's; depends on the heads' unidentified offset */
    RULE_COUNT,
};
extern const char *const rule_names[]; /* "probability", "reward", "logsigmoid", NULL */

/* What the router reads of a pair. */
enum routing {
    ROUTE_PROMPT,
    ROUTE_CONTEXT, /* the prompt together with the pair's context; of a pair without context
                      the prompt alone */
};
extern const char *const routing_names[]; /* "prompt", "context", NULL */

enum predictor {
    PREDICTOR_HEAD,
    PREDICTOR_MIXTURE,
    PREDICTOR_SINGLE, /* only when the model holds one */
    PREDICTOR_ORACLE, /* per attribute the head that is best on these very pairs */
};

struct evaluated_cell {
    size_t right;
    double accuracy; /* NaN without pairs */
    struct interval interval;
    size_t head; /* oracle: the head chosen */
};

struct evaluated_row {
    enum predictor predictor;
    size_t head;                   /* PREDICTOR_HEAD: its index */
    struct evaluated_cell *cells;  /* [n_attributes] */
    double mean;                   /* over the attributes that have pairs */
    struct interval mean_interval; /* bootstrap by prompt */
    double difference;             /* of the mean to the single head's; NaN without one */
    struct interval difference_interval;
    double load; /* PREDICTOR_HEAD: mean router weight over the pairs; NaN otherwise */
};

struct evaluation {
    size_t n_pairs, n_prompts;
    size_t n_attributes;     /* columns; pairs without an attribute have one of their own */
    const char **attributes; /* [n_attributes] borrowed from the features, or "(none)" */
    size_t *attribute_pairs; /* [n_attributes] */
    struct evaluated_row *rows; /* heads, mixture, single?, oracle */
    size_t n_rows;
    double entropy;     /* mean over pairs of the router's entropy, nats */
    double nll;         /* of the mixture's probability, nats per pair */
    double calibration; /* ECE of the mixture over ten bins */
    double single_nll;  /* NaN without a single head */
    size_t ties;        /* pairs on which some head's margin is exactly 0 */
};

struct evaluate_options {
    enum split split;
    enum rule rule;
    enum routing routing;
    size_t resamples; /* of the bootstrap; 0: no intervals of means */
    uint64_t seed;
    struct workers workers; /* of the predictions; who stops them stops the bootstrap too */
};

/* STATUS_SHAPE when sizes do not agree, the split is empty or a pair has nothing to be
 * routed by, STATUS_NUMERIC for a row that is not finite, STATUS_CANCELLED. *out is
 * created. */
enum status evaluate(const struct features *features, const struct model *model,
                     const struct evaluate_options *options, struct evaluation *out,
                     struct error *err);

/* The same from predictions that are there already; options->split and rule are not looked
 * at. When it is stopped, the intervals of means are NaN. */
struct predictions;
void evaluate_predictions(const struct features *features,
                          const struct predictions *predictions,
                          const struct evaluate_options *options, struct evaluation *out);
void evaluation_done(struct evaluation *evaluation);

/* The draws of its intervals, to be made in steps (bootstrap_draw), and the intervals that
 * they give; for an evaluation of the same predictions made with 0 resamples. */
struct bootstrap_draws *evaluation_draws(const struct evaluation *evaluation,
                                         const struct features *features,
                                         const struct predictions *predictions,
                                         const struct evaluate_options *options);
void evaluation_add_intervals(struct evaluation *evaluation,
                              const struct bootstrap_draws *draws);

/* The column of each pair of the predictions: out [n]. */
void evaluation_columns(const struct features *features,
                        const struct predictions *predictions, uint32_t *out);

/* The first row of that kind; NULL when there is none. */
const struct evaluated_row *evaluation_row(const struct evaluation *evaluation,
                                           enum predictor predictor);

#endif
