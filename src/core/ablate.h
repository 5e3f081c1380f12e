/* Ablations: variants of one mixture, each from several seeds, trained on the same pairs and judged
 * on the same split (docs/equations.md E19); and, when there is a budget, adapted to labelled pairs
 * with contexts and judged again (E13).
 *
 * All models are members of one trainer (core/trainer.h): they see the same batches in the same
 * order and differ in shape, entropy weight and starting parameters; seed s of every variant starts
 * from the same stream. Where a step of all of them would take too long or too much memory they are
 * trained in rounds, seed by seed; the results are those of one round, within rounding.
 *
 * The caller owns the loop:
 *   1. ablate_create
 *   2. ablate_step      one update, the evaluation of one model, or a step of adapting one, until
 *                       ablate_finished; watch ablate_progress and ablate_latest
 *   3. ablate_result    a variant's figures, over the seeds that have theirs: at any time, so that a
 *                       view can draw them as they come
 *   4. ablate_free
 */
#ifndef CORE_ABLATE_H
#define CORE_ABLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/features.h"
#include "core/interval.h"
#include "core/model.h"
#include "core/recipe.h"
#include "core/trainer.h"

struct ablate_variant {
    struct shape shape; /* normalised; widths as the features have them */
    double alpha;       /* weight of the entropy term (E2) */
};

struct ablate_options {
    const struct ablate_variant *variants;
    size_t n_variants, n_seeds; /* >= 1 */
    struct recipe recipe;       /* its seed orders the pairs, of all seeds alike */
    enum split split;           /* to be judged on */
    size_t
        budget; /* labelled pairs of each attribute to adapt to, for seed s drawn as by run s of
                      `adapt` with the recipe's seed; 0: nothing is adapted */
    const struct cancel *cancel; /* looked at within long steps; NULL: nobody stops it */
};

struct ablate;

/* All is borrowed but options, which is copied (the variants too). STATUS_SHAPE for no pairs to
 * train or to judge on, widths that do not fit, or a budget where no pair to train on has a context
 * (as budget_draw). NULL on failure. */
struct ablate *ablate_create(const struct features *features, struct pair_list train,
                             struct pair_list holdout, const struct ablate_options *options,
                             struct team *team, struct error *err);
void ablate_free(struct ablate *ablate); /* NULL is allowed */

/* STATUS_NUMERIC as trainer_step, STATUS_NO_MEMORY, STATUS_CANCELLED when that is asked for. */
enum status ablate_step(struct ablate *ablate, struct error *err);
bool ablate_finished(const struct ablate *ablate);

struct ablate_progress {
    double done, total;                   /* of all work: parameters times steps */
    size_t epoch, n_epochs;               /* finished ones of this round */
    size_t round, n_rounds;               /* from 0 */
    size_t n_judged, n_adapted, n_models; /* of all rounds */
};
struct ablate_progress ablate_progress(const struct ablate *ablate);

/* Mean over a variant's seeds in this round of the hold-out's likelihood after the last finished
 * epoch (the training loss without a hold-out); NaN before the first one, and when the variant is
 * not in this round. */
double ablate_latest(const struct ablate *ablate, size_t variant);

struct ablate_figure {
    double mean;
    struct interval interval; /* Student's over seeds (E13); NaN for a single seed */
};

struct ablate_result {
    size_t n_seeds;               /* evaluated so far */
    struct ablate_figure oracle;  /* mean over attributes of the best head of each (E11) */
    struct ablate_figure mixture; /* mean over attributes */
    struct ablate_figure nll;     /* of the mixture, nats per pair */
    struct ablate_figure holdout; /* the same on the hold-out, at its best epoch */
    struct ablate_figure entropy; /* of the router, nats */
    size_t n_adapted;             /* seeds that are adapted too */
    struct ablate_figure
        adapted;    /* the adapted mixture by contexts, mean over attributes; of a
                                     model without a router the single head */
    double seconds; /* of one model: its share, by parameters, of its round's training */
};

/* NaN in every figure while n_seeds is 0, in `adapted` while n_adapted is. */
struct ablate_result ablate_result(const struct ablate *ablate, size_t variant);

#endif
