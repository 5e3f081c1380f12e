/* The static mixture by expectation maximisation: it never gets worse, and it stops where the
 * gradient of the likelihood (E2, alpha 0) that AdamW goes down is zero. */
#include "people.h"

#include <string.h>

#include "core/linalg.h"
#include "core/mixture.h"
#include "core/static_em.h"

enum { N = 240, K = 3, D = PEOPLE_WIDTH };

static struct static_em *run(const struct contrasts *contrasts,
                             const struct static_em_options *options)
{
    struct error err = {0};
    struct static_em *em = static_em_create(contrasts, options, &err);
    double before = HUGE_VAL;
    while (!static_em_finished(em)) {
        if (static_em_step(em, &err))
            fail_msg("%s", err.message);
        assert_true(static_em_objective(em) <= before + 1e-9);
        before = static_em_objective(em);
    }
    return em;
}

static void test_fixed_point(void **state)
{
    (void)state;
    struct people people;
    people_init(&people, N, 4);
    struct static_em_options options = static_em_defaults(K, 7);
    options.ridge = 1e-2;
    options.iterations = 1500;
    options.tolerance = 0;
    options.fit = 8;
    struct static_em *em = run(&people.contrasts, &options);
    /* The gradient as the trainer's own kernel has it. */
    static float margin[K * N], logit[K * N], d_margin[K * N], d_logit[K * N],
        scratch[3 * N];
    static uint32_t slot[N];
    for (size_t i = 0; i < N; i++) {
        slot[i] = (uint32_t)i;
        for (size_t k = 0; k < K; k++) {
            double m = 0;
            for (size_t d = 0; d < D; d++)
                m += static_em_heads(em)[k * D + d] *
                     (double)contrasts_row(&people.contrasts, i)[d];
            margin[k * N + i] = (float)m;
            logit[k * N + i] = (float)log(static_em_weights(em)[k]);
        }
    }
    struct mixture_block block = {K,     N,      0,       N,        0,       N, slot,
                                  logit, margin, d_logit, d_margin, scratch, 0, 1.0f / N};
    struct mixture_sums sums = {0};
    mixture_gradient(&block, &sums);
    for (size_t k = 0; k < K; k++) {
        double by_weight = 0;
        for (size_t i = 0; i < N; i++)
            by_weight += (double)d_logit[k * N + i];
        assert_near(by_weight, 0, 0, 2e-4);
        for (size_t d = 0; d < D; d++) {
            double g = options.ridge * static_em_heads(em)[k * D + d];
            for (size_t i = 0; i < N; i++)
                g += (double)d_margin[k * N + i] *
                     (double)contrasts_row(&people.contrasts, i)[d];
            assert_near(g, 0, 0, 2e-4);
        }
    }
    double penalty = 0;
    for (size_t i = 0; i < K * D; i++)
        penalty += options.ridge / 2 * static_em_heads(em)[i] * static_em_heads(em)[i];
    assert_near(static_em_objective(em), sums.nll / N + penalty, 0, 1e-5);
    static_em_free(em);
    people_done(&people);
}

static void test_model(void **state)
{
    (void)state;
    struct people people;
    struct error err = {0};
    struct model model;
    people_init(&people, N, 5);
    struct static_em_options options = static_em_defaults(K, 7);
    struct static_em *em = run(&people.contrasts, &options);
    assert_true(static_em_iterations(em) > 3);
    assert_int_equal(static_em_model(em, &model, &err), STATUS_OK);
    float weights[K];
    assert_int_equal(model_log_weights(&model, NULL, NULL, 1, weights, &err), STATUS_OK);
    double sum = 0;
    for (size_t k = 0; k < K; k++) {
        assert_near(exp((double)weights[k]), static_em_weights(em)[k], 1e-5, 1e-7);
        sum += static_em_weights(em)[k];
    }
    assert_near(sum, 1, 1e-9, 0);
    for (size_t i = 0; i < K * D; i++)
        assert_near((double)model.heads[i], static_em_heads(em)[i], 1e-6, 1e-7);
    model_done(&model);
    static_em_free(em);
    people_done(&people);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed_point),
        cmocka_unit_test(test_model),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
