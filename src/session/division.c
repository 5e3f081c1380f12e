#include "session/division.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/rng.h"
#include "base/text.h"

/* Whether a training pair is held out: by the bytes of its prompt's row. */
static bool is_held_out(const struct features *features, size_t pair, double share,
                        uint64_t seed)
{
    int32_t row = features->pair_prompt[pair];
    uint64_t hash = rng_mix(pair);
    if (row >= 0) {
        size_t bytes = features->prompt.n_columns * dtype_size(features->prompt.dtype);
        hash = text_hash(rows_at(&features->prompt, (size_t)row, 0), bytes, seed);
    }
    return (double)(rng_mix(hash ^ seed) >> 11) * 0x1p-53 < share;
}

enum status division_make(struct division *division, const struct features *features,
                          double share, uint64_t seed, struct error *err)
{
    size_t n = features_select(features, SPLIT_TRAIN, -1, NULL);
    size_t held = features_select(features, SPLIT_HOLDOUT, -1, NULL);
    if (!n)
        return error_set(err, STATUS_SHAPE,
                         "the features have no pairs in the train split");
    uint32_t *pairs = mem_array(n + held, sizeof *pairs);
    uint32_t *spare = mem_array(n, sizeof *spare);
    if (!pairs || !spare) {
        free(pairs);
        free(spare);
        return error_set(err, STATUS_NO_MEMORY, "no memory to list %zu pairs", n + held);
    }
    features_select(features, SPLIT_TRAIN, -1, pairs);
    features_select(features, SPLIT_HOLDOUT, -1, pairs + n);
    *division = (struct division){pairs, n, held};
    if (!held && share > 0) {
        size_t kept = 0;
        for (size_t i = 0; i < n; i++) {
            if (is_held_out(features, pairs[i], share, seed))
                spare[held++] = pairs[i];
            else
                pairs[kept++] = pairs[i];
        }
        memcpy(pairs + kept, spare, held * sizeof *spare);
        division->n_train = kept ? kept : n;
        division->n_holdout = kept ? held : 0;
    }
    free(spare);
    return STATUS_OK;
}

void division_done(struct division *division)
{
    free(division->pairs);
    *division = (struct division){0};
}
