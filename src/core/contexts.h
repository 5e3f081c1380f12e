/* The contexts that features know, and which of them are nearest to one that is typed.
 *
 * The part of a context in a row is the row of the prompt with it less the row of the prompt alone:
 * what the context does to the router's input. Rows whose parts are the same to the bit (the same
 * wording with several prompts, for an encoder that keeps the two apart) are one context.
 * Nearness is the cosine of two parts.
 */
#ifndef CORE_CONTEXTS_H
#define CORE_CONTEXTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "core/features.h"

struct contexts;

/* Reads every context row once; memory is a float a number of the distinct parts. Rows that no pair
 * uses, or whose part is zero, are left out. NULL on failure: STATUS_NUMERIC naming a row that is
 * not finite, STATUS_NO_MEMORY. The features are not kept. */
struct contexts *contexts_create(const struct features *features, struct error *err);
void contexts_free(struct contexts *contexts); /* NULL is allowed */

size_t contexts_count(const struct contexts *contexts);

struct near_context {
    size_t row;        /* of the features' context, the first with this part */
    uint32_t pair;     /* the first pair with it */
    size_t n_pairs;    /* that have it */
    int32_t attribute; /* of that first pair; -1: none */
    double cosine;
};

/* The nearest contexts to part [Dp], nearest first, at most `most`; returns how many. None when the
 * part is zero or not finite: it says nothing. */
size_t contexts_nearest(const struct contexts *contexts, const float *part, size_t most,
                        struct near_context *out);

/* All of them, [contexts_count], in no order; their cosines say nothing. Borrowed. */
const struct near_context *contexts_items(const struct contexts *contexts);

#endif
