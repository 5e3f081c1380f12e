/* `compare` as a user runs it, and what it refuses. argv[1] is the program. */
#define _XOPEN_SOURCE 700
#include "in_folder.h"
#include "made_features.h"

#include "base/clock.h"

#define QUICK                                                                              \
    " --heads 2 --hidden 3 --restarts 1 --epochs 2 --runs 2 --budget 5 --components 3 "    \
    "--resamples 20 --threads 1"

/* Forty pairs of `attributes`, on four subsets of RewardBench say. */
static void write_subsets(const char *name)
{
    static float prompt[PAIRS * WIDTH], chosen[PAIRS * WIDTH], rejected[PAIRS * WIDTH];
    static int32_t split[PAIRS], attribute[PAIRS];
    fill(prompt, PAIRS * WIDTH, 1);
    fill(chosen, PAIRS * WIDTH, 2);
    fill(rejected, PAIRS * WIDTH, 3);
    for (size_t i = 0; i < PAIRS; i++) {
        split[i] = 2;
        attribute[i] = i < 16 ? 0 : i < 30 ? 1 : i < 35 ? 2 : 3;
    }
    const struct given given[GIVEN_MAX] = {
        {"prompt", DTYPE_F32, 2, {PAIRS, WIDTH}, prompt},
        {"chosen", DTYPE_F32, 2, {PAIRS, WIDTH}, chosen},
        {"rejected", DTYPE_F32, 2, {PAIRS, WIDTH}, rejected},
        {"attribute", DTYPE_I32, 1, {PAIRS}, attribute},
        {"split", DTYPE_I32, 1, {PAIRS}, split},
    };
    write_named(name, given, "[\"math-prm\", \"hep-go\", \"hep-js\", \"donotanswer\"]");
}

static int set_up(void **state)
{
    (void)state;
    write_features("good.features", NULL, 0);
    write_features("nan.features", "chosen", NAN);
    write_subsets("bench.features");
    must_run("train good.features --out good.model" SMALL);
    return 0;
}

static const struct json *rows_of(const struct json *report, const char *table)
{
    return json_get(json_get(json_get(report, "tables"), table), "rows");
}

static const struct json *row_of(const struct json *rows, const char *method)
{
    for (const struct json *row = json_first(rows); row; row = json_next(row))
        if (strcmp(json_text(json_get(row, "method")), method) == 0)
            return row;
    return NULL;
}

/* ---- what works ---- */

/* Every method has a row; what is lacking is a reason; the line of a row gives its figures. */
static void test_every_method_has_a_row(void **state)
{
    (void)state;
    struct json *report = report_of("compare good.features --json" QUICK);
    const struct json *rows = rows_of(report, "methods");
    size_t n = 0;
    for (const struct json *row = json_first(rows); row; row = json_next(row), n++) {
        const char *note = json_text(json_get(row, "note"));
        if (note) {
            assert_memory_equal(note, "not applicable: ", 16);
            assert_null(
                row_of(rows_of(report, "accuracy"), json_text(json_get(row, "method"))));
            continue;
        }
        assert_true(number_of(row, "mean") >= 0 && number_of(row, "mean") <= 1);
    }
    assert_int_equal(n, 24);
    const struct json *armo = row_of(rows, "armo-linear");
    assert_non_null(strstr(json_text(json_get(armo, "note")), "no ratings"));
    assert_non_null(
        strstr(json_text(json_get(row_of(rows, "micro-adapted"), "note")), "no contexts"));
    assert_string_equal(json_text(json_get(row_of(rows, "best-head"), "mark")), "oracle");
    const struct json *stack = row_of(rows, "stack");
    const char *line = json_text(json_get(stack, "command"));
    assert_memory_equal(line, "microscope compare good.features ", 33);
    assert_non_null(strstr(line, " --methods stack"));
    char words[512];
    snprintf(words, sizeof words, "%s --json --threads 1", line + strlen("microscope "));
    struct json *alone = report_of(words);
    const struct json *same = row_of(rows_of(alone, "methods"), "stack");
    assert_true(number_of(same, "mean") == number_of(stack, "mean"));
    assert_true(number_of(same, "difference") == number_of(stack, "difference"));
    assert_int_equal(json_length(rows_of(alone, "methods")), 2);
    json_free(alone);
    json_free(report);
}

static void test_given_model_and_reference(void **state)
{
    (void)state;
    struct json *report = report_of("compare good.features good.model --methods micro,em "
                                    "--reference em --json" QUICK);
    struct json *evaluation = report_of("eval good.features good.model --json");
    const struct json *rows = rows_of(report, "methods");
    const struct json *summary = rows_of(evaluation, "summary");
    const struct json *mixture = json_first(summary);
    assert_int_equal(json_length(rows), 2);
    assert_true(number_of(row_of(rows, "micro"), "mean") == number_of(mixture, "mean"));
    assert_true(isnan(number_of(row_of(rows, "em"), "difference")));
    assert_near(number_of(row_of(rows, "micro"), "difference"),
                number_of(row_of(rows, "micro"), "mean") -
                    number_of(row_of(rows, "em"), "mean"),
                0, 1e-9);
    json_free(evaluation);
    json_free(report);
}

/* Trained on one file and scored on another, whose attributes are subsets: all labels must come
 * from its test split, and the categories are weighed in two ways. */
static void test_other_features(void **state)
{
    (void)state;
    struct json *report =
        report_of("compare good.features --test bench.features --methods single,scratch "
                  "--labels test --json" QUICK);
    const struct json *cells = row_of(rows_of(report, "accuracy"), "single");
    const struct json *row = row_of(rows_of(report, "categories"), "single");
    double math = number_of(cells, "math-prm"), go = number_of(cells, "hep-go");
    assert_string_equal(json_text(json_get(row, "weights")), "own");
    assert_true(isnan(number_of(row, "chat")));
    /* hep-js and donotanswer have five pairs each, which are all labelled and never scored. */
    assert_true(isnan(number_of(cells, "hep-js")) && isnan(number_of(row, "safety")));
    assert_near(number_of(row, "reasoning"), (math + go) / 2, 1e-9, 0);
    json_free(report);
    report =
        report_of("compare good.features --test bench.features --methods single,scratch "
                  "--json" QUICK);
    const struct json *scratch = row_of(rows_of(report, "methods"), "scratch");
    assert_non_null(strstr(json_text(json_get(scratch, "note")), "--labels test"));
    json_free(report);
}

/* ---- what is refused ---- */

static void test_refuses(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {"compare", 2, "'compare' needs FEATURES"},
        {"compare nothing", 3, "'nothing'"},
        {"compare good.features nothing", 3, "'nothing'"},
        {"compare good.features --methods single,stuck", 2, "is it 'stack'?"},
        {"compare good.features --methods \"\"", 2, "--methods"},
        {"compare good.features --methods em,", 2, "--methods: there is no ''"},
        {"compare good.features --reference best", 2, "--reference"},
        {"compare good.features --tau 0", 2, "--tau wants a number above 0"},
        {"compare good.features --temperature 0", 2, "--temperature wants"},
        {"compare good.features --heads 31", 3, "31 heads are more than the 30 pairs"},
        {"compare good.features --by user", 3, "no pair of the test split has a user"},
        {"compare good.features --verbosity length", 3, "there is no attribute 'length'"},
        {"compare good.features --labels test --budget 1000", 3,
         "all pairs of the test split"},
        {"compare nan.features --methods micro --heads 2 --budget 0", 3,
         "'nan.features': chosen row 7"},
        {"compare nan.features --methods maxmin --reference maxmin --heads 2 --budget 0", 3,
         "'nan.features': the responses of pair 7"},
        {"compare nan.features --methods micro --heads 2 --budget 100", 3,
         "'nan.features': the responses of pair 7"},
        {"compare good.features --test nan.features --methods micro --heads 2 --budget 100",
         3, "'nan.features': the responses of pair 7"},
        {"compare good.features --test nan.features --by user", 3,
         "'nan.features': no pair"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        assert_refuses(&refusals[i]);
}

/* ---- stopping ---- */

static void test_interrupted(void **state)
{
    (void)state;
    struct child child = start(
        microscope,
        "compare good.features --methods micro --epochs 100000 --patience 0 --hidden 64",
        CAUGHT, TERMINAL);
    char seen[256] = "";
    while (!strstr(seen, "run 1 of 5")) {
        struct pollfd err = {.fd = child.err, .events = POLLIN};
        assert_true(poll(&err, 1, 20000) > 0);
        ssize_t n = read(child.err, seen, sizeof seen - 1);
        assert_true(n > 0);
        seen[n] = '\0';
    }
    child_signal(child, SIGINT);
    struct result result = finish(child);
    assert_int_equal(result.code, 130);
    assert_string_equal(result.out.bytes, "");
    assert_non_null(strstr(result.err.bytes, "the comparison was stopped in run 1 of 5"));
    done(&result);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_method_has_a_row),
        cmocka_unit_test(test_given_model_and_reference),
        cmocka_unit_test(test_other_features),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_interrupted),
    };
    if (argc != 2)
        return 2;
    enter_folder(argv[1]);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, set_up, NULL);
    leave_folder();
    return failed;
}
