#include "core/adapt_budget.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "core/predict.h"

const double adapt_rates[ADAPT_RATES] = {1e-4, 3e-4, 1e-3, 3e-3, 1e-2};

struct adapt_budget {
    const struct features *features;
    const struct model *model;
    const struct budget *budget;
    struct adapt_options options; /* with the rate that is used at last */
    struct team *team;

    uint32_t *fit, *held; /* the inner split */
    size_t n_fit, n_held;
    size_t next_rate; /* of those to try; ADAPT_RATES: the last adaptation is at work */
    double best_nll;
    struct adapt *adapt; /* at work, or the last one; NULL for an empty budget */
    bool finished;
};

/* Begins what comes next: the next rate on the inner split, or the whole budget. */
static enum status begin(struct adapt_budget *work, struct error *err)
{
    struct adapt_options options = work->options;
    struct pair_list pairs = {work->budget->pairs, work->budget->n};
    if (work->next_rate < ADAPT_RATES) {
        options.learning_rate = adapt_rates[work->next_rate];
        pairs = (struct pair_list){work->fit, work->n_fit};
    }
    adapt_free(work->adapt);
    work->adapt =
        adapt_create(work->features, work->model, pairs, &options, work->team, err);
    return work->adapt ? STATUS_OK : err->status;
}

struct adapt_budget *adapt_budget_create(const struct features *features,
                                         const struct model *model,
                                         const struct budget *budget,
                                         const struct adapt_options *options,
                                         struct team *team, struct error *err)
{
    struct adapt_budget *work = mem_zero(sizeof *work);
    *work = (struct adapt_budget){.features = features,
                                  .model = model,
                                  .budget = budget,
                                  .options = *options,
                                  .team = team,
                                  .next_rate = ADAPT_RATES,
                                  .best_nll = HUGE_VAL,
                                  .fit = mem_alloc(budget->n * sizeof *work->fit),
                                  .held = mem_alloc(budget->n * sizeof *work->held),
                                  .finished = budget->n == 0};
    work->n_held = budget_split(budget, work->fit, work->held);
    work->n_fit = budget->n - work->n_held;
    if (options->learning_rate <= 0) {
        work->options.learning_rate = adapt_defaults().learning_rate;
        if (work->n_held)
            work->next_rate = 0;
    }
    if (work->finished || !begin(work, err))
        return work;
    adapt_budget_free(work);
    return NULL;
}

void adapt_budget_free(struct adapt_budget *work)
{
    if (!work)
        return;
    adapt_free(work->adapt);
    free(work->fit);
    free(work->held);
    free(work);
}

/* The held pairs' likelihood under the rate that was tried. */
static enum status judge(struct adapt_budget *work, struct error *err)
{
    struct model model;
    struct predictions predictions;
    enum status status = adapt_model(work->adapt, &model, err);
    if (status)
        return status;
    status =
        predictions_make(&predictions, work->features, &model, work->held, work->n_held,
                         (struct predict_options){RULE_PROBABILITY, ROUTE_CONTEXT}, err);
    if (!status) {
        double nll = 0;
        for (size_t i = 0; i < work->n_held; i++)
            nll -= predictions.log_probability[i] / (double)work->n_held;
        if (nll < work->best_nll) {
            work->best_nll = nll;
            work->options.learning_rate = adapt_rates[work->next_rate];
        }
        predictions_done(&predictions);
    }
    model_done(&model);
    return status;
}

enum status adapt_budget_step(struct adapt_budget *work, struct error *err)
{
    assert(!work->finished);
    if (!adapt_finished(work->adapt))
        return adapt_step(work->adapt, err);
    if (work->next_rate == ADAPT_RATES) {
        work->finished = true;
        return STATUS_OK;
    }
    enum status status = judge(work, err);
    work->next_rate++;
    return status ? status : begin(work, err);
}

bool adapt_budget_finished(const struct adapt_budget *work)
{
    return work->finished;
}

double adapt_budget_done_share(const struct adapt_budget *work)
{
    if (!work->adapt)
        return 1;
    bool tries = work->best_nll < HUGE_VAL || work->next_rate < ADAPT_RATES;
    struct adapt_progress progress = adapt_progress(work->adapt);
    double now = progress.n_steps ? (double)progress.step / (double)progress.n_steps : 1;
    return tries ? ((double)work->next_rate + now) / (ADAPT_RATES + 1) : now;
}

double adapt_budget_rate(const struct adapt_budget *work)
{
    return work->adapt ? work->options.learning_rate : (double)NAN;
}

struct adapt_losses adapt_budget_losses(const struct adapt_budget *work)
{
    assert(work->finished);
    size_t epochs = work->options.epochs;
    if (!work->adapt || !epochs)
        return (struct adapt_losses){(double)NAN, (double)NAN};
    return adapt_losses(work->adapt, epochs - 1);
}

enum status adapt_budget_model(const struct adapt_budget *work, struct model *model,
                               struct error *err)
{
    if (!work->adapt)
        return model_copy(model, work->model, err);
    return adapt_model(work->adapt, model, err);
}
