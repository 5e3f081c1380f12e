/* The program as a shell runs it. argv[1] is the program, argv[2] one that has main.c and
 * the commands of tests/command/program.c. */
#define _XOPEN_SOURCE 700 /* posix_openpt */
#include "child.h"

#include "base/clock.h"

static const char *microscope, *stand_in;

/* Compares all of a result and frees it. */
static void check(struct result result, int code, const char *out, const char *err)
{
    assert_string_equal(result.err.bytes, err);
    assert_string_equal(result.out.bytes, out);
    assert_int_equal(result.code, code);
    done(&result);
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
        {"help margins", "margin: how much"},
        {"help hedge", "hedge: watch"},
        {"help tau --mode markdown", "## tau: how"},
        {"help --topics", "margin: how much"},
        {"help --man", ".TH MICROSCOPE 1"},
        {"--help-all", "microscope: a workbench"},
        {"version --help", "version: say"},
        {"help --all --mode markdown", "# Commands"},
        {"--version", "microscope  0."},
        {"version --json", "{\n  \"command\": \"version\",\n  \"microscope\": \"0."},
        {"vers --mode csv", "name,value,unit\nmicroscope,0."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct result result = run(microscope, cases[i].words);
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
        {"help qqq",
         "microscope: there is no command or topic 'qqq'; 'microscope help' lists "
         "them\n"},
        {"help margni", "microscope: there is no command or topic 'margni'; did you mean "
                        "'margin'?\n"},
        {"help help --all",
         "microscope: 'help' wants a command or topic, --all, --topics or "
         "--man, one of them\n"},
        {"--help-all --topics",
         "microscope: 'help' wants a command or topic, --all, --topics "
         "or --man, one of them\n"},
        {"help --mode csv", "microscope: 'help' gives no table\n"},
        {"version \x1b[2J", "microscope: 'version' has no use for the word '\\x1b[2J'\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(run(microscope, cases[i].words), 2, "", cases[i].want);
}

static void test_endings(void **state)
{
    (void)state;
    /* The answer is no: the report is written all the same. A failure leaves none. */
    check(run(stand_in, "refuse"), 1, "differences  3\n", "microscope: 3 values differ\n");
    check(run(stand_in, "lose"), 3, "", "microscope: cannot read 'x'\n");
    check(run(stand_in, "lose --json"), 3, "", "microscope: cannot read 'x'\n");
    check(run(stand_in, "squares --table x"), 2, "",
          "microscope: 'squares' gives no table 'x'; it gives 'squares'\n");
}

static void test_standard_output_carries_data_only(void **state)
{
    (void)state;
    check(run(stand_in, "squares"), 0, "A note.\n\nn\n-\n4\n", "");
    check(run(stand_in, "squares -q"), 0, "n\n-\n4\n", "");
    check(run(stand_in, "squares --mode csv"), 0, "n\n4\n", "A note.\n");
    check(run(stand_in, "squares --mode csv -q"), 0, "n\n4\n", "");
    struct result result = run(stand_in, "data");
    assert_int_equal(result.code, 0);
    assert_int_equal(result.out.length, 250000);
    assert_null(strstr(result.out.bytes, "lines"));
    assert_string_equal(result.err.bytes, "lines  50,000\n");
    done(&result);
}

static void test_output_that_cannot_be_written(void **state)
{
    (void)state;
    const char *full =
        "microscope: cannot write 'standard output': No space left on device\n";
    check(finish(start(microscope, "help", FULL, CAUGHT)), 3, "", full);
    check(finish(start(stand_in, "data", FULL, CAUGHT)), 3, "", full);
    check(finish(start(microscope, "help", CLOSED, CAUGHT)), 3, "",
          "microscope: cannot write 'standard output': Bad file descriptor\n");
    check(finish(start(microscope, "version", CAUGHT, CLOSED)), 0,
          "microscope  " MICROSCOPE_VERSION "\n", "");
}

static void test_a_reader_that_leaves_is_no_failure(void **state)
{
    (void)state;
    check(finish(start(microscope, "help", BROKEN_PIPE, CAUGHT)), 0, "", "");
    check(finish(start(stand_in, "data -q", BROKEN_PIPE, CAUGHT)), 0, "", "");
}

/* Waits until the child has said that it has begun, then sends it the signal. */
static void interrupt(struct child child, int number)
{
    char begun[7] = "";
    assert_int_equal(read(child.out, begun, 6), 6);
    assert_string_equal(begun, "begun\n");
    child_signal(child, number);
}

static void test_signals_ask_to_stop(void **state)
{
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < 2; i++) {
        struct child child = start(stand_in, "wait 20 --json", CAUGHT, CAUGHT);
        interrupt(child, signals[i]);
        struct result result = finish(child);
        assert_int_equal(result.code, 128 + signals[i]);
        assert_memory_equal(result.err.bytes, "microscope: stopped after ", 26);
        assert_non_null(strstr(result.out.bytes, "\"finished\": false"));
        done(&result);
    }
}

static void test_a_second_interrupt_ends_at_once(void **state)
{
    (void)state;
    struct child child = start(stand_in, "wait 20 --stubborn", CAUGHT, CAUGHT);
    interrupt(child, SIGINT);
    poll(NULL, 0, 200);
    assert_int_equal(waitpid(child.id, NULL, WNOHANG),
                     0); /* the first one was only heard */
    assert_int_equal(kill(child.id, SIGINT), 0);
    struct result result = finish(child);
    assert_int_equal(result.code, -1);
    assert_int_equal(result.signal, SIGINT);
    done(&result);
}

static void test_progress_is_for_terminals(void **state)
{
    (void)state;
    struct result result = finish(start(stand_in, "wait 0.5", CAUGHT, TERMINAL));
    assert_int_equal(result.code, 0);
    assert_non_null(strstr(result.err.bytes, "\rwaiting  "));
    assert_non_null(strstr(result.err.bytes, " ticks/s  0:00 left"));
    /* What is left in the end is an empty line. */
    const char *last = strrchr(result.err.bytes, '\r');
    assert_string_equal(last, "\r");
    while (last > result.err.bytes && last[-1] == ' ')
        last--;
    assert_true(last[-1] == '\r');
    done(&result);

    check(run(stand_in, "wait 0.5 -q"), 0, "begun\nfinished  yes\n", "");
    check(finish(start(stand_in, "wait 0.5 -q", CAUGHT, TERMINAL)), 0,
          "begun\nfinished  yes\n", "");
    check(run(stand_in, "wait 0.5"), 0, "begun\nWaited.\n\nfinished  yes\n", "");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_use),
        cmocka_unit_test(test_bad_use),
        cmocka_unit_test(test_endings),
        cmocka_unit_test(test_standard_output_carries_data_only),
        cmocka_unit_test(test_output_that_cannot_be_written),
        cmocka_unit_test(test_a_reader_that_leaves_is_no_failure),
        cmocka_unit_test(test_signals_ask_to_stop),
        cmocka_unit_test(test_a_second_interrupt_ends_at_once),
        cmocka_unit_test(test_progress_is_for_terminals),
    };
    if (argc < 3)
        return EXIT_FAILURE;
    microscope = argv[1];
    stand_in = argv[2];
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
