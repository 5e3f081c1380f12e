/* Ensembles: what is frozen, what anchors, and that heads differ as they should. */
#include "people.h"

#include <string.h>

#include "core/bt.h"
#include "core/ensemble.h"
#include "core/linalg.h"

enum { D = PEOPLE_WIDTH, K = 4 };

static struct ensemble_options options_of(enum ensemble_kind kind, double ridge)
{
    return (struct ensemble_options){.kind = kind, .ridge = ridge, .prior = 1, .seed = 5};
}

static void fit(const struct contrasts *contrasts, const struct ensemble_options *options,
                float heads[K][D])
{
    struct error err = {0};
    for (size_t k = 0; k < K; k++)
        if (ensemble_fit(contrasts, options, k, heads[k], &err))
            fail_msg("%s", err.message);
}

static double spread(float heads[K][D])
{
    double sum = 0;
    for (size_t k = 1; k < K; k++)
        for (size_t d = 0; d < D; d++)
            sum += fabs((double)(heads[k][d] - heads[0][d]));
    return sum / (D * (K - 1));
}

/* Uniform in +-1 / sqrt(D), the same again, and another for each head. */
static void test_draw(void **state)
{
    (void)state;
    float frozen[400], start[400], again[400];
    struct ensemble_options options = options_of(ENSEMBLE_PLAIN, 1);
    ensemble_draw(&options, 1, 400, frozen, start);
    ensemble_draw(&options, 1, 400, again, NULL);
    assert_memory_equal(frozen, again, sizeof frozen);
    assert_memory_not_equal(frozen, start, sizeof frozen);
    double most = 0;
    for (size_t d = 0; d < 400; d++)
        most = fmax(most, fabs((double)frozen[d]));
    assert_true(most <= 0.05 && most > 0.045);
    ensemble_draw(&options, 2, 400, again, NULL);
    assert_memory_not_equal(frozen, again, sizeof frozen);
}

/* A strong anchor leaves the frozen parts; a weak one lets all heads meet in the one minimum. */
static void test_anchor(void **state)
{
    (void)state;
    struct people people;
    float heads[K][D], frozen[D];
    people_init(&people, 600, 1);
    struct ensemble_options options = options_of(ENSEMBLE_ANCHORED, 1e6);
    fit(&people.contrasts, &options, heads);
    for (size_t k = 0; k < K; k++) {
        ensemble_draw(&options, k, D, frozen, NULL);
        for (size_t d = 0; d < D; d++)
            assert_near((double)heads[k][d], (double)frozen[d], 0, 1e-4);
    }
    double strong = spread(heads);
    options.ridge = 1e-6;
    fit(&people.contrasts, &options, heads);
    assert_true(spread(heads) < strong / 100);
    people_done(&people);
}

/* Resampled heads differ by the noise of the data, about as much as its minimum is uncertain. */
static void test_bootstrap(void **state)
{
    (void)state;
    struct people few, many;
    float heads[K][D];
    struct ensemble_options options = options_of(ENSEMBLE_BOOTSTRAP, 1e-4);
    people_init(&few, 200, 1);
    people_init(&many, 5000, 1);
    fit(&few.contrasts, &options, heads);
    double wide = spread(heads);
    fit(&many.contrasts, &options, heads);
    double narrow = spread(heads);
    print_message("# spread of 200 pairs %.4f, of 5000 %.4f\n", wide, narrow);
    assert_true(wide > 3 * narrow && narrow > 0.005);
    people_done(&few);
    people_done(&many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_draw),
        cmocka_unit_test(test_anchor),
        cmocka_unit_test(test_bootstrap),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
