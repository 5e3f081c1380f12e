/* Which pairs are held out when the features do not say. */
#include "runs.h"

/* How many pairs are held out of the features as they are. */
static size_t count_held(struct fixture *fixture, double share, uint64_t seed)
{
    struct training_options options = quick();
    options.holdout = share;
    options.recipe.seed = seed;
    struct training *training = create(fixture, &options);
    size_t held = training_holdout(training);
    assert_int_equal(training_pairs(training) + held,
                     features_select(&fixture->made.features, SPLIT_TRAIN, -1, NULL));
    training_free(training);
    return held;
}

/* Three pairs a prompt: whole prompts are held out, about as many as asked for. */
static void test_held_out_by_prompt(void **state)
{
    struct fixture *fixture = *state;
    struct made *made = &fixture->made;
    made_done(made);
    made_init(made, &(struct made_sizes){900, 300, 9, 8, 2}, 3);
    for (size_t i = 0; i < 900; i++)
        made->pair_prompt[i] = (int32_t)(i * 7 % 300);
    bool differ = false;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        size_t held = count_held(fixture, 0.2, seed);
        assert_int_equal(held % 3, 0);
        assert_in_range(held, 120, 240);
        assert_int_equal(held, count_held(fixture, 0.2, seed));
        differ = differ || held != count_held(fixture, 0.2, 1);
        assert_true(count_held(fixture, 0.4, seed) > held);
    }
    assert_true(differ);
    assert_int_equal(count_held(fixture, 0, 1), 0);
    made->split[0] = SPLIT_HOLDOUT; /* what the features say goes first */
    assert_int_equal(features_select(&made->features, SPLIT_TRAIN, -1, NULL), 899);
    struct training_options options = quick();
    struct training *training = create(fixture, &options);
    assert_int_equal(training_holdout(training), 1);
    assert_int_equal(training_pairs(training), 899);
    training_free(training);
}

/* The same prompt in two rows is one prompt. */
static void test_equal_prompts_stay_together(void **state)
{
    struct fixture *fixture = *state;
    struct made *made = &fixture->made;
    made_done(made);
    made_init(made, &(struct made_sizes){400, 400, 9, 8, 2}, 3);
    for (size_t i = 0; i < 400; i++) {
        made->pair_prompt[i] = (int32_t)i;
        memcpy(made->prompt + i * 9, made->prompt + i % 4 * 9, 9 * sizeof(float));
    }
    for (uint64_t seed = 1; seed <= 6; seed++)
        assert_int_equal(count_held(fixture, 0.3, seed) % 100, 0);
}

/* Prompts that begin alike, as sparse features do, are held out one by one all the same. */
static void test_prompts_that_differ_at_their_ends(void **state)
{
    struct fixture *fixture = *state;
    struct made *made = &fixture->made;
    enum { WIDTH = 300 };
    made_done(made);
    made_init(made, &(struct made_sizes){400, 400, WIDTH, 8, 2}, 3);
    for (size_t i = 0; i < 400; i++) {
        made->pair_prompt[i] = (int32_t)i;
        memset(made->prompt + i * WIDTH, 0, (WIDTH - 1) * sizeof(float));
    }
    for (uint64_t seed = 1; seed <= 4; seed++)
        assert_in_range(count_held(fixture, 0.2, seed), 40, 120);
}

static void test_pairs_without_prompts_are_held_out_alone(void **state)
{
    struct fixture *fixture = *state;
    made_done(&fixture->made);
    made_init(&fixture->made, &(struct made_sizes){400, 0, 0, 8, 2}, 3);
    struct training_options options = quick();
    options.router = ROUTER_STATIC;
    options.holdout = 0.2;
    struct training *training = create(fixture, &options);
    assert_in_range(training_holdout(training), 40, 120);
    training_free(training);
}

/* One prompt cannot be divided: all of it trains, whatever the seed. */
static void test_one_prompt(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizes.n_pairs; i++)
        fixture->made.pair_prompt[i] = 5;
    for (uint64_t seed = 0; seed < 20; seed++)
        assert_int_equal(count_held(fixture, 0.5, seed), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_PAIRS(test_held_out_by_prompt),
        ON_PAIRS(test_equal_prompts_stay_together),
        ON_PAIRS(test_prompts_that_differ_at_their_ends),
        ON_PAIRS(test_pairs_without_prompts_are_held_out_alone),
        ON_PAIRS(test_one_prompt),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
