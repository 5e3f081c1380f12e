#include "near.h"

#include "base/words.h"

static void test_nearest(void **state)
{
    (void)state;
    static const char *const names[] = {"import", "encode", "train", "eval",
                                        "learning-rate"};
    const struct {
        const char *typed, *want;
    } cases[] = {
        {"trian", "train"},   {"trai", "train"}, {"tr", "train"},
        {"imprt", "import"},  {"evla", "eval"},  {"learn", "learning-rate"},
        {"decode", "encode"}, {"x", NULL},       {"", NULL},
        {"something", NULL},  {"t", NULL},       {"learning_rate", "learning-rate"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got =
            words_nearest(cases[i].typed, names, sizeof names / sizeof *names);
        if (cases[i].want)
            assert_string_equal(got, cases[i].want);
        else
            assert_null(got);
    }
}

static void test_wrap(void **state)
{
    (void)state;
    const struct {
        const char *paragraph;
        size_t indent, cells;
        const char *want;
    } cases[] = {
        {"one two three", 0, 7, "one two\nthree"},
        {"one two three", 2, 9, "one two\n  three"},
        {"  one   two ", 0, 80, "one two"},
        {"", 0, 10, ""},
        {"unbreakable word", 0, 4, "unbreakable\nword"},
        {"日本 語", 0, 6, "日本\n語"},
        {"日本 語", 0, 7, "日本 語"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text out = {0};
        text_add(&out, "");
        words_wrap(&out, cases[i].paragraph, cases[i].indent, cases[i].cells);
        assert_string_equal(out.bytes, cases[i].want);
        text_done(&out);
    }
}

static void test_compare(void **state)
{
    (void)state;
    static const char *const names[] = {"",
                                        "0",
                                        "007",
                                        "8",
                                        "h",
                                        "H1",
                                        "h1",
                                        "h2",
                                        "h10",
                                        "h10a",
                                        "h99999999999999999999",
                                        "h100000000000000000000",
                                        "ha",
                                        "\xc3\x89",
                                        "\xc3\xa9",
                                        "\xc3\xa9z"};
    size_t n = sizeof names / sizeof *names;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            int order = words_compare(names[i], names[j]);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_wrap),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
