#include "core/batches.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"

/* Stream of the seed that orders epoch e is ORDER_STREAM + e. */
#define ORDER_STREAM UINT64_C(0x100000000)

const char *const order_names[] = {"pair", "prompt", "file", NULL};

struct keyed {
    int32_t prompt;
    uint32_t pair;
};

static int compare_keyed(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    if (x->prompt != y->prompt)
        return x->prompt < y->prompt ? -1 : 1;
    return x->pair < y->pair ? -1 : x->pair > y->pair;
}

static void sort_by_prompt(struct batches *batches, const int32_t *prompts)
{
    size_t n = batches->n;
    struct keyed *keyed = mem_alloc(n * sizeof *keyed);
    for (size_t i = 0; i < n; i++)
        keyed[i] = (struct keyed){prompts[batches->pairs[i]], batches->pairs[i]};
    qsort(keyed, n, sizeof *keyed, compare_keyed);
    batches->by_prompt = mem_alloc(n * sizeof *batches->by_prompt);
    batches->group_start = mem_alloc((n + 1) * sizeof *batches->group_start);
    for (size_t i = 0; i < n; i++) {
        batches->by_prompt[i] = keyed[i].pair;
        if (i == 0 || keyed[i].prompt < 0 || keyed[i].prompt != keyed[i - 1].prompt)
            batches->group_start[batches->n_groups++] = (uint32_t)i;
    }
    batches->group_start[batches->n_groups] = (uint32_t)n;
    batches->group_order = mem_alloc(batches->n_groups * sizeof *batches->group_order);
    free(keyed);
}

void batches_init(struct batches *batches, const uint32_t *pairs, size_t n,
                  const int32_t *prompts, const struct recipe *recipe)
{
    *batches = (struct batches){
        .n = n,
        .n_batches = (n + recipe->batch - 1) / recipe->batch,
        .kind = recipe->order,
        .seed = recipe->seed,
        .size = recipe->batch,
        .pairs = pairs,
        .order = mem_alloc(n * sizeof *batches->order),
    };
    batches->largest = n < recipe->batch ? n : recipe->batch;
    batches->batch_start =
        mem_alloc((batches->n_batches + 1) * sizeof *batches->batch_start);
    for (size_t i = 0; i <= batches->n_batches; i++)
        batches->batch_start[i] =
            (uint32_t)(i < batches->n_batches ? i * recipe->batch : n);
    if (batches->kind == ORDER_BY_PROMPT) {
        sort_by_prompt(batches, prompts);
        size_t largest_group = 0;
        for (size_t g = 0; g < batches->n_groups; g++) {
            size_t pairs_here = batches->group_start[g + 1] - batches->group_start[g];
            largest_group = pairs_here > largest_group ? pairs_here : largest_group;
        }
        batches->largest += largest_group;
    }
}

void batches_done(struct batches *batches)
{
    free(batches->order);
    free(batches->by_prompt);
    free(batches->group_start);
    free(batches->group_order);
    free(batches->batch_start);
    *batches = (struct batches){0};
}

/* Lays shuffled groups out; batch i begins with the first group at or after pair i * size.
 */
static void order_groups(struct batches *batches, struct rng *rng)
{
    for (size_t g = 0; g < batches->n_groups; g++)
        batches->group_order[g] = (uint32_t)g;
    rng_shuffle(rng, batches->group_order, batches->n_groups);
    size_t at = 0, batch = 0;
    for (size_t i = 0; i < batches->n_groups; i++) {
        size_t g = batches->group_order[i], start = batches->group_start[g];
        size_t n = batches->group_start[g + 1] - start;
        while (batch < batches->n_batches && batch * batches->size <= at)
            batches->batch_start[batch++] = (uint32_t)at;
        memcpy(batches->order + at, batches->by_prompt + start, n * sizeof *batches->order);
        at += n;
    }
    while (batch <= batches->n_batches)
        batches->batch_start[batch++] = (uint32_t)at;
}

void batches_begin(struct batches *batches, size_t epoch)
{
    struct rng rng;
    rng_init(&rng, batches->seed, ORDER_STREAM + epoch);
    if (batches->kind == ORDER_BY_PROMPT) {
        order_groups(batches, &rng);
        return;
    }
    memcpy(batches->order, batches->pairs, batches->n * sizeof *batches->order);
    if (batches->kind == ORDER_SHUFFLED)
        rng_shuffle(&rng, batches->order, batches->n);
}

const uint32_t *batches_at(const struct batches *batches, size_t i, size_t *n)
{
    *n = batches->batch_start[i + 1] - batches->batch_start[i];
    return batches->order + batches->batch_start[i];
}

void grouping_init(struct grouping *grouping, size_t largest, size_t n_prompts)
{
    *grouping = (struct grouping){
        .pair = mem_zero(largest * sizeof *grouping->pair),
        .group = mem_zero(largest * sizeof *grouping->group),
        .seen = mem_zero((n_prompts + 1) * sizeof *grouping->seen),
        .slot = mem_zero((n_prompts + 1) * sizeof *grouping->slot),
        .start = mem_zero((largest + 1) * sizeof *grouping->start),
    };
}

void grouping_done(struct grouping *grouping)
{
    free(grouping->pair);
    free(grouping->group);
    free(grouping->seen);
    free(grouping->slot);
    free(grouping->start);
    *grouping = (struct grouping){0};
}

void grouping_make(struct grouping *grouping, const uint32_t *pairs, size_t n,
                   const int32_t *prompts)
{
    /* A counting sort: count the pairs of each group, then put each pair in its place.
     * Prompt -1 has entry 0. */
    uint32_t round = ++grouping->round, n_groups = 0;
    uint32_t *start = grouping->start;
    for (size_t i = 0; i < n; i++) {
        size_t prompt = (size_t)prompts[pairs[i]] + 1;
        if (grouping->seen[prompt] != round) {
            grouping->seen[prompt] = round;
            grouping->slot[prompt] = n_groups;
            start[++n_groups] = 0;
        }
        start[grouping->slot[prompt] + 1]++;
    }
    start[0] = 0;
    for (size_t g = 0; g < n_groups; g++)
        start[g + 1] += start[g];
    for (size_t i = 0; i < n; i++) {
        uint32_t group = grouping->slot[prompts[pairs[i]] + 1];
        uint32_t at = start[group]++;
        grouping->pair[at] = pairs[i];
        grouping->group[at] = group;
    }
}
