/* How long a command takes from its start to its end: what does nothing but start, and
 * `info` on a small file and on one of 10 GB (sparse, so that it takes no room). Wall
 * time, the programs in turns; beside them /bin/true, which is what the system takes to
 * run any program.
 *
 *     bench_start MICROSCOPE */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "io/json.h"
#include "measure.h"
#include "synthetic.h"

enum { TURNS = 50, ARGUMENTS = 4 };

struct command {
    const char *name;
    const char *arguments[ARGUMENTS]; /* the program, what follows, NULL */
    struct sample milliseconds;
};

/* Seconds of one run with its output thrown away; below 0 when it failed. */
static double run(const char *const *arguments)
{
    char *argv[ARGUMENTS + 1] = {0};
    for (size_t i = 0; i < ARGUMENTS && arguments[i]; i++)
        argv[i] = mem_copy_text(arguments[i]);
    int status = -1;
    double began = clock_seconds();
    pid_t child = fork();
    if (child == 0) {
        int nothing = open("/dev/null", O_RDWR);
        dup2(nothing, STDIN_FILENO);
        dup2(nothing, STDOUT_FILENO);
        execv(argv[0], argv);
        _exit(127);
    }
    bool waited = child > 0 && waitpid(child, &status, 0) == child;
    double seconds = clock_seconds() - began;
    for (size_t i = 0; i < ARGUMENTS; i++)
        free(argv[i]);
    return waited && status == 0 ? seconds : -1;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: bench_start MICROSCOPE\n");
        return 2;
    }
    scratch_make("start", 1e6);
    const char *small = scratch_path("small.safetensors");
    const char *large = scratch_path("large.safetensors");
    synthetic_raw(small, 100, 16);
    synthetic_sparse(large);
    const char *const program = argv[1];
    struct command cases[] = {
        {.name = "true", .arguments = {"/bin/true"}},
        {.name = "version", .arguments = {program, "version"}},
        {.name = "help", .arguments = {program, "help"}},
        {.name = "eval --help", .arguments = {program, "eval", "--help"}},
        {.name = "info, small file", .arguments = {program, "info", small}},
        {.name = "info, 10 GB", .arguments = {program, "info", large}},
    };
    const size_t n_cases = sizeof cases / sizeof *cases;
    line_machine("start");
    for (size_t turn = 0; turn < TURNS; turn++)
        for (size_t i = 0; i < n_cases; i++) {
            double seconds = run(cases[i].arguments);
            if (seconds < 0) {
                fprintf(stderr, "'%s' failed\n", cases[i].name);
                return EXIT_FAILURE;
            }
            sample_add(&cases[i].milliseconds, 1e3 * seconds);
        }
    for (size_t i = 0; i < n_cases; i++) {
        struct json *line = line_begin("start");
        json_put_text(line, "command", cases[i].name);
        json_put_number(line, "runs", TURNS);
        line_put_sample(line, "milliseconds", &cases[i].milliseconds);
        line_end(line);
    }
    return EXIT_SUCCESS;
}
