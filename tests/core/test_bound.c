#include "reference.h"

#include <math.h>

#include "base/memory.h"
#include "base/rng.h"
#include "core/bound.h"
#include "core/checkpoint.h"
#include "core/linalg.h"

/* A mixture that is known exactly: tables of rewards by group, prompt and answer. */
enum { X_MOST = 3, A_MOST = 5, K_MOST = 5, PAIRS_MOST = X_MOST * A_MOST * A_MOST };

enum pairing {
    ORDERED,       /* each pair of answers once, a < b */
    WINNER_BIASED, /* both orders, the more as the first is preferred */
    SYMMETRIC,     /* both orders alike */
    PAIRINGS,
};

struct mixture {
    size_t X, A, K, n;
    size_t a[PAIRS_MOST], b[PAIRS_MOST]; /* answers of a pair */
    float margin[PAIRS_MOST * K_MOST], log_weight[PAIRS_MOST * K_MOST], single[PAIRS_MOST];
    double share[PAIRS_MOST], preferred[PAIRS_MOST]; /* preferred: sum_k gamma_k sigma_k */
    uint32_t prompt[PAIRS_MOST];
};

static double sigmoid(double m)
{
    return 1 / (1 + exp(-m));
}

static struct bound take(const struct mixture *mixture, bool with_single)
{
    struct bound_groups groups = {
        .n = mixture->n,
        .n_groups = mixture->K,
        .margin = mixture->margin,
        .log_weight = mixture->log_weight,
        .share = mixture->share,
        .prompt = mixture->prompt,
        .n_prompts = mixture->X,
        .single = with_single ? mixture->single : NULL,
    };
    struct bound bound;
    struct error err;
    assert_int_equal(bound_of_groups(&groups, &bound, &err), STATUS_OK);
    return bound;
}

/* Adds the pair (a, b) of prompt x, whose rewards are reward[k][a]. */
static void add_pair(struct mixture *mixture, size_t x, size_t a, size_t b,
                     double reward[K_MOST][A_MOST], const double *weight)
{
    size_t i = mixture->n++;
    mixture->a[i] = a;
    mixture->b[i] = b;
    mixture->prompt[i] = (uint32_t)x;
    mixture->preferred[i] = 0;
    for (size_t k = 0; k < mixture->K; k++) {
        float margin = (float)(reward[k][a] - reward[k][b]);
        mixture->margin[i * mixture->K + k] = margin;
        mixture->log_weight[i * mixture->K + k] = (float)log(weight[k]);
        mixture->preferred[i] += weight[k] * sigmoid((double)margin);
    }
}

static void share_out(struct mixture *mixture, enum pairing pairing)
{
    double sum[X_MOST] = {0};
    for (size_t i = 0; i < mixture->n; i++) {
        mixture->share[i] = pairing == WINNER_BIASED ? mixture->preferred[i] : 1;
        sum[mixture->prompt[i]] += mixture->share[i];
    }
    for (size_t i = 0; i < mixture->n; i++)
        mixture->share[i] /= sum[mixture->prompt[i]] * (double)mixture->X;
}

static void draw_mixture(struct mixture *mixture, struct rng *rng, enum pairing pairing,
                         double scale)
{
    *mixture = (struct mixture){.X = 1 + rng_below(rng, X_MOST),
                                .A = 2 + rng_below(rng, A_MOST - 1),
                                .K = 1 + rng_below(rng, K_MOST)};
    for (size_t x = 0; x < mixture->X; x++) {
        double reward[K_MOST][A_MOST], weight[K_MOST], sum = 0;
        for (size_t k = 0; k < mixture->K; k++) {
            for (size_t a = 0; a < mixture->A; a++)
                reward[k][a] = scale * rng_normal(rng);
            sum += weight[k] = 0.02 - log(1 - rng_uniform(rng));
        }
        for (size_t k = 0; k < mixture->K; k++)
            weight[k] /= sum;
        for (size_t a = 0; a < mixture->A; a++)
            for (size_t b = 0; b < mixture->A; b++)
                if (a < b || (a != b && pairing != ORDERED))
                    add_pair(mixture, x, a, b, reward, weight);
    }
    share_out(mixture, pairing);
}

/* Cross-entropy of the single reward r[x][a], and its gradient. */
static double cross_entropy(const struct mixture *mixture, double r[X_MOST][A_MOST],
                            double gradient[X_MOST][A_MOST])
{
    double loss = 0;
    memset(gradient, 0, sizeof(double[X_MOST][A_MOST]));
    for (size_t i = 0; i < mixture->n; i++) {
        size_t x = mixture->prompt[i], a = mixture->a[i], b = mixture->b[i];
        double m = r[x][a] - r[x][b], p = mixture->preferred[i], w = mixture->share[i];
        loss += w * (log1p(exp(-fabs(m))) + (m > 0 ? m : 0) - p * m);
        gradient[x][a] += w * (sigmoid(m) - p);
        gradient[x][b] -= w * (sigmoid(m) - p);
    }
    return loss;
}

/* The best single reward: a convex problem, by gradient descent to |gradient| < 1e-10. Its margins
 * become mixture->single. */
static double fit_single(struct mixture *mixture)
{
    enum { STEPS = 400000 };
    double r[X_MOST][A_MOST] = {{0}}, gradient[X_MOST][A_MOST], loss = 0, largest = 1;
    for (size_t step = 0; step < STEPS && largest >= 1e-10; step++) {
        loss = cross_entropy(mixture, r, gradient);
        largest = 0;
        for (size_t x = 0; x < X_MOST; x++)
            for (size_t a = 0; a < A_MOST; a++) {
                r[x][a] -= 4 * gradient[x][a];
                largest = fmax(largest, fabs(gradient[x][a]));
            }
    }
    assert_true(largest < 1e-10);
    for (size_t i = 0; i < mixture->n; i++) {
        size_t x = mixture->prompt[i];
        mixture->single[i] = (float)(r[x][mixture->a[i]] - r[x][mixture->b[i]]);
    }
    return loss;
}

/* A single reward that need not be the best: the groups' mean. */
static void average_single(struct mixture *mixture)
{
    for (size_t i = 0; i < mixture->n; i++) {
        double sum = 0;
        for (size_t k = 0; k < mixture->K; k++)
            sum += exp((double)mixture->log_weight[i * mixture->K + k]) *
                   (double)mixture->margin[i * mixture->K + k];
        mixture->single[i] = (float)sum;
    }
}

/* The printed statement, with the variance of scores where the proof has probabilities. */
static double literal(const struct mixture *mixture, double rho)
{
    double bound = 0, K = (double)mixture->K;
    for (size_t x = 0; x < mixture->X; x++) {
        double means[K_MOST] = {0}, mean = 0, share = 0, variance = 0;
        for (size_t i = 0; i < mixture->n; i++)
            if (mixture->prompt[i] == x) {
                share += mixture->share[i];
                for (size_t k = 0; k < mixture->K; k++)
                    means[k] +=
                        mixture->share[i] * (double)mixture->margin[i * mixture->K + k];
            }
        for (size_t k = 0; k < mixture->K; k++)
            mean += means[k] / share / K;
        for (size_t k = 0; k < mixture->K; k++)
            variance += pow(means[k] / share - mean, 2) / K;
        bound += share * 2 * rho * K * variance;
    }
    return bound;
}

static void test_three_thousand_mixtures(void **state)
{
    (void)state;
    enum { MIXTURES = 3000 };
    const double rounding = 1e-12;
    struct rng rng;
    size_t violations[4] = {0}, wrong_print = 0;
    rng_init(&rng, 7, 0);
    for (size_t i = 0; i < MIXTURES; i++) {
        static struct mixture mixture;
        enum pairing pairing = (enum pairing)(i % PAIRINGS);
        draw_mixture(&mixture, &rng, pairing, exp(2.5 * rng_normal(&rng)));
        average_single(&mixture);
        struct bound bound = take(&mixture, true);
        double excess = bound.floor - bound.entropy + rounding;
        violations[0] += bound.of_means > bound.pointwise + rounding;
        violations[1] += bound.pointwise > bound.weighted + rounding;
        violations[2] += bound.weighted > excess;
        violations[3] += bound.floor > bound.single + rounding;
        wrong_print +=
            literal(&mixture, bound.rho) > bound.single - bound.entropy + rounding;
        if (pairing == SYMMETRIC)
            assert_true(bound.of_means < 1e-12);
        assert_true(bound.rho > 0 && bound.rho * (double)mixture.K <= 1 + rounding);
    }
    for (size_t v = 0; v < 4; v++)
        assert_int_equal(violations[v], 0);
    print_message("# the printed statement fails on %zu of %d mixtures\n", wrong_print,
                  MIXTURES);
    assert_true(wrong_print > MIXTURES / 10);
}

static void test_best_single_reward(void **state)
{
    (void)state;
    struct rng rng;
    rng_init(&rng, 8, 0);
    for (size_t i = 0; i < 24; i++) {
        static struct mixture mixture;
        draw_mixture(&mixture, &rng, (enum pairing)(i % PAIRINGS), 0.3 + 0.1 * (double)i);
        double loss = fit_single(&mixture);
        struct bound bound = take(&mixture, true);
        assert_near(bound.single, loss, 1e-7, 0); /* weights are floats there */
        assert_true(bound.single >= bound.floor - 1e-12);
        assert_true(bound.floor >= bound.entropy + bound.weighted - 1e-12);
        average_single(&mixture);
        assert_true(take(&mixture, true).single >= bound.single - 1e-12);
        if (mixture.A == 2 && i % PAIRINGS == ORDERED)
            assert_near(bound.single, bound.floor, 1e-9, 0);
    }
}

/* One prompt, one pair, the margins given. */
static struct mixture one_pair(size_t K, const double *margins)
{
    struct mixture mixture = {.X = 1, .A = 2, .K = K};
    double reward[K_MOST][A_MOST] = {{0}}, weight[K_MOST];
    for (size_t k = 0; k < K; k++) {
        reward[k][0] = margins[k];
        weight[k] = 1 / (double)K;
    }
    add_pair(&mixture, 0, 0, 1, reward, weight);
    share_out(&mixture, ORDERED);
    return mixture;
}

static double h(double p)
{
    return -p * log(p) - (1 - p) * log(1 - p);
}

static void test_counterexample_to_the_print(void **state)
{
    (void)state;
    struct mixture mixture = one_pair(2, (const double[]){8, -8});
    struct bound bound = take(&mixture, false);
    double excess = log(2.0) - h(sigmoid(8));
    assert_near(bound.rho, 0.5, 1e-7, 0);
    assert_near(bound.floor - bound.entropy, excess, 1e-6, 0);
    assert_near(excess, 0.690, 0, 5e-4);
    assert_near(bound.of_means, 0.49933, 0, 5e-6);
    assert_near(bound.pointwise, bound.of_means, 1e-12, 0);
    assert_near(bound.weighted, bound.of_means, 1e-7, 0);
    assert_near(literal(&mixture, bound.rho), 128, 1e-6, 0);
    assert_true(isnan(bound.single));
}

static void test_edges(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        size_t K;
        double margins[3], entropy, weighted, floor, tolerance;
    } cases[] = {
        {"groups that agree", 3, {1, 1, 1}, 0.582203, 0, 0.582203, 1e-6},
        {"one group", 1, {2}, 0.365334, 0, 0.365334, 1e-6},
        {"nobody cares", 2, {0, 0}, 0.693147, 0, 0.693147, 1e-6},
        {"nearly nobody", 2, {0.02, -0.02}, 0.693097, 5e-5, 0.693147, 1e-6},
        {"opposed and sure", 2, {60, -60}, 0, 0.5, 0.693147, 1e-6},
        {"beyond what exp holds", 2, {900, -900}, 0, 0.5, 0.693147, 1e-6},
        {"beyond it and agreed", 2, {900, 5000}, 0, 0, 0, 1e-12},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        print_message("# %s\n", cases[c].what);
        struct mixture mixture = one_pair(cases[c].K, cases[c].margins);
        struct bound bound = take(&mixture, false);
        assert_near(bound.entropy, cases[c].entropy, 0, cases[c].tolerance);
        assert_near(bound.weighted, cases[c].weighted, 0, cases[c].tolerance);
        assert_near(bound.floor, cases[c].floor, 0, cases[c].tolerance);
    }
}

/* A single reward that is sure where the groups are divided pays its margin, and stays finite. */
static void test_a_sure_single_head(void **state)
{
    (void)state;
    struct mixture mixture = one_pair(2, (const double[]){0, 0});
    mixture.single[0] = 300;
    assert_near(take(&mixture, true).single, 150, 1e-6, 0);
}

/* A group that nearly nobody belongs to takes the bounds of rho with it, but not the weighted one. */
static void test_small_groups(void **state)
{
    (void)state;
    struct mixture mixture = one_pair(3, (const double[]){3, -3, 0});
    double weights[] = {0.5 - 5e-7, 0.5 - 5e-7, 1e-6};
    for (size_t k = 0; k < 3; k++)
        mixture.log_weight[k] = (float)log(weights[k]);
    struct bound bound = take(&mixture, false);
    assert_near(bound.rho, 1e-6, 1e-5, 0);
    assert_true(bound.pointwise < 1e-5);
    assert_true(bound.weighted > 0.4);
}

static void test_reference(void **state)
{
    (void)state;
    struct json *expected = reference_open();
    double margins[54], weights[9];
    assert_int_equal(reference_values(reference_get(expected, "bound/scores"), margins),
                     54);
    assert_int_equal(
        reference_values(reference_get(expected, "bound/group_weights"), weights), 9);
    struct mixture mixture = {.X = 3, .K = 3, .n = 18};
    /* The prompts' pairs are mixed up, which must not matter. */
    for (size_t i = 0; i < 18; i++) {
        size_t x = i % 3, j = i / 3;
        mixture.prompt[i] = (uint32_t)x;
        mixture.share[i] = 1.0 / 18;
        for (size_t k = 0; k < 3; k++) {
            mixture.margin[i * 3 + k] = (float)margins[(x * 6 + j) * 3 + k];
            mixture.log_weight[i * 3 + k] = (float)log(weights[x * 3 + k]);
        }
    }
    struct bound bound = take(&mixture, false);
    const struct json *want = reference_get(expected, "bound");
    assert_near(bound.rho, reference_number(want, "rho"), 1e-6, 0);
    assert_near(bound.entropy, reference_number(want, "entropy"), 1e-6, 0);
    assert_near(bound.of_means, reference_number(want, "variance_of_means"), 1e-6, 0);
    assert_near(bound.pointwise, reference_number(want, "mean_of_variances"), 1e-6, 0);
    assert_near(bound.weighted, reference_number(want, "weighted"), 1e-6, 0);
    assert_near(bound.floor, reference_number(want, "mixture_floor"), 1e-6, 0);
    json_free(expected);
}

/* ---- from a model ---- */

static void open_start(struct features *features, struct model *model)
{
    char path[512];
    struct error err = {0};
    struct json *metadata = NULL;
    features_open(features, reference_path("pairs.safetensors", path), &err);
    checkpoint_open(reference_path("init_mlp.safetensors", path), model, &metadata, &err);
    assert_string_equal(err.message, "");
    json_free(metadata);
}

static const struct workers alone;

static void test_estimate(void **state)
{
    (void)state;
    struct features features;
    struct model model;
    struct error err;
    struct bound_estimate plain, with_single;
    linalg_init();
    open_start(&features, &model);
    assert_int_equal(bound_estimate(&features, &model, SPLIT_TRAIN, &alone, &plain, &err),
                     0);
    assert_int_equal(plain.n_pairs, 96);
    assert_true(isnan(plain.observed_single) && isnan(plain.bound.single));
    struct json *expected = reference_open();
    assert_near(plain.observed_mixture, reference_number(expected, "cases/mlp/nll"), 1e-5,
                0);
    json_free(expected);

    /* A single head that equals the first head: its cross-entropy lies above the floor. */
    size_t D = model.shape.response_width;
    model.single = mem_array(D, sizeof *model.single);
    memcpy(model.single, model.heads, D * sizeof *model.single);
    assert_int_equal(
        bound_estimate(&features, &model, SPLIT_TRAIN, &alone, &with_single, &err), 0);
    assert_near(with_single.bound.floor, plain.bound.floor, 1e-12, 0);
    assert_true(with_single.bound.single >= with_single.bound.floor);
    assert_true(with_single.observed_single > 0);

    assert_int_equal(bound_estimate(&features, &model, SPLIT_TEST, &alone, &plain, &err),
                     STATUS_SHAPE);
    assert_string_equal(err.message, "there are no pairs in the test split");
    assert_int_equal(plain.n_pairs, 96);
    model_done(&model);
    features_done(&features);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_three_thousand_mixtures),
        cmocka_unit_test(test_best_single_reward),
        cmocka_unit_test(test_counterexample_to_the_print),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_a_sure_single_head),
        cmocka_unit_test(test_small_groups),
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_estimate),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
