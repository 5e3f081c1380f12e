#include "folder.h"
#include "ui/shown.h"

#include <math.h>
#include <stdlib.h>

#include "io/color.h"
#include "ui/theme.h"

static const char *const shipped[] = {"dark", "light",        "high-contrast",
                                      "mono", "cividis-dark", "cividis-light"};
enum { N_SHIPPED = sizeof shipped / sizeof shipped[0] };

static const char *theme_path(const char *name)
{
    static char path[512];
    const char *source = getenv("MICROSCOPE_SOURCE");
    snprintf(path, sizeof path, "%s/themes/%s.json", source ? source : ".", name);
    return path;
}

static struct theme *load(const char *name)
{
    struct error err;
    struct theme *theme = theme_read(theme_path(name), NULL, NULL, &err);
    if (!theme)
        fail_msg("%s", err.message);
    return theme;
}

/* A28 */
static void test_shipped_themes_are_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SHIPPED; i++) {
        struct error err;
        if (theme_check(theme_path(shipped[i]), NULL, &err))
            fail_msg("%s", err.message);
        struct theme *theme = load(shipped[i]);
        assert_string_equal(theme_name(theme), shipped[i]);
        theme_free(theme);
    }
}

/* A15 */
static void test_heat_can_be_read_in_every_palette(void **state)
{
    (void)state;
    static const enum depth depths[] = {DEPTH_16, DEPTH_256, DEPTH_RGB};
    size_t n_seen = 0;
    for (size_t t = 0; t < N_SHIPPED; t++)
        for (size_t d = 0; d < 3; d++)
            for (int diverging = 0; diverging < 2; diverging++) {
                struct theme *theme = load(shipped[t]);
                struct look look;
                theme_look(theme, depths[d], GLYPHS_UNICODE, false, &look);
                const char *name;
                for (size_t i = 0; (name = theme_ramp_name(theme, diverging, i)); i++) {
                    assert_true(theme_ramp(theme, name, diverging, &look));
                    for (double share = 0; share <= 1; share += 1.0 / 64) {
                        struct style style = look_heat(&look, diverging, share);
                        double contrast = color_contrast(style_rgb(style.fg, 0xffffff),
                                                         style_rgb(style.bg, 0x000000));
                        assert_true(contrast >= 4.5);
                        n_seen++;
                    }
                }
                theme_free(theme);
            }
    assert_true(n_seen > 9000);
}

/* A25: no more colours than the terminal has */
static void test_colours_keep_to_the_depth(void **state)
{
    (void)state;
    static const struct {
        enum depth depth;
        int32_t most;
    } cases[] = {{DEPTH_NONE, -1}, {DEPTH_8, 7}, {DEPTH_16, 15}, {DEPTH_256, 255}};
    for (size_t t = 0; t < N_SHIPPED; t++)
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            struct theme *theme = load(shipped[t]);
            struct look look;
            theme_look(theme, cases[i].depth, GLYPHS_UNICODE, false, &look);
            for (size_t r = 0; r < N_STYLES; r++) {
                assert_true(look.styles[r].fg <= cases[i].most);
                assert_true(look.styles[r].bg <= cases[i].most);
            }
            for (double share = 0; share <= 1; share += 0.125)
                assert_true(look_heat(&look, true, share).bg <= cases[i].most);
            theme_free(theme);
        }
}

static void test_without_colour_mono_counts(void **state)
{
    (void)state;
    struct look look;
    look_plain(&look, DEPTH_NONE, GLYPHS_UNICODE);
    assert_int_equal(look.styles[STYLE_FILTER_ON].attr, ATTR_REVERSE);
    assert_int_equal(look.styles[STYLE_SEARCH].attr, ATTR_UNDERLINE);
    assert_int_equal(look.styles[STYLE_CURSOR].attr, ATTR_REVERSE);
    assert_string_equal(look_shade(&look, 0), "·");
    assert_string_equal(look_shade(&look, 1), "█");
}

/* ---- files that are wrong, or odd ---- */

static void test_wrong_files_name_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"{\"schema\": 1}", ":1:1: a theme is an object with \"schema\""},
        {"{\n \"schema\": \"microscope.theme/1\",\n \"x\" 3}", ":3:"},
        {"{\"schema\":\"microscope.theme/"
         "1\",\"inherit\":\"base\",\n\"styles\":{\"dim\":{\"fg\":"
         "\"rose\"}}}",
         ":2:23: 'fg' must be a colour"},
        {"{\"schema\":\"microscope.theme/"
         "1\",\"inherit\":\"base\",\"styles\":{\"dim\":{\"fg\":256}}}",
         "'fg' must be a colour"},
        {"{\"schema\":\"microscope.theme/"
         "1\",\"inherit\":\"base\",\"styles\":{\"dim\":{\"attr\":"
         "[\"big\"]}}}",
         "none of bold"},
        {"{\"schema\":\"microscope.theme/1\",\"inherit\":\"base\",\"heat\":{\"sequential\":"
         "\"rainbow\"}}",
         "no sequential palette 'rainbow'"},
        {"{\"schema\":\"microscope.theme/1\",\"styles\":{}}", "'text' is missing"},
        {"{\"schema\":\"microscope.theme/1\",\"inherit\":\"nowhere\"}",
         "there is no theme 'nowhere'"},
        {"{\"schema\":\"microscope.theme/1\",\"inherit\":\"../base\"}",
         "no name of a theme"},
        {"{\"schema\":\"microscope.theme/1\",\"inherit\":\"t\"}", "in a circle"},
        {"{\"schema\":\"microscope.theme/1\",\"inherit\":\"base\",\"series\":[1]}",
         "a list of 8 to 8 colours"},
        {"{\"schema\":\"microscope.theme/1\",\"inherit\":\"base\",\n  \"colour\": 1}",
         ":2:3: unknown key 'colour'"},
        {"{\"schema\":\"microscope.theme/1\",\"inherit\":\"base\",\"styles\":{\n  \"txt\": "
         "{}}}",
         ":2:3: unknown style 'txt'"},
        {"{\"schema\":\"microscope.theme/"
         "1\",\"inherit\":\"base\",\"styles\":{\"error\":{\"fg\":"
         "236}}}",
         "'error' has a contrast of"},
    };
    struct folder folder;
    folder_make(&folder);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err = {.message = ""};
        const char *path =
            folder_write(&folder, "t.json", cases[i].text, strlen(cases[i].text));
        enum status status = theme_check(path, NULL, &err);
        if (!strstr(err.message, cases[i].part))
            fail_msg("case %zu: '%s' is not in '%s'", i, cases[i].part, err.message);
        assert_int_equal(status_exit_code(status), 3);
    }
    folder_remove(&folder);
}

static void test_inheriting_fills_the_gaps(void **state)
{
    (void)state;
    static const char text[] =
        "{\"schema\":\"microscope.theme/1\",\"name\":\"own\",\"inherit\":\"base\","
        "\"styles\":{\"mark\":{\"fg\":\"#ff0000\"}},"
        "\"heat\":{\"sequential\":\"mine\",\"missing\":{\"fg\":1,\"glyph\":\"-\"}},"
        "\"palettes\":{\"mine\":{\"kind\":\"sequential\",\"colors\":[17,24,\"#ffffff\"]}},"
        "\"glyphs\":\"ascii\"}";
    struct folder folder;
    struct text warnings = {0};
    folder_make(&folder);
    const char *folders[] = {folder.path, NULL};
    folder_write(&folder, "own.json", text, strlen(text));
    struct theme *theme = theme_load("own", folders, &warnings, NULL);
    assert_non_null(theme);
    assert_int_equal(warnings.length, 0);
    struct look look;
    theme_look(theme, DEPTH_256, -1, false, &look);
    assert_int_equal(look.styles[STYLE_MARK].fg,
                     196); /* and no bold of the other theme's */
    assert_int_equal(look.styles[STYLE_MARK].attr, 0);
    assert_int_equal(look.styles[STYLE_WARN].fg, 214);
    assert_int_equal(look.sequential.n, 3);
    assert_int_equal(look.sequential.steps[2].bg, 231);
    assert_true(look.is_ascii);
    assert_string_equal(theme_ramp_name(theme, false, 0), "mine");
    assert_string_equal(theme_ramp_name(theme, false, 1), "viridis");
    assert_false(theme_ramp(theme, "bluorange", false, &look));
    theme_free(theme);
    text_done(&warnings);
    folder_remove(&folder);
}

/* ---- depth: A23, A25 ---- */

static void test_depth_is_chosen_in_order(void **state)
{
    (void)state;
    static const struct {
        struct depth_wishes wishes;
        enum depth wanted;
    } cases[] = {
        {{NULL, NULL, NULL, NULL, 256}, DEPTH_256},
        {{NULL, NULL, NULL, "truecolor", 256}, DEPTH_RGB},
        {{NULL, NULL, NULL, "truecolor", -1}, DEPTH_NONE},
        {{NULL, NULL, NULL, NULL, 16}, DEPTH_16},
        {{NULL, NULL, NULL, NULL, 8}, DEPTH_8},
        {{NULL, NULL, NULL, NULL, -1}, DEPTH_NONE},
        {{NULL, "1", NULL, NULL, 256}, DEPTH_NONE},
        {{NULL, "", NULL, NULL, 256}, DEPTH_256},
        {{NULL, "1", "256", NULL, 256}, DEPTH_NONE},
        {{"256", "1", NULL, NULL, 256}, DEPTH_256},
        {{"auto", "1", NULL, NULL, 256}, DEPTH_256},
        {{"none", NULL, "256", NULL, 256}, DEPTH_NONE},
        {{NULL, NULL, "16", NULL, 256}, DEPTH_16},
        {{"256", NULL, NULL, NULL, 8}, DEPTH_8},
        {{"truecolor", NULL, NULL, NULL, 256}, DEPTH_RGB},
        {{"truecolor", NULL, NULL, NULL, 0}, DEPTH_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum depth depth = DEPTH_NONE;
        assert_int_equal(depth_choose(&cases[i].wishes, &depth, NULL), STATUS_OK);
        assert_int_equal(depth, cases[i].wanted);
    }
    struct depth_wishes wrong = {"blue", NULL, NULL, NULL, 256};
    struct error err;
    enum depth depth;
    assert_int_equal(depth_choose(&wrong, &depth, &err), STATUS_USAGE);
    assert_non_null(strstr(err.message, "--color is 'blue'"));
}

/* ---- glyphs ---- */

static void test_console_has_no_eighths(void **state)
{
    (void)state;
    struct look look;
    look_glyphs(&look, GLYPHS_BRAILLE, true);
    assert_string_equal(look.bar.glyphs[0], "▌");
    assert_string_equal(look.glyphs[GLYPH_BEST], "!");
    assert_string_equal(look.glyphs[GLYPH_SORT_UP], "▲");
    look_glyphs(&look, GLYPHS_ASCII, false);
    for (size_t i = 0; i < N_GLYPHS; i++)
        assert_true((unsigned char)look.glyphs[i][0] < 0x80);
}

static int to_utf8(void **state)
{
    (void)state;
    return !setlocale(LC_ALL, "C.UTF-8") && !setlocale(LC_ALL, "en_US.UTF-8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped_themes_are_complete),
        cmocka_unit_test(test_heat_can_be_read_in_every_palette),
        cmocka_unit_test(test_colours_keep_to_the_depth),
        cmocka_unit_test(test_without_colour_mono_counts),
        cmocka_unit_test(test_wrong_files_name_their_place),
        cmocka_unit_test(test_inheriting_fills_the_gaps),
        cmocka_unit_test(test_depth_is_chosen_in_order),
        cmocka_unit_test(test_console_has_no_eighths),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, to_utf8, NULL);
}
