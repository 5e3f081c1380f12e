/* Which heads of a mixture say what another one says already, and the mixture without them
 * (docs/equations.md E17).
 *
 * Heads are visited in order of importance, the mean weight that the router gives them over
 * the pairs; one is kept if its correlation with every head kept so far is below the
 * threshold. So of two that are alike the one with more weight stays, a head that wants the
 * opposite stays always, and one head stays at least. A dropped head belongs to the cluster
 * of its leader: of the heads kept before it the one that it is most alike.
 *
 * Call order: predictions_make, correlation_make, prune_index_make, once; then prune_at for
 * any number of thresholds, which costs microseconds; prune_predict says what the mixture
 * would then predict; prune_model makes it.
 *
 * Two ways to go on without the dropped heads:
 *     drop     f'_j = f_j / sum_kept f          rows of the router's output layer are left
 *                                               out, which is exactly this
 *     merge    f'_j = sum_S f,  w'_j = sum_S u w / sum_S u       S: the cluster of j
 */
#ifndef CORE_PRUNE_H
#define CORE_PRUNE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "core/correlation.h"
#include "core/model.h"
#include "core/predict.h"

struct prune_index {
    size_t n_heads;      /* K */
    double *importance;  /* [K] u_k: mean weight over the pairs, by head */
    uint32_t *order;     /* [K] heads as they are visited */
    double *correlation; /* (K, K) in that order on both sides */
    uint32_t *scratch;   /* [K] */
};

/* Heads whose importance is the same (to float's accuracy) are visited in order of the
 * likelihood of the mixture in which each is kept and the others of the tie are not, the
 * best first; then by number. Both arguments are of the same pairs. *out is created;
 * STATUS_NO_MEMORY. */
enum status prune_index_make(struct prune_index *out, const struct correlation *correlation,
                             const struct predictions *predictions, struct error *err);
void prune_index_done(struct prune_index *index);

struct prune_cut {
    size_t n_kept;
    /* Largest correlation of two kept heads: thresholds down to it, without it, give the
     * same cut, and it gives another one. -HUGE_VAL when one head is left. */
    double closest;
};

/* The cut at a threshold; leader[k] is the head that leads k's cluster, k itself when it is
 * kept. Allocates nothing; uses the index's scratch, so one thread at a time. */
struct prune_cut prune_at(struct prune_index *index, double threshold, uint32_t *leader);

/* What the mixture predicts, by RULE_PROBABILITY, with the kept heads of a cut, in order of
 * their numbers. importance NULL: the others are dropped; importance [K] (the index's):
 * they are merged into their leaders. The single head is not looked at. *out is created and
 * borrows the pairs of `of`; STATUS_NO_MEMORY. */
enum status prune_predict(struct predictions *out, const struct predictions *of,
                          const uint32_t *leader, const double *importance,
                          struct error *err);

/* The model with the kept heads, in order of their numbers, and its single head. Dropping
 * is exact. A merged logit is the log of the sum of exp(z_k) over the cluster, which no row
 * of a linear layer can give; it gets the row that is nearest from below,
 *
 *     z_S = sum_k p_k z_k - sum_k p_k log p_k        p_k = u_k / sum_S u
 *
 * which is exact where the router divides the cluster's weight as it does on average, so
 * always for a static router. *out is created; STATUS_NO_MEMORY. */
enum status prune_model(struct model *out, const struct model *of, const uint32_t *leader,
                        const double *importance, struct error *err);

#endif
