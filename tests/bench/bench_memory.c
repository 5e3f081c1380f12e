/* The largest memory that training takes beyond the mapped features: one epoch on 23,500
 * pairs of 3,072 numbers (866 MB), in a process of its own for every case. Linux only: the
 * kernel counts. Fails above 64 MiB, or when a step allocates.
 *
 *   anonymous_mib      largest memory of the process that is no file's, less what it had
 *                      before it opened the features
 *   mapped_mib         of files, the features above all, in memory at the end
 *   step_allocations   calls to the functions of base/memory.h in all steps together */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "core/linalg.h"
#include "io/json.h"
#include "measure.h"
#include "session/training.h"
#include "synthetic.h"

enum { PAIRS = 23500, WIDTH = 3072, HEADS = 10, SKIPPED = 77 };
static const double most_mib = 64;

struct kind {
    const char *name;
    size_t batch, n_threads;
    bool is_default; /* restarts, a single head and a hold-out, as `train` does it */
};

/* A figure of /proc/self/status in MiB; below 0 when it is not there. */
static double status_mib(const char *key)
{
    char line[256];
    double kib = -1;
    size_t length = strlen(key);
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (!strncmp(line, key, length) && line[length] == ':')
            kib = strtod(line + length + 1, NULL);
    if (file)
        fclose(file);
    return kib / 1024;
}

static struct training *make_training(const struct features *features,
                                      const struct kind *kind, struct team *team)
{
    struct error err = {0};
    struct training_options options = training_defaults();
    options.n_heads = HEADS;
    options.recipe.batch = kind->batch;
    options.recipe.epochs = 1;
    if (!kind->is_default) {
        options.restarts = 1;
        options.with_single = false;
        options.holdout = 0;
    }
    struct training *training = training_create(features, &options, team, &err);
    must(err.status, &err);
    return training;
}

/* Some of what making the training takes is freed again, so there the kernel's own largest
 * figure is read, in which the rows of the features do not figure yet (but where a
 * hold-out is drawn by them); the steps are looked at one by one. */
static bool measure(const char *path, const struct kind *kind)
{
    struct error err = {0};
    struct features features;
    double before = status_mib("RssAnon"), all_before = status_mib("VmHWM");
    linalg_init();
    must(features_open(&features, path, &err), &err);
    struct team *team = team_create(kind->n_threads);
    struct training *training = make_training(&features, kind, team);
    double peak = kind->is_default ? 0 : status_mib("VmHWM") - all_before;
    size_t allocations = mem_allocations();
    while (!training_finished(training)) {
        must(training_step(training, &err), &err);
        double now = status_mib("RssAnon") - before;
        peak = now > peak ? now : peak;
    }
    allocations = mem_allocations() - allocations;
    struct json *line = line_begin("memory");
    json_put_text(line, "what", kind->name);
    json_put_number(line, "pairs", (double)features.n_pairs);
    json_put_number(line, "width", WIDTH);
    json_put_number(line, "heads", HEADS);
    json_put_number(line, "batch", (double)kind->batch);
    json_put_number(line, "threads", (double)kind->n_threads);
    line_put(line, "anonymous_mib", peak);
    line_put(line, "mapped_mib", status_mib("RssFile"));
    json_put_number(line, "step_allocations", (double)allocations);
    line_end(line);
    training_free(training);
    team_free(team);
    features_done(&features);
    return peak <= most_mib && !allocations;
}

/* Writes the features, or measures a kind, in a child, so that what it leaves behind is not
 * counted for the next. */
static bool apart(const char *path, const struct kind *kind)
{
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        bool is_right = true;
        if (kind)
            is_right = measure(path, kind);
        else
            synthetic_raw(path, bench_pairs(PAIRS), WIDTH);
        exit(is_right ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

int main(void)
{
    static const struct kind kinds[] = {
        {"one mixture", 64, 1, false},   {"one mixture", 64, 2, false},
        {"one mixture", 4096, 1, false}, {"one mixture", 4096, 2, false},
        {"defaults", 64, 1, true},       {"defaults", 64, 2, true},
    };
    if (status_mib("RssAnon") < 0) {
        line_skip("memory", "all", "the system does not count anonymous memory");
        return SKIPPED;
    }
    scratch_make("memory", synthetic_bytes(bench_pairs(PAIRS), WIDTH));
    const char *path = scratch_path("features.safetensors");
    bool is_right = apart(path, NULL);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && is_right; i++)
        is_right = apart(path, &kinds[i]);
    return is_right ? EXIT_SUCCESS : EXIT_FAILURE;
}
