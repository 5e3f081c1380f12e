/* The workbench as its user meets it: the program in a pseudo-terminal of 30 x 100. From a key to
 * the last byte of the frame that answers it, with and without a training on the other core; bytes
 * a key, and beside it what a program takes that only answers ("echo_milliseconds"): what the
 * machine's other work costs; frames a second under a storm of keys; bytes and processor time at rest; the first frame.
 * On the demo, on 100,000 pairs of 10,000 prompts, and on features of 10 GB (sparse).
 *
 *     bench_ui MICROSCOPE */
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "io/json.h"
#include "measure.h"
#include "pty.h"
#include "synthetic.h"

enum { ROWS = 30, COLUMNS = 100, QUIET_MS = 25, PATIENCE_MS = 5000, PATHS = 3 };

static const char *program;
static const char *folder; /* of settings and sessions */
static struct pty echo;    /* a program that only answers: what the machine itself takes */

/* What is pressed: `before` once, then `keys` in turns. */
struct pressing {
    const char *name, *before, *keys[3], *after;
    size_t turns;
    bool is_typed; /* the answer to a key is its own character */
};

static const struct pressing pressings[] = {
    {"cursor", "2", {"j", "k"}, "", 200},
    {"view", "", {"1", "2", "8"}, "", 90},
    {"typing", "2:", {"Q", "V", "W"}, "\033", 60, true},
    {"undo", ":set heads 8\r8", {"u", "\022"}, "", 40},
    {"cursor among pairs", ":show heads pairs\r", {"j", "k"}, "", 200},
    {"page of pairs", "", {"\006", "\002"}, "", 60},
    {"sort pairs", ">", {"s"}, "", 45},
    {"filter pairs", "", {":show heads pairs margin<0\r", ":show heads pairs\r"}, "", 30},
};

static struct json *line_of(const char *set, const char *what)
{
    struct json *line = line_begin("ui");
    json_put_text(line, "set", set);
    json_put_text(line, "what", what);
    return line;
}

/* Runs a command to its end; a failure ends the benchmark. */
static void run(const char *const *words, size_t n)
{
    char *argv[24] = {mem_copy_text(program)};
    for (size_t i = 0; i < n; i++)
        argv[i + 1] = mem_copy_text(words[i]);
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stdout))
            _exit(126);
        execv(argv[0], argv);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status) {
        fprintf(stderr, "'%s %s' failed\n", program, words[0]);
        exit(EXIT_FAILURE);
    }
    for (size_t i = 0; i <= n; i++)
        free(argv[i]);
}

#define RUN(...)                                                                           \
    run((const char *const[]){__VA_ARGS__},                                                \
        sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* ---- one thing after the other ---- */

static void first_frame(struct pty *pty, const char *set)
{
    struct burst frame = pty_read(pty, 200, QUIET_MS, 60000);
    struct json *line = line_of(set, "first frame");
    line_put(line, "milliseconds", 1000 * (frame.last - pty->began));
    line_put(line, "bytes", (double)frame.bytes);
    line_end(line);
}

/* Until what is made in the background has been made. */
static void settle(struct pty *pty)
{
    for (int i = 0; i < 60 && pty_read(pty, 1, 2000, 2000).bytes; i++)
        pty_forget(pty);
}

static void rest(struct pty *pty, const char *set)
{
    enum { REST_MS = 5000 };
    double processor = pty_processor_seconds(pty), began = clock_seconds();
    struct burst burst = pty_read(pty, 1, REST_MS, REST_MS);
    double seconds = clock_seconds() - began;
    struct json *line = line_of(set, "rest");
    line_put(line, "seconds", seconds);
    line_put(line, "bytes", (double)burst.bytes);
    line_put(line, "processor_share", (pty_processor_seconds(pty) - processor) / seconds);
    line_end(line);
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double at_percent(struct sample sample, size_t percent)
{
    qsort(sample.values, sample.n, sizeof *sample.values, compare);
    return sample.n ? sample.values[(sample.n - 1) * percent / 100] : (double)NAN;
}

static struct burst answer(struct pty *pty, const struct pressing *pressing,
                           const char *keys, size_t least)
{
    if (!pressing->is_typed)
        return pty_key(pty, keys, least, QUIET_MS, 1000);
    struct burst frame = {0};
    pty_forget(pty);
    pty_send(pty, keys);
    if (pty_sees(pty, keys, 1000)) {
        frame.first = frame.last = clock_seconds();
        frame.bytes = pty->length;
    }
    pty_read(pty, 1, QUIET_MS, QUIET_MS);
    return frame;
}

/* From a key to its answer by a program that does nothing else. */
static double echo_milliseconds(void)
{
    double began = clock_seconds();
    struct burst burst = pty_key(&echo, "x", 1, 0, 1000);
    return 1000 * ((burst.first > 0 ? burst.first : clock_seconds()) - began);
}

/* least: bytes below which it is not the answer. */
static void press(struct pty *pty, const char *set, const struct pressing *pressing,
                  size_t least)
{
    struct sample milliseconds = {0}, bytes = {0}, echoes = {0};
    size_t missing = 0, turns = bench_pairs(pressing->turns);
    pty_key(pty, pressing->before, 1, 300, PATIENCE_MS);
    for (size_t i = 0, at = 0; i < turns; i++) {
        const char *keys = pressing->keys[at];
        at = at + 1 < 3 && pressing->keys[at + 1] ? at + 1 : 0;
        poll(NULL, 0, (int)(i * 17 % 30)); /* no step with the frames */
        while (pty_read(pty, 1, 1, 2).bytes)
            continue; /* what came late is no answer to the next key */
        sample_add(&echoes, echo_milliseconds());
        double began = clock_seconds();
        struct burst frame = answer(pty, pressing, keys, least);
        if (frame.first <= 0) {
            missing++;
            continue;
        }
        sample_add(&milliseconds, 1000 * (frame.last - began));
        sample_add(&bytes, (double)frame.bytes);
    }
    pty_key(pty, pressing->after, 1, 100, 200);
    struct json *line = line_of(set, pressing->name);
    json_put_flag(line, "training", least > 1);
    line_put(line, "keys", (double)milliseconds.n);
    line_put(line, "unanswered", (double)missing);
    line_put_sample(line, "milliseconds", &milliseconds);
    line_put(line, "p99_milliseconds", at_percent(milliseconds, 99));
    line_put_sample(line, "echo_milliseconds", &echoes);
    line_put_sample(line, "bytes", &bytes);
    line_end(line);
}

/* Ten keys every 20 milliseconds for two seconds: frames, and how long the last is in coming. */
static void storm(struct pty *pty, const char *set)
{
    enum { ROUNDS = 100, ROUND_MS = 20 };
    size_t frames = 0, bytes = 0;
    pty_key(pty, "2", 1, 300, PATIENCE_MS);
    double began = clock_seconds();
    for (int i = 0; i < ROUNDS; i++) {
        double until = began + (i + 1) * ROUND_MS / 1000.0;
        struct burst burst = pty_key(pty, i % 2 ? "kkkkkkkkkk" : "jjjjjjjjjj", 1, ROUND_MS,
                                     (int)(1000 * (until - clock_seconds())));
        frames += burst.frames;
        bytes += burst.bytes;
    }
    double ended = clock_seconds();
    struct burst last = pty_read(pty, 1, 100, 2000);
    struct json *line = line_of(set, "storm");
    line_put(line, "keys_a_second", ROUNDS * 10 / (ended - began));
    line_put(line, "frames_a_second", (double)frames / (ended - began));
    line_put(line, "bytes_a_second", (double)bytes / (ended - began));
    line_put(line, "milliseconds_to_last", last.first > 0 ? 1000 * (last.last - ended) : 0);
    line_end(line);
}

/* Starts a training that will not end by itself; what it shows of its progress has fewer bytes than
 * are returned. */
static size_t train(struct pty *pty, const char *set)
{
    char command[700];
    snprintf(command, sizeof command,
             ":train --epochs 100000 --patience 100000 --force --out %s/t.model\r", folder);
    pty_send(pty, command);
    pty_read(pty, 1, 1500, 1500);
    double processor = pty_processor_seconds(pty), since = clock_seconds();
    size_t most = 0, frames = 0;
    for (int i = 0; i < 30; i++) {
        struct burst burst = pty_read(pty, 1, 5, 100);
        most = burst.bytes > most ? burst.bytes : most;
        frames += burst.frames;
    }
    double seconds = clock_seconds() - since;
    struct json *line = line_of(set, "training");
    line_put(line, "frames_a_second", (double)frames / seconds);
    line_put(line, "most_bytes_a_frame", (double)most);
    line_put(line, "processors", (pty_processor_seconds(pty) - processor) / seconds);
    line_end(line);
    return most + most / 2 + 2;
}

/* ---- what it is done on ---- */

static void start(struct pty *pty, const char *const *files)
{
    const char *const arguments[] = {program, files[0], files[1], files[2], NULL};
    pty_start(pty, arguments, ROWS, COLUMNS, folder);
}

static void measure(const char *set, const char *const *files)
{
    enum { N = sizeof pressings / sizeof *pressings };
    struct pty *pty = mem_zero(sizeof *pty);
    start(pty, files);
    first_frame(pty, set);
    settle(pty);
    rest(pty, set);
    for (size_t i = 0; i < N; i++)
        press(pty, set, &pressings[i], 1);
    storm(pty, set);
    size_t least = train(pty, set);
    for (size_t i = 0; i < N; i++)
        press(pty, set, &pressings[i], least);
    pty_end(pty);
    free(pty);
}

/* Ten gigabytes as the first file, and opened while the demo is shown. */
static void measure_large(const char *path)
{
    struct pty *pty = mem_zero(sizeof *pty);
    const char *const files[PATHS] = {path}, *const demo[PATHS] = {"demo"};
    start(pty, files);
    first_frame(pty, "10 GB");
    pty_end(pty);
    start(pty, demo);
    settle(pty);
    char command[700];
    snprintf(command, sizeof command, ":open %s\r", path);
    double began = clock_seconds();
    struct burst frame = pty_key(pty, command, 1, 100, PATIENCE_MS);
    struct json *line = line_of("10 GB", "open");
    line_put(line, "milliseconds", 1000 * (frame.last - began));
    line_end(line);
    const struct pressing views = {"view", "", {"1", "2", "8"}, "", 60};
    press(pty, "10 GB", &views, 1);
    pty_end(pty);
    free(pty);
}

/* The folder of the settings, emptied with the scratch folder: paths in the order of removal. */
static void make_folder(void)
{
    static char path[400];
    scratch_path("microscope/sessions");
    scratch_path("microscope/history");
    snprintf(path, sizeof path, "%s", scratch_path("microscope"));
    scratch_path("t.model");
    scratch_path("t.model.run");
    *strrchr(path, '/') = '\0';
    folder = path;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: bench_ui MICROSCOPE\n");
        return 2;
    }
    program = argv[1];
    scratch_make("ui", 1e8);
    make_folder();
    line_machine("ui");
    const char *const answers[] = {"/bin/sh", "-c", "stty raw -echo; echo; exec cat", NULL};
    pty_start(&echo, answers, ROWS, COLUMNS, folder);
    pty_read(&echo, 1, 200, PATIENCE_MS);
    const char *const demo[PATHS] = {"demo"};
    measure("demo", demo);
    const char *corpus = scratch_path("made.jsonl.gz");
    const char *const made[PATHS] = {scratch_path("made.features.safetensors"),
                                     scratch_path("made.model.safetensors"), corpus};
    char prompts[24];
    snprintf(prompts, sizeof prompts, "%zu", bench_pairs(10000));
    RUN("synth", "--prompts", prompts, "--test", "0.95", "--holdout", "0.02", "--out",
        corpus);
    RUN("encode", corpus, "--out", made[0]);
    RUN("train", made[0], "--heads", "5", "--epochs", "2", "--out", made[1]);
    measure("made", made);
    const char *large = scratch_path("large.safetensors");
    synthetic_sparse(large);
    measure_large(large);
    pty_stop(&echo);
    return EXIT_SUCCESS;
}
