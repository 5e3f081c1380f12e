/* What no single Bradley-Terry reward can do better: the lower bounds of MiCRo's Theorem 3.2 in
 * the form that holds (docs/equations.md E18).
 *
 * A pair (a, b) of prompt x is judged by a member of group k with probability gamma_k(x), who
 * prefers a with probability sigma_k = sigma(m_k). In nats per pair, for the cross-entropy L of any
 * single reward,
 *
 *     L  >=  floor  >=  entropy + weighted  >=  entropy + pointwise  >=  entropy + of_means
 *
 * entropy needs to know who judges and is not attainable without it; floor is what the mixture
 * itself attains.
 */
#ifndef CORE_BOUND_H
#define CORE_BOUND_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/features.h"
#include "core/model.h"

/* Groups, and the pairs that they judge. Borrowed. */
struct bound_groups {
    size_t n, n_groups;      /* pairs; K */
    const float *margin;     /* (n, K) m_k */
    const float *log_weight; /* (n, K) log gamma_k(x), the same for all pairs of a prompt */
    const double *share;     /* [n] p(x) pi(a, b | x), sums to 1; NULL: all the same */
    const uint32_t *prompt;  /* [n] number of the pair's prompt, below n_prompts */
    size_t n_prompts;
    const float *single; /* [n] margins of a single reward; NULL: none */
};

struct bound {
    double rho;       /* smallest weight of any group on any prompt */
    double entropy;   /* H = E sum_k gamma_k h(sigma_k) */
    double of_means;  /* (T)   2 rho K E_x Var_k( E_ab sigma_k ) */
    double pointwise; /* (T')  2 rho K E Var_k( sigma_k ) */
    double weighted;  /* (T'') 2 E sum_k gamma_k (sigma_k - mean)^2 */
    double floor;     /* E h( sum_k gamma_k sigma_k ) */
    double single; /* L of the single reward if the groups judge as they say; NaN: none */
};

/* STATUS_NO_MEMORY; *out is then untouched. */
enum status bound_of_groups(const struct bound_groups *groups, struct bound *out,
                            struct error *err);

/* The same with a model's heads as groups, weighed by its router, on the pairs of a split, each
 * pair counting the same. `observed` is what the labels say: nats per pair. */
struct bound_estimate {
    struct bound bound;
    size_t n_pairs, n_prompts;
    double observed_single; /* NaN without a single head */
    double observed_mixture;
};

/* STATUS_SHAPE when sizes do not agree or the split is empty, STATUS_NUMERIC for a row that is not
 * finite, STATUS_NO_MEMORY, STATUS_CANCELLED. */
enum status bound_estimate(const struct features *features, const struct model *model,
                           enum split split, const struct workers *workers,
                           struct bound_estimate *out, struct error *err);

/* The same from predictions, routed by prompt, that are there already. STATUS_NO_MEMORY. */
struct predictions;
enum status bound_of_predictions(const struct features *features,
                                 const struct predictions *predictions,
                                 struct bound_estimate *out, struct error *err);

#endif
