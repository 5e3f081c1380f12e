/* One epoch of stage 1 on 23,500 pairs of 3,072 numbers, against what the machine can do
 * and against the peer (peer.h), measured in turns.
 *
 *   share_of_sgemm    (4 N D (H + K) + 6 N H K) / rate / seconds, where the rate is what
 *                     sgemm reaches, at the same number of threads, on the four products
 *                     of one batch, or of 128 of its pairs: with more it is slower
 *   share_of_reading  gathering the shuffled pairs alone / seconds
 *   share_of_adam     updating the parameters alone / seconds */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/rng.h"
#include "core/linalg.h"
#include "epoch.h"
#include "io/json.h"
#include "machine.h"
#include "measure.h"
#include "peer.h"
#include "synthetic.h"

enum { PAIRS = 23500, WIDTH = 3072, TURNS = 3, THREADS_MOST = 2, BATCHES = 3, BLOCK = 128 };
static const size_t batches[BATCHES] = {64, 1024, 4096};

/* What is measured at one number of threads, turn by turn. */
struct lane {
    struct team *team;
    struct peer *peer;
    struct products *products[BATCHES];
    struct sample ours[BATCHES], processor[BATCHES], theirs[BATCHES], bound[BATCHES],
        square[BATCHES];
    struct sample product[BATCHES][PRODUCT_COUNT], reading[READING_COUNT], adam;
    double nll[BATCHES];
};

struct run {
    const char *path;
    size_t n_pairs, n_lanes;
    struct features features;
    uint32_t *order;
    struct lane lanes[THREADS_MOST];
};

/* ---- measuring ---- */

static void measure_machine(struct run *run, struct lane *lane)
{
    const size_t parameters = (size_t)(EPOCH_HEADS + EPOCH_HIDDEN) * WIDTH;
    for (size_t i = 0; i < READING_COUNT; i++)
        sample_add(&lane->reading[i],
                   reading_seconds(&run->features, run->order, run->n_pairs,
                                   (enum reading)i, lane->team));
    sample_add(&lane->adam, adam_seconds(parameters, lane->team));
}

/* Seconds of the epoch's products at the rates of this very moment. */
static void measure_bound(struct run *run, struct lane *lane, size_t b)
{
    double seconds = 0, flops = 0, whole = epoch_flops(run->n_pairs, WIDTH);
    for (size_t p = 0; p < PRODUCT_COUNT; p++) {
        double s = products_seconds(lane->products[b], (enum product)p);
        double f = products_flops(lane->products[b], (enum product)p);
        sample_add(&lane->product[b][p], 1e-9 * f / s);
        seconds += s;
        flops += f;
    }
    sample_add(&lane->bound[b], whole * seconds / flops);
}

static void measure_batch(struct run *run, struct lane *lane, size_t b, size_t turn)
{
    struct epoch epoch = {run->n_pairs, batches[b], ORDER_SHUFFLED, 1 + turn};
    double seconds;
    measure_bound(run, lane, b);
    epoch_run(&run->features, &epoch, lane->team); /* the peer warms up too */
    struct epoch_time time = epoch_run(&run->features, &epoch, lane->team);
    sample_add(&lane->ours[b], time.seconds);
    sample_add(&lane->processor[b], time.processor_share);
    lane->nll[b] = time.nll;
    if (lane->peer && peer_next(lane->peer, &seconds))
        sample_add(&lane->theirs[b], seconds);
}

static void measure(struct run *run)
{
    for (size_t turn = 0; turn < TURNS; turn++)
        for (size_t b = 0; b < BATCHES; b++)
            for (size_t t = 0; t < run->n_lanes; t++) {
                if (b == 0)
                    measure_machine(run, &run->lanes[t]);
                measure_batch(run, &run->lanes[t], b, turn);
            }
}

/* ---- printing ---- */

static struct json *line_of(const struct run *run, const struct lane *lane)
{
    struct json *line = line_begin("train");
    json_put_number(line, "pairs", (double)run->n_pairs);
    json_put_number(line, "width", WIDTH);
    json_put_number(line, "threads", (double)team_size(lane->team));
    return line;
}

static void print_ratio(struct json *line, const char *key, const struct sample *above,
                        const struct sample *below)
{
    struct sample ratios = sample_ratios(above, below);
    line_put_sample(line, key, &ratios);
}

static void print_batch(const struct run *run, const struct lane *lane, size_t b)
{
    struct json *line = line_of(run, lane);
    double steps = (double)((run->n_pairs + batches[b] - 1) / batches[b]);
    struct sample adam = lane->adam;
    for (size_t i = 0; i < adam.n; i++)
        adam.values[i] *= steps;
    json_put_number(line, "heads", EPOCH_HEADS);
    json_put_number(line, "hidden", EPOCH_HIDDEN);
    json_put_number(line, "batch", (double)batches[b]);
    line_put(line, "gflop", 1e-9 * epoch_flops(run->n_pairs, WIDTH));
    line_put(line, "nll", lane->nll[b]);
    line_put_sample(line, "seconds", &lane->ours[b]);
    line_put_sample(line, "processor_share", &lane->processor[b]);
    line_put_sample(line, "bound_seconds", &lane->bound[b]);
    print_ratio(line, "share_of_sgemm", &lane->bound[b], &lane->ours[b]);
    print_ratio(line, "share_of_reading", &lane->reading[READING_GATHERED], &lane->ours[b]);
    print_ratio(line, "share_of_adam", &adam, &lane->ours[b]);
    if (lane->theirs[b].n) {
        line_put_sample(line, "peer_seconds", &lane->theirs[b]);
        print_ratio(line, "times_peer", &lane->theirs[b], &lane->ours[b]);
    }
    if (lane != run->lanes)
        print_ratio(line, "times_one_thread", &run->lanes[0].ours[b], &lane->ours[b]);
    line_end(line);
}

static void print_machine(const struct run *run, const struct lane *lane)
{
    double gigabytes = 1e-9 * synthetic_bytes(run->n_pairs, WIDTH);
    for (size_t b = 0; b < BATCHES; b++) {
        struct json *line = line_of(run, lane);
        json_put_number(line, "batch", (double)batches[b]);
        json_put_text(line, "unit", "GFLOP/s");
        for (size_t p = 0; p < PRODUCT_COUNT; p++)
            line_put_sample(line, product_names[p], &lane->product[b][p]);
        line_end(line);
    }
    struct json *line = line_of(run, lane);
    json_put_text(line, "unit", "GB/s");
    for (size_t i = 0; i < READING_COUNT; i++) {
        struct sample rates = lane->reading[i];
        for (size_t j = 0; j < rates.n; j++)
            rates.values[j] = gigabytes / rates.values[j];
        line_put_sample(line, reading_names[i], &rates);
    }
    line_end(line);
}

/* ---- the run ---- */

/* One case a batch and turn, in the order of measure(). */
static const char *const *peer_arguments(const struct run *run, size_t threads)
{
    static char sizes[THREADS_MOST][2][16], list[128];
    static const char *arguments[THREADS_MOST][PEER_ARGUMENTS];
    int length = 0;
    for (size_t i = 0; i < (size_t)TURNS * BATCHES; i++)
        length += snprintf(list + length, sizeof list - (size_t)length, "%s%zu",
                           length ? "," : "", batches[i % BATCHES]);
    char(*size)[16] = sizes[threads - 1];
    snprintf(size[0], sizeof size[0], "%zu", run->n_pairs);
    snprintf(size[1], sizeof size[1], "%zu", threads);
    const char *const these[] = {"--task", "train",      "--variant", "gather", "--reps",
                                 "1",      "--hidden",   "128",       "--k",    "10",
                                 "--n",    size[0],      "--threads", size[1],  "--batch",
                                 list,     "--features", run->path,   NULL};
    for (size_t i = 0; i < sizeof these / sizeof *these; i++)
        arguments[threads - 1][i] = these[i];
    return arguments[threads - 1];
}

static void lane_open(const struct run *run, struct lane *lane, size_t threads,
                      bool has_peer)
{
    lane->team = team_create(threads);
    lane->peer = has_peer ? peer_create(peer_arguments(run, threads)) : NULL;
    for (size_t b = 0; b < BATCHES; b++)
        lane->products[b] = products_create(batches[b] < BLOCK ? batches[b] : BLOCK, WIDTH,
                                            EPOCH_HEADS, EPOCH_HIDDEN, lane->team);
}

static void lane_close(struct lane *lane)
{
    peer_free(lane->peer);
    for (size_t b = 0; b < BATCHES; b++)
        products_free(lane->products[b]);
    team_free(lane->team);
}

int main(void)
{
    static struct run run;
    struct error err = {0};
    struct rng rng;
    run.n_pairs = bench_pairs(PAIRS);
    run.n_lanes = jobs_processors() < THREADS_MOST ? jobs_processors() : THREADS_MOST;
    scratch_make("train", synthetic_bytes(run.n_pairs, WIDTH));
    run.path = scratch_path("features.safetensors");
    synthetic_raw(run.path, run.n_pairs, WIDTH);
    must(features_open(&run.features, run.path, &err), &err);
    linalg_init();
    run.order = mem_alloc(run.n_pairs * sizeof *run.order);
    for (size_t i = 0; i < run.n_pairs; i++)
        run.order[i] = (uint32_t)i;
    rng_init(&rng, 1, 0);
    rng_shuffle(&rng, run.order, run.n_pairs);
    const char *missing = peer_missing();
    if (missing)
        line_skip("train", "peer", missing);
    for (size_t t = 0; t < run.n_lanes; t++)
        lane_open(&run, &run.lanes[t], t + 1, !missing);
    line_machine("train");
    measure(&run);
    for (size_t t = 0; t < run.n_lanes; t++) {
        for (size_t b = 0; b < BATCHES; b++)
            print_batch(&run, &run.lanes[t], b);
        print_machine(&run, &run.lanes[t]);
    }
    line_machine("train");
    for (size_t t = 0; t < run.n_lanes; t++)
        lane_close(&run.lanes[t]);
    features_done(&run.features);
    free(run.order);
    return EXIT_SUCCESS;
}
