#include "near.h"

#include <string.h>

#include "base/pattern.h"

static void test_case(void **state)
{
    (void)state;
    static const struct {
        const char *expression, *text;
        bool found;
    } cases[] = {
        {"^for", "For a cook", true}, {"^For", "for a cook", false},
        {"\\W", "a b", true},         {"[[:digit:]]{2}", "K 10", true},
        {"a|b+", "xbb", true},        {"[]+]{3}", "a]]+", true},
        {"(ab){2,3}c*", "AB", false}, {"\\+\\+\\+\\+", "a++++", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        regex_t regex;
        assert_int_equal(pattern_compile(cases[i].expression, &regex, NULL), STATUS_OK);
        assert_int_equal(regexec(&regex, cases[i].text, 0, NULL, 0) == 0, cases[i].found);
        regfree(&regex);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *expression, *reason;
    } cases[] = {
        {"a(", "is no regular expression"},
        {"a++++++++++++++++++++++++++++++", "repeats what repeats too often"},
        {"((((((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+", "repeats what repeats"},
        {"((a{200}){200}){200}", "repeats what repeats too often"},
        {"[[:alpha:]+]{99999999999999999999}", "repeats what repeats too often"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        regex_t regex;
        struct error err;
        assert_int_equal(pattern_compile(cases[i].expression, &regex, &err), STATUS_USAGE);
        assert_non_null(strstr(err.message, cases[i].reason));
    }
    char longest[600], deep[401];
    regex_t regex;
    struct error err;
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(pattern_compile(longest, &regex, &err), STATUS_USAGE);
    memset(deep, '(', 200);
    memset(deep + 200, ')', 200);
    deep[400] = '\0';
    assert_int_equal(pattern_compile(deep, &regex, &err), STATUS_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_case),
        cmocka_unit_test(test_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
