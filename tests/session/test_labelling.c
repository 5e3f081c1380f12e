/* Adapting to one attribute of the shipped demo population. */
#include "near.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/checkpoint.h"
#include "core/linalg.h"
#include "io/json.h"
#include "session/labelling.h"

static struct features features;
static struct model model;

static const char *data_path(const char *name, char path[512])
{
    snprintf(path, 512, "%s/data/%s", getenv("MICROSCOPE_SOURCE"), name);
    return path;
}

static int set_up(void **state)
{
    char path[512];
    struct error err;
    struct json *metadata;
    (void)state;
    linalg_init();
    assert_int_equal(
        features_open(&features, data_path("demo.features.safetensors", path), &err), 0);
    assert_int_equal(
        checkpoint_open(data_path("demo.model.safetensors", path), &model, &metadata, &err),
        0);
    json_free(metadata);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    features_done(&features);
    model_done(&model);
    return 0;
}

static struct labelling open_attribute(int attribute, const char *context)
{
    struct labelling labelling;
    struct error err = {0};
    labelling_open(&labelling, &features, &model, attribute, context, NULL, &err);
    assert_string_equal(err.message, "");
    return labelling;
}

/* The context of a training pair, typed, gives the router's weights for the row of that
 * pair in the features: typed text and files say the same (the file's F16 apart). */
static void typed_context_is_the_row_of_the_features(void **state)
{
    (void)state;
    struct labelling labelling =
        open_attribute(0, "Prefer the answer that cares about the user.");
    const struct labelled_set *train = &labelling.train;
    size_t K = labelling.n_heads, found = 0;
    for (size_t i = 0; i < train->n; i++) {
        /* Pair 0 is the demo's first: its attribute and context are these. */
        if (train->pairs[i] != 0)
            continue;
        float log_weight[64];
        uint32_t row = (uint32_t)features.pair_context[0];
        struct error err;
        assert_int_equal(
            model_log_weights(&model, &features.context, &row, 1, log_weight, &err), 0);
        for (size_t k = 0; k < K; k++)
            assert_near(train->log_prior[i * K + k], (double)log_weight[k], 2e-3, 2e-3);
        found++;
    }
    assert_int_equal(found, 1);
    labelling_done(&labelling);
}

static void context_moves_the_prior(void **state)
{
    (void)state;
    struct labelling without = open_attribute(1, NULL);
    struct labelling with = open_attribute(1, "keep it short and factual");
    double moved = 0, sum = 0;
    for (size_t k = 0; k < with.n_heads; k++) {
        moved += fabs(with.mean_log_prior[k] - without.mean_log_prior[k]);
        sum += exp(with.mean_log_prior[k]);
    }
    assert_true(moved > 0.01);
    assert_near(sum, 1, 1e-6, 0);
    labelling_done(&without);
    labelling_done(&with);
}

/* Sixteen labels of each attribute: better than the router alone, than the single head and
 * on average over attributes. */
static void labels_help_on_the_demo(void **state)
{
    (void)state;
    double router = 0, single = 0, adapted[2] = {0};
    size_t n_attributes = features.n_attributes;
    for (size_t a = 0; a < n_attributes; a++) {
        struct labelling labelling = open_attribute((int)a, NULL);
        const struct predictions *test = &labelling.test.predictions;
        double n = (double)labelling.test.n;
        for (int rule = WEIGH_HEDGE; rule <= WEIGH_EM; rule++) {
            struct labelling_score scores[17];
            struct labelling_course course = {
                .settings = {.rule = (enum weigh_rule)rule, .tau = 1, .strength = 1},
                .order = OFFER_RANDOM,
                .most = 16,
                .seed = 1};
            struct error err = {0};
            assert_int_equal(labelling_run(&labelling, &course, scores, &err), STATUS_OK);
            adapted[rule] += (double)scores[16].right / n;
            if (rule == WEIGH_HEDGE)
                router += (double)scores[0].right / n;
        }
        for (size_t i = 0; i < test->n; i++)
            single += test->right[(i + 1) * test->n_predictors - 1] / n;
        labelling_done(&labelling);
    }
    double attributes = (double)n_attributes;
    print_message("# router %.3f, single %.3f, hedge %.3f, em %.3f\n", router / attributes,
                  single / attributes, adapted[0] / attributes, adapted[1] / attributes);
    for (int rule = 0; rule < 2; rule++) {
        assert_true(adapted[rule] / attributes > router / attributes + 0.05);
        assert_true(adapted[rule] / attributes > single / attributes + 0.08);
    }
}

static void refuses_and_stops(void **state)
{
    (void)state;
    struct labelling labelling = {0};
    struct error err = {0};
    assert_int_equal(
        labelling_open(&labelling, &features, &model, 0, "caf\xe9", NULL, &err),
        STATUS_USAGE);
    assert_non_null(strstr(err.message, "not valid UTF-8 at byte 3"));
    struct features unnamed = features;
    unnamed.metadata = NULL;
    assert_int_equal(labelling_open(&labelling, &unnamed, &model, 0, "short", NULL, &err),
                     STATUS_NOT_FOUND);
    labelling = open_attribute(0, NULL);
    struct cancel cancel = {0};
    atomic_store(&cancel.asked, true);
    struct labelling_score scores[9];
    struct labelling_course course = {.settings = {.tau = 1}, .most = 8, .cancel = &cancel};
    assert_int_equal(labelling_run(&labelling, &course, scores, &err), STATUS_CANCELLED);
    course.settings.tau = -1;
    assert_int_equal(labelling_run(&labelling, &course, scores, &err), STATUS_USAGE);
    labelling_done(&labelling);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typed_context_is_the_row_of_the_features),
        cmocka_unit_test(context_moves_the_prior),
        cmocka_unit_test(labels_help_on_the_demo),
        cmocka_unit_test(refuses_and_stops),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
