#include "near.h"

#include "core/recipe.h"

static void test_values(void **state)
{
    (void)state;
    const double pi = 3.14159265358979323846;
    const struct {
        enum decay decay;
        double warmup;
        size_t step, total;
        double want;
    } cases[] = {
        /* 2 of 40 steps warm, as in tests/reference */
        {DECAY_COSINE, 0.05, 0, 40, 0},
        {DECAY_COSINE, 0.05, 1, 40, 0.5},
        {DECAY_COSINE, 0.05, 2, 40, 1},
        {DECAY_COSINE, 0.05, 3, 40, 0.5 * (1 + cos(pi / 38))},
        {DECAY_COSINE, 0.05, 21, 40, 0.5},
        {DECAY_COSINE, 0.05, 39, 40, 0.5 * (1 + cos(pi * 37 / 38))},
        {DECAY_CONSTANT, 0.05, 0, 40, 0},
        {DECAY_CONSTANT, 0.05, 1, 40, 0.5},
        {DECAY_CONSTANT, 0.05, 2, 40, 1},
        {DECAY_CONSTANT, 0.05, 39, 40, 1},
        /* no warm-up */
        {DECAY_COSINE, 0, 0, 10, 1},
        {DECAY_COSINE, 0, 5, 10, 0.5},
        {DECAY_CONSTANT, 0, 0, 10, 1},
        /* a part of a step counts as one */
        {DECAY_CONSTANT, 0.01, 0, 10, 0},
        {DECAY_CONSTANT, 0.01, 1, 10, 1},
        {DECAY_CONSTANT, 0.25, 2, 10, 2.0 / 3},
        /* nothing but warm-up */
        {DECAY_COSINE, 1, 0, 4, 0},
        {DECAY_COSINE, 1, 3, 4, 0.75},
        {DECAY_COSINE, 1, 4, 4, 1},
        {DECAY_COSINE, 0.5, 0, 1, 0},
        {DECAY_COSINE, 0.5, 1, 1, 1},
        {DECAY_COSINE, 0, 0, 1, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct recipe recipe = {.decay = cases[i].decay, .warmup = cases[i].warmup};
        assert_near(recipe_factor(&recipe, cases[i].step, cases[i].total), cases[i].want, 0,
                    1e-12);
    }
}

/* It rises to its top and falls from there, and never leaves 0 to 1. */
static void test_shape(void **state)
{
    (void)state;
    static const size_t totals[] = {1, 2, 3, 7, 100, 1001};
    for (size_t t = 0; t < 6; t++)
        for (double warmup = 0; warmup <= 1; warmup += 0.125) {
            struct recipe recipe = {.decay = DECAY_COSINE, .warmup = warmup};
            double before = -1;
            size_t turns = 0;
            for (size_t s = 0; s < totals[t]; s++) {
                double factor = recipe_factor(&recipe, s, totals[t]);
                assert_true(factor >= 0 && factor <= 1);
                bool falls = s && factor < before;
                if (falls)
                    turns++;
                else
                    assert_int_equal(turns, 0);
                before = factor;
            }
        }
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(decay_names[DECAY_COSINE], "cosine");
    assert_string_equal(decay_names[DECAY_CONSTANT], "constant");
    assert_null(decay_names[DECAY_CONSTANT + 1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_names),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
