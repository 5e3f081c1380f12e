/* Commands that wait for a server are stopped at once by Ctrl-C. */
#define _XOPEN_SOURCE 700 /* posix_openpt */
#include "child.h"

#include "session/served_run.h"

#include "base/clock.h"

static const char *microscope;
static struct served served;

/* Starts a command on the run's files and waits until the server has got a request of it. */
static struct child start_asking(const char *command, const char *rest)
{
    char words[900];
    const char *features = served_path(&served, "run.features.safetensors");
    snprintf(words, sizeof words, "%s %s %s %s", command, features,
             served_path(&served, "run.model.safetensors"), rest);
    size_t before = server_requests(served.server);
    double began = clock_seconds();
    struct child child = start(microscope, words, CAUGHT, CAUGHT);
    while (server_requests(served.server) == before && clock_seconds() - began < 10)
        poll(NULL, 0, 2);
    assert_true(server_requests(served.server) > before);
    return child;
}

static void test_ctrl_c_while_a_server_hangs(void **state)
{
    (void)state;
    /* The cancel flag is looked at ten times a second; the rest is for a busy machine. */
    static const double soon = 0.5;
    char hedge[300];
    snprintf(hedge, sizeof hedge, "-a brief --context wordy --corpus %s",
             served_path(&served, "run.jsonl"));
    const struct {
        const char *command, *rest;
    } cases[] = {{"route", "Plan --context wordy"}, {"hedge", hedge}};
    atomic_store(&served.mood, SERVED_HANGS);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct child child = start_asking(cases[i].command, cases[i].rest);
        double began = clock_seconds();
        child_signal(child, SIGINT);
        struct result result = finish(child);
        double took = clock_seconds() - began;
        if (result.code != 130 || took > soon)
            fail_msg("%s: code %d after %.3f s: %s", cases[i].command, result.code, took,
                     result.err.bytes);
        assert_int_equal(result.out.length, 0);
        done(&result);
    }
}

/* The same commands with the server at work. */
static void test_they_end_well(void **state)
{
    (void)state;
    char hedge[300];
    snprintf(hedge, sizeof hedge, "-a brief --context wordy --pairs 2 --corpus %s",
             served_path(&served, "run.jsonl"));
    const struct {
        const char *command, *rest, *part;
    } cases[] = {{"route", "Plan --context wordy", "with context"},
                 {"hedge", hedge, "wordy"}};
    atomic_store(&served.mood, SERVED_WELL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct result result = finish(start_asking(cases[i].command, cases[i].rest));
        if (result.code || !strstr(result.out.bytes, cases[i].part))
            fail_msg("%s: code %d: %s%s", cases[i].command, result.code, result.err.bytes,
                     result.out.bytes);
        done(&result);
    }
}

/* The lab's context and labels, in a script. */
static void test_tune_asks_the_server(void **state)
{
    (void)state;
    char script[600];
    struct text lines = {0};
    text_printf(&lines, "open %s %s %s\n", served_path(&served, "run.features.safetensors"),
                served_path(&served, "run.model.safetensors"),
                served_path(&served, "run.jsonl"));
    text_add(
        &lines,
        "context 'in many words'\nlabel 1 chosen\nlabel 3 rejected\ntune --epochs 2\n");
    const char *path = folder_write(&served.folder, "s.mic", lines.bytes, lines.length);
    snprintf(script, sizeof script, "run %s", path);
    struct result result = run(microscope, script);
    if (result.code || !strstr(result.out.bytes, "accuracy"))
        fail_msg("code %d: %s%s", result.code, result.err.bytes, result.out.bytes);
    done(&result);
    text_done(&lines);
}

static int open_run(void **state)
{
    (void)state;
    served_open(&served);
    return 0;
}

static int close_run(void **state)
{
    (void)state;
    served_close(&served);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ctrl_c_while_a_server_hangs),
        cmocka_unit_test(test_they_end_well),
        cmocka_unit_test(test_tune_asks_the_server),
    };
    if (argc < 2)
        return 2;
    microscope = argv[1];
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, open_run, close_run);
}
