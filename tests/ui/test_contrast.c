/* What the views show can be read in every theme that is shipped: the colours of the cells as they are
 * drawn, of numbers and letters, on dark and on light terminals. */
#include "tried.h"

#include "io/color.h"

static void open_theme(struct tried *tried, const char *theme, enum depth depth)
{
    struct error err = {0};
    char path[512];
    snprintf(path, sizeof path, "%s/themes/%s.json", getenv("MICROSCOPE_SOURCE"), theme);
    appearance_done(&tried->appearance);
    appearance_open(&tried->appearance, strcmp(theme, "base") ? path : theme, depth,
                    GLYPHS_UNICODE, false, &err);
    assert_string_equal(err.message, "");
}

static bool is_word(const char *glyph)
{
    unsigned char c = (unsigned char)glyph[0];
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static double contrast_of(const struct look *look, struct style style)
{
    uint32_t fg = style_rgb(style.fg, look->picture_fg);
    uint32_t bg = style_rgb(style.bg, look->picture_bg);
    return color_contrast(fg, bg); /* the same in reverse */
}

/* Returns how many cells have colours of their own. */
static size_t check_canvas(struct tried *tried, const char *theme, const char *keys)
{
    const struct look *look = &tried->appearance.look;
    const char *text = tried_text(tried);
    const struct canvas *canvas = workbench_canvas(tried->workbench);
    size_t n = 0;
    for (int row = 0; row < canvas->rows; row++)
        for (int column = 0; column < canvas->columns; column++) {
            const struct canvas_cell *cell = canvas_at(canvas, row, column);
            if (!is_word(cell->glyph))
                continue;
            double contrast = contrast_of(look, cell->style);
            n += cell->style.bg != COLOR_DEFAULT;
            if (contrast < 4.5)
                fail_msg("%s, after %s: '%s' at row %d, column %d has %.2f (%d on %d)\n%s",
                         theme, keys, cell->glyph, row, column, contrast, cell->style.fg,
                         cell->style.bg, text);
        }
    return n;
}

static void check_theme(const char *theme, enum depth depth)
{
    /* Each view; the cursor in the cells; every scale and every palette of the heat tables. */
    static const char *const keys[] = {"1", "2", "Right Right", "Down Right", "c",    "c",
                                       "C", "C", "C",           "p c",        "3",    "r",
                                       "4", "5", "Right Down",  "C",          "6",    "7",
                                       "8", "?", "Esc :",       "Tab",        "Esc `"};
    struct tried tried = {0};
    size_t n = 0;
    tried_open_demo(&tried, 34, 120);
    open_theme(&tried, theme, depth);
    workbench_wait(tried.workbench);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        tried_keys(&tried, keys[i]);
        workbench_wait(tried.workbench);
        n += check_canvas(&tried, theme, keys[i]);
    }
    assert_true(n > 500);
    tried_done(&tried);
}

static void test_A15_contrast_in_every_theme(void **state)
{
    (void)state;
    static const char *const themes[] = {"base",          "dark",         "light",
                                         "high-contrast", "cividis-dark", "cividis-light"};
    for (size_t i = 0; i < sizeof themes / sizeof *themes; i++)
        check_theme(themes[i], DEPTH_256);
    check_theme("light", DEPTH_RGB);
    check_theme("dark", DEPTH_RGB);
}

static void test_A28_high_contrast_has_a_ground_of_its_own(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open_demo(&tried, 30, 100);
    open_theme(&tried, "high-contrast", DEPTH_256);
    tried_key(&tried, "2");
    workbench_wait(tried.workbench);
    tried_text(&tried);
    const struct canvas *canvas = workbench_canvas(tried.workbench);
    for (int row = 0; row < canvas->rows; row++)
        for (int column = 0; column < canvas->columns; column++)
            assert_int_not_equal(canvas_at(canvas, row, column)->style.bg, COLOR_DEFAULT);
    tried_done(&tried);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_A15_contrast_in_every_theme),
        cmocka_unit_test(test_A28_high_contrast_has_a_ground_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
