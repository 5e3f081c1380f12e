/* Fine-tuning of the router on 450 pairs with contexts of 3,072 numbers for 10 epochs: ten
 * heads, 128 hidden units, batches of 32.
 *
 *   share_of_products  time of the same products and AdamW updates alone / seconds
 *   times_peer         the peer's seconds / seconds (its task "hedge", variant "tuned")
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "core/adapt.h"
#include "core/linalg.h"
#include "epoch.h"
#include "io/json.h"
#include "machine.h"
#include "measure.h"
#include "peer.h"
#include "synthetic.h"

enum { PAIRS = 450, WIDTH = 3072, BATCH = 32, EPOCHS = 10, TURNS = 7 };

struct threads {
    struct team *team;
    struct peer *peer; /* NULL: there is none */
    struct sample seconds, products, theirs;
};

static double adapt_seconds(const struct features *features, const struct model *model,
                            const uint32_t *pairs, struct team *team)
{
    struct error err = {0};
    struct adapt_options options = adapt_defaults();
    options.batch = BATCH;
    options.epochs = EPOCHS;
    options.tau = 1;
    double began = clock_seconds();
    struct adapt *adapt = adapt_create(features, model, (struct pair_list){pairs, PAIRS},
                                       &options, team, &err);
    must(adapt ? STATUS_OK : err.status, &err);
    while (!adapt_finished(adapt))
        must(adapt_step(adapt, &err), &err);
    double seconds = clock_seconds() - began;
    adapt_free(adapt);
    return seconds;
}

/* What it must at least do: every epoch the input layer's product for the targets and for
 * the updates, its gradient, and an update of all its parameters a batch. */
static double products_alone(struct team *team)
{
    const size_t steps = (PAIRS + BATCH - 1) / BATCH;
    struct products *products =
        products_create(BATCH, WIDTH, EPOCH_HEADS, EPOCH_HIDDEN, team);
    double forward = products_seconds(products, PRODUCT_FORWARD_HIDDEN);
    double back = products_seconds(products, PRODUCT_GRADIENT_HIDDEN);
    double update = adam_seconds((size_t)EPOCH_HIDDEN * WIDTH, team);
    products_free(products);
    double batches = (double)PAIRS / BATCH;
    return EPOCHS * (batches * (2 * forward + back) + (double)steps * update);
}

/* One case a turn. */
static struct peer *open_peer(const char *path, size_t n_threads)
{
    static char threads[2][16];
    static const char *arguments[2][PEER_ARGUMENTS];
    const char *missing = peer_missing();
    if (missing) {
        line_skip("adapt", "peer", missing);
        return NULL;
    }
    size_t which = n_threads > 1;
    snprintf(threads[which], sizeof threads[which], "%zu", n_threads);
    const char *const words[] = {
        "--task",     "hedge",
        "--threads",  threads[which],
        "--k",        "10",
        "--reps",     "1",
        "--n",        "450",
        "--batch",    "32",
        "--epochs",   "10",
        "--features", path,
        "--variant",  "tuned,tuned,tuned,tuned,tuned,tuned,tuned,tuned",
        NULL};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        arguments[which][i] = words[i];
    return peer_create(arguments[which]);
}

static void print(const struct threads *threads)
{
    struct json *line = line_begin("adapt");
    struct sample share = sample_ratios(&threads->products, &threads->seconds);
    struct sample ratios = sample_ratios(&threads->theirs, &threads->seconds);
    json_put_number(line, "pairs", PAIRS);
    json_put_number(line, "width", WIDTH);
    json_put_number(line, "heads", EPOCH_HEADS);
    json_put_number(line, "batch", BATCH);
    json_put_number(line, "epochs", EPOCHS);
    json_put_number(line, "threads", (double)team_size(threads->team));
    line_put_sample(line, "seconds", &threads->seconds);
    line_put_sample(line, "share_of_products", &share);
    line_put_sample(line, "peer_seconds", &threads->theirs);
    line_put_sample(line, "times_peer", &ratios);
    line_end(line);
}

/* Ours, the machine and the peer in turns; the first turn warms up. */
static void measure(struct threads *threads, const struct features *features,
                    const struct model *model, const uint32_t *pairs)
{
    for (size_t turn = 0; turn <= TURNS; turn++) {
        double seconds = adapt_seconds(features, model, pairs, threads->team), theirs = 0;
        double products = products_alone(threads->team);
        bool has_peer = threads->peer && peer_next(threads->peer, &theirs);
        if (!turn)
            continue;
        sample_add(&threads->seconds, seconds);
        sample_add(&threads->products, products);
        if (has_peer)
            sample_add(&threads->theirs, theirs);
    }
}

int main(void)
{
    struct error err = {0};
    struct features features;
    struct model model;
    struct shape shape = {ROUTER_MLP, EPOCH_HEADS, EPOCH_HIDDEN, WIDTH, WIDTH};
    uint32_t pairs[PAIRS];
    scratch_make("adapt", synthetic_bytes(PAIRS, WIDTH));
    const char *path = scratch_path("features.safetensors");
    synthetic_raw(path, PAIRS, WIDTH);
    must(features_open(&features, path, &err), &err);
    features.context = features.prompt;
    features.pair_context = features.pair_prompt;
    for (uint32_t i = 0; i < PAIRS; i++)
        pairs[i] = i;
    linalg_init();
    must(model_create(&model, &shape, &err), &err);
    model_draw(&model, 1, 0);
    line_machine("adapt");
    for (size_t n = 1; n <= 2 && n <= jobs_processors(); n++) {
        struct threads threads = {.team = team_create(n), .peer = open_peer(path, n)};
        measure(&threads, &features, &model, pairs);
        print(&threads);
        peer_free(threads.peer);
        team_free(threads.team);
    }
    model_done(&model);
    features_done(&features);
    return EXIT_SUCCESS;
}
