#include "near.h"

#include <stdlib.h>
#include <string.h>

#include "io/json.h"
#include "io/table.h"

/* Every type of column, wide and hostile texts, missing cells, a marked row. */
static struct table *make_heads(void)
{
    struct table *table = table_create("heads", "Accuracy of each head");
    table_column(table, "head_name", COLUMN_TEXT, 0, NULL);
    table_column(table, "pairs", COLUMN_COUNT, 0, NULL);
    table_column(table, "loss", COLUMN_REAL, 2, "nats");
    table_column(table, "accuracy", COLUMN_SHARE, 3, NULL);
    table_column(table, "accuracy_interval", COLUMN_INTERVAL, 2, NULL);
    table_title(table, "95 %");
    table_row(table);
    table_text(table, "h1");
    table_number(table, 1283);
    table_number(table, 0.1 + 0.2);
    table_number(table, 0.71849);
    table_interval(table, 0.693, 0.742);
    table_row(table);
    table_text(table, "日本, \"x|y\"");
    table_number(table, 12);
    table_number(table, (double)NAN);
    table_number(table, 1);
    table_interval(table, (double)NAN, 1);
    table_mark(table, "oracle");
    table_row(table);
    table_text(table, "a\tb\n\x1b[2J\\");
    table_missing(table);
    table_number(table, -0.001);
    return table;
}

/* Compares what the mode writes with the text wanted, whole. */
static void check(const struct table *table, enum table_mode mode, size_t cells,
                  const char *want)
{
    struct text out = {0};
    table_write(table, mode, cells, &out);
    assert_string_equal(out.bytes, want);
    text_done(&out);
}

static void test_text(void **state)
{
    (void)state;
    struct table *table = make_heads();
    check(table, TABLE_TEXT, 0,
          "Accuracy of each head\n"
          "head name       pairs  loss (nats)  accuracy         95 %\n"
          "--------------  -----  -----------  --------  -----------\n"
          "h1              1,283         0.30     0.718  [0.69 0.74]\n"
          "日本, \"x|y\"        12            -     1.000            -  oracle\n"
          "a\\tb\\n\\x1b[2J\\      -         0.00         -            -\n");
    table_free(table);
}

static void test_text_in_parts(void **state)
{
    (void)state;
    struct table *table = make_heads();
    check(table, TABLE_TEXT, 36,
          "Accuracy of each head\n"
          "head name       pairs  loss (nats)\n"
          "--------------  -----  -----------\n"
          "h1              1,283         0.30\n"
          "日本, \"x|y\"        12            -\n"
          "a\\tb\\n\\x1b[2J\\      -         0.00\n"
          "\n"
          "head name       accuracy\n"
          "--------------  --------\n"
          "h1                 0.718\n"
          "日本, \"x|y\"        1.000\n"
          "a\\tb\\n\\x1b[2J\\         -\n"
          "\n"
          "head name              95 %\n"
          "--------------  -----------\n"
          "h1              [0.69 0.74]\n"
          "日本, \"x|y\"               -  oracle\n"
          "a\\tb\\n\\x1b[2J\\            -\n");
    table_free(table);
}

static void test_no_line_is_wider_than_the_terminal(void **state)
{
    (void)state;
    struct table *table = make_heads();
    for (size_t cells = 32; cells < 90; cells++) {
        struct text out = {0};
        table_write(table, TABLE_TEXT, cells, &out);
        for (const char *at = out.bytes; *at; at += strcspn(at, "\n") + 1)
            assert_true(text_width(at, strcspn(at, "\n")) <= cells);
        text_done(&out);
    }
    table_free(table);
}

static void test_csv(void **state)
{
    (void)state;
    struct table *table = make_heads();
    check(
        table, TABLE_CSV, 0,
        "head_name,pairs,loss,accuracy,accuracy_interval_low,accuracy_interval_high,mark\n"
        "h1,1283,0.30000000000000004,0.71849,0.693,0.742,\n"
        "\"日本, \"\"x|y\"\"\",12,,1,,,oracle\n"
        "\"a\tb\n\x1b[2J\\\",,-0.001,,,,\n");
    table_free(table);
}

static void test_tsv(void **state)
{
    (void)state;
    struct table *table = make_heads();
    check(table, TABLE_TSV, 0,
          "head_name\tpairs\tloss\taccuracy\taccuracy_interval_low\taccuracy_interval_high"
          "\tmark\n"
          "h1\t1283\t0.30000000000000004\t0.71849\t0.693\t0.742\t\n"
          "日本, \"x|y\"\t12\t\t1\t\t\toracle\n"
          "a\\tb\\n\x1b[2J\\\\\t\t-0.001\t\t\t\t\n");
    table_free(table);
}

static void test_markdown(void **state)
{
    (void)state;
    struct table *table = make_heads();
    check(table, TABLE_MARKDOWN, 0,
          "| head name | pairs | loss (nats) | accuracy | 95 % |  |\n"
          "| :-- | --: | --: | --: | --: | :-- |\n"
          "| h1 | 1,283 | 0.30 | 0.718 | [0.69 0.74] |  |\n"
          "| 日本, \"x\\|y\" | 12 | - | 1.000 | - | oracle |\n"
          "| a\\tb\\n\\x1b[2J\\ | - | 0.00 | - | - |  |\n");
    table_free(table);
}

static void test_markdown_cells_cannot_end_early(void **state)
{
    (void)state;
    struct table *table = table_create("t", NULL);
    table_column(table, "x", COLUMN_TEXT, 0, NULL);
    table_row(table);
    table_text(table, "a\\|b\\\\|c");
    check(table, TABLE_MARKDOWN, 0, "| x |\n| :-- |\n| a\\\\\\|b\\\\\\\\\\|c |\n");
    table_free(table);
}

static void test_json(void **state)
{
    (void)state;
    struct table *table = make_heads();
    const char *want =
        "[\n"
        "  {\"head_name\": \"h1\", \"pairs\": 1283, \"loss\": 0.30000000000000004, "
        "\"accuracy\": 0.71849, \"accuracy_interval\": [0.693, 0.742], \"mark\": null},\n"
        "  {\"head_name\": \"日本, \\\"x|y\\\"\", \"pairs\": 12, \"loss\": null, "
        "\"accuracy\": 1, \"accuracy_interval\": null, \"mark\": \"oracle\"},\n"
        "  {\"head_name\": \"a\\tb\\n\\u001b[2J\\\\\", \"pairs\": null, \"loss\": -0.001, "
        "\"accuracy\": null, \"accuracy_interval\": null, \"mark\": null}\n"
        "]\n";
    check(table, TABLE_JSON, 0, want);
    struct error err;
    struct json *json = json_parse(want, strlen(want), &err);
    assert_non_null(json);
    double loss;
    assert_true(json_number(json_get(json_first(json), "loss"), &loss));
    assert_true(loss == 0.1 + 0.2);
    json_free(json);
    table_free(table);
}

static void test_without_rows(void **state)
{
    (void)state;
    struct table *table = table_create("t", NULL);
    table_column(table, "x", COLUMN_TEXT, 0, NULL);
    table_column(table, "y", COLUMN_INTERVAL, 0, NULL);
    check(table, TABLE_TEXT, 0, "x  y\n-  -\n(no rows)\n");
    check(table, TABLE_CSV, 0, "x,y_low,y_high\n");
    check(table, TABLE_MARKDOWN, 0, "| x | y |\n| :-- | --: |\n");
    check(table, TABLE_JSON, 0, "[]\n");
    table_free(table);
}

static void test_empty_text_is_not_missing(void **state)
{
    (void)state;
    struct table *table = table_create("t", NULL);
    table_column(table, "x", COLUMN_TEXT, 0, NULL);
    table_column(table, "y", COLUMN_TEXT, 0, NULL);
    table_row(table);
    table_text(table, "");
    table_text(table, NULL);
    check(table, TABLE_CSV, 0, "x,y\n\"\",\n");
    check(table, TABLE_JSON, 0, "[\n  {\"x\": \"\", \"y\": null}\n]\n");
    table_free(table);
}

static void test_invalid_utf8_and_infinity(void **state)
{
    (void)state;
    struct table *table = table_create("t", NULL);
    table_column(table, "x", COLUMN_TEXT, 0, NULL);
    table_column(table, "y", COLUMN_REAL, 1, NULL);
    table_row(table);
    table_text(table, "\xff|");
    table_number(table, -HUGE_VAL);
    check(table, TABLE_TEXT, 0, "x         y\n-----  ----\n\\xff|  -inf\n");
    check(table, TABLE_CSV, 0, "x,y\n\xff|,-inf\n");
    check(table, TABLE_JSON, 0, "[\n  {\"x\": \"\xef\xbf\xbd|\", \"y\": null}\n]\n");
    table_free(table);
}

static void test_numbers_for_people(void **state)
{
    (void)state;
    const struct {
        double value;
        enum column_type type;
        unsigned decimals;
        const char *want;
    } cases[] = {
        {0, COLUMN_COUNT, 0, "0"},
        {999, COLUMN_COUNT, 0, "999"},
        {1000, COLUMN_COUNT, 0, "1,000"},
        {-1234567, COLUMN_COUNT, 0, "-1,234,567"},
        {123456789012, COLUMN_COUNT, 0, "123,456,789,012"},
        {1e15, COLUMN_COUNT, 0, "1e+15"},
        {0.0005, COLUMN_REAL, 3, "0.001"},
        {-0.0004, COLUMN_REAL, 3, "0.000"},
        {-0.0, COLUMN_REAL, 0, "0"},
        {-0.4, COLUMN_REAL, 1, "-0.4"},
        {(double)NAN, COLUMN_SHARE, 3, "-"},
        {HUGE_VAL, COLUMN_REAL, 3, "inf"},
        {1e300, COLUMN_REAL, 3, "1e+300"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text out = {0};
        table_add_number(&out, cases[i].value, cases[i].type, cases[i].decimals);
        assert_string_equal(out.bytes, cases[i].want);
        text_done(&out);
    }
}

static void test_framed(void **state)
{
    (void)state;
    struct table *table = make_heads();
    check(table, TABLE_BOX, 0,
          "Accuracy of each head\n"
          "┌────────────────┬───────┬─────────────┬──────────┬─────────────┬────────┐\n"
          "│ head name      │ pairs │ loss (nats) │ accuracy │        95 % │        │\n"
          "├────────────────┼───────┼─────────────┼──────────┼─────────────┼────────┤\n"
          "│ h1             │ 1,283 │        0.30 │    0.718 │ [0.69 0.74] │        │\n"
          "│ 日本, \"x|y\"    │    12 │           - │    1.000 │           - │ oracle │\n"
          "│ a\\tb\\n\\x1b[2J\\ │     - │        0.00 │        - │           - │        │\n"
          "└────────────────┴───────┴─────────────┴──────────┴─────────────┴────────┘\n");
    for (size_t cells = 32; cells < 90; cells++) {
        struct text out = {0};
        table_write(table, TABLE_BOX, cells, &out);
        for (const char *at = out.bytes; *at; at += strcspn(at, "\n") + 1)
            assert_true(text_width(at, strcspn(at, "\n")) <= cells);
        text_done(&out);
    }
    table_free(table);
}

static void test_plain(void **state)
{
    (void)state;
    struct table *table = make_heads();
    check(table, TABLE_PLAIN, 20,
          "head name       pairs  loss (nats)  accuracy         95 %\n"
          "h1              1,283         0.30     0.718  [0.69 0.74]\n"
          "日本, \"x|y\"        12            -     1.000            -  oracle\n"
          "a\\tb\\n\\x1b[2J\\      -         0.00         -            -\n");
    table_free(table);
}

static void test_jsonl(void **state)
{
    (void)state;
    struct table *table = make_heads(), *none = table_create("none", NULL);
    struct text out = {0};
    table_write(table, TABLE_JSONL, 0, &out);
    size_t n = 0;
    for (char *line = strtok(out.bytes, "\n"); line; line = strtok(NULL, "\n"), n++) {
        struct json *json = json_parse(line, strlen(line), NULL);
        assert_non_null(json_get(json, "head_name"));
        json_free(json);
    }
    assert_int_equal(n, 3);
    text_done(&out);
    table_column(none, "x", COLUMN_REAL, 1, NULL);
    table_write(none, TABLE_JSONL, 0, &out);
    assert_int_equal(out.length, 0);
    table_free(none);
    table_free(table);
}

static void test_latex(void **state)
{
    (void)state;
    struct table *table = table_create("signs", "50 % of it");
    table_column(table, "a_b", COLUMN_TEXT, 0, "%");
    table_title(table, "a_b & c");
    table_column(table, "x", COLUMN_REAL, 1, NULL);
    table_column(table, "x_interval", COLUMN_INTERVAL, 1, NULL);
    table_row(table);
    table_text(table, "{x}_1 $5 #2 \\ ~^<>|\"");
    table_number(table, -0.5);
    table_interval(table, -1, 2);
    table_row(table);
    check(table, TABLE_LATEX, 0,
          "% 50 % of it\n"
          "\\begin{tabular}{lrr}\n\\toprule\n"
          "a\\_b \\& c (\\%) & x & x interval \\\\\n\\midrule\n"
          "\\{x\\}\\_1 \\$5 \\#2 \\textbackslash{} \\textasciitilde{}\\textasciicircum{}"
          "\\textless{}\\textgreater{}\\textbar{}\\textquotedbl{} & $-$0.5 & [$-$1.0, 2.0] "
          "\\\\\n"
          "-- & -- & -- \\\\\n"
          "\\bottomrule\n\\end{tabular}\n");
    table_free(table);
}

static void test_select(void **state)
{
    (void)state;
    struct table *table = make_heads();
    struct table *some =
        table_select(table, (const size_t[]){1, 0}, 2, (const size_t[]){4, 0}, 2, true);
    struct table *bare =
        table_select(table, (const size_t[]){1}, 1, (const size_t[]){1}, 1, false);
    struct table *copy = table_copy(table);
    assert_true(table_is_same(table, copy));
    assert_false(table_is_same(table, some));
    assert_false(table_is_same(table, NULL));
    struct text before = {0};
    table_write(table, TABLE_CSV, 0, &before);
    table_free(table); /* what was made of it owns its texts */
    check(some, TABLE_TEXT, 0,
          "Accuracy of each head\n"
          "       95 %  head name\n"
          "-----------  -----------\n"
          "          -  日本, \"x|y\"  oracle\n"
          "[0.69 0.74]  h1\n");
    check(bare, TABLE_CSV, 0, "pairs\n12\n");
    check(copy, TABLE_CSV, 0, before.bytes);
    text_done(&before);
    table_free(some);
    table_free(bare);
    table_free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_framed),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_jsonl),
        cmocka_unit_test(test_latex),
        cmocka_unit_test(test_select),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_text_in_parts),
        cmocka_unit_test(test_no_line_is_wider_than_the_terminal),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_tsv),
        cmocka_unit_test(test_markdown),
        cmocka_unit_test(test_markdown_cells_cannot_end_early),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_without_rows),
        cmocka_unit_test(test_empty_text_is_not_missing),
        cmocka_unit_test(test_invalid_utf8_and_infinity),
        cmocka_unit_test(test_numbers_for_people),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
