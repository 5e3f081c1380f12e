/* Which labelled pairs an adaptation may see: so many of each attribute, from the pairs
 * with a context in the train split (docs/equations.md E13). */
#ifndef CORE_BUDGET_H
#define CORE_BUDGET_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "core/features.h"

struct budget {
    uint32_t *pairs; /* [n] owned; attribute by attribute */
    size_t n;
    size_t n_attributes;
    size_t *start;        /* [n_attributes + 1] owned; where an attribute's pairs begin */
    size_t per_attribute; /* asked for */
    size_t n_short;       /* attributes that have pairs, but fewer than that */
};

/* Takes the first per_attribute pairs of each attribute in an order drawn by seed, all
 * where there are fewer: so a smaller budget of a seed is part of a larger one. STATUS_SHAPE
 * when no pair of the train split has a context, or none of those an attribute. *out is
 * created. */
enum status budget_draw(struct budget *out, const struct features *features,
                        size_t per_attribute, uint64_t seed, struct error *err);
void budget_done(struct budget *budget);

/* Cuts the budget in two: of every attribute the last fifth, rounded down, goes to `held`,
 * the rest to `fit`; each has room for n. Returns how many are held. */
size_t budget_split(const struct budget *budget, uint32_t *fit, uint32_t *held);

#endif
