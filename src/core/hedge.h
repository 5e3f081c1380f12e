/* Online Hedge: the weights of heads as labelled pairs of one context come in, one by one
 * (docs/equations.md E20, E21).
 *
 *     before pair t   w_tk proportional to f_tk E_tk                 E_1k = 1
 *     loss            l_tk = -log sigma(m_tk)                        of head k
 *                     -log P_t,  P_t = sum_k w_tk sigma(m_tk)        of the mixture
 *     after it        w'_tk proportional to w_tk exp(-l_tk / tau)
 *                     f_tk E_(t+1)k = (1 - share) w'_tk + share f_tk
 *
 * f_t is the prior for pair t: the same for all, or the router's weights for its prompt.
 * tau divides: tau 1 is Bayes' rule, tau to infinity leaves the prior, tau to 0 follows the
 * best head. share > 0 lets weights follow a mind that changes (fixed share). Everything is
 * kept as logarithms, so no head ever dies.
 *
 * The rule em keeps instead, after every pair, the weights of em.h on all pairs so far; it
 * has one prior, no tau and no share.
 *
 * The label is in the margin: chosen minus rejected. For a choice the other way, negate it.
 *
 * Every step is kept, so any of them can be undone, or edited and the rest replayed. A step
 * allocates nothing but the history's growth. An object belongs to one thread at a time.
 */
#ifndef CORE_HEDGE_H
#define CORE_HEDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "core/weigh.h"

#define HEDGE_TAU_MIN 1e-9
#define HEDGE_TAU_MAX 1e9

struct hedge_settings {
    enum weigh_rule rule; /* WEIGH_HEDGE or WEIGH_EM */
    size_t n_heads;
    const double
        *log_prior;  /* [n_heads] logarithms of what sums to 1; NULL: even; copied */
    double tau;      /* HEDGE_TAU_MIN to HEDGE_TAU_MAX; em: 1 */
    double share;    /* 0 to 1; em: 0 */
    double strength; /* em: > 0, of the prior (em_pseudo_counts) */
};

struct hedge;

/* NULL with STATUS_USAGE for settings out of bounds, NaN among them. */
struct hedge *hedge_create(const struct hedge_settings *settings, struct error *err);
void hedge_free(struct hedge *hedge); /* NULL is allowed */

/* One labelled pair: margin [n_heads] and its own prior, log_prior [n_heads] (NULL: that of
 * the settings; em always takes that one). STATUS_NUMERIC when a margin is not finite or a
 * prior is not a logarithm of a weight; nothing has changed then. */
enum status hedge_update(struct hedge *hedge, const double *log_prior, const float *margin,
                         struct error *err);

/* Undoes all steps but the first `steps`. */
void hedge_undo(struct hedge *hedge, size_t steps);

/* Puts another pair (or the same one with its label turned) in the place of step i and
 * replays what followed. Errors as of hedge_update. */
enum status hedge_edit(struct hedge *hedge, size_t i, const double *log_prior,
                       const float *margin, struct error *err);

size_t hedge_steps(const struct hedge *hedge);

/* weights: [n_heads] for a pair with that prior, as of hedge_update, now. */
void hedge_weights(const struct hedge *hedge, const double *log_prior, double *weights);

/* What the mixture says of a pair before its label is seen. */
/* Logarithms of what a pair's prior is multiplied by to give its weights, up to a common factor:
 * log_factor [n_heads]. False for em, whose weights are the factors alone. */
bool hedge_factors(const struct hedge *hedge, double *log_factor);

struct hedge_forecast {
    double log_probability; /* log P of the chosen response; its loss is -log P */
    double lead;            /* sum_k w_k tanh(m_k / 2): > 0 is for chosen (E6) */
    double information;     /* E24: nats that the label tells of the head that decides,
                               h(sum_k w_k s_k) - sum_k w_k h(s_k), h the binary entropy */
};
struct hedge_forecast hedge_forecast(const struct hedge *hedge, const double *log_prior,
                                     const float *margin);

/* Step i as it went. Pointers are into the history: valid until the next change. */
struct hedge_step {
    const double *log_prior, *margin; /* [n_heads] */
    const double *before, *after;     /* [n_heads] weights with this pair's prior */
    const double *losses;             /* [n_heads] L_k, cumulative, this pair included */
    double log_probability, lead;     /* of the forecast, before the label */
    double loss;                      /* of the mixture so far: sum_t -log P_t */
    size_t best;                      /* the head of the smallest L_k so far */
    double regret;                    /* loss - L_best, nats */
    double bound;                     /* E21: regret is never larger; NaN for em */
};
struct hedge_step hedge_step(const struct hedge *hedge, size_t i);

#endif
