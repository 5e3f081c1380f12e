/* What scripts cost beyond the work of their commands, by the wall time of the program: a command of
 * each kind from a script of 10,000, how reading grows with the length of a script, and a start for
 * `-c set`, beside /bin/true. The scripts of one kind are run in turns with an empty one, whose time
 * is taken off.
 *
 *     bench_script MICROSCOPE */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "io/file.h"
#include "io/json.h"
#include "measure.h"

enum { TURNS = 7, STARTS = 35, COMMANDS = 10000 };

static const char *microscope;

/* Seconds of one run with its output thrown away. */
static double run(const char *first, const char *second, const char *third)
{
    const char *words[] = {first, second, third, NULL};
    char *argv[4] = {0};
    for (size_t i = 0; words[i]; i++)
        argv[i] = mem_copy_text(words[i]);
    int status = -1;
    double began = clock_seconds();
    pid_t child = fork();
    if (child == 0 && first) {
        int nothing = open("/dev/null", O_RDWR);
        dup2(nothing, STDIN_FILENO);
        dup2(nothing, STDOUT_FILENO);
        execv(first, argv);
        _exit(127);
    }
    bool waited = child > 0 && waitpid(child, &status, 0) == child;
    double seconds = clock_seconds() - began;
    for (size_t i = 0; i < sizeof argv / sizeof *argv; i++)
        free(argv[i]);
    if (!waited || status) {
        fprintf(stderr, "'%s %s' failed\n", first, second ? second : "");
        exit(EXIT_FAILURE);
    }
    return seconds;
}

/* Lines one after the other, each made of two that take turns. */
static const char *write_script(const char *name, const char *one, const char *other,
                                size_t n)
{
    const char *path = scratch_path(name);
    struct error err;
    struct sink *sink = sink_open(path, &err);
    if (!sink)
        must(err.status, &err);
    for (size_t i = 0; i < n; i++)
        sink_text(sink, i % 2 ? other : one);
    must(sink_commit(sink, &err), &err);
    return path;
}

static void measure_commands(const char *empty)
{
    static const struct {
        const char *name, *one, *other;
    } kinds[] = {
        {"timer", "timer off\n", "timer off\n"},
        {"set", "set heads 8\n", "set heads 9\n"},
        {"version", "version\n", "version --json\n"},
        {"background", "version --quiet &\n", "wait\n"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct sample seconds = {.n = 0}, each = {.n = 0};
        const char *path =
            write_script(kinds[i].name, kinds[i].one, kinds[i].other, COMMANDS);
        for (size_t turn = 0; turn < TURNS; turn++) {
            double nothing = run(microscope, "run", empty);
            double all = run(microscope, "run", path);
            sample_add(&seconds, all);
            sample_add(&each, 1e6 * (all - nothing) / COMMANDS);
        }
        struct json *line = line_begin("script");
        json_put_text(line, "command", kinds[i].name);
        line_put(line, "commands", COMMANDS);
        line_put_sample(line, "seconds", &seconds);
        line_put_sample(line, "microseconds_each", &each);
        line_end(line);
    }
}

/* The same statement and comment over and over: 10 MB, and half of that. */
static void measure_length(void)
{
    static const char statement[] =
        "set name \"0123456789012345678901234567890123456789\" # and what it is for\n";
    static const char comment[] =
        "# a line of prose that explains to people what the statement below it does\n";
    const size_t pair = sizeof statement + sizeof comment - 2, bytes = 10000000;
    const size_t n = bytes / pair;
    const char *whole = write_script("whole", comment, statement, 2 * n);
    const char *half = write_script("half", comment, statement, n);
    struct sample seconds = {.n = 0}, halves = {.n = 0};
    for (size_t turn = 0; turn < TURNS; turn++) {
        sample_add(&halves, run(microscope, "run", half));
        sample_add(&seconds, run(microscope, "run", whole));
    }
    struct sample ratios = sample_ratios(&seconds, &halves);
    struct json *line = line_begin("script");
    line_put(line, "megabytes", 1e-6 * (double)(n * pair));
    line_put(line, "statements", (double)n);
    line_put_sample(line, "seconds", &seconds);
    line_put_sample(line, "times_half_of_it", &ratios);
    line_end(line);
}

static void measure_start(void)
{
    struct sample ours = {.n = 0}, nothing = {.n = 0};
    for (size_t turn = 0; turn < STARTS; turn++) {
        sample_add(&nothing, 1e3 * run("/bin/true", NULL, NULL));
        sample_add(&ours, 1e3 * run(microscope, "-c", "set"));
    }
    struct json *line = line_begin("script");
    json_put_text(line, "start", "-c set");
    line_put_sample(line, "milliseconds", &ours);
    line_put_sample(line, "true_milliseconds", &nothing);
    line_end(line);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: bench_script MICROSCOPE\n");
        return 2;
    }
    microscope = argv[1];
    scratch_make("script", 20e6);
    line_machine("script");
    measure_commands(write_script("empty", "", "", 0));
    measure_length();
    measure_start();
    return EXIT_SUCCESS;
}
