/* What the worker does, step by step. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "session/analysis_inside.h"

/* Work of a step in multiplications, some ten milliseconds. */
static const double step_cost = 5e7;

size_t analysis_slice(const struct analysis *analysis)
{
    const struct shape *shape = &analysis->model->model.shape;
    double K = (double)shape->n_heads;
    double cost = 2 * (K + 1) * (double)shape->response_width +
                  (double)shape_inputs(shape) * (double)shape->prompt_width +
                  300 * K; /* exponentials and logarithms */
    double n = step_cost / cost;
    return n < 32 ? 32 : (size_t)n;
}

/* Predictions of `pairs`, a slice; *more when there are others behind it. */
static enum status predict_slice(struct analysis *analysis, struct predictions *out,
                                 const uint32_t *pairs, size_t n_pairs,
                                 enum routing routing, bool *more, struct error *err)
{
    struct analysis_work *work = analysis->work;
    const struct features *features = &analysis->features->features;
    const struct model *model = &analysis->model->model;
    enum status status = STATUS_OK;
    if (!work->begun)
        status = predictions_begin(out, model, pairs, n_pairs, err);
    if (status)
        return status;
    work->begun = true;
    size_t left = n_pairs - work->at, slice = analysis_slice(analysis);
    size_t n = left < slice ? left : slice;
    status = predictions_fill(out, features, model, work->at, n,
                              (struct predict_options){RULE_PROBABILITY, routing}, err);
    work->at += n;
    work->done = work->at;
    work->of = n_pairs;
    *more = work->at < n_pairs;
    return status;
}

static enum status predict_prompts(struct analysis *analysis, bool *more, struct error *err)
{
    return predict_slice(analysis, &analysis->predictions[ROUTE_PROMPT], analysis->pairs,
                         analysis->n_pairs, ROUTE_PROMPT, more, err);
}

static enum status predict_contexts(struct analysis *analysis, bool *more,
                                    struct error *err)
{
    if (!analysis->has_contexts)
        return STATUS_OK;
    return predict_slice(analysis, &analysis->predictions[ROUTE_CONTEXT], analysis->pairs,
                         analysis->n_pairs, ROUTE_CONTEXT, more, err);
}

/* ---- prompts ---- */

static struct analysis_route route_of(const float *log_weight, size_t K)
{
    double entropy = 0, sum = 0;
    struct analysis_route route = {0, 0};
    for (size_t k = 0; k < K; k++) {
        double f = exp((double)log_weight[k]);
        sum += f;
        entropy -= f > 0 ? f * (double)log_weight[k] : 0;
        if (log_weight[k] > log_weight[route.top])
            route.top = (uint32_t)k;
    }
    route.entropy = (float)(entropy / sum);
    return route;
}

static enum status find_routes(struct analysis *analysis, bool *more, struct error *err)
{
    (void)more;
    size_t n = analysis->n_pairs, K = analysis->n_heads;
    for (int r = 0; r <= (int)analysis->has_contexts; r++) {
        struct analysis_route *routes = mem_array(n, sizeof *routes);
        if (!routes)
            return error_set(err, STATUS_NO_MEMORY, "no memory for %zu pairs", n);
        for (size_t i = 0; i < n; i++)
            routes[i] = route_of(analysis->predictions[r].log_weight + i * K, K);
        analysis->routes[r] = routes;
    }
    return STATUS_OK;
}

/* pair_prompt of all positions, and how many distinct prompts there are. */
static size_t number_prompts(const struct analysis *analysis, uint32_t *number)
{
    const struct features *features = &analysis->features->features;
    uint32_t n = 0;
    for (size_t i = 0; i < analysis->n_pairs; i++) {
        int32_t row = features->pair_prompt[analysis->pairs[i]];
        if (row >= 0 && number[row]) {
            analysis->pair_prompt[i] = number[row] - 1;
            continue;
        }
        analysis->pair_prompt[i] = n++;
        if (row >= 0)
            number[row] = n;
    }
    return n;
}

static void describe_prompt(struct analysis *analysis, struct analysis_prompt *prompt)
{
    const struct features *features = &analysis->features->features;
    size_t K = analysis->n_heads, p = (size_t)(prompt - analysis->prompts);
    uint32_t first = analysis->prompt_pairs[prompt->first];
    const float *log_weight = analysis->predictions[ROUTE_PROMPT].log_weight + first * K;
    double sum = 0;
    prompt->row = features->pair_prompt[analysis->pairs[first]];
    prompt->attribute = features->pair_attribute[analysis->pairs[first]];
    for (uint32_t i = 1; i < prompt->n; i++) {
        uint32_t pair = analysis->pairs[analysis->prompt_pairs[prompt->first + i]];
        if (features->pair_attribute[pair] != prompt->attribute)
            prompt->attribute = ANALYSIS_SEVERAL_ATTRIBUTES;
    }
    for (size_t k = 0; k < K; k++)
        sum += exp((double)log_weight[k]);
    for (size_t k = 0; k < K; k++)
        analysis->weights[p * K + k] = (float)(exp((double)log_weight[k]) / sum);
    prompt->route = analysis->routes[ROUTE_PROMPT][first];
}

/* Positions in order of `group` (below n_groups): sorted [n], first [n_groups + 1]. */
static void sort_by_group(const uint32_t *group, size_t n, size_t n_groups,
                          uint32_t *sorted, uint32_t *first)
{
    memset(first, 0, (n_groups + 1) * sizeof *first);
    for (size_t i = 0; i < n; i++)
        first[group[i] + 1]++;
    for (size_t g = 0; g < n_groups; g++)
        first[g + 1] += first[g];
    for (size_t i = 0; i < n; i++)
        sorted[first[group[i]]++] = (uint32_t)i;
    memmove(first + 1, first, n_groups * sizeof *first);
    first[0] = 0;
}

static enum status find_prompts(struct analysis *analysis, bool *more, struct error *err)
{
    (void)more;
    size_t n = analysis->n_pairs, K = analysis->n_heads;
    uint32_t *number =
        mem_array(analysis->features->features.prompt.n_rows + 1, sizeof *number);
    analysis->pair_prompt = mem_array(n, sizeof *analysis->pair_prompt);
    analysis->prompt_pairs = mem_array(n, sizeof *analysis->prompt_pairs);
    size_t n_prompts =
        number && analysis->pair_prompt ? number_prompts(analysis, number) : 0;
    free(number);
    uint32_t *first = mem_array(n_prompts + 1, sizeof *first);
    analysis->prompts = mem_array(n_prompts, sizeof *analysis->prompts);
    analysis->weights = mem_array(n_prompts, K * sizeof *analysis->weights);
    if (!n_prompts || !analysis->prompt_pairs || !first || !analysis->prompts ||
        !analysis->weights) {
        free(first);
        return error_set(err, STATUS_NO_MEMORY,
                         "no memory to list the prompts of %zu pairs", n);
    }
    analysis->n_prompts = n_prompts;
    sort_by_group(analysis->pair_prompt, n, n_prompts, analysis->prompt_pairs, first);
    for (size_t p = 0; p < n_prompts; p++) {
        analysis->prompts[p].first = first[p];
        analysis->prompts[p].n = first[p + 1] - first[p];
        describe_prompt(analysis, &analysis->prompts[p]);
    }
    free(first);
    return STATUS_OK;
}

/* ---- evaluations ---- */

static struct evaluate_options options_of(const struct analysis *analysis, size_t routing,
                                          size_t resamples)
{
    return (struct evaluate_options){.split = analysis->split,
                                     .rule = RULE_PROBABILITY,
                                     .routing = (enum routing)routing,
                                     .resamples = resamples,
                                     .seed = analysis->options.seed};
}

static enum status sort_columns(struct analysis *analysis, struct error *err)
{
    size_t n = analysis->n_pairs, n_columns = analysis->plain[0].n_attributes;
    analysis->column = mem_array(n, sizeof *analysis->column);
    analysis->column_pairs = mem_array(n, sizeof *analysis->column_pairs);
    analysis->column_first = mem_array(n_columns + 1, sizeof *analysis->column_first);
    if (!analysis->column || !analysis->column_pairs || !analysis->column_first)
        return error_set(err, STATUS_NO_MEMORY, "no memory to sort %zu pairs", n);
    evaluation_columns(&analysis->features->features, &analysis->predictions[0],
                       analysis->column);
    sort_by_group(analysis->column, n, n_columns, analysis->column_pairs,
                  analysis->column_first);
    return STATUS_OK;
}

static enum status find_cells(struct analysis *analysis, bool *more, struct error *err)
{
    size_t r = analysis->work->at++;
    struct evaluate_options options = options_of(analysis, r, 0);
    evaluate_predictions(&analysis->features->features, &analysis->predictions[r], &options,
                         &analysis->plain[r]);
    *more = r < (size_t)analysis->has_contexts;
    return *more ? STATUS_OK : sort_columns(analysis, err);
}

static enum status add_intervals(struct analysis *analysis, bool *more, struct error *err)
{
    (void)err;
    struct analysis_work *work = analysis->work;
    const struct features *features = &analysis->features->features;
    size_t r = work->at, n_routings = 1 + (size_t)analysis->has_contexts;
    const struct predictions *predictions = &analysis->predictions[r];
    struct evaluate_options options = options_of(analysis, r, analysis->options.resamples);
    *more = true;
    if (!work->draws) {
        struct evaluate_options plain = options_of(analysis, r, 0);
        evaluate_predictions(features, predictions, &plain, &analysis->whole[r]);
        work->draws =
            evaluation_draws(&analysis->whole[r], features, predictions, &options);
        work->of = n_routings * options.resamples;
    } else if (!bootstrap_finished(work->draws)) {
        size_t n = (size_t)(step_cost / 4 / (double)bootstrap_cost(work->draws)) + 1;
        bootstrap_draw(work->draws, n);
        work->done += n;
    } else {
        evaluation_add_intervals(&analysis->whole[r], work->draws);
        bootstrap_free(work->draws);
        work->draws = NULL;
        *more = ++work->at < n_routings;
    }
    return STATUS_OK;
}

/* ---- heads ---- */

static enum status correlate(struct analysis *analysis, bool *more, struct error *err)
{
    const struct predictions *predictions = &analysis->predictions[ROUTE_PROMPT];
    size_t s = analysis->work->at++;
    *more = s + 1 < STATISTIC_COUNT;
    const struct correlation_options options = {.statistic = (enum statistic)s};
    return correlation_make(&analysis->correlation[s], predictions->margin, predictions->n,
                            predictions->n_heads, &options, err);
}

static void make_page(struct analysis *analysis, size_t k)
{
    const struct model *model = &analysis->model->model;
    struct head_page *page = &analysis->heads[k];
    size_t n = HEAD_PAGE_PAIRS;
    page->features = mem_alloc(model->shape.response_width * sizeof *page->features);
    page->others = mem_alloc(analysis->n_heads * sizeof *page->others);
    page->surest.right = mem_alloc(n * sizeof *page->surest.right);
    page->surest.wrong = mem_alloc(n * sizeof *page->surest.wrong);
    head_rank_weights(model, k, page->features);
    head_rank_others(&analysis->correlation[STATISTIC_MARGIN], k, page->others);
    head_find_surest(&analysis->features->features, &analysis->predictions[ROUTE_PROMPT], k,
                     n, &page->surest);
}

static enum status make_pages(struct analysis *analysis, bool *more, struct error *err)
{
    (void)err;
    struct analysis_work *work = analysis->work;
    if (!analysis->heads) {
        analysis->heads = mem_zero(analysis->n_heads * sizeof *analysis->heads);
        analysis->names = feature_names_open(&analysis->features->features);
    }
    make_page(analysis, work->at++);
    work->done = work->at;
    work->of = analysis->n_heads;
    *more = work->at < analysis->n_heads;
    return STATUS_OK;
}

static enum status find_bound(struct analysis *analysis, bool *more, struct error *err)
{
    (void)more;
    return bound_of_predictions(&analysis->features->features,
                                &analysis->predictions[ROUTE_PROMPT], &analysis->bound,
                                err);
}

/* ---- pruning ---- */

/* The split that decides, and test beside it where that is another one. */
static size_t prune_splits(const struct analysis *analysis, enum split splits[2])
{
    const struct features *features = &analysis->features->features;
    splits[0] = features_select(features, SPLIT_HOLDOUT, -1, NULL) ? SPLIT_HOLDOUT
                : features_select(features, SPLIT_TRAIN, -1, NULL) ? SPLIT_TRAIN
                                                                   : SPLIT_TEST;
    splits[1] = SPLIT_TEST;
    return splits[0] != SPLIT_TEST && features_select(features, SPLIT_TEST, -1, NULL) ? 2
                                                                                      : 1;
}

/* The next view of pruning: that of the split looked at is there already. */
static enum status predict_views(struct analysis *analysis, bool *more, struct error *err)
{
    struct analysis_work *work = analysis->work;
    const struct features *features = &analysis->features->features;
    enum split splits[2];
    size_t n_views = prune_splits(analysis, splits);
    size_t v = work->n_views - work->begun;
    struct prune_view *view = &work->views[v];
    size_t n = features_select(features, splits[v], -1, NULL);
    enum status status = STATUS_OK;
    bool rest = false;
    if (!work->begun) {
        view->split = splits[v];
        view->pairs = mem_alloc(n * sizeof *view->pairs);
        features_select(features, splits[v], -1, view->pairs);
        work->n_views++;
    }
    if (splits[v] == analysis->split)
        status = predictions_copy(&view->predictions, &analysis->predictions[ROUTE_PROMPT],
                                  view->pairs, err);
    else
        status = predict_slice(analysis, &view->predictions, view->pairs, n, ROUTE_PROMPT,
                               &rest, err);
    if (!rest) {
        work->begun = false;
        work->at = 0;
    }
    *more = rest || work->n_views < n_views;
    return status;
}

static enum status make_curve(struct analysis *analysis, bool *more, struct error *err)
{
    (void)more;
    struct analysis_work *work = analysis->work;
    const struct analysis_options *options = &analysis->options;
    struct prune_curve_options curve = {.statistic = options->statistic,
                                        .centred = options->centred,
                                        .merge = options->merge,
                                        .resamples = options->resamples,
                                        .seed = options->seed};
    size_t n_views = work->n_views;
    work->n_views = 0;
    analysis->cuts = prune_curve_create(&analysis->features->features, work->views, n_views,
                                        &curve, err);
    return analysis->cuts ? STATUS_OK : err->status;
}

static enum status score_cuts(struct analysis *analysis, bool *more, struct error *err)
{
    struct prune_curve *cuts = analysis->cuts;
    enum status status = prune_curve_step(cuts, err);
    analysis->work->of = cuts->n_points * cuts->n_views;
    analysis->work->done++;
    if (status)
        return status;
    *more = !prune_curve_scored(cuts);
    if (!*more) {
        size_t bytes = cuts->n_points * sizeof *cuts->points;
        analysis->scored = mem_alloc(bytes);
        memcpy(analysis->scored, cuts->points, bytes);
    }
    return STATUS_OK;
}

static enum status finish_cuts(struct analysis *analysis, bool *more, struct error *err)
{
    enum status status = prune_curve_step(analysis->cuts, err);
    *more = !prune_curve_finished(analysis->cuts);
    return status;
}

const struct analysis_phase analysis_phases[] = {
    {predict_prompts, ANALYSIS_NOTHING}, {predict_contexts, ANALYSIS_NOTHING},
    {find_routes, ANALYSIS_NOTHING},     {find_prompts, ANALYSIS_NOTHING},
    {find_cells, ANALYSIS_CELLS},        {correlate, ANALYSIS_NOTHING},
    {make_pages, ANALYSIS_NOTHING},      {find_bound, ANALYSIS_HEADS},
    {add_intervals, ANALYSIS_INTERVALS}, {predict_views, ANALYSIS_NOTHING},
    {make_curve, ANALYSIS_NOTHING},      {score_cuts, ANALYSIS_CUTS},
    {finish_cuts, ANALYSIS_WHOLE},
};
const size_t analysis_n_phases = sizeof analysis_phases / sizeof *analysis_phases;
