/* `route` and `bound` as a user runs them, and what they refuse. argv[1] is the program. */
#define _XOPEN_SOURCE 700
#include "in_folder.h"
#include "made_features.h"

#define DEMO "demo.features demo.model "
#define ASK  DEMO "Plan "

/* A population small enough to encode and train in a moment. */
static int set_up(void **state)
{
    (void)state;
    must_run("synth --prompts 40 --out demo.jsonl");
    must_run("encode demo.jsonl --out demo.features");
    must_run("train demo.features --out demo.model" SMALL);
    must_run("train demo.features --no-single --out plain.model" SMALL);
    must_run("synth --prompts 40 --seed 2 --out other.jsonl");
    write_features("raw.features", NULL, 0);
    must_run("train raw.features --out raw.model" SMALL);
    return 0;
}

static const struct json *rows_of(const struct json *report, const char *table)
{
    return json_get(json_get(json_get(report, "tables"), table), "rows");
}

static double sum_of(const struct json *report, const char *column)
{
    double sum = 0;
    for (const struct json *row = json_first(rows_of(report, "weights")); row;
         row = json_next(row))
        sum += number_of(row, column);
    return sum;
}

/* ---- route ---- */

static void test_route_alone(void **state)
{
    (void)state;
    struct json *report = report_of("route " ASK "--json");
    assert_near(sum_of(report, "weight"), 1, 1e-5, 0);
    assert_int_equal(json_length(rows_of(report, "weights")), 2);
    assert_true(json_is_null(json_get(report, "entropy_with_context")));
    assert_null(rows_of(report, "nearest"));
    json_free(report);
}

static void test_route_with_context(void **state)
{
    (void)state;
    struct json *report =
        report_of("route " ASK "--context brief --nearest 3 --corpus demo.jsonl --json");
    assert_near(sum_of(report, "weight_with_context"), 1, 1e-5, 0);
    assert_near(sum_of(report, "difference"), 0, 0, 1e-6);
    const struct json *row = json_first(rows_of(report, "nearest"));
    double before = 1 + 1e-6;
    assert_int_equal(json_length(rows_of(report, "nearest")), 3);
    for (; row; row = json_next(row)) {
        assert_non_null(json_text(json_get(row, "context")));
        assert_non_null(json_text(json_get(row, "attribute")));
        assert_true(number_of(row, "cosine") <= before);
        before = number_of(row, "cosine");
    }
    json_free(report);

    /* Without the corpus the rows have numbers. */
    report = report_of("route " ASK "--context brief --json");
    row = json_first(rows_of(report, "nearest"));
    assert_true(number_of(row, "context") >= 0);
    json_free(report);
}

/* The corpus in place of the features: the model's own encoder reads the text. */
static void test_route_by_corpus(void **state)
{
    (void)state;
    static const char *const asked[] = {
        "demo.model Plan --json", "demo.model Plan --context brief --json --nearest 7",
        "demo.model Plan --context brief --json --nearest 0"};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        char words[160];
        snprintf(words, sizeof words, "route demo.jsonl %s", asked[i]);
        struct json *by_corpus = report_of(words);
        snprintf(words, sizeof words, "route demo.features %s --corpus demo.jsonl",
                 asked[i]);
        struct json *by_features = report_of(words);
        const struct json *row = json_first(rows_of(by_corpus, "weights"));
        const struct json *want = json_first(rows_of(by_features, "weights"));
        for (; want; row = json_next(row), want = json_next(want))
            assert_true(number_of(row, "weight") == number_of(want, "weight"));
        const struct json *near = json_get(json_get(by_features, "tables"), "nearest");
        assert_int_equal(near != NULL, i == 1);
        row = near ? json_first(rows_of(by_corpus, "nearest")) : NULL;
        want = near ? json_first(rows_of(by_features, "nearest")) : NULL;
        for (; want; row = json_next(row), want = json_next(want)) {
            assert_string_equal(json_text(json_get(row, "context")),
                                json_text(json_get(want, "context")));
            assert_true(number_of(row, "pairs") == number_of(want, "pairs"));
            /* The features hold the rows in F16. */
            assert_near(number_of(row, "cosine"), number_of(want, "cosine"), 1e-3, 0);
        }
        json_free(by_corpus);
        json_free(by_features);
    }
}

static void test_route_says_when_a_context_says_nothing(void **state)
{
    (void)state;
    struct result result = run(microscope, "route " ASK "--context= ");
    assert_int_equal(result.code, 0);
    done(&result);
    result = run(microscope, "route " ASK "--context \x01");
    assert_int_equal(result.code, 0);
    assert_non_null(strstr(result.out.bytes, "changes no feature"));
    done(&result);
}

static void test_route_refuses(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {"route", 2, "'route' needs FEATURES"},
        {"route " DEMO, 2, "'route' needs PROMPT"},
        {"route nothing demo.model Plan", 3, "'nothing'"},
        {"route " ASK "--context \xff\xfe", 2, "the context is not valid UTF-8 at byte 0"},
        {"route " DEMO "Pl\xc3(n", 2, "the prompt is not valid UTF-8 at byte 2"},
        {"route raw.features raw.model Plan", 3,
         "'raw.features': the features name the encoder 'test' without its settings"},
        {"route demo.features raw.model Plan", 3, "router reads 4 numbers a prompt"},
        {"route " ASK "--context brief --corpus other.jsonl", 3,
         "'other.jsonl': the corpus has "},
        {"route demo.jsonl "
         "demo.model Plan --corpus demo.jsonl",
         2, "'demo.jsonl' is a corpus itself"},
        {"route demo.jsonl raw.model Plan", 3,
         "'raw.model': the model does not name the encoder"},
        {"route nothing.jsonl demo.model Plan", 3, "'nothing.jsonl'"},
        {"route demo.jsonl nothing Plan", 3, "'nothing'"},
        {"route " ASK "--context brief --corpus nothing", 3, "'nothing'"},
        {"route " ASK "--nearest 1001", 2, "--nearest wants"},
    };
    ASSERT_REFUSED(refusals);
}

/* ---- bound ---- */

static void test_bound(void **state)
{
    (void)state;
    static const char *const splits[] = {"train", "holdout", "test"};
    for (size_t s = 0; s < 3; s++) {
        char words[128];
        snprintf(words, sizeof words, "bound " DEMO "--json --split %s", splits[s]);
        struct json *report = report_of(words);
        double entropy = number_of(report, "entropy"), floor = number_of(report, "floor");
        assert_true(entropy > 0);
        assert_true(number_of(report, "of_means") <= number_of(report, "pointwise"));
        assert_true(number_of(report, "pointwise") <= number_of(report, "weighted"));
        assert_true(entropy + number_of(report, "weighted") <= floor);
        assert_true(floor <= number_of(report, "single"));
        assert_true(number_of(report, "observed_single") > 0);
        assert_int_equal(json_length(rows_of(report, "levels")), 6);
        json_free(report);
    }
}

/* What is said of the labels is what eval says. */
static void test_bound_agrees_with_eval(void **state)
{
    (void)state;
    struct json *bound = report_of("bound " DEMO "--json");
    struct json *eval = report_of("eval " DEMO "--json --resamples 0");
    assert_near(number_of(bound, "observed_mixture"), number_of(eval, "nll"), 1e-6, 0);
    assert_near(number_of(bound, "observed_single"), number_of(eval, "single_nll"), 1e-6,
                0);
    json_free(bound);
    json_free(eval);
}

static void test_bound_without_single(void **state)
{
    (void)state;
    struct json *report = report_of("bound demo.features plain.model --json");
    assert_true(json_is_null(json_get(report, "single")));
    assert_true(json_is_null(json_get(report, "observed_single")));
    assert_int_equal(json_length(rows_of(report, "levels")), 5);
    json_free(report);
}

static void test_bound_refuses(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {"bound demo.features", 2, "'bound' needs MODEL"},
        {"bound demo.features nothing", 3, "'nothing'"},
        {"bound demo.features raw.model", 3, "the model's heads read 4 numbers a response"},
        {"bound " DEMO "--split all", 2, "--split wants"},
    };
    ASSERT_REFUSED(refusals);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_route_alone),
        cmocka_unit_test(test_route_with_context),
        cmocka_unit_test(test_route_by_corpus),
        cmocka_unit_test(test_route_says_when_a_context_says_nothing),
        cmocka_unit_test(test_route_refuses),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_bound_agrees_with_eval),
        cmocka_unit_test(test_bound_without_single),
        cmocka_unit_test(test_bound_refuses),
    };
    if (argc != 2)
        return 2;
    enter_folder(argv[1]);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, set_up, NULL);
    leave_folder();
    return failed;
}
