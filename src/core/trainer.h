/* Stage 1: trains one or many models over the same pairs at once.
 *
 * All models in a run share data, order and recipe; they differ in shape, entropy weight
 * and starting parameters. Their heads are stacked into one matrix and so are their
 * routers' input layers, so that a batch is gathered once and a step is two products and
 * their transposes however many models there are; models too large for the cache have products
 * of their own.
 *
 * The caller owns the loop:
 *   1. trainer_create           parameters drawn, nothing done yet; trainer_start_from to set
 *                               them
 *   2. trainer_step             one update, until trainer_finished; watch trainer_progress
 *   3. trainer_model            a copy of one model's parameters: the best by hold-out
 *                               likelihood, or the last when there is no hold-out
 *   4. trainer_free
 * trainer_save and trainer_resume (core/trainer_state.h) keep a run between two steps, to
 * the bit.
 *
 * Threads share the columns: each gathers, multiplies and updates its own part of every
 * row, so a parameter is touched by one thread only. The same seed and number of threads
 * give the same bytes. Nothing is allocated in trainer_step.
 */
#ifndef CORE_TRAINER_H
#define CORE_TRAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/features.h"
#include "core/model.h"
#include "core/recipe.h"

/* One model of a run. */
struct member {
    struct shape shape; /* normalised; widths as the features have them */
    double alpha;       /* weight of the entropy term (E2) */
    uint64_t stream;    /* of the seed, for its starting parameters */
};

/* Indices into the features' pairs; borrowed for the trainer's life. */
struct pair_list {
    const uint32_t *pairs;
    size_t n;
};

struct trainer;

/* features and team are borrowed. holdout may be empty. NULL on failure: STATUS_SHAPE for
 * no pairs or widths that do not fit, STATUS_NO_MEMORY. */
struct trainer *trainer_create(const struct features *features, struct pair_list train,
                               struct pair_list holdout, const struct member *members,
                               size_t n_members, const struct recipe *recipe,
                               struct team *team, struct error *err);
void trainer_free(struct trainer *trainer);

/* Replaces the starting parameters of one member; the shape must be the same. */
enum status trainer_start_from(struct trainer *trainer, size_t member,
                               const struct model *model, struct error *err);

/* A flag to look at between parts of the hold-out, which may be far more than an update; borrowed.
 * trainer_step then returns STATUS_CANCELLED, and called again it goes on. Between two updates
 * the caller looks for himself. */
void trainer_watch(struct trainer *trainer, const struct cancel *cancel);

/* One update of every model; at the end of an epoch also the hold-out's likelihood. STATUS_NUMERIC when a loss is not finite, naming the row of the features when one is at
 * fault. */
enum status trainer_step(struct trainer *trainer, struct error *err);
bool trainer_finished(const struct trainer *trainer);

struct trainer_progress {
    size_t step, n_steps; /* n_steps: unless it stops early */
    size_t epoch, n_epochs;
    bool stopped_early;
};
struct trainer_progress trainer_progress(const struct trainer *trainer);

/* One member's losses, nats per pair. */
struct trainer_losses {
    double nll,
        regulariser;    /* mean over the pairs of an epoch, each before its own update */
    double holdout_nll; /* after the epoch; NaN without a hold-out */
};

/* Of a finished epoch, from 0. */
struct trainer_losses trainer_losses(const struct trainer *trainer, size_t member,
                                     size_t epoch);
/* Of the last step's batch, before its update; holdout_nll is NaN. */
struct trainer_losses trainer_batch_losses(const struct trainer *trainer, size_t member);

/* The epoch after which a member was best by hold-out likelihood, and that likelihood (NaN
 * without a hold-out: the last epoch is the best then). */
size_t trainer_best_epoch(const struct trainer *trainer, size_t member, double *nll);

/* A copy of the best parameters so far; `model` is created. */
enum status trainer_model(const struct trainer *trainer, size_t member, struct model *model,
                          struct error *err);

/* The gradient of the last step of one member, before clipping, in the layout of
 * model.block. For tests. */
void trainer_gradient(const struct trainer *trainer, size_t member, float *out);

#endif
