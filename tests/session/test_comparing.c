/* Comparisons on the shipped demo population, small ones: that a method is what it is whoever else
 * takes part, that labelled pairs are not scored, and that what is lacking is said. */
#include "demo.h"

#include <stdlib.h>
#include <string.h>

#include "session/comparing.h"

static struct comparing_options quick(void)
{
    struct comparing_options options = comparing_defaults();
    options.runs = 2;
    options.budget = 8;
    options.n_heads = 3;
    options.n_hidden = 4;
    options.restarts = 1;
    options.recipe.epochs = 2;
    options.components = 5;
    options.resamples = 20;
    return options;
}

static void choose(struct comparing_options *options, const enum method *methods, size_t n)
{
    for (size_t m = 0; m < METHOD_COUNT; m++)
        options->chosen[m] = false;
    for (size_t i = 0; i < n; i++)
        options->chosen[methods[i]] = true;
}

static struct comparing_results
compare(struct fixture *fixture, const struct features *train, const struct features *test,
        const struct model *given, const struct comparing_options *options)
{
    struct error err = {0};
    struct comparing_results results;
    struct comparing *comparing =
        comparing_create(train, test, given, options, fixture->team, &err);
    double done = 0;
    while (comparing && !comparing_finished(comparing)) {
        if (comparing_step(comparing, &err))
            fail_msg("%s", err.message);
        struct comparing_progress at = comparing_progress(comparing);
        assert_true(at.done <= at.total + 1e-9);
        assert_true(at.total > 0 && at.run <= options->runs);
        done = at.done / at.total;
    }
    if (!comparing)
        fail_msg("%s", err.message);
    assert_near(done, 1, 1e-9, 0);
    comparing_results(comparing, &results);
    /* What is missing is the comparison's own text. */
    for (size_t r = 0; r < results.n_rows; r++)
        if (results.rows[r].missing)
            results.rows[r].missing = "missing";
    comparing_free(comparing);
    return results;
}

static const struct comparing_row *row_of(const struct comparing_results *results,
                                          enum method method)
{
    size_t r = 0;
    while (r + 1 < results->n_rows && results->rows[r].method != method)
        r++;
    assert_int_equal(results->rows[r].method, method);
    return &results->rows[r];
}

/* All methods but armo run on data without ratings; each alone is what it is among them (of those
 * that are alike one stands for the others). */
static void test_alone_and_among_all(void **state)
{
    struct fixture *fixture = *state;
    struct comparing_options options = quick();
    options.chosen[METHOD_STATIC_EM] = options.chosen[METHOD_MAXMIN] = false; /* slow */
    struct comparing_results all =
        compare(fixture, &fixture->features, &fixture->features, NULL, &options);
    assert_int_equal(all.n_rows, METHOD_COUNT - 2);
    assert_int_equal(all.n_groups, 9);
    assert_int_equal(all.n_pairs, 1230);
    assert_int_equal(all.n_labels, 72);
    for (int m = 0; m < METHOD_COUNT; m++) {
        if (!options.chosen[m] || m == METHOD_HEDGE || m == METHOD_DRM_UNIFORM ||
            m == METHOD_STATIC)
            continue;
        const struct comparing_row *among = row_of(&all, (enum method)m);
        struct comparing_options one = options;
        choose(&one, (const enum method[]){(enum method)m}, 1);
        struct comparing_results alone =
            compare(fixture, &fixture->features, &fixture->features, NULL, &one);
        assert_int_equal(alone.n_rows, m == METHOD_SINGLE ? 1 : 2);
        const struct comparing_row *row = row_of(&alone, (enum method)m);
        assert_int_equal(row->missing != NULL, m == METHOD_ARMO);
        assert_int_equal(among->missing != NULL, m == METHOD_ARMO);
        assert_near(row->mean.value, among->mean.value, 0, 0);
        assert_near(row->difference.value, among->difference.value, 0, 0);
        assert_near(row->difference.prompts.low, among->difference.prompts.low, 0, 0);
        if (!row->missing) {
            double mean = 0;
            for (size_t g = 0; g < 9; g++)
                mean += row->cells[g] / 9;
            assert_near(mean, row->mean.value, 1e-12, 0);
            assert_true(row->mean.prompts.low <= row->mean.value);
            assert_true(row->mean.prompts.high >= row->mean.value);
        }
        comparing_results_done(&alone);
    }
    const struct comparing_row *single = row_of(&all, METHOD_SINGLE);
    const struct comparing_row *oracle = row_of(&all, METHOD_BEST_HEAD);
    assert_true(isnan(single->difference.value));
    assert_near(oracle->difference.value, oracle->mean.value - single->mean.value, 0,
                1e-12);
    assert_true(oracle->mean.value > single->mean.value);
    comparing_results_done(&all);
}

/* The shipped mixture: labels weigh its heads well above the single head, and more of them no
 * worse; without any, reweighting is the even mixture and MaxMin one for all. */
static void test_labels_help(void **state)
{
    struct fixture *fixture = *state;
    static const enum method methods[] = {
        METHOD_MICRO, METHOD_MICRO_HYRE,    METHOD_EM,
        METHOD_STACK, METHOD_MICRO_ADAPTED, METHOD_BEST_HEAD};
    struct comparing_options options = quick();
    double few = 0;
    choose(&options, methods, sizeof methods / sizeof *methods);
    for (size_t budget = 5; budget <= 50; budget += 45) {
        options.budget = budget;
        struct comparing_results results = compare(
            fixture, &fixture->features, &fixture->features, &fixture->model, &options);
        double single = row_of(&results, METHOD_SINGLE)->mean.value;
        double micro = row_of(&results, METHOD_MICRO)->mean.value;
        double em = row_of(&results, METHOD_EM)->mean.value;
        double best = row_of(&results, METHOD_BEST_HEAD)->mean.value;
        print_message("# %zu: single %.3f micro %.3f em %.3f best %.3f\n", budget, single,
                      micro, em, best);
        assert_near(single, 0.672, 0, 0.002); /* as eval says of the shipped model */
        assert_near(micro, 0.723, 0, 0.002);
        assert_near(best, 0.854, 0, 0.002);
        assert_true(em > micro + 0.05);
        assert_true(row_of(&results, METHOD_MICRO_HYRE)->mean.value > micro + 0.05);
        assert_true(row_of(&results, METHOD_STACK)->difference.prompts.low > 0.05);
        assert_true(budget < 50 ||
                    row_of(&results, METHOD_MICRO_ADAPTED)->mean.value > micro + 0.02);
        assert_true(em > few);
        few = em;
        comparing_results_done(&results);
    }
}

/* Labels of the test split are taken out of what is scored, for everyone; a budget that takes all
 * leaves nothing. */
static void test_labels_of_test(void **state)
{
    struct fixture *fixture = *state;
    static const enum method methods[] = {METHOD_SINGLE, METHOD_SCRATCH};
    struct comparing_options options = quick();
    struct error err = {0};
    choose(&options, methods, 2);
    options.labels = SPLIT_TEST;
    options.budget = 80;
    struct comparing_results some =
        compare(fixture, &fixture->features, &fixture->features, &fixture->model, &options);
    assert_int_equal(some.n_labels, 720);
    /* 100 pairs of linguistic richness: a fifth is left, so accuracies are twentieths. */
    for (size_t g = 0; g < some.n_groups; g++)
        if (some.group_pairs[g] == 100) {
            double twentieths = row_of(&some, METHOD_SINGLE)->cells[g] * 40;
            assert_near(twentieths, nearbyint(twentieths), 0, 1e-9);
        }
    comparing_results_done(&some);
    options.budget = 100000;
    assert_null(comparing_create(&fixture->features, &fixture->features, NULL, &options,
                                 fixture->team, &err));
    assert_int_equal(err.status, STATUS_SHAPE);
}

static void test_without_labels(void **state)
{
    struct fixture *fixture = *state;
    static const enum method methods[] = {
        METHOD_MAXMIN,        METHOD_HYRE,    METHOD_SHARED_BASE, METHOD_MICRO_ADAPTED,
        METHOD_MICRO_CONTEXT, METHOD_SCRATCH, METHOD_STATIC_EM};
    struct comparing_options options = quick();
    choose(&options, methods, sizeof methods / sizeof *methods);
    options.runs = 1;
    options.budget = 0;
    struct comparing_results results =
        compare(fixture, &fixture->features, &fixture->features, &fixture->model, &options);
    assert_near(row_of(&results, METHOD_HYRE)->mean.value,
                row_of(&results, METHOD_SHARED_BASE)->mean.value, 0, 1e-3);
    assert_near(row_of(&results, METHOD_MICRO_ADAPTED)->mean.value,
                row_of(&results, METHOD_MICRO_CONTEXT)->mean.value, 0, 0);
    assert_near(row_of(&results, METHOD_SCRATCH)->mean.value, 0, 0, 0); /* ties are wrong */
    assert_true(row_of(&results, METHOD_STATIC_EM)->mean.value > 0.6);
    assert_true(row_of(&results, METHOD_MAXMIN)->mean.value > 0.55);
    assert_true(isnan(row_of(&results, METHOD_SCRATCH)->mean.runs.low));
    comparing_results_done(&results);
}

/* Nothing but the pairs: what asks for more is not applicable, the rest is as before. By users, who
 * are known, there are as many groups. */
static void test_what_is_lacking(void **state)
{
    struct fixture *fixture = *state;
    struct features bare = fixture->features;
    struct comparing_options options = quick();
    options.chosen[METHOD_STATIC_EM] = false;
    int32_t *none = mem_alloc(bare.n_pairs * sizeof *none);
    for (size_t i = 0; i < bare.n_pairs; i++)
        none[i] = -1;
    bare.pair_context = none;
    bare.pair_user = NULL;
    bare.pair_attribute = none;
    options.runs = 1;
    struct comparing_results results = compare(fixture, &bare, &bare, NULL, &options);
    assert_int_equal(results.n_groups, 1);
    for (size_t r = 0; r < results.n_rows; r++) {
        const struct comparing_row *row = &results.rows[r];
        bool lacks = row->told & (TOLD_UNITS | TOLD_CONTEXTS | TOLD_RATINGS);
        assert_int_equal(row->missing != NULL, lacks);
        assert_int_equal(isnan(row->mean.value), lacks);
    }
    comparing_results_done(&results);
    static const enum method methods[] = {METHOD_MAXMIN, METHOD_PAL};
    choose(&options, methods, 2);
    options.by = GROUP_USER;
    results = compare(fixture, &fixture->features, &fixture->features, NULL, &options);
    assert_true(results.n_groups > 20);
    assert_null(row_of(&results, METHOD_MAXMIN)->missing);
    comparing_results_done(&results);
    free(none);
}

static void test_refusals(void **state)
{
    struct fixture *fixture = *state;
    struct comparing_options options = quick();
    struct features narrow = fixture->features, untested = fixture->features;
    struct error err = {0};
    struct cancel cancel;
    narrow.chosen.n_columns--;
    assert_null(
        comparing_create(&fixture->features, &narrow, NULL, &options, fixture->team, &err));
    assert_non_null(strstr(err.message, "48"));
    int32_t *train = mem_zero(untested.n_pairs * sizeof *train);
    untested.pair_split = train;
    assert_null(comparing_create(&fixture->features, &untested, NULL, &options,
                                 fixture->team, &err));
    assert_non_null(strstr(err.message, "test split"));
    free(train);
    atomic_init(&cancel.asked, true);
    options.cancel = &cancel;
    choose(&options, (const enum method[]){METHOD_DRM}, 1);
    struct comparing *comparing =
        comparing_create(&fixture->features, &fixture->features, &fixture->model, &options,
                         fixture->team, &err);
    assert_non_null(comparing);
    enum status status = STATUS_OK;
    while (!status && !comparing_finished(comparing))
        status = comparing_step(comparing, &err);
    assert_int_equal(status, STATUS_CANCELLED);
    comparing_free(comparing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alone_and_among_all), cmocka_unit_test(test_labels_help),
        cmocka_unit_test(test_labels_of_test),      cmocka_unit_test(test_without_labels),
        cmocka_unit_test(test_what_is_lacking),     cmocka_unit_test(test_refusals),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
