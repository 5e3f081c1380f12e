/* Online Hedge against the reference and against what E20 and E21 promise for any pairs. */
#include "reference.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/rng.h"
#include "core/checkpoint.h"
#include "core/hedge.h"
#include "core/linalg.h"
#include "core/predict.h"

enum { K = 16, N = 60 };

struct pairs {
    float margin[N][K];
    double log_prior[N][K];
};

static void log_normalise(double *log_prior, size_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += exp(log_prior[k]);
    for (size_t k = 0; k < n; k++)
        log_prior[k] -= log(sum);
}

/* Heads of mixed quality; priors that wander by `wander` around a first one. */
static void draw(struct pairs *pairs, double spread, double wander, uint64_t seed)
{
    struct rng rng;
    double first[K], skill[K];
    rng_init(&rng, seed, 0);
    for (size_t k = 0; k < K; k++) {
        first[k] = 2 * rng_normal(&rng);
        skill[k] = rng_normal(&rng);
    }
    for (size_t t = 0; t < N; t++) {
        for (size_t k = 0; k < K; k++) {
            pairs->margin[t][k] = (float)(spread * (skill[k] + 2 * rng_normal(&rng)));
            pairs->log_prior[t][k] = first[k] + wander * rng_normal(&rng);
        }
        log_normalise(pairs->log_prior[t], K);
    }
}

static struct hedge *make(const struct hedge_settings *settings)
{
    struct error err = {0};
    struct hedge *hedge = hedge_create(settings, &err);
    assert_string_equal(err.message, "");
    assert_non_null(hedge);
    return hedge;
}

static void feed(struct hedge *hedge, const struct pairs *pairs, size_t n)
{
    struct error err = {0};
    for (size_t t = hedge_steps(hedge); t < n; t++)
        assert_int_equal(hedge_update(hedge, pairs->log_prior[t], pairs->margin[t], &err),
                         STATUS_OK);
}

static const struct hedge_settings plain = {
    .rule = WEIGH_HEDGE, .n_heads = K, .tau = 1, .strength = 1};

/* ---- the reference ---- */

static void agrees_with_the_reference(void **state)
{
    (void)state;
    struct json *root = reference_open();
    const struct json *online = reference_get(root, "hedge/online");
    double prior[4], wanted[12 * 4];
    assert_int_equal(reference_values(reference_get(online, "prior"), prior), 4);
    assert_int_equal(
        reference_values(reference_get(online, "weights_after_each_of_12"), wanted), 48);
    struct features features;
    struct model model;
    struct json *metadata;
    struct error err = {0};
    char path[512];
    linalg_init();
    assert_int_equal(
        features_open(&features, reference_path("pairs.safetensors", path), &err), 0);
    assert_int_equal(checkpoint_open(reference_path("init_mlp.safetensors", path), &model,
                                     &metadata, &err),
                     STATUS_OK);
    uint32_t pairs[12];
    for (uint32_t i = 0; i < 12; i++)
        pairs[i] = i;
    struct predictions predictions;
    assert_int_equal(
        predictions_make(&predictions, &features, &model, pairs, 12,
                         (struct predict_options){RULE_PROBABILITY, ROUTE_PROMPT}, &err),
        STATUS_OK);
    for (size_t k = 0; k < 4; k++)
        prior[k] = log(prior[k]);
    struct hedge_settings settings = {
        .n_heads = 4, .log_prior = prior, .tau = reference_number(online, "tau")};
    struct hedge *hedge = make(&settings);
    for (size_t t = 0; t < 12; t++) {
        double weights[4];
        assert_int_equal(hedge_update(hedge, NULL, predictions.margin + t * 4, &err), 0);
        hedge_weights(hedge, NULL, weights);
        for (size_t k = 0; k < 4; k++) {
            assert_near(weights[k], wanted[t * 4 + k], 1e-5, 0);
            assert_near(hedge_step(hedge, t).after[k], wanted[t * 4 + k], 1e-5, 0);
        }
    }
    hedge_free(hedge);
    predictions_done(&predictions);
    model_done(&model);
    json_free(metadata);
    features_done(&features);
    json_free(root);
}

/* ---- what holds for any pairs ---- */

static void check_step(const struct hedge_step *step, double probability)
{
    double before = 0, after = 0, mixture = 0;
    for (size_t k = 0; k < K; k++) {
        assert_true(step->before[k] >= 0 && step->after[k] >= 0);
        before += step->before[k];
        after += step->after[k];
        mixture += step->before[k] / (1 + exp(-step->margin[k]));
        assert_true(step->losses[step->best] <= step->losses[k]);
    }
    assert_near(before, 1, 1e-12, 0);
    assert_near(after, 1, 1e-12, 0);
    assert_near(exp(step->log_probability), mixture, 1e-12, 0);
    assert_near(probability, mixture, 1e-12, 0);
    assert_near(step->regret, step->loss - step->losses[step->best], 0, 1e-9);
}

static void regret_stays_below_its_bound(void **state)
{
    (void)state;
    static const double taus[] = {1e-3, 0.1, 0.5, 0.9, 1, 1.5, 5, 100};
    static const double shares[] = {0, 0.01, 0.2, 1}, wanders[] = {0, 0.5, 3};
    static const double spreads[] = {0.1, 1, 20};
    double tightest = HUGE_VAL;
    for (size_t c = 0; c < 8 * 4 * 3 * 3; c++) {
        double wander = wanders[c / 32 % 3];
        struct pairs pairs;
        draw(&pairs, spreads[c / 96], wander, c);
        struct hedge_settings settings = plain;
        settings.tau = taus[c % 8];
        settings.share = shares[c / 8 % 4];
        struct hedge *hedge = make(&settings);
        for (size_t t = 0; t < N; t++) {
            struct hedge_forecast forecast =
                hedge_forecast(hedge, pairs.log_prior[t], pairs.margin[t]);
            feed(hedge, &pairs, t + 1);
            struct hedge_step step = hedge_step(hedge, t);
            check_step(&step, exp(forecast.log_probability));
            assert_near(step.lead, forecast.lead, 0, 1e-15);
            double slack = step.bound - step.regret;
            assert_true(slack >= -1e-9 * (1 + fabs(step.loss)));
            tightest = fmin(tightest, slack / (1 + fabs(step.bound)));
        }
        hedge_free(hedge);
    }
    assert_true(tightest < 0.05); /* a bound that is never near would prove nothing */
}

/* With tau 1, no share and one prior, the bound is Bayes' rule to the letter: the mixture
 * loses -log sum_k f_k exp(-L_k). */
static void tau_one_is_bayes(void **state)
{
    (void)state;
    struct pairs pairs;
    draw(&pairs, 1, 0, 3);
    struct hedge *hedge = make(&plain);
    feed(hedge, &pairs, N);
    struct hedge_step step = hedge_step(hedge, N - 1);
    double evidence = 0;
    for (size_t k = 0; k < K; k++)
        evidence += exp(pairs.log_prior[0][k] - step.losses[k]);
    assert_near(step.loss, -log(evidence), 1e-12, 0);
    assert_true(step.bound <= -pairs.log_prior[0][step.best] + 1e-9);
    hedge_free(hedge);
}

static void ends_of_tau_and_share(void **state)
{
    (void)state;
    struct pairs pairs;
    draw(&pairs, 1, 0, 4);
    struct hedge_settings settings = plain;
    settings.log_prior = pairs.log_prior[0];
    settings.tau = HEDGE_TAU_MAX;
    struct hedge *hedge = make(&settings);
    feed(hedge, &pairs, N);
    for (size_t k = 0; k < K; k++)
        assert_near(hedge_step(hedge, N - 1).after[k], exp(pairs.log_prior[0][k]), 1e-6, 0);
    hedge_free(hedge);
    settings.tau = HEDGE_TAU_MIN;
    hedge = make(&settings);
    feed(hedge, &pairs, N);
    struct hedge_step step = hedge_step(hedge, N - 1);
    for (size_t k = 0; k < K; k++)
        assert_near(step.after[k], k == step.best, 0, 1e-12);
    hedge_free(hedge);
    settings.tau = 0.1;
    settings.share = 1; /* forgets all, always */
    hedge = make(&settings);
    feed(hedge, &pairs, N);
    for (size_t k = 0; k < K; k++)
        assert_near(hedge_step(hedge, N - 1).after[k], exp(pairs.log_prior[0][k]), 1e-12,
                    0);
    hedge_free(hedge);
}

/* The rule as it is written, on weights that no exponent is too small for. */
static void share_mixes_in_the_prior(void **state)
{
    (void)state;
    struct pairs pairs;
    draw(&pairs, 0.5, 0, 5);
    struct hedge_settings settings = plain;
    settings.log_prior = pairs.log_prior[0];
    settings.tau = 0.7;
    settings.share = 0.05;
    struct hedge *hedge = make(&settings);
    double w[K];
    for (size_t k = 0; k < K; k++)
        w[k] = exp(pairs.log_prior[0][k]);
    feed(hedge, &pairs, N);
    for (size_t t = 0; t < N; t++) {
        double sum = 0;
        for (size_t k = 0; k < K; k++) {
            assert_near(hedge_step(hedge, t).before[k], w[k], 1e-9, 0);
            sum += w[k] *= pow(1 + exp(-(double)pairs.margin[t][k]), -1 / settings.tau);
        }
        for (size_t k = 0; k < K; k++)
            w[k] = 0.95 * w[k] / sum + 0.05 * exp(pairs.log_prior[0][k]);
    }
    hedge_free(hedge);
}

/* 200 pairs for head 0, then head 1 is right: without share the weights need as many pairs
 * to turn, with it a few. Weights far below the smallest double must come back. */
static void share_follows_a_changed_mind(void **state)
{
    (void)state;
    for (int with_share = 0; with_share < 2; with_share++) {
        struct hedge_settings settings = {
            .n_heads = 2, .tau = 0.01, .share = with_share * 0.01};
        struct hedge *hedge = make(&settings);
        struct error err;
        for (size_t t = 0; t < 200; t++)
            hedge_update(hedge, NULL, (const float[]){3, -3}, &err);
        for (size_t t = 0; t < 199; t++) {
            hedge_update(hedge, NULL, (const float[]){-3, 3}, &err);
            double turned = hedge_step(hedge, 200 + t).after[1];
            assert_true(t < 2 || (with_share ? turned > 0.98 : turned < 0.01));
        }
        hedge_update(hedge, NULL, (const float[]){-3, 3}, &err);
        assert_near(hedge_step(hedge, 399).after[1], with_share ? 0.995 : 0.5, 0, 1e-6);
        hedge_free(hedge);
    }
}

/* ---- history ---- */

static void assert_same(const struct hedge *a, const struct hedge *b)
{
    assert_int_equal(hedge_steps(a), hedge_steps(b));
    for (size_t t = 0; t < hedge_steps(a); t++) {
        struct hedge_step x = hedge_step(a, t), y = hedge_step(b, t);
        assert_memory_equal(x.before, y.before, K * sizeof(double));
        assert_memory_equal(x.after, y.after, K * sizeof(double));
        assert_memory_equal(x.losses, y.losses, K * sizeof(double));
        assert_memory_equal(&x.regret, &y.regret, sizeof x.regret);
        assert_memory_equal(&x.bound, &y.bound, sizeof x.bound);
    }
}

static void undo_and_edit_equal_never_having_been(void **state)
{
    (void)state;
    struct error err;
    for (int rule = WEIGH_HEDGE; rule <= WEIGH_EM; rule++) {
        struct pairs pairs, other;
        draw(&pairs, 1, rule == WEIGH_HEDGE ? 0.5 : 0, 6);
        draw(&other, 1, rule == WEIGH_HEDGE ? 0.5 : 0, 7);
        struct hedge_settings settings = plain;
        settings.rule = (enum weigh_rule)rule;
        settings.share = rule == WEIGH_HEDGE ? 0.1 : 0;
        struct hedge *undone = make(&settings), *straight = make(&settings);
        feed(undone, &pairs, 10);
        for (size_t t = 10; t < 30; t++)
            hedge_update(undone, other.log_prior[t], other.margin[t], &err);
        hedge_undo(undone, 10);
        feed(undone, &pairs, 40);
        feed(straight, &pairs, 40);
        assert_same(undone, straight);
        hedge_undo(undone, 0);
        double weights[K], prior[K];
        hedge_weights(undone, pairs.log_prior[0], weights);
        for (size_t k = 0; k < K; k++) {
            prior[k] = rule == WEIGH_EM ? 1.0 / K : exp(pairs.log_prior[0][k]);
            assert_near(weights[k], prior[k], 1e-12, 0);
        }
        feed(undone, &pairs, 40);
        float turned[K];
        for (size_t k = 0; k < K; k++)
            turned[k] = -pairs.margin[12][k];
        struct hedge_step step = hedge_step(undone, 12);
        assert_int_equal(hedge_edit(undone, 12, step.log_prior, turned, &err), STATUS_OK);
        memcpy(pairs.margin[12], turned, sizeof turned);
        hedge_undo(straight, 12);
        feed(straight, &pairs, 40);
        assert_same(undone, straight);
        hedge_free(undone);
        hedge_free(straight);
    }
}

static void allocates_for_history_only(void **state)
{
    (void)state;
    for (int rule = WEIGH_HEDGE; rule <= WEIGH_EM; rule++) {
        struct pairs pairs;
        draw(&pairs, 1, 0, 8);
        struct hedge_settings settings = plain;
        settings.rule = (enum weigh_rule)rule;
        struct hedge *hedge = make(&settings);
        feed(hedge, &pairs, N);
        hedge_undo(hedge, 0); /* the history has its room now */
        size_t before = mem_allocations();
        feed(hedge, &pairs, N);
        hedge_forecast(hedge, pairs.log_prior[0], pairs.margin[0]);
        assert_int_equal(mem_allocations(), before);
        hedge_free(hedge);
    }
}

/* ---- em, pair by pair ---- */

static void em_online_is_em_in_one_go(void **state)
{
    (void)state;
    struct pairs pairs;
    struct error err = {0};
    draw(&pairs, 1, 0, 10);
    double prior[K];
    for (size_t k = 0; k < K; k++)
        prior[k] = exp(pairs.log_prior[0][k]);
    struct hedge_settings settings = {.rule = WEIGH_EM,
                                      .n_heads = K,
                                      .log_prior = pairs.log_prior[0],
                                      .tau = 1,
                                      .strength = 1.5};
    struct hedge *hedge = make(&settings);
    for (size_t n = 1; n <= N; n++) {
        feed(hedge, &pairs, n);
        struct weigh_labels labels = {
            .n = n, .n_heads = K, .margin = pairs.margin[0], .prior = prior};
        struct weigh_options options = {.strength = 1.5};
        struct weighing weighing;
        assert_int_equal(weigh(WEIGH_EM, &labels, &options, &weighing, &err), STATUS_OK);
        for (size_t k = 0; k < K; k++)
            assert_near(hedge_step(hedge, n - 1).after[k], weighing.weights[k], 0, 2e-5);
        assert_true(isnan(hedge_step(hedge, n - 1).bound));
        weighing_done(&weighing);
    }
    hedge_free(hedge);
}

/* ---- information ---- */

static void information_is_of_disagreement(void **state)
{
    (void)state;
    static const struct {
        float margin[2];
        double wanted;
    } cases[] = {
        {{2, 2}, 0},                      /* heads agree */
        {{0, 0}, 0},                      /* nobody knows, and nothing would be learned */
        {{40, -40}, 0.69314718055994531}, /* the label decides between them */
        {{1, -1}, 0.11094407167172413},
    };
    struct hedge_settings settings = {.n_heads = 2, .tau = 1};
    struct hedge *hedge = make(&settings);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        assert_near(hedge_forecast(hedge, NULL, cases[c].margin).information,
                    cases[c].wanted, 1e-9, 1e-12);
    double sure[] = {0,
                     -HUGE_VAL}; /* one head carries all: it has nobody to disagree with */
    assert_near(hedge_forecast(hedge, sure, (const float[]){40, -40}).information, 0, 0, 0);
    hedge_free(hedge);
}

/* ---- refusals ---- */

static void refuses_settings(void **state)
{
    (void)state;
    static const double no_weights[] = {-1, -1}, nan_weights[] = {(double)NAN, 0};
    static const struct {
        struct hedge_settings settings;
        enum status status;
        const char *part;
    } cases[] = {
        {{.tau = 0}, STATUS_USAGE, "tau is 0"},
        {{.tau = -1}, STATUS_USAGE, "tau is -1"},
        {{.tau = (double)NAN}, STATUS_USAGE, "tau is"},
        {{.tau = (double)INFINITY}, STATUS_USAGE, "tau is inf"},
        {{.tau = 1, .share = -0.1}, STATUS_USAGE, "share is -0.1"},
        {{.tau = 1, .share = 1.1}, STATUS_USAGE, "share is 1.1"},
        {{.tau = 1, .share = (double)NAN}, STATUS_USAGE, "share is"},
        {{.tau = 1, .log_prior = no_weights}, STATUS_NUMERIC, "sum to 0.735759"},
        {{.tau = 1, .log_prior = nan_weights}, STATUS_NUMERIC, "prior of head 0"},
        {{.tau = 1, .rule = WEIGH_STACK},
         STATUS_USAGE,
         "'stack' does not work pair by pair"},
        {{.tau = 0.5, .rule = WEIGH_EM, .strength = 1}, STATUS_USAGE, "neither tau"},
        {{.tau = 1, .share = 0.5, .rule = WEIGH_EM, .strength = 1},
         STATUS_USAGE,
         "nor share"},
        {{.tau = 1, .rule = WEIGH_EM, .strength = 0}, STATUS_USAGE, "strength is 0"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct error err = {0};
        struct hedge_settings settings = cases[c].settings;
        settings.n_heads = 2;
        assert_null(hedge_create(&settings, &err));
        assert_int_equal(err.status, cases[c].status);
        assert_non_null(strstr(err.message, cases[c].part));
    }
}

static void refuses_pairs_and_stays_as_it_was(void **state)
{
    (void)state;
    struct pairs pairs;
    struct error err;
    draw(&pairs, 1, 0, 11);
    struct hedge *hedge = make(&plain), *same = make(&plain);
    feed(hedge, &pairs, 5);
    feed(same, &pairs, 5);
    pairs.margin[6][3] = NAN;
    assert_int_equal(hedge_update(hedge, NULL, pairs.margin[6], &err), STATUS_NUMERIC);
    assert_non_null(strstr(err.message, "margin of head 3"));
    assert_int_equal(hedge_edit(hedge, 2, NULL, pairs.margin[6], &err), STATUS_NUMERIC);
    pairs.log_prior[7][0] = (double)NAN;
    assert_int_equal(hedge_update(hedge, pairs.log_prior[7], pairs.margin[7], &err),
                     STATUS_NUMERIC);
    assert_same(hedge, same);
    hedge_free(hedge);
    hedge_free(same);
    hedge_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_reference),
        cmocka_unit_test(regret_stays_below_its_bound),
        cmocka_unit_test(tau_one_is_bayes),
        cmocka_unit_test(ends_of_tau_and_share),
        cmocka_unit_test(share_mixes_in_the_prior),
        cmocka_unit_test(share_follows_a_changed_mind),
        cmocka_unit_test(undo_and_edit_equal_never_having_been),
        cmocka_unit_test(allocates_for_history_only),
        cmocka_unit_test(em_online_is_em_in_one_go),
        cmocka_unit_test(information_is_of_disagreement),
        cmocka_unit_test(refuses_settings),
        cmocka_unit_test(refuses_pairs_and_stays_as_it_was),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
