/* The largest memory that training takes beyond the mapped features: one epoch on 23,500 pairs of
 * 3,072 numbers (866 MB) in a process of its own for every case. Linux only: the kernel counts.
 *
 *   anonymous_mib   largest memory of the process that is no file's, less what it had before it
 *                   opened the features
 *   mapped_mib      of the features in memory at the end
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/linalg.h"
#include "core/trainer.h"
#include "epoch.h"
#include "io/json.h"
#include "measure.h"
#include "synthetic.h"

enum { PAIRS = 23500, WIDTH = 3072, SKIPPED = 77 };

/* A figure of /proc/self/status in MiB; -1 when it is not there. */
static double status_mib(const char *key)
{
    char line[256];
    double kib = -1024;
    size_t length = strlen(key);
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (!strncmp(line, key, length) && line[length] == ':')
            kib = strtod(line + length + 1, NULL);
    if (file)
        fclose(file);
    return kib / 1024;
}

/* What belongs to making the trainer is freed again, so there the kernel's own largest figure is
 * read, in which the features do not figure yet; the steps are looked at one by one. */
static void measure(const char *path, size_t batch, size_t n_threads)
{
    struct error err = {0};
    struct features features;
    uint32_t *pairs;
    double before = status_mib("RssAnon"), all_before = status_mib("VmHWM");
    linalg_init();
    must(features_open(&features, path, &err), &err);
    struct team *team = team_create(n_threads);
    struct epoch epoch = {features.n_pairs, batch, ORDER_SHUFFLED, 1};
    struct trainer *trainer = epoch_trainer(&features, &epoch, team, &pairs);
    double peak = status_mib("VmHWM") - all_before;
    while (!trainer_finished(trainer)) {
        must(trainer_step(trainer, &err), &err);
        double now = status_mib("RssAnon") - before;
        peak = now > peak ? now : peak;
    }
    struct json *line = line_begin("memory");
    json_put_number(line, "pairs", (double)features.n_pairs);
    json_put_number(line, "width", WIDTH);
    json_put_number(line, "batch", (double)batch);
    json_put_number(line, "threads", (double)n_threads);
    line_put(line, "anonymous_mib", peak);
    line_put(line, "mapped_mib", status_mib("RssFile"));
    line_end(line);
    trainer_free(trainer);
    free(pairs);
    team_free(team);
    features_done(&features);
}

/* Runs work in a child, so that what it leaves behind is not counted for the next. */
static int apart(void (*work)(const char *path, size_t batch, size_t n_threads),
                 const char *path, size_t batch, size_t n_threads)
{
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        work(path, batch, n_threads);
        exit(EXIT_SUCCESS);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0 ? EXIT_SUCCESS
                                                                           : EXIT_FAILURE;
}

static void write_features(const char *path, size_t n_pairs, size_t width)
{
    synthetic_raw(path, n_pairs, width);
}

int main(void)
{
    const size_t batches[] = {64, 4096};
    size_t n_pairs = bench_pairs(PAIRS);
    if (status_mib("RssAnon") < 0) {
        line_skip("memory", "all", "the system does not count anonymous memory");
        return SKIPPED;
    }
    scratch_make("memory", synthetic_bytes(n_pairs, WIDTH));
    const char *path = scratch_path("features.safetensors");
    int code = apart(write_features, path, n_pairs, WIDTH);
    for (size_t t = 1; t <= 2 && t <= jobs_processors() && !code; t++)
        for (size_t b = 0; b < sizeof batches / sizeof *batches && !code; b++)
            code = apart(measure, path, batches[b], t);
    return code;
}
