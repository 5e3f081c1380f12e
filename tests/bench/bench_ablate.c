/* An ablation over K = 1 .. 10, one epoch on 5,800 pairs of 3,072 numbers at batch 64: all models at
 * once, against the largest of them alone and against the peer (peer.h), which trains one after
 * another, measured in turns. K = 1 is a single head without a router.
 *
 *   times_alone    seconds at once / seconds of K = 10 alone
 *   least_alone    the same by the products of a step: what a ratio of equal efficiency would be
 *   times_peer     seconds of the peer / seconds at once
 *   share_of_alone least_alone / times_alone: above 1, the models help each other
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "core/linalg.h"
#include "core/trainer.h"
#include "io/json.h"
#include "measure.h"
#include "peer.h"
#include "synthetic.h"

enum {
    PAIRS = 5800,
    WIDTH = 3072,
    HEADS = 10,
    HIDDEN = 128,
    BATCH = 64,
    TURNS = 5,
    THREADS_MOST = 2
};

struct lane {
    struct team *team;
    struct sample together, alone, theirs;
};

struct run {
    const char *path;
    bool has_peer;
    struct features features;
    uint32_t *pairs;
    size_t n_pairs;
};

static struct member member_of(size_t n_heads)
{
    struct member member = {
        .shape = {ROUTER_MLP, n_heads, HIDDEN, WIDTH, WIDTH}, .alpha = 0.5, .stream = 1};
    struct error err = {0};
    if (n_heads == 1)
        member.shape.router = ROUTER_NONE;
    must(shape_normalise(&member.shape, &err), &err);
    return member;
}

/* Multiplications of one pair, forward. */
static double cost(const struct shape *shape)
{
    return (double)(shape->n_heads * shape->response_width +
                    shape_inputs(shape) * shape->prompt_width +
                    shape->n_heads * shape->n_hidden);
}

/* One epoch of K = first .. HEADS. */
static double epoch_seconds(const struct run *run, size_t first, uint64_t seed,
                            struct team *team)
{
    struct error err = {0};
    struct member members[HEADS];
    size_t n = 0;
    for (size_t k = first; k <= HEADS; k++)
        members[n++] = member_of(k);
    struct recipe recipe = {.learning_rate = 2e-3,
                            .warmup = 0.05,
                            .clip = 1,
                            .batch = BATCH,
                            .epochs = 1,
                            .seed = seed};
    struct pair_list train = {run->pairs, run->n_pairs};
    struct trainer *trainer = trainer_create(&run->features, train, (struct pair_list){0},
                                             members, n, &recipe, team, &err);
    must(err.status, &err);
    double began = clock_seconds();
    while (!trainer_finished(trainer))
        must(trainer_step(trainer, &err), &err);
    double seconds = clock_seconds() - began;
    trainer_free(trainer);
    return seconds;
}

/* One run of the peer, in a process of its own: it times its first run without one to warm up, so it
 * must not be stopped between two. False when it fails. */
static bool peer_seconds(const struct run *run, size_t threads, double *seconds)
{
    char sizes[3][16];
    snprintf(sizes[0], sizeof sizes[0], "%zu", run->n_pairs);
    snprintf(sizes[1], sizeof sizes[1], "%zu", threads);
    snprintf(sizes[2], sizeof sizes[2], "%d", BATCH);
    const char *const arguments[] = {
        "--task",    "ablation", "--variant",  "gather",  "--reps", "1",   "--hidden",
        "128",       "--k",      "10",         "--batch", sizes[2], "--n", sizes[0],
        "--threads", sizes[1],   "--features", run->path, NULL};
    struct peer *peer = peer_create(arguments);
    bool known = peer_next(peer, seconds);
    peer_free(peer);
    return known;
}

static void measure(const struct run *run, struct lane *lane, uint64_t turn)
{
    double seconds;
    sample_add(&lane->alone, epoch_seconds(run, HEADS, turn, lane->team));
    sample_add(&lane->together, epoch_seconds(run, 1, turn, lane->team));
    if (run->has_peer && peer_seconds(run, team_size(lane->team), &seconds))
        sample_add(&lane->theirs, seconds);
}

static void print(const struct run *run, const struct lane *lane)
{
    struct json *line = line_begin("ablate");
    double all = 0, largest = 0;
    for (size_t k = 1; k <= HEADS; k++) {
        struct member member = member_of(k);
        all += largest = cost(&member.shape);
    }
    struct sample ratios = sample_ratios(&lane->together, &lane->alone);
    json_put_number(line, "pairs", (double)run->n_pairs);
    json_put_number(line, "width", WIDTH);
    json_put_number(line, "heads", HEADS);
    json_put_number(line, "batch", BATCH);
    json_put_number(line, "threads", (double)team_size(lane->team));
    line_put(line, "gflop", 4e-9 * all * (double)run->n_pairs);
    line_put_sample(line, "seconds", &lane->together);
    line_put_sample(line, "alone_seconds", &lane->alone);
    line_put_sample(line, "times_alone", &ratios);
    line_put(line, "least_alone", all / largest);
    line_put(line, "share_of_alone", all / largest / sample_median(&ratios));
    if (lane->theirs.n) {
        ratios = sample_ratios(&lane->theirs, &lane->together);
        line_put_sample(line, "peer_seconds", &lane->theirs);
        line_put_sample(line, "times_peer", &ratios);
    }
    line_end(line);
}

int main(void)
{
    static struct lane lanes[THREADS_MOST];
    struct run run = {.n_pairs = bench_pairs(PAIRS)};
    struct error err = {0};
    size_t n_lanes = jobs_processors() < THREADS_MOST ? jobs_processors() : THREADS_MOST;
    scratch_make("ablate", synthetic_bytes(run.n_pairs, WIDTH));
    run.path = scratch_path("features.safetensors");
    synthetic_raw(run.path, run.n_pairs, WIDTH);
    must(features_open(&run.features, run.path, &err), &err);
    linalg_init();
    run.pairs = mem_alloc(run.n_pairs * sizeof *run.pairs);
    for (size_t i = 0; i < run.n_pairs; i++)
        run.pairs[i] = (uint32_t)i;
    const char *missing = peer_missing();
    if (missing)
        line_skip("ablate", "peer", missing);
    run.has_peer = !missing;
    for (size_t t = 0; t < n_lanes; t++)
        lanes[t].team = team_create(t + 1);
    line_machine("ablate");
    for (uint64_t turn = 0; turn < TURNS; turn++)
        for (size_t t = 0; t < n_lanes; t++)
            measure(&run, &lanes[t], turn);
    for (size_t t = 0; t < n_lanes; t++) {
        print(&run, &lanes[t]);
        team_free(lanes[t].team);
    }
    line_machine("ablate");
    features_done(&run.features);
    free(run.pairs);
    return EXIT_SUCCESS;
}
