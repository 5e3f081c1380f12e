/* Evaluation of 5,000 pairs of 3,072 numbers by ten heads, five attributes: accuracies and
 * correlations of the heads, as the peer does it (static router, no intervals of means), and
 * all that `eval` prints (router mlp, 1,000 resamples); on one thread and on two.
 *
 *   share_of_reading   reading the pairs' rows in order / seconds
 *   times_peer         the peer's seconds / seconds (its task "eval") */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "core/correlation.h"
#include "core/evaluate.h"
#include "core/linalg.h"
#include "core/predict.h"
#include "epoch.h"
#include "io/json.h"
#include "machine.h"
#include "measure.h"
#include "peer.h"
#include "synthetic.h"

enum { PAIRS = 5000, WIDTH = 3072, TURNS = 7, THREADS = 2 };

struct kind {
    const char *name;
    enum router router;
    size_t resamples, threads;
    bool correlates;
    struct team *team;
    struct model model;
    struct sample seconds;
};

static void make_model(struct kind *kind)
{
    struct error err = {0};
    struct shape shape = {kind->router, EPOCH_HEADS, EPOCH_HIDDEN, WIDTH, WIDTH};
    must(shape_normalise(&shape, &err), &err);
    must(model_create(&kind->model, &shape, &err), &err);
    model_draw(&kind->model, 1, 0);
    kind->team = team_create(kind->threads);
}

static double evaluate_seconds(const struct features *features, const uint32_t *pairs,
                               const struct kind *kind)
{
    struct error err = {0};
    struct evaluation evaluation;
    struct predictions predictions;
    struct correlation correlation = {0};
    struct evaluate_options options = {
        .resamples = kind->resamples, .seed = 1, .workers = {kind->team, NULL}};
    double began = clock_seconds();
    must(predictions_make(&predictions, features, &kind->model, pairs, features->n_pairs,
                          (struct predict_options){.workers = options.workers}, &err),
         &err);
    evaluate_predictions(features, &predictions, &options, &evaluation);
    if (kind->correlates)
        must(correlation_make(&correlation, predictions.margin, predictions.n,
                              predictions.n_heads, &(struct correlation_options){0}, &err),
             &err);
    double seconds = clock_seconds() - began;
    correlation_done(&correlation);
    evaluation_done(&evaluation);
    predictions_done(&predictions);
    return seconds;
}

static void print(const struct kind *kind, const struct features *features,
                  const struct sample *reading, const struct sample *theirs)
{
    struct json *line = line_begin("evaluate");
    struct sample share = sample_ratios(reading, &kind->seconds);
    struct sample ratios = sample_ratios(theirs, &kind->seconds);
    json_put_text(line, "what", kind->name);
    json_put_number(line, "pairs", (double)features->n_pairs);
    json_put_number(line, "width", WIDTH);
    json_put_number(line, "heads", EPOCH_HEADS);
    json_put_number(line, "resamples", (double)kind->resamples);
    json_put_number(line, "threads", (double)kind->threads);
    line_put_sample(line, "seconds", &kind->seconds);
    line_put_sample(line, "share_of_reading", &share); /* left out without samples */
    line_put_sample(line, "peer_seconds", theirs);
    line_put_sample(line, "times_peer", &ratios);
    line_end(line);
}

/* What is compared with: reading and the peer, by number of threads - 1. */
struct beside {
    struct peer *peers[THREADS];
    struct sample reading[THREADS], theirs[THREADS];
};

/* Reading, our kinds and the peer in turns; the first turn warms up. */
static void measure(const struct features *features, struct kind *kinds, size_t n_kinds,
                    struct beside *beside)
{
    uint32_t *pairs = mem_array(features->n_pairs, sizeof *pairs);
    for (size_t i = 0; i < features->n_pairs; i++)
        pairs[i] = (uint32_t)i;
    for (size_t turn = 0; turn <= TURNS; turn++) {
        double seconds;
        for (size_t t = 0; t < THREADS; t++) {
            struct team *team = team_create(t + 1);
            seconds =
                reading_seconds(features, NULL, features->n_pairs, READING_IN_ORDER, team);
            if (turn)
                sample_add(&beside->reading[t], seconds);
            team_free(team);
            if (beside->peers[t] && peer_next(beside->peers[t], &seconds) && turn)
                sample_add(&beside->theirs[t], seconds);
        }
        for (size_t i = 0; i < n_kinds; i++) {
            seconds = evaluate_seconds(features, pairs, &kinds[i]);
            if (turn)
                sample_add(&kinds[i].seconds, seconds);
        }
    }
    free(pairs);
}

/* One case a turn. */
static struct peer *open_peer(const char *path, size_t n_pairs, size_t threads)
{
    static const char *const plain[] = {
        "--task", "eval", "--k",       "10",
        "--reps", "1",    "--variant", "plain,plain,plain,plain,plain,plain,plain,plain"};
    enum { PLAIN = sizeof plain / sizeof *plain };
    static char pairs[16], counts[THREADS][2];
    static const char *arguments[THREADS][PLAIN + 7];
    const char **mine = arguments[threads - 1];
    const char *missing = peer_missing();
    if (missing) {
        line_skip("evaluate", "peer", missing);
        return NULL;
    }
    snprintf(pairs, sizeof pairs, "%zu", n_pairs);
    snprintf(counts[threads - 1], sizeof counts[0], "%zu", threads % 10);
    for (size_t i = 0; i < PLAIN; i++)
        mine[i] = plain[i];
    const char *const own[] = {"--n", pairs,       "--features",
                               path,  "--threads", counts[threads - 1]};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        mine[PLAIN + i] = own[i];
    return peer_create(mine);
}

int main(void)
{
    struct error err = {0};
    struct features features;
    struct beside beside = {0};
    const struct sample none = {0};
    struct kind kinds[] = {
        {.name = "heads", .router = ROUTER_STATIC, .correlates = true, .threads = 1},
        {.name = "heads", .router = ROUTER_STATIC, .correlates = true, .threads = 2},
        {.name = "router", .router = ROUTER_MLP, .threads = 1},
        {.name = "router", .router = ROUTER_MLP, .threads = 2},
        {.name = "eval", .router = ROUTER_MLP, .resamples = 1000, .threads = 2}};
    const size_t n_kinds = sizeof kinds / sizeof *kinds, n_pairs = bench_pairs(PAIRS);
    scratch_make("evaluate", synthetic_bytes(n_pairs, WIDTH));
    const char *path = scratch_path("features.safetensors");
    synthetic_raw(path, n_pairs, WIDTH);
    must(features_open(&features, path, &err), &err);
    linalg_init();
    for (size_t i = 0; i < n_kinds; i++)
        make_model(&kinds[i]);
    for (size_t t = 0; t < THREADS; t++)
        beside.peers[t] = open_peer(path, n_pairs, t + 1);
    line_machine("evaluate");
    measure(&features, kinds, n_kinds, &beside);
    for (size_t i = 0; i < n_kinds; i++) {
        bool is_peers = kinds[i].correlates;
        size_t t = kinds[i].threads - 1;
        print(&kinds[i], &features, &beside.reading[t],
              is_peers ? &beside.theirs[t] : &none);
        team_free(kinds[i].team);
        model_done(&kinds[i].model);
    }
    for (size_t t = 0; t < THREADS; t++)
        peer_free(beside.peers[t]);
    features_done(&features);
    return EXIT_SUCCESS;
}
