/* The rules side by side: what each makes of an attribute's labels, on its pairs of a split. */
#include "labelled.h"

#include "core/linalg.h"
#include "core/predict.h"
#include "core/rule_trial.h"

static const double scale[LABELLED_HEADS] = {1, 1, 1};

static struct rule_trial *run(const struct labelled *labelled, const struct budget *budget)
{
    struct error err = {0};
    struct rule_trial *trial = rule_trial_create(&labelled->made.features, &labelled->model,
                                                 budget, SPLIT_TEST, scale, &err);
    if (!trial)
        fail_msg("%s", err.message);
    while (!rule_trial_finished(trial))
        if (rule_trial_step(trial, &err))
            fail_msg("%s", err.message);
    return trial;
}

/* Every head is of use for its own attribute, so every rule that has labels finds it. */
static void test_scores(void **state)
{
    (void)state;
    struct labelled labelled;
    struct budget budget;
    struct error err;
    labelled_init(&labelled);
    assert_int_equal(budget_draw(&budget, &labelled.made.features, 30, 1, &err), 0);
    struct rule_trial *trial = run(&labelled, &budget);
    struct rule_score scores[WEIGH_COUNT];
    rule_trial_scores(trial, scores);
    for (size_t r = 0; r < WEIGH_COUNT; r++) {
        double sum = 0;
        for (size_t a = 0; a < 3; a++)
            sum += rule_trial_accuracy(trial, (enum weigh_rule)r, a);
        assert_near(scores[r].mean, sum / 3, 1e-12, 0);
        assert_true(scores[r].mean > 0.75);
        assert_true(scores[r].nll > 0 && scores[r].nll < 0.6);
    }
    rule_trial_free(trial);
    budget_done(&budget);
    labelled_done(&labelled);
}

/* Without labels from-single is the single head, and stack the mean of the heads. */
static void test_no_labels(void **state)
{
    (void)state;
    struct labelled labelled;
    struct budget budget;
    struct error err;
    labelled_init(&labelled);
    const struct features *features = &labelled.made.features;
    assert_int_equal(budget_draw(&budget, features, 0, 1, &err), 0);
    struct rule_trial *trial = run(&labelled, &budget);
    double right[2][3] = {{0}}, n[3] = {0};
    for (size_t i = 160; i < LABELLED; i++) {
        const float *chosen = labelled.made.chosen + i * LABELLED_WIDTH;
        const float *rejected = labelled.made.rejected + i * LABELLED_WIDTH;
        double single = 0, mean = 0;
        for (size_t d = 0; d < LABELLED_WIDTH; d++) {
            double difference = (double)(chosen[d] - rejected[d]);
            single += 0.5 * difference;
            mean += (d < 3 ? 1.2 : 0.3) * difference;
        }
        size_t a = (size_t)labelled.made.attribute[i];
        n[a]++;
        right[0][a] += single > 0;
        right[1][a] += mean > 0;
    }
    for (size_t a = 0; a < 3; a++) {
        assert_near(rule_trial_accuracy(trial, WEIGH_FROM_SINGLE, a), right[0][a] / n[a],
                    1e-12, 0);
        assert_near(rule_trial_accuracy(trial, WEIGH_STACK, a), right[1][a] / n[a], 1e-12,
                    0);
        assert_true(rule_trial_accuracy(trial, WEIGH_SCRATCH, a) == 0); /* ties are wrong */
    }
    rule_trial_free(trial);
    budget_done(&budget);
    labelled_done(&labelled);
}

/* A model without single head, and an attribute without pairs in the split. */
static void test_missing(void **state)
{
    (void)state;
    struct labelled labelled;
    struct budget budget;
    struct error err;
    struct rule_score scores[WEIGH_COUNT];
    labelled_init(&labelled);
    free(labelled.model.single);
    labelled.model.single = NULL;
    for (size_t i = 160; i < LABELLED; i++)
        labelled.made.attribute[i] = (int32_t)(i % 2);
    assert_int_equal(budget_draw(&budget, &labelled.made.features, 10, 1, &err), 0);
    struct rule_trial *trial = run(&labelled, &budget);
    rule_trial_scores(trial, scores);
    assert_true(isnan(scores[WEIGH_FROM_SINGLE].mean));
    assert_true(isnan(scores[WEIGH_FROM_SINGLE].nll));
    assert_true(isnan(rule_trial_accuracy(trial, WEIGH_EM, 2)));
    assert_near(scores[WEIGH_EM].mean,
                (rule_trial_accuracy(trial, WEIGH_EM, 0) +
                 rule_trial_accuracy(trial, WEIGH_EM, 1)) /
                    2,
                1e-12, 0);
    rule_trial_free(trial);
    budget_done(&budget);
    labelled_done(&labelled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores),
        cmocka_unit_test(test_no_labels),
        cmocka_unit_test(test_missing),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
