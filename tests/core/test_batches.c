#include "near.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "core/batches.h"

enum { PAIRS = 157, PROMPTS = 20 };

/* Pairs of many prompts, few and many of one, listed out of order and not all of them. */
struct given {
    uint32_t pairs[PAIRS]; /* every second number */
    int32_t prompts[2 * PAIRS];
};

static void make(struct given *given)
{
    struct rng rng;
    rng_init(&rng, 1, 0);
    for (size_t i = 0; i < PAIRS; i++)
        given->pairs[i] = (uint32_t)(2 * i);
    rng_shuffle(&rng, given->pairs, PAIRS);
    for (size_t i = 0; i < 2 * PAIRS; i++) {
        size_t draw = rng_below(&rng, PROMPTS * 3 / 2);
        given->prompts[i] = (int32_t)(draw < PROMPTS ? draw : 4); /* prompt 4 has a third */
    }
}

static struct recipe recipe_of(enum order order, size_t batch, uint64_t seed)
{
    return (struct recipe){.order = order, .batch = batch, .seed = seed};
}

/* Every pair of the list once and none else, in batches that fill the epoch. */
static void assert_epoch(const struct batches *batches, const struct given *given)
{
    size_t times[2 * PAIRS] = {0}, total = 0;
    for (size_t i = 0; i < batches->n_batches; i++) {
        size_t n;
        const uint32_t *pairs = batches_at(batches, i, &n);
        assert_true(n <= batches->largest);
        assert_ptr_equal(pairs, batches->order + total);
        for (size_t j = 0; j < n; j++)
            times[pairs[j]]++;
        total += n;
    }
    assert_int_equal(total, PAIRS);
    for (size_t i = 0; i < PAIRS; i++)
        assert_int_equal(times[given->pairs[i]], 1);
}

static const size_t sizes[] = {1, 2, 7, 64, 156, 157, 158, 1000000000};
enum { SIZES = sizeof sizes / sizeof *sizes };

static void test_every_pair_once(void **state)
{
    (void)state;
    struct given given;
    make(&given);
    for (enum order order = ORDER_SHUFFLED; order <= ORDER_FILE; order++)
        for (size_t s = 0; s < SIZES; s++) {
            struct recipe recipe = recipe_of(order, sizes[s], 3);
            struct batches batches;
            batches_init(&batches, given.pairs, PAIRS, given.prompts, &recipe);
            size_t n_batches = batches.n_batches;
            assert_int_equal(n_batches, (PAIRS - 1) / sizes[s] + 1);
            for (size_t epoch = 0; epoch < 5; epoch++) {
                batches_begin(&batches, epoch);
                assert_int_equal(batches.n_batches, n_batches);
                assert_epoch(&batches, &given);
            }
            batches_done(&batches);
        }
}

/* But for prompts kept together, all batches have the asked size and the last what is left. */
static void test_sizes(void **state)
{
    (void)state;
    struct given given;
    make(&given);
    for (size_t s = 0; s < SIZES; s++) {
        struct recipe recipe = recipe_of(ORDER_SHUFFLED, sizes[s], 3);
        struct batches batches;
        batches_init(&batches, given.pairs, PAIRS, given.prompts, &recipe);
        batches_begin(&batches, 0);
        for (size_t i = 0; i < batches.n_batches; i++) {
            size_t n, left = PAIRS - i * sizes[s];
            batches_at(&batches, i, &n);
            assert_int_equal(n, left < sizes[s] ? left : sizes[s]);
        }
        batches_done(&batches);
    }
}

static void test_file_order(void **state)
{
    (void)state;
    struct given given;
    make(&given);
    struct recipe recipe = recipe_of(ORDER_FILE, 10, 3);
    struct batches batches;
    batches_init(&batches, given.pairs, PAIRS, given.prompts, &recipe);
    for (size_t epoch = 0; epoch < 3; epoch++) {
        batches_begin(&batches, epoch);
        assert_memory_equal(batches.order, given.pairs, sizeof given.pairs);
    }
    batches_done(&batches);
}

static void order_of(const struct given *given, enum order order, uint64_t seed,
                     size_t epoch, uint32_t out[PAIRS])
{
    struct recipe recipe = recipe_of(order, 10, seed);
    struct batches batches;
    batches_init(&batches, given->pairs, PAIRS, given->prompts, &recipe);
    batches_begin(&batches, epoch);
    memcpy(out, batches.order, sizeof given->pairs);
    batches_done(&batches);
}

/* An epoch's order depends on the seed and its number, not on the epochs before. */
static void test_order_is_of_seed_and_epoch(void **state)
{
    (void)state;
    struct given given;
    make(&given);
    for (enum order order = ORDER_SHUFFLED; order <= ORDER_BY_PROMPT; order++) {
        uint32_t orders[4][PAIRS];
        order_of(&given, order, 5, 2, orders[0]);
        order_of(&given, order, 5, 3, orders[1]);
        order_of(&given, order, 6, 2, orders[2]);
        for (size_t a = 0; a < 3; a++)
            for (size_t b = 0; b < a; b++)
                assert_memory_not_equal(orders[a], orders[b], sizeof orders[a]);
        struct recipe recipe = recipe_of(order, 10, 5);
        struct batches batches;
        batches_init(&batches, given.pairs, PAIRS, given.prompts, &recipe);
        for (size_t epoch = 0; epoch < 4; epoch++) {
            batches_begin(&batches, epoch);
            if (epoch >= 2)
                assert_memory_equal(batches.order, orders[epoch - 2], sizeof orders[0]);
        }
        batches_done(&batches);
    }
}

static void test_prompts_stay_together(void **state)
{
    (void)state;
    struct given given;
    make(&given);
    for (size_t s = 0; s < SIZES; s++) {
        struct recipe recipe = recipe_of(ORDER_BY_PROMPT, sizes[s], 3);
        struct batches batches;
        batches_init(&batches, given.pairs, PAIRS, given.prompts, &recipe);
        for (size_t epoch = 0; epoch < 5; epoch++) {
            batches_begin(&batches, epoch);
            bool seen[PROMPTS] = {false};
            for (size_t i = 0; i < batches.n_batches; i++) {
                size_t n;
                const uint32_t *pairs = batches_at(&batches, i, &n);
                for (size_t j = 0; j < n; j++) {
                    int32_t prompt = given.prompts[pairs[j]];
                    if (j && prompt == given.prompts[pairs[j - 1]])
                        continue;
                    assert_false(seen[prompt]);
                    seen[prompt] = true;
                }
            }
        }
        batches_done(&batches);
    }
}

static void test_one_prompt_is_one_batch(void **state)
{
    (void)state;
    const uint32_t pairs[] = {3, 1, 2, 0, 4};
    const int32_t prompts[] = {7, 7, 7, 7, 7};
    struct recipe recipe = recipe_of(ORDER_BY_PROMPT, 2, 0);
    struct batches batches;
    batches_init(&batches, pairs, 5, prompts, &recipe);
    batches_begin(&batches, 0);
    size_t n, total = 0;
    for (size_t i = 0; i < batches.n_batches; i++) {
        batches_at(&batches, i, &n);
        assert_true(n == 0 || n == 5);
        total += n;
    }
    assert_int_equal(batches.n_batches, 3);
    assert_int_equal(total, 5);
    batches_done(&batches);
}

/* ---- grouping ---- */

static void assert_grouped(const struct grouping *grouping, const uint32_t *pairs, size_t n,
                           const int32_t *prompts)
{
    size_t at = 0;
    uint32_t group = 0;
    /* What it must be, the slow way: each new prompt collects its pairs. */
    for (size_t i = 0; i < n; i++) {
        bool is_new = true;
        for (size_t j = 0; j < i; j++)
            is_new = is_new && prompts[pairs[j]] != prompts[pairs[i]];
        for (size_t j = i; j < n && is_new; j++)
            if (prompts[pairs[j]] == prompts[pairs[i]]) {
                assert_int_equal(grouping->pair[at], pairs[j]);
                assert_int_equal(grouping->group[at], group);
                at++;
            }
        group += is_new;
    }
    assert_int_equal(at, n);
}

/* Nothing binds pairs that have no prompt: their batches are as large as asked for. */
static void test_pairs_without_prompts_stand_alone(void **state)
{
    (void)state;
    struct given given;
    make(&given);
    for (size_t i = 0; i < PAIRS; i++)
        given.prompts[given.pairs[i]] = -1;
    struct recipe recipe = recipe_of(ORDER_BY_PROMPT, 10, 3);
    struct batches batches;
    batches_init(&batches, given.pairs, PAIRS, given.prompts, &recipe);
    batches_begin(&batches, 0);
    assert_epoch(&batches, &given);
    for (size_t i = 0; i + 1 < batches.n_batches; i++) {
        size_t n;
        batches_at(&batches, i, &n);
        assert_int_equal(n, 10);
    }
    batches_done(&batches);
}

static void test_grouping_by_hand(void **state)
{
    (void)state;
    const int32_t prompts[] = {5, -1, 5, 0, -1, 3, 0};
    const uint32_t pairs[] = {6, 4, 2, 0, 1, 5, 3};
    const uint32_t want[] = {6, 3, 4, 1, 2, 0, 5}, groups[] = {0, 0, 1, 1, 2, 2, 3};
    struct grouping grouping;
    grouping_init(&grouping, 7, 6);
    grouping_make(&grouping, pairs, 7, prompts);
    assert_memory_equal(grouping.pair, want, sizeof want);
    assert_memory_equal(grouping.group, groups, sizeof groups);
    grouping_done(&grouping);
}

static void test_grouping(void **state)
{
    (void)state;
    enum { LARGEST = 40, ROUNDS = 300 };
    struct rng rng;
    rng_init(&rng, 2, 0);
    int32_t prompts[100];
    struct grouping grouping;
    grouping_init(&grouping, LARGEST, 12);
    for (size_t round = 0; round < ROUNDS; round++) {
        uint32_t pairs[100];
        size_t n = rng_below(&rng, LARGEST + 1), kinds = 1 + rng_below(&rng, 13);
        for (uint32_t i = 0; i < 100; i++) {
            pairs[i] = i;
            prompts[i] = (int32_t)rng_below(&rng, kinds) - 1;
        }
        rng_shuffle(&rng, pairs, 100);
        grouping_make(&grouping, pairs, n, prompts);
        assert_grouped(&grouping, pairs, n, prompts);
    }
    grouping_done(&grouping);
}

static void test_grouping_without_prompts(void **state)
{
    (void)state;
    const int32_t prompts[] = {-1, -1, -1};
    const uint32_t pairs[] = {2, 0, 1}, groups[] = {0, 0, 0};
    struct grouping grouping;
    grouping_init(&grouping, 3, 0);
    grouping_make(&grouping, pairs, 3, prompts);
    assert_memory_equal(grouping.pair, pairs, sizeof pairs);
    assert_memory_equal(grouping.group, groups, sizeof groups);
    grouping_done(&grouping);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_pair_once),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_file_order),
        cmocka_unit_test(test_order_is_of_seed_and_epoch),
        cmocka_unit_test(test_prompts_stay_together),
        cmocka_unit_test(test_one_prompt_is_one_batch),
        cmocka_unit_test(test_pairs_without_prompts_stand_alone),
        cmocka_unit_test(test_grouping_by_hand),
        cmocka_unit_test(test_grouping),
        cmocka_unit_test(test_grouping_without_prompts),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
