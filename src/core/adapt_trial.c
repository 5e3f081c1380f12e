#include "core/adapt_trial.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "core/adapt_budget.h"
#include "core/evaluate.h"

struct adapt_trial {
    const struct features *features;
    struct model model; /* as it came */
    struct adapt_trial_options options;
    struct budget budget;
    struct adapt_budget *work; /* NULL for a model without a router */
    double accuracy;
    bool finished;
};

struct adapt_trial *adapt_trial_create(const struct features *features, struct model *model,
                                       const struct adapt_trial_options *options,
                                       struct error *err)
{
    struct adapt_trial *trial = mem_zero(sizeof *trial);
    *trial =
        (struct adapt_trial){.features = features, .model = *model, .options = *options};
    *model = (struct model){0};
    if (trial->model.shape.router == ROUTER_NONE)
        return trial;
    struct adapt_options adapt = adapt_defaults();
    adapt.learning_rate = 0; /* chosen */
    adapt.seed = options->seed;
    enum status status =
        budget_draw(&trial->budget, features, options->per_attribute, options->seed, err);
    if (!status)
        trial->work = adapt_budget_create(features, &trial->model, &trial->budget, &adapt,
                                          options->workers.team, err);
    if (trial->work)
        return trial;
    adapt_trial_free(trial);
    return NULL;
}

void adapt_trial_free(struct adapt_trial *trial)
{
    if (!trial)
        return;
    adapt_budget_free(trial->work);
    budget_done(&trial->budget);
    model_done(&trial->model);
    free(trial);
}

static enum status judge(struct adapt_trial *trial, struct error *err)
{
    struct evaluate_options options = {.split = trial->options.split,
                                       .rule = RULE_PROBABILITY,
                                       .routing = ROUTE_CONTEXT,
                                       .workers = trial->options.workers};
    struct evaluation evaluation;
    struct model adapted;
    enum status status = trial->work ? adapt_budget_model(trial->work, &adapted, err)
                                     : model_copy(&adapted, &trial->model, err);
    if (status)
        return status;
    status = evaluate(trial->features, &adapted, &options, &evaluation, err);
    model_done(&adapted);
    if (status)
        return status;
    trial->accuracy = evaluation_row(&evaluation, PREDICTOR_MIXTURE)->mean;
    evaluation_done(&evaluation);
    trial->finished = true;
    return STATUS_OK;
}

enum status adapt_trial_step(struct adapt_trial *trial, struct error *err)
{
    assert(!adapt_trial_finished(trial));
    if (trial->work && !adapt_budget_finished(trial->work))
        return adapt_budget_step(trial->work, err);
    return judge(trial, err);
}

bool adapt_trial_finished(const struct adapt_trial *trial)
{
    return trial->finished;
}

double adapt_trial_done_share(const struct adapt_trial *trial)
{
    return trial->work ? adapt_budget_done_share(trial->work) : 1;
}

double adapt_trial_accuracy(const struct adapt_trial *trial)
{
    assert(adapt_trial_finished(trial));
    return trial->accuracy;
}
