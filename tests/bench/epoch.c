#include "epoch.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "core/trainer.h"
#include "measure.h"

static struct trainer *make_trainer(const struct features *features,
                                    const struct epoch *epoch, struct team *team,
                                    uint32_t **pairs)
{
    struct error err = {0};
    struct member member = {.shape = {ROUTER_MLP, EPOCH_HEADS, EPOCH_HIDDEN,
                                      features->prompt.n_columns,
                                      features->chosen.n_columns},
                            .alpha = 0.5,
                            .stream = 1};
    struct recipe recipe = {.learning_rate = 2e-3,
                            .warmup = 0.05,
                            .clip = 1,
                            .decay = DECAY_COSINE,
                            .order = epoch->order,
                            .batch = epoch->batch,
                            .epochs = 1,
                            .seed = epoch->seed};
    *pairs = mem_alloc(epoch->n_pairs * sizeof **pairs);
    for (size_t i = 0; i < epoch->n_pairs; i++)
        (*pairs)[i] = (uint32_t)i;
    struct pair_list train = {*pairs, epoch->n_pairs};
    must(shape_normalise(&member.shape, &err), &err);
    struct trainer *trainer = trainer_create(features, train, (struct pair_list){0},
                                             &member, 1, &recipe, team, &err);
    must(err.status, &err);
    return trainer;
}

struct epoch_time epoch_run(const struct features *features, const struct epoch *epoch,
                            struct team *team)
{
    struct error err = {0};
    struct epoch_time time;
    uint32_t *pairs;
    struct trainer *trainer = make_trainer(features, epoch, team, &pairs);
    double began = clock_seconds();
    clock_t ticks = clock();
    while (!trainer_finished(trainer))
        must(trainer_step(trainer, &err), &err);
    time.seconds = clock_seconds() - began;
    time.processor_share =
        (double)(clock() - ticks) / CLOCKS_PER_SEC / time.seconds / (double)team_size(team);
    time.nll = trainer_losses(trainer, 0, 0).nll;
    trainer_free(trainer);
    free(pairs);
    return time;
}

double epoch_flops(size_t n_pairs, size_t width)
{
    double N = (double)n_pairs, D = (double)width, H = EPOCH_HIDDEN, K = EPOCH_HEADS;
    return 4 * N * D * (H + K) + 6 * N * H * K;
}
