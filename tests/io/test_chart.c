#include "near.h"

#include <math.h>
#include <string.h>

#include "io/chart.h"
#include "io/chart_parts.h"
#include "io/svg.h"

static const double values[] = {1, 2, 4, 3}, low[] = {0, 1, 3, 2}, high[] = {2, 3, 5, 4};

static struct chart_lines lines_of(const struct chart_series *series, size_t n)
{
    return (struct chart_lines){.title = "title",
                                .x = {"K", false, NAN, NAN},
                                .y = {NULL, false, NAN, NAN},
                                .series = series,
                                .n_series = n,
                                .cursor = NAN};
}

typedef void draw_chart(struct chart_grid *grid, const void *chart,
                        enum chart_glyphs glyphs);

static void draw_lines(struct chart_grid *grid, const void *chart, enum chart_glyphs glyphs)
{
    chart_draw_lines(grid, chart, glyphs);
}

static void draw_bars(struct chart_grid *grid, const void *chart, enum chart_glyphs glyphs)
{
    chart_draw_bars(grid, chart, glyphs);
}

static void draw_heat(struct chart_grid *grid, const void *chart, enum chart_glyphs glyphs)
{
    chart_draw_heat(grid, chart, glyphs);
}

/* The chart as lines of text; free it. */
static struct text drawn(draw_chart *draw, const void *chart, size_t rows, size_t columns,
                         enum chart_glyphs glyphs)
{
    struct chart_grid grid;
    struct text out = {0};
    chart_grid_open(&grid, rows, columns);
    draw(&grid, chart, glyphs);
    chart_grid_write(&grid, &out);
    chart_grid_done(&grid);
    return out;
}

static void assert_drawn(draw_chart *draw, const void *chart, size_t rows, size_t columns,
                         enum chart_glyphs glyphs, const char *wanted)
{
    struct text out = drawn(draw, chart, rows, columns, glyphs);
    assert_string_equal(out.bytes, wanted);
    text_done(&out);
}

/* ---- scales ---- */

static void test_ticks(void **state)
{
    (void)state;
    static const struct {
        struct chart_range range;
        size_t most;
        const char *wanted;
    } cases[] = {
        {{0, 1, false}, 6, "0.0 0.2 0.4 0.6 0.8 1.0"},
        {{0, 1, false}, 3, "0.0 0.5 1.0"},
        {{1, 16, false}, 5, "5 10 15"},
        {{-3, 3, false}, 4, "-2 0 2"},
        {{1, 1000, true}, 5, "1 10 100 1000"},
        {{2, 8, true}, 5, "2 4 6 8"},
        {{0.001, 0.002, false}, 3, "0.0010 0.0015 0.0020"},
        {{0, 5e7, false}, 3, "0 2e+07 4e+07"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double ticks[TICKS_MOST];
        struct text said = {0};
        size_t n = chart_ticks(&cases[i].range, cases[i].most, ticks);
        for (size_t k = 0; k < n; k++) {
            char text[TICK_TEXT];
            chart_tick_text(ticks[k], ticks, n, text);
            text_printf(&said, "%s%s", k ? " " : "", text);
        }
        assert_string_equal(said.bytes, cases[i].wanted);
        text_done(&said);
    }
}

static void test_ranges_are_never_empty(void **state)
{
    (void)state;
    static const double odd[] = {NAN, INFINITY, -1, 0, 5};
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 5; k++)
            for (int is_log = 0; is_log < 2; is_log++) {
                struct chart_axis axis = {NULL, is_log, odd[i], odd[k]};
                struct chart_range range = chart_range_of(&axis, odd[k], odd[i]);
                assert_true(range.low < range.high);
                assert_true(!is_log || range.low > 0);
            }
}

/* ---- as characters ---- */

static void test_lines(void **state)
{
    (void)state;
    struct chart_series series[] = {{"a", NULL, values, NULL, NULL, 4}};
    struct chart_lines lines = lines_of(series, 1);
    assert_drawn(draw_lines, &lines, 8, 24, CHART_UNICODE,
                 "title\n"
                 "o a\n"
                 "4 ┤           ╭─o──╮\n"
                 "  │        ╭──╯    ╰───o\n"
                 "2 ┤   ╭───o╯\n"
                 "  │o──╯\n"
                 "  └───────┬────────────┬\n"
                 "          2            4\n");
    assert_drawn(draw_lines, &lines, 4, 24, CHART_ASCII,
                 "4 +          /--o----\\\n"
                 "2 +     /-o--/       \\-o\n"
                 "  |o----/\n"
                 "  +-------+------------+\n");
}

static void test_gaps_and_cursor(void **state)
{
    (void)state;
    static const double gap[] = {1, NAN, 3, 3};
    struct chart_series series[] = {{"a", NULL, gap, NULL, NULL, 4},
                                    {"b", NULL, values, low, high, 4}};
    struct chart_lines lines = lines_of(series, 2);
    lines.cursor = 3;
    struct text out = drawn(draw_lines, &lines, 10, 60, CHART_BRAILLE);
    assert_non_null(strstr(out.bytes, "K 3  o a 3  x b 4 [3 5]"));
    text_done(&out);
    series[0].n = series[1].n = 0;
    out = drawn(draw_lines, &lines, 10, 60, CHART_UNICODE);
    assert_non_null(strstr(out.bytes, "└"));
    text_done(&out);
}

static void test_bars(void **state)
{
    (void)state;
    static const char *const labels[] = {"h1", "h10", "\033[1m"};
    static const double shares[] = {1, .5, NAN};
    struct chart_bars bars = {"load", labels, shares, NULL, NULL, 3, NAN, NAN, 2};
    assert_drawn(draw_bars, &bars, 4, 24, CHART_UNICODE,
                 "load\n"
                 "h1      ███████████ 1.00\n"
                 "h10     █████▌      0.50\n"
                 "\\x1b[1m             -\n");
    assert_drawn(draw_bars, &bars, 2, 24, CHART_ASCII,
                 "h1      ########### 1.00\n"
                 "2 more\n");
}

static const char *const rows[] = {"h1", "h2"}, *const columns[] = {"clarity", "humor"};
static const double cells[] = {.1, .9, NAN, -.5};
static const unsigned char unsure[] = {0, 1, 0, 0};

static struct chart_heat heat_of(enum chart_scale scale, bool diverging)
{
    return (struct chart_heat){.corner = "head",
                               .rows = rows,
                               .columns = columns,
                               .values = cells,
                               .unsure = unsure,
                               .n_rows = 2,
                               .n_columns = 2,
                               .scale = scale,
                               .is_diverging = diverging,
                               .least = NAN,
                               .most = NAN,
                               .decimals = 1};
}

static void test_heat(void **state)
{
    (void)state;
    struct chart_heat heat = heat_of(CHART_SCALE_ALL, false);
    size_t n_rows, n_columns;
    chart_heat_size(&heat, &n_rows, &n_columns);
    assert_int_equal(n_rows, 3);
    assert_drawn(draw_heat, &heat, n_rows, n_columns, CHART_UNICODE,
                 "head  clarity  humor\n"
                 "h1       0.1▒  0.9~█\n"
                 "h2         -   -0.5·\n");
    assert_drawn(draw_heat, &heat, n_rows, 18, CHART_ASCII,
                 "head  clarity    >\n"
                 "h1       0.1+\n"
                 "h2         -\n");
}

static void test_shares_of_heat(void **state)
{
    (void)state;
    struct chart_heat heat = heat_of(CHART_SCALE_ALL, true);
    assert_near(chart_heat_share(&heat, 0, 1), 1, 0, 1e-12);
    assert_near(chart_heat_share(&heat, 1, 1), 0.5 - 0.5 / 1.8, 0, 1e-12);
    assert_true(isnan(chart_heat_share(&heat, 1, 0)));
    heat = heat_of(CHART_SCALE_COLUMN, false);
    assert_near(chart_heat_share(&heat, 0, 0), 0.5, 0, 1e-12); /* alone in its column */
    assert_near(chart_heat_share(&heat, 0, 1), 1, 0, 1e-12);
    heat = heat_of(CHART_SCALE_ROW, false);
    assert_near(chart_heat_share(&heat, 0, 0), 0, 0, 1e-12);
}

/* ---- any size ---- */

static void test_every_size_is_kept(void **state)
{
    (void)state;
    struct chart_series series[] = {{"日本", NULL, values, low, high, 4}};
    struct chart_lines lines = lines_of(series, 1);
    struct chart_bars bars = {"load", rows, values, low, high, 2, NAN, NAN, 2};
    struct chart_heat heat = heat_of(CHART_SCALE_ALL, false);
    lines.cursor = 2;
    for (size_t r = 0; r < 14; r++)
        for (size_t c = 0; c < 30; c++)
            for (int i = 0; i < 9; i++) {
                static draw_chart *const draws[] = {draw_lines, draw_bars, draw_heat};
                const void *const charts[] = {&lines, &bars, &heat};
                struct text out =
                    drawn(draws[i % 3], charts[i % 3], r, c, (enum chart_glyphs)(i / 3));
                for (const char *at = out.bytes; *at; at += strcspn(at, "\n") + 1)
                    assert_true(text_width(at, strcspn(at, "\n")) <= c);
                text_done(&out);
            }
}

/* ---- as pictures ---- */

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (; (text = strstr(text, part)); text++)
        n++;
    return n;
}

static void test_pictures(void **state)
{
    (void)state;
    static const double gap[] = {1, NAN, 3, 3};
    struct chart_series series[] = {{"a<b", NULL, values, low, high, 4},
                                    {NULL, NULL, gap, NULL, NULL, 4}};
    struct chart_lines lines = lines_of(series, 2);
    struct text out = {0};
    chart_svg_lines(&lines, &chart_colors_light, 0, 0, &out);
    assert_int_equal(count(out.bytes, "<svg "), 1);
    assert_int_equal(count(out.bytes, "<polyline "),
                     2); /* the lone point before the gap is none */
    assert_non_null(strstr(out.bytes, ">a&#60;b</text>"));
    assert_non_null(strstr(out.bytes, "fill-opacity=\"0.18\""));
    assert_null(strstr(out.bytes, "nan"));
    assert_null(strstr(out.bytes, "inf"));
    text_clear(&out);
    struct chart_heat heat = heat_of(CHART_SCALE_ALL, false);
    chart_svg_heat(&heat, &chart_colors_dark, 0, 0, &out);
    assert_int_equal(count(out.bytes, "<rect "), 5);
    assert_int_equal(count(out.bytes, "<text "), 9);
    text_clear(&out);
    struct chart_bars bars = {"load", rows, values, low, high, 2, NAN, NAN, 2};
    chart_svg_bars(&bars, &chart_colors_dark, 300, 100, &out);
    assert_int_equal(count(out.bytes, "<rect "), 3);
    assert_non_null(strstr(out.bytes, "width=\"300\" height=\"100\""));
    text_done(&out);
}

static void test_svg_texts_are_valid_xml(void **state)
{
    (void)state;
    struct text out = {0};
    struct svg_font font = {.size = 12, .anchor = SVG_END};
    svg_text(&out, 1.5, -0.001, &font, "<\"&\033\xff\xef\xbf\xbf", 8);
    assert_non_null(strstr(out.bytes, "x=\"1.5\" y=\"0\""));
    assert_non_null(strstr(out.bytes, ">&#60;&#34;&#38;\\x1b\\xff?</text>"));
    text_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ticks),
        cmocka_unit_test(test_ranges_are_never_empty),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_gaps_and_cursor),
        cmocka_unit_test(test_bars),
        cmocka_unit_test(test_heat),
        cmocka_unit_test(test_shares_of_heat),
        cmocka_unit_test(test_every_size_is_kept),
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_svg_texts_are_valid_xml),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
