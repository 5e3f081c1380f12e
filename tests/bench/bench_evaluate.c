/* Evaluation of 5,000 pairs of 3,072 numbers by ten heads, five attributes: margins alone,
 * as the peer does it (heads x attributes, static router, no intervals of means), and all
 * that `eval` prints (router mlp, 1,000 resamples).
 *
 *   share_of_reading   reading the pairs' rows in order / seconds
 *   times_peer         the peer's seconds / seconds (its task "eval") */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "core/evaluate.h"
#include "core/linalg.h"
#include "epoch.h"
#include "io/json.h"
#include "machine.h"
#include "measure.h"
#include "peer.h"
#include "synthetic.h"

enum { PAIRS = 5000, WIDTH = 3072, TURNS = 7 };

struct kind {
    const char *name;
    enum router router;
    size_t resamples;
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
}

static double evaluate_seconds(const struct features *features, const struct kind *kind)
{
    struct error err = {0};
    struct evaluation evaluation;
    struct evaluate_options options = {.split = SPLIT_TRAIN,
                                       .rule = RULE_PROBABILITY,
                                       .resamples = kind->resamples,
                                       .seed = 1};
    double began = clock_seconds();
    must(evaluate(features, &kind->model, &options, &evaluation, &err), &err);
    double seconds = clock_seconds() - began;
    evaluation_done(&evaluation);
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
    json_put_number(line, "threads", 1);
    line_put_sample(line, "seconds", &kind->seconds);
    line_put_sample(line, "share_of_reading", &share); /* left out without samples */
    line_put_sample(line, "peer_seconds", theirs);
    line_put_sample(line, "times_peer", &ratios);
    line_end(line);
}

/* Reading, our kinds and the peer in turns; the first turn warms up. */
static void measure(const struct features *features, struct kind *kinds, size_t n_kinds,
                    struct peer *peer, struct sample *reading, struct sample *theirs)
{
    struct team *team = team_create(1);
    for (size_t turn = 0; turn <= TURNS; turn++) {
        double seconds =
            reading_seconds(features, NULL, features->n_pairs, READING_IN_ORDER, team);
        if (turn)
            sample_add(reading, seconds);
        for (size_t i = 0; i < n_kinds; i++) {
            seconds = evaluate_seconds(features, &kinds[i]);
            if (turn)
                sample_add(&kinds[i].seconds, seconds);
        }
        if (peer && peer_next(peer, &seconds) && turn)
            sample_add(theirs, seconds);
    }
    team_free(team);
}

/* One case a turn. */
static struct peer *open_peer(const char *path, size_t n_pairs)
{
    static char pairs[16];
    static const char *arguments[] = {
        "--task",     "eval",
        "--threads",  "1",
        "--k",        "10",
        "--reps",     "1",
        "--n",        NULL,
        "--features", NULL,
        "--variant",  "plain,plain,plain,plain,plain,plain,plain,plain",
        NULL};
    const char *missing = peer_missing();
    if (missing) {
        line_skip("evaluate", "peer", missing);
        return NULL;
    }
    snprintf(pairs, sizeof pairs, "%zu", n_pairs);
    arguments[9] = pairs;
    arguments[11] = path;
    return peer_create(arguments);
}

int main(void)
{
    struct error err = {0};
    struct features features;
    struct sample reading = {0}, theirs = {0};
    const struct sample none = {0};
    struct kind kinds[] = {{.name = "heads", .router = ROUTER_STATIC},
                           {.name = "router", .router = ROUTER_MLP},
                           {.name = "eval", .router = ROUTER_MLP, .resamples = 1000}};
    const size_t n_kinds = sizeof kinds / sizeof *kinds, n_pairs = bench_pairs(PAIRS);
    scratch_make("evaluate", synthetic_bytes(n_pairs, WIDTH));
    const char *path = scratch_path("features.safetensors");
    synthetic_raw(path, n_pairs, WIDTH);
    must(features_open(&features, path, &err), &err);
    linalg_init();
    for (size_t i = 0; i < n_kinds; i++)
        make_model(&kinds[i]);
    struct peer *peer = open_peer(path, n_pairs);
    line_machine("evaluate");
    measure(&features, kinds, n_kinds, peer, &reading, &theirs);
    for (size_t i = 0; i < n_kinds; i++) {
        bool is_peers = kinds[i].router == ROUTER_STATIC;
        print(&kinds[i], &features, is_peers ? &none : &reading,
              is_peers ? &theirs : &none);
        model_done(&kinds[i].model);
    }
    peer_free(peer);
    features_done(&features);
    return EXIT_SUCCESS;
}
