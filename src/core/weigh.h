/* From a few labelled pairs to one rule for deciding others: the batch weight rules and the
 * controls that belong beside them (docs/equations.md E20, E22, E23).
 *
 *     hedge        w_k proportional to prior_k exp(-L_k / tau),   L_k = sum_i -log sigma(m_ik)
 *     em           w of em.h, pseudo-counts by prior and strength
 *     stack        rewards: sum_k (1/K + b_k) m_k / scale_k, b by ridge regression
 *     em-residual  rewards: sum_k w_k^em m_k + v . D, v by ridge regression on D
 *     scratch      v . D alone: a control that knows no head
 *     from-single  the single head's margin + v . D: a control that knows no mixture
 *
 * hedge and em mix probabilities, the others rewards. Call order: weigh; weighing_decide or
 * weighing_log_probability for any pairs; weighing_done.
 */
#ifndef CORE_WEIGH_H
#define CORE_WEIGH_H

#include <stddef.h>

#include "base/error.h"

enum weigh_rule {
    WEIGH_HEDGE,
    WEIGH_EM,
    WEIGH_STACK,
    WEIGH_EM_RESIDUAL,
    WEIGH_SCRATCH,
    WEIGH_FROM_SINGLE,
    WEIGH_COUNT
};
extern const char *const weigh_rule_names[]; /* "hedge", "em", ... as above, NULL */

/* Does the rule read the features' differences, does it read the single head's margins? */
#define WEIGH_READS_DIFFERENCES(rule) ((rule) >= WEIGH_EM_RESIDUAL)
#define WEIGH_READS_SINGLE(rule)      ((rule) == WEIGH_FROM_SINGLE)

/* n labelled pairs, chosen first; what a rule does not read may be NULL. All borrowed. */
struct weigh_labels {
    size_t n; /* may be 0: the result is then what is known without labels */
    size_t n_heads, n_features;
    const float *margin;     /* (n, n_heads) */
    const double *prior;     /* [n_heads] at least 0, sums to 1; NULL: even. hedge and em */
    const double *scale;     /* [n_heads] > 0, of weigh_scales. stack */
    const float *difference; /* (n, n_features) features of chosen - rejected */
    const float *single;     /* [n] margin of the single head */
};

struct weigh_options {
    double tau;      /* hedge: > 0 */
    double strength; /* em: >= 0, of the prior (em_pseudo_counts) */
    double ridge;    /* > 0: stack, em-residual, scratch, from-single */
};

/* tau 1, strength 1; ridge 1 for stack and scratch, 3 for em-residual and from-single. */
struct weigh_options weigh_defaults(enum weigh_rule rule);

/* scale[k] = root mean square of head k's margins over the n pairs, of the training split:
 * their deviation, as which response stands first means nothing. 1 for a head that is 0 on all. */
void weigh_scales(const float *margin, size_t n, size_t n_heads, double *scale);

struct weighing {
    enum weigh_rule rule;
    size_t n_heads, n_features;
    double
        *weights; /* [n_heads] on the simplex for hedge, em and em-residual; factors of raw
                        margins for stack; NULL for the controls */
    double *direction; /* [n_features] v; NULL unless the rule reads differences */
};

/* *out is created. STATUS_USAGE for options out of bounds, STATUS_NUMERIC for labels that
 * are not finite, STATUS_NO_MEMORY. */
enum status weigh(enum weigh_rule rule, const struct weigh_labels *labels,
                  const struct weigh_options *options, struct weighing *out,
                  struct error *err);
void weighing_done(struct weighing *weighing);

/* One pair: margin [n_heads], difference [n_features] and single are looked at as far as
 * the rule reads them. Larger than 0: for the chosen response (E6). */
double weighing_decide(const struct weighing *weighing, const float *margin,
                       const float *difference, double single);
/* log of the probability that the chosen response is preferred. */
double weighing_log_probability(const struct weighing *weighing, const float *margin,
                                const float *difference, double single);

#endif
