#include "ui/shown.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "ui/listing.h"

static const struct row {
    const char *name, *text;
    double score;
} few[] = {
    {"h1", "a heat pump", .5}, {"h10", "a boiler", .9},    {"h2", "the Pump room", NAN},
    {"h3", NULL, .1},          {"h4", "nothing here", .5}, {"h5", "heat", .7},
};
enum { FEW = sizeof few / sizeof few[0] };

static struct cell cell_of(const void *rows, size_t row, size_t column)
{
    const struct row *of = (const struct row *)rows + row;
    struct cell cell = {NULL, NAN, NAN};
    if (column == 0)
        cell.text = of->name;
    if (column == 1)
        cell.text = of->text;
    if (column == 2)
        cell.value = of->score;
    return cell;
}

static const struct listing_column columns[] = {
    {.name = "head", .type = COLUMN_TEXT},
    {.name = "text", .type = COLUMN_TEXT, .most = 20},
    {.name = "score", .type = COLUMN_SHARE, .decimals = 2},
};

static struct listing listing = {
    .columns = columns, .n_columns = 3, .n_rows = FEW, .rows = few, .cell = cell_of};

/* The rows as they are shown, by their first column. */
static const char *order(const struct listing_state *state)
{
    static char out[256];
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < state->n_shown; i++)
        used += (size_t)snprintf(out + used, sizeof out - used, "%s%s", i ? " " : "",
                                 few[state->order[i]].name);
    return out;
}

static void verbs(struct listing_state *state, const char *words)
{
    char word[32];
    while (*words) {
        size_t length = strcspn(words, " ");
        enum listing_verb verb;
        snprintf(word, sizeof word, "%.*s", (int)length, words);
        assert_true(listing_verb_find(word, &verb));
        listing_do(&listing, state, verb);
        words += length + (words[length] == ' ');
    }
}

/* ---- order ---- */

/* A11 */
static void test_sorting(void **state)
{
    (void)state;
    static const struct {
        const char *verbs, *wanted;
    } cases[] = {
        {"", "h1 h10 h2 h3 h4 h5"},
        {"sort-turn", "h1 h2 h3 h4 h5 h10"},
        {"sort-turn sort-turn", "h10 h5 h4 h3 h2 h1"},
        {"sort-turn sort-turn sort-turn", "h1 h10 h2 h3 h4 h5"},
        {"right right sort-turn", "h3 h1 h4 h5 h10 h2"}, /* missing last */
        {"right right sort-turn sort-turn",
         "h10 h5 h1 h4 h3 h2"}, /* equal ones as they lay */
        {"right sort-turn", "h10 h1 h5 h4 h2 h3"},
        {"right right sort-turn left left sort-second", "h3 h1 h4 h5 h10 h2"},
        {"right right sort-turn left left sort-second sort-second", "h3 h4 h1 h5 h10 h2"},
        {"sort-right", "h1 h2 h3 h4 h5 h10"},
        {"sort-right sort-right sort-right", "h3 h1 h4 h5 h10 h2"},
        {"sort-right sort-right sort-left", "h1 h2 h3 h4 h5 h10"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct listing_state view = {0};
        listing_refresh(&listing, &view);
        verbs(&view, cases[i].verbs);
        assert_string_equal(order(&view), cases[i].wanted);
        listing_done(&view);
    }
}

static void test_the_cursor_stays_on_its_row(void **state)
{
    (void)state;
    struct listing_state view = {0};
    struct error err;
    listing_refresh(&listing, &view);
    verbs(&view, "down");
    assert_int_equal(listing_row(&listing, &view), 1);
    verbs(&view, "sort-turn");
    assert_int_equal(view.at, 5);
    assert_int_equal(listing_row(&listing, &view), 1);
    listing_filter(&listing, &view, "score>0.6", &err);
    assert_int_equal(listing_row(&listing, &view), 1);
    listing_filter(&listing, &view, "", &err);
    assert_int_equal(listing_row(&listing, &view), 1);
    verbs(&view, "first up");
    assert_int_equal(view.at, 0);
    verbs(&view, "last down down");
    assert_int_equal(view.at, 5);
    listing_done(&view);
}

/* ---- as commands ---- */

static void test_order_as_a_command(void **state)
{
    (void)state;
    struct listing_state view = {0};
    struct text line = {0};
    struct error err;
    listing_refresh(&listing, &view);
    view.column = 2;
    assert_true(listing_command(&listing, &view, "heads", LISTING_SORT_TURN, &line));
    assert_string_equal(line.bytes, "sort heads score");
    assert_string_equal(order(&view), "h1 h10 h2 h3 h4 h5"); /* only said */
    assert_int_equal(listing_set(&listing, &view, "-score,head", "score>0", "text", &err),
                     STATUS_OK);
    assert_string_equal(order(&view), "h10 h5 h1 h4 h3");
    assert_true(listing_is_hidden(&view, 1));
    text_clear(&line);
    listing_add_sort(&listing, &view, &line);
    assert_string_equal(line.bytes, "-score,head");
    text_clear(&line);
    assert_true(listing_command(&listing, &view, "heads", LISTING_UNHIDE, &line));
    assert_string_equal(line.bytes, "columns heads \"\"");
    assert_false(listing_command(&listing, &view, "heads", LISTING_DOWN, &line));
    assert_int_equal(listing_set(&listing, &view, "bogus", NULL, NULL, &err), STATUS_USAGE);
    assert_string_equal(err.message, "there is no column 'bogus'");
    assert_string_equal(order(&view), "h1 h10 h2 h3 h4 h5");
    text_done(&line);
    listing_done(&view);
}

/* ---- filter: A10 ---- */

static void test_filtering(void **state)
{
    (void)state;
    static const struct {
        const char *expression, *wanted;
        enum status status;
    } cases[] = {
        {"score>0.4", "h1 h10 h4 h5", STATUS_OK},
        {"score>0.4 text~heat", "h1 h5", STATUS_OK},
        {"/pump/", "h1 h2", STATUS_OK},
        {"/Pump/", "h2", STATUS_OK},
        {"!score>0.4", "h2 h3", STATUS_OK},
        {"score>", "h1 h10 h2 h3 h4 h5", STATUS_OK}, /* being typed: nothing is hidden */
        {"  ", "h1 h10 h2 h3 h4 h5", STATUS_OK},
        {"rigour=1", "h1 h10 h2 h3 h4 h5", STATUS_USAGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct listing_state view = {0};
        struct error err;
        listing_refresh(&listing, &view);
        assert_int_equal(listing_filter(&listing, &view, cases[i].expression, &err),
                         cases[i].status);
        assert_string_equal(order(&view), cases[i].wanted);
        listing_done(&view);
    }
}

/* ---- search: A09 ---- */

static void test_searching(void **state)
{
    (void)state;
    struct listing_state view = {0};
    struct text said = {0};
    struct error err;
    listing_refresh(&listing, &view);
    assert_int_equal(listing_search(&listing, &view, "pump", 0, &err), STATUS_OK);
    assert_int_equal(listing_row(&listing, &view), 0);
    listing_add_search(&view, &said);
    assert_string_equal(said.bytes, "1 of 2");
    verbs(&view, "next-hit");
    assert_int_equal(listing_row(&listing, &view), 2);
    verbs(&view, "next-hit");
    assert_int_equal(listing_row(&listing, &view), 0);
    verbs(&view, "previous-hit");
    assert_int_equal(listing_row(&listing, &view), 2);
    assert_int_equal(listing_search(&listing, &view, "h(eat|10)", 1, &err), STATUS_OK);
    assert_int_equal(listing_row(&listing, &view), 1);
    assert_int_equal(view.n_hits, 3);
    assert_int_equal(listing_search(&listing, &view, "h(", 0, &err), STATUS_USAGE);
    assert_non_null(strstr(err.message, "is no regular expression"));
    assert_int_equal(view.n_hits, 3); /* the last good one stays */
    assert_int_equal(listing_search(&listing, &view, "Heat", 0, &err), STATUS_OK);
    assert_int_equal(view.n_hits, 0); /* a capital letter counts */
    text_clear(&said);
    listing_add_search(&view, &said);
    assert_string_equal(said.bytes, "nothing found");
    assert_int_equal(listing_search(&listing, &view, "", 0, &err), STATUS_OK);
    text_clear(&said);
    listing_add_search(&view, &said);
    assert_string_equal(said.bytes, "");
    text_done(&said);
    listing_done(&view);
}

/* ---- drawing ---- */

static void test_drawing(void **state)
{
    (void)state;
    struct listing_state view = {0};
    struct shown shown;
    shown_open(&shown, 4, 40, DEPTH_NONE, GLYPHS_UNICODE);
    listing_refresh(&listing, &view);
    verbs(&view, "down right right sort-turn");
    listing_draw(&listing, &view, &shown.pen, true);
    assert_string_equal(shown_text(&shown), " head    text            score▲\n"
                                            " h4      nothing here      0.50\n"
                                            " h5      heat              0.70\n"
                                            "▸h10     a boiler          0.90\n");
    assert_int_equal(shown_style(&shown, 3, 1).attr, ATTR_REVERSE);
    assert_int_equal(shown_style(&shown, 2, 1).attr, 0);
    verbs(&view, "finer hide width first");
    shown_clear(&shown);
    listing_draw(&listing, &view, &shown.pen, true);
    assert_string_equal(shown_text(&shown), " head    text\n"
                                            "▸h3      -\n"
                                            " h1      a heat pump\n"
                                            " h4      nothing here\n");
    verbs(&view, "unhide");
    listing_draw(&listing, &view, &shown.pen, true);
    shown_has(&shown, "0.100");
    listing_done(&view);
    shown_done(&shown);
}

static bool is_marked(const void *rows, size_t row)
{
    (void)rows;
    return row == 1;
}

/* A12, A13: the first column stays, the marks have a column */
static void test_scrolling_sideways(void **state)
{
    (void)state;
    struct listing_state view = {0};
    struct shown shown;
    struct listing marked = listing;
    marked.is_marked = is_marked;
    shown_open(&shown, 3, 22, DEPTH_NONE, GLYPHS_UNICODE);
    listing_refresh(&marked, &view);
    listing_draw(&marked, &view, &shown.pen, true);
    assert_string_equal(shown_text(&shown), "  head   text        ›\n"
                                            "▸ h1     a heat pump\n"
                                            " ●h10    a boiler\n");
    verbs(&view, "right right");
    shown_clear(&shown);
    listing_draw(&marked, &view, &shown.pen, true);
    assert_string_equal(shown_text(&shown), "  head  ‹  score\n"
                                            "▸ h1        0.50\n"
                                            " ●h10       0.90\n");
    listing_done(&view);
    shown_done(&shown);
}

static void test_any_size_can_be_drawn(void **state)
{
    (void)state;
    for (int rows = 0; rows < 8; rows++)
        for (int wide = 0; wide < 45; wide++) {
            struct listing_state view = {0};
            struct shown shown;
            shown_open(&shown, rows, wide, DEPTH_NONE, GLYPHS_UNICODE);
            listing_refresh(&listing, &view);
            for (int i = 0; i < 4; i++) {
                listing_draw(&listing, &view, &shown.pen, true);
                assert_true(view.at < FEW && view.shown_top <= view.at);
                verbs(&view, "down right page-down");
            }
            listing_done(&view);
            shown_done(&shown);
        }
}

static void test_nothing_to_show(void **state)
{
    (void)state;
    struct listing none = listing;
    struct listing_state view = {0};
    struct shown shown;
    struct error err;
    none.n_rows = 0;
    shown_open(&shown, 3, 40, DEPTH_NONE, GLYPHS_UNICODE);
    listing_refresh(&none, &view);
    for (int verb = 0; verb < N_LISTING_VERBS; verb++)
        listing_do(&none, &view, (enum listing_verb)verb);
    assert_int_equal(listing_row(&none, &view), SIZE_MAX);
    listing_draw(&none, &view, &shown.pen, true);
    shown_has(&shown, "nothing here");
    listing_refresh(&listing, &view);
    listing_filter(&listing, &view, "score>2", &err);
    listing_draw(&listing, &view, &shown.pen, true);
    shown_has(&shown, "the filter keeps no row");
    struct text said = {0};
    listing_add_filter(&listing, &view, &said);
    assert_string_equal(said.bytes, "FILTER score>2 0/6");
    text_done(&said);
    listing_done(&view);
    shown_done(&shown);
}

/* A29 */
static void test_clicks(void **state)
{
    (void)state;
    struct listing_state view = {0};
    struct shown shown;
    shown_open(&shown, 4, 40, DEPTH_NONE, GLYPHS_UNICODE);
    listing_refresh(&listing, &view);
    listing_draw(&listing, &view, &shown.pen, true);
    struct mouse press = {MOUSE_PRESS, 1, 2, 9, 0};
    assert_int_equal(listing_mouse(&listing, &view, &shown.pen, &press), LISTING_ON_ROW);
    assert_int_equal(view.at, 1);
    assert_int_equal(view.column, 1);
    press = (struct mouse){MOUSE_PRESS, 1, 0, 28, 0};
    assert_int_equal(listing_mouse(&listing, &view, &shown.pen, &press), LISTING_ON_HEADER);
    assert_int_equal(view.column, 2);
    press = (struct mouse){MOUSE_WHEEL_DOWN, 0, 2, 2, 0};
    assert_int_equal(listing_mouse(&listing, &view, &shown.pen, &press), LISTING_SCROLLED);
    assert_int_equal(view.at, 4);
    press = (struct mouse){MOUSE_PRESS, 1, 9, 2, 0};
    assert_int_equal(listing_mouse(&listing, &view, &shown.pen, &press), LISTING_MISSED);
    listing_done(&view);
    shown_done(&shown);
}

/* ---- many rows ---- */

enum { MANY = 100000 };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* The last rows stand at the bottom, whatever is sorted, filtered or scrolled. */
static void test_feet(void **state)
{
    (void)state;
    struct listing_state view = {0};
    struct listing with_feet = listing;
    struct shown shown;
    struct error err;
    with_feet.n_feet = 2; /* h4 and h5 */
    shown_open(&shown, 8, 40, DEPTH_NONE, GLYPHS_UNICODE);
    listing_set(&with_feet, &view, "-score", NULL, NULL, &err);
    listing_refresh(&with_feet, &view);
    assert_string_equal(order(&view), "h10 h1 h3 h2 h4 h5");
    listing_draw(&with_feet, &view, &shown.pen, true);
    assert_int_equal(canvas_at(&shown.canvas, 5, 3)->glyph[0], "─"[0]); /* the rule */
    assert_int_equal(canvas_at(&shown.canvas, 6, 2)->glyph[0], '4');
    assert_int_equal(canvas_at(&shown.canvas, 7, 2)->glyph[0], '5');
    listing_filter(&with_feet, &view, "score>0.8", &err);
    assert_string_equal(order(&view), "h10 h4 h5");
    struct text said = {0};
    listing_add_filter(&with_feet, &view, &said);
    assert_string_equal(said.bytes, "FILTER score>0.8 1/4");
    text_done(&said);
    struct mouse press = {MOUSE_PRESS, 1, 2, 5, 0}; /* on the rule */
    shown_clear(&shown);
    listing_draw(&with_feet, &view, &shown.pen, true);
    assert_int_equal(listing_mouse(&with_feet, &view, &shown.pen, &press), LISTING_MISSED);
    press.row = 4;
    assert_int_equal(listing_mouse(&with_feet, &view, &shown.pen, &press), LISTING_ON_ROW);
    assert_int_equal(view.at, 2);
    listing_filter(&with_feet, &view, "score>2", &err);
    listing_draw(&with_feet, &view, &shown.pen, true);
    shown_has(&shown, "the filter keeps no row");
    listing_filter(&with_feet, &view, "", &err);
    for (int rows = 1; rows < 9; rows++) { /* where there is no room they scroll too */
        struct pen part = pen_rows(&shown.pen, 0, rows);
        for (view.at = 0; view.at < view.n_shown; view.at++) {
            shown_clear(&shown);
            listing_draw(&with_feet, &view, &part, true);
            shown_has(&shown, "▸");
        }
        view.at = 0;
    }
    listing_done(&view);
    shown_done(&shown);
}

/* A column that stretches moves those behind it. */
static void test_columns_behind_a_stretched_one(void **state)
{
    (void)state;
    static const struct listing_column wide[] = {
        {.name = "head", .type = COLUMN_TEXT, .width = 4},
        {.name = "text", .type = COLUMN_TEXT, .width = 6, .stretch = true},
        {.name = "score", .type = COLUMN_SHARE, .decimals = 2, .width = 5},
    };
    struct listing stretched = listing;
    struct listing_state view = {0};
    struct shown shown;
    stretched.columns = wide;
    shown_open(&shown, 3, 40, DEPTH_NONE, GLYPHS_UNICODE);
    listing_refresh(&stretched, &view);
    listing_draw(&stretched, &view, &shown.pen, true);
    shown_has(&shown, "▸h1    a heat pump                  0.50\n");
    listing_done(&view);
    shown_done(&shown);
}

static void test_many_rows(void **state)
{
    (void)state;
    struct row *rows = calloc(MANY, sizeof *rows);
    char(*names)[24] = calloc(MANY, sizeof *names);
    struct listing many = listing;
    struct listing_state view = {0};
    struct error err;
    for (size_t i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "prompt %zu", i * 7919 % MANY);
        rows[i] = (struct row){names[i], names[i], (double)(i * 104729 % MANY)};
    }
    many.rows = rows;
    many.n_rows = MANY;
    listing_refresh(&many, &view);
    double start = seconds();
    listing_set(&many, &view, "score", NULL, NULL, &err);
    double numbers = seconds() - start;
    for (size_t i = 1; i < MANY; i++)
        assert_true(rows[view.order[i - 1]].score <= rows[view.order[i]].score);
    start = seconds();
    listing_set(&many, &view, "head", NULL, NULL, &err);
    double texts = seconds() - start;
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(strtoul(names[view.order[i]] + 7, NULL, 10), i);
    start = seconds();
    assert_int_equal(listing_search(&many, &view, "prompt 77", 0, &err), STATUS_OK);
    double search = seconds() - start;
    assert_int_equal(view.n_hits, 1111);
    start = seconds();
    assert_int_equal(listing_filter(&many, &view, "score<500", &err), STATUS_OK);
    double filter = seconds() - start;
    assert_int_equal(view.n_shown, 500);
    print_message(
        "# 100,000 rows: numbers %.1f ms, texts %.1f ms, search %.1f ms, filter %.1f "
        "ms\n",
        numbers * 1e3, texts * 1e3, search * 1e3, filter * 1e3);
    /* ten texts, each ten thousand times */
    for (size_t i = 0; i < MANY; i++)
        snprintf(names[i], sizeof names[i], "attribute %zu", i % 10);
    start = seconds();
    listing_set(&many, &view, "-head,score", NULL, NULL, &err);
    double few_texts = seconds() - start;
    for (size_t i = 1; i < MANY; i++) {
        int order_of_names = strcmp(names[view.order[i - 1]], names[view.order[i]]);
        assert_true(order_of_names >= 0);
        if (order_of_names == 0)
            assert_true(rows[view.order[i - 1]].score < rows[view.order[i]].score);
    }
    print_message("# ten texts and a number %.1f ms\n", few_texts * 1e3);
    listing_done(&view);
    free(rows);
    free(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sorting),
        cmocka_unit_test(test_the_cursor_stays_on_its_row),
        cmocka_unit_test(test_order_as_a_command),
        cmocka_unit_test(test_filtering),
        cmocka_unit_test(test_searching),
        cmocka_unit_test(test_drawing),
        cmocka_unit_test(test_scrolling_sideways),
        cmocka_unit_test(test_any_size_can_be_drawn),
        cmocka_unit_test(test_nothing_to_show),
        cmocka_unit_test(test_clicks),
        cmocka_unit_test(test_feet),
        cmocka_unit_test(test_columns_behind_a_stretched_one),
        cmocka_unit_test(test_many_rows),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
