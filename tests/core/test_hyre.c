/* Reweighting by labelled pairs: the reference, the ends, and DRM's standardisation. */
#include "given.h"
#include "reference.h"

#include "core/checkpoint.h"
#include "core/hyre.h"
#include "core/linalg.h"
#include "core/predict.h"

static void test_reference(void **state)
{
    (void)state;
    char path[512];
    struct features features;
    struct model model;
    struct json *metadata = NULL, *expected = reference_open();
    struct error err = {0};
    struct predictions predictions;
    uint32_t pairs[16];
    double weights[8], want[8];
    open_reference(&features, "pairs.safetensors");
    assert_int_equal(checkpoint_open(reference_path("init_mlp.safetensors", path), &model,
                                     &metadata, &err),
                     STATUS_OK);
    for (uint32_t i = 0; i < 16; i++)
        pairs[i] = i;
    assert_int_equal(predictions_make(&predictions, &features, &model, pairs, 16,
                                      (struct predict_options){RULE_REWARD, ROUTE_PROMPT},
                                      &err),
                     STATUS_OK);
    struct hyre_labels labels = {16, model.shape.n_heads, predictions.margin, NULL};
    static const char *const keys[] = {"hyre/weights_sum", "hyre/weights_mean"};
    for (int loss = 0; loss < 2; loss++) {
        size_t K = reference_values(reference_get(expected, keys[loss]), want);
        assert_int_equal(K, model.shape.n_heads);
        hyre_weights(&labels, (enum hyre_loss)loss, 1, weights);
        for (size_t k = 0; k < K; k++)
            assert_near(weights[k], want[k], 1e-5, 1e-8);
    }
    predictions_done(&predictions);
    model_done(&model);
    features_done(&features);
    json_free(metadata);
    json_free(expected);
}

/* No labels: even. Many: all on the head of the best likelihood. Hopeless margins are no 0 / 0. */
static void test_ends(void **state)
{
    (void)state;
    static float margin[3 * 4000];
    double weights[3];
    for (size_t i = 0; i < 4000; i++) {
        margin[i * 3] = i % 4 ? 1.0f : -1.0f;
        margin[i * 3 + 1] = i % 3 ? 1.0f : -1.0f;
        margin[i * 3 + 2] = -1e4f;
    }
    struct hyre_labels labels = {0, 3, margin, NULL};
    hyre_weights(&labels, HYRE_SUM, 1, weights);
    for (size_t k = 0; k < 3; k++)
        assert_near(weights[k], 1.0 / 3, 1e-12, 0);
    labels.n = 4000;
    hyre_weights(&labels, HYRE_SUM, 1, weights);
    assert_near(weights[0], 1, 1e-12, 0);
    assert_near(hyre_decide(weights, NULL, margin, 3), -1, 1e-9, 0);
    hyre_weights(&labels, HYRE_SUM, 1e9, weights);
    assert_near(weights[1], 1.0 / 3, 0.05, 0.02);
    struct hyre_labels one = {4000, 1, margin, NULL};
    hyre_weights(&one, HYRE_MEAN, 1, weights);
    assert_near(weights[0], 1, 0, 0);
}

static void test_scales(void **state)
{
    (void)state;
    const float chosen[] = {1, 5, 3, 5}, rejected[] = {2, 5, 6, 5};
    double scale[2];
    hyre_scales(chosen, rejected, 2, 2, scale);
    assert_near(scale[0], sqrt((4 + 1 + 0 + 9) / 3.0), 1e-12, 0); /* of 1, 3, 2, 6 */
    assert_near(scale[1], 1, 0, 0);
    const double weights[2] = {0.25, 0.75};
    const float margin[2] = {2, -1};
    assert_near(hyre_decide(weights, scale, margin, 2), 0.5 / scale[0] - 0.75, 1e-12, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_scales),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
