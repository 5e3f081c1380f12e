#include "ui/shown.h"

#include <math.h>

#include "ui/heat.h"
#include "ui/plot.h"

static const double values[] = {.10, .90, .50, NAN, .30, .70};
static const double base[] = {.20, .80, .50, .1, NAN, .70};
static const double low[] = {.05, .85, .40, NAN, .20, .60};
static const double high[] = {.15, .95, .60, NAN, .55, .80};

/* 2 rows, 3 columns */
static struct heat made(enum heat_scale scale)
{
    struct heat heat = {.scale = scale,
                        .values = values,
                        .base = base,
                        .low = low,
                        .high = high,
                        .includes = .5,
                        .rows = 2,
                        .columns = 3,
                        .least = NAN,
                        .most = NAN,
                        .decimals = 2,
                        .no_zero = true};
    heat_measure(&heat);
    return heat;
}

static void test_scales(void **state)
{
    (void)state;
    static const struct {
        enum heat_scale scale;
        double shares[6];
    } cases[] = {
        {HEAT_GLOBAL, {0, 1, .5, NAN, .25, .75}},
        {HEAT_COLUMN, {.5, 1, 0, NAN, 0, 1}},
        {HEAT_ROW, {0, 1, .5, NAN, 0, 1}},
        {HEAT_DIFFERENCE, {0, 1, .5, NAN, NAN, .5}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct heat heat = made(cases[i].scale);
        for (size_t cell = 0; cell < 6; cell++) {
            double share = heat_share(&heat, cell / 3, cell % 3),
                   want = cases[i].shares[cell];
            if (isnan(want))
                assert_true(isnan(share));
            else
                assert_near(share, want, 0, 1e-9);
        }
        heat_done(&heat);
    }
}

/* A15, A16 */
static void test_marks_of_cells(void **state)
{
    (void)state;
    static const char *const global[] = {"★.10 ", "★.90 ", ".50~", "·", ".30~", "★.70 "};
    static const char *const difference[] = {"★-.10 ", "★+.10 ", " .00 ",
                                             "·",      "·",      "★ .00 "};
    struct look look;
    struct text text = {0};
    setlocale(LC_ALL, "C.UTF-8");
    look_plain(&look, DEPTH_256, GLYPHS_UNICODE);
    struct heat heat = made(HEAT_GLOBAL), other = made(HEAT_DIFFERENCE);
    for (size_t cell = 0; cell < 6; cell++) {
        text_clear(&text);
        heat_text(&heat, &look, cell / 3, cell % 3, &text);
        assert_string_equal(text.bytes, global[cell]);
        text_clear(&text);
        heat_text(&other, &look, cell / 3, cell % 3, &text);
        assert_string_equal(text.bytes, difference[cell]);
    }
    heat_done(&heat);
    heat_done(&other);
    text_done(&text);
}

static void test_drawing_with_and_without_colour(void **state)
{
    (void)state;
    struct shown shown;
    struct heat heat = made(HEAT_GLOBAL);
    shown_open(&shown, 1, 12, DEPTH_256, GLYPHS_UNICODE);
    heat_draw(&heat, &shown.pen, 0, 0, 6, 0, 0, false);
    heat_draw(&heat, &shown.pen, 0, 6, 6, 0, 1, true);
    assert_string_equal(shown_text(&shown), " ★.10  ★.90\n");
    assert_int_equal(shown_style(&shown, 0, 0).bg, 17);
    assert_int_equal(shown_style(&shown, 0, 6).bg, 226);
    assert_true(shown_style(&shown, 0, 6).attr & ATTR_REVERSE);
    shown_done(&shown);
    shown_open(&shown, 1, 12, DEPTH_NONE, GLYPHS_UNICODE);
    heat_draw(&heat, &shown.pen, 0, 0, 6, 1, 1, false);
    heat_draw(&heat, &shown.pen, 0, 6, 6, 0, 1, false);
    assert_string_equal(shown_text(&shown), "░ .30~█★.90\n");
    shown_done(&shown);
    heat_done(&heat);
}

static void test_legend(void **state)
{
    (void)state;
    static const struct {
        enum heat_scale scale;
        enum glyph_set set;
        const char *wanted;
    } cases[] = {
        {HEAT_GLOBAL, GLYPHS_UNICODE, "scale: global .10 ·░▒▓█ .90\n"},
        {HEAT_COLUMN, GLYPHS_ASCII, "scale: column least .:+#@ most\n"},
        {HEAT_DIFFERENCE, GLYPHS_ASCII, "scale: difference -.10 .:+#@ +.10\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct shown shown;
        struct heat heat = made(cases[i].scale);
        shown_open(&shown, 1, 60, DEPTH_NONE, cases[i].set);
        int used = heat_legend(&heat, &shown.pen, 0, 0);
        assert_string_equal(shown_text(&shown), cases[i].wanted);
        assert_int_equal(used, text_width(cases[i].wanted, strlen(cases[i].wanted) - 1));
        heat_done(&heat);
        shown_done(&shown);
    }
}

static void test_picture(void **state)
{
    (void)state;
    static const char *const rows[] = {"h1", "h<2>"}, *const columns[] = {"a", "b", "c"};
    struct heat heat = made(HEAT_GLOBAL);
    struct look look;
    struct text svg = {0};
    look_plain(&look, DEPTH_NONE, GLYPHS_UNICODE);
    heat_svg(&heat, &(struct heat_labels){"heads", "head", rows, columns}, &look, &svg);
    assert_non_null(strstr(svg.bytes, ">h&#60;2&#62;</text>"));
    assert_non_null(strstr(svg.bytes, ">0.50~</text>"));
    assert_non_null(
        strstr(svg.bytes, "#fde725")); /* the full ramp, though the terminal has none */
    text_done(&svg);
    heat_done(&heat);
}

/* Charts are those of io/chart.h; here: that they reach the canvas in the look's colours. */
static void test_plots(void **state)
{
    (void)state;
    static const double y[] = {1, 2, 3};
    struct chart_series series = {"é", NULL, y, NULL, NULL, 3};
    struct chart_lines lines = {
        "t", {NULL, false, NAN, NAN}, {NULL, false, NAN, NAN}, &series, 1, NAN};
    struct shown shown;
    shown_open(&shown, 10, 30, DEPTH_256, GLYPHS_UNICODE);
    plot_lines(&shown.pen, &lines);
    shown_has(&shown, "o é");
    shown_has(&shown, "┤");
    assert_int_equal(shown_style(&shown, 1, 0).fg, 214);
    shown_done(&shown);
    shown_open(&shown, 10, 30, DEPTH_NONE, GLYPHS_ASCII);
    plot_lines(&shown.pen, &lines);
    shown_has(&shown, "o ?");
    for (const char *at = shown_text(&shown); *at; at++)
        assert_true((unsigned char)*at < 0x80);
    shown_done(&shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scales),
        cmocka_unit_test(test_marks_of_cells),
        cmocka_unit_test(test_drawing_with_and_without_colour),
        cmocka_unit_test(test_legend),
        cmocka_unit_test(test_picture),
        cmocka_unit_test(test_plots),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
