#include "near.h"

#include <math.h>
#include <string.h>

#include "command/table_chart.h"

/* Accuracies of two rows, with intervals, beside what must not be drawn on their axis. */
static struct table *make(enum column_type first)
{
    struct table *table = table_create("heads", "Heads");
    table_column(table, first == COLUMN_TEXT ? "head" : "heads", first, 0, NULL);
    table_column(table, "pairs", COLUMN_COUNT, 0, NULL);
    table_column(table, "accuracy", COLUMN_SHARE, 2, NULL);
    table_column(table, "accuracy_interval", COLUMN_INTERVAL, 2, NULL);
    table_column(table, "best", COLUMN_SHARE, 2, NULL);
    table_column(table, "seconds", COLUMN_REAL, 1, "s");
    for (int i = 0; i < 3; i++) {
        double accuracy = 0.9 - 0.2 * i;
        table_row(table);
        if (first == COLUMN_TEXT)
            table_text(table, i == 1 ? NULL : i ? "h<3" : "h1");
        else
            table_number(table, i == 1 ? (double)NAN : 10 - i);
        table_number(table, 1000);
        table_number(table, accuracy);
        table_interval(table, accuracy - 0.1, accuracy + 0.1);
        table_number(table, accuracy);
        table_number(table, 5);
    }
    return table;
}

static struct text draw(const struct table *table, struct plot_style style)
{
    struct text out = {0};
    struct error err;
    assert_int_equal(table_chart_text(table, &style, &out, &err), STATUS_OK);
    return out;
}

static void test_bars(void **state)
{
    (void)state;
    struct table *table = make(COLUMN_TEXT);
    struct text out = draw(table, (struct plot_style){.plot = PLOT_BARS, .cells = 60});
    assert_memory_equal(out.bytes, "accuracy\nh1 ", 12);
    assert_non_null(strstr(out.bytes, "0.90 [0.80 1.00]\n-"));
    assert_non_null(strstr(out.bytes, "\nh<3"));
    assert_null(strstr(out.bytes, "1,000"));
    for (const char *c = out.bytes; *c; c++)
        assert_true((unsigned char)*c < 0x80);
    text_done(&out);
    table_free(table);
}

static void test_heat(void **state)
{
    (void)state;
    struct table *table = make(COLUMN_TEXT);
    struct text out = draw(table, (struct plot_style){.plot = PLOT_HEAT});
    assert_memory_equal(out.bytes, "Heads\nhead", 10);
    assert_non_null(strstr(out.bytes, "accuracy"));
    assert_non_null(strstr(out.bytes, "best"));
    assert_null(strstr(out.bytes, "pairs"));
    assert_null(strstr(out.bytes, "seconds"));
    const char *unsure = strchr(out.bytes, '~'); /* the one whose interval holds 1/2 */
    assert_non_null(unsure);
    assert_null(strchr(unsure + 1, '~'));
    text_done(&out);
    out = draw(table, (struct plot_style){.plot = PLOT_HEAT, .is_chosen = true});
    assert_non_null(strstr(out.bytes, "pairs"));
    assert_non_null(strstr(out.bytes, "seconds"));
    text_done(&out);
    table_free(table);
}

static void test_lines(void **state)
{
    (void)state;
    struct table *table = make(COLUMN_COUNT);
    struct text out = draw(table, (struct plot_style){.plot = PLOT_LINE, .cells = 50});
    assert_non_null(strstr(out.bytes, "Heads"));
    assert_non_null(strstr(out.bytes, "accuracy"));
    assert_null(strstr(out.bytes, "pairs"));
    for (const char *at = out.bytes; *at; at += strcspn(at, "\n") + 1)
        assert_true(text_width(at, strcspn(at, "\n")) <= 50);
    text_done(&out);
    table_free(table);
}

static void test_pictures_choose_by_the_table(void **state)
{
    (void)state;
    struct error err;
    const struct plot_style style = {.plot = PLOT_NONE};
    for (int i = 0; i < 2; i++) {
        struct table *table = make(i ? COLUMN_COUNT : COLUMN_TEXT);
        struct text out = {0};
        assert_int_equal(table_chart_svg(table, &style, &out, &err), STATUS_OK);
        assert_non_null(strstr(out.bytes, "<svg "));
        assert_non_null(strstr(out.bytes, "accuracy"));
        assert_int_equal(strstr(out.bytes, "h&#60;3") != NULL, !i);
        assert_null(strstr(out.bytes, "h<3"));
        text_done(&out);
        table_free(table);
    }
}

static void test_refusals(void **state)
{
    (void)state;
    struct text out = {0};
    struct error err;
    struct table *table = make(COLUMN_TEXT), *bare = table_create("bare", NULL);
    const struct plot_style lines = {.plot = PLOT_LINE}, bars = {.plot = PLOT_BARS};
    assert_int_equal(table_chart_text(table, &lines, &out, &err), STATUS_USAGE);
    assert_string_equal(err.message,
                        "--plot line wants numbers in the first column of 'heads'");
    assert_int_equal(table_chart_text(bare, &bars, &out, &err), STATUS_USAGE);
    assert_string_equal(err.message, "--plot: the table 'bare' has no rows");
    table_column(bare, "name", COLUMN_TEXT, 0, NULL);
    table_row(bare);
    assert_int_equal(table_chart_svg(bare, &bars, &out, &err), STATUS_USAGE);
    assert_string_equal(err.message, "--plot: the table 'bare' has no numbers");
    assert_int_equal(out.length, 0);
    table_free(table);
    table_free(bare);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bars),
        cmocka_unit_test(test_heat),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_pictures_choose_by_the_table),
        cmocka_unit_test(test_refusals),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
