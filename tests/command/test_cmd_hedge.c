/* `hedge` as a user runs it, and what it refuses. argv[1] is the program. */
#define _XOPEN_SOURCE 700
#include "in_folder.h"
#include "made_features.h"

static void link_data(const char *name, const char *as)
{
    char path[512];
    snprintf(path, sizeof path, "%s/data/%s", getenv("MICROSCOPE_SOURCE"), name);
    assert_int_equal(symlink(path, as), 0);
}

static int set_up(void **state)
{
    (void)state;
    link_data("demo.features.safetensors", "demo.features");
    link_data("demo.model.safetensors", "demo.model");
    write_features("good.features", NULL, 0);
    must_run("train good.features --out good.model" SMALL);
    return 0;
}

static double cell(const struct json *report, const char *table, size_t row,
                   const char *column)
{
    const struct json *tables = json_get(report, "tables");
    const struct json *at = json_first(json_get(json_get(tables, table), "rows"));
    for (size_t i = 0; i < row; i++)
        at = json_next(at);
    return number_of(at, column);
}

static size_t count_rows(const struct json *report, const char *table)
{
    return json_length(json_get(json_get(json_get(report, "tables"), table), "rows"));
}

/* Of every row: weights on the simplex, P the mixture of the p by the weights before, loss
 * its logarithm, regret below its bound, and the next weights where the router has one
 * prior for all prompts. */
static void check_steps(const struct json *report, size_t n, bool bounded)
{
    double loss = 0;
    assert_int_equal(count_rows(report, "steps"), n);
    for (size_t i = 0; i < n; i++) {
        double before = 0, after = 0, mixture = 0;
        for (int k = 1; k <= 10; k++) {
            char p[16], b[16], a[16];
            snprintf(p, sizeof p, "p_h%d", k);
            snprintf(b, sizeof b, "before_h%d", k);
            snprintf(a, sizeof a, "after_h%d", k);
            before += cell(report, "steps", i, b);
            after += cell(report, "steps", i, a);
            mixture += cell(report, "steps", i, b) * cell(report, "steps", i, p);
        }
        assert_near(before, 1, 1e-9, 0);
        assert_near(after, 1, 1e-9, 0);
        assert_near(cell(report, "steps", i, "probability"), mixture, 1e-9, 0);
        assert_near(cell(report, "steps", i, "loss"), -log(mixture), 1e-9, 1e-9);
        assert_true((cell(report, "steps", i, "right") > 0) == (mixture > 0.5));
        loss += cell(report, "steps", i, "loss");
        assert_true(cell(report, "steps", i, "regret") <= loss + 1e-9);
        double bound = cell(report, "steps", i, "bound");
        assert_true(bounded ? cell(report, "steps", i, "regret") <= bound + 1e-9
                            : isnan(bound));
    }
}

static void test_steps_add_up(void **state)
{
    (void)state;
    static const struct {
        const char *options;
        size_t labels;
        bool bounded;
    } cases[] = {
        {"", 16, true},
        {"--pairs 0", 0, true},
        {"--pairs 5 --context short", 5, true},
        {"--pairs 20 --tau 0.1 --share 0.05 --order random", 20, true},
        {"--pairs 12 --rule em --order informative", 12, false},
        {"--pairs 9 --pool 4 --tau 3", 4, true},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char words[200];
        snprintf(words, sizeof words,
                 "hedge demo.features demo.model --attribute factual-accuracy --json -q %s",
                 cases[c].options);
        struct json *report = report_of(words);
        assert_true(number_of(report, "labels") == (double)cases[c].labels);
        check_steps(report, cases[c].labels, cases[c].bounded);
        assert_int_equal(count_rows(report, "test"), 3);
        json_free(report);
    }
}

/* Labels help on the test pairs; without any, adapted is the prior. */
static void test_scores(void **state)
{
    (void)state;
    struct json *none =
        report_of("hedge demo.features demo.model -a factual-accuracy --pairs 0 --json -q");
    struct json *some =
        report_of("hedge demo.features demo.model -a factual-accuracy --json -q");
    double prior = cell(none, "test", 1, "accuracy");
    assert_near(cell(none, "test", 0, "accuracy"), prior, 0, 0);
    assert_near(cell(some, "test", 1, "accuracy"), prior, 0, 0);
    assert_true(cell(some, "test", 0, "accuracy") > prior + 0.05);
    json_free(none);
    json_free(some);
}

/* The claim of the documentation, on two seeds: the informative order does with three labels
 * what a random one does with more. */
static void test_compares_orders(void **state)
{
    (void)state;
    struct json *report = report_of(
        "hedge demo.features demo.model --compare-orders 2 --pool 128 --pairs 8 --json -q");
    assert_true(number_of(report, "attributes") == 9);
    assert_int_equal(count_rows(report, "orders"), 9);
    double start = cell(report, "orders", 0, "accuracy_random");
    assert_near(cell(report, "orders", 0, "accuracy_informative"), start, 0, 0);
    assert_true(cell(report, "orders", 3, "accuracy_informative") >
                cell(report, "orders", 3, "accuracy_random"));
    assert_true(cell(report, "orders", 8, "accuracy_random") > start + 0.05);
    json_free(report);
}

/* What people see fits in tables of one screen each, and says no NaN. */
static void test_modes(void **state)
{
    (void)state;
    static const char *const modes[] = {"table", "json", "csv", "tsv", "markdown"};
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
        char words[160];
        snprintf(words, sizeof words,
                 "hedge good.features good.model -a brevity --rule em --mode %s", modes[m]);
        struct result result = run(microscope, words);
        assert_int_equal(result.code, 0);
        assert_null(strstr(result.out.bytes, "nan"));
        done(&result);
    }
}

static void test_refuses(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {"hedge good.features good.model", 2, "'brevity', 'clarity', 'warmth'"},
        {"hedge good.features good.model -a bravery", 3, "no attribute 'bravery'"},
        {"hedge good.features good.model -a warmth", 3,
         "no pairs of the attribute 'warmth'"},
        {"hedge good.features good.model -a brevity --tau 0", 2, "--tau wants"},
        {"hedge good.features good.model -a brevity --tau -1", 2, "--tau wants"},
        {"hedge good.features good.model -a brevity --tau nan", 2, "--tau wants"},
        {"hedge good.features good.model -a brevity --share 1.5", 2, "--share wants"},
        {"hedge good.features good.model -a brevity --rule em --tau 2", 2, "neither tau"},
        {"hedge good.features good.model -a brevity --rule em --share 0.1", 2, "nor share"},
        {"hedge good.features good.model -a brevity --rule stack", 2, "--rule wants"},
        {"hedge good.features good.model -a brevity --context brief", 3, "encoder"},
        {"hedge demo.features demo.model -a factual-accuracy --context \xff", 2, "UTF-8"},
        {"hedge demo.features good.model -a factual-accuracy", 3, "heads read 4 numbers"},
        {"hedge good.features demo.model -a brevity", 3, "heads read 48 numbers"},
        {"hedge good.features good.model -a nothing --compare-orders 2", 3, "'nothing'"},
        {"hedge good.features none.model -a brevity", 3, "none.model"},
    };
    ASSERT_REFUSED(refusals);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps_add_up),    cmocka_unit_test(test_scores),
        cmocka_unit_test(test_compares_orders), cmocka_unit_test(test_modes),
        cmocka_unit_test(test_refuses),
    };
    if (argc < 2)
        return EXIT_FAILURE;
    enter_folder(argv[1]);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, set_up, NULL);
    leave_folder();
    return failed;
}
