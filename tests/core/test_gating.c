/* The gate: it learns which reward counts for which prompt, over attributes and not over the pair. */
#include "made.h"

#include "core/gating.h"
#include "core/linalg.h"

enum { N = 1200, P = 40, W = 4, A = 3 };

struct asked {
    float prompts[P * W], margin[N * A];
    int32_t prompt[N];
    struct rows rows;
};

/* The first number of the prompt says whether attribute 0 or 1 counts; 2 is noise. */
static struct gating_pairs asked_init(struct asked *asked)
{
    struct rng rng;
    rng_init(&rng, 4, 4);
    for (size_t i = 0; i < P * W; i++)
        asked->prompts[i] = (float)rng_normal(&rng);
    for (size_t i = 0; i < N; i++) {
        asked->prompt[i] = (int32_t)rng_below(&rng, P);
        bool first = asked->prompts[asked->prompt[i] * W] > 0;
        for (size_t j = 0; j < A; j++)
            asked->margin[i * A + j] = 3 * (float)rng_normal(&rng);
        float *counts = &asked->margin[i * A + (first ? 0 : 1)];
        *counts = fabsf(*counts);
    }
    asked->rows = (struct rows){asked->prompts, DTYPE_F32, P, W, W};
    return (struct gating_pairs){&asked->rows, asked->prompt, asked->margin, N, A};
}

static void test_learns(void **state)
{
    (void)state;
    struct asked asked;
    struct gating gating, again;
    struct error err = {0};
    struct gating_pairs pairs = asked_init(&asked);
    struct gating_options options = gating_defaults(3);
    options.temperature = 1;
    options.learning_rate = 1e-2;
    options.hidden = 16;
    options.steps = 300;
    options.batch = 64;
    assert_int_equal(gating_fit(&gating, &pairs, &options, &err), STATUS_OK);
    assert_int_equal(gating_fit(&again, &pairs, &options, &err), STATUS_OK);
    size_t right = 0;
    for (int32_t p = 0; p < P; p++) {
        double weights[A], same[A], sum = 0;
        gating_weights(&gating, &asked.rows, p, weights);
        gating_weights(&again, &asked.rows, p, same);
        assert_memory_equal(weights, same, sizeof weights);
        for (size_t j = 0; j < A; j++) {
            assert_true(weights[j] >= 0);
            sum += weights[j];
        }
        assert_near(sum, (double)gating.block[(W + 1) * 16 + (16 + 1) * A], 1e-6, 0);
        right += (weights[0] > weights[1]) == (asked.prompts[p * W] > 0);
    }
    assert_true(right >= P - 3);
    gating_done(&gating);
    gating_done(&again);
}

/* Without prompts all weights are alike, whatever row is asked for. */
static void test_without_prompts(void **state)
{
    (void)state;
    struct asked asked;
    struct gating gating;
    struct error err = {0};
    struct gating_pairs pairs = asked_init(&asked);
    struct rows none = {0};
    pairs.prompts = &none;
    struct gating_options options = gating_defaults(3);
    options.steps = 20;
    options.hidden = 4;
    assert_int_equal(gating_fit(&gating, &pairs, &options, &err), STATUS_OK);
    double a[A], b[A];
    gating_weights(&gating, &none, -1, a);
    gating_weights(&gating, &none, 3, b);
    assert_memory_equal(a, b, sizeof a);
    gating_done(&gating);
}

static void test_refuses(void **state)
{
    (void)state;
    struct asked asked;
    struct gating gating;
    struct error err = {0};
    struct cancel cancel;
    struct gating_pairs pairs = asked_init(&asked);
    struct gating_options options = gating_defaults(3);
    options.hidden = 4;
    atomic_init(&cancel.asked, true);
    options.cancel = &cancel;
    assert_int_equal(gating_fit(&gating, &pairs, &options, &err), STATUS_CANCELLED);
    options.cancel = NULL;
    for (size_t i = 0; i < N; i++)
        asked.margin[i * A] = NAN;
    assert_int_equal(gating_fit(&gating, &pairs, &options, &err), STATUS_NUMERIC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learns),
        cmocka_unit_test(test_without_prompts),
        cmocka_unit_test(test_refuses),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
