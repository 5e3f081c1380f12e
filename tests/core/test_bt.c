/* A single head fitted to the end: its gradient, Newton's method beside it, and AdamW. */
#include "pairs_of.h"

#include <string.h>

#include "core/bt.h"
#include "core/linalg.h"
#include "core/logistic.h"

enum { N = 400, D = 12 };
static const struct made_sizes sizes = {N, 20, 3, D, 2};

static void test_gradient(void **state)
{
    (void)state;
    struct made made;
    made_init(&made, &sizes, 5);
    struct contrasts contrasts = contrasts_of(&made.features, SPLIT_TRAIN);
    double weight[N], centre[D], w[D], gradient[D];
    for (size_t i = 0; i < N; i++)
        weight[i] = (double)(i % 5) / 3;
    for (size_t d = 0; d < D; d++) {
        centre[d] = (double)d / 7;
        w[d] = 0.3 - (double)d / 20;
    }
    struct bt_problem problem = {
        .contrasts = &contrasts, .weight = weight, .centre = centre, .ridge = 2};
    bt_objective(&problem, w, gradient);
    for (size_t d = 0; d < D; d++) {
        double here = w[d], step = 1e-5;
        w[d] = here + step;
        double above = bt_objective(&problem, w, NULL);
        w[d] = here - step;
        double below = bt_objective(&problem, w, NULL);
        w[d] = here;
        assert_near(gradient[d], (above - below) / (2 * step), 1e-6, 1e-6);
    }
    contrasts_done(&contrasts);
    made_done(&made);
}

/* Newton's method on the same problem (core/logistic.h) finds the same head. */
static void test_agrees_with_newton(void **state)
{
    (void)state;
    struct made made;
    struct error err = {0};
    made_init(&made, &sizes, 6);
    struct contrasts contrasts = contrasts_of(&made.features, SPLIT_TRAIN);
    static double x[N * D];
    double newton[D], w[D] = {0};
    for (size_t i = 0; i < N * D; i++)
        x[i] = (double)contrasts.rows[i];
    struct logistic_problem logistic = {N, D, x, NULL, 0.5};
    struct bt_problem problem = {
        .contrasts = &contrasts, .ridge = 0.5, .tolerance = 1e-9, .iterations = 500};
    assert_int_equal(logistic_fit(&logistic, newton, &err), STATUS_OK);
    assert_int_equal(bt_fit(&problem, w, NULL, &err), STATUS_OK);
    for (size_t d = 0; d < D; d++)
        assert_near(w[d], newton[d], 1e-6, 1e-7);
    contrasts_done(&contrasts);
    made_done(&made);
}

/* The head of AdamW, trained as every model is, and this one decide test pairs alike. */
static void test_accuracy_of_adamw(void **state)
{
    (void)state;
    struct made made;
    struct error err = {0};
    made_init(&made, &(struct made_sizes){1200, 20, 3, D, 1}, 7);
    for (size_t i = 0; i < 1200; i++)
        made.split[i] = i < 700 ? SPLIT_TRAIN : i < 800 ? SPLIT_HOLDOUT : SPLIT_TEST;
    struct member member = {{ROUTER_NONE, 1, 0, 0, D}, 0, 1};
    struct recipe recipe = {.learning_rate = 5e-3, .batch = 32, .epochs = 30, .seed = 1};
    struct team *team = team_create(1);
    struct trainer *trainer = trainer_create(
        &made.features, pairs_of(&made.features, SPLIT_TRAIN),
        pairs_of(&made.features, SPLIT_HOLDOUT), &member, 1, &recipe, team, &err);
    assert_non_null(trainer);
    while (!trainer_finished(trainer))
        assert_int_equal(trainer_step(trainer, &err), STATUS_OK);
    struct model model;
    assert_int_equal(trainer_model(trainer, 0, &model, &err), STATUS_OK);
    struct contrasts train = contrasts_of(&made.features, SPLIT_TRAIN);
    struct contrasts held = contrasts_of(&made.features, SPLIT_HOLDOUT);
    struct contrasts test = contrasts_of(&made.features, SPLIT_TEST);
    double w[D], ridge;
    float head[D];
    assert_int_equal(bt_fit_chosen(&train, &held, NULL, w, &ridge, &err), STATUS_OK);
    for (size_t d = 0; d < D; d++)
        head[d] = (float)w[d];
    double ours = accuracy_of(&test, head), theirs = accuracy_of(&test, model.heads);
    print_message("# L-BFGS %.4f (ridge %g), AdamW %.4f\n", ours, ridge, theirs);
    assert_true(ours > 0.8);
    assert_near(ours, theirs, 0, 0.0125);
    assert_true(bt_nll(&held, w) < log(2));
    contrasts_done(&train);
    contrasts_done(&held);
    contrasts_done(&test);
    model_done(&model);
    trainer_free(trainer);
    team_free(team);
    made_done(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradient),
        cmocka_unit_test(test_agrees_with_newton),
        cmocka_unit_test(test_accuracy_of_adamw),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
