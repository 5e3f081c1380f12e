#include "session/analysis.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "session/analysis_inside.h"

enum { DONE_SCALE = 1000 };

struct analysis_options analysis_defaults(void)
{
    return (struct analysis_options){
        .resamples = 1000, .seed = 1, .statistic = STATISTIC_MARGIN};
}

/* ---- making ---- */

static bool choose_split(const struct features *features, enum split *out)
{
    static const enum split wanted[] = {SPLIT_TEST, SPLIT_HOLDOUT, SPLIT_TRAIN};
    for (size_t s = 0; s < SPLIT_COUNT; s++)
        if (features_select(features, wanted[s], -1, NULL)) {
            *out = wanted[s];
            return true;
        }
    return false;
}

static enum status check_widths(const struct features *features, const struct shape *shape,
                                struct error *err)
{
    if (shape->response_width != features->chosen.n_columns)
        return error_set(
            err, STATUS_SHAPE,
            "the model's heads read %zu numbers a response, the features have %zu",
            shape->response_width, features->chosen.n_columns);
    if (shape->prompt_width && shape->prompt_width != features->prompt.n_columns)
        return error_set(
            err, STATUS_SHAPE,
            "the model's router reads %zu numbers a prompt, the features have %zu",
            shape->prompt_width, features->prompt.n_columns);
    return STATUS_OK;
}

static bool have_contexts(const struct analysis *analysis)
{
    const struct features *features = &analysis->features->features;
    const struct shape *shape = &analysis->model->model.shape;
    if (!shape_inputs(shape) || features->context.n_columns != shape->prompt_width)
        return false;
    for (size_t i = 0; i < analysis->n_pairs; i++)
        if (features->pair_context[analysis->pairs[i]] >= 0)
            return true;
    return false;
}

struct analysis *analysis_create(struct held_features *features, struct held_model *model,
                                 struct held_corpus *corpus,
                                 const struct analysis_options *options, struct error *err)
{
    enum split split;
    if (!choose_split(&features->features, &split)) {
        error_set(err, STATUS_SHAPE, "the features hold no pairs to look at");
        return NULL;
    }
    if (check_widths(&features->features, &model->model.shape, err))
        return NULL;
    struct analysis *analysis = mem_zero(sizeof *analysis);
    atomic_init(&analysis->count, 1);
    atomic_init(&analysis->stage, ANALYSIS_NOTHING);
    atomic_init(&analysis->done, 0);
    atomic_init(&analysis->total, (unsigned)(analysis_n_phases * DONE_SCALE));
    analysis->features = held_features_ref(features);
    analysis->model = held_model_ref(model);
    analysis->corpus = held_corpus_ref(corpus);
    analysis->options = *options;
    analysis->split = split;
    analysis->n_heads = model->model.shape.n_heads;
    analysis->n_pairs = features_select(&features->features, split, -1, NULL);
    analysis->pairs = mem_alloc(analysis->n_pairs * sizeof *analysis->pairs);
    features_select(&features->features, split, -1, analysis->pairs);
    analysis->has_contexts = have_contexts(analysis);
    analysis->work = mem_zero(sizeof *analysis->work);
    return analysis;
}

struct analysis *analysis_ref(struct analysis *analysis)
{
    if (analysis)
        atomic_fetch_add_explicit(&analysis->count, 1, memory_order_relaxed);
    return analysis;
}

void analysis_work_free(struct analysis_work *work)
{
    if (!work)
        return;
    bootstrap_free(work->draws);
    for (size_t v = 0; v < work->n_views; v++) {
        predictions_done(&work->views[v].predictions);
        free(work->views[v].pairs);
    }
    free(work);
}

static void free_heads(struct analysis *analysis)
{
    for (size_t k = 0; analysis->heads && k < analysis->n_heads; k++) {
        struct head_page *page = &analysis->heads[k];
        free(page->features);
        free(page->others);
        free(page->surest.right);
        free(page->surest.wrong);
    }
    free(analysis->heads);
    feature_names_free(analysis->names);
}

static void free_prompts(struct analysis *analysis)
{
    free(analysis->prompts);
    free(analysis->weights);
    free(analysis->prompt_pairs);
    free(analysis->pair_prompt);
    free(analysis->column);
    free(analysis->column_first);
    free(analysis->column_pairs);
}

void analysis_unref(struct analysis *analysis)
{
    if (!analysis ||
        atomic_fetch_sub_explicit(&analysis->count, 1, memory_order_acq_rel) != 1)
        return;
    analysis_work_free(analysis->work);
    free_heads(analysis);
    free_prompts(analysis);
    for (size_t r = 0; r < 2; r++) {
        predictions_done(&analysis->predictions[r]);
        free(analysis->routes[r]);
        evaluation_done(&analysis->plain[r]);
        evaluation_done(&analysis->whole[r]);
    }
    for (size_t s = 0; s < STATISTIC_COUNT; s++)
        correlation_done(&analysis->correlation[s]);
    free(analysis->scored);
    prune_curve_free(analysis->cuts);
    free(analysis->pairs);
    held_features_unref(analysis->features);
    held_model_unref(analysis->model);
    held_corpus_unref(analysis->corpus);
    free(analysis);
}

/* ---- the loop ---- */

/* Never falls: a phase of several passes is as far as its furthest one. */
static void show_progress(struct analysis *analysis)
{
    const struct analysis_work *work = analysis->work;
    size_t part = work->of ? work->done * DONE_SCALE / work->of : 0;
    part = work->phase * DONE_SCALE + (part < DONE_SCALE ? part : DONE_SCALE);
    if (part > atomic_load_explicit(&analysis->done, memory_order_relaxed))
        atomic_store_explicit(&analysis->done, (unsigned)part, memory_order_relaxed);
}

static void end_phase(struct analysis *analysis)
{
    struct analysis_work *work = analysis->work;
    enum analysis_stage reached = analysis_phases[work->phase].reached;
    work->phase++;
    work->done = work->of = work->at = 0;
    work->begun = false;
    show_progress(analysis);
    if (work->phase == analysis_n_phases) {
        analysis_work_free(work);
        analysis->work = NULL;
    }
    /* Last: who sees the stage sees all that was written before. */
    if (reached)
        atomic_store_explicit(&analysis->stage, reached, memory_order_release);
}

enum status analysis_step(struct analysis *analysis, struct error *err)
{
    assert(!analysis_finished(analysis));
    bool more = false;
    enum status status = analysis_phases[analysis->work->phase].run(analysis, &more, err);
    if (status)
        return status;
    if (more)
        show_progress(analysis);
    else
        end_phase(analysis);
    return STATUS_OK;
}

bool analysis_finished(const struct analysis *analysis)
{
    return analysis_stage(analysis) == ANALYSIS_WHOLE;
}

enum analysis_stage analysis_stage(const struct analysis *analysis)
{
    return (enum analysis_stage)atomic_load_explicit(&analysis->stage,
                                                     memory_order_acquire);
}

double analysis_share(const struct analysis *analysis)
{
    return (double)atomic_load_explicit(&analysis->done, memory_order_relaxed) /
           (double)atomic_load_explicit(&analysis->total, memory_order_relaxed);
}
