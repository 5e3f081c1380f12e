/* What methods share: trained heads, the adapted router. */
#include "session/comparing_inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/vector.h"
#include "core/predict.h"
#include "core/weigh.h"

enum { SINGLE_STREAM = 0x51, RESTART_STREAM = 0x100, HEAD_STREAM = 0x200 };

/* ---- pairs ---- */

/* The group of each pair. */
static int32_t *list_units(const struct groups *groups, struct pair_list pairs)
{
    int32_t *units = mem_alloc((pairs.n + 1) * sizeof *units);
    for (size_t i = 0; i < pairs.n; i++)
        units[i] = groups->of_pair ? groups->of_pair[pairs.pairs[i]] : -1;
    return units;
}

static enum status make_pairs(struct comparing *comparing, bool *done, struct error *err)
{
    struct pair_list train = division_train(&comparing->division);
    struct pair_list held = division_holdout(&comparing->division);
    enum status status = contrasts_make(&comparing->pairs, comparing->train, train, err);
    if (!status)
        status = contrasts_make(&comparing->held, comparing->train, held, err);
    if (status)
        return status;
    comparing->cluster = list_units(&comparing->clusters, train);
    comparing->chooser = list_units(&comparing->choosers, train);
    comparing->has_pairs = true;
    *done = true;
    return STATUS_OK;
}

/* ---- by the trainer ---- */

static enum status begin_training(struct comparing *comparing, const struct member *members,
                                  size_t n, struct error *err)
{
    struct recipe recipe = comparing->options.recipe;
    recipe.seed = comparing->now.seed;
    comparing->now.trainer = trainer_create(
        comparing->train, division_train(&comparing->division),
        division_holdout(&comparing->division), members, n, &recipe, comparing->team, err);
    if (!comparing->now.trainer)
        return err->status;
    trainer_watch(comparing->now.trainer, comparing->options.cancel);
    return STATUS_OK;
}

/* The member with the lowest hold-out likelihood, or training loss without a hold-out. */
static size_t best_member(const struct trainer *trainer, size_t n)
{
    double least = HUGE_VAL;
    size_t best = 0;
    for (size_t m = 0; m < n; m++) {
        double nll;
        size_t epoch = trainer_best_epoch(trainer, m, &nll);
        if (isnan(nll))
            nll = trainer_losses(trainer, m, epoch).nll;
        if (nll < least) {
            least = nll;
            best = m;
        }
    }
    return best;
}

/* Steps a trainer of n members, and takes the best of them once it has finished. */
static enum status train(struct comparing *comparing, size_t n, struct model *model,
                         bool *done, struct error *err)
{
    struct trainer *trainer = comparing->now.trainer;
    if (!trainer_finished(trainer))
        return trainer_step(trainer, err);
    enum status status = trainer_model(trainer, best_member(trainer, n), model, err);
    trainer_free(trainer);
    comparing->now.trainer = NULL;
    *done = !status;
    return status;
}

static enum status make_single(struct comparing *comparing, bool *done, struct error *err)
{
    size_t D = comparing->train->chosen.n_columns;
    const struct model *given = comparing->given;
    const struct member member = {{ROUTER_NONE, 1, 0, 0, D}, 0, SINGLE_STREAM};
    if (given && given->single) {
        enum status status = model_create(&comparing->now.single, &member.shape, err);
        if (!status)
            memcpy(comparing->now.single.heads, given->single, D * sizeof *given->single);
        *done = !status;
        return status;
    }
    if (!comparing->now.trainer)
        return begin_training(comparing, &member, 1, err);
    return train(comparing, 1, &comparing->now.single, done, err);
}

/* A mixture from several starts. */
static enum status make_mixture(struct comparing *comparing, enum router router,
                                struct model *model, bool *done, struct error *err)
{
    const struct comparing_options *options = &comparing->options;
    size_t n = options->restarts;
    if (comparing->now.trainer)
        return train(comparing, n, model, done, err);
    struct shape shape = {router, options->n_heads, options->n_hidden,
                          comparing->train->prompt.n_columns,
                          comparing->train->chosen.n_columns};
    enum status status = shape_normalise(&shape, err);
    struct member *members = mem_alloc(n * sizeof *members);
    for (size_t i = 0; i < n; i++)
        members[i] = (struct member){shape, options->alpha, RESTART_STREAM + i};
    if (!status)
        status = begin_training(comparing, members, n, err);
    free(members);
    return status;
}

static enum status make_micro(struct comparing *comparing, bool *done, struct error *err)
{
    if (!comparing->given)
        return make_mixture(comparing, ROUTER_MLP, &comparing->now.mixture, done, err);
    enum status status = model_copy(&comparing->now.mixture, comparing->given, err);
    *done = !status;
    return status;
}

/* ---- the ensemble ---- */

static struct ensemble_options ensemble_of(const struct comparing *comparing)
{
    return (struct ensemble_options){.kind = comparing->options.ensemble,
                                     .ridge = 1e-3,
                                     .prior = 1,
                                     .seed = comparing->now.seed,
                                     .cancel = comparing->options.cancel};
}

/* Heads of one AdamW run, each from its frozen part and a start (E28). */
static enum status begin_plain(struct comparing *comparing, struct error *err)
{
    size_t K = comparing->options.n_heads, D = comparing->train->chosen.n_columns;
    struct ensemble_options options = ensemble_of(comparing);
    struct member *members = mem_alloc(K * sizeof *members);
    struct model model;
    for (size_t k = 0; k < K; k++)
        members[k] = (struct member){{ROUTER_NONE, 1, 0, 0, D}, 0, HEAD_STREAM + k};
    enum status status = begin_training(comparing, members, K, err);
    if (!status)
        status = model_create(&model, &members[0].shape, err);
    free(members);
    if (status)
        return status;
    float *start = mem_alloc(D * sizeof *start);
    for (size_t k = 0; k < K && !status; k++) {
        ensemble_draw(&options, k, D, model.heads, start);
        vector_add(model.heads, 1, start, D);
        status = trainer_start_from(comparing->now.trainer, k, &model, err);
    }
    free(start);
    model_done(&model);
    return status;
}

static enum status end_plain(struct comparing *comparing, struct error *err)
{
    size_t K = comparing->options.n_heads, D = comparing->train->chosen.n_columns;
    enum status status = STATUS_OK;
    for (size_t k = 0; k < K && !status; k++) {
        struct model model;
        status = trainer_model(comparing->now.trainer, k, &model, err);
        if (status)
            break;
        memcpy(comparing->now.ensemble + k * D, model.heads, D * sizeof *model.heads);
        model_done(&model);
    }
    trainer_free(comparing->now.trainer);
    comparing->now.trainer = NULL;
    return status;
}

static enum status make_ensemble(struct comparing *comparing, bool *done, struct error *err)
{
    struct comparing_run *now = &comparing->now;
    size_t K = comparing->options.n_heads, D = comparing->train->chosen.n_columns;
    if (!now->ensemble)
        now->ensemble = mem_alloc(K * D * sizeof *now->ensemble);
    if (comparing->options.ensemble == ENSEMBLE_PLAIN) {
        if (!now->trainer)
            return begin_plain(comparing, err);
        if (!trainer_finished(now->trainer))
            return trainer_step(now->trainer, err);
        *done = true;
        return end_plain(comparing, err);
    }
    if (!comparing->has_pairs) {
        bool pairs_done = false;
        return make_pairs(comparing, &pairs_done, err);
    }
    struct ensemble_options options = ensemble_of(comparing);
    enum status status = ensemble_fit(&comparing->pairs, &options, now->n_fitted,
                                      now->ensemble + now->n_fitted * D, err);
    *done = ++now->n_fitted == K;
    return status;
}

/* ---- the adapted router ---- */

static void keep_those_with_context(const struct features *features,
                                    const struct budget *budget, struct budget *out)
{
    *out =
        (struct budget){.n_attributes = budget->n_attributes,
                        .per_attribute = budget->per_attribute,
                        .pairs = mem_alloc((budget->n + 1) * sizeof *out->pairs),
                        .start = mem_zero((budget->n_attributes + 1) * sizeof *out->start)};
    for (size_t g = 0; g < budget->n_attributes; g++) {
        for (size_t i = budget->start[g]; i < budget->start[g + 1]; i++)
            if (features->pair_context[budget->pairs[i]] >= 0)
                out->pairs[out->n++] = budget->pairs[i];
        out->start[g + 1] = out->n;
    }
}

static enum status begin_adapting(struct comparing *comparing, struct error *err)
{
    struct comparing_run *now = &comparing->now;
    struct adapt_options options = adapt_defaults();
    options.tau = comparing->options.tau;
    options.learning_rate = 0; /* chosen on a part of the budget */
    options.seed = now->seed;
    budget_done(&now->with_context);
    keep_those_with_context(comparing->test, &now->budget, &now->with_context);
    if (now->budget.n && !now->with_context.n)
        return error_set(err, STATUS_SHAPE, "the labelled pairs have no contexts");
    now->adapting = adapt_budget_create(comparing->test, &now->mixture, &now->with_context,
                                        &options, comparing->team, err);
    return now->adapting ? STATUS_OK : err->status;
}

static enum status make_adapted(struct comparing *comparing, bool *done, struct error *err)
{
    struct comparing_run *now = &comparing->now;
    if (!now->adapting)
        return begin_adapting(comparing, err);
    if (!adapt_budget_finished(now->adapting))
        return adapt_budget_step(now->adapting, err);
    enum status status = adapt_budget_model(now->adapting, &now->adapted, err);
    adapt_budget_free(now->adapting);
    now->adapting = NULL;
    *done = !status;
    return status;
}

/* Scales of the mixture's heads on the training pairs. */
static enum status make_scales(struct comparing *comparing, bool *done, struct error *err)
{
    struct comparing_run *now = &comparing->now;
    size_t K = now->mixture.shape.n_heads;
    float *margin = comparing_margins(&comparing->pairs, now->mixture.heads, K, err);
    if (!margin)
        return STATUS_NO_MEMORY;
    now->scales = mem_alloc(K * sizeof *now->scales);
    weigh_scales(margin, comparing->pairs.n, K, now->scales);
    free(margin);
    *done = true;
    return STATUS_OK;
}

enum status comparing_blame(const char *name, enum status status, struct error *err)
{
    return status == STATUS_NUMERIC && name ? error_prefix(err, "'%s'", name) : status;
}

static enum status make(struct comparing *comparing, enum need need, bool *done,
                        struct error *err)
{
    switch (need) {
    case NEED_PAIRS:
        *done = comparing->has_pairs;
        return *done ? STATUS_OK : make_pairs(comparing, done, err);
    case NEED_SINGLE:
        return make_single(comparing, done, err);
    case NEED_MIXTURE:
        return make_micro(comparing, done, err);
    case NEED_STATIC:
        return make_mixture(comparing, ROUTER_STATIC, &comparing->now.fixed, done, err);
    case NEED_ENSEMBLE:
        return make_ensemble(comparing, done, err);
    case NEED_ADAPTED:
        return make_adapted(comparing, done, err);
    case NEED_SCALES:
    case NEED_COUNT:
        break;
    }
    return make_scales(comparing, done, err);
}

enum status comparing_make(struct comparing *comparing, enum need need, bool *done,
                           struct error *err)
{
    const struct comparing_options *options = &comparing->options;
    const char *name = need == NEED_ADAPTED ? options->test_name : options->train_name;
    return comparing_blame(name, make(comparing, need, done, err), err);
}

double comparing_made_share(const struct comparing *comparing, enum need need)
{
    const struct comparing_run *now = &comparing->now;
    if (need == NEED_ADAPTED)
        return now->adapting ? adapt_budget_done_share(now->adapting) : 0;
    if (now->trainer) {
        struct trainer_progress at = trainer_progress(now->trainer);
        return at.n_steps ? (double)at.step / (double)at.n_steps : 0;
    }
    return 0;
}
