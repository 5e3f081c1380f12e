/* microscope prune on the shipped demo: what it says is what the written model does. */
#include "run.h"

#include "core/checkpoint.h"

static struct folder folder;
static const char *features, *model;

static int set_up(void **state)
{
    (void)state;
    static char paths[2][512];
    folder_make(&folder);
    features = strcpy(paths[0], source_path("data/demo.features.safetensors"));
    model = strcpy(paths[1], source_path("data/demo.model.safetensors"));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    folder_remove(&folder);
    return 0;
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static const struct json *accuracy_row(const struct json *report, const char *split,
                                       const char *predictor)
{
    const struct json *rows = rows_of(report, "accuracy");
    for (const struct json *row = json_first(rows); row; row = json_next(row))
        if (!strcmp(text_of(row, "split"), split) &&
            !strcmp(text_of(row, "predictor"), predictor))
            return row;
    fail_msg("there is no %s of the %s split", predictor, split);
    return NULL;
}

/* The mean accuracy that eval gives. */
static double evaluated(const char *path, const char *split, const char *predictor)
{
    struct json *report =
        run_well(RUN("eval", features, path, "--split", split, "--resamples", "0"));
    double mean =
        number_of(row_of(rows_of(report, "summary"), "predictor", predictor), "mean");
    json_free(report);
    return mean;
}

static void test_dry_run(void **state)
{
    (void)state;
    const char *out = folder_path(&folder, "not-written");
    struct json *report =
        run_well(RUN("prune", features, model, "--dry-run", "--out", out));
    assert_false(exists(out));
    assert_true(number_of(report, "heads_before") == 10);
    assert_string_equal(text_of(report, "split"), "holdout");
    double weight = 0, before = 1;
    size_t kept = 0;
    const struct json *rows = rows_of(report, "heads");
    for (const struct json *row = json_first(rows); row; row = json_next(row)) {
        double own = number_of(row, "weight");
        bool is_kept = strcmp(text_of(row, "verdict"), "kept") == 0;
        assert_true(own <= before);
        before = own;
        weight += own;
        kept += is_kept;
        if (is_kept)
            assert_string_equal(text_of(row, "cluster"), text_of(row, "head"));
        else
            assert_true(number_of(row, "correlation") >= 0.95);
    }
    assert_near(weight, 1, 1e-6, 0);
    assert_true(number_of(report, "heads_after") == (double)kept);
    assert_in_range(kept, 2, 9);
    const struct json *h2 = row_of(rows_of(report, "correlation"), "head", "h2");
    const struct json *h7 = row_of(rows_of(report, "correlation"), "head", "h7");
    assert_true(number_of(h2, "h2") == 1);
    assert_true(number_of(h2, "h7") == number_of(h7, "h2"));
    json_free(report);
}

/* Means before and after are those of eval on both files. */
static void check_written(const char *out, bool merge)
{
    struct json *report =
        run_well(RUN("prune", features, model, "--out", out, "--resamples", "200",
                     merge ? "--merge" : "--no-merge"));
    static const char *const splits[] = {"holdout", "test"};
    static const char *const predictors[] = {"mixture", "best head"};
    for (size_t s = 0; s < 2; s++)
        for (size_t p = 0; p < 2; p++) {
            const struct json *row = accuracy_row(report, splits[s], predictors[p]);
            double before = evaluated(model, splits[s], predictors[p]);
            double after = evaluated(out, splits[s], predictors[p]);
            assert_near(number_of(row, "before"), before, 1e-12, 0);
            assert_near(number_of(row, "after"), after, 1e-12, 0);
            assert_near(number_of(row, "difference"), after - before, 1e-12, 1e-12);
            double low, high;
            const struct json *ends = json_get(row, "difference_interval");
            assert_true(json_number(json_first(ends), &low));
            assert_true(json_number(json_next(json_first(ends)), &high));
            assert_true(low <= high && low <= after - before && after - before <= high);
        }
    if (merge)
        assert_in_range((int)(1e6 * number_of(report, "test_divergence")), 0, 100);
    json_free(report);
}

static struct json *metadata_of(const char *path, size_t *n_heads)
{
    struct model opened;
    struct json *metadata;
    struct error err = {0};
    if (checkpoint_open(path, &opened, &metadata, &err))
        fail_msg("%s", err.message);
    *n_heads = opened.shape.n_heads;
    assert_non_null(opened.single);
    model_done(&opened);
    return metadata;
}

static void test_written_models(void **state)
{
    (void)state;
    for (int merge = 0; merge < 2; merge++) {
        const char *out = folder_path(&folder, "pruned.safetensors");
        check_written(out, merge);
        size_t n_heads, n_members = 0;
        struct json *metadata = metadata_of(out, &n_heads);
        const char *text = text_of(metadata, "pruned");
        struct json *steps = json_parse(text, strlen(text), NULL);
        const struct json *step = json_first(steps);
        assert_int_equal(json_length(steps), 1);
        assert_int_equal(json_length(json_get(step, "clusters")), n_heads);
        const struct json *cluster = json_first(json_get(step, "clusters"));
        for (; cluster; cluster = json_next(cluster))
            n_members += json_length(cluster);
        assert_int_equal(n_members, 10);
        bool merged;
        assert_true(json_flag(json_get(step, "merged"), &merged));
        assert_int_equal(merged, merge);
        assert_string_equal(text_of(metadata, "encoder"), "surface");
        assert_null(json_get(metadata, "holdout_nll")); /* of another mixture */
        json_free(steps);
        json_free(metadata);
    }
}

static void test_pruned_again(void **state)
{
    (void)state;
    const char *one = folder_path(&folder, "one.safetensors");
    const char *two = folder_path(&folder, "two.safetensors");
    json_free(run_well(RUN("prune", features, model, "--out", one)));
    json_free(run_well(RUN("prune", features, one, "--threshold", "0.7", "--out", two)));
    size_t n_heads[2];
    json_free(metadata_of(one, &n_heads[0]));
    struct json *metadata = metadata_of(two, &n_heads[1]);
    assert_true(n_heads[1] < n_heads[0]);
    const char *text = text_of(metadata, "pruned");
    struct json *steps = json_parse(text, strlen(text), NULL);
    assert_int_equal(json_length(steps), 2);
    assert_near(number_of(json_next(json_first(steps)), "threshold"), 0.7, 1e-15, 0);
    json_free(steps);
    json_free(metadata);
}

static void test_curve(void **state)
{
    (void)state;
    struct json *report = run_well(RUN("prune", features, model, "--dry-run", "--curve"));
    const struct json *rows = rows_of(report, "curve"), *last = NULL, *row;
    double threshold = 2, kept = number_of(report, "heads_after");
    size_t n_marked = 0;
    for (row = json_first(rows); row; row = json_next(row)) {
        assert_true(number_of(row, "threshold") < threshold);
        threshold = number_of(row, "threshold");
        if (json_text(json_get(row, "mark"))) {
            const struct json *mixture = accuracy_row(report, "test", "mixture");
            assert_true(number_of(row, "heads") == kept);
            assert_near(number_of(row, "test_mixture"), number_of(mixture, "after"), 1e-12,
                        0);
            n_marked++;
        }
        last = row;
    }
    assert_int_equal(n_marked, 1);
    row = json_first(rows);
    assert_true(number_of(row, "heads") == 10 && number_of(last, "heads") == 1);
    assert_near(number_of(row, "holdout_mixture"),
                number_of(accuracy_row(report, "holdout", "mixture"), "before"), 1e-12, 0);
    /* One of the two is said, whichever the shipped model is like. */
    assert_true(has_note(report, "The smallest set of heads") !=
                has_note(report, "Every smaller set of heads"));
    json_free(report);
}

static void test_test_split_is_shown_once(void **state)
{
    (void)state;
    struct json *report = run_well(RUN("prune", features, model, "--dry-run", "--split",
                                       "test", "--statistic", "agreement", "--pearson"));
    assert_int_equal(json_length(rows_of(report, "accuracy")), 2);
    json_free(report);
}

static void test_bad_use(void **state)
{
    (void)state;
    const char *out = folder_write(&folder, "kept", "as it was", 9);
    const char *pairs = source_path("tests/reference/pairs.safetensors");
    const char *small = source_path("tests/reference/init_mlp.safetensors");
    const char *nowhere = folder_path(&folder, "nowhere/model");
    const struct {
        const char *words[RUN_WORDS];
        enum status status;
        const char *message;
    } cases[] = {
        {{"prune", features, model}, STATUS_USAGE, "wants --out FILE, or --dry-run"},
        {{"prune", features, model, "--threshold", "1.01", "--out", out},
         STATUS_USAGE,
         "--threshold wants a number from -1 to 1"},
        {{"prune", features, model, "--threshold", "nan", "--out", out},
         STATUS_USAGE,
         "not 'nan'"},
        {{"prune", features, model, "--statistic", "margins", "--out", out},
         STATUS_USAGE,
         "did you mean 'margin'"},
        {{"prune", pairs, small, "--out", out},
         STATUS_SHAPE,
         "no pairs in the holdout split; --split train has 96"},
        {{"prune", features, small, "--out", out}, STATUS_SHAPE, "the model's heads read"},
        {{"prune", features, pairs, "--out", out}, STATUS_FORMAT, "it is not a model"},
        {{"prune", features, model, "--out", nowhere}, STATUS_IO, "nowhere"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        run_badly(run_words(cases[i].words, NULL), cases[i].status, cases[i].message);
    assert_file_holds(out, "as it was");
}

static void test_cancelled(void **state)
{
    (void)state;
    struct cancel cancel = {true};
    const char *out = folder_path(&folder, "cancelled");
    const char *const words[] = {"prune", features, model, "--curve", "--out", out, NULL};
    run_badly(run_words(words, &cancel), STATUS_CANCELLED, "nothing was written");
    assert_false(exists(out));
}

/* One head has nothing to be like. */
static void test_one_head(void **state)
{
    (void)state;
    const char *pairs = source_path("tests/reference/pairs.safetensors");
    const char *single = source_path("tests/reference/init_single.safetensors");
    struct json *report = run_well(
        RUN("prune", pairs, single, "--split", "train", "--dry-run", "--curve", "--merge"));
    assert_true(number_of(report, "heads_after") == 1);
    assert_int_equal(json_length(rows_of(report, "curve")), 1);
    json_free(report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dry_run),
        cmocka_unit_test(test_written_models),
        cmocka_unit_test(test_pruned_again),
        cmocka_unit_test(test_curve),
        cmocka_unit_test(test_test_split_is_shown_once),
        cmocka_unit_test(test_bad_use),
        cmocka_unit_test(test_cancelled),
        cmocka_unit_test(test_one_head),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
