/* Pairs by whose preference they show: the groups that methods adapt to and are judged on, and
 * the units that some of them are trained by.
 */
#ifndef CORE_GROUPS_H
#define CORE_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "core/budget.h"
#include "core/features.h"

enum group_by {
    GROUP_ATTRIBUTE, /* pairs without one are a group of their own, "(none)" */
    GROUP_USER,      /* pairs without one are in none */
    GROUP_CONTEXT,   /* the prompt with its context; pairs without one are in none */
};
extern const char *const group_by_names[]; /* "attribute", "user", "context", NULL */

/* Whether the features say so of any pair. */
bool groups_known(const struct features *features, enum group_by by);

struct groups {
    size_t n;
    int32_t *of_pair; /* [n_pairs of the features] owned; -1: in none */
    enum group_by by;
    const struct features *features; /* borrowed */
};

/* Aborts without memory: 4 bytes a pair. */
void groups_make(struct groups *out, const struct features *features, enum group_by by);
void groups_done(struct groups *groups);

/* The name of a group, into name; returns it. */
const char *groups_name(const struct groups *groups, size_t group, char name[160]);

/* The first `most` pairs of every group in an order drawn by seed, out of a split, as a budget
 * with a share a group: a smaller budget of a seed is part of a larger one. *out is created. */
void groups_draw(struct budget *out, const struct groups *groups, enum split split,
                 size_t most, uint64_t seed);

#endif
