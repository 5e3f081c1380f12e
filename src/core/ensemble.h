/* Shared-Base ensembles: heads on the same features that differ in a random part which is never
 * trained (docs/equations.md E28).
 *
 *     r_k = (a_k + p_k) . phi            p_k drawn and frozen, a_k trained by Bradley-Terry
 *
 *     plain      by AdamW from a_k + p_k: the loss knows only the sum, so this is one head from
 *                another start, and what differs at the end is what training did not reach
 *     anchored   minimises  sum_i -log sigma(m_ik) + (ridge n / 2) |a_k|^2:  p_k stays where the
 *                pairs say nothing
 *     bootstrap  the same with ridge towards 0, on n pairs drawn with replacement
 *
 * Plain heads are trained by core/trainer.h from ensemble_draw; the others are fitted here.
 */
#ifndef CORE_ENSEMBLE_H
#define CORE_ENSEMBLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/contrasts.h"

enum ensemble_kind { ENSEMBLE_PLAIN, ENSEMBLE_ANCHORED, ENSEMBLE_BOOTSTRAP };
extern const char *const ensemble_kind_names[]; /* "plain", "anchored", "bootstrap", NULL */

struct ensemble_options {
    enum ensemble_kind kind;
    double ridge; /* > 0, a share of a pair */
    double prior; /* factor on the frozen part; 1: PyTorch's start */
    uint64_t seed;
    const struct cancel *cancel; /* NULL: nobody stops it */
};

/* The frozen part of head k, uniform in +-prior / sqrt(width), and behind it, where the start
 * is asked for, a_k's in +-1 / sqrt(width). Arrays are [width]; start may be NULL. */
void ensemble_draw(const struct ensemble_options *options, size_t k, size_t width,
                   float *frozen, float *start);

/* Head k, a + p, of the anchored or bootstrap kind: head [width]. Errors as of bt_fit. */
enum status ensemble_fit(const struct contrasts *contrasts,
                         const struct ensemble_options *options, size_t k, float *head,
                         struct error *err);

#endif
