/* One epoch of stage 1, timed: one mixture with router mlp, no hold-out, a fresh shuffle,
 * from features as they lie in their map, differences included. */
#ifndef TESTS_BENCH_EPOCH_H
#define TESTS_BENCH_EPOCH_H

#include <stdint.h>

#include "base/jobs.h"
#include "core/features.h"
#include "core/recipe.h"

enum { EPOCH_HEADS = 10, EPOCH_HIDDEN = 128 };

struct epoch {
    size_t n_pairs; /* the first of the features */
    size_t batch;
    enum order order;
    uint64_t seed;
};

struct epoch_time {
    double seconds; /* of all steps; making and freeing the trainer is not counted */
    double processor_share; /* of the team's threads' time: 1 on a quiet machine */
    double nll;             /* mean over the epoch */
};
struct epoch_time epoch_run(const struct features *features, const struct epoch *epoch,
                            struct team *team);

/* Work of an epoch's products: 4 N D (H + K) + 6 N H K. */
double epoch_flops(size_t n_pairs, size_t width);

#endif
