#include "near.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "core/bootstrap.h"

enum { MOST = 2000, PREDICTORS = 4, COLUMNS = 3 };

struct given {
    uint8_t right[MOST * PREDICTORS];
    uint32_t column[MOST];
    int32_t unit[MOST];
    size_t oracle_head[COLUMNS];
    struct bootstrap bootstrap;
};

/* Three heads and a mixture, three attributes, prompts of up to four pairs. */
static void make(struct given *given, size_t n, double share, uint64_t seed)
{
    struct rng rng;
    rng_init(&rng, seed, 0);
    for (size_t i = 0; i < n; i++) {
        given->column[i] = (uint32_t)rng_below(&rng, COLUMNS);
        given->unit[i] = (int32_t)rng_below(&rng, n / 4 + 1);
        for (size_t p = 0; p < PREDICTORS; p++)
            given->right[i * PREDICTORS + p] = rng_uniform(&rng) < share;
    }
    for (size_t c = 0; c < COLUMNS; c++)
        given->oracle_head[c] = 1;
    given->bootstrap = (struct bootstrap){
        .n_pairs = n,
        .n_predictors = PREDICTORS,
        .n_columns = COLUMNS,
        .oracle_head = given->oracle_head,
        .reference = PREDICTORS - 1,
        .right = given->right,
        .column = given->column,
        .unit = given->unit,
        .resamples = 200,
        .seed = 1,
    };
}

static struct given given;
static struct interval means[PREDICTORS + 1], differences[PREDICTORS + 1];

static void test_always_right_or_wrong(void **state)
{
    (void)state;
    make(&given, 100, 0, 1);
    for (size_t i = 0; i < 100; i++)
        given.right[i * PREDICTORS + 1] = 1;
    bootstrap_run(&given.bootstrap, means, differences);
    for (size_t p = 0; p <= PREDICTORS; p++) {
        double want = p == 1 || p == PREDICTORS ? 1 : 0; /* the oracle is last */
        assert_true(means[p].low == want && means[p].high == want);
        assert_true(differences[p].low == want && differences[p].high == want);
    }
}

/* One prompt is drawn over and over: every draw is the data itself. */
static void test_one_prompt(void **state)
{
    (void)state;
    const struct {
        uint32_t column;
        uint8_t right[PREDICTORS];
    } pairs[] = {
        {0, {1, 0, 1, 0}}, {0, {1, 0, 1, 1}}, {1, {0, 1, 0, 1}},
        {1, {1, 1, 0, 0}}, {1, {0, 1, 0, 0}}, {2, {0, 0, 1, 1}},
    };
    const double want[] = {(1 + 1.0 / 3 + 0) / 3, (0 + 1 + 0) / 3.0, (1 + 0 + 1) / 3.0,
                           (0.5 + 1.0 / 3 + 1) / 3, (1 + 1 + 1) / 3.0};
    make(&given, 6, 0, 1);
    given.oracle_head[0] = 0;
    given.oracle_head[2] = 2;
    for (size_t i = 0; i < 6; i++) {
        given.column[i] = pairs[i].column;
        given.unit[i] = 9;
        memcpy(given.right + i * PREDICTORS, pairs[i].right, PREDICTORS);
    }
    assert_int_equal(bootstrap_run(&given.bootstrap, means, differences), 1);
    for (size_t p = 0; p <= PREDICTORS; p++) {
        assert_near(means[p].low, want[p], 1e-12, 0);
        assert_near(means[p].high, want[p], 1e-12, 0);
        assert_near(differences[p].low, want[p] - want[3], 1e-12, 1e-12);
        assert_near(differences[p].high, want[p] - want[3], 1e-12, 1e-12);
    }
}

static void test_difference_to_itself(void **state)
{
    (void)state;
    make(&given, 500, 0.6, 2);
    bootstrap_run(&given.bootstrap, means, differences);
    assert_true(means[3].low < means[3].high);
    assert_true(differences[3].low == 0 && differences[3].high == 0);
    given.bootstrap.reference = SIZE_MAX;
    bootstrap_run(&given.bootstrap, means, differences);
    for (size_t p = 0; p <= PREDICTORS; p++)
        assert_true(isnan(differences[p].low) && isnan(differences[p].high));
}

/* The oracle's heads are given and not chosen anew: one head everywhere is that head. */
static void test_oracle_is_the_heads_it_is_told(void **state)
{
    (void)state;
    make(&given, 60, 0.6, 3);
    for (size_t head = 0; head < 3; head++) {
        for (size_t c = 0; c < COLUMNS; c++)
            given.oracle_head[c] = head;
        bootstrap_run(&given.bootstrap, means, differences);
        assert_memory_equal(&means[PREDICTORS], &means[head], sizeof *means);
        assert_memory_equal(&differences[PREDICTORS], &differences[head], sizeof *means);
    }
}

/* With one draw an interval is the draw. An oracle of different heads takes from each what it
 * has on its attribute. */
static void test_oracle_of_different_heads(void **state)
{
    (void)state;
    make(&given, 60, 0.6, 3);
    given.bootstrap.resamples = 1;
    for (uint64_t seed = 0; seed < 20; seed++) {
        double alone[3], sum = 0;
        given.bootstrap.seed = seed;
        for (size_t c = 0; c < COLUMNS; c++)
            given.oracle_head[c] = c;
        bootstrap_run(&given.bootstrap, means, differences);
        for (size_t p = 0; p < 3; p++)
            alone[p] = means[p].low;
        double mixed = means[PREDICTORS].low;
        /* Turned twice, the three choices use every head on every attribute once. */
        for (size_t turn = 1; turn < 3; turn++) {
            for (size_t c = 0; c < COLUMNS; c++)
                given.oracle_head[c] = (c + turn) % 3;
            bootstrap_run(&given.bootstrap, means, differences);
            sum += means[PREDICTORS].low;
        }
        assert_near(mixed + sum, alone[0] + alone[1] + alone[2], 1e-12, 0);
        assert_true(means[0].low == means[0].high);
    }
}

static void test_seeds(void **state)
{
    (void)state;
    struct interval again[PREDICTORS + 1], gaps[PREDICTORS + 1];
    make(&given, 300, 0.7, 4);
    bootstrap_run(&given.bootstrap, means, differences);
    bootstrap_run(&given.bootstrap, again, gaps);
    assert_memory_equal(means, again, sizeof means);
    assert_memory_equal(differences, gaps, sizeof gaps);
    given.bootstrap.seed = 2;
    bootstrap_run(&given.bootstrap, again, gaps);
    assert_memory_not_equal(means, again, sizeof means);
}

/* Pairs of a prompt come together: twice the pairs of every prompt say nothing new. */
static void test_prompts_are_drawn_whole(void **state)
{
    (void)state;
    static struct given twice;
    make(&given, 400, 0.7, 5);
    make(&twice, 800, 0.7, 5);
    for (size_t i = 0; i < 800; i++) {
        twice.column[i] = given.column[i % 400];
        twice.unit[i] = given.unit[i % 400];
        memcpy(twice.right + i * PREDICTORS, given.right + i % 400 * PREDICTORS,
               PREDICTORS);
    }
    struct interval of_twice[PREDICTORS + 1], gaps[PREDICTORS + 1];
    assert_int_equal(bootstrap_run(&given.bootstrap, means, differences),
                     bootstrap_run(&twice.bootstrap, of_twice, gaps));
    for (size_t p = 0; p <= PREDICTORS; p++) {
        assert_near(of_twice[p].low, means[p].low, 1e-12, 0);
        assert_near(of_twice[p].high, means[p].high, 1e-12, 0);
    }
}

static void test_units(void **state)
{
    (void)state;
    make(&given, 50, 0.5, 6);
    for (size_t i = 0; i < 50; i++)
        given.unit[i] = i < 20 ? (int32_t)(i / 2) : -1; /* nobody knows their prompts */
    assert_int_equal(bootstrap_run(&given.bootstrap, means, differences), 10 + 30);
    given.bootstrap.resamples = 0;
    assert_int_equal(bootstrap_run(&given.bootstrap, means, differences), 40);
    assert_true(isnan(means[0].low) && isnan(means[0].high));
}

/* For many prompts of a pair each the interval is that of a normal share. */
static void test_width(void **state)
{
    (void)state;
    make(&given, MOST, 0.8, 7);
    size_t n_right = 0;
    for (size_t i = 0; i < MOST; i++) {
        given.column[i] = 0;
        given.unit[i] = (int32_t)i;
        n_right += given.right[i * PREDICTORS];
    }
    given.bootstrap.resamples = 1000;
    bootstrap_run(&given.bootstrap, means, differences);
    double share = (double)n_right / MOST;
    double half = 1.96 * sqrt(share * (1 - share) / MOST);
    assert_near(means[0].low, share - half, 0, 0.15 * half);
    assert_near(means[0].high, share + half, 0, 0.15 * half);
}

/* An attribute that a draw leaves out does not count in its mean. */
static void test_columns_without_pairs(void **state)
{
    (void)state;
    make(&given, 40, 0, 8);
    for (size_t i = 0; i < 40; i++) {
        given.column[i] = i ? 2 : 0; /* one prompt alone has attribute 0, nobody 1 */
        given.unit[i] = (int32_t)i;
        given.right[i * PREDICTORS] = 1;
    }
    bootstrap_run(&given.bootstrap, means, differences);
    assert_true(means[0].low == 1 && means[0].high == 1);
    assert_true(means[1].low == 0 && means[1].high == 0);
}

/* In steps of any size, the bits of one go; and any reference. */
static void test_steps(void **state)
{
    (void)state;
    make(&given, 400, 0.6, 5);
    bootstrap_run(&given.bootstrap, means, differences);
    struct bootstrap_draws *draws = bootstrap_create(&given.bootstrap);
    memset(given.right, 0, sizeof given.right); /* what it needs is its own */
    for (size_t step = 0; !bootstrap_finished(draws); step++)
        bootstrap_draw(draws, step % 3 == 0 ? 1 : 17);
    struct interval again[PREDICTORS + 1];
    bootstrap_means(draws, again);
    assert_memory_equal(again, means, sizeof again);
    bootstrap_differences(draws, PREDICTORS - 1, again);
    assert_memory_equal(again, differences, sizeof again);
    bootstrap_differences(draws, 0, again);
    assert_true(again[0].low == 0 && again[0].high == 0);
    assert_true(again[1].low < again[1].high);
    bootstrap_differences(draws, SIZE_MAX, again);
    assert_true(isnan(again[1].low));
    bootstrap_free(draws);
    bootstrap_free(NULL);
}

static void test_stopped(void **state)
{
    (void)state;
    struct cancel cancel = {true};
    make(&given, 40, 0, 8);
    given.bootstrap.cancel = &cancel;
    bootstrap_run(&given.bootstrap, means, differences);
    given.bootstrap.cancel = NULL;
    for (size_t p = 0; p <= PREDICTORS; p++) {
        assert_true(isnan(means[p].low) && isnan(means[p].high));
        assert_true(isnan(differences[p].low));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_always_right_or_wrong),
        cmocka_unit_test(test_one_prompt),
        cmocka_unit_test(test_difference_to_itself),
        cmocka_unit_test(test_oracle_is_the_heads_it_is_told),
        cmocka_unit_test(test_oracle_of_different_heads),
        cmocka_unit_test(test_seeds),
        cmocka_unit_test(test_prompts_are_drawn_whole),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_columns_without_pairs),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_stopped),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
