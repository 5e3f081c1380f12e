#include "near.h"

#include "base/rng.h"

static void test_streams_differ_and_seeds_repeat(void **state)
{
    (void)state;
    struct rng a, b, c;
    rng_init(&a, 1, 0);
    rng_init(&b, 1, 0);
    rng_init(&c, 1, 1);
    for (int i = 0; i < 100; i++) {
        uint64_t draw = rng_next(&a);
        assert_true(draw == rng_next(&b));
        assert_true(draw != rng_next(&c));
    }
}

static void test_moments(void **state)
{
    (void)state;
    struct rng rng;
    rng_init(&rng, 7, 0);
    enum { N = 200000 };
    double mean = 0, square = 0, uniform = 0;
    for (int i = 0; i < N; i++) {
        double x = rng_normal(&rng);
        mean += x / N;
        square += x * x / N;
        uniform += rng_uniform(&rng) / N;
    }
    assert_near(mean, 0, 0, 0.01);
    assert_near(square, 1, 0, 0.02);
    assert_near(uniform, 0.5, 0, 0.005);
}

static void test_shuffle_is_a_permutation(void **state)
{
    (void)state;
    struct rng rng;
    rng_init(&rng, 3, 0);
    uint32_t items[257], seen[257] = {0};
    for (uint32_t i = 0; i < 257; i++)
        items[i] = i;
    rng_shuffle(&rng, items, 257);
    size_t moved = 0;
    for (uint32_t i = 0; i < 257; i++) {
        seen[items[i]]++;
        moved += items[i] != i;
    }
    for (uint32_t i = 0; i < 257; i++)
        assert_int_equal(seen[i], 1);
    assert_true(moved > 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_streams_differ_and_seeds_repeat),
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_shuffle_is_a_permutation),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
