#include "folder.h"
#include "near.h"

#include "command/output.h"
#include "command/table_chart.h"

static struct folder folder;

static void take(void *said, const char *bytes, size_t length)
{
    text_append(said, bytes, length);
}

static struct report *make(void)
{
    struct report *report = report_create("squares");
    report_note(report, "A note.");
    struct table *table = report_table(report, "squares", NULL);
    table_column(table, "n", COLUMN_COUNT, 0, NULL);
    table_row(table);
    table_number(table, 4);
    return report;
}

static void test_endings(void **state)
{
    (void)state;
    const struct {
        const char *path;
        bool says;
        int mode;
    } cases[] = {
        {"a.csv", true, TABLE_CSV},
        {"a.tsv", true, TABLE_TSV},
        {"a.md", true, TABLE_MARKDOWN},
        {"a.json", true, TABLE_JSON},
        {"a.txt", true, TABLE_TEXT},
        {"dir.md/a.csv.gz", true, TABLE_CSV},
        {"a.json.gz", true, TABLE_JSON},
        {"a.gz", false, -1},
        {"a", false, -1},
        {".csv", false, -1},
        {"a.csv/b", false, -1},
        {"", false, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int mode = -1;
        assert_int_equal(output_mode(cases[i].path, &mode), cases[i].says);
        assert_int_equal(mode, cases[i].mode);
    }
}

/* Writes the report into a file of the folder; returns what was said aside. */
static struct text write_to(struct common common, const char *path, bool append)
{
    struct text said = {0};
    struct error err = {0};
    struct output output = {.path = path, .append = append, .say = take, .context = &said};
    struct report *report = make();
    assert_int_equal(output_check(&common, &output, &err), STATUS_OK);
    assert_int_equal(output_report(report, &common, &output, &err), STATUS_OK);
    report_free(report);
    return said;
}

static void test_files(void **state)
{
    (void)state;
    char csv[512], text[512], json[512];
    strcpy(csv, folder_path(&folder, "r.csv"));
    strcpy(text, folder_path(&folder, "r"));
    strcpy(json, folder_path(&folder, "r.json"));
    struct text said = write_to((struct common){0}, csv, false);
    assert_file_holds(csv, "n\n4\n");
    assert_string_equal(said.bytes, "A note.\n");
    text_done(&said);
    said = write_to((struct common){.quiet = true}, csv, true);
    assert_file_holds(csv, "n\n4\nn\n4\n");
    assert_null(said.bytes);
    said = write_to((struct common){.out = csv}, text, false); /* > FILE before --out */
    assert_file_holds(text, "A note.\n\nn\n-\n4\n");
    assert_null(said.bytes);
    said =
        write_to((struct common){.out = json, .force = true, .quiet = true}, NULL, false);
    assert_file_holds(json,
                      "{\n  \"command\": \"squares\",\n  \"notes\": [\"A note.\"],\n"
                      "  \"tables\": {\n    \"squares\": {\"columns\": [{\"name\": \"n\", "
                      "\"type\": \"count\"}],\n    \"rows\": [\n  {\"n\": 4}\n]}}\n}\n");
    said =
        write_to((struct common){.mode = TABLE_TSV, .mode_is_given = true, .quiet = true},
                 csv, false);
    assert_file_holds(csv, "n\n4\n");
}

static void test_nothing_is_replaced_unasked(void **state)
{
    (void)state;
    struct error err;
    struct output output = {.say = take};
    const char *path = folder_write(&folder, "there.csv", "x", 1);
    struct common common = {.out = path};
    assert_int_equal(output_check(&common, &output, &err), STATUS_USAGE);
    assert_non_null(strstr(err.message, "is there already; --force replaces it"));
    common.force = true;
    assert_int_equal(output_check(&common, &output, &err), STATUS_OK);
    assert_file_holds(path, "x");
    common.force = false;
    folder_write(&folder, "there.csv", "", 0); /* an empty file is not worth a question */
    assert_int_equal(output_check(&common, &output, &err), STATUS_OK);
    output.path = path;
    folder_write(&folder, "there.csv", "x", 1);
    assert_int_equal(output_check(&common, &output, &err), STATUS_OK);
    common.out = "/nowhere/at/all";
    output.path = NULL;
    assert_int_equal(output_check(&common, &output, &err), STATUS_IO);
}

/* What is wrong with an option is said before the command is run. */
static void test_options_are_checked_first(void **state)
{
    (void)state;
    struct error err;
    const struct output output = {.say = take};
    struct common common = {.where = "n>"};
    assert_int_equal(output_check(&common, &output, &err), STATUS_USAGE);
    assert_string_equal(err.message,
                        "--where: a value is wanted, at character 3 of the filter");
    common = (struct common){.sort = "a,,b"};
    assert_int_equal(output_check(&common, &output, &err), STATUS_USAGE);
    common = (struct common){.where = "n>3", .sort = "-n"};
    assert_int_equal(output_check(&common, &output, &err), STATUS_OK);
}

static void test_charts(void **state)
{
    (void)state;
    struct error err;
    struct text out = {0}, aside = {0};
    struct report *report = make();
    report_count(report, "pairs", 3, NULL);
    struct common common = {.plot = PLOT_BARS};
    assert_int_equal(output_text(report, &common, 20, &out, &aside, &err), STATUS_OK);
    assert_memory_equal(out.bytes, "A note.\n\n1 ", 11);
    assert_non_null(strstr(out.bytes, "\n\npairs  3\n"));
    text_clear(&out);
    common.table = "squares"; /* the chart alone */
    assert_int_equal(output_text(report, &common, 20, &out, &aside, &err), STATUS_OK);
    assert_memory_equal(out.bytes, "1 ", 2);
    assert_null(strstr(out.bytes, "pairs"));
    assert_string_equal(aside.bytes, "A note.\n");
    text_clear(&out);
    text_clear(&aside);
    common = (struct common){.plot = PLOT_BARS, .mode = TABLE_MARKDOWN, .quiet = true};
    assert_int_equal(output_text(report, &common, 20, &out, &aside, &err), STATUS_OK);
    assert_memory_equal(out.bytes, "```\n1 ", 6);
    common.table = "x";
    assert_int_equal(output_text(report, &common, 20, &out, &aside, &err), STATUS_USAGE);
    assert_string_equal(err.message, "'squares' gives no table 'x'; it gives 'squares'");
    const struct output output = {.say = take, .context = &aside};
    common = (struct common){.plot = PLOT_BARS, .mode = TABLE_CSV, .mode_is_given = true};
    assert_int_equal(output_check(&common, &output, &err), STATUS_USAGE);
    common.out = folder_path(&folder, "chart.csv");
    common.mode_is_given = false;
    assert_int_equal(output_check(&common, &output, &err), STATUS_USAGE);
    report_free(report);
    text_done(&out);
    text_done(&aside);
}

static void test_pictures(void **state)
{
    (void)state;
    struct error err;
    struct text said = {0};
    struct report *report = make(), *empty = report_create("version");
    const char *path = folder_path(&folder, "chart.svg");
    const struct output output = {.say = take, .context = &said};
    struct common common = {.out = path};
    assert_int_equal(output_check(&common, &output, &err), STATUS_OK);
    assert_int_equal(output_report(report, &common, &output, &err), STATUS_OK);
    size_t length;
    char *svg = folder_read(path, &length);
    assert_non_null(strstr(svg, "<svg "));
    assert_non_null(strstr(svg, "</svg>"));
    free(svg);
    common.where = "n>5";
    assert_int_equal(output_report(report, &common, &output, &err), STATUS_USAGE);
    assert_string_equal(err.message, "--plot: the table 'squares' has no rows");
    common.where = NULL;
    report_text(empty, "microscope", "0.1.0");
    assert_int_equal(output_report(empty, &common, &output, &err), STATUS_USAGE);
    report_free(report);
    report_free(empty);
    text_done(&said);
}

/* Data that the command wrote itself leaves standard output to them. */
static void test_yielding(void **state)
{
    (void)state;
    struct text said = {0};
    struct error err;
    struct output output = {.say = take, .context = &said};
    struct common common = {.mode = TABLE_CSV};
    struct report *report = make();
    report_yield_output(report);
    assert_int_equal(output_report(report, &common, &output, &err), STATUS_OK);
    assert_string_equal(said.bytes, "n\n4\nA note.\n");
    text_clear(&said);
    common.quiet = true;
    assert_int_equal(output_report(report, &common, &output, &err), STATUS_OK);
    assert_int_equal(said.length, 0);
    report_free(report);
    text_done(&said);
}

static void test_failures_leave_nothing(void **state)
{
    (void)state;
    struct text out = {0}, aside = {0};
    struct error err;
    struct report *report = make();
    const char *path = folder_path(&folder, "none.csv");
    struct common common = {.table = "x", .out = path};
    struct output output = {.say = take};
    assert_int_equal(output_report(report, &common, &output, &err), STATUS_USAGE);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(output_text(report, &common, 0, &out, &aside, &err), STATUS_USAGE);
    common = (struct common){.where = "m=1"};
    assert_int_equal(output_text(report, &common, 0, &out, &aside, &err), STATUS_USAGE);
    common = (struct common){.where = "n>5"};
    assert_int_equal(output_text(report, &common, 0, &out, &aside, &err), STATUS_OK);
    assert_string_equal(out.bytes, "A note.\n\nn\n-\n(no rows)\n");
    text_clear(&out);
    common.where = NULL;
    assert_int_equal(output_text(report, &common, 0, &out, &aside, &err), STATUS_OK);
    assert_string_equal(out.bytes, "A note.\n\nn\n-\n4\n");
    report_free(report);
    text_done(&out);
    text_done(&aside);
}

static int make_folder(void **state)
{
    (void)state;
    folder_make(&folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    folder_remove(&folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endings),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_nothing_is_replaced_unasked),
        cmocka_unit_test(test_options_are_checked_first),
        cmocka_unit_test(test_charts),
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_yielding),
        cmocka_unit_test(test_failures_leave_nothing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
