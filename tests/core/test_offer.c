/* The order in which pairs are offered for labels. */
#include "near.h"

#include <stdlib.h>

#include "base/rng.h"
#include "core/offer.h"

enum { N = 30, K = 3 };

static float margin[N * K];
static double log_prior[N * K];
static const struct offer_pairs pairs = {N, K, margin, log_prior};

static int set_up(void **state)
{
    struct rng rng;
    (void)state;
    rng_init(&rng, 1, 0);
    for (size_t i = 0; i < N * K; i++) {
        margin[i] = (float)(2 * rng_normal(&rng));
        log_prior[i] = -log((double)K);
    }
    return 0;
}

static struct hedge *make_hedge(void)
{
    struct error err = {0};
    struct hedge_settings settings = {.n_heads = K, .tau = 1};
    struct hedge *hedge = hedge_create(&settings, &err);
    assert_non_null(hedge);
    return hedge;
}

/* Takes all, labelling each; returns how many. */
static size_t take(enum offer_order order, size_t pool, uint64_t seed, size_t *out)
{
    struct error err;
    struct hedge *hedge = make_hedge();
    struct offer *offer = offer_create(&pairs, order, pool, seed);
    size_t n = 0;
    while (offer_next(offer, hedge, &out[n])) {
        assert_true(out[n] < N);
        assert_int_equal(hedge_update(hedge, NULL, margin + out[n] * K, &err), STATUS_OK);
        n++;
    }
    assert_false(offer_next(offer, hedge, &out[0]));
    offer_free(offer);
    hedge_free(hedge);
    return n;
}

static void each_pair_of_the_pool_once(void **state)
{
    (void)state;
    static const size_t pools[] = {0, 1, 7, N, 1000};
    for (int order = OFFER_FILE; order <= OFFER_INFORMATIVE; order++)
        for (size_t p = 0; p < 5; p++) {
            size_t taken[N + 1], wanted = pools[p] && pools[p] < N ? pools[p] : N;
            bool seen[N] = {false};
            assert_int_equal(take((enum offer_order)order, pools[p], 5, taken), wanted);
            for (size_t i = 0; i < wanted; i++) {
                assert_false(i && seen[taken[i]]);
                seen[taken[i]] = true;
            }
        }
}

static void file_and_random(void **state)
{
    (void)state;
    size_t file[N + 1], one[N + 1], again[N + 1], other[N + 1], same = 0, differ = 0;
    take(OFFER_FILE, 0, 1, file);
    take(OFFER_RANDOM, 0, 1, one);
    take(OFFER_RANDOM, 0, 1, again);
    take(OFFER_RANDOM, 0, 2, other);
    for (size_t i = 1; i < N; i++) { /* take ends with a try that leaves the first alone */
        assert_int_equal(file[i], i);
        assert_int_equal(one[i], again[i]);
        same += one[i] == i;
        differ += one[i] != other[i];
    }
    assert_true(same < N / 2 && differ > N / 2);
}

/* Every offer is the largest information of what is left, and turning labels changes no
 * offer: the order does not know them. */
static void informative_takes_the_most(void **state)
{
    (void)state;
    struct hedge *hedge = make_hedge();
    struct offer *offer = offer_create(&pairs, OFFER_INFORMATIVE, 0, 1);
    bool taken[N] = {false};
    struct error err;
    size_t pair;
    for (size_t n = 0; offer_next(offer, hedge, &pair); n++) {
        double got = hedge_forecast(hedge, NULL, margin + pair * K).information;
        for (size_t i = 0; i < N; i++) {
            float turned[K];
            for (size_t k = 0; k < K; k++)
                turned[k] = -margin[i * K + k];
            double information = hedge_forecast(hedge, NULL, margin + i * K).information;
            assert_true(taken[i] || information <= got);
            assert_near(hedge_forecast(hedge, NULL, turned).information, information, 1e-9,
                        1e-12);
        }
        taken[pair] = true;
        hedge_update(hedge, NULL, margin + pair * K, &err);
    }
    offer_free(offer);
    offer_free(NULL);
    hedge_free(hedge);
}

enum { MANY = 700, HEADS = 12 };

/* The first pair of the largest information of those that are left, by looking at each. */
static size_t look_at_all(const struct offer_pairs *from, const struct hedge *hedge,
                          const bool *taken)
{
    size_t best = SIZE_MAX;
    double most = -1;
    for (size_t i = 0; i < from->n; i++) {
        size_t at = i * from->n_heads;
        double information =
            hedge_forecast(hedge, from->log_prior + at, from->margin + at).information;
        if (!taken[i] && information > most) {
            most = information;
            best = i;
        }
    }
    return best;
}

/* The tables change nothing: priors that exclude heads, rules, rates at which one head is
 * left, and pairs that are the same to the last digit. */
static void tables_change_nothing(void **state)
{
    (void)state;
    static float margins[MANY * HEADS];
    static double priors[2][MANY * HEADS];
    static const struct hedge_settings settings[] = {
        {.n_heads = HEADS, .tau = 1},
        {.n_heads = HEADS, .tau = 1e-3},
        {.n_heads = HEADS, .tau = 100, .share = 0.1},
        {.rule = WEIGH_EM, .n_heads = HEADS, .tau = 1, .strength = 1},
    };
    struct rng rng;
    rng_init(&rng, 3, 0);
    for (size_t i = 0; i < (size_t)MANY * HEADS; i++)
        margins[i] =
            i / HEADS % 5 == 4 ? margins[i - HEADS] : (float)(3 * rng_normal(&rng));
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < MANY; i++) {
            double *prior = priors[p] + i * HEADS, sum = 0;
            for (size_t k = 0; k < HEADS; k++)
                sum += exp(prior[k] = (p ? 60 : 1) * rng_normal(&rng));
            for (size_t k = 0; k < HEADS; k++)
                prior[k] -= log(sum);
        }
    for (size_t s = 0; s < sizeof settings / sizeof *settings; s++) {
        struct error err = {0};
        bool taken[MANY] = {false};
        struct hedge *hedge = hedge_create(&settings[s], &err);
        struct offer_pairs from = {MANY, HEADS, margins, priors[0]};
        struct offer *offer = offer_create(&from, OFFER_INFORMATIVE, 0, 1);
        for (size_t n = 0; n < 40; n++) {
            size_t pair;
            if (n == 20)
                offer_set_prior(offer, from.log_prior = priors[1]);
            assert_true(offer_peek(offer, hedge, taken, &pair));
            assert_int_equal(pair, look_at_all(&from, hedge, taken));
            taken[pair] = true;
            assert_int_equal(hedge_update(hedge, from.log_prior + pair * HEADS,
                                          margins + pair * HEADS, &err),
                             STATUS_OK);
        }
        offer_free(offer);
        hedge_free(hedge);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_pair_of_the_pool_once),
        cmocka_unit_test(file_and_random),
        cmocka_unit_test(informative_takes_the_most),
        cmocka_unit_test(tables_change_nothing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, NULL);
}
