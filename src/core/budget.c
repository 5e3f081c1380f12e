#include "core/budget.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"

/* Stream of the seed that orders attribute a's pairs is BUDGET_STREAM + a. */
#define BUDGET_STREAM UINT64_C(0x62756467657400)

enum { HELD_PART = 5 };

/* Pairs of the train split that have a context; those of one attribute, or of any for -1. */
static size_t eligible(const struct features *features, int attribute, uint32_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < features->n_pairs; i++) {
        if (features->pair_split[i] != SPLIT_TRAIN || features->pair_context[i] < 0 ||
            (attribute >= 0 && features->pair_attribute[i] != attribute))
            continue;
        if (out)
            out[n] = (uint32_t)i;
        n++;
    }
    return n;
}

enum status budget_draw(struct budget *out, const struct features *features,
                        size_t per_attribute, uint64_t seed, struct error *err)
{
    const size_t A = features->n_attributes;
    size_t n = eligible(features, -1, NULL), labelled = 0;
    if (!n)
        return error_set(err, STATUS_SHAPE,
                         "no pair of the train split has a context to adapt to");
    struct budget budget = {.n_attributes = A, .per_attribute = per_attribute};
    budget.pairs = mem_alloc(n * sizeof *budget.pairs);
    budget.start = mem_zero((A + 1) * sizeof *budget.start);
    uint32_t *order = mem_alloc(n * sizeof *order);
    for (size_t a = 0; a < A; a++) {
        struct rng rng;
        size_t here = eligible(features, (int)a, order);
        size_t taken = here < per_attribute ? here : per_attribute;
        rng_init(&rng, seed, BUDGET_STREAM + a);
        rng_shuffle(&rng, order, here);
        memcpy(budget.pairs + budget.n, order, taken * sizeof *order);
        labelled += here;
        budget.n += taken;
        budget.start[a + 1] = budget.n;
        budget.n_short += here && here < per_attribute;
    }
    free(order);
    if (!labelled) {
        budget_done(&budget);
        return error_set(err, STATUS_SHAPE,
                         "no pair with a context in the train split has an attribute to "
                         "share the budget by");
    }
    *out = budget;
    return STATUS_OK;
}

void budget_done(struct budget *budget)
{
    free(budget->pairs);
    free(budget->start);
    *budget = (struct budget){0};
}

size_t budget_split(const struct budget *budget, uint32_t *fit, uint32_t *held)
{
    size_t n_fit = 0, n_held = 0;
    for (size_t a = 0; a < budget->n_attributes; a++) {
        size_t begin = budget->start[a], end = budget->start[a + 1];
        size_t cut = end - (end - begin) / HELD_PART;
        memcpy(fit + n_fit, budget->pairs + begin, (cut - begin) * sizeof *fit);
        memcpy(held + n_held, budget->pairs + cut, (end - cut) * sizeof *held);
        n_fit += cut - begin;
        n_held += end - cut;
    }
    return n_held;
}
