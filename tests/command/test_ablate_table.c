/* What `ablate` shows while it is under way, on the shipped demo: points that do not change when
 * more of them come. */
#include "run.h"

enum { SHOWN = 64 };

struct shown {
    struct table *tables[SHOWN];
    size_t n;
};

static void keep(void *self, struct table *table)
{
    struct shown *shown = self;
    assert_true(shown->n < SHOWN);
    shown->tables[shown->n++] = table;
}

static void run_shown(const char *const *words, struct shown *shown)
{
    struct error err = {0};
    struct line line;
    size_t n = 0;
    while (words[n])
        n++;
    if (line_parse(&line, command_table, words, n, &err))
        fail_msg("%s", err.message);
    struct call call = {.report = report_create(words[0]),
                        .commands = command_table,
                        .show = keep,
                        .self = shown};
    if (line_run(&line, &call, &err))
        fail_msg("%s", err.message);
    report_free(call.report);
    line_done(&line);
}

static void done(struct shown *shown)
{
    for (size_t i = 0; i < shown->n; i++)
        table_free(shown->tables[i]);
}

static double value_of(const struct table *table, size_t row, const char *column)
{
    for (size_t c = 0; c < table->n_columns; c++)
        if (strcmp(table->columns[c].name, column) == 0)
            return table_cell(table, row, c)->value;
    fail_msg("there is no column '%s'", column);
    return 0;
}

/* Cells of a column that are there; none of them may change from table to table. */
static size_t count_cells(const struct table *before, const struct table *now,
                          const char *column)
{
    size_t n = 0;
    for (size_t r = 0; r < now->n_rows; r++) {
        double value = value_of(now, r, column);
        n += isnan(value) ? 0 : 1;
        if (before && r < before->n_rows && !isnan(value_of(before, r, column)))
            assert_true(value_of(before, r, column) == value);
    }
    return n;
}

/* Likelihoods after each of two epochs, then three models judged, then three adapted. */
static void test_trained(void **state)
{
    (void)state;
    const char *const words[] = {
        "ablate",    "heads",    source_path("data/demo.features.safetensors"),
        "1,2,4",     "--seeds",  "1",
        "--epochs",  "2",        "--hidden",
        "3",         "--budget", "5",
        "--threads", "1",        NULL};
    struct shown shown = {.n = 0};
    run_shown(words, &shown);
    assert_int_equal(shown.n, 2 + 3 + 3);
    for (size_t i = 0; i < shown.n; i++) {
        const struct table *table = shown.tables[i],
                           *before = i ? shown.tables[i - 1] : NULL;
        assert_string_equal(table->name, "ablation");
        assert_int_equal(table->n_rows, 3);
        assert_true(value_of(table, 1, "heads") == 2);
        assert_int_equal(count_cells(before, table, "mixture"), i < 2   ? 0
                                                                : i < 5 ? i - 1
                                                                        : 3);
        assert_int_equal(count_cells(before, table, "adapted"), i < 5 ? 0 : i - 4);
        for (size_t r = 0; r < 3; r++)
            assert_true(value_of(table, r, "holdout_nll") > 0);
    }
    done(&shown);
}

static void test_adapted(void **state)
{
    (void)state;
    const char *const words[] = {"ablate",
                                 "budget",
                                 source_path("data/demo.features.safetensors"),
                                 source_path("data/demo.model.safetensors"),
                                 "0,5,10",
                                 "--seeds",
                                 "2",
                                 NULL};
    struct shown shown = {.n = 0};
    run_shown(words, &shown);
    assert_int_equal(shown.n, 3);
    for (size_t i = 0; i < shown.n; i++) {
        assert_int_equal(shown.tables[i]->n_rows, i + 1);
        assert_int_equal(
            count_cells(i ? shown.tables[i - 1] : NULL, shown.tables[i], "adapted"), i + 1);
    }
    done(&shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trained),
        cmocka_unit_test(test_adapted),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
