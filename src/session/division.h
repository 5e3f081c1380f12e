/* Which pairs of the features are trained on, and which are held out.
 *
 * The hold-out split where the features have one; otherwise a share of the training prompts, by a
 * hash of their rows, so that equal prompts stay together whatever their number.
 */
#ifndef SESSION_DIVISION_H
#define SESSION_DIVISION_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "core/features.h"
#include "core/trainer.h"

struct division {
    uint32_t *pairs; /* owned; training pairs, hold-out behind them */
    size_t n_train, n_holdout;
};

/* share 0: none are held out but those of the split. A single prompt cannot be both: all of it
 * trains then. STATUS_SHAPE when the train split is empty, STATUS_NO_MEMORY. */
enum status division_make(struct division *division, const struct features *features,
                          double share, uint64_t seed, struct error *err);
void division_done(struct division *division);

static inline struct pair_list division_train(const struct division *division)
{
    return (struct pair_list){division->pairs, division->n_train};
}

static inline struct pair_list division_holdout(const struct division *division)
{
    return (struct pair_list){division->pairs + division->n_train, division->n_holdout};
}

#endif
