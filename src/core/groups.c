#include "core/groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"

enum { GROUPS_STREAM = 0x67727570 };

const char *const group_by_names[] = {"attribute", "user", "context", NULL};

static const int32_t *column_of(const struct features *features, enum group_by by)
{
    switch (by) {
    case GROUP_ATTRIBUTE:
        return features->pair_attribute;
    case GROUP_USER:
        return features->pair_user;
    case GROUP_CONTEXT:
        break;
    }
    return features->pair_context;
}

bool groups_known(const struct features *features, enum group_by by)
{
    const int32_t *column = column_of(features, by);
    for (size_t i = 0; column && i < features->n_pairs; i++)
        if (column[i] >= 0)
            return true;
    return false;
}

void groups_make(struct groups *out, const struct features *features, enum group_by by)
{
    const int32_t *column = column_of(features, by);
    struct groups made = {.by = by, .features = features};
    bool some_without = false;
    made.of_pair = mem_alloc((features->n_pairs + 1) * sizeof *made.of_pair);
    if (by == GROUP_ATTRIBUTE)
        made.n = features->n_attributes;
    for (size_t i = 0; i < features->n_pairs; i++) {
        made.of_pair[i] = column ? column[i] : -1;
        some_without = some_without || made.of_pair[i] < 0;
        if (made.of_pair[i] >= (int32_t)made.n)
            made.n = (size_t)made.of_pair[i] + 1;
    }
    if (by == GROUP_ATTRIBUTE && some_without) {
        for (size_t i = 0; i < features->n_pairs; i++)
            if (made.of_pair[i] < 0)
                made.of_pair[i] = (int32_t)made.n;
        made.n++;
    }
    *out = made;
}

void groups_done(struct groups *groups)
{
    free(groups->of_pair);
    *groups = (struct groups){0};
}

const char *groups_name(const struct groups *groups, size_t group, char name[160])
{
    if (groups->by != GROUP_ATTRIBUTE)
        snprintf(name, 160, "%s %zu", group_by_names[groups->by], group + 1);
    else
        snprintf(name, 160, "%.150s",
                 group < groups->features->n_attributes
                     ? groups->features->attributes[group]
                     : "(none)");
    return name;
}

void groups_draw(struct budget *out, const struct groups *groups, enum split split,
                 size_t most, uint64_t seed)
{
    const struct features *features = groups->features;
    size_t n = features_select(features, split, -1, NULL), kept = 0;
    uint32_t *order = mem_alloc((n + 1) * sizeof *order);
    struct budget made = {.n_attributes = groups->n, .per_attribute = most};
    struct rng rng;
    size_t *taken = mem_zero((groups->n + 1) * sizeof *taken);
    features_select(features, split, -1, order);
    rng_init(&rng, seed, GROUPS_STREAM);
    rng_shuffle(&rng, order, n);
    made.pairs = mem_alloc((n + 1) * sizeof *made.pairs);
    made.start = mem_zero((groups->n + 1) * sizeof *made.start);
    for (size_t i = 0; i < n; i++) {
        int32_t group = groups->of_pair[order[i]];
        if (group >= 0 && taken[group]++ < most)
            order[kept++] = order[i];
    }
    for (size_t g = 0; g < groups->n; g++) {
        size_t share = taken[g] < most ? taken[g] : most;
        made.n_short += taken[g] && taken[g] < most;
        made.start[g + 1] = made.start[g] + share;
    }
    memset(taken, 0, (groups->n + 1) * sizeof *taken);
    for (size_t i = 0; i < kept; i++) {
        size_t group = (size_t)groups->of_pair[order[i]];
        made.pairs[made.start[group] + taken[group]++] = order[i];
    }
    made.n = kept;
    free(taken);
    free(order);
    *out = made;
}
