#include "measure.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/jobs.h"
#include "io/json.h"

enum { SKIPPED = 77 };

/* ---- samples ---- */

void sample_add(struct sample *sample, double value)
{
    if (sample->n < SAMPLE_MOST)
        sample->values[sample->n++] = value;
}

static int compare_doubles(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static struct sample sorted(const struct sample *sample)
{
    struct sample copy = *sample;
    qsort(copy.values, copy.n, sizeof copy.values[0], compare_doubles);
    return copy;
}

double sample_median(const struct sample *sample)
{
    struct sample s = sorted(sample);
    return s.n % 2 ? s.values[s.n / 2] : (s.values[s.n / 2 - 1] + s.values[s.n / 2]) / 2;
}

struct sample sample_ratios(const struct sample *a, const struct sample *b)
{
    struct sample ratios = {.n = a->n < b->n ? a->n : b->n};
    for (size_t i = 0; i < ratios.n; i++)
        ratios.values[i] = a->values[i] / b->values[i];
    return ratios;
}

/* ---- lines ---- */

struct json *line_begin(const char *bench)
{
    struct json *line = json_object();
    json_put_text(line, "bench", bench);
    return line;
}

void line_put(struct json *line, const char *key, double value)
{
    char digits[32];
    snprintf(digits, sizeof digits, "%.4g", value);
    json_put_number(line, key, strtod(digits, NULL));
}

void line_put_sample(struct json *line, const char *key, const struct sample *sample)
{
    if (!sample->n)
        return;
    struct sample s = sorted(sample);
    struct json *spread = json_put(line, key, json_object());
    line_put(spread, "median", sample_median(sample));
    line_put(spread, "min", s.values[0]);
    line_put(spread, "max", s.values[s.n - 1]);
}

void line_end(struct json *line)
{
    char *text = json_write(line, false);
    puts(text);
    fflush(stdout);
    free(text);
    json_free(line);
}

void line_skip(const char *bench, const char *what, const char *why)
{
    struct json *line = line_begin(bench);
    json_put_text(line, "skipped", what);
    json_put_text(line, "reason", why);
    line_end(line);
}

void line_machine(const char *bench)
{
    struct json *line = line_begin(bench);
    double load = 0;
    FILE *file = fopen("/proc/loadavg", "r");
    json_put_number(line, "processors", (double)jobs_processors());
    if (file && fscanf(file, "%lf", &load) == 1)
        json_put_number(line, "load", load);
    if (file)
        fclose(file);
    line_end(line);
}

/* ---- the run ---- */

size_t bench_pairs(size_t n)
{
    return getenv("MICROSCOPE_BENCH_SMALL") ? n / 10 : n;
}

void must(enum status status, const struct error *err)
{
    if (!status)
        return;
    fprintf(stderr, "%s\n", err->message);
    exit(EXIT_FAILURE);
}

/* ---- files ---- */

enum { FILES_MOST = 16, PATH_BYTES = 512 };

/* Plain memory, so that a signal handler may use it. */
static char scratch_folder[PATH_BYTES / 2];
static struct {
    char files[FILES_MOST][PATH_BYTES];
    volatile sig_atomic_t n_files;
    pid_t owner; /* children made by fork leave the folder alone */
} scratch;

static void scratch_remove(void)
{
    if (getpid() != scratch.owner)
        return;
    for (int i = 0; i < scratch.n_files; i++)
        if (unlink(scratch.files[i]))
            rmdir(scratch.files[i]);
    rmdir(scratch_folder);
}

static void on_signal(int number)
{
    scratch_remove();
    _exit(128 + number);
}

void scratch_make(const char *bench, double bytes)
{
    const char *parent = getenv("TMPDIR");
    parent = parent && *parent ? parent : "/tmp";
    struct statvfs disk;
    if (statvfs(parent, &disk) ||
        (double)disk.f_bavail * (double)disk.f_frsize < 1.1 * bytes) {
        char why[128];
        snprintf(why, sizeof why, "no room for %.1f GB of files in '%s'", 1e-9 * bytes,
                 parent);
        line_skip(bench, "all", why);
        exit(SKIPPED);
    }
    int length = snprintf(scratch_folder, sizeof scratch_folder,
                          "%s/microscope-bench-XXXXXX", parent);
    if ((size_t)length >= sizeof scratch_folder || !mkdtemp(scratch_folder)) {
        fprintf(stderr, "cannot make a folder in '%s'\n", parent);
        exit(EXIT_FAILURE);
    }
    scratch.owner = getpid();
    atexit(scratch_remove);
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    const int signals[] = {SIGHUP, SIGINT, SIGTERM};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}

const char *scratch_path(const char *name)
{
    char *path = scratch.files[scratch.n_files];
    int length = snprintf(path, PATH_BYTES, "%s/%s", scratch_folder, name);
    if (scratch.n_files == FILES_MOST - 1 || length >= PATH_BYTES)
        abort();
    scratch.n_files++;
    return path;
}
