/* MaxMin's hard clustering: every unit (a user, say) belongs to one of K heads, which is trained
 * on its units' pairs alone (docs/equations.md E27).
 *
 *     E    unit u goes to  argmax_k  sum_(pairs i of u) log sigma(m_ik)
 *     M    w_k = argmin  sum_(pairs of its units) -log sigma(w . D_i)  +  (ridge n / 2) |w|^2
 *
 * With M solved to its end the objective never gets worse. A head without units takes the unit
 * that fits worst, when that one is worse off than by chance. Several restarts; the best
 * objective counts.
 *
 * Call order: hard_em_create; hard_em_step until hard_em_finished; the results; hard_em_free.
 */
#ifndef CORE_HARD_EM_H
#define CORE_HARD_EM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/contrasts.h"

struct hard_em_options {
    size_t n_heads;
    size_t iterations; /* of a restart; MaxMin's 10 */
    size_t
        restarts; /* the first deals units out in turn, as MaxMin does; others at random */
    double ridge; /* > 0, a share of a pair */
    uint64_t seed;
    const struct cancel *cancel; /* NULL: nobody stops it */
};

/* 10 iterations, 10 restarts, ridge 1e-4. */
struct hard_em_options hard_em_defaults(size_t n_heads, uint64_t seed);

struct hard_em;

/* unit [contrasts->n]: of each row, -1: in none, and then not trained on. n_units of them; some
 * may have no pairs. More heads than units with pairs are not made: see hard_em_heads. Both are
 * borrowed. NULL with STATUS_SHAPE when no row has a unit. */
struct hard_em *hard_em_create(const struct contrasts *contrasts, const int32_t *unit,
                               size_t n_units, const struct hard_em_options *options,
                               struct error *err);
void hard_em_free(struct hard_em *em); /* NULL is allowed */

/* One iteration: M, then E. Errors as of bt_fit. */
enum status hard_em_step(struct hard_em *em, struct error *err);
bool hard_em_finished(const struct hard_em *em);

/* After the last M-step: nats, penalty included; and which restart that was in. */
double hard_em_objective(const struct hard_em *em);
size_t hard_em_restart(const struct hard_em *em);

/* Of the best restart so far. */
size_t hard_em_count(const struct hard_em *em);              /* heads */
const float *hard_em_heads(const struct hard_em *em);        /* (count, width) */
const double *hard_em_proportions(const struct hard_em *em); /* [count] of the pairs */
const int32_t *hard_em_assignment(const struct hard_em *em); /* [n_units]; -1: no pairs */
double hard_em_best(const struct hard_em *em);               /* its objective */

#endif
