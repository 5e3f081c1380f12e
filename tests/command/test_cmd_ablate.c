/* `ablate` as a user runs it, and what it refuses. argv[1] is the program. */
#define _XOPEN_SOURCE 700
#include "in_folder.h"
#include "made_features.h"

#include "base/clock.h"

#define QUICK " --hidden 3 --epochs 3 --threads 1 --json"

static int set_up(void **state)
{
    (void)state;
    write_features("good.features", NULL, 0);
    write_features("nan.features", "chosen", NAN);
    must_run("train good.features --out good.model" SMALL);
    return 0;
}

/* ---- what works ---- */

static const struct json *rows_of(const struct json *report)
{
    return json_get(json_get(json_get(report, "tables"), "ablation"), "rows");
}

static void test_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *words, *axis;
        double values[4];
        size_t n, seeds;
    } cases[] = {
        {"ablate heads good.features --to 4 --seeds 2" QUICK, "heads", {1, 2, 3, 4}, 4, 2},
        {"ablate heads good.features --values 3,1 --seeds 1" QUICK, "heads", {3, 1}, 2, 1},
        {"ablate heads good.features 3,1 --seeds 1" QUICK, "heads", {3, 1}, 2, 1},
        {"ablate alpha good.features .5,1e-3 --seeds 1" QUICK, "alpha", {.5, 1e-3}, 2, 1},
        {"ablate hidden good.features 4 --seeds 1 --epochs 1 --json", "hidden", {4}, 1, 1},
        {"ablate alpha good.features --values 0,0.25 --seeds 3" QUICK,
         "alpha",
         {0, 0.25},
         2,
         3},
        {"ablate hidden good.features --values 2,8,4 --seeds 1 --epochs 2 --threads 2 "
         "--json",
         "hidden",
         {2, 8, 4},
         3,
         1},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct json *report = report_of(cases[c].words);
        const struct json *row = json_first(rows_of(report));
        assert_true(number_of(report, "models") == (double)(cases[c].n * cases[c].seeds));
        for (size_t v = 0; v < cases[c].n; v++, row = json_next(row)) {
            assert_true(number_of(row, cases[c].axis) == cases[c].values[v]);
            assert_true(number_of(row, "mixture") >= 0);
            assert_true(number_of(row, "oracle") >= 0);
            assert_true(number_of(row, "nll") > 0);
            assert_true(number_of(row, "holdout_nll") > 0);
            assert_true(number_of(row, "seconds") > 0);
        }
        assert_null(row);
        json_free(report);
    }
}

/* Features without contexts: no column of the adapted mixture, and it is said why. */
static void test_nothing_to_adapt_to(void **state)
{
    (void)state;
    struct result result =
        run(microscope, "ablate heads good.features --values 2 --seeds 1" QUICK);
    assert_int_equal(result.code, 0);
    assert_null(strstr(result.out.bytes, "\"adapted"));
    assert_non_null(strstr(result.out.bytes,
                           "were not adapted to labelled pairs: no pair of the train split "
                           "has a context to adapt to."));
    done(&result);
}

/* One head is a single head: oracle, mixture and head are one. */
static void test_one_head(void **state)
{
    (void)state;
    struct json *report =
        report_of("ablate heads good.features --values 1 --seeds 1" QUICK);
    const struct json *row = json_first(rows_of(report));
    assert_true(number_of(row, "oracle") == number_of(row, "mixture"));
    assert_true(number_of(row, "router_entropy") == 0);
    json_free(report);
}

static void test_same_seed_same_figures(void **state)
{
    (void)state;
    static const char words[] =
        "ablate heads good.features --to 3 --seeds 2 --hidden 3 --epochs 3 --mode csv";
    struct result one = run(microscope, words), same = run(microscope, words);
    assert_int_equal(one.code, 0);
    /* All but the last column, the seconds. */
    for (char *a = strtok(one.out.bytes, "\n"), *b = same.out.bytes; a;
         a = strtok(NULL, "\n"), b = strchr(b, '\n') + 1) {
        const char *end = strrchr(a, ',');
        size_t length = (size_t)(end - a);
        while (length && a[length - 1] != ',') /* the mark may be the last one */
            length--;
        assert_memory_equal(a, b, length);
    }
    done(&one);
    done(&same);
}

/* ---- what is refused ---- */

static void test_refuses(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {"ablate", 2, "'ablate' needs KIND"},
        {"ablate haeds good.features", 2, "did you mean 'heads'"},
        {"ablate heads", 2, "'ablate' needs FEATURES"},
        {"ablate heads nothing", 3, "'nothing'"},
        {"ablate heads good.model", 3, "'microscope.model/1'"},
        {"ablate heads good.features --from 5 --to 4", 2, "--from 5 is more than --to 4"},
        {"ablate heads good.features --from 0", 2, "--from wants"},
        {"ablate heads good.features --values 1,two", 2, "--values wants"},
        {"ablate heads good.features --values 1,,2", 2, "--values wants"},
        {"ablate heads good.features --values 1.5", 2, "--values wants"},
        {"ablate heads good.features --values 0", 2, "--values wants"},
        {"ablate alpha good.features --values nan", 2, "--values wants"},
        {"ablate alpha good.features --values -1", 2, "--values wants"},
        {"ablate heads good.features --values 31", 3,
         "'good.features': 31 heads are more than the 30 pairs"},
        {"ablate hidden good.features --router static", 2, "has no hidden units"},
        {"ablate heads good.features good.model", 2, "has no use for 'good.model'"},
        {"ablate heads good.features 1,two", 2,
         "has no use for '1,two'; values are numbers"},
        {"ablate heads good.features 1,,2", 2, "LIST wants a whole number"},
        {"ablate heads good.features 1 --values 2", 2,
         "the values are given twice, as '1' and by --values '2'"},
        {"ablate budget good.features 5,10", 2, "ablate budget adapts a model"},
        {"ablate budget good.features good.model 5,1.5", 2, "LIST wants a whole number"},
        {"ablate heads good.features --seeds 0", 2, "--seeds wants"},
        {"ablate heads nan.features --to 2 --seeds 1 --epochs 2", 3,
         "'nan.features': chosen row 7"},
    };
    ASSERT_REFUSED(refusals);
}

/* ---- stopping ---- */

static void test_interrupted(void **state)
{
    (void)state;
    struct text before = list_files();
    struct child child = start(
        microscope, "ablate heads good.features --epochs 100000 --patience 0 --hidden 64",
        CAUGHT, TERMINAL);
    char seen[256] = "";
    while (!strstr(seen, "ahead at")) {
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
    assert_non_null(strstr(result.err.bytes, "the ablation was stopped after "));
    struct text after = list_files();
    assert_string_equal(after.bytes, before.bytes);
    text_done(&before);
    text_done(&after);
    done(&result);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_one_head),
        cmocka_unit_test(test_nothing_to_adapt_to),
        cmocka_unit_test(test_same_seed_same_figures),
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
