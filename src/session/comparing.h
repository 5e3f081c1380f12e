/* Every method on one footing: trained on the same pairs, given the same labelled pairs of each
 * group, scored on the same other pairs, several runs each (docs/equations.md E33).
 *
 * A group is an attribute, or a user: what is adapted to, and what means are taken over. Run r
 * draws its labelled pairs and everything else from seed r, whichever methods take part, so that a
 * method alone gives the very figures that it has among all.
 *
 * Call order: comparing_create; comparing_step until comparing_finished (or stop any time);
 * comparing_results; comparing_free. Steps are short, and long ones look at the cancel flag.
 */
#ifndef SESSION_COMPARING_H
#define SESSION_COMPARING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/ensemble.h"
#include "core/features.h"
#include "core/groups.h"
#include "core/hyre.h"
#include "core/interval.h"
#include "core/model.h"
#include "core/recipe.h"

/* In the order of the tables. */
enum method {
    METHOD_SINGLE,
    METHOD_SINGLE_LBFGS,
    METHOD_STATIC,
    METHOD_STATIC_EM,
    METHOD_SHARED_BASE,
    METHOD_ARMO,
    METHOD_MICRO,
    METHOD_MICRO_CONTEXT,
    METHOD_MAXMIN,
    METHOD_HYRE,
    METHOD_MICRO_HYRE,
    METHOD_DRM,
    METHOD_DRM_UNIFORM,
    METHOD_DRM_GAUSSIAN,
    METHOD_PAL,
    METHOD_VPL,
    METHOD_MICRO_ADAPTED,
    METHOD_HEDGE,
    METHOD_EM,
    METHOD_STACK,
    METHOD_EM_RESIDUAL,
    METHOD_SCRATCH,
    METHOD_FROM_SINGLE,
    METHOD_BEST_HEAD,
    METHOD_COUNT
};
extern const char *const method_names[]; /* "single", "single-lbfgs" ..., NULL */

/* What a method is told. */
enum {
    TOLD_PAIRS = 1,    /* which response of the training pairs was chosen */
    TOLD_UNITS = 2,    /* who chose it, or by what */
    TOLD_RATINGS = 4,  /* ratings of the training responses */
    TOLD_CONTEXTS = 8, /* the contexts of the pairs that are scored */
    TOLD_LABELS = 16,  /* the group of every pair, and labelled pairs of it */
    TOLD_SCORED = 32,  /* the labels of the very pairs that are scored: an oracle */
};

struct comparing_options {
    /* The files' names, put before what is wrong with the features; may be NULL. */
    const char *train_name, *test_name;
    bool chosen[METHOD_COUNT];
    enum method reference; /* that differences are taken to; takes part in any case */
    size_t runs;           /* >= 1 */
    size_t budget;         /* labelled pairs of each group */
    enum split labels;     /* they come from train or test; of test they are not scored */
    enum group_by by;      /* GROUP_ATTRIBUTE or GROUP_USER */
    int units; /* enum group_by: what says which training pairs belong together, for methods that
                  ask; -1: users, else contexts (maxmin alone), else attributes */

    size_t n_heads, n_hidden, restarts; /* of mixtures and ensembles */
    double alpha;                       /* E2 */
    double holdout; /* share of the training prompts, where features have no such split */
    struct recipe recipe;
    double tau; /* of the adapted router, E12 */
    enum ensemble_kind ensemble;
    enum hyre_loss loss; /* of hyre and micro-hyre */
    bool standardise;    /* the same two, as drm always does */
    double temperature;  /* of all three */
    size_t components;   /* of drm */
    int verbosity;       /* attribute for armo to take out; -1: none */
    size_t resamples;    /* of the bootstrap over prompts; 0: no such intervals */
    uint64_t seed;
    const struct cancel *cancel; /* NULL: nobody stops it */
};

/* All methods against `single`, five runs of 50 labelled training pairs an attribute, ten heads,
 * and for each method what is published for it. */
struct comparing_options comparing_defaults(void);

struct comparing;

/* train gives the pairs to train on, test those to be labelled and scored; they may be the same.
 * given: a mixture to take in place of those that would be trained (with its single head, if it
 * has one); NULL: none. All is borrowed; options are copied. STATUS_SHAPE for no pairs to train or
 * score on, or widths that do not fit. NULL on failure. */
struct comparing *comparing_create(const struct features *train,
                                   const struct features *test, const struct model *given,
                                   const struct comparing_options *options,
                                   struct team *team, struct error *err);
void comparing_free(struct comparing *comparing); /* NULL is allowed */

/* STATUS_NUMERIC for features that are not finite, STATUS_CANCELLED, STATUS_NO_MEMORY; what a method
 * lacks makes it not applicable instead. */
enum status comparing_step(struct comparing *comparing, struct error *err);
bool comparing_finished(const struct comparing *comparing);

struct comparing_progress {
    double done, total;
    size_t run; /* at work, from 0 */
    enum method method;
};
struct comparing_progress comparing_progress(const struct comparing *comparing);

/* Threads that serve best, 1 to `most`. */
size_t comparing_threads(const struct features *train,
                         const struct comparing_options *options, size_t most);

/* ---- results, of the runs that there are so far ---- */

struct comparing_figure {
    double value;
    struct interval runs; /* Student's, over the runs (E13); NaN for one */
    struct interval
        prompts; /* bootstrap over prompts, all runs together (E8); NaN before all are there */
};

struct comparing_row {
    enum method method;
    unsigned told;
    const char *missing;          /* why it is not applicable; NULL: it is. Borrowed */
    struct comparing_figure mean; /* NaN before its first run has ended */
    struct comparing_figure difference; /* to the reference; NaN for itself or without it */
    double
        *cells; /* [n_groups] accuracy, mean over the runs that score pairs of it; owned */
};

struct comparing_results {
    size_t n_rows, n_groups, n_pairs, n_prompts; /* pairs and prompts of the test split */
    struct comparing_row *rows; /* of the methods that take part, in order */
    size_t *groups;             /* [n_groups] those that have test pairs */
    size_t *group_pairs;        /* [n_groups] */
    size_t n_labels, n_short; /* of the first run; groups that have fewer than the budget */
};
void comparing_results(const struct comparing *comparing, struct comparing_results *out);
void comparing_results_done(struct comparing_results *results);

/* The name of a group, into name; returns it. */
const char *comparing_group_name(const struct comparing *comparing, size_t group,
                                 char name[160]);

/* What training pairs belong together by: for maxmin, and for the methods that ask who chose. NULL:
 * nothing is known. */
const char *comparing_clusters(const struct comparing *comparing);
const char *comparing_choosers(const struct comparing *comparing);

#endif
