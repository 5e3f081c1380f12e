/* What the views show of features and a model: figures of the heads and of the mixture, the
 * router's weights by prompt, what a head looks at, what pruning would cost.
 *
 * Made on a worker thread, the caller owns the loop:
 *   1. analysis_create         takes counts of what it looks at; nothing is computed yet
 *   2. analysis_step           until analysis_finished; a step takes some milliseconds
 *   3. analysis_unref
 * The worker holds a count of its own. While it is made other threads may read it: a member belongs to a stage, is written before
 * analysis_stage says so, and never changes afterwards. What needs a stage that is not there
 * yet must not be read. All functions but analysis_step may be called on any thread.
 *
 * A *position* is the place of a pair in `pairs`; a *row* is one of an evaluation's (heads,
 * mixture, single head where the model has one, oracle); a *column* is an attribute of the
 * evaluation, with one more behind them where pairs have none.
 *
 * Figures are those of `eval`, `head`, `bound` and `prune --dry-run` with the same seed and
 * number of resamples (docs/equations.md E6 to E11, E16 to E18).
 */
#ifndef SESSION_ANALYSIS_H
#define SESSION_ANALYSIS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/jobs.h"
#include "core/bound.h"
#include "core/correlation.h"
#include "core/evaluate.h"
#include "core/predict.h"
#include "core/prune_curve.h"
#include "session/head_page.h"
#include "session/held.h"

enum analysis_stage {
    ANALYSIS_NOTHING,
    ANALYSIS_CELLS,     /* predictions, prompts, evaluations without intervals of means */
    ANALYSIS_HEADS,     /* correlation, pages of the heads, bound */
    ANALYSIS_INTERVALS, /* evaluations with intervals of means and differences */
    ANALYSIS_CUTS,      /* every cut of pruning, without intervals of the differences */
    ANALYSIS_WHOLE,     /* the same with intervals */
};

struct analysis_options {
    size_t resamples; /* of the bootstraps; 0: no intervals of means */
    uint64_t seed;
    enum statistic statistic; /* of pruning */
    bool centred, merge;      /* of pruning, as `prune --pearson --merge` */
};

/* What `eval` and `prune` do unless told otherwise: 1000 resamples, seed 1, margin, drop. */
struct analysis_options analysis_defaults(void);

/* A row of weights: of a prompt, or of a pair together with its context. */
struct analysis_route {
    float entropy; /* nats */
    uint32_t top;  /* head of the largest weight */
};

/* A distinct prompt of the split. */
struct analysis_prompt {
    int32_t row; /* of the features; -1: the pairs without one, each a prompt of its own */
    uint32_t first, n; /* its pairs: prompt_pairs[first .. first + n) */
    int32_t attribute; /* of all its pairs; -1: they have none; -2: they have several */
    struct analysis_route route;
};
enum { ANALYSIS_NO_ATTRIBUTE = -1, ANALYSIS_SEVERAL_ATTRIBUTES = -2 };

struct analysis {
    atomic_size_t count;
    atomic_int stage;        /* read it with analysis_stage */
    atomic_uint done, total; /* parts of the work, to show */

    /* Since analysis_create. */
    struct held_features *features;
    struct held_model *model;
    struct held_corpus *corpus; /* NULL: texts are not at hand */
    struct analysis_options options;
    enum split split; /* looked at: test, or else hold-out, or else train */
    size_t n_heads, n_pairs;
    uint32_t *pairs;   /* [n_pairs] pairs of the split, in file order */
    bool has_contexts; /* some pair of the split has one that the router can read */

    /* ANALYSIS_CELLS. By enum routing; the second is there when has_contexts. */
    struct predictions predictions[2];
    struct analysis_route *routes[2]; /* [n_pairs] each */
    struct evaluation plain[2];       /* without intervals of means; analysis_evaluation */

    size_t n_prompts;
    struct analysis_prompt *prompts; /* [n_prompts] in order of their first pair */
    float *weights;         /* (n_prompts, K) the router's, of the prompt alone; sum to 1 */
    uint32_t *prompt_pairs; /* [n_pairs] positions, those of a prompt side by side */
    uint32_t *pair_prompt;  /* [n_pairs] index of prompts of each position */
    uint32_t *column;       /* [n_pairs] of each position */
    uint32_t *column_first; /* [n_attributes + 1] of plain[0], into column_pairs */
    uint32_t *column_pairs; /* [n_pairs] positions, those of a column side by side */

    /* ANALYSIS_HEADS. */
    struct correlation correlation[STATISTIC_COUNT]; /* of the split's pairs */
    struct head_page *heads;                         /* [K] */
    struct feature_names *names; /* of the responses' features (head_page.h) */
    struct bound_estimate bound;

    /* ANALYSIS_INTERVALS. */
    struct evaluation whole[2];

    /* ANALYSIS_CUTS: on the hold-out, or else train; test beside it. Its correlation, index and
     * views; its points only with ANALYSIS_WHOLE (analysis_points). */
    struct prune_curve *cuts;
    struct prune_point
        *scored; /* [cuts->n_points] without intervals; leaders are the curve's */

    struct analysis_work *work; /* the worker's own; NULL when finished */
};

/* corpus: may be NULL. NULL on failure: STATUS_SHAPE when there are no pairs at all or model
 * and features do not fit. */
struct analysis *analysis_create(struct held_features *features, struct held_model *model,
                                 struct held_corpus *corpus,
                                 const struct analysis_options *options, struct error *err);
struct analysis *analysis_ref(struct analysis *analysis);
void analysis_unref(struct analysis *analysis); /* NULL is allowed */

/* STATUS_SHAPE for a pair that has nothing to be routed by, STATUS_NUMERIC naming a row that
 * is not finite, STATUS_NO_MEMORY; what the stages before hold stays. To stop, do not call it
 * again. */
enum status analysis_step(struct analysis *analysis, struct error *err);
bool analysis_finished(const struct analysis *analysis);
enum analysis_stage analysis_stage(const struct analysis *analysis);
double analysis_share(const struct analysis *analysis); /* done so far, 0 to 1 */

/* The fullest evaluation that there is; ROUTE_CONTEXT without contexts is that by prompt.
 * NULL before ANALYSIS_CELLS. */
const struct evaluation *analysis_evaluation(const struct analysis *analysis,
                                             enum routing routing);

/* How surely a row decides a position for the chosen response: a head's or the single head's
 * margin; of the mixture log P / (1 - P); > 0 is right, but for a mixture's rounding. The
 * oracle is the head that it chose for the position's attribute. ANALYSIS_CELLS. */
double analysis_surety(const struct analysis *analysis, enum routing routing, size_t row,
                       size_t position);

/* The pairs behind a cell, by falling surety: positions into out, which has room for
 * n_pairs; column SIZE_MAX takes all. Returns how many. ANALYSIS_CELLS. */
size_t analysis_cell_pairs(const struct analysis *analysis, enum routing routing,
                           size_t row, size_t column, uint32_t *out);

/* Weights of a position, [K], sum to 1, by a routing. ANALYSIS_CELLS. */
void analysis_pair_weights(const struct analysis *analysis, enum routing routing,
                           size_t position, double *out);

/* Every cut of pruning by falling threshold, and how many; the cut at a threshold, found in
 * well under a microsecond. Borrowed; NULL before ANALYSIS_CUTS. */
const struct prune_point *analysis_points(const struct analysis *analysis, size_t *n);
const struct prune_point *analysis_cut(const struct analysis *analysis, double threshold);

/* The cuts by another statistic, centred or merged: a curve of its own from the same predictions,
 * to be made on a worker (prune_curve_step) and freed by whoever asked, before the analysis is given
 * back. ANALYSIS_CUTS. NULL on failure: STATUS_NO_MEMORY. */
struct prune_curve *analysis_curve(const struct analysis *analysis,
                                   const struct prune_curve_options *options,
                                   struct error *err);

/* ---- a number explained ---- */

struct explanation {
    char what[160];       /* "accuracy of h4 on clarity, test split" */
    char definition[240]; /* one sentence */
    char formula[120];    /* "right / pairs" */
    char values[200];     /* the same with the numbers of now: "53 / 53" */
    const char *equation; /* "E7", of docs/equations.md */
    double value;
    size_t n;                 /* pairs (or draws) that it rests on; 0: does not apply */
    struct interval interval; /* 95 %; NaN: none, or not yet */
};

/* column SIZE_MAX: the mean over attributes. ANALYSIS_CELLS. */
void analysis_explain_cell(const struct analysis *analysis, enum routing routing,
                           size_t row, size_t column, struct explanation *out);
/* The router's weight of a head for a position; position SIZE_MAX: its load. ANALYSIS_CELLS. */
void analysis_explain_weight(const struct analysis *analysis, enum routing routing,
                             size_t head, size_t position, struct explanation *out);
/* Entropy of a position's weights; position SIZE_MAX: the mean. ANALYSIS_CELLS. */
void analysis_explain_entropy(const struct analysis *analysis, enum routing routing,
                              size_t position, struct explanation *out);
/* The probability that the mixture gives a position. ANALYSIS_CELLS. */
void analysis_explain_probability(const struct analysis *analysis, enum routing routing,
                                  size_t position, struct explanation *out);
/* A weight of a head's on a feature. ANALYSIS_HEADS. */
void analysis_explain_feature(const struct analysis *analysis, size_t head, size_t feature,
                              struct explanation *out);
/* Two heads, on the pairs that pruning looks at. ANALYSIS_CUTS. */
void analysis_explain_correlation(const struct analysis *analysis, size_t j, size_t k,
                                  struct explanation *out);

#endif
