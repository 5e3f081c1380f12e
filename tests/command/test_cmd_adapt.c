/* `adapt`, and `eval --route context`, as a user runs them on the shipped demo population,
 * and what they refuse. argv[1] is the program. */
#define _XOPEN_SOURCE 700
#include "in_folder.h"
#include "made_features.h"

/* Contexts everywhere, and attributes nowhere. */
static void write_without_attributes(const char *name)
{
    static float rows[PAIRS * WIDTH];
    static int32_t index[PAIRS], split[PAIRS];
    fill(rows, PAIRS * WIDTH, 5);
    for (size_t i = 0; i < PAIRS; i++) {
        index[i] = (int32_t)i;
        split[i] = i < 30 ? 0 : 2;
    }
    static int32_t other[PAIRS];
    for (size_t i = 0; i < PAIRS; i++)
        other[i] = (int32_t)((i + 1) % PAIRS);
    const struct given given[GIVEN_MAX] = {
        {"prompt", DTYPE_F32, 2, {PAIRS, WIDTH}, rows},
        {"context", DTYPE_F32, 2, {PAIRS, WIDTH}, rows},
        {"response", DTYPE_F32, 2, {PAIRS, WIDTH}, rows},
        {"pair.prompt", DTYPE_I32, 1, {PAIRS}, index},
        {"pair.context", DTYPE_I32, 1, {PAIRS}, index},
        {"pair.chosen", DTYPE_I32, 1, {PAIRS}, index},
        {"pair.rejected", DTYPE_I32, 1, {PAIRS}, other},
        {"pair.split", DTYPE_I32, 1, {PAIRS}, split},
    };
    write_named(name, given, NULL);
}

static int set_up(void **state)
{
    (void)state;
    copy_shipped("demo.features.safetensors", "demo.features");
    copy_shipped("demo.model.safetensors", "demo.model");
    write_features("plain.features", NULL, 0);
    write_without_attributes("bare.features");
    must_run("train plain.features --out plain.model" SMALL);
    must_run("train plain.features --out single.model --router none --epochs 2");
    return 0;
}

static double mean_of_summary(const struct json *report, const char *predictor)
{
    const struct json *rows =
        json_get(json_get(json_get(report, "tables"), "summary"), "rows");
    for (const struct json *row = json_first(rows); row; row = json_next(row))
        if (strcmp(json_text(json_get(row, "predictor")), predictor) == 0)
            return number_of(row, "mean");
    fail_msg("no row '%s'", predictor);
    return 0;
}

/* ---- what works ---- */

/* The model that is written is the first run's: eval says the same of it. */
static void test_model_and_report(void **state)
{
    (void)state;
    struct json *report = report_of("adapt demo.features demo.model --runs 1 --budget 20 "
                                    "--out adapted.safetensors --json");
    struct json *evaluation = report_of(
        "eval demo.features adapted.safetensors --route context --resamples 0 --json");
    struct json *before =
        report_of("eval demo.features demo.model --route context --resamples 0 --json");
    double adapted = mean_of_summary(report, "adapted router");
    assert_near(mean_of_summary(evaluation, "mixture"), adapted, 1e-9, 0);
    assert_near(mean_of_summary(before, "mixture"), number_of(report, "by_context"), 1e-9,
                0);
    assert_near(mean_of_summary(before, "single head"), number_of(report, "single_head"),
                1e-9, 0);
    assert_true(adapted > number_of(report, "by_context") + 0.02);
    static const char *const rows[] = {"hedge",   "em",          "stack",    "em-residual",
                                       "scratch", "from-single", "best head"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_true(mean_of_summary(report, rows[i]) > 0.6);
    struct result info = run(microscope, "info adapted.safetensors");
    assert_non_null(strstr(info.out.bytes, "adapted_from"));
    done(&info);
    json_free(before);
    json_free(evaluation);
    json_free(report);
}

/* No labels: the router as it is, and the file that is written says so of itself. */
static void test_no_labels(void **state)
{
    (void)state;
    struct json *report = report_of(
        "adapt demo.features demo.model --budget 0 --runs 2 -o same.model --json");
    assert_true(mean_of_summary(report, "adapted router") ==
                number_of(report, "by_context"));
    struct result one = run(microscope, "eval demo.features demo.model --json");
    struct result same = run(microscope, "eval demo.features same.model --json");
    assert_string_equal(one.out.bytes, same.out.bytes);
    done(&one);
    done(&same);
    json_free(report);
}

/* More labels than there are: all are used, and it is said. */
static void test_budget_larger_than_the_data(void **state)
{
    (void)state;
    struct result result =
        run(microscope, "adapt demo.features demo.model --budget 500 --runs 1 --epochs 1");
    assert_int_equal(result.code, 0);
    assert_non_null(strstr(result.out.bytes, "attributes have fewer pairs with contexts "
                                             "than the"));
    done(&result);
}

static void test_same_seed_same_bytes(void **state)
{
    (void)state;
    must_run("adapt demo.features demo.model --budget 5 --runs 1 --threads 1 -o a.model");
    must_run("adapt demo.features demo.model --budget 5 --runs 2 --threads 1 -o b.model");
    assert_same_bytes("a.model", "b.model");
}

/* em is Algorithm 1 with tau 1; a rule without router shows its own figures by attribute. */
static void test_rules(void **state)
{
    (void)state;
    static const char *const options[] = {"--rule em", "--tau 1", "--rule stack"};
    struct result results[3];
    for (size_t i = 0; i < 3; i++) {
        char words[128];
        snprintf(
            words, sizeof words,
            "adapt demo.features demo.model --budget 10 --runs 1 --mode csv --quiet %s",
            options[i]);
        results[i] = run(microscope, words);
        assert_int_equal(results[i].code, 0);
    }
    assert_string_equal(results[0].out.bytes, results[1].out.bytes);
    assert_string_not_equal(results[0].out.bytes, results[2].out.bytes);
    for (size_t i = 0; i < 3; i++)
        done(&results[i]);
}

static void test_modes(void **state)
{
    (void)state;
    static const char *const modes[] = {"table", "json", "csv", "tsv", "markdown"};
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
        char words[128];
        snprintf(words, sizeof words,
                 "adapt demo.features demo.model --budget 0 --runs 1 --mode %s", modes[m]);
        struct result result = run(microscope, words);
        assert_int_equal(result.code, 0);
        assert_null(strstr(result.out.bytes, "nan"));
        done(&result);
    }
}

/* The points of an ablation are what adapt says of each. */
static void test_ablations(void **state)
{
    (void)state;
    struct json *budgets =
        report_of("ablate budget demo.features demo.model 0,10 --seeds 2 --json");
    struct json *taus =
        report_of("ablate tau demo.features demo.model --values 1 --seeds 1 --json");
    struct json *ten =
        report_of("adapt demo.features demo.model --budget 10 --runs 2 --json");
    struct json *one = report_of("adapt demo.features demo.model --tau 1 --runs 1 --json");
    const struct json *row =
        json_first(json_get(json_get(json_get(budgets, "tables"), "budget"), "rows"));
    assert_true(number_of(row, "adapted") == number_of(budgets, "by_context"));
    row = json_next(row);
    assert_true(number_of(row, "pairs") == 90);
    assert_true(number_of(row, "adapted") == mean_of_summary(ten, "adapted router"));
    assert_true(number_of(row, "stack") == mean_of_summary(ten, "stack"));
    row = json_first(json_get(json_get(json_get(taus, "tables"), "tau"), "rows"));
    assert_true(number_of(row, "adapted") == mean_of_summary(one, "adapted router"));
    assert_true(number_of(row, "cross_entropy") > number_of(row, "label_entropy"));
    json_free(one);
    json_free(ten);
    json_free(taus);
    json_free(budgets);
}

/* Models that are trained are adapted too where there are contexts. */
static void test_trained_and_adapted(void **state)
{
    (void)state;
#define HEADS                                                                              \
    "ablate heads demo.features --values 1,3 --seeds 2 --epochs 2 --hidden 4 --json"
    struct json *with = report_of(HEADS " --budget 5"),
                *without = report_of(HEADS " --budget 0");
    const struct json *row =
        json_first(json_get(json_get(json_get(with, "tables"), "ablation"), "rows"));
    const struct json *other =
        json_first(json_get(json_get(json_get(without, "tables"), "ablation"), "rows"));
    assert_true(number_of(with, "budget") == 5);
    assert_true(number_of(row, "adapted") == number_of(row, "mixture")); /* one head */
    row = json_next(row);
    assert_true(number_of(row, "adapted") > 0.4);
    assert_true(number_of(row, "adapted") != number_of(row, "mixture"));
    assert_int_equal(json_length(json_get(row, "adapted_interval")), 2);
    assert_null(json_get(other, "adapted"));
    other = json_next(other);
    assert_true(number_of(row, "mixture") == number_of(other, "mixture"));
    json_free(with);
    json_free(without);
}

/* ---- what is refused ---- */

static void test_refusals(void **state)
{
    (void)state;
#define ADAPT "adapt demo.features demo.model "
    static const struct refusal refusals[] = {
        {ADAPT "--tau 0", 2, "--tau wants a number above 0, not 0"},
        {ADAPT "--tau -1", 2, "--tau wants a number of at least 0"},
        {ADAPT "--tau nan", 2, "--tau wants"},
        {ADAPT "--tau inf", 2, "--tau wants"},
        {ADAPT "--learning-rate fast", 2, "--learning-rate wants a number"},
        {ADAPT "--learning-rate 0", 2, "--learning-rate wants a number"},
        {ADAPT "--budget -3", 2, "--budget wants"},
        {ADAPT "--runs 0", 2, "--runs wants"},
        {ADAPT "--rule scratch", 2, "--rule wants one of hedge, em, stack, em-residual"},
        {ADAPT "--rule stack --out x.model", 2, "adapts no router that --out could write"},
        {ADAPT "--out nowhere/x.model", 3, "nowhere"},
        {"adapt absent.features demo.model", 3, "'absent.features'"},
        {"adapt demo.features absent.model", 3, "'absent.model'"},
        {"adapt plain.features plain.model", 3,
         "'plain.features': no pair of the train split has a context to adapt to"},
        {"adapt bare.features plain.model", 3,
         "'bare.features': no pair with a context in the train split has an attribute"},
        {"adapt bare.features plain.model --split holdout", 3,
         "there are no pairs in the holdout split"},
        {"adapt demo.features plain.model", 3, "heads read 4 numbers a response"},
        {"adapt plain.features demo.model", 3, "heads read 48 numbers a response"},
        {"adapt demo.features single.model", 3, "heads read 4 numbers a response"},
        {"ablate budget demo.features", 2, "ablate budget adapts a model"},
        {"ablate budget demo.features demo.model --values 1,x", 2, "--values wants"},
        {"ablate budget demo.features demo.model --values 1.5", 2, "whole number"},
        {"ablate tau demo.features demo.model --values 0", 2, "--values wants"},
        {"ablate tau plain.features plain.model", 3, "'plain.features': no pair"},
        {"eval plain.features plain.model --route both", 2,
         "--route wants one of prompt, context"},
    };
    ASSERT_REFUSED(refusals);
}

/* Features without contexts are evaluated by their prompts, and that is said. */
static void test_route_without_contexts(void **state)
{
    (void)state;
    struct result result =
        run(microscope, "eval plain.features plain.model --route context");
    assert_int_equal(result.code, 0);
    assert_non_null(strstr(result.out.bytes, "hold no contexts"));
    done(&result);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_model_and_report),
        cmocka_unit_test(test_no_labels),
        cmocka_unit_test(test_budget_larger_than_the_data),
        cmocka_unit_test(test_same_seed_same_bytes),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_ablations),
        cmocka_unit_test(test_trained_and_adapted),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_route_without_contexts),
    };
    assert_int_equal(argc, 2);
    enter_folder(argv[1]);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, set_up, NULL);
    leave_folder();
    return failed;
}
