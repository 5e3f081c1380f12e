/* The analysis of the shipped demo population says what the commands compute, stage by
 * stage; made features show the odd cases. */
#include "shipped.h"

#include <string.h>

#include "base/clock.h"
#include "base/jobs.h"
#include "core/linalg.h"
#include "core/made.h"
#include "session/analysis.h"

static struct shipped shipped;
static struct analysis *whole; /* of the demo, finished */

static struct analysis *create(const struct analysis_options *options)
{
    struct error err = {0};
    struct analysis *analysis =
        analysis_create(shipped.features, shipped.model, shipped.corpus, options, &err);
    assert_string_equal(err.message, "");
    return analysis;
}

static void finish(struct analysis *analysis, enum analysis_stage stage)
{
    struct error err = {0};
    double share = analysis_share(analysis);
    while (analysis_stage(analysis) < stage) {
        analysis_step(analysis, &err);
        assert_string_equal(err.message, "");
        assert_true(analysis_share(analysis) >= share);
        share = analysis_share(analysis);
    }
}

static int set_up(void **state)
{
    (void)state;
    shipped_open(&shipped);
    struct analysis_options options = analysis_defaults();
    whole = create(&options);
    finish(whole, ANALYSIS_WHOLE);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    analysis_unref(whole);
    shipped_done(&shipped);
    return 0;
}

static void assert_interval(struct interval got, struct interval want)
{
    assert_near(got.low, want.low, 0, 0);
    assert_near(got.high, want.high, 0, 0);
}

/* To the bit what `eval` computes, with either routing. */
static void evaluations_are_those_of_eval(void **state)
{
    (void)state;
    assert_int_equal(whole->split, SPLIT_TEST);
    assert_true(whole->has_contexts);
    for (int r = 0; r < 2; r++) {
        struct evaluation want;
        struct evaluate_options options = {
            .split = SPLIT_TEST, .routing = (enum routing)r, .resamples = 1000, .seed = 1};
        struct error err;
        assert_int_equal(evaluate(&shipped.features->features, &shipped.model->model,
                                  &options, &want, &err),
                         STATUS_OK);
        const struct evaluation *got = analysis_evaluation(whole, (enum routing)r);
        assert_int_equal(got->n_rows, want.n_rows);
        assert_int_equal(got->n_prompts, want.n_prompts);
        assert_near(got->nll, want.nll, 0, 0);
        assert_near(got->calibration, want.calibration, 0, 0);
        assert_near(got->entropy, want.entropy, 0, 0);
        for (size_t i = 0; i < want.n_rows; i++) {
            assert_near(got->rows[i].mean, want.rows[i].mean, 0, 0);
            assert_near(got->rows[i].load, want.rows[i].load, 0, 0);
            assert_interval(got->rows[i].mean_interval, want.rows[i].mean_interval);
            assert_interval(got->rows[i].difference_interval,
                            want.rows[i].difference_interval);
            for (size_t a = 0; a < want.n_attributes; a++)
                assert_int_equal(got->rows[i].cells[a].right, want.rows[i].cells[a].right);
        }
        evaluation_done(&want);
    }
}

/* First figures without intervals, and the commands' numbers for each stage. */
static void comes_in_stages(void **state)
{
    (void)state;
    struct analysis_options options = analysis_defaults();
    struct analysis *analysis = create(&options);
    size_t n_points = 1;
    assert_null(analysis_evaluation(analysis, ROUTE_PROMPT));
    assert_null(analysis_points(analysis, &n_points));
    assert_int_equal(n_points, 0);
    double begun = clock_seconds();
    finish(analysis, ANALYSIS_CELLS);
    print_message("# cells after %.1f ms\n", 1e3 * (clock_seconds() - begun));
    const struct evaluation *plain = analysis_evaluation(analysis, ROUTE_PROMPT);
    assert_true(isnan(plain->rows[0].mean_interval.low));
    assert_near(plain->rows[0].mean, whole->whole[0].rows[0].mean, 0, 0);
    finish(analysis, ANALYSIS_INTERVALS);
    assert_ptr_not_equal(analysis_evaluation(analysis, ROUTE_PROMPT), plain);
    assert_true(analysis_evaluation(analysis, ROUTE_CONTEXT)->rows[0].mean_interval.low >
                -2);
    assert_null(analysis_cut(analysis, 0.9));
    finish(analysis, ANALYSIS_CUTS);
    assert_true(isnan(analysis_cut(analysis, 0.9)->differences[0].mixture.interval.low));
    struct analysis *other = analysis_ref(analysis);
    analysis_unref(analysis);
    finish(other, ANALYSIS_WHOLE);
    assert_true(analysis_cut(other, 0.9)->differences[0].mixture.interval.low > -2);
    assert_near(analysis_share(other), 1, 0, 0);
    analysis_unref(other);
}

static void prompts_hold_their_pairs(void **state)
{
    (void)state;
    const struct features *features = &shipped.features->features;
    size_t n = 0, K = whole->n_heads;
    for (size_t p = 0; p < whole->n_prompts; p++) {
        const struct analysis_prompt *prompt = &whole->prompts[p];
        assert_int_equal(prompt->first, n);
        n += prompt->n;
        double sum = 0, entropy = 0;
        for (size_t k = 0; k < K; k++) {
            double f = (double)whole->weights[p * K + k];
            sum += f;
            entropy -= f * log(f);
            assert_true(f <= (double)whole->weights[p * K + prompt->route.top]);
        }
        assert_near(sum, 1, 1e-6, 0);
        assert_near((double)prompt->route.entropy, entropy, 1e-5, 1e-5);
        for (size_t i = 0; i < prompt->n; i++) {
            uint32_t position = whole->prompt_pairs[prompt->first + i];
            int32_t attribute = features->pair_attribute[whole->pairs[position]];
            assert_int_equal(whole->pair_prompt[position], p);
            assert_int_equal(features->pair_prompt[whole->pairs[position]], prompt->row);
            assert_true(prompt->attribute == ANALYSIS_SEVERAL_ATTRIBUTES ||
                        prompt->attribute == attribute);
        }
    }
    assert_int_equal(n, whole->n_pairs);
    assert_int_equal(whole->n_prompts, whole->plain[0].n_prompts);
}

/* The pairs of a cell are those of its attribute, surest first, and as many are right. */
static void cells_hold_their_pairs(void **state)
{
    (void)state;
    const struct evaluation *evaluation = analysis_evaluation(whole, ROUTE_CONTEXT);
    uint32_t *out = malloc(whole->n_pairs * sizeof *out);
    for (size_t row = 0; row < evaluation->n_rows; row++)
        for (size_t a = 0; a < evaluation->n_attributes; a++) {
            size_t n = analysis_cell_pairs(whole, ROUTE_CONTEXT, row, a, out), right = 0;
            assert_int_equal(n, evaluation->attribute_pairs[a]);
            double before = HUGE_VAL;
            for (size_t i = 0; i < n; i++) {
                double surety = analysis_surety(whole, ROUTE_CONTEXT, row, out[i]);
                assert_true(surety <= before);
                right += surety > 0;
                before = surety;
                assert_int_equal(whole->column[out[i]], a);
            }
            assert_int_equal(right, evaluation->rows[row].cells[a].right);
        }
    assert_int_equal(analysis_cell_pairs(whole, ROUTE_PROMPT, 0, SIZE_MAX, out),
                     whole->n_pairs);
    free(out);
}

static void pages_say_what_heads_look_at(void **state)
{
    (void)state;
    const struct model *model = &shipped.model->model;
    size_t D = model->shape.response_width, K = whole->n_heads;
    assert_null(feature_names_missing(whole->names));
    for (size_t k = 0; k < K; k++) {
        const struct head_page *page = &whole->heads[k];
        for (size_t d = 1; d < D; d++)
            assert_true(fabsf(model->heads[k * D + page->features[d - 1]]) >=
                        fabsf(model->heads[k * D + page->features[d]]));
        assert_non_null(feature_name(whole->names, page->features[0]));
        const struct correlation *c = &whole->correlation[STATISTIC_MARGIN];
        for (size_t j = 0; j < K; j++)
            if (j != k) {
                assert_true(correlation_at(c, k, j) <=
                            correlation_at(c, k, page->others[0]));
                assert_true(correlation_at(c, k, j) >=
                            correlation_at(c, k, page->others[K - 2]));
            }
        assert_true(page->surest.n_right && page->surest.n_right <= HEAD_PAGE_PAIRS);
        assert_true(analysis_surety(whole, ROUTE_PROMPT, k, page->surest.right[0]) > 0);
        if (page->surest.n_wrong)
            assert_true(analysis_surety(whole, ROUTE_PROMPT, k, page->surest.wrong[0]) < 0);
    }
}

static void bound_is_that_of_bound(void **state)
{
    (void)state;
    struct bound_estimate want;
    struct error err;
    assert_int_equal(bound_estimate(&shipped.features->features, &shipped.model->model,
                                    SPLIT_TEST, &(struct workers){0}, &want, &err),
                     STATUS_OK);
    assert_memory_equal(&want, &whole->bound, sizeof want);
}

/* Every threshold gives the heads that prune keeps and, of the model that it would write, the
 * same accuracies and intervals. */
static void cuts_are_those_of_prune(void **state)
{
    (void)state;
    const struct features *features = &shipped.features->features;
    struct prune_curve *cuts = whole->cuts;
    size_t K = whole->n_heads, n_points;
    uint32_t leader[64];
    const struct prune_point *points = analysis_points(whole, &n_points);
    assert_true(n_points > 3);
    assert_int_equal(cuts->n_views, 2);
    for (int step = 0; step < 200; step++) {
        double threshold = 1 - 0.01 * step;
        const struct prune_point *point = analysis_cut(whole, threshold);
        struct prune_cut cut = prune_at(&cuts->index, threshold, leader);
        assert_int_equal(point->n_kept, cut.n_kept);
        assert_memory_equal(point->leader, leader, K * sizeof *leader);
    }
    for (size_t p = 0; p < n_points; p += 2) {
        struct model model;
        struct error err;
        assert_int_equal(
            prune_model(&model, &shipped.model->model, points[p].leader, NULL, &err), 0);
        for (size_t v = 0; v < 2; v++) {
            const struct prune_view *view = &cuts->views[v];
            struct predictions after;
            struct differences want;
            assert_int_equal(predictions_make(&after, features, &model, view->pairs,
                                              view->predictions.n,
                                              (struct predict_options){0}, &err),
                             0);
            differences_make(features, &view->predictions, &after,
                             &(struct differences_options){1000, 1}, &want);
            const struct differences *got = &points[p].differences[v];
            assert_near(got->mixture.before, want.mixture.before, 0, 0);
            assert_near(got->mixture.after, want.mixture.after, 0, 0);
            assert_interval(got->mixture.interval, want.mixture.interval);
            assert_near(got->oracle.gap, want.oracle.gap, 0, 0);
            assert_interval(got->oracle.interval, want.oracle.interval);
            assert_near(points[p].nll[v], predictions_nll(&after), 1e-6, 0);
            predictions_done(&after);
        }
        model_done(&model);
    }
}

/* The cuts by another statistic, merged, are those of a curve made from the start. */
static void other_cuts_from_the_same_predictions(void **state)
{
    (void)state;
    struct error err = {0};
    struct prune_curve_options options = {
        .statistic = STATISTIC_AGREEMENT, .merge = true, .resamples = 20, .seed = 1};
    struct prune_curve *curves[2] = {analysis_curve(whole, &options, &err),
                                     prune_curve_open(&shipped.features->features,
                                                      &shipped.model->model, SPLIT_HOLDOUT,
                                                      &options, &err)};
    for (size_t c = 0; c < 2; c++)
        while (!prune_curve_finished(curves[c]))
            assert_int_equal(prune_curve_step(curves[c], &err), STATUS_OK);
    assert_int_equal(curves[0]->n_points, curves[1]->n_points);
    for (size_t p = 0; p < curves[0]->n_points; p++)
        for (size_t v = 0; v < 2; v++) {
            const struct difference *got = &curves[0]->points[p].differences[v].mixture;
            const struct difference *want = &curves[1]->points[p].differences[v].mixture;
            assert_near(got->after, want->after, 0, 0);
            assert_interval(got->interval, want->interval);
        }
    prune_curve_free(curves[0]);
    prune_curve_free(curves[1]);
}

static void numbers_are_explained(void **state)
{
    (void)state;
    const struct evaluation *evaluation = analysis_evaluation(whole, ROUTE_PROMPT);
    struct explanation e;
    char want[64];
    analysis_explain_cell(whole, ROUTE_PROMPT, 3, 1, &e);
    const struct evaluated_cell *cell = &evaluation->rows[3].cells[1];
    snprintf(want, sizeof want, "%zu / %zu", cell->right, evaluation->attribute_pairs[1]);
    assert_string_equal(e.values, want);
    assert_string_equal(e.what, "accuracy of h4 on clarity-and-conciseness, test split");
    assert_near(e.value, cell->accuracy, 0, 0);
    assert_interval(e.interval, cell->interval);
    analysis_explain_cell(whole, ROUTE_PROMPT, whole->n_heads, SIZE_MAX, &e);
    assert_non_null(strstr(e.what, "mean accuracy of the mixture"));
    assert_near(e.value, evaluation->rows[whole->n_heads].mean, 0, 0);
    analysis_explain_weight(whole, ROUTE_CONTEXT, 2, 7, &e);
    double weights[64], sum = 0;
    analysis_pair_weights(whole, ROUTE_CONTEXT, 7, weights);
    for (size_t k = 0; k < whole->n_heads; k++)
        sum += weights[k];
    assert_near(sum, 1, 1e-12, 0);
    assert_near(e.value, weights[2], 0, 0);
    analysis_explain_weight(whole, ROUTE_PROMPT, 2, SIZE_MAX, &e);
    assert_near(e.value, evaluation->rows[2].load, 0, 0);
    analysis_explain_entropy(whole, ROUTE_PROMPT, SIZE_MAX, &e);
    assert_near(e.value, evaluation->entropy, 0, 0);
    analysis_explain_entropy(whole, ROUTE_PROMPT, 4, &e);
    assert_near(e.value, (double)whole->routes[0][4].entropy, 0, 0);
    analysis_explain_probability(whole, ROUTE_PROMPT, 4, &e);
    assert_near(e.value, whole->predictions[0].probability[4], 0, 0);
    analysis_explain_feature(whole, 0, whole->heads[0].features[1], &e);
    assert_non_null(strstr(e.values, "the largest but 1 of 48"));
    analysis_explain_correlation(whole, 0, 1, &e);
    assert_near(e.value, correlation_at(&whole->cuts->correlation, 0, 1), 0, 0);
    assert_non_null(strstr(e.what, "holdout split"));
}

/* ---- made features ---- */

static struct held_features *hold(struct made *made)
{
    struct held_features *held = mem_zero(sizeof *held);
    atomic_init(&held->count, 1);
    held->features = made->features;
    return held;
}

static struct held_model *draw(enum router router, size_t n_heads, size_t prompt_width,
                               size_t response_width)
{
    struct shape shape = {router, n_heads, 8, prompt_width, response_width};
    struct model model;
    struct error err;
    assert_int_equal(shape_normalise(&shape, &err), 0);
    assert_int_equal(model_create(&model, &shape, &err), 0);
    model_draw(&model, 1, 0);
    return held_model_make(&model, NULL);
}

/* In slices, the figures of the whole: many pairs and wide rows. */
static void slices_change_nothing(void **state)
{
    (void)state;
    struct made made;
    struct error err = {0};
    made_init(&made, &(struct made_sizes){3000, 300, 500, 300, 3}, 3);
    struct held_features *features = hold(&made);
    struct held_model *model = draw(ROUTER_MLP, 70, 500, 300);
    struct analysis_options options = analysis_defaults();
    options.resamples = 20;
    struct analysis *analysis = analysis_create(features, model, NULL, &options, &err);
    assert_non_null(analysis);
    assert_int_equal(analysis->split, SPLIT_TRAIN);
    assert_false(analysis->has_contexts);
    finish(analysis, ANALYSIS_WHOLE);
    struct predictions want;
    assert_int_equal(predictions_make(&want, &made.features, &model->model, analysis->pairs,
                                      3000, (struct predict_options){0}, &err),
                     STATUS_OK);
    for (size_t i = 0; i < (size_t)3000 * 70; i++) {
        assert_near((double)analysis->predictions[0].margin[i], (double)want.margin[i],
                    1e-4, 1e-4);
        assert_near((double)analysis->predictions[0].log_weight[i],
                    (double)want.log_weight[i], 1e-4, 1e-4);
    }
    assert_non_null(strstr(feature_names_missing(analysis->names), "which encoder"));
    assert_int_equal(analysis->cuts->n_views, 1);
    predictions_done(&want);
    analysis_unref(analysis);
    held_model_unref(model);
    held_features_unref(features);
    made_done(&made);
}

/* Without prompts every pair is one of its own; one head has no others. */
static void one_head_without_prompts(void **state)
{
    (void)state;
    struct made made;
    struct error err = {0};
    made_init(&made, &(struct made_sizes){40, 0, 0, 4, 0}, 3);
    struct held_features *features = hold(&made);
    struct held_model *model = draw(ROUTER_NONE, 1, 0, 4);
    struct analysis_options options = analysis_defaults();
    options.resamples = 0;
    struct analysis *analysis = analysis_create(features, model, NULL, &options, &err);
    assert_non_null(analysis);
    finish(analysis, ANALYSIS_WHOLE);
    assert_int_equal(analysis->n_prompts, 40);
    assert_int_equal(analysis->prompts[3].row, -1);
    assert_int_equal(analysis->prompts[3].attribute, ANALYSIS_NO_ATTRIBUTE);
    assert_near((double)analysis->weights[3], 1, 1e-6, 0);
    assert_int_equal(analysis_cut(analysis, 0.5)->n_kept, 1);
    analysis_unref(analysis);
    held_model_unref(model);
    model = draw(ROUTER_NONE, 1, 0, 5);
    assert_null(analysis_create(features, model, NULL, &options, &err));
    assert_non_null(strstr(err.message, "read 5 numbers a response, the features have 4"));
    held_model_unref(model);
    made.features.n_pairs = features->features.n_pairs = 0;
    held_features_unref(features);
    made_done(&made);
}

/* What a stage holds stays when a later one fails. */
static void failure_leaves_what_was_there(void **state)
{
    (void)state;
    struct made made;
    struct error err = {0};
    made_init(&made, &(struct made_sizes){60, 6, 4, 4, 2}, 3);
    for (size_t i = 0; i < 60; i++)
        made.split[i] = i < 30 ? SPLIT_HOLDOUT : SPLIT_TEST;
    made.chosen[0] = (float)NAN;
    struct held_features *features = hold(&made);
    struct held_model *model = draw(ROUTER_LINEAR, 3, 4, 4);
    struct analysis_options options = analysis_defaults();
    struct analysis *analysis = analysis_create(features, model, NULL, &options, &err);
    while (!analysis_finished(analysis) && !analysis_step(analysis, &err))
        ;
    assert_int_equal(analysis_stage(analysis), ANALYSIS_INTERVALS);
    assert_non_null(strstr(err.message, "NaN"));
    assert_non_null(analysis_evaluation(analysis, ROUTE_PROMPT));
    analysis_unref(analysis);
    held_model_unref(model);
    held_features_unref(features);
    made_done(&made);
}

/* ---- threads ---- */

struct watched {
    struct analysis *analysis;
    double sum;
};

static void look(struct watched *watched)
{
    struct analysis *analysis = watched->analysis;
    while (!analysis_finished(analysis)) {
        const struct evaluation *evaluation = analysis_evaluation(analysis, ROUTE_CONTEXT);
        const struct prune_point *cut = analysis_cut(analysis, 0.9);
        if (evaluation)
            watched->sum += evaluation->rows[0].mean + (double)analysis->weights[0];
        if (cut)
            watched->sum += cut->differences[0].mixture.before;
        watched->sum += analysis_share(analysis);
    }
}

static void look_or_work(void *arg, size_t thread)
{
    struct watched *watched = arg;
    struct error err;
    if (thread == 0)
        look(watched);
    else
        while (!analysis_finished(watched->analysis) &&
               !analysis_step(watched->analysis, &err))
            ;
}

/* A view reads while the worker writes: for the thread sanitizer. */
static void is_read_while_it_is_made(void **state)
{
    (void)state;
    struct analysis_options options = analysis_defaults();
    options.resamples = 200;
    struct watched watched = {create(&options), 0};
    struct team *team = team_create(2);
    if (team_size(team) == 2)
        team_run(team, look_or_work, &watched);
    else
        finish(watched.analysis, ANALYSIS_WHOLE);
    assert_true(watched.sum >= 0);
    team_free(team);
    analysis_unref(watched.analysis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evaluations_are_those_of_eval),
        cmocka_unit_test(comes_in_stages),
        cmocka_unit_test(prompts_hold_their_pairs),
        cmocka_unit_test(cells_hold_their_pairs),
        cmocka_unit_test(pages_say_what_heads_look_at),
        cmocka_unit_test(bound_is_that_of_bound),
        cmocka_unit_test(cuts_are_those_of_prune),
        cmocka_unit_test(other_cuts_from_the_same_predictions),
        cmocka_unit_test(numbers_are_explained),
        cmocka_unit_test(slices_change_nothing),
        cmocka_unit_test(one_head_without_prompts),
        cmocka_unit_test(failure_leaves_what_was_there),
        cmocka_unit_test(is_read_while_it_is_made),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
