/* Pruning: the reference's choice, what must hold of any mixture, and models without the
 * dropped heads that predict what was promised. */
#include "reference.h"

#include "base/rng.h"
#include "core/correlation.h"
#include "core/difference.h"
#include "core/linalg.h"
#include "core/prune.h"

static void assert_ok(enum status status, const struct error *err)
{
    if (status)
        fail_msg("%s", err->message);
}

/* Predictions, correlations and the index over them. */
struct given_heads {
    uint32_t pairs[128];
    struct predictions predictions;
    struct correlation correlation;
    struct prune_index index;
};

static void prepare(struct given_heads *given, size_t n, size_t K, const float *margin,
                    const float *log_f)
{
    struct error err = {0};
    for (size_t i = 0; i < n; i++)
        given->pairs[i] = (uint32_t)i;
    assert_ok(predictions_of_margins(&given->predictions, given->pairs, n, K, margin, log_f,
                                     &err),
              &err);
    assert_ok(correlation_make(&given->correlation, margin, n, K,
                               &(struct correlation_options){0}, &err),
              &err);
    assert_ok(
        prune_index_make(&given->index, &given->correlation, &given->predictions, &err),
        &err);
}

static void done(struct given_heads *given)
{
    prune_index_done(&given->index);
    correlation_done(&given->correlation);
    predictions_done(&given->predictions);
}

/* Margins and log weights from a seed; n pairs, K heads. */
static void draw(float *margin, float *log_f, size_t n, size_t K, uint64_t seed)
{
    struct rng rng;
    rng_init(&rng, seed, 0);
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t k = 0; k < K; k++) {
            margin[i * K + k] = (float)rng_normal(&rng);
            log_f[i * K + k] = (float)(rng_normal(&rng) + 0.3 * (double)k);
            sum += exp((double)log_f[i * K + k]);
        }
        for (size_t k = 0; k < K; k++)
            log_f[i * K + k] -= (float)log(sum);
    }
}

/* Column `to` becomes factor times column `from`. */
static void copy_head(float *margin, size_t n, size_t K, size_t from, size_t to, float by)
{
    for (size_t i = 0; i < n; i++)
        margin[i * K + to] = by * margin[i * K + from];
}

static void test_reference(void **state)
{
    (void)state;
    static double margin[96 * 6], importance[6], kept[6];
    static float narrow[96 * 6], log_f[96 * 6];
    struct json *reference = reference_open();
    reference_values(reference_get(reference, "prune/margins"), margin);
    assert_int_equal(
        reference_values(reference_get(reference, "prune/importance"), importance), 6);
    size_t n_kept = reference_values(reference_get(reference, "prune/kept"), kept);
    for (size_t i = 0; i < 96 * 6; i++) {
        narrow[i] = (float)margin[i];
        log_f[i] = (float)log(importance[i % 6]);
    }
    struct given_heads given;
    prepare(&given, 96, 6, narrow, log_f);
    uint32_t leader[6];
    struct prune_cut cut =
        prune_at(&given.index, reference_number(reference, "prune/threshold"), leader);
    assert_int_equal(cut.n_kept, n_kept);
    for (size_t k = 0; k < 6; k++) {
        bool is_kept = false;
        assert_near(given.index.importance[k], importance[k], 1e-6, 0);
        for (size_t j = 0; j < n_kept; j++)
            is_kept = is_kept || (size_t)kept[j] == k;
        assert_int_equal(leader[k] == k, is_kept);
    }
    assert_int_equal(leader[4], 0); /* of which it is a noisy copy */
    done(&given);
    json_free(reference);
}

/* The rule, head by head, on drawn mixtures and many thresholds. */
static void test_rule(void **state)
{
    (void)state;
    enum { N = 40, K = 9 };
    float margin[N * K], log_f[N * K];
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct given_heads given;
        draw(margin, log_f, N, K, seed);
        copy_head(margin, N, K, 2, 5, 3);
        copy_head(margin, N, K, 2, 7, -1);
        prepare(&given, N, K, margin, log_f);
        for (double threshold = -1; threshold <= 1.01; threshold += 0.05) {
            uint32_t leader[K], seen[K];
            struct prune_cut cut = prune_at(&given.index, threshold, leader);
            size_t n_seen = 0;
            double closest = -HUGE_VAL;
            for (size_t a = 0; a < K; a++) {
                uint32_t k = given.index.order[a], nearest = k;
                double most = -HUGE_VAL;
                if (a)
                    assert_true(given.index.importance[k] <=
                                given.index.importance[given.index.order[a - 1]]);
                for (size_t j = 0; j < n_seen; j++)
                    if (correlation_at(&given.correlation, k, seen[j]) > most) {
                        nearest = seen[j];
                        most = correlation_at(&given.correlation, k, nearest);
                    }
                if (most < threshold || n_seen == 0) {
                    seen[n_seen++] = k;
                    closest = fmax(closest, most);
                    nearest = k;
                }
                assert_int_equal(leader[k], nearest);
            }
            assert_int_equal(cut.n_kept, n_seen);
            assert_true(cut.closest == closest);
            assert_true(cut.n_kept >= 1);
        }
        done(&given);
    }
}

static void test_copies_and_opposites(void **state)
{
    (void)state;
    enum { N = 60, K = 4 };
    float margin[N * K], log_f[N * K];
    draw(margin, log_f, N, K, 5);
    copy_head(margin, N, K, 0, 2, 1);
    copy_head(margin, N, K, 0, 3, -1);
    struct given_heads given;
    prepare(&given, N, K, margin, log_f);
    uint32_t leader[K];
    struct prune_cut cut = prune_at(&given.index, 1, leader);
    assert_int_equal(cut.n_kept, 3);
    assert_int_equal(leader[0], 2); /* which has more weight */
    assert_int_equal(leader[2], 2);
    assert_int_equal(leader[1], 1);
    assert_int_equal(leader[3], 3);
    assert_true(correlation_at(&given.correlation, 0, 3) < -0.999);
    assert_int_equal(prune_at(&given.index, -1, leader).n_kept, 1);
    for (size_t k = 0; k < K; k++)
        assert_int_equal(leader[k], 3); /* the last one has the most weight */
    done(&given);
}

/* Thresholds from one cut's closest pair to the next: every cut there is, each once. */
static void test_whole_curve(void **state)
{
    (void)state;
    enum { N = 50, K = 8 };
    float margin[N * K], log_f[N * K];
    draw(margin, log_f, N, K, 2);
    struct given_heads given;
    prepare(&given, N, K, margin, log_f);
    uint32_t before[K], leader[K];
    double threshold = 1;
    struct prune_cut cut = prune_at(&given.index, threshold, before);
    assert_int_equal(cut.n_kept, K);
    size_t n_cuts = 1;
    while (cut.n_kept > 1) {
        /* Nothing changes above it ... */
        double middle = (threshold + cut.closest) / 2;
        assert_true(cut.closest < threshold);
        struct prune_cut same = prune_at(&given.index, middle, leader);
        assert_int_equal(same.n_kept, cut.n_kept);
        assert_memory_equal(leader, before, sizeof leader);
        /* ... and at it something does. */
        threshold = cut.closest;
        cut = prune_at(&given.index, threshold, leader);
        assert_memory_not_equal(leader, before, sizeof leader);
        memcpy(before, leader, sizeof leader);
        assert_true(++n_cuts <= K * K);
    }
    assert_true(cut.closest == -HUGE_VAL);
    assert_true(n_cuts >= K / 2);
    done(&given);
}

/* Of two heads that the router likes equally the one is kept that predicts better. */
static void test_ties(void **state)
{
    (void)state;
    enum { N = 60, K = 4 };
    float margin[N * K], log_f[N * K];
    draw(margin, log_f, N, K, 7);
    for (size_t i = 0; i < N * K; i++)
        log_f[i] = (float)log(0.25);
    for (size_t i = 0; i < N; i++) {
        margin[i * K + 1] = 0.5f + 0.01f * margin[i * K + 1]; /* always right, unsure */
        margin[i * K + 2] = 5 * margin[i * K + 1];            /* the same, surer: better */
        margin[i * K + 3] = -margin[i * K + 1];               /* always wrong */
    }
    struct given_heads given;
    prepare(&given, N, K, margin, log_f);
    assert_int_equal(given.index.order[0], 2);
    assert_int_equal(given.index.order[1], 1);
    uint32_t leader[K];
    prune_at(&given.index, 0.95, leader);
    assert_int_equal(leader[1], 2);
    assert_int_equal(leader[3], 3);
    done(&given);
    /* All the same: by number. */
    for (size_t i = 0; i < N * K; i++)
        margin[i] = margin[i - i % K];
    prepare(&given, N, K, margin, log_f);
    for (size_t k = 0; k < K; k++)
        assert_int_equal(given.index.order[k], k);
    done(&given);
}

/* P of the pruned mixture by its definition. */
static double probability(const float *log_f, const float *margin, size_t K,
                          const uint32_t *leader)
{
    double sum = 0, mass = 0;
    for (size_t k = 0; k < K; k++)
        if (leader[k] == k) {
            mass += exp((double)log_f[k]);
            sum += exp((double)log_f[k]) / (1 + exp(-(double)margin[k]));
        }
    return sum / mass;
}

static void test_predictions(void **state)
{
    (void)state;
    enum { N = 60, K = 5 };
    float margin[N * K], log_f[N * K];
    struct error err = {0};
    draw(margin, log_f, N, K, 9);
    copy_head(margin, N, K, 4, 0, 1);
    struct given_heads given;
    prepare(&given, N, K, margin, log_f);
    uint32_t leader[K];
    assert_int_equal(prune_at(&given.index, 0.95, leader).n_kept, K - 1);
    struct predictions dropped, merged;
    assert_ok(prune_predict(&dropped, &given.predictions, leader, NULL, &err), &err);
    assert_ok(
        prune_predict(&merged, &given.predictions, leader, given.index.importance, &err),
        &err);
    assert_int_equal(dropped.n_heads, K - 1);
    assert_int_equal(dropped.n_predictors, K);
    double moved = 0;
    for (size_t i = 0; i < N; i++) {
        double want = probability(log_f + i * K, margin + i * K, K, leader), sum = 0;
        assert_near(dropped.probability[i], want, 1e-6, 0);
        assert_int_equal(dropped.right[i * K + K - 1], want > 0.5);
        for (size_t k = 0; k < K - 1; k++)
            sum += exp((double)dropped.log_weight[i * (K - 1) + k]);
        assert_near(sum, 1, 1e-6, 0);
        /* A duplicate's mass merged changes nothing; dropped it does. */
        assert_near(merged.probability[i], given.predictions.probability[i], 1e-6, 0);
        moved = fmax(moved, fabs(want - given.predictions.probability[i]));
    }
    assert_true(moved > 0.01);
    predictions_done(&dropped);
    predictions_done(&merged);
    done(&given);
}

/* Merged heads are averages by importance. */
static void test_merged_head(void **state)
{
    (void)state;
    enum { N = 30, K = 3 };
    float margin[N * K], log_f[N * K];
    struct error err = {0};
    draw(margin, log_f, N, K, 3);
    struct given_heads given;
    prepare(&given, N, K, margin, log_f);
    const uint32_t leader[K] = {2, 1, 2};
    const double *u = given.index.importance;
    struct predictions merged;
    assert_ok(prune_predict(&merged, &given.predictions, leader, u, &err), &err);
    for (size_t i = 0; i < N; i++) {
        const float *m = margin + i * K, *f = log_f + i * K;
        assert_near((double)merged.margin[2 * i], (double)m[1], 1e-6, 0);
        assert_near((double)merged.margin[2 * i + 1],
                    (u[0] * (double)m[0] + u[2] * (double)m[2]) / (u[0] + u[2]), 1e-6,
                    1e-6);
        assert_near(exp((double)merged.log_weight[2 * i + 1]),
                    exp((double)f[0]) + exp((double)f[2]), 1e-6, 0);
    }
    predictions_done(&merged);
    /* A cluster that is never used is its leader. */
    const double none[K] = {0, 1, 0};
    assert_ok(prune_predict(&merged, &given.predictions, leader, none, &err), &err);
    for (size_t i = 0; i < N; i++)
        assert_near((double)merged.margin[2 * i + 1], (double)margin[i * K + 2], 1e-6, 0);
    predictions_done(&merged);
    done(&given);
}

/* ---- models ---- */

/* Head 5 is head 2, head 6 its opposite. alike: the router's logits for 2 and 5 differ by a
 * constant. */
static void make_model(struct model *model, enum router router, bool alike)
{
    struct error err = {0};
    struct shape shape = {router, 6, router == ROUTER_MLP ? 8 : 0, 12, 12};
    assert_ok(shape_normalise(&shape, &err), &err);
    assert_ok(model_create(model, &shape, &err), &err);
    model_draw(model, 21, router);
    memcpy(model->heads + 4 * 12, model->heads + 12, 12 * sizeof(float));
    for (size_t d = 0; d < 12; d++)
        model->heads[5 * 12 + d] = -model->heads[12 + d];
    if (alike && router == ROUTER_MLP)
        memcpy(model->tail.last + 4 * 8, model->tail.last + 8, 8 * sizeof(float));
    if (alike && router == ROUTER_LINEAR)
        memcpy(model->input + 4 * 12, model->input + 12, 12 * sizeof(float));
    model->single = malloc(12 * sizeof(float));
    for (size_t d = 0; d < 12; d++)
        model->single[d] = (float)d;
}

struct fitted {
    struct features features;
    struct given_heads given;
    struct model model;
};

static void predict(const struct features *features, const struct model *model,
                    const uint32_t *pairs, struct predictions *out)
{
    struct error err = {0};
    assert_ok(predictions_make(out, features, model, pairs, features->n_pairs,
                               (struct predict_options){RULE_PROBABILITY, ROUTE_PROMPT},
                               &err),
              &err);
}

static void fit(struct fitted *fitted, enum router router, bool alike)
{
    char path[512];
    struct error err = {0};
    assert_ok(
        features_open(&fitted->features, reference_path("pairs.safetensors", path), &err),
        &err);
    make_model(&fitted->model, router, alike);
    struct given_heads *given = &fitted->given;
    for (size_t i = 0; i < fitted->features.n_pairs; i++)
        given->pairs[i] = (uint32_t)i;
    predict(&fitted->features, &fitted->model, given->pairs, &given->predictions);
    assert_ok(correlation_make(&given->correlation, given->predictions.margin,
                               given->predictions.n, 6, &(struct correlation_options){0},
                               &err),
              &err);
    assert_ok(
        prune_index_make(&given->index, &given->correlation, &given->predictions, &err),
        &err);
}

static void fitted_done(struct fitted *fitted)
{
    done(&fitted->given);
    model_done(&fitted->model);
    features_done(&fitted->features);
}

static void assert_same_predictions(const struct predictions *got,
                                    const struct predictions *want)
{
    assert_int_equal(got->n_heads, want->n_heads);
    for (size_t i = 0; i < got->n; i++) {
        assert_near(got->probability[i], want->probability[i], 1e-5, 1e-7);
        for (size_t k = 0; k < got->n_heads; k++) {
            size_t at = i * got->n_heads + k;
            assert_near((double)got->margin[at], (double)want->margin[at], 1e-5, 1e-5);
            assert_near((double)got->log_weight[at], (double)want->log_weight[at], 1e-5,
                        1e-5);
        }
    }
}

/* Leaving rows out of the router is dropping its logits, for every router and any cut. */
static void test_pruned_models(void **state)
{
    (void)state;
    for (enum router router = ROUTER_MLP; router <= ROUTER_STATIC; router++) {
        struct fitted fitted;
        struct error err = {0};
        fit(&fitted, router, false);
        const double thresholds[] = {1, 0.9, 0.3, -1};
        for (size_t t = 0; t < 4; t++) {
            uint32_t leader[6];
            struct prune_cut cut = prune_at(&fitted.given.index, thresholds[t], leader);
            assert_true(t ? cut.n_kept <= 5 : cut.n_kept == 5);
            struct model pruned;
            struct predictions of_model, promised;
            assert_ok(prune_model(&pruned, &fitted.model, leader, NULL, &err), &err);
            assert_int_equal(pruned.shape.n_heads, cut.n_kept);
            assert_int_equal(pruned.shape.router, router);
            assert_memory_equal(pruned.single, fitted.model.single, 12 * sizeof(float));
            predict(&fitted.features, &pruned, fitted.given.pairs, &of_model);
            assert_ok(
                prune_predict(&promised, &fitted.given.predictions, leader, NULL, &err),
                &err);
            assert_same_predictions(&of_model, &promised);
            predictions_done(&of_model);
            predictions_done(&promised);
            model_done(&pruned);
        }
        fitted_done(&fitted);
    }
}

/* Mean divergence of the model's weights from those that the merge should have. */
static double divergence(const struct predictions *got, const struct predictions *want)
{
    double sum = 0;
    for (size_t i = 0; i < want->n * want->n_heads; i++)
        sum += exp((double)want->log_weight[i]) *
               ((double)want->log_weight[i] - (double)got->log_weight[i]);
    return sum / (double)want->n;
}

/* A static router holds a merge exactly; the others as nearly as one row can, and exactly
 * where the members' logits differ by a constant. */
static void test_merged_models(void **state)
{
    (void)state;
    for (enum router router = ROUTER_MLP; router <= ROUTER_STATIC; router++)
        for (int alike = 0; alike < 2; alike++) {
            struct fitted fitted;
            struct error err = {0};
            fit(&fitted, router, alike);
            uint32_t leader[6];
            const double *importance = fitted.given.index.importance;
            assert_int_equal(prune_at(&fitted.given.index, 1, leader).n_kept, 5);
            assert_true(leader[1] == leader[4]);
            struct model merged;
            struct predictions of_model, promised;
            assert_ok(prune_model(&merged, &fitted.model, leader, importance, &err), &err);
            predict(&fitted.features, &merged, fitted.given.pairs, &of_model);
            assert_ok(prune_predict(&promised, &fitted.given.predictions, leader,
                                    importance, &err),
                      &err);
            if (router == ROUTER_STATIC || alike) {
                assert_same_predictions(&of_model, &promised);
                /* The duplicate's weight is kept, so nothing has changed. */
                for (size_t i = 0; i < of_model.n; i++)
                    assert_near(of_model.probability[i],
                                fitted.given.predictions.probability[i], 1e-5, 1e-7);
            } else {
                double nats = divergence(&of_model, &promised);
                print_message("# merged %s: %.2g nats from exact\n", router_names[router],
                              nats);
                assert_true(nats > 1e-6 && nats < 0.02);
                for (size_t i = 0; i < of_model.n * 5; i++)
                    assert_near((double)of_model.margin[i], (double)promised.margin[i],
                                1e-5, 1e-5);
            }
            predictions_done(&of_model);
            predictions_done(&promised);
            model_done(&merged);
            fitted_done(&fitted);
        }
}

/* Nothing to merge: the same numbers, for any router. */
static void test_nothing_to_merge(void **state)
{
    (void)state;
    for (enum router router = ROUTER_MLP; router <= ROUTER_STATIC; router++) {
        struct fitted fitted;
        struct error err = {0};
        struct model merged;
        fit(&fitted, router, false);
        const uint32_t leader[6] = {0, 1, 2, 3, 4, 5};
        assert_ok(prune_model(&merged, &fitted.model, leader, fitted.given.index.importance,
                              &err),
                  &err);
        assert_memory_equal(merged.block, fitted.model.block,
                            shape_parameters(&merged.shape) * sizeof(float));
        model_done(&merged);
        fitted_done(&fitted);
    }
}

static void test_one_head_without_router(void **state)
{
    (void)state;
    struct error err = {0};
    struct shape shape = {ROUTER_NONE, 1, 0, 0, 3};
    struct model model, pruned;
    assert_ok(model_create(&model, &shape, &err), &err);
    model_draw(&model, 1, 0);
    const uint32_t leader[1] = {0};
    const double importance[1] = {1};
    for (int merge = 0; merge < 2; merge++) {
        assert_ok(prune_model(&pruned, &model, leader, merge ? importance : NULL, &err),
                  &err);
        assert_memory_equal(pruned.heads, model.heads, 3 * sizeof(float));
        assert_null(pruned.single);
        model_done(&pruned);
    }
    model_done(&model);
}

/* ---- what it costs ---- */

static void test_differences(void **state)
{
    (void)state;
    struct fitted fitted;
    struct error err = {0};
    fit(&fitted, ROUTER_MLP, false);
    const struct predictions *before = &fitted.given.predictions;
    struct differences same, changed;
    differences_make(&fitted.features, before, before,
                     &(struct differences_options){200, 1}, &same);
    assert_true(same.mixture.gap == 0 && same.oracle.gap == 0);
    assert_true(same.mixture.interval.low == 0 && same.mixture.interval.high == 0);
    struct evaluate_options options = {.split = SPLIT_TRAIN, .resamples = 0};
    struct evaluation full, cut;
    evaluate_predictions(&fitted.features, before, &options, &full);
    uint32_t leader[6];
    prune_at(&fitted.given.index, -1, leader);
    struct predictions after;
    assert_ok(prune_predict(&after, before, leader, NULL, &err), &err);
    evaluate_predictions(&fitted.features, &after, &options, &cut);
    differences_make(&fitted.features, before, &after,
                     &(struct differences_options){200, 1}, &changed);
    const struct {
        enum predictor predictor;
        struct difference *got;
    } rows[] = {{PREDICTOR_MIXTURE, &changed.mixture}, {PREDICTOR_ORACLE, &changed.oracle}};
    for (size_t r = 0; r < 2; r++) {
        double was = evaluation_row(&full, rows[r].predictor)->mean;
        double is = evaluation_row(&cut, rows[r].predictor)->mean;
        assert_near(rows[r].got->before, was, 1e-12, 0);
        assert_near(rows[r].got->after, is, 1e-12, 0);
        assert_near(rows[r].got->gap, is - was, 1e-12, 1e-15);
        assert_true(rows[r].got->interval.low < rows[r].got->gap);
        assert_true(rows[r].got->interval.high > rows[r].got->gap);
    }
    assert_true(changed.oracle.gap < 0); /* one head cannot be best at all attributes */
    differences_make(&fitted.features, before, &after, &(struct differences_options){0, 1},
                     &changed);
    assert_true(isnan(changed.mixture.interval.low));
    predictions_done(&after);
    evaluation_done(&full);
    evaluation_done(&cut);
    fitted_done(&fitted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_rule),
        cmocka_unit_test(test_copies_and_opposites),
        cmocka_unit_test(test_whole_curve),
        cmocka_unit_test(test_ties),
        cmocka_unit_test(test_predictions),
        cmocka_unit_test(test_merged_head),
        cmocka_unit_test(test_pruned_models),
        cmocka_unit_test(test_merged_models),
        cmocka_unit_test(test_nothing_to_merge),
        cmocka_unit_test(test_one_head_without_router),
        cmocka_unit_test(test_differences),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
