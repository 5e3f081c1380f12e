#include "core/prune_curve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "core/bootstrap.h"
#include "core/evaluate.h"

/* Work of a step of the bootstrap, in multiplications: some ten milliseconds. */
static const size_t step_cost = 8000000;

/* Decisions of one view: whole mixture and oracle, then mixture and oracle of every point. */
struct prune_curve_work {
    size_t next_view, next_point; /* to be scored */
    uint8_t *right[2];            /* (n, width) */
    size_t width;                 /* 2 + 2 * n_points */
    uint32_t *column[2];          /* [n] */
    int32_t *unit[2];             /* [n] */
    size_t *unused;               /* [columns] */
    struct bootstrap_draws *draws;
};

static size_t n_columns(const struct prune_curve *curve)
{
    return curve->features->n_attributes + 1;
}

/* ---- making ---- */

static void add_point(struct prune_curve *curve, double high, struct prune_cut cut,
                      const uint32_t *leader)
{
    size_t K = curve->index.n_heads;
    struct prune_point *point = &curve->points[curve->n_points++];
    *point = (struct prune_point){.high = high,
                                  .low = cut.n_kept > 1 ? cut.closest : -HUGE_VAL,
                                  .n_kept = cut.n_kept,
                                  .leader = mem_alloc(K * sizeof *leader)};
    memcpy(point->leader, leader, K * sizeof *leader);
}

/* Every cut of a threshold from 1 down; each keeps fewer heads, or other ones, than the one
 * before. */
static void find_points(struct prune_curve *curve)
{
    uint32_t *leader = mem_alloc(curve->index.n_heads * sizeof *leader);
    size_t room = 0;
    double threshold = 1;
    for (bool more = true; more;) {
        struct prune_cut cut = prune_at(&curve->index, threshold, leader);
        MEM_RESERVE(curve->points, curve->n_points, room);
        add_point(curve, threshold, cut, leader);
        more = cut.n_kept > 1;
        threshold = cut.closest;
    }
    free(leader);
}

static void begin_work(struct prune_curve *curve)
{
    struct prune_curve_work *work = mem_zero(sizeof *work);
    curve->work = work;
    work->width = 2 + 2 * curve->n_points;
    work->unused = mem_zero(n_columns(curve) * sizeof *work->unused);
    for (size_t v = 0; v < curve->n_views; v++) {
        const struct predictions *predictions = &curve->views[v].predictions;
        size_t n = predictions->n;
        work->right[v] = mem_zero(n * work->width);
        work->column[v] = mem_alloc(n * sizeof *work->column[v]);
        work->unit[v] = mem_alloc(n * sizeof *work->unit[v]);
        evaluation_columns(curve->features, predictions, work->column[v]);
        for (size_t i = 0; i < n; i++)
            work->unit[v][i] = curve->features->pair_prompt[predictions->pairs[i]];
        differences_judge(curve->features, predictions, work->right[v], work->width, 0);
        curve->nll[v] = predictions_nll(predictions);
    }
}

static void free_views(const struct prune_view *views, size_t n_views)
{
    for (size_t v = 0; v < n_views; v++) {
        struct prune_view view = views[v];
        predictions_done(&view.predictions);
        free(view.pairs);
    }
}

struct prune_curve *prune_curve_create(const struct features *features,
                                       const struct prune_view *views, size_t n_views,
                                       const struct prune_curve_options *options,
                                       struct error *err)
{
    struct prune_curve *curve = mem_zero(sizeof *curve);
    const struct predictions *first = &views[0].predictions;
    curve->features = features;
    curve->options = *options;
    curve->n_views = n_views;
    memcpy(curve->views, views, n_views * sizeof *views);
    struct correlation_options alike = {options->statistic, options->centred,
                                        options->workers.cancel};
    enum status status = correlation_make(&curve->correlation, first->margin, first->n,
                                          first->n_heads, &alike, err);
    if (!status)
        status = prune_index_make(&curve->index, &curve->correlation, first, err);
    if (status) {
        prune_curve_free(curve);
        return NULL;
    }
    find_points(curve);
    begin_work(curve);
    return curve;
}

static enum status open_view(struct prune_view *view, const struct features *features,
                             const struct model *model, enum split split,
                             const struct workers *workers, struct error *err)
{
    size_t n = features_select(features, split, -1, NULL);
    if (!n)
        return error_set(err, STATUS_SHAPE, "there are no pairs in the %s split",
                         split_name(split));
    *view =
        (struct prune_view){.split = split, .pairs = mem_alloc(n * sizeof *view->pairs)};
    features_select(features, split, -1, view->pairs);
    enum status status = predictions_make(
        &view->predictions, features, model, view->pairs, n,
        (struct predict_options){RULE_PROBABILITY, ROUTE_PROMPT, *workers}, err);
    if (status)
        free(view->pairs);
    return status;
}

struct prune_curve *prune_curve_open(const struct features *features,
                                     const struct model *model, enum split split,
                                     const struct prune_curve_options *options,
                                     struct error *err)
{
    struct prune_view views[2];
    size_t n_views = 1;
    if (open_view(&views[0], features, model, split, &options->workers, err))
        return NULL;
    if (split != SPLIT_TEST && features_select(features, SPLIT_TEST, -1, NULL) &&
        open_view(&views[n_views++], features, model, SPLIT_TEST, &options->workers, err)) {
        free_views(views, 1);
        return NULL;
    }
    return prune_curve_create(features, views, n_views, options, err);
}

static void end_work(struct prune_curve *curve)
{
    struct prune_curve_work *work = curve->work;
    if (!work)
        return;
    for (size_t v = 0; v < 2; v++) {
        free(work->right[v]);
        free(work->column[v]);
        free(work->unit[v]);
    }
    free(work->unused);
    bootstrap_free(work->draws);
    free(work);
    curve->work = NULL;
}

void prune_curve_free(struct prune_curve *curve)
{
    if (!curve)
        return;
    end_work(curve);
    free_views(curve->views, curve->n_views);
    correlation_done(&curve->correlation);
    prune_index_done(&curve->index);
    for (size_t p = 0; p < curve->n_points; p++)
        free(curve->points[p].leader);
    free(curve->points);
    free(curve);
}

/* ---- figures ---- */

static const double *importance_of(const struct prune_curve *curve)
{
    return curve->options.merge ? curve->index.importance : NULL;
}

/* The decisions of a point on a view, and its likelihood. */
static enum status score_point(struct prune_curve *curve, size_t v, size_t p,
                               struct error *err)
{
    struct prune_curve_work *work = curve->work;
    struct prune_point *point = &curve->points[p];
    struct predictions after;
    enum status status = prune_predict(&after, &curve->views[v].predictions, point->leader,
                                       importance_of(curve), err);
    if (status)
        return status;
    differences_judge(curve->features, &after, work->right[v], work->width, 2 + 2 * p);
    point->nll[v] = predictions_nll(&after);
    predictions_done(&after);
    return STATUS_OK;
}

/* Accuracies of all points on a view whose decisions are there. */
static void find_accuracies(struct prune_curve *curve, size_t v)
{
    struct prune_curve_work *work = curve->work;
    const struct interval none = {(double)NAN, (double)NAN};
    double *means = mem_alloc(work->width * sizeof *means);
    differences_means(work->right[v], curve->views[v].predictions.n, work->width,
                      work->column[v], n_columns(curve), means);
    for (size_t p = 0; p < curve->n_points; p++) {
        struct difference *both[2] = {&curve->points[p].differences[v].mixture,
                                      &curve->points[p].differences[v].oracle};
        for (size_t o = 0; o < 2; o++)
            *both[o] = (struct difference){.before = means[o],
                                           .after = means[2 + 2 * p + o],
                                           .gap = means[2 + 2 * p + o] - means[o],
                                           .interval = none};
    }
    free(means);
}

static void begin_draws(struct prune_curve *curve, size_t v)
{
    struct prune_curve_work *work = curve->work;
    struct bootstrap bootstrap = {.n_pairs = curve->views[v].predictions.n,
                                  .n_predictors = work->width,
                                  .n_columns = n_columns(curve),
                                  .oracle_head = work->unused,
                                  .right = work->right[v],
                                  .column = work->column[v],
                                  .unit = work->unit[v],
                                  .resamples = curve->options.resamples,
                                  .seed = curve->options.seed};
    work->draws = bootstrap_create(&bootstrap);
}

static void keep_intervals(struct prune_curve *curve, size_t v)
{
    struct prune_curve_work *work = curve->work;
    struct interval *intervals = mem_alloc((work->width + 1) * sizeof *intervals);
    for (size_t o = 0; o < 2; o++) {
        bootstrap_differences(work->draws, o, intervals);
        for (size_t p = 0; p < curve->n_points; p++) {
            struct differences *differences = &curve->points[p].differences[v];
            *(o ? &differences->oracle.interval : &differences->mixture.interval) =
                intervals[2 + 2 * p + o];
        }
    }
    free(intervals);
    bootstrap_free(work->draws);
    work->draws = NULL;
}

/* ---- the loop ---- */

bool prune_curve_scored(const struct prune_curve *curve)
{
    return !curve->work || curve->work->next_view >= curve->n_views;
}

bool prune_curve_finished(const struct prune_curve *curve)
{
    return !curve->work;
}

static enum status step_score(struct prune_curve *curve, struct error *err)
{
    struct prune_curve_work *work = curve->work;
    enum status status = score_point(curve, work->next_view, work->next_point, err);
    if (status || ++work->next_point < curve->n_points)
        return status;
    find_accuracies(curve, work->next_view++);
    work->next_point = 0;
    return STATUS_OK;
}

static void step_draws(struct prune_curve *curve)
{
    struct prune_curve_work *work = curve->work;
    size_t v = work->next_view - curve->n_views;
    if (!work->draws) {
        begin_draws(curve, v);
        return;
    }
    if (!bootstrap_finished(work->draws)) {
        bootstrap_draw(work->draws, step_cost / bootstrap_cost(work->draws) + 1);
        return;
    }
    keep_intervals(curve, v);
    if (++work->next_view == 2 * curve->n_views)
        end_work(curve);
}

enum status prune_curve_step(struct prune_curve *curve, struct error *err)
{
    if (!prune_curve_scored(curve))
        return step_score(curve, err);
    if (curve->options.resamples)
        step_draws(curve);
    else
        end_work(curve);
    return STATUS_OK;
}

const struct prune_point *prune_point_at(const struct prune_point *points, size_t n_points,
                                         double threshold)
{
    size_t first = 0, end = n_points - 1; /* the last one has no lower end */
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (threshold > points[middle].low)
            end = middle;
        else
            first = middle + 1;
    }
    return &points[first];
}
