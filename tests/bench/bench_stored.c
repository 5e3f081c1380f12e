/* The same epoch from features stored in other ways, measured in turns: F16 and BF16
 * against F32, and, where a prompt has ten pairs, batches of whole prompts against
 * shuffled pairs.
 *
 *   times_f32    seconds / those of F32
 *   times_pair   seconds / those of shuffled pairs */
#include <stdlib.h>

#include "core/linalg.h"
#include "epoch.h"
#include "io/json.h"
#include "measure.h"
#include "synthetic.h"

enum { PAIRS = 23500, WIDTH = 3072, GROUP = 10, TURNS = 5, THREADS_MOST = 2, MOST = 3 };

struct kind {
    const char *name;
    const struct features *features;
    enum order order;
    struct sample seconds;
};

/* Runs the kinds in turns; the first of them is what the others are compared with. */
static void compare(struct kind *kinds, size_t n, const char *what, const char *ratio,
                    size_t batch, size_t n_threads)
{
    struct team *team = team_create(n_threads);
    for (size_t i = 0; i < n; i++)
        kinds[i].seconds.n = 0;
    for (size_t turn = 0; turn <= TURNS; turn++)
        for (size_t i = 0; i < n; i++) {
            struct epoch epoch = {kinds[i].features->n_pairs, batch, kinds[i].order,
                                  1 + turn};
            struct epoch_time time = epoch_run(kinds[i].features, &epoch, team);
            if (turn) /* the first turn warms up */
                sample_add(&kinds[i].seconds, time.seconds);
        }
    for (size_t i = 0; i < n; i++) {
        struct json *line = line_begin("stored");
        struct sample ratios = sample_ratios(&kinds[i].seconds, &kinds[0].seconds);
        json_put_text(line, what, kinds[i].name);
        json_put_number(line, "pairs", (double)kinds[i].features->n_pairs);
        json_put_number(line, "prompts", (double)kinds[i].features->prompt.n_rows);
        json_put_number(line, "width", WIDTH);
        json_put_number(line, "batch", (double)batch);
        json_put_number(line, "threads", (double)n_threads);
        line_put_sample(line, "seconds", &kinds[i].seconds);
        line_put_sample(line, ratio, &ratios);
        line_end(line);
    }
    team_free(team);
}

static void open_file(struct features *features, const char *path)
{
    struct error err = {0};
    must(features_open(features, path, &err), &err);
}

static void open_as(struct features *features, const struct features *from,
                    const char *name, enum dtype dtype)
{
    struct error err = {0};
    const char *path = scratch_path(name);
    must(features_save(path, from, dtype, &err), &err);
    open_file(features, path);
}

int main(void)
{
    struct features f32, f16, bf16, grouped;
    size_t n_pairs = bench_pairs(PAIRS);
    scratch_make("stored", 3 * synthetic_bytes(n_pairs, WIDTH));
    const char *raw = scratch_path("f32.safetensors");
    const char *by_prompt = scratch_path("grouped.safetensors");
    synthetic_raw(raw, n_pairs, WIDTH);
    synthetic_grouped(by_prompt, n_pairs, WIDTH, GROUP);
    open_file(&f32, raw);
    open_file(&grouped, by_prompt);
    open_as(&f16, &f32, "f16.safetensors", DTYPE_F16);
    open_as(&bf16, &f32, "bf16.safetensors", DTYPE_BF16);
    struct kind stored[] = {{.name = "F32", .features = &f32, .order = ORDER_SHUFFLED},
                            {.name = "F16", .features = &f16, .order = ORDER_SHUFFLED},
                            {.name = "BF16", .features = &bf16, .order = ORDER_SHUFFLED}};
    struct kind orders[] = {
        {.name = "pair", .features = &grouped, .order = ORDER_SHUFFLED},
        {.name = "prompt", .features = &grouped, .order = ORDER_BY_PROMPT}};
    linalg_init();
    line_machine("stored");
    const size_t batches[] = {64, 1024};
    for (size_t t = 1; t <= THREADS_MOST && t <= jobs_processors(); t++)
        for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
            compare(stored, 3, "dtype", "times_f32", batches[b], t);
            compare(orders, 2, "batch_by", "times_pair", batches[b], t);
        }
    line_machine("stored");
    features_done(&f32);
    features_done(&f16);
    features_done(&bf16);
    features_done(&grouped);
    return EXIT_SUCCESS;
}
