#include "near.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

static void test_set_fills_and_returns(void **state)
{
    (void)state;
    struct error err = {0};
    assert_int_equal(error_set(&err, STATUS_SHAPE, "'%s' has %d columns", "w", 3),
                     STATUS_SHAPE);
    assert_int_equal(err.status, STATUS_SHAPE);
    assert_string_equal(err.message, "'w' has 3 columns");
    assert_int_equal(error_set(NULL, STATUS_IO, "nobody listens"), STATUS_IO);
}

static void test_prefix_goes_before(void **state)
{
    (void)state;
    struct error err;
    error_set(&err, STATUS_FORMAT, "not valid JSON at byte 7");
    assert_int_equal(error_prefix(&err, "'%s' line %d", "a.jsonl", 2), STATUS_FORMAT);
    assert_int_equal(err.status, STATUS_FORMAT);
    assert_string_equal(err.message, "'a.jsonl' line 2: not valid JSON at byte 7");
    assert_int_equal(error_prefix(NULL, "nobody listens"), STATUS_FAILED);
}

/* Messages and prefixes of every length around the room there is, in one- and three-byte
 * characters: the result is valid UTF-8, ends in NUL, and begins as it should. */
static void test_long_messages_are_cut_between_characters(void **state)
{
    (void)state;
    enum { ROOM = sizeof((struct error *)NULL)->message };
    for (size_t shift = 0; shift < 3; shift++) {
        struct text name = {0};
        text_append(&name, "xx", shift);
        while (name.length < 2 * ROOM)
            text_add(&name, "\xe2\x82\xac");
        struct error err;
        error_set(&err, STATUS_IO, "%s", name.bytes);
        size_t length = strlen(err.message);
        assert_in_range(length, ROOM - 3, ROOM - 1);
        assert_int_equal(utf8_check(err.message, length), length);
        assert_memory_equal(err.message, name.bytes, length);
        error_prefix(&err, "before");
        assert_memory_equal(err.message, "before: ", 8);
        length = strlen(err.message);
        assert_int_equal(utf8_check(err.message, length), length);
        error_prefix(&err, "%s", name.bytes);
        length = strlen(err.message);
        assert_in_range(length, ROOM - 3, ROOM - 1);
        assert_int_equal(utf8_check(err.message, length), length);
        text_done(&name);
    }
}

static void test_exit_codes(void **state)
{
    (void)state;
    const struct {
        enum status status;
        int code;
    } cases[] = {{STATUS_OK, 0},         {STATUS_FAILED, 1},  {STATUS_USAGE, 2},
                 {STATUS_NOT_FOUND, 3},  {STATUS_FORMAT, 3},  {STATUS_SHAPE, 3},
                 {STATUS_IO, 3},         {STATUS_NUMERIC, 3}, {STATUS_NO_MEMORY, 1},
                 {STATUS_CANCELLED, 130}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(status_exit_code(cases[i].status), cases[i].code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_fills_and_returns),
        cmocka_unit_test(test_prefix_goes_before),
        cmocka_unit_test(test_long_messages_are_cut_between_characters),
        cmocka_unit_test(test_exit_codes),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
