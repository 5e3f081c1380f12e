/* The batch weight rules: what each is, what it is without labels, and what it refuses. */
#include "near.h"

#include <stdbool.h>
#include <string.h>

#include "base/rng.h"
#include "core/hedge.h"
#include "core/weigh.h"

enum { N = 40, K = 5, D = 7 };

struct data {
    float margin[N * K], difference[N * D], single[N];
    double prior[K], scale[K];
};

/* The label follows a blend of two heads. */
static struct weigh_labels draw(struct data *data, uint64_t seed)
{
    struct rng rng;
    rng_init(&rng, seed, 0);
    for (size_t i = 0; i < N; i++) {
        for (size_t k = 0; k < K; k++)
            data->margin[i * K + k] = (float)((double)(k + 1) * rng_normal(&rng));
        for (size_t j = 0; j < D; j++)
            data->difference[i * D + j] = (float)(rng_normal(&rng) + 0.5);
        data->single[i] = (float)rng_normal(&rng);
        float *m = data->margin + i * K;
        for (size_t k = 0; m[0] + m[1] < 0 && k < K; k++)
            m[k] = -m[k];
    }
    for (size_t k = 0; k < K; k++)
        data->prior[k] = (double)(k + 1) / 15;
    weigh_scales(data->margin, N, K, data->scale);
    return (struct weigh_labels){
        N, K, D, data->margin, data->prior, data->scale, data->difference, data->single};
}

static struct weighing make(enum weigh_rule rule, const struct weigh_labels *labels)
{
    struct weigh_options options = weigh_defaults(rule);
    struct weighing weighing;
    struct error err = {0};
    weigh(rule, labels, &options, &weighing, &err);
    assert_string_equal(err.message, "");
    return weighing;
}

static double decide(const struct weighing *weighing, const struct weigh_labels *labels,
                     size_t i)
{
    return weighing_decide(weighing, labels->margin + i * K, labels->difference + i * D,
                           (double)labels->single[i]);
}

static double log_probability(const struct weighing *weighing,
                              const struct weigh_labels *labels, size_t i)
{
    return weighing_log_probability(weighing, labels->margin + i * K,
                                    labels->difference + i * D, (double)labels->single[i]);
}

static void hedge_in_one_go_is_hedge_online(void **state)
{
    (void)state;
    static const double taus[] = {0.01, 1, 30};
    struct data data;
    struct weigh_labels labels = draw(&data, 1);
    double log_prior[K];
    for (size_t k = 0; k < K; k++)
        log_prior[k] = log(data.prior[k]);
    for (size_t t = 0; t < 3; t++) {
        struct error err = {0};
        struct hedge_settings settings = {
            .n_heads = K, .log_prior = log_prior, .tau = taus[t]};
        struct weigh_options options = {.tau = taus[t]};
        struct hedge *hedge = hedge_create(&settings, &err);
        struct weighing weighing;
        for (size_t i = 0; i < N; i++)
            hedge_update(hedge, NULL, data.margin + i * K, &err);
        assert_int_equal(weigh(WEIGH_HEDGE, &labels, &options, &weighing, &err), 0);
        for (size_t k = 0; k < K; k++)
            assert_near(weighing.weights[k], hedge_step(hedge, N - 1).after[k], 1e-9,
                        1e-300);
        weighing_done(&weighing);
        hedge_free(hedge);
    }
}

/* Without labels: the prior, the even sum, the single head, nothing. */
static void without_labels(void **state)
{
    (void)state;
    struct data data;
    struct weigh_labels all = draw(&data, 2), none = all;
    none.n = 0;
    for (int rule = 0; rule < WEIGH_COUNT; rule++) {
        struct weighing weighing = make((enum weigh_rule)rule, &none);
        for (size_t k = 0; k < K && weighing.weights; k++)
            assert_near(weighing.weights[k],
                        rule == WEIGH_STACK ? 1 / (K * data.scale[k]) : data.prior[k],
                        1e-12, 0);
        for (size_t j = 0; j < D && weighing.direction; j++)
            assert_true(weighing.direction[j] == 0);
        if (rule == WEIGH_FROM_SINGLE)
            assert_near(decide(&weighing, &all, 3), (double)data.single[3], 1e-12, 0);
        if (rule == WEIGH_SCRATCH)
            assert_true(decide(&weighing, &all, 3) == 0);
        weighing_done(&weighing);
    }
}

static double objective(const struct weighing *weighing, const struct weigh_labels *labels,
                        const double *b, size_t width, double ridge)
{
    double sum = 0;
    for (size_t i = 0; i < N; i++)
        sum -= log_probability(weighing, labels, i);
    for (size_t j = 0; j < width; j++)
        sum += ridge / 2 * b[j] * b[j];
    return sum;
}

/* A rule by regression is at the minimum of E23: no small change of what it fitted helps. */
static void regressions_are_at_their_minimum(void **state)
{
    (void)state;
    static const double ridges[] = {0, 0, 1, 3, 1, 3};
    for (int rule = WEIGH_STACK; rule < WEIGH_COUNT; rule++) {
        struct data data;
        struct weigh_labels labels = draw(&data, 3);
        struct weighing weighing = make((enum weigh_rule)rule, &labels);
        bool stacked = rule == WEIGH_STACK;
        size_t width = stacked ? K : D;
        double b[D], *fitted = stacked ? weighing.weights : weighing.direction;
        for (size_t j = 0; j < width; j++)
            b[j] = stacked ? fitted[j] * data.scale[j] - 1.0 / K : fitted[j];
        double least = objective(&weighing, &labels, b, width, ridges[rule]);
        for (size_t j = 0; j < 2 * width; j++) {
            double change = j % 2 ? 1e-3 : -1e-3, was = fitted[j / 2], before = b[j / 2];
            b[j / 2] += change;
            fitted[j / 2] += stacked ? change / data.scale[j / 2] : change;
            assert_true(objective(&weighing, &labels, b, width, ridges[rule]) > least);
            b[j / 2] = before;
            fitted[j / 2] = was;
        }
        weighing_done(&weighing);
    }
}

/* When the labels follow a blend of two heads, em and stack see both, and each rule decides
 * its own labels better than a coin. */
static void learns_a_blend(void **state)
{
    (void)state;
    struct data data;
    struct weigh_labels labels = draw(&data, 4);
    labels.prior = NULL;
    for (int rule = 0; rule < WEIGH_COUNT; rule++) {
        struct weighing weighing = make((enum weigh_rule)rule, &labels);
        size_t right = 0;
        for (size_t i = 0; i < N; i++) {
            right += decide(&weighing, &labels, i) > 0;
            assert_true((decide(&weighing, &labels, i) > 0) ==
                        (log_probability(&weighing, &labels, i) > log(0.5)));
        }
        assert_true(10 * right > 6 * N);
        for (size_t k = 2; rule == WEIGH_EM && k < K; k++)
            assert_true(weighing.weights[k] < 0.5 * weighing.weights[0] &&
                        weighing.weights[k] < 0.5 * weighing.weights[1]);
        weighing_done(&weighing);
    }
}

/* The probability of the mixture, by its definition. */
static void mixes_probabilities(void **state)
{
    (void)state;
    struct data data;
    struct weigh_labels labels = draw(&data, 5);
    struct weighing weighing = make(WEIGH_EM, &labels);
    for (size_t i = 0; i < N; i++) {
        double p = 0;
        for (size_t k = 0; k < K; k++)
            p += weighing.weights[k] / (1 + exp(-(double)data.margin[i * K + k]));
        assert_near(exp(log_probability(&weighing, &labels, i)), p, 1e-12, 0);
        assert_near(decide(&weighing, &labels, i), 2 * p - 1, 0, 1e-12);
    }
    weighing_done(&weighing);
}

static void scales_are_root_mean_squares(void **state)
{
    (void)state;
    const float margin[] = {3, 0, -4, 0};
    double scale[2];
    weigh_scales(margin, 2, 2, scale);
    assert_near(scale[0], sqrt(12.5), 1e-12, 0);
    assert_near(scale[1], 1, 0, 0);
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        enum weigh_rule rule;
        struct weigh_options options;
        const char *part;
    } cases[] = {
        {WEIGH_HEDGE, {0, 1, 1}, "tau is 0"},
        {WEIGH_HEDGE, {(double)NAN, 1, 1}, "tau is"},
        {WEIGH_EM, {1, -1, 1}, "strength is -1"},
        {WEIGH_EM_RESIDUAL, {1, (double)NAN, 1}, "strength is"},
        {WEIGH_STACK, {1, 1, 0}, "ridge is 0"},
        {WEIGH_SCRATCH, {1, 1, -1}, "ridge is -1"},
        {WEIGH_FROM_SINGLE, {1, 1, (double)INFINITY}, "ridge is inf"},
    };
    struct data data;
    struct weigh_labels labels = draw(&data, 6);
    struct weighing weighing;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct error err = {0};
        assert_int_equal(weigh(cases[c].rule, &labels, &cases[c].options, &weighing, &err),
                         STATUS_USAGE);
        assert_non_null(strstr(err.message, cases[c].part));
    }
    data.margin[7] = NAN;
    data.difference[0] = NAN;
    data.single[0] = NAN;
    for (int rule = 0; rule < WEIGH_COUNT; rule++) {
        struct error err = {0};
        struct weigh_options options = weigh_defaults((enum weigh_rule)rule);
        assert_int_equal(weigh((enum weigh_rule)rule, &labels, &options, &weighing, &err),
                         STATUS_NUMERIC);
        assert_non_null(strstr(err.message, "labelled pair"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hedge_in_one_go_is_hedge_online),
        cmocka_unit_test(without_labels),
        cmocka_unit_test(regressions_are_at_their_minimum),
        cmocka_unit_test(learns_a_blend),
        cmocka_unit_test(mixes_probabilities),
        cmocka_unit_test(scales_are_root_mean_squares),
        cmocka_unit_test(refuses),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
