/* Correlations of heads: the reference's, and what must hold of any margins. */
#include "reference.h"

#include "base/rng.h"
#include "core/correlation.h"

enum { N = 200, K = 5 };

/* Head 1 is twice head 0, head 2 its negative, head 3 its own, head 4 says nothing. */
static void draw(float *margin)
{
    struct rng rng;
    rng_init(&rng, 11, 0);
    for (size_t i = 0; i < N; i++) {
        float *row = margin + i * K;
        row[0] = (float)rng_normal(&rng) + 0.7f;
        row[1] = 2 * row[0];
        row[2] = -row[0];
        row[3] = (float)rng_normal(&rng) + 0.2f;
        row[4] = 0;
    }
}

static struct correlation make(const float *margin, size_t n, size_t n_heads,
                               enum statistic statistic, bool centred)
{
    struct correlation made;
    struct error err = {0};
    assert_int_equal(correlation_make(&made, margin, n, n_heads,
                                      &(struct correlation_options){statistic, centred},
                                      &err),
                     STATUS_OK);
    return made;
}

static void test_reference(void **state)
{
    (void)state;
    static double margin[96 * 6], want[6 * 6];
    static float narrow[96 * 6];
    struct json *reference = reference_open();
    assert_int_equal(reference_values(reference_get(reference, "prune/margins"), margin),
                     96 * 6);
    assert_int_equal(reference_values(reference_get(reference, "prune/correlation"), want),
                     6 * 6);
    for (size_t i = 0; i < 96 * 6; i++)
        narrow[i] = (float)margin[i];
    struct correlation got = make(narrow, 96, 6, STATISTIC_MARGIN, false);
    for (size_t i = 0; i < 6 * 6; i++)
        assert_near(got.values[i], want[i], 1e-6, 1e-7);
    correlation_done(&got);
    json_free(reference);
}

static void test_relations(void **state)
{
    (void)state;
    float margin[N * K];
    draw(margin);
    for (int s = 0; s < STATISTIC_COUNT; s++)
        for (int centred = 0; centred < 2; centred++) {
            struct correlation c = make(margin, N, K, (enum statistic)s, centred);
            for (size_t j = 0; j < K; j++) {
                assert_true(correlation_at(&c, j, j) == 1);
                for (size_t k = 0; k < K; k++) {
                    assert_true(correlation_at(&c, j, k) == correlation_at(&c, k, j));
                    assert_true(fabs(correlation_at(&c, j, k)) <= 1);
                }
                if (j < 4) /* a head without spread is like no other */
                    assert_true(correlation_at(&c, j, 4) == 0);
            }
            assert_near(correlation_at(&c, 0, 2), -1, 1e-14, 0);
            if (s != STATISTIC_PROBABILITY)
                assert_near(correlation_at(&c, 0, 1), 1, 1e-14, 0);
            else
                assert_in_range((int)(1000 * correlation_at(&c, 0, 1)), 900, 999);
            correlation_done(&c);
        }
}

/* By the definition, written out. */
static void test_definitions(void **state)
{
    (void)state;
    float margin[N * K];
    draw(margin);
    for (int s = 0; s < STATISTIC_COUNT; s++) {
        double x[2][N], mean[2] = {0, 0}, plain[3] = {0, 0, 0}, centred[3] = {0, 0, 0};
        double alike = 0;
        for (size_t i = 0; i < N; i++) {
            for (size_t h = 0; h < 2; h++) {
                double m = (double)margin[i * K + 3 * h]; /* heads 0 and 3 */
                x[h][i] = s == STATISTIC_MARGIN        ? m
                          : s == STATISTIC_PROBABILITY ? 1 / (1 + exp(-m)) - 0.5
                          : m > 0                      ? 1
                                                       : -1;
                mean[h] += x[h][i] / N;
            }
            alike += (x[0][i] > 0) == (x[1][i] > 0);
        }
        for (size_t i = 0; i < N; i++)
            for (size_t p = 0; p < 3; p++) {
                static const size_t heads[3][2] = {{0, 1}, {0, 0}, {1, 1}};
                size_t a = heads[p][0], b = heads[p][1];
                plain[p] += x[a][i] * x[b][i];
                centred[p] += (x[a][i] - mean[a]) * (x[b][i] - mean[b]);
            }
        struct correlation got = make(margin, N, K, (enum statistic)s, false);
        assert_near(correlation_at(&got, 0, 3), plain[0] / sqrt(plain[1] * plain[2]), 1e-12,
                    0);
        if (s == STATISTIC_AGREEMENT)
            assert_near((1 + correlation_at(&got, 0, 3)) / 2, alike / N, 1e-12, 0);
        correlation_done(&got);
        got = make(margin, N, K, (enum statistic)s, true);
        assert_near(correlation_at(&got, 0, 3), centred[0] / sqrt(centred[1] * centred[2]),
                    1e-12, 0);
        correlation_done(&got);
    }
}

/* Turning pairs round changes nothing, but for plain Pearson, which looks at the order. */
static void test_order_of_responses(void **state)
{
    (void)state;
    float margin[N * K], turned[N * K];
    draw(margin);
    for (size_t i = 0; i < N * K; i++)
        turned[i] = i / K % 3 ? margin[i] : -margin[i];
    for (int s = 0; s < STATISTIC_COUNT; s++) {
        struct correlation a = make(margin, N, K, (enum statistic)s, false);
        struct correlation b = make(turned, N, K, (enum statistic)s, false);
        for (size_t i = 0; i < K * K; i++)
            assert_true(a.values[i] == b.values[i]);
        correlation_done(&a);
        correlation_done(&b);
    }
    struct correlation a = make(margin, N, K, STATISTIC_MARGIN, true);
    struct correlation b = make(turned, N, K, STATISTIC_MARGIN, true);
    assert_true(fabs(correlation_at(&a, 0, 3) - correlation_at(&b, 0, 3)) > 1e-3);
    correlation_done(&a);
    correlation_done(&b);
}

/* Equal columns have exactly 1, so that a threshold of 1 drops duplicates; a constant one
 * has no spread about its mean, whatever its value. */
static void test_exact_cases(void **state)
{
    (void)state;
    float margin[N * 3];
    struct rng rng;
    rng_init(&rng, 4, 0);
    for (size_t i = 0; i < N; i++) {
        margin[3 * i] = margin[3 * i + 1] = (float)rng_normal(&rng);
        margin[3 * i + 2] = 0.1f;
    }
    for (int s = 0; s < STATISTIC_COUNT; s++)
        for (int centred = 0; centred < 2; centred++) {
            struct correlation c = make(margin, N, 3, (enum statistic)s, centred);
            assert_true(correlation_at(&c, 0, 1) == 1);
            assert_true((correlation_at(&c, 0, 2) == 0) == centred);
            correlation_done(&c);
        }
    struct correlation one = make(margin, 1, 1, STATISTIC_MARGIN, true);
    assert_true(correlation_at(&one, 0, 0) == 1);
    correlation_done(&one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference),   cmocka_unit_test(test_relations),
        cmocka_unit_test(test_definitions), cmocka_unit_test(test_order_of_responses),
        cmocka_unit_test(test_exact_cases),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
