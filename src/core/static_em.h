/* A mixture of Bradley-Terry heads with weights that are the same for every pair, by
 * expectation maximisation (docs/equations.md E26):
 *
 *     q_ik proportional to f_k sigma(m_ik)
 *     f_k  = mean_i q_ik                 w_k = argmin  sum_i q_ik -log sigma(m_ik) + (ridge n / 2) |w_k|^2
 *
 * The objective, the likelihood of E2 at alpha 0 with that penalty, never gets worse, and what
 * does not move is a point where its gradient is 0.
 *
 * Call order: static_em_create; static_em_step until static_em_finished; static_em_model;
 * static_em_free.
 */
#ifndef CORE_STATIC_EM_H
#define CORE_STATIC_EM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/contrasts.h"
#include "core/model.h"

struct static_em_options {
    size_t n_heads;
    double ridge;      /* > 0, a share of a pair */
    size_t iterations; /* at most */
    double tolerance;  /* ends when an iteration gains less, nats a pair */
    size_t fit;        /* steps of L-BFGS a head and iteration */
    uint64_t seed;
    const struct cancel *cancel; /* NULL: nobody stops it */
};

/* Ridge 1e-4, 100 iterations, tolerance 1e-5, 5 steps. */
struct static_em_options static_em_defaults(size_t n_heads, uint64_t seed);

struct static_em;

/* contrasts is borrowed. NULL with STATUS_NO_MEMORY. */
struct static_em *static_em_create(const struct contrasts *contrasts,
                                   const struct static_em_options *options,
                                   struct error *err);
void static_em_free(struct static_em *em); /* NULL is allowed */

/* One iteration. Errors as of bt_fit. */
enum status static_em_step(struct static_em *em, struct error *err);
bool static_em_finished(const struct static_em *em);

size_t static_em_iterations(const struct static_em *em); /* done so far */
/* Of the parameters before the last iteration; infinite before the first. */
double static_em_objective(const struct static_em *em);
const double *static_em_heads(const struct static_em *em);   /* (K, width) */
const double *static_em_weights(const struct static_em *em); /* [K] f */

/* With a static router. *model is created; STATUS_NO_MEMORY. */
enum status static_em_model(const struct static_em *em, struct model *model,
                            struct error *err);

#endif
