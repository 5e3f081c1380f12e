/* Every cut of a pruning: the same as asking for each threshold by itself. */
#include "made.h"

#include <string.h>

#include "core/difference.h"
#include "core/linalg.h"
#include "core/prune_curve.h"

enum { PAIRS = 240, WIDTH = 4, HEADS = 9 };

static struct made made;
static struct model model; /* heads in three groups, alike within each */

static int set_up(void **state)
{
    struct rng rng;
    struct error err;
    (void)state;
    linalg_init();
    made_init(&made, &(struct made_sizes){PAIRS, 50, WIDTH, WIDTH, 3}, 7);
    for (size_t i = 0; i < PAIRS; i++)
        made.split[i] = i < 60 ? SPLIT_TRAIN : i < 150 ? SPLIT_HOLDOUT : SPLIT_TEST;
    assert_int_equal(
        model_create(&model, &(struct shape){ROUTER_LINEAR, HEADS, 0, WIDTH, WIDTH}, &err),
        0);
    model_draw(&model, 5, 0);
    rng_init(&rng, 5, 1);
    for (size_t k = 0; k < HEADS; k++)
        for (size_t d = 0; d < WIDTH; d++)
            model.heads[k * WIDTH + d] =
                (d == k % 3 ? 1 : 0) + 0.2f * (float)rng_normal(&rng);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    model_done(&model);
    made_done(&made);
    return 0;
}

static struct prune_curve *make(const struct prune_curve_options *options)
{
    struct error err = {0};
    struct prune_curve *curve =
        prune_curve_open(&made.features, &model, SPLIT_HOLDOUT, options, &err);
    assert_non_null(curve);
    while (!prune_curve_finished(curve)) {
        bool scored = prune_curve_scored(curve);
        assert_int_equal(prune_curve_step(curve, &err), STATUS_OK);
        assert_true(!scored || prune_curve_scored(curve));
    }
    return curve;
}

static void assert_difference(const struct difference *got, const struct difference *want)
{
    assert_near(got->before, want->before, 0, 0);
    assert_near(got->after, want->after, 0, 0);
    assert_near(got->gap, want->gap, 0, 0);
    assert_near(got->interval.low, want->interval.low, 0, 0);
    assert_near(got->interval.high, want->interval.high, 0, 0);
}

/* Accuracies and intervals of a point are those of prune_predict and differences_make. */
static void check_point(const struct prune_curve *curve, const struct prune_point *point)
{
    for (size_t v = 0; v < curve->n_views; v++) {
        const struct predictions *before = &curve->views[v].predictions;
        struct predictions after;
        struct differences want;
        struct error err;
        assert_int_equal(
            prune_predict(&after, before, point->leader,
                          curve->options.merge ? curve->index.importance : NULL, &err),
            STATUS_OK);
        const struct differences_options options = {curve->options.resamples,
                                                    curve->options.seed, NULL};
        differences_make(&made.features, before, &after, &options, &want);
        assert_difference(&point->differences[v].mixture, &want.mixture);
        assert_difference(&point->differences[v].oracle, &want.oracle);
        assert_near(point->nll[v], predictions_nll(&after), 0, 0);
        assert_near(curve->nll[v], predictions_nll(before), 0, 0);
        predictions_done(&after);
    }
}

static void points_are_cuts(void **state)
{
    (void)state;
    for (int statistic = 0; statistic < STATISTIC_COUNT; statistic++)
        for (int merge = 0; merge < 2; merge++) {
            struct prune_curve *curve =
                make(&(struct prune_curve_options){.statistic = (enum statistic)statistic,
                                                   .merge = merge,
                                                   .resamples = 50,
                                                   .seed = 4});
            assert_int_equal(curve->n_views, 2);
            assert_int_equal(curve->views[1].split, SPLIT_TEST);
            for (int step = 0; step < 733; step++) {
                double threshold = 1.2 - 0.003 * step;
                const struct prune_point *point =
                    prune_point_at(curve->points, curve->n_points, threshold);
                uint32_t leader[HEADS];
                struct prune_cut cut = prune_at(&curve->index, fmin(threshold, 1), leader);
                assert_int_equal(point->n_kept, cut.n_kept);
                assert_memory_equal(point->leader, leader, sizeof leader);
                assert_true(threshold > point->low && fmin(threshold, 1) <= point->high);
            }
            for (size_t p = 0; p < curve->n_points; p++)
                check_point(curve, &curve->points[p]);
            assert_int_equal(curve->points[curve->n_points - 1].n_kept, 1);
            prune_curve_free(curve);
        }
}

/* Without resamples there are no intervals, and on the test split alone one view. */
static void no_intervals_and_one_view(void **state)
{
    (void)state;
    struct error err = {0};
    struct prune_curve_options options = {.resamples = 0};
    struct prune_curve *curve = make(&options);
    assert_true(isnan(curve->points[0].differences[0].mixture.interval.low));
    prune_curve_free(curve);
    curve = prune_curve_open(&made.features, &model, SPLIT_TEST, &options, &err);
    assert_int_equal(curve->n_views, 1);
    prune_curve_free(curve); /* any time */
    prune_curve_free(NULL);
    struct features empty = made.features;
    empty.n_pairs = 0;
    assert_null(prune_curve_open(&empty, &model, SPLIT_TRAIN, &options, &err));
    assert_int_equal(err.status, STATUS_SHAPE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_are_cuts),
        cmocka_unit_test(no_intervals_and_one_view),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
