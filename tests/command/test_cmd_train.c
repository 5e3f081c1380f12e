/* `train` as a user runs it: what it refuses, and how it is stopped and goes on. argv[1] is
 * the program. */
#define _XOPEN_SOURCE 700
#include "in_folder.h"
#include "made_features.h"

static int set_up(void **state)
{
    (void)state;
    write_features("good.features", NULL, 0);
    must_run("train good.features --out out.model" SMALL);
    must_run(
        "train good.features --router linear --heads 3 --restarts 1 --out linear.model");
    return 0;
}

/* ---- what works ---- */

static void test_report(void **state)
{
    (void)state;
    struct json *report = report_of("train good.features --out new.model --json" SMALL);
    assert_true(number_of(report, "training_pairs") == 30);
    assert_true(number_of(report, "holdout_pairs") == 5);
    assert_true(number_of(report, "epochs") == 3);
    assert_true(number_of(report, "steps") == 3);
    assert_true(number_of(report, "seconds") >= 0);
    const struct json *runs = json_get(json_get(report, "tables"), "runs");
    assert_int_equal(json_length(json_get(runs, "rows")), 3);
    json_free(report);
    assert_same_bytes("new.model", "out.model"); /* the same seed, the same bytes */
}

static void test_model_on_standard_output(void **state)
{
    (void)state;
    struct result result = run(microscope, "train good.features --out - -q" SMALL);
    size_t length;
    char *bytes = folder_read("out.model", &length);
    assert_int_equal(result.code, 0);
    assert_string_equal(result.err.bytes, "");
    assert_int_equal(result.out.length, length);
    assert_memory_equal(result.out.bytes, bytes, length);
    free(bytes);
    done(&result);
}

static void test_start_from_a_model(void **state)
{
    (void)state;
    must_run(
        "train good.features --init out.model --learning-rate 0 --out same.model" SMALL);
    must_run("eval good.features same.model");
}

/* ---- what is refused ---- */

static void write_bad_files(void)
{
    const struct given outside[GIVEN_MAX] = {RESPONSE(DTYPE_F32),
                                             INDEX("pair.chosen", 0, 2, 4),
                                             INDEX("pair.rejected", 1, 3, 0)};
    const struct given no_pairs[GIVEN_MAX] = {{"embeddings", DTYPE_F32, 2, {5, 2}, NULL},
                                              {"labels", DTYPE_F32, 2, {5, 3}, NULL}};
    const struct given untrained[GIVEN_MAX] = {RESPONSE(DTYPE_F32), CHOSEN, REJECTED,
                                               INDEX("pair.split", 1, 2, 2)};
    const struct given integers[GIVEN_MAX] = {{"chosen", DTYPE_I32, 2, {3, 2}, NULL},
                                              {"rejected", DTYPE_I32, 2, {3, 2}, NULL}};
    const struct given uneven[GIVEN_MAX] = {{"chosen", DTYPE_F32, 2, {3, 2}, NULL},
                                            {"rejected", DTYPE_F32, 2, {2, 2}, NULL}};
    const struct {
        const char *name;
        const struct given *given;
    } files[] = {{"outside.features", outside},
                 {"unpaired.features", no_pairs},
                 {"untrained.features", untrained},
                 {"integer.features", integers},
                 {"uneven.features", uneven}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        write_named(files[i].name, files[i].given, NULL);
    write_features("nan.features", "chosen", NAN);
    write_features("infinite.features", "rejected", -INFINITY);
    write_features("prompt.features", "prompt", NAN);
    write_file("empty.features", "");
    write_file("text.features", "these are no features at all\n");
    static const char huge[] = "\xff\xff\xff\xff\xff\xff\xff\x7f{}";
    folder_write(&here, "huge.features", huge, sizeof huge - 1);
    static const char overlap[] =
        "\x80\0\0\0\0\0\0\0"
        "{\"chosen\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
        "\"rejected\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[4,12]}}   "
        "12345678"
        "1234";
    folder_write(&here, "overlap.features", overlap, sizeof overlap - 1);
}

static void test_refuses(void **state)
{
    (void)state;
    write_bad_files();
    static const struct refusal refusals[] = {
        {"train nothing.features --out out.model", 3, "'nothing.features'"},
        {"train . --out out.model", 3, "chosen.npy"},
        {"train empty.features --out out.model", 3, "'empty.features'"},
        {"train text.features --out out.model", 3, "'text.features'"},
        {"train huge.features --out out.model", 3, "'huge.features'"},
        {"train overlap.features --out out.model", 3, "'overlap.features'"},
        {"train out.model --out out.model", 3, "'microscope.model/1'"},
        {"train outside.features --out out.model", 3, "'pair.chosen' row 2 is 4"},
        {"train unpaired.features --out out.model", 3, "no pairs to train on"},
        {"train untrained.features --router static --out out.model", 3,
         "no pairs in the train split"},
        {"train integer.features --out out.model", 3, "'chosen' is I32 [3, 2]"},
        {"train uneven.features --out out.model", 3, "'rejected' has 2 rows, expected 3"},
        {"train nan.features --out out.model", 3, "'nan.features': chosen row 7"},
        {"train infinite.features --out out.model", 3,
         "'infinite.features': rejected row 7"},
        {"train prompt.features --out out.model", 3, "'prompt.features': prompt row 7"},
        {"train good.features --heads 31 --out out.model", 3,
         "'good.features': 31 heads are more than the 30 pairs"},
        {"train good.features --heads 0 --out out.model", 2, "--heads wants"},
        {"train good.features --router mpl --out out.model", 2, "did you mean 'mlp'"},
        {"train good.features --learning-rate nan --out out.model", 2,
         "--learning-rate wants"},
        {"train good.features --epochs 0 --out out.model", 2, "--epochs wants"},
        {"train good.features", 2, "--out"},
        {"train good.features --out out.model.gz", 2, "'out.model.gz'"},
        {"train good.features --out .", 3, "cannot write '.'"},
        {"train good.features --out no/where", 3, "cannot write 'no/where'"},
        {"train good.features --out /dev/full" SMALL, 3, "No space left"},
        {"train good.features --init nothing --out out.model", 3, "'nothing'"},
        {"train good.features --init good.features --out out.model", 3, "'good.features'"},
        {"train good.features --init linear.model --out out.model", 3,
         "microscope: 'linear.model': the starting parameters are linear with 3 heads"},
        {"train good.features --resume nothing --out out.model", 3, "'nothing'"},
        {"train good.features --resume out.model --out out.model", 3, "'out.model'"},
    };
    ASSERT_REFUSED(refusals);
}

/* Wherever the features are cut, the model that was there before stays. */
static void test_features_cut_anywhere(void **state)
{
    (void)state;
    size_t length;
    free(folder_read("good.features", &length));
    for (size_t n = 0; n < length; n += length / 15) {
        cut_file("good.features", "cut.features", n);
        assert_refuses(
            &(struct refusal){"train cut.features --out out.model", 3, "'cut.features'"});
    }
}

/* One prompt cannot be divided, so nothing is held out; two pairs are enough to train. */
static void test_least_features(void **state)
{
    (void)state;
    const struct given one_prompt[GIVEN_MAX] = {{"prompt", DTYPE_F32, 2, {1, 3}, NULL},
                                                RESPONSE(DTYPE_F32),
                                                CHOSEN,
                                                REJECTED,
                                                INDEX("pair.prompt", 0, 0, 0)};
    write_named("one.features", one_prompt, NULL);
    struct json *report =
        report_of("train one.features --out one.model --heads 3 --hidden 2 --json");
    assert_true(number_of(report, "training_pairs") == 3);
    assert_true(number_of(report, "holdout_pairs") == 0);
    json_free(report);
    assert_refuses(&(struct refusal){"train one.features --out one.model --heads 4", 3,
                                     "4 heads are more than the 3 pairs"});
}

/* ---- stopping and going on ---- */

/* A hundred thousand steps of ten microseconds. */
#define LONG                                                                               \
    "train good.features --heads 2 --hidden 2 --restarts 1 --epochs 100000 --patience 0 "  \
    "--threads 1 --out long.model"

static void await_training(struct child child)
{
    char seen[64] = "";
    while (!strstr(seen, "training")) {
        struct pollfd err = {.fd = child.err, .events = POLLIN};
        assert_true(poll(&err, 1, 20000) > 0);
        ssize_t n = read(child.err, seen, sizeof seen - 1);
        assert_true(n > 0);
        seen[n] = '\0';
    }
}

/* Starts a line with progress on a terminal and interrupts it when there is some. */
static struct result interrupted(const char *words)
{
    struct child child = start(microscope, words, CAUGHT, TERMINAL);
    await_training(child);
    child_signal(child, SIGINT);
    return finish(child);
}

static void test_interrupted(void **state)
{
    (void)state;
    must_run(LONG);
    assert_int_equal(rename("long.model", "whole.model"), 0);
    write_file("long.model", "what was here before");
    struct result result = interrupted(LONG);
    assert_int_equal(result.code, 130);
    assert_string_equal(result.out.bytes, "");
    assert_non_null(strstr(result.err.bytes, "training was stopped at step "));
    assert_non_null(strstr(result.err.bytes, "--resume 'long.model.run'"));
    assert_file_holds("long.model", "what was here before");
    done(&result);

    /* Once more on the way, and then to the end. */
    result = interrupted(LONG " --resume long.model.run");
    assert_int_equal(result.code, 130);
    assert_file_holds("long.model", "what was here before");
    done(&result);
    must_run(LONG " --resume long.model.run");
    assert_same_bytes("long.model", "whole.model");
}

/* After test_interrupted: a kept run is gone on with by its own settings only. */
static void test_resume_refuses(void **state)
{
    (void)state;
    size_t length;
    free(folder_read("long.model.run", &length));
    cut_file("long.model.run", "cut.run", length / 2);
    static const struct refusal refusals[] = {
        {LONG " --resume cut.run", 3, "'cut.run'"},
        {LONG " --resume good.features", 3, "'good.features' is no training run"},
        {LONG " --resume long.model.run --alpha 0.25", 3,
         "microscope: 'long.model.run' is of another run: its models is"},
        {LONG " --resume long.model.run --seed 2", 3, "its seed is"},
        {LONG " --resume long.model.run --no-single", 3, "its models is"},
    };
    ASSERT_REFUSED(refusals);
}

/* Features that somebody writes over while they are trained on: one message, and no model. */
static void test_features_cut_short(void **state)
{
    (void)state;
    copy_shipped("demo.features.safetensors", "demo.features");
    struct child child =
        start(microscope,
              "train demo.features --heads 2 --hidden 2 --restarts 1 --epochs 100000 "
              "--patience 0 --threads 2 --out never.model",
              CAUGHT, TERMINAL);
    await_training(child);
    assert_int_equal(truncate("demo.features", 5000), 0);
    struct result result = finish(child);
    assert_int_equal(result.signal, 0);
    assert_int_equal(result.code, 3);
    assert_non_null(
        strstr(result.err.bytes, "'demo.features' was cut short while it was being read"));
    assert_string_equal(result.out.bytes, "");
    assert_int_equal(access("never.model", F_OK), -1);
    done(&result);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report),
        cmocka_unit_test(test_model_on_standard_output),
        cmocka_unit_test(test_start_from_a_model),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_features_cut_anywhere),
        cmocka_unit_test(test_least_features),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_features_cut_short),
        cmocka_unit_test(test_resume_refuses),
    };
    if (argc < 2)
        return EXIT_FAILURE;
    enter_folder(argv[1]);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, set_up, NULL);
    leave_folder();
    return failed;
}
