/* Principal components: the reference, what makes them such, and wide rows. */
#include "given.h"
#include "pairs_of.h"
#include "reference.h"

#include "core/linalg.h"
#include "core/pca.h"

static struct pca components_of(const struct features *features, size_t n, bool centred)
{
    struct pca pca;
    struct error err = {0};
    struct team *team = team_create(1);
    struct gram_pairs pairs = {features, pairs_of(features, SPLIT_TRAIN)};
    struct gram_source source = gram_of_pairs(&pairs);
    if (pca_make(&pca, &source, n, centred, team, NULL, &err))
        fail_msg("%s", err.message);
    team_free(team);
    return pca;
}

static void test_reference(void **state)
{
    (void)state;
    struct features features;
    struct json *expected = reference_open();
    double want[12 * 12];
    open_reference(&features, "pairs.safetensors");
    struct pca pca = components_of(&features, 12, true);
    assert_int_equal(pca.n_components, 12);
    reference_values(reference_get(expected, "drm/explained_variance"), want);
    for (size_t k = 0; k < 12; k++)
        assert_near(pca.variances[k], want[k], 1e-5, 0);
    size_t n = reference_values(
        reference_get(expected, "drm/components_largest_entry_positive"), want);
    for (size_t i = 0; i < n; i += 12) {
        const double *component = pca.components + i;
        size_t largest = 0;
        for (size_t d = 1; d < 12; d++)
            if (fabs(component[d]) > fabs(component[largest]))
                largest = d;
        double sign = component[largest] > 0 ? 1 : -1;
        for (size_t d = 0; d < 12; d++)
            assert_near(sign * component[d], want[i + d], 0, 1e-4);
    }
    pca_done(&pca);
    features_done(&features);
    json_free(expected);
}

/* Rows too wide to be decomposed whole, whose variances fall as 1 / k^2: the same as by the
 * definition C v = lambda v, and orthonormal. */
static void test_wide(void **state)
{
    (void)state;
    enum { N = 300, D = PCA_WHOLE + 40, MOST = 6 };
    struct made made;
    made_init(&made, &(struct made_sizes){N, 5, 3, D, 2}, 3);
    for (size_t i = 0; i < N; i++)
        for (size_t d = 0; d < D; d++)
            made.chosen[i * D + d] *= 5.0f / (float)(1 + d);
    for (size_t i = 0; i < N * D; i++)
        made.rejected[i] *= 0.01f;
    struct pca pca = components_of(&made.features, MOST, true);
    struct contrasts contrasts = contrasts_of(&made.features, SPLIT_TRAIN);
    double mean[D] = {0};
    for (size_t i = 0; i < N; i++)
        for (size_t d = 0; d < D; d++)
            mean[d] += (double)contrasts.rows[i * D + d] / N;
    for (size_t k = 0; k < MOST; k++) {
        const double *v = pca.components + k * D;
        double image[D] = {0};
        for (size_t i = 0; i < N; i++) {
            double along = 0;
            for (size_t d = 0; d < D; d++)
                along += ((double)contrasts.rows[i * D + d] - mean[d]) * v[d];
            for (size_t d = 0; d < D; d++)
                image[d] += along * ((double)contrasts.rows[i * D + d] - mean[d]) / (N - 1);
        }
        for (size_t d = 0; d < D; d++)
            assert_near(image[d], pca.variances[k] * v[d], 0, 1e-3 * pca.variances[0]);
        for (size_t j = 0; j <= k; j++) {
            double product = 0;
            for (size_t d = 0; d < D; d++)
                product += v[d] * pca.components[j * D + d];
            assert_near(product, j == k, 0, 1e-9);
        }
        assert_true(!k || pca.variances[k] <= pca.variances[k - 1]);
    }
    contrasts_done(&contrasts);
    pca_done(&pca);
    made_done(&made);
}

/* All chosen ones the same step away: not centred that step is the first component, centred
 * nothing is left of it. Fewer components than asked for when there are none. */
static void test_centred_or_not(void **state)
{
    (void)state;
    struct made made;
    made_init(&made, &(struct made_sizes){40, 5, 3, 6, 0}, 3);
    for (size_t i = 0; i < 40 * 6; i++)
        made.chosen[i] = made.rejected[i] * 1.001f + (i % 6 == 2 ? 3 : 0);
    struct pca plain = components_of(&made.features, 100, false);
    struct pca centred = components_of(&made.features, 100, true);
    assert_int_equal(plain.n_components, 6);
    assert_near(plain.variances[0], 9, 0.01, 0);
    assert_near(fabs(plain.components[2]), 1, 1e-3, 0);
    assert_true(centred.variances[0] < 1e-3);
    pca_done(&plain);
    pca_done(&centred);
    made_done(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_wide),
        cmocka_unit_test(test_centred_or_not),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
