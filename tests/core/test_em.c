/* em: at the maximum no direction on the simplex rises. */
#include "near.h"

#include <string.h>

#include "base/rng.h"
#include "core/em.h"

enum { N = 50, K = 16 };

static void draw(float *margin, double spread, uint64_t seed)
{
    struct rng rng;
    double skill[K];
    rng_init(&rng, seed, 0);
    for (size_t k = 0; k < K; k++)
        skill[k] = rng_normal(&rng);
    for (size_t i = 0; i < N * K; i++)
        margin[i] = (float)(spread * (skill[i % K] + rng_normal(&rng)));
}

static double sigma(float margin)
{
    return 1 / (1 + exp(-(double)margin));
}

/* Karush, Kuhn, Tucker: sum_i sigma / P + c_k / w_k <= n + sum c, with equality where w_k
 * is not 0. By the definition, with plain likelihoods. */
static void reaches_the_maximum(void **state)
{
    (void)state;
    static const struct {
        double spread, strength;
    } cases[] = {{1, 1}, {0.1, 1}, {5, 1}, {1, 0.01}, {1, 20}, {3, 0}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        static float margin[N * K];
        static double rows[N * K];
        double prior[K], counts[K], w[K], scratch[4 * K], sum = 0, counted = 0;
        draw(margin, cases[c].spread, c);
        for (size_t i = 0; i < N; i++)
            em_row(margin + i * K, K, rows + i * K);
        for (size_t k = 0; k < K; k++)
            w[k] = prior[k] = (double)(k + 1) / (K * (K + 1) / 2);
        em_pseudo_counts(prior, K, cases[c].strength, counts);
        struct em_problem problem = {N, K, rows, counts};
        size_t passes = em_fit(&problem, w, scratch);
        print_message("# case %zu: %zu passes\n", c, passes);
        for (size_t k = 0; k < K; k++) {
            sum += w[k];
            counted += counts[k];
        }
        assert_near(sum, 1, 1e-12, 0);
        assert_near(counted, cases[c].strength * K / 2, 1e-12, 0);
        for (size_t k = 0; k < K; k++) {
            double slope = w[k] > 0 ? counts[k] / w[k] : 0;
            for (size_t i = 0; i < N; i++) {
                double p = 0;
                for (size_t j = 0; j < K; j++)
                    p += w[j] * sigma(margin[i * K + j]);
                slope += sigma(margin[i * K + k]) / p;
            }
            assert_true(slope <= (N + counted) * (1 + 1e-9));
            if (w[k] > 1e-3)
                assert_near(slope, N + counted, 1e-4, 0);
        }
    }
}

static void every_start_leads_there(void **state)
{
    (void)state;
    static float margin[N * K];
    static double rows[N * K];
    double even[K], counts[K], a[K], b[K], scratch[4 * K];
    draw(margin, 1, 40);
    for (size_t i = 0; i < N; i++)
        em_row(margin + i * K, K, rows + i * K);
    for (size_t k = 0; k < K; k++) {
        even[k] = a[k] = 1.0 / K;
        b[k] = k ? 1e-6 : 1 - (K - 1) * 1e-6;
    }
    em_pseudo_counts(even, K, 1, counts);
    struct em_problem problem = {N, K, rows, counts};
    em_fit(&problem, a, scratch);
    em_fit(&problem, b, scratch);
    for (size_t k = 0; k < K; k++)
        assert_near(b[k], a[k], 0, 2e-5);
}

static void without_pairs_it_is_the_prior(void **state)
{
    (void)state;
    double counts[] = {0.3, 0.1, 0.6}, w[] = {0.2, 0.2, 0.6}, scratch[12];
    struct em_problem problem = {0, 3, NULL, counts};
    em_fit(&problem, w, scratch);
    for (size_t k = 0; k < 3; k++)
        assert_near(w[k], counts[k], 1e-9, 0);
}

/* Two heads that contradict each other on every pair, one right 3 times of 4. */
static void hopeless_margins_leave_numbers(void **state)
{
    (void)state;
    double rows[8], w[] = {0.5, 0.5}, counts[] = {0, 0}, scratch[8];
    for (size_t i = 0; i < 4; i++)
        em_row(i ? (const float[]){5000, -5000} : (const float[]){-5000, 5000}, 2,
               rows + 2 * i);
    struct em_problem problem = {4, 2, rows, counts};
    em_fit(&problem, w, scratch);
    assert_near(w[0], 0.75, 1e-6, 0);
    em_row((const float[]){-5000, -4999}, 2, rows);
    assert_near(rows[0], exp(-1), 1e-9, 0);
    assert_near(rows[1], 1, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reaches_the_maximum),
        cmocka_unit_test(every_start_leads_there),
        cmocka_unit_test(without_pairs_it_is_the_prior),
        cmocka_unit_test(hopeless_margins_leave_numbers),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
