#include "near.h"

#include <string.h>

#include "command/report.h"
#include "io/json.h"

static struct report *make(void)
{
    struct report *report = report_create("eval");
    report_note(report,
                "Accuracy of %d heads on 'a\x1b' and a good deal of text that is "
                "longer than a line of eighty columns.",
                5);
    report_count(report, "pairs", 1283, NULL);
    report_real(report, "seconds", 0.1 + 0.2, 2, "s");
    report_interval(report, "accuracy_interval", 0.7, 0.74, 2, NULL);
    report_text(report, "file", "日本\n.jsonl");
    report_flag(report, "is_mixed", true);
    report_real(report, "loss", (double)NAN, 3, "nats");
    report_text(report, "context", NULL);
    struct table *table = report_table(report, "heads", "Heads");
    table_column(table, "head", COLUMN_TEXT, 0, NULL);
    table_column(table, "accuracy", COLUMN_SHARE, 3, "of pairs");
    table_row(table);
    table_text(table, "h1");
    table_number(table, 0.5);
    report_note(report, "First.");
    report_note(report, "Second.");
    table = report_table(report, "empty", NULL);
    table_column(table, "x", COLUMN_INTERVAL, 1, NULL);
    return report;
}

/* What a style writes to each stream; status is the one wanted. */
static void check(const struct report *report, const struct report_style *style,
                  const char *want_out, const char *want_aside)
{
    struct text out = {0}, aside = {0};
    struct error err = {0};
    assert_int_equal(report_write(report, style, &out, &aside, &err), STATUS_OK);
    assert_string_equal(out.bytes, want_out);
    assert_string_equal(aside.bytes ? aside.bytes : "", want_aside);
    text_done(&out);
    text_done(&aside);
}

#define NOTE                                                                               \
    "Accuracy of 5 heads on 'a\\x1b' and a good deal of text that is longer than a\n"      \
    "line of eighty columns.\n"
#define VALUES                                                                             \
    "pairs              1,283\n"                                                           \
    "seconds            0.30 s\n"                                                          \
    "accuracy interval  [0.70 0.74]\n"                                                     \
    "file               日本\\n.jsonl\n"                                                 \
    "is mixed           yes\n"                                                             \
    "loss               -\n"                                                               \
    "context            -\n"
#define HEADS                                                                              \
    "Heads\n"                                                                              \
    "head  accuracy (of pairs)\n"                                                          \
    "----  -------------------\n"                                                          \
    "h1                  0.500\n"
#define EMPTY "x\n-\n(no rows)\n"

static void test_text(void **state)
{
    (void)state;
    struct report *report = make();
    check(report, &(struct report_style){.mode = TABLE_TEXT},
          NOTE "\n" VALUES "\n" HEADS "\nFirst.\nSecond.\n\n" EMPTY, "");
    check(report, &(struct report_style){.mode = TABLE_TEXT, .quiet = true},
          VALUES "\n" HEADS "\n" EMPTY, "");
    check(report,
          &(struct report_style){.mode = TABLE_TEXT, .table = "empty", .quiet = true},
          EMPTY, "");
    report_free(report);
}

static void test_notes_follow_the_terminal(void **state)
{
    (void)state;
    struct report *report = report_create("x");
    report_note(report, "one two three four");
    check(report, &(struct report_style){.mode = TABLE_TEXT, .cells = 9},
          "one two\nthree\nfour\n", "");
    check(report, &(struct report_style){.mode = TABLE_TEXT, .cells = 200},
          "one two three four\n", "");
    report_free(report);
}

static void test_json(void **state)
{
    (void)state;
    struct report *report = make();
    const char *want =
        "{\n"
        "  \"command\": \"eval\",\n"
        "  \"pairs\": 1283,\n"
        "  \"seconds\": 0.30000000000000004,\n"
        "  \"accuracy_interval\": [0.7, 0.74],\n"
        "  \"file\": \"日本\\n.jsonl\",\n"
        "  \"is_mixed\": true,\n"
        "  \"loss\": null,\n"
        "  \"context\": null,\n"
        "  \"units\": {\"seconds\": \"s\", \"loss\": \"nats\"},\n"
        "  \"notes\": [\"Accuracy of 5 heads on 'a\\u001b' and a good deal of text that is "
        "longer than a line of eighty columns.\", \"First.\", \"Second.\"],\n"
        "  \"tables\": {\n"
        "    \"heads\": {\"title\": \"Heads\",\n"
        "    \"columns\": [{\"name\": \"head\", \"type\": \"text\"}, {\"name\": "
        "\"accuracy\", "
        "\"type\": \"share\", \"unit\": \"of pairs\"}],\n"
        "    \"rows\": [\n"
        "  {\"head\": \"h1\", \"accuracy\": 0.5}\n"
        "]},\n"
        "    \"empty\": {\"columns\": [{\"name\": \"x\", \"type\": \"interval\"}],\n"
        "    \"rows\": []}}\n"
        "}\n";
    check(report, &(struct report_style){.mode = TABLE_JSON}, want, "");
    check(report, &(struct report_style){.mode = TABLE_JSON, .quiet = true}, want, "");
    struct error err;
    struct json *json = json_parse(want, strlen(want), &err);
    assert_non_null(json);
    double seconds;
    assert_true(json_number(json_get(json, "seconds"), &seconds));
    assert_true(seconds == 0.1 + 0.2);
    json_free(json);
    report_free(report);

    report = report_create("nothing");
    check(report, &(struct report_style){.mode = TABLE_JSON},
          "{\n  \"command\": \"nothing\"\n}\n", "");
    report_free(report);
}

static void test_one_table(void **state)
{
    (void)state;
    struct report *report = make();
    check(report, &(struct report_style){.mode = TABLE_CSV}, "head,accuracy\nh1,0.5\n",
          NOTE "First.\nSecond.\n");
    check(report, &(struct report_style){.mode = TABLE_TSV, .quiet = true},
          "head\taccuracy\nh1\t0.5\n", "");
    check(report, &(struct report_style){.mode = TABLE_MARKDOWN, .quiet = true},
          "| head | accuracy (of pairs) |\n| :-- | --: |\n| h1 | 0.500 |\n", "");
    check(report,
          &(struct report_style){.mode = TABLE_CSV, .table = "empty", .quiet = true},
          "x_low,x_high\n", "");
    check(report,
          &(struct report_style){.mode = TABLE_JSON, .table = "heads", .quiet = true},
          "[\n  {\"head\": \"h1\", \"accuracy\": 0.5}\n]\n", "");
    check(report,
          &(struct report_style){.mode = TABLE_CSV, .table = "values", .quiet = true},
          "name,value,unit\n"
          "pairs,1283,\n"
          "seconds,0.30000000000000004,s\n"
          "accuracy_interval,\"[0.7, 0.74]\",\n"
          "file,\"日本\n.jsonl\",\n"
          "is_mixed,true,\n"
          "loss,,nats\n"
          "context,,\n",
          "");
    report_free(report);
}

static void test_other_modes(void **state)
{
    (void)state;
    struct report *report = make(), *copy = report_copy(report);
    check(copy, &(struct report_style){.mode = TABLE_BOX, .quiet = true, .cells = 30},
          VALUES "\nHeads\n"
                 "┌──────┬─────────────────────┐\n"
                 "│ head │ accuracy (of pairs) │\n"
                 "├──────┼─────────────────────┤\n"
                 "│ h1   │               0.500 │\n"
                 "└──────┴─────────────────────┘\n"
                 "\n┌───┐\n│ x │\n├───┤\n└───┘\n",
          "");
    check(copy, &(struct report_style){.mode = TABLE_PLAIN, .quiet = true},
          "head  accuracy (of pairs)\nh1                  0.500\n", "");
    check(copy, &(struct report_style){.mode = TABLE_JSONL},
          "{\"head\": \"h1\", \"accuracy\": 0.5}\n", NOTE "First.\nSecond.\n");
    check(copy, &(struct report_style){.mode = TABLE_LATEX, .quiet = true},
          "% Heads\n\\begin{tabular}{lr}\n\\toprule\nhead & accuracy (of pairs) \\\\\n"
          "\\midrule\nh1 & 0.500 \\\\\n\\bottomrule\n\\end{tabular}\n",
          "");
    report_free(report);
    report_free(copy);
    report = report_create("version");
    report_text(report, "microscope", "0.1.0");
    report_real(report, "x", (double)NAN, 2, NULL);
    check(report, &(struct report_style){.mode = TABLE_JSONL},
          "{\"command\": \"version\", \"microscope\": \"0.1.0\", \"x\": null}\n", "");
    report_free(report);
}

/* It is not written, not the main one, and not part of the document, but there when it is named. */
static void test_table_on_request(void **state)
{
    (void)state;
    struct report *report = report_create("eval");
    struct table *table = report_table_on_request(report, "cells", NULL);
    table_column(table, "x", COLUMN_COUNT, 0, NULL);
    table_row(table);
    table_number(table, 7);
    report_count(report, "pairs", 5, NULL);
    check(report, &(struct report_style){.mode = TABLE_TEXT}, "pairs  5\n", "");
    check(report, &(struct report_style){.mode = TABLE_JSON},
          "{\n  \"command\": \"eval\",\n  \"pairs\": 5\n}\n", "");
    check(report, &(struct report_style){.mode = TABLE_CSV}, "name,value,unit\npairs,5,\n",
          "");
    check(report, &(struct report_style){.mode = TABLE_CSV, .table = "cells"}, "x\n7\n",
          "");
    struct report *copy = report_copy(report);
    check(copy, &(struct report_style){.mode = TABLE_TEXT}, "pairs  5\n", "");
    report_free(copy);
    report_free(report);
}

static void test_values_stand_in_for_a_table(void **state)
{
    (void)state;
    struct report *report = report_create("version");
    report_text(report, "microscope", "0.1.0");
    check(report, &(struct report_style){.mode = TABLE_CSV},
          "name,value,unit\nmicroscope,0.1.0,\n", "");
    report_free(report);
}

static void test_pages(void **state)
{
    (void)state;
    struct report *report = report_create("help");
    report_page(report, "help", "a | b\n");
    check(report, &(struct report_style){.mode = TABLE_TEXT, .quiet = true}, "a | b\n", "");
    check(report, &(struct report_style){.mode = TABLE_MARKDOWN}, "a | b\n", "");
    check(report, &(struct report_style){.mode = TABLE_JSON},
          "{\n  \"command\": \"help\",\n  \"help\": \"a | b\\n\"\n}\n", "");
    report_free(report);
}

static void test_refusals(void **state)
{
    (void)state;
    struct report *report = make(), *page = report_create("help");
    report_page(page, "help", "x\n");
    const struct {
        const struct report *report;
        struct report_style style;
        const char *want;
    } cases[] = {
        {report,
         {.mode = TABLE_CSV, .table = "haeds"},
         "'eval' gives no table 'haeds'; it gives 'heads', 'empty'"},
        {report,
         {.mode = TABLE_TEXT, .table = "x"},
         "'eval' gives no table 'x'; it gives 'heads', 'empty'"},
        {page, {.mode = TABLE_CSV}, "'help' gives no table"},
        {page, {.mode = TABLE_MARKDOWN, .table = "x"}, "'help' gives no table 'x'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text out = {0}, aside = {0};
        struct error err = {0};
        assert_int_equal(report_write(cases[i].report, &cases[i].style, &out, &aside, &err),
                         STATUS_USAGE);
        assert_string_equal(err.message, cases[i].want);
        assert_int_equal(out.length, 0);
        assert_int_equal(aside.length, 0);
    }
    report_free(report);
    report_free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_notes_follow_the_terminal),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_one_table),
        cmocka_unit_test(test_other_modes),
        cmocka_unit_test(test_table_on_request),
        cmocka_unit_test(test_values_stand_in_for_a_table),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_refusals),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
