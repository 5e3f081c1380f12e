/* The mixture's loss and gradients against the formula in double and its central differences. */
#include "near.h"

#include <string.h>

#include "base/rng.h"
#include "core/mixture.h"

enum { STRIDE = 24, HEADS = 6, PROMPTS = 9, PAIRS = 20 };

/* A block with its arrays; pairs of a prompt follow one another. */
struct work {
    struct mixture_block block;
    uint32_t slot[STRIDE];
    float logit[HEADS * STRIDE], margin[HEADS * STRIDE];
    float d_logit[HEADS * STRIDE], d_margin[HEADS * STRIDE], scratch[3 * STRIDE];
    double z[HEADS * STRIDE], m[HEADS * STRIDE]; /* what was given, in double */
};

static const float untouched = 77;

static void make(struct work *work, size_t n_heads, double alpha, double spread,
                 uint64_t seed)
{
    static const uint32_t slots[PAIRS] = {0, 0, 0, 1, 2, 2, 3, 4, 4, 4,
                                          4, 5, 6, 6, 7, 7, 8, 8, 8, 8};
    struct rng rng;
    rng_init(&rng, seed, 0);
    *work = (struct work){0};
    work->block = (struct mixture_block){
        .n_heads = n_heads,
        .stride = STRIDE,
        .end_prompt = PROMPTS,
        .end_pair = PAIRS,
        .slot = work->slot,
        .logit = work->logit,
        .margin = work->margin,
        .d_logit = work->d_logit,
        .d_margin = work->d_margin,
        .scratch = work->scratch,
        .alpha = (float)alpha,
        .scale = 1.0f / PAIRS,
    };
    memcpy(work->slot, slots, sizeof slots);
    for (size_t i = 0; i < HEADS * STRIDE; i++) {
        work->logit[i] = (float)(spread * rng_normal(&rng));
        work->margin[i] = (float)(spread * rng_normal(&rng));
        work->d_logit[i] = work->d_margin[i] = untouched;
    }
}

static void keep(struct work *work)
{
    for (size_t i = 0; i < HEADS * STRIDE; i++) {
        work->z[i] = (double)work->logit[i];
        work->m[i] = (double)work->margin[i];
    }
}

static double log_sigma(double m)
{
    return fmin(m, 0) - log1p(exp(-fabs(m)));
}

/* log f of all heads for the prompt of column u. */
static void weigh(const struct work *work, size_t u, double *log_f)
{
    double top = -HUGE_VAL, sum = 0;
    for (size_t k = 0; k < work->block.n_heads; k++)
        top = fmax(top, work->z[k * STRIDE + u]);
    for (size_t k = 0; k < work->block.n_heads; k++)
        sum += exp(work->z[k * STRIDE + u] - top);
    for (size_t k = 0; k < work->block.n_heads; k++)
        log_f[k] = work->z[k * STRIDE + u] - top - log(sum);
}

/* The loss of the whole block from z and m, and its two sums. */
static double loss(const struct work *work, struct mixture_sums *sums)
{
    const struct mixture_block *block = &work->block;
    *sums = (struct mixture_sums){0};
    for (size_t b = block->first_pair; b < block->end_pair; b++) {
        double log_f[HEADS], top = -HUGE_VAL, sum = 0;
        weigh(work, block->slot[b], log_f);
        for (size_t k = 0; k < block->n_heads; k++)
            top = fmax(top, log_f[k] + log_sigma(work->m[k * STRIDE + b]));
        for (size_t k = 0; k < block->n_heads; k++) {
            sum += exp(log_f[k] + log_sigma(work->m[k * STRIDE + b]) - top);
            sums->regulariser += exp(log_f[k]) * log_f[k];
        }
        sums->nll -= top + log(sum);
    }
    return (double)block->scale * (sums->nll + (double)block->alpha * sums->regulariser);
}

static double slope(struct work *work, double *at)
{
    struct mixture_sums sums;
    double kept = *at, h = 1e-5;
    *at = kept + h;
    double above = loss(work, &sums);
    *at = kept - h;
    double below = loss(work, &sums);
    *at = kept;
    return (above - below) / (2 * h);
}

static void test_gradients(void **state)
{
    (void)state;
    static const struct {
        size_t n_heads;
        double alpha, spread;
    } cases[] = {{1, 0, 1},   {1, 0.5, 1}, {2, 0, 1},  {3, 0.5, 1},
                 {6, 0.5, 3}, {4, 2, 0.1}, {5, 0, 30}, {6, 0.5, 0}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct work work;
        make(&work, cases[c].n_heads, cases[c].alpha, cases[c].spread, c);
        keep(&work);
        /* A margin of 60 has lost the digits below 4e-6, which is then the relative error of
         * its probability; a logit's gradient is a difference of such. */
        double relative = 3e-6 + 1e-6 * cases[c].spread;
        struct mixture_sums want, got = {0};
        loss(&work, &want);
        mixture_gradient(&work.block, &got);
        assert_near(got.nll, want.nll, relative, 1e-6);
        assert_near(got.regulariser, want.regulariser, relative, 1e-6);
        for (size_t k = 0; k < cases[c].n_heads; k++) {
            for (size_t u = 0; u < PROMPTS; u++) {
                double log_f[HEADS];
                weigh(&work, u, log_f);
                assert_near((double)work.logit[k * STRIDE + u], log_f[k], 1e-6, 2e-6);
                assert_near((double)work.d_logit[k * STRIDE + u],
                            slope(&work, &work.z[k * STRIDE + u]), relative,
                            relative / PAIRS);
            }
            for (size_t b = 0; b < PAIRS; b++)
                assert_near((double)work.d_margin[k * STRIDE + b],
                            slope(&work, &work.m[k * STRIDE + b]), relative, 1e-8);
        }
    }
}

/* The loss alone is the loss of the gradient's pass, and adds to what was there. */
static void test_loss_alone(void **state)
{
    (void)state;
    struct work one, other;
    make(&one, 4, 0.5, 1, 3);
    make(&other, 4, 0.5, 1, 3);
    struct mixture_sums alone = {10, 20}, with = {10, 20};
    mixture_loss(&one.block, &alone);
    mixture_gradient(&other.block, &with);
    assert_true(alone.nll == with.nll && alone.regulariser == with.regulariser);
    assert_memory_equal(one.logit, other.logit, sizeof one.logit);
    for (size_t i = 0; i < HEADS * STRIDE; i++)
        assert_true(one.d_logit[i] == untouched && one.d_margin[i] == untouched);
}

/* A block cut at any prompt gives the same numbers, and each part leaves the other alone. */
static void test_parts(void **state)
{
    (void)state;
    for (size_t cut = 0; cut <= PROMPTS; cut++) {
        struct work whole, parts;
        make(&whole, 3, 0.5, 2, 5);
        make(&parts, 3, 0.5, 2, 5);
        struct mixture_sums of_whole = {0}, of_parts = {0};
        mixture_gradient(&whole.block, &of_whole);
        size_t pair = 0;
        while (pair < PAIRS && parts.slot[pair] < cut)
            pair++;
        parts.block.end_prompt = cut;
        parts.block.end_pair = pair;
        mixture_gradient(&parts.block, &of_parts);
        for (size_t b = pair; b < STRIDE; b++)
            assert_true(parts.d_margin[b] == untouched);
        for (size_t u = cut; u < STRIDE; u++)
            assert_true(parts.d_logit[u] == untouched);
        parts.block.first_prompt = cut;
        parts.block.end_prompt = PROMPTS;
        parts.block.first_pair = pair;
        parts.block.end_pair = PAIRS;
        mixture_gradient(&parts.block, &of_parts);
        assert_near(of_parts.nll, of_whole.nll, 1e-12, 0);
        assert_near(of_parts.regulariser, of_whole.regulariser, 1e-12, 0);
        assert_memory_equal(parts.logit, whole.logit, sizeof whole.logit);
        assert_memory_equal(parts.d_logit, whole.d_logit, sizeof whole.d_logit);
        assert_memory_equal(parts.d_margin, whole.d_margin, sizeof whole.d_margin);
    }
}

/* Only differences of logits matter, so their gradient sums to zero over the heads. */
static void test_constants_in_logits_do_not_matter(void **state)
{
    (void)state;
    static const float shifts[] = {-1000, -3, 0.5f, 8, 1000};
    struct work work;
    make(&work, 5, 0.5, 1, 9);
    struct mixture_sums sums = {0};
    mixture_gradient(&work.block, &sums);
    for (size_t u = 0; u < PROMPTS; u++) {
        double total = 0;
        for (size_t k = 0; k < 5; k++)
            total += (double)work.d_logit[k * STRIDE + u];
        assert_near(total, 0, 0, 1e-7);
    }
    for (size_t s = 0; s < sizeof shifts / sizeof *shifts; s++) {
        struct work moved;
        make(&moved, 5, 0.5, 1, 9);
        for (size_t i = 0; i < HEADS * STRIDE; i++)
            moved.logit[i] += shifts[s];
        struct mixture_sums same = {0};
        mixture_gradient(&moved.block, &same);
        /* A logit of 1000 has lost the digits below 6e-5. */
        double lost = fabs((double)shifts[s]) * 1e-7;
        assert_near(same.nll, sums.nll, 1e-6, PAIRS * lost);
        assert_near(same.regulariser, sums.regulariser, 1e-6, PAIRS * lost);
        for (size_t k = 0; k < 5; k++) {
            for (size_t u = 0; u < PROMPTS; u++)
                assert_near((double)moved.d_logit[k * STRIDE + u],
                            (double)work.d_logit[k * STRIDE + u], 0, 1e-7 + lost);
            for (size_t b = 0; b < PAIRS; b++)
                assert_near((double)moved.d_margin[k * STRIDE + b],
                            (double)work.d_margin[k * STRIDE + b], 0, 1e-7 + lost);
        }
    }
}

static void test_huge_margins_and_logits(void **state)
{
    (void)state;
    /* margins of two heads, their logits, and -log P and dL/dm of head 0 */
    static const struct {
        float m[2], z[2];
        double nll, d_first;
    } cases[] = {
        {{1e4f, 1e4f}, {0, 0}, 0, 0},
        {{-1e4f, -1e4f}, {0, 0}, 1e4, -0.5},
        {{1e4f, -1e4f}, {0, 0}, 0.69314718055994531, 0},
        {{-1e4f, 1e4f}, {0, 0}, 0.69314718055994531, 0},
        {{-1e4f, -1e4f}, {1e4f, -1e4f}, 1e4, -1},
        {{-1e4f, -1e4f}, {-1e4f, 1e4f}, 1e4, 0},
        {{-1e4f, 0}, {1e4f, 0}, 1e4, -0.66666666666666667},
        {{3e38f, -3e38f}, {0, 0}, 0.69314718055994531, 0},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct work work;
        make(&work, 2, 0.5, 0, 0);
        work.block.end_pair = work.block.end_prompt = 1;
        work.block.scale = 1;
        for (size_t k = 0; k < 2; k++) {
            work.logit[k * STRIDE] = cases[c].z[k];
            work.margin[k * STRIDE] = cases[c].m[k];
        }
        struct mixture_sums sums = {0};
        mixture_gradient(&work.block, &sums);
        assert_near(sums.nll, cases[c].nll, 1e-4, 1e-6);
        assert_true(isfinite(sums.regulariser));
        assert_near((double)work.d_margin[0], cases[c].d_first, 2e-3, 1e-6);
        for (size_t k = 0; k < 2; k++)
            assert_true(isfinite(work.d_margin[k * STRIDE]) &&
                        isfinite(work.d_logit[k * STRIDE]) &&
                        isfinite(work.logit[k * STRIDE]));
    }
}

static void test_not_finite_shows(void **state)
{
    (void)state;
    for (size_t where = 0; where < 2; where++) {
        struct work work;
        make(&work, 3, 0.5, 1, 1);
        (where ? work.logit : work.margin)[STRIDE + 2] = NAN;
        struct mixture_sums sums = {0};
        mixture_loss(&work.block, &sums);
        assert_true(isnan(sums.nll));
    }
}

static void test_log_sigmoid(void **state)
{
    (void)state;
    static const float margins[] = {0,   1e-6f, 0.1f,  1,      5,     17, 30,
                                    90,  1e4f,  3e38f, -1e-6f, -0.1f, -1, -5,
                                    -17, -30,   -90,   -1e4f,  -3e38f};
    for (size_t i = 0; i < sizeof margins / sizeof *margins; i++)
        assert_near((double)log_sigmoid(margins[i]), log_sigma((double)margins[i]), 2e-7,
                    1e-38);
    assert_true(isnan(log_sigmoid(NAN)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradients),
        cmocka_unit_test(test_loss_alone),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_constants_in_logits_do_not_matter),
        cmocka_unit_test(test_huge_margins_and_logits),
        cmocka_unit_test(test_not_finite_shows),
        cmocka_unit_test(test_log_sigmoid),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
