/* Pictures as PNG where librsvg is built in, and a plain word where it is not. */
#include "near.h"

#include <string.h>

#include "io/png.h"

static const char svg[] =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"30\" height=\"20\">"
    "<rect width=\"30\" height=\"20\" fill=\"#123456\"/></svg>";

static void test_png(void **state)
{
    (void)state;
    struct text out = {0};
    struct error err = {0};
    enum status status = png_of_svg(svg, sizeof svg - 1, &out, &err);
    if (png_is_built_in()) {
        static const unsigned char size[] = {0, 0, 0, 30 * PNG_SCALE,
                                             0, 0, 0, 20 * PNG_SCALE};
        assert_int_equal(status, STATUS_OK);
        assert_memory_equal(out.bytes, "\x89PNG\r\n\x1a\n", 8);
        assert_memory_equal(out.bytes + 16, size, sizeof size);
        assert_int_equal(png_of_svg("no picture", 10, &out, &err), STATUS_FAILED);
    } else {
        assert_int_equal(status, STATUS_FAILED);
        assert_non_null(strstr(err.message, "librsvg"));
        assert_int_equal(out.length, 0);
    }
    text_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_png)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
