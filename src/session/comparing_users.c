/* The methods that learn from who chose, or from ratings. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/vector.h"
#include "core/gating.h"
#include "core/pal.h"
#include "core/vpl.h"
#include "session/comparing_inside.h"

static enum status want_units(const struct comparing *comparing, struct error *err)
{
    if (comparing->choosers.of_pair)
        return STATUS_OK;
    return error_set(
        err, STATUS_SHAPE,
        "nothing says who chose in the training pairs: no users or attributes");
}

/* ---- PAL ---- */

static enum status decide_by_blends(struct comparing *comparing, const struct pal *pal,
                                    struct error *err)
{
    struct comparing_run *now = &comparing->now;
    size_t K = pal->n_prototypes, G = comparing->groups.n;
    float *asked = comparing_margins(&now->asked_rows, pal->prototypes, K, err);
    float *labels = comparing_margins(&now->label_rows, pal->prototypes, K, err);
    double *weights = mem_alloc((G * K + 1) * sizeof *weights);
    enum status status = asked && labels ? STATUS_OK : STATUS_NO_MEMORY;
    for (size_t g = 0; g < G && !status; g++) {
        size_t begin = now->budget.start[g], n = now->budget.start[g + 1] - begin;
        pal_adapt(labels + begin * K, n, K, weights + g * K);
    }
    for (size_t i = 0; i < now->n_asked && !status; i++) {
        const double *w = weights + (size_t)comparing_group(comparing, i) * K;
        double lead = 0;
        for (size_t k = 0; k < K; k++)
            lead += w[k] * (double)asked[i * K + k];
        now->right[i] = lead > 0;
    }
    free(weights);
    free(asked);
    free(labels);
    return status;
}

METHOD_STEP(method_pal)
{
    struct pal_options options =
        pal_defaults(comparing->options.n_heads, comparing->now.seed);
    struct pal pal;
    options.cancel = comparing->options.cancel;
    enum status status = want_units(comparing, err);
    if (!status)
        status = pal_fit(&pal, &comparing->pairs, comparing->chooser, comparing->choosers.n,
                         &options, err);
    if (status)
        return status;
    status = decide_by_blends(comparing, &pal, err);
    pal_done(&pal);
    *done = true;
    return status;
}

/* ---- VPL ---- */

METHOD_STEP(method_vpl)
{
    struct comparing_run *now = &comparing->now;
    size_t budget = comparing->options.budget, D = comparing->pairs.width;
    struct vpl_options options = vpl_defaults(budget ? budget : 16, now->seed);
    struct vpl vpl;
    options.cancel = comparing->options.cancel;
    enum status status = want_units(comparing, err);
    if (!status)
        status = vpl_fit(&vpl, &comparing->pairs, comparing->chooser, comparing->choosers.n,
                         &options, err);
    if (status)
        return status;
    float *direction = mem_alloc(D * sizeof *direction);
    for (size_t g = 0; g < comparing->groups.n; g++) {
        size_t begin = now->budget.start[g];
        struct contrasts labels = {now->budget.start[g + 1] - begin, D,
                                   now->label_rows.rows + begin * D};
        vpl_direction(&vpl, &labels, direction);
        for (size_t i = 0; i < now->n_asked; i++)
            if (comparing_group(comparing, i) == (int32_t)g)
                now->right[i] =
                    vector_dot(direction, contrasts_row(&now->asked_rows, i), D) > 0;
    }
    free(direction);
    vpl_done(&vpl);
    *done = true;
    return STATUS_OK;
}

/* ---- ArmoRM ---- */

static enum status make_armo(struct comparing *comparing, struct error *err)
{
    struct armo_options options = {.verbosity = comparing->options.verbosity,
                                   .threshold = 0.03,
                                   .validation = 0.2,
                                   .seed = comparing->options.seed,
                                   .cancel = comparing->options.cancel};
    return armo_fit(&comparing->armo, comparing->train, &options, comparing->team, err);
}

/* Trains the gate of a run on the training pairs. */
static enum status make_gate(struct comparing *comparing, struct gating *gating,
                             struct error *err)
{
    const struct pair_list pairs = division_train(&comparing->division);
    const struct armo *armo = &comparing->armo;
    struct gating_options options = gating_defaults(comparing->now.seed);
    float *margin =
        comparing_margins(&comparing->pairs, armo->heads, armo->n_attributes, err);
    if (!margin)
        return STATUS_NO_MEMORY;
    int32_t *prompt = mem_alloc((pairs.n + 1) * sizeof *prompt);
    for (size_t i = 0; i < pairs.n; i++)
        prompt[i] = comparing->train->pair_prompt[pairs.pairs[i]];
    struct gating_pairs given = {&comparing->train->prompt, prompt, margin, pairs.n,
                                 armo->n_attributes};
    options.cancel = comparing->options.cancel;
    enum status status = gating_fit(gating, &given, &options, err);
    free(prompt);
    free(margin);
    return status;
}

static enum status decide_by_gate(struct comparing *comparing, const struct gating *gating,
                                  struct error *err)
{
    struct comparing_run *now = &comparing->now;
    const struct features *test = comparing->test;
    size_t A = comparing->armo.n_attributes;
    if (gating->width != (test->prompt.n_rows ? test->prompt.n_columns : 0))
        return error_set(err, STATUS_SHAPE,
                         "the prompts to score on have %zu numbers, those to train on %zu",
                         test->prompt.n_columns, gating->width);
    float *margin = comparing_margins(&now->asked_rows, comparing->armo.heads, A, err);
    if (!margin)
        return STATUS_NO_MEMORY;
    double *weights = mem_alloc(A * sizeof *weights);
    for (size_t i = 0; i < now->n_asked; i++) {
        double lead = 0;
        gating_weights(gating, &test->prompt, test->pair_prompt[now->asked[i]], weights);
        for (size_t j = 0; j < A; j++)
            lead += weights[j] * (double)margin[i * A + j];
        now->right[i] = lead > 0;
    }
    free(weights);
    free(margin);
    return STATUS_OK;
}

METHOD_STEP(method_armo)
{
    struct gating gating;
    if (!comparing->armo.n_attributes)
        return comparing_blame(comparing->options.train_name, make_armo(comparing, err),
                               err);
    enum status status = make_gate(comparing, &gating, err);
    if (status)
        return status;
    status = decide_by_gate(comparing, &gating, err);
    gating_done(&gating);
    *done = true;
    return status;
}
