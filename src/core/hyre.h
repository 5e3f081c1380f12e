/* Test-time reweighting of an ensemble of heads by a few labelled pairs (HyRe; docs/equations.md
 * E29):
 *
 *     L_k = sum_i -log sigma( m_ik / scale_k )           sum: generalised Bayes
 *         = the same over n                              mean
 *     w_k proportional to exp( -L_k / temperature )
 *
 * Rewards are mixed: a pair goes to the chosen response when sum_k w_k m_k / scale_k > 0.
 */
#ifndef CORE_HYRE_H
#define CORE_HYRE_H

#include <stddef.h>

enum hyre_loss { HYRE_SUM, HYRE_MEAN };
extern const char *const hyre_loss_names[]; /* "sum", "mean", NULL */

struct hyre_labels {
    size_t n, n_heads;   /* n may be 0: the weights are even then */
    const float *margin; /* (n, n_heads) */
    const double *scale; /* [n_heads] > 0; NULL: 1 */
};

/* weights [n_heads] sum to 1; temperature > 0. */
void hyre_weights(const struct hyre_labels *labels, enum hyre_loss loss, double temperature,
                  double *weights);

/* scale[k] = standard deviation (unbiased) of head k's rewards over the 2n responses of the
 * labelled pairs, 1 where that is 0: as DRM standardises. chosen, rejected (n, n_heads). */
void hyre_scales(const float *chosen, const float *rejected, size_t n, size_t n_heads,
                 double *scale);

/* sum_k w_k m_k / scale_k of one pair. */
double hyre_decide(const double *weights, const double *scale, const float *margin,
                   size_t n_heads);

#endif
