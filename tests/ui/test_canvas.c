#include "ui/shown.h"

#include <math.h>

/* ---- text ---- */

static void test_put_cuts_with_an_ellipsis(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"abc", "abc"},
        {"abcdefgh", "abcdefgh"},
        {"abcdefghi", "abcdefg…"},
        {"日本語です", "日本語…"},
        {"日本語で", "日本語で"},
        {"cafe\u0301 au lait", "cafe\u0301 au…"},
        {"\033[31mred", "\\x1b[31…"},
        {"a\nb\tc", "a\\nb\\tc"},
        {"\xff\xfe", "\\xff\\xfe"},
        {"a\u202eb", "a\\u202eb"},
        {"\u0301x", " \u0301x"},
    };
    struct shown shown;
    shown_open(&shown, 1, 8, DEPTH_NONE, GLYPHS_UNICODE);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char wanted[64];
        shown_clear(&shown);
        pen_put(&shown.pen, 0, 0, shown.pen.styles[STYLE_TEXT], cases[i].text);
        snprintf(wanted, sizeof wanted, "%s\n", cases[i].wanted);
        assert_string_equal(shown_text(&shown), wanted);
    }
    shown_done(&shown);
}

static void test_emoji_take_two_cells_each(void **state)
{
    (void)state;
    struct shown shown;
    shown_open(&shown, 1, 20, DEPTH_NONE, GLYPHS_UNICODE);
    /* a joiner and a selector behind a symbol are left out, so that all terminals agree */
    int used = pen_put(&shown.pen, 0, 0, shown.pen.styles[STYLE_TEXT],
                       "\U0001f469\u200d\U0001f680\u2764\ufe0f.");
    assert_int_equal(used, 6);
    assert_string_equal(shown_text(&shown), "\U0001f469\U0001f680\u2764.\n");
    shown_done(&shown);
}

static void test_ascii_look_sends_ascii(void **state)
{
    (void)state;
    struct shown shown;
    shown_open(&shown, 6, 30, DEPTH_NONE, GLYPHS_ASCII);
    struct pen inside = pen_frame(&shown.pen, true, "Köpfe", "é");
    pen_put(&inside, 0, 0, inside.styles[STYLE_TEXT], "日本 cafe\u0301 ü");
    pen_bar(&inside, 1, 0, 10, 0.55, inside.styles[STYLE_BAR]);
    pen_spark(&inside, 2, 0, (const double[]){0, .5, 1, NAN}, 4, 0, 1,
              inside.styles[STYLE_BAR]);
    shown_has(&shown, "+ K?pfe ");
    shown_has(&shown, "|???? cafe ?");
    shown_has(&shown, "|#####=....");
    shown_has(&shown, "|_+@.");
    for (const char *at = shown_text(&shown); *at; at++)
        assert_true((unsigned char)*at < 0x80);
    shown_done(&shown);
}

static void test_half_a_wide_character_is_a_blank(void **state)
{
    (void)state;
    struct shown shown;
    shown_open(&shown, 1, 6, DEPTH_NONE, GLYPHS_UNICODE);
    pen_put(&shown.pen, 0, 0, shown.pen.styles[STYLE_TEXT], "日本語");
    pen_put(&shown.pen, 0, 1, shown.pen.styles[STYLE_TEXT], "x");
    assert_string_equal(shown_text(&shown), " x本語\n");
    struct pen two = pen_part(&shown.pen, (struct box){0, 2, 1, 1});
    pen_put(&two, 0, 0, two.styles[STYLE_TEXT], "y");
    assert_string_equal(shown_text(&shown), " xy 語\n");
    shown_done(&shown);
}

static void test_fields_align(void **state)
{
    (void)state;
    struct shown shown;
    shown_open(&shown, 3, 8, DEPTH_NONE, GLYPHS_UNICODE);
    struct style style = shown.pen.styles[STYLE_TEXT];
    pen_field(&shown.pen, 0, 1, 6, ALIGN_LEFT, style, "ab", 2);
    pen_field(&shown.pen, 1, 1, 6, ALIGN_RIGHT, style, "語b", 4);
    pen_field(&shown.pen, 2, 1, 6, ALIGN_CENTER, style, "ab", 2);
    assert_string_equal(shown_text(&shown), " ab\n    語b\n   ab\n");
    shown_done(&shown);
}

static void test_paragraphs_break_between_words(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
        int lines;
    } cases[] = {
        {"one two three", "one two\nthree\n\n", 2},
        {"one\ntwo", "one\ntwo\n\n", 2},
        {"incomprehensible", "incompre\nhensible\n\n", 2},
        {"a incomprehensible", "a\nincompre\nhensible\n", 3},
        {"日本語日本語", "日本語日\n本語\n\n", 2},
        {"", "\n\n\n", 1},
        {"12345678 x", "12345678\nx\n\n", 2},
        {"1234567  x", "1234567\nx\n\n", 2},
        {"a\033[0m bb", "a\\x1b[0m\nbb\n\n", 2},
    };
    struct shown shown;
    shown_open(&shown, 3, 8, DEPTH_NONE, GLYPHS_UNICODE);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        shown_clear(&shown);
        const char *text = cases[i].text;
        int n =
            pen_wrap(&shown.pen, 0, 0, shown.pen.styles[STYLE_TEXT], text, strlen(text));
        assert_string_equal(shown_text(&shown), cases[i].wanted);
        assert_int_equal(n, cases[i].lines);
        assert_int_equal(text_lines(text, strlen(text), 8), cases[i].lines);
    }
    shown_clear(&shown);
    pen_wrap(&shown.pen, 1, 1, shown.pen.styles[STYLE_TEXT], "one two three four", 18);
    assert_string_equal(shown_text(&shown), "\nthree\nfour\n");
    shown_done(&shown);
}

/* ---- shapes ---- */

static void test_frame_rule_and_divider(void **state)
{
    (void)state;
    struct shown shown;
    shown_open(&shown, 6, 24, DEPTH_NONE, GLYPHS_UNICODE);
    struct pen inside = pen_frame(&shown.pen, true, "Heads", "10");
    pen_rule(&shown.pen, 3, true, "h4");
    pen_divide(&shown.pen, 12, 0, 4, true);
    pen_put(&inside, 0, 0, inside.styles[STYLE_TEXT], "in");
    assert_string_equal(shown_text(&shown), "┌ Heads ────┬────── 10 ┐\n"
                                            "│in         │          │\n"
                                            "│           │          │\n"
                                            "├ h4 ───────┴──────────┤\n"
                                            "│                      │\n"
                                            "└──────────────────────┘\n");
    shown_done(&shown);
}

static void test_small_frames_are_titles(void **state)
{
    (void)state;
    struct shown shown;
    shown_open(&shown, 2, 10, DEPTH_NONE, GLYPHS_UNICODE);
    struct pen inside = pen_frame(&shown.pen, true, "Heads", NULL);
    assert_int_equal(inside.box.rows, 1);
    pen_put(&inside, 0, 0, inside.styles[STYLE_TEXT], "x");
    assert_string_equal(shown_text(&shown), "Heads\nx\n");
    shown_done(&shown);
}

static void test_bars_in_eighths(void **state)
{
    (void)state;
    static const struct {
        double share;
        const char *wanted;
    } cases[] = {{0, "\n"},          {1, "████\n"},  {0.5, "██\n"},
                 {0.53125, "██▏\n"}, {0.001, "▏\n"}, {2, "████\n"},
                 {-1, "\n"},         {NAN, "·\n"},   {0.96875, "███▉\n"}};
    struct shown shown;
    shown_open(&shown, 1, 4, DEPTH_NONE, GLYPHS_UNICODE);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        shown_clear(&shown);
        pen_bar(&shown.pen, 0, 0, 4, cases[i].share, shown.pen.styles[STYLE_BAR]);
        assert_string_equal(shown_text(&shown), cases[i].wanted);
    }
    shown_done(&shown);
}

/* ---- clipping ---- */

static void test_nothing_is_drawn_outside(void **state)
{
    (void)state;
    struct shown shown;
    for (int rows = 0; rows < 7; rows++)
        for (int columns = 0; columns < 9; columns++) {
            shown_open(&shown, 6, 8, DEPTH_NONE, GLYPHS_UNICODE);
            struct pen all = shown.pen;
            pen_fill(&all, all.styles[STYLE_TEXT], "#");
            struct pen part = pen_part(&all, (struct box){1, 1, rows, columns});
            struct pen blank = part;
            pen_fill(&blank, all.styles[STYLE_TEXT], " ");
            struct pen inside = pen_frame(&part, false, "a title that is long", "right");
            pen_put(&inside, 0, -2, all.styles[STYLE_TEXT], "日本語日本語日本語");
            pen_wrap(&inside, -1, 0, all.styles[STYLE_TEXT], "words and more words", 20);
            pen_bar(&inside, 0, -3, 40, 1, all.styles[STYLE_BAR]);
            pen_rule(&part, 2, false, "rule");
            pen_cursor(&inside, 50, 50);
            assert_int_equal(shown.canvas.cursor_row, -1);
            for (int row = 0; row < 6; row++)
                for (int column = 0; column < 8; column++) {
                    bool in =
                        row >= 1 && row < 1 + rows && column >= 1 && column < 1 + columns;
                    if (!in)
                        assert_string_equal(canvas_at(&shown.canvas, row, column)->glyph,
                                            "#");
                }
            shown_done(&shown);
        }
}

static void test_parts_by_rows_and_columns(void **state)
{
    (void)state;
    static const struct {
        int first, n, row, rows;
    } cases[] = {{0, 1, 0, 1},  {1, -1, 1, 8},  {-1, 1, 9, 1}, {-2, -1, 8, 1},
                 {3, 99, 3, 7}, {12, 3, 12, 0}, {0, -20, 0, 0}};
    struct shown shown;
    shown_open(&shown, 10, 10, DEPTH_NONE, GLYPHS_UNICODE);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pen part = pen_rows(&shown.pen, cases[i].first, cases[i].n);
        assert_int_equal(part.box.row, cases[i].row);
        assert_int_equal(part.box.rows, cases[i].rows);
        part = pen_columns(&shown.pen, cases[i].first, cases[i].n);
        assert_int_equal(part.box.column, cases[i].row);
        assert_int_equal(part.box.columns, cases[i].rows);
    }
    shown_done(&shown);
}

static void test_hits(void **state)
{
    (void)state;
    struct shown shown;
    int row, column;
    shown_open(&shown, 10, 10, DEPTH_NONE, GLYPHS_UNICODE);
    struct pen part = pen_part(&shown.pen, (struct box){2, 3, 4, 5});
    assert_true(pen_hit(&part, 2, 3, &row, &column));
    assert_int_equal(row, 0);
    assert_int_equal(column, 0);
    assert_true(pen_hit(&part, 5, 7, &row, &column));
    assert_false(pen_hit(&part, 6, 7, &row, &column));
    assert_false(pen_hit(&part, 5, 8, &row, &column));
    shown_done(&shown);
}

/* ---- files ---- */

static void test_ansi_has_styles(void **state)
{
    (void)state;
    struct shown shown;
    struct text out = {0};
    shown_open(&shown, 1, 10, DEPTH_256, GLYPHS_UNICODE);
    pen_put(&shown.pen, 0, 0, (struct style){1, 214, ATTR_BOLD}, "a");
    pen_put(&shown.pen, 0, 1, (struct style){12, STYLE_RGB | 0x010203, 0}, "b");
    canvas_ansi(&shown.canvas, &out);
    assert_string_equal(out.bytes, "\033[0;1;31;48;5;214ma\033[0;94;48;2;1;2;3mb\033[0m\n");
    text_done(&out);
    shown_done(&shown);
}

static void test_svg_has_text_and_colours(void **state)
{
    (void)state;
    struct shown shown;
    struct text out = {0};
    shown_open(&shown, 2, 10, DEPTH_256, GLYPHS_UNICODE);
    pen_put(&shown.pen, 0, 0, (struct style){16, 214, 0}, "<a&b>");
    canvas_svg(&shown.canvas, &shown.look, &out);
    assert_non_null(strstr(out.bytes, "&#60;a&#38;b&#62;</text>"));
    assert_non_null(strstr(out.bytes, "fill=\"#ffaf00\""));
    assert_non_null(strstr(out.bytes, "</svg>"));
    text_done(&out);
    shown_done(&shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_put_cuts_with_an_ellipsis),
        cmocka_unit_test(test_emoji_take_two_cells_each),
        cmocka_unit_test(test_ascii_look_sends_ascii),
        cmocka_unit_test(test_half_a_wide_character_is_a_blank),
        cmocka_unit_test(test_fields_align),
        cmocka_unit_test(test_paragraphs_break_between_words),
        cmocka_unit_test(test_frame_rule_and_divider),
        cmocka_unit_test(test_small_frames_are_titles),
        cmocka_unit_test(test_bars_in_eighths),
        cmocka_unit_test(test_nothing_is_drawn_outside),
        cmocka_unit_test(test_parts_by_rows_and_columns),
        cmocka_unit_test(test_hits),
        cmocka_unit_test(test_ansi_has_styles),
        cmocka_unit_test(test_svg_has_text_and_colours),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
