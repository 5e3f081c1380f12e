/* Hard clustering of people: it finds the two kinds, never gets worse, and fills empty heads. */
#include "people.h"

#include "core/hard_em.h"
#include "core/linalg.h"

enum { N = 900, D = PEOPLE_WIDTH };

static struct hard_em *run(const struct people *people,
                           const struct hard_em_options *options)
{
    struct error err = {0};
    struct hard_em *em =
        hard_em_create(&people->contrasts, people->person, PEOPLE, options, &err);
    if (!em)
        fail_msg("%s", err.message);
    double before = HUGE_VAL, best = HUGE_VAL;
    size_t restart = 0;
    while (!hard_em_finished(em)) {
        if (hard_em_step(em, &err))
            fail_msg("%s", err.message);
        if (hard_em_restart(em) != restart)
            before = HUGE_VAL;
        restart = hard_em_restart(em);
        assert_true(hard_em_objective(em) <= before + 1e-6 * fabs(before));
        before = hard_em_objective(em);
        best = fmin(best, before);
    }
    assert_near(hard_em_best(em), best, 1e-12, 0);
    return em;
}

static void test_finds_the_kinds(void **state)
{
    (void)state;
    struct people people;
    people_init(&people, N, 2);
    struct hard_em_options options = hard_em_defaults(2, 1);
    struct hard_em *em = run(&people, &options);
    const int32_t *assignment = hard_em_assignment(em);
    assert_int_equal(hard_em_count(em), 2);
    assert_int_not_equal(assignment[0], assignment[1]);
    for (size_t u = 0; u < PEOPLE; u++)
        assert_int_equal(assignment[u], assignment[u % 2]);
    const float *head = hard_em_heads(em) + (size_t)assignment[0] * D;
    assert_true(head[0] > 2 && head[1] > 0.3f);
    assert_near(hard_em_proportions(em)[0] + hard_em_proportions(em)[1], 1, 1e-12, 0);
    hard_em_free(em);
    people_done(&people);
}

/* The same again, and more heads explain no less. */
static void test_repeats_and_grows(void **state)
{
    (void)state;
    struct people people;
    people_init(&people, N, 3);
    struct hard_em_options options = hard_em_defaults(1, 9);
    struct hard_em *one = run(&people, &options);
    options.n_heads = 4;
    struct hard_em *four = run(&people, &options), *again = run(&people, &options);
    assert_near(hard_em_best(four), hard_em_best(again), 0, 0);
    assert_memory_equal(hard_em_heads(four), hard_em_heads(again), 4 * D * sizeof(float));
    assert_true(hard_em_best(four) < hard_em_best(one));
    hard_em_free(one);
    hard_em_free(four);
    hard_em_free(again);
    people_done(&people);
}

/* Not more heads than people with pairs; people without pairs are in none; nobody is an error. */
static void test_few_people(void **state)
{
    (void)state;
    struct people people;
    struct error err = {0};
    people_init(&people, 60, 4);
    for (size_t i = 0; i < 60; i++)
        people.person[i] = i % 3 ? (int32_t)(i % 3) : -1;
    struct hard_em_options options = hard_em_defaults(8, 1);
    struct hard_em *em = run(&people, &options);
    assert_int_equal(hard_em_count(em), 2);
    assert_int_equal(hard_em_assignment(em)[0], -1);
    assert_int_equal(hard_em_assignment(em)[5], -1);
    assert_true(hard_em_assignment(em)[1] >= 0 && hard_em_assignment(em)[2] >= 0);
    hard_em_free(em);
    for (size_t i = 0; i < 60; i++)
        people.person[i] = -1;
    assert_null(hard_em_create(&people.contrasts, people.person, PEOPLE, &options, &err));
    assert_int_equal(err.status, STATUS_SHAPE);
    people_done(&people);
}

static void test_is_stopped(void **state)
{
    (void)state;
    struct people people;
    struct error err = {0};
    struct cancel cancel;
    atomic_init(&cancel.asked, true);
    people_init(&people, 100, 4);
    struct hard_em_options options = hard_em_defaults(2, 1);
    options.cancel = &cancel;
    struct hard_em *em =
        hard_em_create(&people.contrasts, people.person, PEOPLE, &options, &err);
    assert_int_equal(hard_em_step(em, &err), STATUS_CANCELLED);
    hard_em_free(em);
    people_done(&people);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_the_kinds),
        cmocka_unit_test(test_repeats_and_grows),
        cmocka_unit_test(test_few_people),
        cmocka_unit_test(test_is_stopped),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
