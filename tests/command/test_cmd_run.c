/* Scripts as a shell runs them: what goes where, exit codes, and sessions that are run again. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "in_folder.h"

#include "base/clock.h"

/* Standard input is the file of that name. */
static struct result run_fed(const char *words, const char *name)
{
    int before = dup(STDIN_FILENO), fd = open(name, O_RDONLY);
    assert_true(before >= 0 && fd >= 0);
    dup2(fd, STDIN_FILENO);
    struct result result = run(microscope, words);
    dup2(before, STDIN_FILENO);
    close(before);
    close(fd);
    return result;
}

static void check(struct result result, int code, const char *out, const char *err)
{
    assert_string_equal(result.err.bytes, err);
    assert_string_equal(result.out.bytes, out);
    assert_int_equal(result.code, code);
    done(&result);
}

static struct result run_script(const char *text, const char *options)
{
    char words[200];
    write_file("work.ms", text);
    snprintf(words, sizeof words, "run work.ms %s", options);
    return run(microscope, words);
}

#define VERSION "name,value,unit\nmicroscope," MICROSCOPE_VERSION ",\n"

static void test_the_first_error_is_the_code(void **state)
{
    (void)state;
    const struct {
        const char *text, *options;
        int code;
        const char *out, *err;
    } cases[] = {
        {"", "", 0, "", ""},
        {"# nothing\n-- at all\n;;\n", "", 0, "", ""},
        {"version --mode csv", "", 0, VERSION, ""},
        {"undo\nversion", "", 1, "",
         "work.ms:1:1: error: there is nothing to be undone\nundo\n^~~~\n"},
        {"version --mode csv; vers --tpo\nversion", "", 2, VERSION,
         "work.ms:1:26: error: 'version' has no option '--tpo'; did you mean '--top'?\n"
         "version --mode csv; vers --tpo\n                         ^~~~~\n"},
        {"info none\nversion", "", 3, "",
         "work.ms:1:6: error: cannot read 'none': No such file or directory\n"
         "info none\n     ^~~~\n"},
        {"undo\nvers 'x\n", "", 1, "",
         "work.ms:1:1: error: there is nothing to be undone\nundo\n^~~~\n"},
        {"undo\n;info none\nversion --mode csv", "--keep-going", 1, VERSION,
         "work.ms:1:1: error: there is nothing to be undone\nundo\n^~~~\n"
         "work.ms:2:7: error: cannot read 'none': No such file or directory\n"
         ";info none\n      ^~~~\n"},
        {"version --mode csv\nversion 'x\n\n", "", 2, VERSION,
         "work.ms:2:9: error: the quote ' is not closed\nversion 'x\n        ^\n"},
        {"version --mode csv; quit\nundo", "", 0, VERSION, ""},
        {"info none & wait\nversion", "", 3, "",
         "microscope: info none: cannot read 'none': No such file or directory\n"
         "work.ms:1:13: error: job 1 has failed\ninfo none & wait\n            ^~~~\n"},
        {"info none &\n", "", 3, "",
         "microscope: info none: cannot read 'none': No such file or directory\n"},
        {"wait 7", "", 1, "",
         "work.ms:1:1: error: there was no job 7; 'jobs' lists them\nwait 7\n^~~~\n"},
        {"version --mode csv & wait 1; wait 1; wait", "", 0, VERSION, ""},
        {"run work.ms", "", 1, "",
         "work.ms:1:5: error: 'work.ms': scripts run scripts 32 deep\nrun work.ms\n"
         "    ^~~~~~~\n"},
        {"run none.ms", "", 3, "",
         "work.ms:1:5: error: 'none.ms' could not be opened: No such file or directory\n"
         "run none.ms\n    ^~~~~~~\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct result result = run_script(cases[i].text, cases[i].options);
        check(result, cases[i].code, cases[i].out, cases[i].err);
    }
}

static void test_standard_input_is_a_script(void **state)
{
    (void)state;
    static const char zero[] = "version --mode csv\nvers\0ion\nversion";
    write_file("in.ms", "version --mode csv");
    check(run_fed("-", "in.ms"), 0, VERSION, "");
    folder_write(&here, "zero.ms", zero, sizeof zero - 1);
    check(run_fed("-", "zero.ms"), 3, VERSION,
          "standard input:2:5: error: there is a NUL byte in the text\nvers\\x00ion\n"
          "    ^~~~\n");
    write_file("bytes.ms", "version \xff");
    check(run_fed("-", "bytes.ms"), 3, "",
          "standard input:1:9: error: the byte 0xff is no UTF-8\nversion \\xff\n"
          "        ^~~~\n");
    check(run_fed("-c version --mode csv -f in.ms -", "in.ms"), 0, VERSION VERSION VERSION,
          "");
}

static void test_outputs_that_fail(void **state)
{
    (void)state;
    write_file("full.ms", "version > /dev/full");
    check(run(microscope, "run full.ms"), 3, "",
          "full.ms:1:1: error: cannot write '/dev/full': No space left on device\n"
          "version > /dev/full\n^~~~~~~\n");
    write_file("many.ms", "version; version; version --mode csv > kept.csv");
    check(finish(start(microscope, "run many.ms", BROKEN_PIPE, CAUGHT)), 0, "", "");
    assert_file_holds("kept.csv", VERSION);
    struct result result = finish(start(microscope, "run many.ms", FULL, CAUGHT));
    assert_int_equal(result.code, 3);
    assert_non_null(strstr(result.err.bytes, "No space left on device"));
    done(&result);
    /* There already: > replaces, --out does not. */
    check(run_script("version --out kept.csv", ""), 2, "",
          "work.ms:1:15: error: 'kept.csv' is there already; --force replaces it\n"
          "version --out kept.csv\n              ^~~~~~~~\n");
    check(run_script("version > kept.csv; version >> kept.csv", ""), 0, "", "");
    assert_file_holds("kept.csv", VERSION VERSION);
}

static void test_signals_stop_a_script(void **state)
{
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM, SIGKILL};
    copy_shipped("demo.features.safetensors", "demo.safetensors");
    write_file("long.ms",
               "version --mode csv\ntrain demo.safetensors epochs=10000 out=m.st\n"
               "version\n");
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        char begun[16];
        struct child child = start(microscope, "run long.ms", CAUGHT, CAUGHT);
        assert_true(read(child.out, begun, sizeof begun) > 0);
        child_signal(child, signals[i]);
        struct result result = finish(child);
        if (signals[i] == SIGKILL)
            assert_int_equal(result.signal, SIGKILL);
        else
            assert_int_equal(result.code, 128 + signals[i]);
        assert_null(strstr(result.out.bytes, "\nmicroscope  "));
        assert_int_not_equal(access("m.st", F_OK), 0);
        done(&result);
    }
}

static void test_results_alone_are_on_standard_output(void **state)
{
    (void)state;
    copy_shipped("demo.features.safetensors", "demo.safetensors");
    copy_shipped("demo.model.safetensors", "model.safetensors");
    struct result result = run_script("open demo.safetensors model.safetensors\n"
                                      "set no-pager; set seed 3; undo\n"
                                      "eval --table summary --mode csv --quiet\nsave s.ms",
                                      "");
    assert_int_equal(result.code, 0);
    assert_memory_equal(result.out.bytes, "predictor,", 10);
    assert_null(strstr(result.out.bytes, "s.ms"));
    assert_non_null(strstr(result.err.bytes, "heads       10\n"));
    assert_non_null(strstr(result.err.bytes, "set seed 3\n"));
    done(&result);
    result = run_script("open demo.safetensors --json", "");
    assert_memory_equal(result.out.bytes, "{\n  \"command\": \"open\"", 21);
    done(&result);
}

static void test_a_saved_session_gives_the_same_numbers(void **state)
{
    (void)state;
    copy_shipped("demo.features.safetensors", "demo.safetensors");
    struct result result =
        run_script("set seed 5\nopen demo.safetensors\n"
                   "train heads=4 epochs=2 out=m.safetensors\nopen m.safetensors\n"
                   "prune --threshold 0.99\nadapt budget=10 runs=2 --keep\nundo; redo\n"
                   "evla\neval split=test --json > numbers.json\nsave again.ms\n",
                   "--keep-going --quiet");
    assert_int_equal(result.code, 2);
    done(&result);
    assert_int_equal(rename("numbers.json", "before.json"), 0);
    must_run("run again.ms --quiet");
    assert_same_bytes("before.json", "numbers.json");

    /* Other features of that name: said, and run all the same. */
    must_run("synth --prompts 30 --out other.jsonl --quiet --force");
    must_run("encode other.jsonl --out demo.safetensors --force --quiet");
    result = run(microscope, "run again.ms --keep-going --quiet");
    assert_non_null(
        strstr(result.err.bytes,
               "The features 'demo.safetensors' are not those of the saved session"));
    done(&result);
}

static void test_set_takes_what_a_line_takes(void **state)
{
    (void)state;
    check(run_script("set no-quiet; set name 'a b'; set top 2; undo\n"
                     "set --mode csv --columns name,value",
                     ""),
          0, "name,value\nname,a b\nquiet,no\n", "change\n---------\nset top 2\n");
    check(run_script("set no-heads", ""), 2, "",
          "work.ms:1:5: error: no command has an option 'no-heads'; did you mean 'heads'?\n"
          "set no-heads\n    ^~~~~~~~\n");
    check(
        run_script("set seed 1; set seed 2; undo 2; redo; history --mode csv --quiet", ""),
        0, "undo,redo,change\n1,,set seed 1\n,1,set seed 2\n",
        "change\n----------\nset seed 2\nset seed 1\nchange\n----------\nset seed 1\n");
}

static void test_time_is_told(void **state)
{
    (void)state;
    struct result result =
        run_script("timer on; version --mode csv; timer off; version", "");
    assert_int_equal(result.code, 0);
    assert_non_null(strstr(result.err.bytes, "version: real 0."));
    assert_non_null(strstr(result.err.bytes, " s, user "));
    assert_non_null(strstr(result.err.bytes, " s, system "));
    done(&result);
}

/* A thousand commands, each of which looks one up, reads its line and logs it. */
static void test_commands_cost_little(void **state)
{
    (void)state;
    struct text text = {0};
    for (int i = 0; i < 1000; i++)
        text_printf(&text, "set heads %d\n", 2 + i % 9);
    double began = clock_seconds();
    check(run_script(text.bytes, ""), 0, "", "");
    assert_true(clock_seconds() - began < 5); /* bench_script measures it */
    text_done(&text);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_error_is_the_code),
        cmocka_unit_test(test_standard_input_is_a_script),
        cmocka_unit_test(test_outputs_that_fail),
        cmocka_unit_test(test_signals_stop_a_script),
        cmocka_unit_test(test_results_alone_are_on_standard_output),
        cmocka_unit_test(test_a_saved_session_gives_the_same_numbers),
        cmocka_unit_test(test_set_takes_what_a_line_takes),
        cmocka_unit_test(test_time_is_told),
        cmocka_unit_test(test_commands_cost_little),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    if (argc < 2)
        return 2;
    enter_folder(argv[1]);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    leave_folder();
    return failed;
}
