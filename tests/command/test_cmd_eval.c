/* `eval` as a user runs it, and what it refuses. argv[1] is the program. */
#define _XOPEN_SOURCE 700
#include "in_folder.h"
#include "made_features.h"

static int set_up(void **state)
{
    (void)state;
    write_features("good.features", NULL, 0);
    must_run("train good.features --out good.model" SMALL);
    return 0;
}

/* ---- what works ---- */

static void test_reports_of_splits(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        double pairs;
    } cases[] = {{"eval good.features good.model --json", 5},
                 {"eval good.features good.model --json --split train", 30},
                 {"eval good.features good.model --json --split holdout --rule reward", 5},
                 {"eval good.features good.model --json --resamples 0", 5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json *report = report_of(cases[i].words);
        assert_true(number_of(report, "pairs") == cases[i].pairs);
        assert_true(number_of(report, "nll") > 0);
        json_free(report);
    }
}

/* The same line says the same, whatever the number of threads. */
static void test_same_seed_same_report(void **state)
{
    (void)state;
    struct result one = run(microscope, "eval good.features good.model --json --threads 1");
    struct result same =
        run(microscope, "eval good.features good.model --json --threads 2");
    struct result other = run(microscope, "eval good.features good.model --json --seed 2");
    assert_string_equal(one.out.bytes, same.out.bytes);
    assert_string_not_equal(one.out.bytes, other.out.bytes);
    done(&one);
    done(&same);
    done(&other);
}

/* An attribute that no pair has is shown without figures and does not spoil the means. */
static void test_attribute_without_pairs(void **state)
{
    (void)state;
    static const char *const modes[] = {"table", "json",  "csv",   "tsv",  "markdown",
                                        "box",   "jsonl", "latex", "plain"};
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
        char words[128];
        snprintf(words, sizeof words, "eval good.features good.model --mode %s", modes[m]);
        struct result result = run(microscope, words);
        assert_int_equal(result.code, 0);
        assert_non_null(strstr(result.out.bytes, "warmth"));
        assert_null(strstr(result.out.bytes, "nan"));
        done(&result);
    }
}

/* One cell a row, shaped by the options of every command. */
static void test_cells(void **state)
{
    (void)state;
    struct result result =
        run(microscope, "eval good.features good.model --table cells -q "
                        "--where pairs>0 --sort -accuracy --top 3 --mode "
                        "csv --columns accuracy,pairs,right");
    assert_int_equal(result.code, 0);
    char *at = strchr(result.out.bytes, '\n') + 1;
    assert_memory_equal(result.out.bytes, "accuracy,pairs,right\n", 21);
    double before = 2;
    size_t n = 0;
    for (; *at; at = strchr(at, '\n') + 1, n++) {
        char *pairs, *right;
        double accuracy = strtod(at, &pairs);
        double all = strtod(pairs + 1, &right);
        assert_true(accuracy <= before && all > 0);
        assert_true(fabs(accuracy - strtod(right + 1, NULL) / all) < 1e-12);
        before = accuracy;
    }
    assert_int_equal(n, 3);
    done(&result);
}

/* ---- what is refused ---- */

static void write_bad_files(void)
{
    const struct given wide_heads[GIVEN_MAX] = {
        {"score.weight", DTYPE_F32, 2, {2, WIDTH + 1}, NULL}};
    const struct given wide_router[GIVEN_MAX] = {
        {"score.weight", DTYPE_F32, 2, {2, WIDTH}, NULL},
        {"router.weight", DTYPE_F32, 2, {2, WIDTH + 2}, NULL},
        {"router.bias", DTYPE_F32, 1, {2}, NULL}};
    const struct given headless[GIVEN_MAX] = {
        {"router.weight", DTYPE_F32, 2, {2, WIDTH}, NULL}};
    const struct given half_router[GIVEN_MAX] = {
        {"score.weight", DTYPE_F32, 2, {2, WIDTH}, NULL},
        {"router.0.weight", DTYPE_F32, 2, {3, WIDTH}, NULL}};
    const float nan_weights[2 * WIDTH] = {1, 2, 3, NAN};
    const struct given spoiled[GIVEN_MAX] = {
        {"score.weight", DTYPE_F32, 2, {2, WIDTH}, nan_weights}};
    const struct given trained_only[GIVEN_MAX] = {
        {"chosen", DTYPE_F32, 2, {3, WIDTH}, NULL},
        {"rejected", DTYPE_F32, 2, {3, WIDTH}, NULL}};
    write_named("heads.model", wide_heads, NULL);
    write_named("router.model", wide_router, NULL);
    write_named("headless.model", headless, NULL);
    write_named("half.model", half_router, NULL);
    write_named("spoiled.model", spoiled, NULL);
    write_named("trained.features", trained_only, NULL);
    write_features("nan.features", "chosen", NAN);
    write_features("prompt.features", "prompt", INFINITY);
    write_file("empty", "");
    static const char index[] =
        "{\"weight_map\": {\"score.weight\": \"gone.safetensors\"}}";
    write_file("model.safetensors.index.json", index);
}

static void test_refuses(void **state)
{
    (void)state;
    write_bad_files();
    static const struct refusal refusals[] = {
        {"eval nothing good.model", 3, "'nothing'"},
        {"eval good.features nothing", 3, "'nothing'"},
        {"eval good.features", 2, "'eval' needs"},
        {"eval good.features good.model --where head>", 2, "--where: a value is wanted"},
        {"eval good.features good.model --table cells --sort x", 2,
         "--sort: there is no column 'x'"},
        {"eval good.features good.model --out good.model", 2, "is there already; --force"},
        {"eval good.features good.model --plot heat --json", 2, "--plot draws for people"},
        {"eval good.features .", 3, "it is a directory"},
        {"eval empty good.model", 3, "'empty'"},
        {"eval good.features empty", 3, "'empty'"},
        {"eval good.model good.features", 3, "'microscope.model/1'"},
        {"eval good.features good.features", 3,
         "'good.features' holds no tensor 'score.weight'"},
        {"eval good.features headless.model", 3, "'headless.model' holds no tensor"},
        {"eval good.features heads.model", 3,
         "'good.features': the model's heads read 5 numbers a response, the features have "
         "4"},
        {"eval good.features router.model", 3, "router reads 6 numbers a prompt"},
        {"eval good.features half.model", 3, "'half.model' has no tensor 'router.0.bias'"},
        {"eval good.features spoiled.model", 3,
         "'spoiled.model': tensor 'score.weight' holds NaN or infinity at element 3"},
        {"eval good.features model.safetensors.index.json", 3, "gone.safetensors"},
        {"eval nan.features good.model --split train", 3, "'nan.features': row 7"},
        {"eval prompt.features good.model --split train", 3, "'prompt.features': row 7"},
        {"eval trained.features good.model", 3, "no pairs in the test split"},
        {"eval good.features good.model --split tset", 2, "did you mean 'test'"},
        {"eval good.features good.model --rule logit", 2, "--rule wants"},
        {"eval good.features good.model --resamples -1", 2, "--resamples wants"},
        {"eval good.features good.model --table nothing", 2, "'nothing'"},
        {"eval good.features good.model --json --mode csv", 2, "--json contradicts"},
    };
    ASSERT_REFUSED(refusals);
}

static void test_models_cut_anywhere(void **state)
{
    (void)state;
    size_t length;
    free(folder_read("good.model", &length));
    for (size_t n = 0; n < length; n += length / 15) {
        cut_file("good.model", "cut.model", n);
        assert_refuses(&(struct refusal){"eval good.features cut.model", 3, "'cut.model'"});
    }
}

/* A row that is not finite matters only to the pairs that have it. */
static void test_other_splits_are_not_looked_at(void **state)
{
    (void)state;
    must_run("eval nan.features good.model --split test");
}

static void test_report_that_cannot_be_written(void **state)
{
    (void)state;
    if (access("/dev/full", W_OK))
        return;
    struct child child = start(microscope, "eval good.features good.model", FULL, CAUGHT);
    struct result result = finish(child);
    assert_int_equal(result.code, 3);
    assert_non_null(strstr(result.err.bytes, "No space left"));
    done(&result);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reports_of_splits),
        cmocka_unit_test(test_same_seed_same_report),
        cmocka_unit_test(test_attribute_without_pairs),
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_models_cut_anywhere),
        cmocka_unit_test(test_other_splits_are_not_looked_at),
        cmocka_unit_test(test_report_that_cannot_be_written),
    };
    if (argc < 2)
        return EXIT_FAILURE;
    enter_folder(argv[1]);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, set_up, NULL);
    leave_folder();
    return failed;
}
