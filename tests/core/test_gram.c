/* Second moments, by one thread and by several, of every kind of source. */
#include "pairs_of.h"

#include <string.h>

#include "core/gram.h"
#include "core/linalg.h"

static void check(size_t n, size_t width, size_t threads)
{
    struct made made;
    struct error err = {0};
    struct gram gram;
    made_init(&made, &(struct made_sizes){n, 5, 3, width, 2}, 3);
    struct team *team = team_create(threads);
    struct gram_pairs pairs = {&made.features, pairs_of(&made.features, SPLIT_TRAIN)};
    struct gram_source source = gram_of_pairs(&pairs);
    if (gram_make(&gram, &source, team, NULL, &err))
        fail_msg("%s", err.message);
    struct contrasts contrasts = contrasts_of(&made.features, SPLIT_TRAIN);
    struct rng rng;
    rng_init(&rng, 1, 1);
    for (int look = 0; look < 200; look++) {
        size_t i = rng_below(&rng, width), j = rng_below(&rng, width);
        double want = 0, sum = 0;
        for (size_t p = 0; p < n; p++) {
            const float *row = contrasts_row(&contrasts, p);
            want += (double)row[i] * (double)row[j];
            sum += (double)row[i];
        }
        assert_near(gram.moments[i * width + j], want, 1e-5, 1e-3);
        assert_near(gram.sum[i], sum, 1e-9, 1e-9);
    }
    contrasts_done(&contrasts);
    gram_done(&gram);
    team_free(team);
    made_done(&made);
}

static void test_against_sums(void **state)
{
    (void)state;
    check(3, 7, 1);
    check(2100, 40, 1);
    check(1300, 1100, 1);
    check(1300, 1100, 3);
}

static void test_rows_and_refusals(void **state)
{
    (void)state;
    float values[] = {1, 2, 3, 4, 5, 6, NAN, 8};
    struct rows rows = {values, DTYPE_F32, 4, 2, 2};
    const uint32_t which[] = {2, 0, 3};
    struct gram_rows some = {&rows, which, 2};
    struct gram_source source = gram_of_rows(&some);
    struct team *team = team_create(1);
    struct error err = {0};
    struct gram gram;
    assert_int_equal(gram_make(&gram, &source, team, NULL, &err), STATUS_OK);
    assert_near(gram.moments[1], 5 * 6 + 1 * 2, 1e-6, 0);
    assert_near(gram.moments[2], 5 * 6 + 1 * 2, 1e-6, 0);
    assert_near(gram.sum[0], 6, 0, 0);
    gram_done(&gram);
    some.n = 3;
    source = gram_of_rows(&some);
    assert_int_equal(gram_make(&gram, &source, team, NULL, &err), STATUS_NUMERIC);
    struct cancel cancel;
    atomic_init(&cancel.asked, true);
    some.n = 2;
    source = gram_of_rows(&some);
    assert_int_equal(gram_make(&gram, &source, team, &cancel, &err), STATUS_CANCELLED);
    team_free(team);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_sums),
        cmocka_unit_test(test_rows_and_refusals),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
