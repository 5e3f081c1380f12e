/* AdamW against the same formula in double. */
#include "near.h"

#include "base/rng.h"
#include "core/adam.h"

enum { MOST = 200 };

struct reference {
    double p[MOST], m[MOST], v[MOST];
};

static void reference_update(struct reference *r, const float *gradient, size_t n,
                             double rate, double decay, double scale, uint64_t t)
{
    for (size_t i = 0; i < n; i++) {
        double g = (double)gradient[i] * scale;
        r->m[i] = 0.9 * r->m[i] + 0.1 * g;
        r->v[i] = 0.999 * r->v[i] + 0.001 * g * g;
        double m = r->m[i] / (1 - pow(0.9, (double)t));
        double v = r->v[i] / (1 - pow(0.999, (double)t));
        r->p[i] -= rate * decay * r->p[i] + rate * m / (sqrt(v) + 1e-8);
    }
}

/* Sizes below and above what one instruction takes, and what is left over. */
static void test_many_steps(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        double rate, decay, scale;
    } cases[] = {
        {1, 1e-2, 0, 1},   {7, 1e-3, 0.01, 1},     {16, 1e-2, 0.1, 0.25},
        {64, 0.1, 0.5, 1}, {65, 2e-3, 0.01, 1e-3}, {200, 1e-3, 0, 1},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        size_t n = cases[c].n;
        float p[MOST], g[MOST], m[MOST] = {0}, v[MOST] = {0};
        struct reference want = {0};
        struct rng rng;
        rng_init(&rng, c, 0);
        for (size_t i = 0; i < n; i++) {
            p[i] = (float)rng_normal(&rng);
            want.p[i] = (double)p[i];
        }
        for (uint64_t t = 1; t <= 60; t++) {
            for (size_t i = 0; i < n; i++)
                g[i] = (float)(rng_normal(&rng) * pow(10, rng_uniform(&rng) * 6 - 4));
            struct adam adam = adam_constants(cases[c].rate, cases[c].decay, t);
            adam.scale = (float)cases[c].scale;
            adam_update(&adam, p, g, m, v, n);
            reference_update(&want, g, n, cases[c].rate, cases[c].decay, cases[c].scale, t);
            for (size_t i = 0; i < n; i++) {
                /* gradients of up to some hundreds may cancel in the mean */
                assert_near((double)m[i], want.m[i], 1e-5, 3e-5 * cases[c].scale);
                assert_near((double)v[i], want.v[i], 1e-5, 0);
                assert_near((double)p[i], want.p[i], 1e-5,
                            2e-5 * cases[c].rate * (double)t);
            }
        }
    }
}

/* However large or small the gradient, the first step is the learning rate long. */
static void test_first_step(void **state)
{
    (void)state;
    const float gradients[] = {1e4f, 1, 1e-3f, -1e-3f, -1, -1e4f};
    float p[6] = {0}, m[6] = {0}, v[6] = {0};
    struct adam adam = adam_constants(0.01, 0, 1);
    adam_update(&adam, p, gradients, m, v, 6);
    for (size_t i = 0; i < 6; i++)
        assert_near((double)p[i], i < 3 ? -0.01 : 0.01, 2e-5, 0);
}

/* Without a gradient only the decay acts, and it does not go through the moments. */
static void test_decay_is_decoupled(void **state)
{
    (void)state;
    float p[] = {2, -4}, m[2] = {0}, v[2] = {0};
    const float none[2] = {0};
    struct adam adam = adam_constants(0.1, 0.5, 1);
    adam_update(&adam, p, none, m, v, 2);
    assert_near((double)p[0], 1.9, 1e-6, 0);
    assert_near((double)p[1], -3.8, 1e-6, 0);
    assert_true(m[0] == 0 && v[0] == 0);
    adam = adam_constants(0.1, 0, 2);
    adam_update(&adam, p, none, m, v, 2);
    assert_near((double)p[0], 1.9, 1e-6, 0);
}

static void test_rate_zero_moves_nothing_but_moments(void **state)
{
    (void)state;
    float p[] = {1.25f}, m[1] = {0}, v[1] = {0};
    const float g[] = {3};
    struct adam adam = adam_constants(0, 0.5, 1);
    adam_update(&adam, p, g, m, v, 1);
    assert_true(p[0] == 1.25f);
    assert_near((double)m[0], 0.3, 1e-6, 0);
    assert_near((double)v[0], 0.009, 1e-5, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_steps),
        cmocka_unit_test(test_first_step),
        cmocka_unit_test(test_decay_is_decoupled),
        cmocka_unit_test(test_rate_zero_moves_nothing_but_moments),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
