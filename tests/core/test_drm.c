/* Decomposed heads: the reference's weights, and that random ones are what they are called. */
#include "given.h"
#include "pairs_of.h"
#include "reference.h"

#include "core/drm.h"
#include "core/hyre.h"
#include "core/linalg.h"
#include "core/model.h"

/* Heads +c0 +c1 +c2 -c0 -c1 -c2 with the reference's signs, standardised on the first 8 pairs. */
static void test_reference(void **state)
{
    (void)state;
    enum { D = 12, K = 6, N = 8 };
    struct features features;
    struct json *expected = reference_open();
    double components[5 * D], want[K], weights[K], scale[K];
    float heads[K * D], chosen[N * K], rejected[N * K], margin[N * K];
    uint32_t rows[2][N];
    struct error err = {0};
    open_reference(&features, "pairs.safetensors");
    reference_values(reference_get(expected, "drm/components_largest_entry_positive"),
                     components);
    reference_values(reference_get(expected, "drm/weights"), want);
    drm_heads(&(struct pca){3, D, components, NULL}, heads);
    for (size_t i = 0; i < N; i++) {
        rows[0][i] = (uint32_t)features.pair_chosen[i];
        rows[1][i] = (uint32_t)features.pair_rejected[i];
    }
    model_rewards(heads, K, &features.chosen, rows[0], N, chosen, &err);
    model_rewards(heads, K, &features.rejected, rows[1], N, rejected, &err);
    for (size_t i = 0; i < N * K; i++)
        margin[i] = chosen[i] - rejected[i];
    hyre_scales(chosen, rejected, N, K, scale);
    struct hyre_labels labels = {N, K, margin, scale};
    hyre_weights(&labels, HYRE_SUM, 1, weights);
    for (size_t k = 0; k < K; k++)
        assert_near(weights[k], want[k], 1e-4, 1e-6);
    /* w+ / w- = exp(sum of margins / scale) */
    for (size_t k = 0; k < 3; k++) {
        double sum = 0;
        for (size_t i = 0; i < N; i++)
            sum += (double)margin[i * K + k] / scale[k];
        assert_near(log(weights[k] / weights[k + 3]), sum, 1e-5, 1e-6);
    }
    features_done(&features);
    json_free(expected);
}

static void test_random_heads(void **state)
{
    (void)state;
    enum { D = 40, K = 50 };
    static float heads[2][K * D], again[K * D];
    for (int kind = 0; kind < 2; kind++) {
        double sum = 0;
        drm_random_heads((enum drm_random)kind, K, D, 5, heads[kind]);
        for (size_t k = 0; k < K; k++)
            assert_near(linalg_square_sum(heads[kind] + k * D, D), 1, 1e-5, 0);
        for (size_t i = 0; i < K * D; i++)
            sum += (double)heads[kind][i];
        assert_near(sum / (K * D), 0, 0, 0.02);
    }
    drm_random_heads(DRM_UNIFORM, K, D, 5, again);
    assert_memory_equal(again, heads[0], sizeof again);
    assert_memory_not_equal(heads[0], heads[1], sizeof again);
    /* The largest of a uniform row is bounded by sqrt(3 / D) or so, of a normal one it is not. */
    float most[2] = {0};
    for (int kind = 0; kind < 2; kind++)
        for (size_t i = 0; i < K * D; i++)
            most[kind] = fmaxf(most[kind], fabsf(heads[kind][i]));
    assert_true(most[0] < most[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_random_heads),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
