/* The program itself, as a shell runs it: argv[1] is its path. */
#include "near.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

static const char *program;

struct result {
    int code; /* exit code; -1 when a signal ended it */
    struct text out, err;
};

static void read_all(int fd, struct text *text)
{
    char bytes[4096];
    text_add(text, "");
    for (ssize_t n; (n = read(fd, bytes, sizeof bytes)) > 0;)
        text_append(text, bytes, (size_t)n);
    close(fd);
}

/* Where standard output goes. */
enum output { CAUGHT, FULL, CLOSED, BROKEN_PIPE };

static void redirect(enum output output, int pipe_end)
{
    int fd = pipe_end;
    if (output == FULL)
        fd = open("/dev/full", O_WRONLY);
    if (output == CLOSED) {
        close(STDOUT_FILENO);
        return;
    }
    dup2(fd, STDOUT_FILENO);
}

/* Runs the program with words cut at blanks. Outputs are small enough for a pipe. */
static struct result run(const char *words, enum output output)
{
    char copy[256], *argv[16] = {(char *)(uintptr_t) "microscope"};
    snprintf(copy, sizeof copy, "%s", words);
    size_t n = 1;
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        argv[n++] = word;
    int out[2], err[2];
    assert_int_equal(pipe(out), 0);
    assert_int_equal(pipe(err), 0);
    if (output == BROKEN_PIPE)
        close(out[0]);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGPIPE, SIG_DFL);
        redirect(output, out[1]);
        dup2(err[1], STDERR_FILENO);
        execv(program, argv);
        _exit(127);
    }
    close(out[1]);
    close(err[1]);
    struct result result = {0};
    if (output != BROKEN_PIPE)
        read_all(out[0], &result.out);
    read_all(err[0], &result.err);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return result;
}

static void done(struct result *result)
{
    text_done(&result->out);
    text_done(&result->err);
}

static void test_good_use(void **state)
{
    (void)state;
    const struct {
        const char *words, *begins;
    } cases[] = {
        {"", "microscope: a workbench"},
        {"--help", "microscope: a workbench"},
        {"-h", "microscope: a workbench"},
        {"help", "microscope: a workbench"},
        {"help help", "help: explain"},
        {"help vers", "version: say"},
        {"version --help", "version: say"},
        {"help --all --mode markdown", "# Commands"},
        {"--version", "microscope  0."},
        {"version --json", "{\n  \"command\": \"version\",\n  \"microscope\": \"0."},
        {"vers --mode csv", "name,value,unit\nmicroscope,0."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct result result = run(cases[i].words, CAUGHT);
        assert_int_equal(result.code, 0);
        assert_memory_equal(result.out.bytes, cases[i].begins, strlen(cases[i].begins));
        assert_string_equal(result.err.bytes, "");
        done(&result);
    }
}

static void test_bad_use(void **state)
{
    (void)state;
    const struct {
        const char *words, *want;
    } cases[] = {
        {"versoin", "microscope: there is no command 'versoin'; did you mean 'version'?\n"},
        {"version --josn", "microscope: 'version' has no option '--josn'; did you mean "
                           "'--json'?\n"},
        {"--quiet version", "microscope: a command comes before the option '--quiet'\n"},
        {"help trian", "microscope: there is no command 'trian'; 'microscope help' lists "
                       "them\n"},
        {"help help --all", "microscope: 'help' wants a command or --all, not both\n"},
        {"help --mode csv", "microscope: 'help' gives no table\n"},
        {"version \x1b[2J", "microscope: 'version' has no use for the word '\\x1b[2J'\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct result result = run(cases[i].words, CAUGHT);
        assert_int_equal(result.code, 2);
        assert_string_equal(result.err.bytes, cases[i].want);
        assert_string_equal(result.out.bytes, "");
        done(&result);
    }
}

static void test_output_that_cannot_be_written(void **state)
{
    (void)state;
    struct result result = run("help", FULL);
    assert_int_equal(result.code, 3);
    assert_string_equal(
        result.err.bytes,
        "microscope: cannot write 'standard output': No space left on device\n");
    done(&result);
    result = run("help", CLOSED);
    assert_int_equal(result.code, 3);
    assert_non_null(strstr(result.err.bytes, "microscope: cannot write 'standard output'"));
    done(&result);
}

static void test_a_reader_that_leaves_is_no_failure(void **state)
{
    (void)state;
    struct result result = run("help", BROKEN_PIPE);
    assert_int_equal(result.code, 0);
    assert_string_equal(result.err.bytes, "");
    done(&result);
}

/* The bound of 20 ms is for a release build on a quiet machine; sanitizers and a loaded one
 * get ten times as much. The best of several runs is taken. */
static void test_starts_at_once(void **state)
{
    (void)state;
    double best = 1e9;
    for (int i = 0; i < 10; i++) {
        double begin = clock_seconds();
        struct result result = run("version", CAUGHT);
        double seconds = clock_seconds() - begin;
        best = seconds < best ? seconds : best;
        done(&result);
    }
    print_message("# started and ended in %.1f ms\n", best * 1e3);
    assert_true(best < 0.2);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_use),
        cmocka_unit_test(test_bad_use),
        cmocka_unit_test(test_output_that_cannot_be_written),
        cmocka_unit_test(test_a_reader_that_leaves_is_no_failure),
        cmocka_unit_test(test_starts_at_once),
    };
    if (argc < 2)
        return EXIT_FAILURE;
    program = argv[1];
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
