#include "session/adapting.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/rng.h"
#include "core/adapt_budget.h"
#include "core/budget.h"

enum { ROUTINGS = 2 };

struct adapting {
    const struct features *features;
    const struct model *model;
    const struct adapting_setting *settings;
    size_t n_settings;
    struct adapting_options options;
    struct team *team;

    struct evaluation before[ROUTINGS];
    struct adapting_run *runs; /* (n_settings, runs) */
    size_t n_done;
    struct model first; /* of the first run; its block is NULL until then */

    /* The run at work. */
    struct budget budget;
    struct adapt_budget *work;
};

size_t adapting_threads(const struct model *model, size_t batch, size_t most)
{
    /* Products of a step that are worth a thread of their own, as for training. */
    const double worth = 25e6;
    double step = 6 * (double)batch * (double)shape_inputs(&model->shape) *
                  (double)model->shape.prompt_width;
    double threads = ceil(step / worth);
    return threads < (double)most ? (size_t)(threads < 1 ? 1 : threads) : most;
}

/* The next run, of those that there are. */
static size_t setting_at(const struct adapting *adapting)
{
    return adapting->n_done / adapting->options.runs;
}

static enum status begin(struct adapting *adapting, struct error *err)
{
    const struct adapting_setting *setting = &adapting->settings[setting_at(adapting)];
    size_t run = adapting->n_done % adapting->options.runs;
    uint64_t seed = rng_mix(adapting->options.seed) + run;
    enum status status =
        budget_draw(&adapting->budget, adapting->features, setting->budget, seed, err);
    if (status)
        return status;
    struct adapt_options options = adapting->options.adapt;
    options.tau = setting->tau;
    options.seed = seed;
    adapting->work = adapt_budget_create(adapting->features, adapting->model,
                                         &adapting->budget, &options, adapting->team, err);
    return adapting->work ? STATUS_OK : err->status;
}

static enum status look(const struct adapting *adapting, const struct model *model,
                        enum routing routing, struct evaluation *out, struct error *err)
{
    struct evaluate_options options = {.split = adapting->options.split,
                                       .rule = adapting->options.rule,
                                       .routing = routing,
                                       .seed = adapting->options.seed};
    return evaluate(adapting->features, model, &options, out, err);
}

struct adapting *adapting_create(const struct features *features, const struct model *model,
                                 const struct adapting_setting *settings, size_t n_settings,
                                 const struct adapting_options *options, struct team *team,
                                 struct error *err)
{
    assert(n_settings && options->runs);
    struct adapting *adapting = mem_zero(sizeof *adapting);
    adapting->features = features;
    adapting->model = model;
    adapting->settings = settings;
    adapting->n_settings = n_settings;
    adapting->options = *options;
    adapting->team = team;
    adapting->runs = mem_zero(n_settings * options->runs * sizeof *adapting->runs);
    enum status status = STATUS_OK;
    for (int r = 0; r < ROUTINGS && !status; r++)
        status = look(adapting, model, (enum routing)r, &adapting->before[r], err);
    if (!status)
        status = begin(adapting, err);
    if (!status)
        return adapting;
    adapting_free(adapting);
    return NULL;
}

static void end_work(struct adapting *adapting)
{
    adapt_budget_free(adapting->work);
    adapting->work = NULL;
    budget_done(&adapting->budget);
}

void adapting_free(struct adapting *adapting)
{
    if (!adapting)
        return;
    end_work(adapting);
    for (size_t i = 0; i < adapting->n_done; i++)
        evaluation_done(&adapting->runs[i].evaluation);
    for (int r = 0; r < ROUTINGS; r++)
        evaluation_done(&adapting->before[r]);
    model_done(&adapting->first);
    free(adapting->runs);
    free(adapting);
}

/* Keeps what the run at work has found. */
static enum status collect(struct adapting *adapting, struct error *err)
{
    struct model model;
    struct adapting_run *run = &adapting->runs[adapting->n_done];
    enum status status = adapt_budget_model(adapting->work, &model, err);
    if (status)
        return status;
    status = look(adapting, &model, ROUTE_CONTEXT, &run->evaluation, err);
    if (status) {
        model_done(&model);
        return status;
    }
    run->n_pairs = adapting->budget.n;
    run->n_short = adapting->budget.n_short;
    run->learning_rate = adapt_budget_rate(adapting->work);
    run->losses = adapt_budget_losses(adapting->work);
    if (adapting->n_done++ == 0)
        adapting->first = model;
    else
        model_done(&model);
    end_work(adapting);
    return STATUS_OK;
}

enum status adapting_step(struct adapting *adapting, struct error *err)
{
    assert(!adapting_finished(adapting));
    if (!adapting->work)
        return begin(adapting, err);
    if (!adapt_budget_finished(adapting->work))
        return adapt_budget_step(adapting->work, err);
    return collect(adapting, err);
}

bool adapting_finished(const struct adapting *adapting)
{
    return adapting->n_done == adapting_total(adapting);
}

double adapting_done(const struct adapting *adapting)
{
    double share = adapting->work ? adapt_budget_done_share(adapting->work) : 0;
    return (double)adapting->n_done + share;
}

size_t adapting_total(const struct adapting *adapting)
{
    return adapting->n_settings * adapting->options.runs;
}

const struct evaluation *adapting_before(const struct adapting *adapting,
                                         enum routing routing)
{
    return &adapting->before[routing];
}

const struct adapting_run *adapting_result(const struct adapting *adapting, size_t setting,
                                           size_t run)
{
    size_t at = setting * adapting->options.runs + run;
    assert(run < adapting->options.runs && at < adapting->n_done);
    return &adapting->runs[at];
}

enum status adapting_model(const struct adapting *adapting, struct model *model,
                           struct error *err)
{
    assert(adapting->n_done);
    return model_copy(model, &adapting->first, err);
}
