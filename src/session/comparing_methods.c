/* The table of methods, and those that need no labelled pairs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/vector.h"
#include "core/bt.h"
#include "core/predict.h"
#include "session/comparing_inside.h"

/* ---- what they share ---- */

float *comparing_margins(const struct contrasts *rows, const float *heads, size_t n_heads,
                         struct error *err)
{
    float *margin = mem_array(rows->n + 1, n_heads * sizeof *margin);
    if (!margin)
        error_set(err, STATUS_NO_MEMORY, "no memory for the margins of %zu pairs", rows->n);
    else
        contrasts_margins(rows, heads, n_heads, margin);
    return margin;
}

void comparing_decide(struct comparing *comparing, const float *head)
{
    struct comparing_run *now = &comparing->now;
    const struct contrasts *rows = &now->asked_rows;
    for (size_t i = 0; i < now->n_asked; i++)
        now->right[i] = vector_dot(head, contrasts_row(rows, i), rows->width) > 0;
}

int32_t comparing_group(const struct comparing *comparing, size_t i)
{
    return comparing->groups.of_pair[comparing->now.asked[i]];
}

/* right of all asked pairs by a model, its router reading what routing says. */
static enum status decide_by_model(struct comparing *comparing, const struct model *model,
                                   enum routing routing, struct error *err)
{
    struct comparing_run *now = &comparing->now;
    struct predictions predictions;
    struct model bare = *model; /* without the single head, which is not asked */
    bare.single = NULL;
    enum status status =
        predictions_make(&predictions, comparing->test, &bare, now->asked, now->n_asked,
                         (struct predict_options){RULE_PROBABILITY, routing}, err);
    if (status)
        return comparing_blame(comparing->options.test_name, status, err);
    for (size_t i = 0; i < now->n_asked; i++)
        now->right[i] =
            predictions.right[i * predictions.n_predictors + predictions.n_heads];
    predictions_done(&predictions);
    return STATUS_OK;
}

/* ---- methods ---- */

static METHOD_STEP(method_single)
{
    (void)err;
    comparing_decide(comparing, comparing->now.single.heads);
    *done = true;
    return STATUS_OK;
}

static METHOD_STEP(method_single_lbfgs)
{
    size_t D = comparing->pairs.width;
    enum status status = STATUS_OK;
    if (!comparing->lbfgs) {
        double *w = mem_zero(D * sizeof *w);
        status = bt_fit_chosen(&comparing->pairs, &comparing->held,
                               comparing->options.cancel, w, NULL, err);
        if (status) {
            free(w);
            return status;
        }
        comparing->lbfgs = w;
    }
    float *head = mem_alloc(D * sizeof *head);
    for (size_t d = 0; d < D; d++)
        head[d] = (float)comparing->lbfgs[d];
    comparing_decide(comparing, head);
    free(head);
    *done = true;
    return STATUS_OK;
}

static METHOD_STEP(method_static)
{
    *done = true;
    return decide_by_model(comparing, &comparing->now.fixed, ROUTE_PROMPT, err);
}

static METHOD_STEP(method_static_em)
{
    struct comparing_run *now = &comparing->now;
    struct static_em_options options =
        static_em_defaults(comparing->options.n_heads, now->seed);
    options.cancel = comparing->options.cancel;
    if (!now->static_em) {
        now->static_em = static_em_create(&comparing->pairs, &options, err);
        return now->static_em ? STATUS_OK : err->status;
    }
    if (!static_em_finished(now->static_em))
        return static_em_step(now->static_em, err);
    struct model model;
    enum status status = static_em_model(now->static_em, &model, err);
    static_em_free(now->static_em);
    now->static_em = NULL;
    if (status)
        return status;
    status = decide_by_model(comparing, &model, ROUTE_PROMPT, err);
    model_done(&model);
    *done = true;
    return status;
}

/* The mean of the heads' rewards, as the released code's own evaluation. */
static METHOD_STEP(method_shared_base)
{
    size_t K = comparing->options.n_heads, D = comparing->train->chosen.n_columns;
    float *mean = mem_zero(D * sizeof *mean);
    (void)err;
    for (size_t k = 0; k < K; k++)
        vector_add(mean, 1 / (float)K, comparing->now.ensemble + k * D, D);
    comparing_decide(comparing, mean);
    free(mean);
    *done = true;
    return STATUS_OK;
}

static METHOD_STEP(method_micro)
{
    *done = true;
    return decide_by_model(comparing, &comparing->now.mixture, ROUTE_PROMPT, err);
}

static enum status want_contexts(const struct comparing *comparing, struct error *err)
{
    const struct comparing_run *now = &comparing->now;
    for (size_t i = 0; i < now->n_asked; i++)
        if (comparing->test->pair_context[now->asked[i]] >= 0)
            return STATUS_OK;
    return error_set(err, STATUS_SHAPE, "the pairs that are scored have no contexts");
}

static METHOD_STEP(method_micro_context)
{
    *done = true;
    enum status status = want_contexts(comparing, err);
    return status ? status
                  : decide_by_model(comparing, &comparing->now.mixture, ROUTE_CONTEXT, err);
}

static METHOD_STEP(method_micro_adapted)
{
    *done = true;
    enum status status = want_contexts(comparing, err);
    return status ? status
                  : decide_by_model(comparing, &comparing->now.adapted, ROUTE_CONTEXT, err);
}

/* For every group the head that does best on these very pairs. */
static METHOD_STEP(method_best_head)
{
    struct comparing_run *now = &comparing->now;
    size_t K = now->mixture.shape.n_heads, G = comparing->groups.n;
    float *margin = comparing_margins(&now->asked_rows, now->mixture.heads, K, err);
    if (!margin)
        return STATUS_NO_MEMORY;
    size_t *right = mem_zero((G * K + 1) * sizeof *right);
    for (size_t i = 0; i < now->n_asked; i++)
        for (size_t k = 0; k < K; k++)
            right[(size_t)comparing_group(comparing, i) * K + k] += margin[i * K + k] > 0;
    for (size_t i = 0; i < now->n_asked; i++) {
        const size_t *counts = right + (size_t)comparing_group(comparing, i) * K;
        size_t best = 0;
        for (size_t k = 1; k < K; k++)
            best = counts[k] > counts[best] ? k : best;
        now->right[i] = margin[i * K + best] > 0;
    }
    free(right);
    free(margin);
    *done = true;
    return STATUS_OK;
}

#define NEEDS(need) (1u << NEED_##need)
#define RULE_NEEDS  (NEEDS(MIXTURE) | NEEDS(PAIRS) | NEEDS(SCALES))

const struct method_row method_rows[METHOD_COUNT] = {
    [METHOD_SINGLE] = {"single", TOLD_PAIRS, NEEDS(SINGLE), 1, method_single},
    [METHOD_SINGLE_LBFGS] = {"single-lbfgs", TOLD_PAIRS, NEEDS(PAIRS), 1,
                             method_single_lbfgs},
    [METHOD_STATIC] = {"static", TOLD_PAIRS, NEEDS(STATIC), 1, method_static},
    [METHOD_STATIC_EM] = {"static-em", TOLD_PAIRS, NEEDS(PAIRS), 4, method_static_em},
    [METHOD_SHARED_BASE] = {"shared-base", TOLD_PAIRS, NEEDS(ENSEMBLE), 1,
                            method_shared_base},
    [METHOD_ARMO] = {"armo-linear", TOLD_PAIRS | TOLD_RATINGS, NEEDS(PAIRS), 3,
                     method_armo},
    [METHOD_MICRO] = {"micro", TOLD_PAIRS, NEEDS(MIXTURE), 1, method_micro},
    [METHOD_MICRO_CONTEXT] = {"micro-context", TOLD_PAIRS | TOLD_CONTEXTS, NEEDS(MIXTURE),
                              1, method_micro_context},
    [METHOD_MAXMIN] = {"maxmin", TOLD_PAIRS | TOLD_UNITS | TOLD_LABELS, NEEDS(PAIRS), 5,
                       method_maxmin},
    [METHOD_HYRE] = {"hyre", TOLD_PAIRS | TOLD_LABELS, NEEDS(ENSEMBLE), 1, method_hyre},
    [METHOD_MICRO_HYRE] = {"micro-hyre", TOLD_PAIRS | TOLD_LABELS, NEEDS(MIXTURE), 1,
                           method_micro_hyre},
    [METHOD_DRM] = {"drm", TOLD_PAIRS | TOLD_LABELS, 0, 1, method_drm},
    [METHOD_DRM_UNIFORM] = {"drm-uniform", TOLD_LABELS, 0, 1, method_drm_uniform},
    [METHOD_DRM_GAUSSIAN] = {"drm-gaussian", TOLD_LABELS, 0, 1, method_drm_gaussian},
    [METHOD_PAL] = {"pal-a-linear", TOLD_PAIRS | TOLD_UNITS | TOLD_LABELS, NEEDS(PAIRS), 2,
                    method_pal},
    [METHOD_VPL] = {"vpl-linear", TOLD_PAIRS | TOLD_UNITS | TOLD_LABELS, NEEDS(PAIRS), 3,
                    method_vpl},
    [METHOD_MICRO_ADAPTED] = {"micro-adapted", TOLD_PAIRS | TOLD_CONTEXTS | TOLD_LABELS,
                              NEEDS(MIXTURE) | NEEDS(ADAPTED), 1, method_micro_adapted},
    [METHOD_HEDGE] = {"hedge", TOLD_PAIRS | TOLD_LABELS, RULE_NEEDS, 1, method_rule},
    [METHOD_EM] = {"em", TOLD_PAIRS | TOLD_LABELS, RULE_NEEDS, 1, method_rule},
    [METHOD_STACK] = {"stack", TOLD_PAIRS | TOLD_LABELS, RULE_NEEDS, 1, method_rule},
    [METHOD_EM_RESIDUAL] = {"em-residual", TOLD_PAIRS | TOLD_LABELS, RULE_NEEDS, 1,
                            method_rule},
    [METHOD_SCRATCH] = {"scratch", TOLD_LABELS, 0, 1, method_rule},
    [METHOD_FROM_SINGLE] = {"from-single", TOLD_PAIRS | TOLD_LABELS, NEEDS(SINGLE), 1,
                            method_rule},
    [METHOD_BEST_HEAD] = {"best-head", TOLD_PAIRS | TOLD_SCORED, NEEDS(MIXTURE), 1,
                          method_best_head},
};

const char *const method_names[] = {
    "single",      "single-lbfgs",  "static",        "static-em",    "shared-base",
    "armo-linear", "micro",         "micro-context", "maxmin",       "hyre",
    "micro-hyre",  "drm",           "drm-uniform",   "drm-gaussian", "pal-a-linear",
    "vpl-linear",  "micro-adapted", "hedge",         "em",           "stack",
    "em-residual", "scratch",       "from-single",   "best-head",    NULL};
