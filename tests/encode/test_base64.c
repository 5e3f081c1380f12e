#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "encode/base64.h"

/* RFC 4648, section 10. */
static void test_known_texts(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text out = {0};
        unsigned char bytes[16];
        size_t n = 99;
        text_add(&out, "");
        base64_add(&out, cases[i][0], strlen(cases[i][0]));
        assert_string_equal(out.bytes, cases[i][1]);
        assert_true(base64_decode(out.bytes, out.length, bytes, &n));
        assert_int_equal(n, strlen(cases[i][0]));
        assert_memory_equal(bytes, cases[i][0], n);
        text_done(&out);
    }
}

static void test_all_bytes_come_back(void **state)
{
    (void)state;
    unsigned char bytes[257], again[260];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 89 + 3);
    struct text out = {0};
    size_t n;
    base64_add(&out, bytes, sizeof bytes);
    assert_true(base64_decode(out.bytes, out.length, again, &n));
    assert_int_equal(n, sizeof bytes);
    assert_memory_equal(again, bytes, n);
    text_done(&out);
}

static void test_what_is_none(void **state)
{
    (void)state;
    static const char *const cases[] = {"Zg",    "Zg=",   "Z===", "====", "Zm=v",    "=Zm9",
                                        "Zm9v=", "Zm\n9", "Zm9-", "Zm9_", "Zg==Zg=="};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char bytes[16];
        size_t n;
        assert_false(base64_decode(cases[i], strlen(cases[i]), bytes, &n));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_texts),
        cmocka_unit_test(test_all_bytes_come_back),
        cmocka_unit_test(test_what_is_none),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
