#include "near.h"

#include <string.h>

#include "io/color.h"

/* CIELAB of sRGB corners under D65, as colour libraries agree on them. */
static void test_lab(void **state)
{
    (void)state;
    static const struct {
        uint32_t color;
        double l, a, b;
    } cases[] = {
        {0x000000, 0, 0, 0},
        {0xffffff, 100, 0, 0},
        {0xff0000, 53.24, 80.09, 67.20},
        {0x00ff00, 87.73, -86.18, 83.18},
        {0x0000ff, 32.30, 79.19, -107.86},
        {0x808080, 53.59, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lab lab = color_lab(cases[i].color);
        assert_near(lab.l, cases[i].l, 0, 0.02);
        assert_near(lab.a, cases[i].a, 0, 0.02);
        assert_near(lab.b, cases[i].b, 0, 0.02);
    }
    for (uint32_t color = 0; color < 0x1000000; color += 4093)
        assert_int_equal(color_from_lab(color_lab(color)), color);
}

static void test_contrast(void **state)
{
    (void)state;
    assert_near(color_contrast(RGB_BLACK, RGB_WHITE), 21, 0, 1e-4);
    assert_near(color_contrast(0x777777, RGB_WHITE), 4.48, 0, 0.005);
    for (uint32_t color = 0; color < 0x1000000; color += 4093)
        assert_true(color_contrast(color, color_on(color)) >= 4.5);
}

static void test_terminal_colours(void **state)
{
    (void)state;
    assert_int_equal(color_256(16), 0x000000);
    assert_int_equal(color_256(231), 0xffffff);
    assert_int_equal(color_256(214), 0xffaf00);
    assert_int_equal(color_256(232), 0x080808);
    assert_int_equal(color_256(255), 0xeeeeee);
    for (unsigned i = 16; i < 256; i++) /* several indices may be the same colour */
        assert_int_equal(color_256(color_nearest_256(color_256(i))), color_256(i));
    assert_int_equal(color_nearest_16(0xff1010), 9);
    assert_int_equal(color_nearest_16(0x010101), 0);
}

static void test_palettes(void **state)
{
    (void)state;
    const struct palette *palette;
    size_t n = 0;
    for (; (palette = palette_at(n)); n++) {
        assert_ptr_equal(palette_find(palette->name), palette);
        uint32_t low = palette_color(palette, 0), high = palette_color(palette, 1);
        assert_int_equal(palette_color(palette, -3), low);
        assert_int_equal(palette_color(palette, 3), high);
        assert_true(color_distance(low, high) > 40);
        /* lightness rises along a sequential ramp, and has its turn in the middle of the others */
        double before = -1;
        for (size_t i = 0; i < palette->n && !palette->is_diverging; i++) {
            double l = color_lab(color_256(palette->indices[i])).l;
            assert_true(l > before);
            before = l;
        }
        if (palette->is_diverging)
            assert_int_equal(palette->n % 2, 1);
    }
    assert_int_equal(n, 8);
    assert_null(palette_find("rainbow"));
}

static void test_steps(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        double share;
        size_t step;
    } cases[] = {{8, 0, 0},  {8, 1, 7}, {8, 0.5, 4}, {8, 0.124, 0},
                 {8, -1, 0}, {8, 7, 7}, {1, 0.7, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(palette_step(cases[i].n, cases[i].share), cases[i].step);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lab),
        cmocka_unit_test(test_contrast),
        cmocka_unit_test(test_terminal_colours),
        cmocka_unit_test(test_palettes),
        cmocka_unit_test(test_steps),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
