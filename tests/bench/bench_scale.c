/* What a pair costs in an epoch of 5,800, 23,500 and 235,000 pairs of 768 numbers,
 * measured in turns. The file of the largest is 2.2 GB; the smaller ones are its first
 * pairs.
 *
 *   cost_of_first   microseconds a pair / those at the smallest number of pairs */
#include <stdlib.h>

#include "core/linalg.h"
#include "epoch.h"
#include "io/json.h"
#include "measure.h"
#include "synthetic.h"

enum { WIDTH = 768, BATCH = 64, TURNS = 5, SIZES = 3, THREADS_MOST = 2 };
static const size_t sizes[SIZES] = {5800, 23500, 235000};

/* Microseconds a pair; short epochs are run again and again for as long as a middling one.
 */
static double pair_cost(const struct features *features, size_t n_pairs, struct team *team)
{
    size_t repeats = n_pairs < bench_pairs(sizes[1]) ? sizes[1] / sizes[0] : 1;
    double seconds = 0;
    for (size_t i = 0; i < repeats; i++) {
        struct epoch epoch = {n_pairs, BATCH, ORDER_SHUFFLED, 1 + i};
        seconds += epoch_run(features, &epoch, team).seconds;
    }
    return 1e6 * seconds / (double)repeats / (double)n_pairs;
}

static void measure(const struct features *features, size_t n_threads)
{
    struct sample costs[SIZES] = {0};
    struct team *team = team_create(n_threads);
    for (size_t turn = 0; turn <= TURNS; turn++)
        for (size_t i = 0; i < SIZES; i++) {
            double cost = pair_cost(features, bench_pairs(sizes[i]), team);
            if (turn) /* the first turn warms up */
                sample_add(&costs[i], cost);
        }
    for (size_t i = 0; i < SIZES; i++) {
        struct json *line = line_begin("scale");
        struct sample ratios = sample_ratios(&costs[i], &costs[0]);
        json_put_number(line, "pairs", (double)bench_pairs(sizes[i]));
        json_put_number(line, "width", WIDTH);
        json_put_number(line, "batch", BATCH);
        json_put_number(line, "threads", (double)n_threads);
        line_put_sample(line, "microseconds_per_pair", &costs[i]);
        line_put_sample(line, "cost_of_first", &ratios);
        line_end(line);
    }
    team_free(team);
}

int main(void)
{
    struct error err = {0};
    struct features features;
    size_t n_pairs = bench_pairs(sizes[SIZES - 1]);
    scratch_make("scale", synthetic_bytes(n_pairs, WIDTH));
    const char *path = scratch_path("features.safetensors");
    synthetic_raw(path, n_pairs, WIDTH);
    must(features_open(&features, path, &err), &err);
    linalg_init();
    line_machine("scale");
    for (size_t t = 1; t <= THREADS_MOST && t <= jobs_processors(); t++)
        measure(&features, t);
    line_machine("scale");
    features_done(&features);
    return EXIT_SUCCESS;
}
