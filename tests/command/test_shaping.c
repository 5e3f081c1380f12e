#include "near.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command/shaping.h"

static void add(struct table *table, const char *head, double accuracy, double low,
                double high, const char *mark)
{
    table_row(table);
    table_text(table, head);
    table_number(table, accuracy);
    table_interval(table, low, high);
    if (mark)
        table_mark(table, mark);
}

static struct report *make(void)
{
    struct report *report = report_create("eval");
    report_count(report, "pairs", 5, NULL);
    struct table *table = report_table(report, "heads", NULL);
    table_column(table, "head", COLUMN_TEXT, 0, NULL);
    table_column(table, "accuracy", COLUMN_SHARE, 1, NULL);
    table_column(table, "accuracy_interval", COLUMN_INTERVAL, 1, NULL);
    add(table, "h10", 0.5, 0.4, 0.8, NULL);
    add(table, "h2", 0.9, 0.8, 1, NULL);
    add(table, NULL, 0.5, 0.3, 0.6, "oracle");
    add(table, "h1", (double)NAN, (double)NAN, 1, NULL);
    add(table, "H3", 0.7, 0.1, 0.9, NULL);
    table = report_table(report, "other", NULL);
    table_column(table, "size", COLUMN_COUNT, 0, NULL);
    table_row(table);
    table_number(table, 1);
    report_note(report, "Note.");
    return report;
}

/* What is left, as csv of the table that is shaped. */
static void check(struct common common, const char *want)
{
    struct report *report = make();
    struct error err = {0};
    struct report *shaped = shaping_apply(report, &common, &err);
    if (!shaped)
        fail_msg("%s", err.message);
    report_free(report);
    struct text out = {0}, aside = {0};
    const struct report_style style = {
        .mode = TABLE_CSV, .table = common.table, .quiet = true};
    assert_int_equal(report_write(shaped, &style, &out, &aside, &err), STATUS_OK);
    assert_string_equal(out.bytes, want);
    report_free(shaped);
    text_done(&out);
}

#define NAMES  "head,accuracy,accuracy_interval_low,accuracy_interval_high,mark\n"
#define H10    "h10,0.5,0.4,0.8,\n"
#define H2     "h2,0.9,0.8,1,\n"
#define ORACLE ",0.5,0.3,0.6,oracle\n"
#define H1     "h1,,,,\n"
#define H3     "H3,0.7,0.1,0.9,\n"

static void test_rows(void **state)
{
    (void)state;
    check((struct common){.where = "accuracy>=0.5 head!=missing"},
          "head,accuracy,accuracy_interval_low,accuracy_interval_high\n"
          "h10,0.5,0.4,0.8\nh2,0.9,0.8,1\nH3,0.7,0.1,0.9\n");
    check((struct common){.where = "mark=oracle"}, NAMES ORACLE);
    check((struct common){.sort = "accuracy"}, NAMES H10 ORACLE H3 H2 H1);
    check((struct common){.sort = "-accuracy"}, NAMES H2 H3 H10 ORACLE H1);
    check((struct common){.sort = "head"}, NAMES H1 H2 H3 H10 ORACLE);
    check((struct common){.sort = "-head"}, NAMES H10 H3 H2 H1 ORACLE);
    check((struct common){.sort = "accuracy, -mark"}, NAMES ORACLE H10 H3 H2 H1);
    check((struct common){.sort = "accuracy_interval"}, NAMES ORACLE H3 H10 H2 H1);
    check((struct common){.sort = "-accuracy_interval.high"}, NAMES H2 H3 H10 ORACLE H1);
    check((struct common){.sort = "-accuracy", .top = 2},
          "head,accuracy,accuracy_interval_low,accuracy_interval_high\n"
          "h2,0.9,0.8,1\nH3,0.7,0.1,0.9\n");
    check((struct common){.top = 99}, NAMES H10 H2 ORACLE H1 H3);
}

static void test_columns(void **state)
{
    (void)state;
    check((struct common){.columns = "accuracy,head"},
          "accuracy,head\n0.5,h10\n0.9,h2\n0.5,\n,h1\n0.7,H3\n");
    check((struct common){.columns = "head, mark", .top = 3},
          "head,mark\nh10,\nh2,\n,oracle\n");
    check((struct common){.columns = "-accuracy_interval,-head", .top = 3},
          "accuracy,mark\n0.5,\n0.9,\n0.5,oracle\n");
    check((struct common){.columns = "-accuracy_interval,-mark", .top = 1},
          "head,accuracy\nh10,0.5\n");
    check((struct common){.columns = "head,head", .top = 1}, "head\nh10\n");
    check((struct common){.table = "other", .where = "size=1"}, "size\n1\n");
    check((struct common){.table = "values", .columns = "value"}, "value\n5\n");
}

/* Many equal rows stay in their order. */
static void test_sorting_is_stable(void **state)
{
    (void)state;
    struct report *report = report_create("x");
    struct table *table = report_table(report, "t", NULL);
    table_column(table, "key", COLUMN_COUNT, 0, NULL);
    table_column(table, "n", COLUMN_COUNT, 0, NULL);
    enum { N = 1000 };
    for (size_t i = 0; i < N; i++) {
        table_row(table);
        table_number(table, (double)(i * 7 % 5));
        table_number(table, (double)i);
    }
    struct error err;
    const struct common common = {.sort = "-key", .table = "t"};
    struct report *shaped = shaping_apply(report, &common, &err);
    struct text out = {0}, aside = {0};
    const struct report_style style = {.mode = TABLE_TSV};
    assert_int_equal(report_write(shaped, &style, &out, &aside, &err), STATUS_OK);
    long key = 5, n = -1;
    size_t rows = 0;
    for (char *at = strchr(out.bytes, '\n') + 1; *at; at = strchr(at, '\n') + 1, rows++) {
        char *tab;
        long k = strtol(at, &tab, 10), i = strtol(tab, NULL, 10);
        assert_true(k < key || (k == key && i > n));
        key = k;
        n = i;
    }
    assert_int_equal(rows, N);
    report_free(report);
    report_free(shaped);
    text_done(&out);
}

static void test_the_rest_stays(void **state)
{
    (void)state;
    struct report *report = make(), *page = report_create("help");
    struct error err;
    struct text out = {0}, aside = {0};
    const struct common common = {.where = "head=h2", .columns = "head"};
    assert_true(shaping_is_asked(&common));
    assert_false(shaping_is_asked(&(struct common){.table = "x"}));
    struct report *shaped = shaping_apply(report, &common, &err);
    const struct report_style style = {.mode = TABLE_TEXT};
    assert_int_equal(report_write(shaped, &style, &out, &aside, &err), STATUS_OK);
    assert_string_equal(out.bytes,
                        "pairs  5\n\nhead\n----\nh2\n\nsize\n----\n   1\n\nNote.\n");
    report_free(shaped);
    report_free(report);
    text_clear(&out);
    report = report_create("version"); /* without tables it is the values */
    report_text(report, "microscope", "0.1.0");
    report_text(report, "other", "x");
    report_note(report, "Note.");
    shaped = shaping_apply(report, &(struct common){.where = "name=other"}, &err);
    assert_int_equal(report_write(shaped, &style, &out, &aside, &err), STATUS_OK);
    assert_string_equal(out.bytes, "name   value  unit\n-----  -----  ----\n"
                                   "other  x      -\n\nNote.\n");
    report_free(shaped);
    report_free(report);
    report_page(page, "help", "x");
    assert_null(shaping_apply(page, &common, &err));
    assert_string_equal(err.message, "'help' gives no table");
    report_free(page);
    text_done(&out);
}

static void test_refusals(void **state)
{
    (void)state;
    const struct {
        struct common common;
        const char *want;
    } cases[] = {
        {{.where = "size=1"},
         "--where: there is no column 'size'; there are 'head', 'accuracy', "
         "'accuracy_interval', 'mark', at character 1 of the filter; that is the table "
         "'heads', --table chooses 'other'"},
        {{.table = "other", .where = "head=1"},
         "--where: there is no column 'head'; there are 'size', at character 1 of the "
         "filter"},
        {{.table = "none", .where = "head=1"},
         "'eval' gives no table 'none'; it gives 'heads', 'other'"},
        {{.table = "other", .sort = "sise"},
         "--sort: there is no column 'sise'; did you mean 'size'?"},
        {{.table = "other", .sort = ","},
         "--sort wants names of columns with commas between, not ','"},
        {{.table = "other", .columns = "size,"}, NULL},
        {{.table = "other", .columns = "-size"}, "--columns leaves no column of 'other'"},
        {{.table = "heads", .columns = "head,-acc"},
         "--columns: the column 'acc' could be 'accuracy' or 'accuracy_interval'"},
        {{.table = "heads", .columns = "head,-mark"},
         "--columns takes names with - before each or before none"},
        {{.table = "heads", .columns = "accuracy_interval.low"},
         "--columns takes 'accuracy_interval' as a whole, not 'accuracy_interval.low'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct report *report = make();
        struct error err = {0};
        struct report *shaped = shaping_apply(report, &cases[i].common, &err);
        if (cases[i].want) {
            assert_null(shaped);
            assert_int_equal(err.status, STATUS_USAGE);
            assert_string_equal(err.message, cases[i].want);
        } else {
            assert_non_null(shaped);
        }
        report_free(shaped);
        report_free(report);
    }
    struct error err;
    assert_int_equal(shaping_check(&(struct common){.where = "a>"}, &err), STATUS_USAGE);
    assert_int_equal(shaping_check(&(struct common){.columns = "a,,b"}, &err),
                     STATUS_USAGE);
    assert_int_equal(shaping_check(&(struct common){.where = "a>1", .sort = "b"}, &err),
                     STATUS_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_sorting_is_stable),
        cmocka_unit_test(test_the_rest_stays),
        cmocka_unit_test(test_refusals),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
