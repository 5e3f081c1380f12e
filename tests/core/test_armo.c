/* Heads from ratings: they are found, the penalty is chosen on others, and verbosity goes. */
#include "given.h"
#include "made.h"

#include <string.h>

#include "core/armo.h"
#include "core/linalg.h"
#include "core/spearman.h"

enum { N = 300, D = 6, A = 3 };
static const char *const names[] = {"clarity", "warmth", "helpsteer-verbosity"};

struct rated {
    struct made made;
    float labels[N * A];
};

/* Response i is the chosen one of pair i and the rejected one of pair i - 1. Clarity is the first
 * number and half of verbosity, which is the last; warmth is not rated by pairs divisible by 3. */
static void rated_init(struct rated *rated)
{
    struct rng rng;
    struct made *made = &rated->made;
    made_init(made, &(struct made_sizes){N, 10, 3, D, A}, 11);
    rng_init(&rng, 2, 2);
    static int32_t next[N];
    for (size_t i = 0; i < N; i++) {
        const float *row = made->chosen + i * D;
        float noise = 0.1f * (float)rng_normal(&rng);
        rated->labels[i * A] = 2 * row[0] + row[5] + noise;
        rated->labels[i * A + 1] = i % 3 ? row[1] - row[2] + noise : NAN;
        rated->labels[i * A + 2] = 2 * row[5] + noise;
        next[i] = (int32_t)((i + 1) % N);
        made->split[i] = i < 200 ? SPLIT_TRAIN : i < 250 ? SPLIT_HOLDOUT : SPLIT_TEST;
    }
    made->features.rejected = made->features.chosen;
    made->features.pair_rejected = next;
    made->features.attributes = names;
    made->features.n_attributes = A;
    made->features.labels = (struct rows){rated->labels, DTYPE_F32, N, A, A};
}

static struct armo fit(const struct rated *rated, int verbosity)
{
    struct armo armo;
    struct error err = {0};
    struct team *team = team_create(1);
    struct armo_options options = {
        .verbosity = verbosity, .threshold = 0.03, .validation = 0.2, .seed = 1};
    if (armo_fit(&armo, &rated->made.features, &options, team, &err))
        fail_msg("%s", err.message);
    team_free(team);
    return armo;
}

static void test_finds_heads(void **state)
{
    (void)state;
    struct rated rated;
    rated_init(&rated);
    struct armo armo = fit(&rated, -1);
    const double want[A][D] = {{2, 0, 0, 0, 0, 1}, {0, 1, -1, 0, 0, 0}, {0, 0, 0, 0, 0, 2}};
    assert_int_equal(armo.n_rated, 201); /* the last one is rejected only */
    for (size_t a = 0; a < A; a++) {
        for (size_t d = 0; d < D; d++)
            assert_near((double)armo.heads[a * D + d], want[a][d], 0, 0.05);
        assert_true(armo.alpha[a] >= 1e-4 && armo.alpha[a] <= 100);
        assert_true(armo.error[a] < 0.03);
        assert_near(armo.penalty[a], 0, 0, 0);
    }
    armo_done(&armo);
    made_done(&rated.made);
}

static void test_without_verbosity(void **state)
{
    (void)state;
    struct rated rated;
    rated_init(&rated);
    assert_int_equal(armo_verbosity(&rated.made.features), 2);
    struct armo armo = fit(&rated, 2);
    for (size_t d = 0; d < D; d++)
        assert_near((double)armo.heads[2 * D + d], 0, 0, 0);
    /* Half of verbosity was in clarity; in warmth no more than chance has it. */
    assert_near(armo.penalty[0], 0.5, 0, 0.06);
    assert_true(armo.penalty[1] < 0.2);
    assert_near(armo.penalty[2], 1, 0, 0);
    assert_near((double)armo.heads[5], 0, 0, 0.15);
    armo_done(&armo);
    made_done(&rated.made);
}

/* The first penalty of the list that does, and 1 where none does. */
static void test_penalties(void **state)
{
    (void)state;
    enum { M = 50 };
    double rewards[M * 3], penalty[3], column[M], rank[M], verbosity[M];
    for (size_t i = 0; i < M; i++) {
        double v = sin(13.7 * (double)i);
        rewards[i * 3] = 0.31 * v + 0.3 * sin(5.1 * (double)i);
        rewards[i * 3 + 1] = 5 * v;
        rewards[i * 3 + 2] = v;
    }
    armo_find_penalties(rewards, M, 3, 2, 0.03, penalty);
    assert_near(penalty[1], 1, 0, 0);
    bool found = false;
    for (size_t p = 0; p < ARMO_PENALTIES && !found; p++) {
        for (size_t i = 0; i < M; i++)
            column[i] = rewards[i * 3] - armo_penalties[p] * rewards[i * 3 + 2];
        spearman_ranks(column, M, rank);
        for (size_t i = 0; i < M; i++)
            column[i] = rewards[i * 3 + 2];
        spearman_ranks(column, M, verbosity);
        found = spearman_of_ranks(rank, verbosity, M) <= 0.03;
        if (found)
            assert_near(penalty[0], armo_penalties[p], 0, 0);
    }
    assert_true(found && penalty[0] > 0);
}

static void test_refuses(void **state)
{
    (void)state;
    struct rated rated;
    struct armo armo;
    struct error err = {0};
    struct team *team = team_create(1);
    struct armo_options options = {.verbosity = -1, .threshold = 0.03, .validation = 0.2};
    rated_init(&rated);
    for (size_t i = 0; i < N * A; i++)
        rated.labels[i] = NAN;
    assert_int_equal(armo_fit(&armo, &rated.made.features, &options, team, &err),
                     STATUS_SHAPE);
    assert_non_null(strstr(err.message, "rated"));
    rated.made.features.labels.n_rows = 0;
    assert_int_equal(armo_fit(&armo, &rated.made.features, &options, team, &err),
                     STATUS_SHAPE);
    assert_non_null(strstr(err.message, "no ratings"));
    team_free(team);
    made_done(&rated.made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_heads),
        cmocka_unit_test(test_without_verbosity),
        cmocka_unit_test(test_penalties),
        cmocka_unit_test(test_refuses),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
