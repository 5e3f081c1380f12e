/* Stage 2: fine-tunes a model's router on a few labelled pairs with contexts, as
 * Algorithm 1 of the paper (docs/equations.md E12).
 *
 *     L_ik     = -log sigma(m_ik)                           loss of head k on pair i
 *     omega_ik = softmax_k( log f_k(x_i, c_i) - L_ik / tau )      target, once an epoch
 *     minimise  -(1/B) sum_i sum_k omega_ik log f_k(x_i, c_i)     over the router alone
 *
 * Heads are frozen. The router reads the pair's context row (prompt with context); the
 * heads read the responses' rows as the features have them.
 *
 * The caller owns the loop:
 *   1. adapt_create           a copy of the model, nothing done yet
 *   2. adapt_step             targets of up to ADAPT_TARGET_PAIRS pairs at the start of an
 *                             epoch, one update of the router otherwise; until adapt_finished
 *   3. adapt_model            a copy of the model with its router as it is now
 *   4. adapt_free
 * Threads share the columns of the input layer. The same seed and number of threads give
 * the same bytes. Nothing is allocated in adapt_step.
 */
#ifndef CORE_ADAPT_H
#define CORE_ADAPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/features.h"
#include "core/model.h"
#include "core/trainer.h"

enum { ADAPT_TARGET_PAIRS = 1024 };

enum adapt_targets {
    TARGETS_PAIR,      /* as in the paper: L_i of the pair itself */
    TARGETS_ATTRIBUTE, /* L averaged over the pairs of its attribute first: classical Hedge */
};
extern const char *const adapt_targets_names[]; /* "pair", "attribute", NULL */

struct adapt_options {
    double tau; /* > 0; 0.001 in the paper */
    enum adapt_targets targets;
    bool standardise; /* margins in units of their head's root mean square */
    double learning_rate, weight_decay;
    size_t batch, epochs;
    enum order order; /* ORDER_SHUFFLED or ORDER_FILE */
    uint64_t seed;
};

/* The paper's settings, and what it leaves open (E12): tau 0.001, batch 32, 10 epochs, AdamW
 * at a constant rate of 0.001 without decay. */
struct adapt_options adapt_defaults(void);

struct adapt;

/* Threads that serve best, 1 to `most`: a step too small to share is done by one. */
size_t adapt_threads(const struct shape *shape, size_t batch, size_t most);

/* features, pairs and team are borrowed. STATUS_USAGE when tau is not above 0 or the model
 * has no router; STATUS_SHAPE when there are no pairs, one of them has no context (or no
 * attribute, for TARGETS_ATTRIBUTE), or widths do not fit; STATUS_NUMERIC naming a row that
 * is not finite; STATUS_NO_MEMORY. NULL on failure. */
struct adapt *adapt_create(const struct features *features, const struct model *model,
                           struct pair_list pairs, const struct adapt_options *options,
                           struct team *team, struct error *err);
void adapt_free(struct adapt *adapt);

/* STATUS_NUMERIC when a cross-entropy is not finite. */
enum status adapt_step(struct adapt *adapt, struct error *err);
bool adapt_finished(const struct adapt *adapt);

struct adapt_progress {
    size_t step, n_steps; /* updates */
    size_t epoch, n_epochs;
};
struct adapt_progress adapt_progress(const struct adapt *adapt);

/* Nats per pair, of a finished epoch from 0. */
struct adapt_losses {
    double cross_entropy; /* mean over its pairs, each before its own update */
    double label_entropy; /* of its targets: what the cross-entropy cannot go below */
};
struct adapt_losses adapt_losses(const struct adapt *adapt, size_t epoch);

/* Cross-entropy of the last update's batch, before it. */
double adapt_batch_loss(const struct adapt *adapt);

/* (n, K) of the epoch at work, in the order of the pairs; borrowed. */
const float *adapt_targets(const struct adapt *adapt);

enum status adapt_model(const struct adapt *adapt, struct model *model, struct error *err);

/* The gradient of the last update, in the layout of model.block behind the heads. For
 * tests. */
void adapt_gradient(const struct adapt *adapt, float *out);

#endif
