#include "near.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "io/json.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct json *parse(const char *text)
{
    struct error err = {0};
    struct json *json = json_parse(text, strlen(text), &err);
    if (!json)
        print_error("%s: %s\n", text, err.message);
    assert_non_null(json);
    return json;
}

/* ---- reading ---- */

static void test_values_are_read(void **state)
{
    (void)state;
    struct json *json =
        parse(" {\"text\":\"a\\n\\u00e9\\ud83d\\ude00\", \"number\":-1.5e3,"
              "\"yes\":true,\"no\":false,\"nothing\":null,\"Text\":\"other\","
              "\"list\":[1,[2],{}]}\r\n");
    assert_true(json_is_object(json));
    assert_false(json_is_array(json));
    assert_int_equal(json_length(json), 7);
    assert_string_equal(json_text(json_get(json, "text")), "a\n\xc3\xa9\xf0\x9f\x98\x80");
    assert_string_equal(json_text(json_get(json, "Text")), "other");
    double number = 0;
    assert_true(json_number(json_get(json, "number"), &number));
    assert_true(number == -1500);
    bool flag = false;
    assert_true(json_flag(json_get(json, "yes"), &flag) && flag);
    assert_true(json_flag(json_get(json, "no"), &flag) && !flag);
    const struct json *list = json_get(json, "list");
    assert_true(json_is_array(list));
    assert_int_equal(json_length(list), 3);
    assert_null(json_key(json_first(list)));
    assert_string_equal(json_key(json_first(json)), "text");
    assert_string_equal(json_key(json_next(json_first(json))), "number");
    json_free(json);
}

static void test_getters_answer_no(void **state)
{
    (void)state;
    struct json *json = parse("{\"a\":\"1\",\"n\":null,\"huge\":1e999,\"list\":[1]}");
    double number = 7;
    bool flag = true;
    assert_null(json_get(json, "b"));
    assert_null(json_get(json_get(json, "a"), "b"));
    assert_null(json_get(json_get(json, "list"), "b"));
    assert_null(json_get(NULL, "a"));
    assert_null(json_text(json_get(json, "n")));
    assert_null(json_text(NULL));
    assert_false(json_number(json_get(json, "a"), &number));
    assert_false(json_number(json_get(json, "huge"), &number));
    assert_false(json_number(NULL, &number));
    assert_false(json_flag(json_get(json, "n"), &flag));
    assert_false(json_flag(NULL, &flag));
    assert_true(number == 7 && flag);
    assert_null(json_first(json_get(json, "a")));
    assert_null(json_first(NULL));
    assert_null(json_next(NULL));
    assert_null(json_key(NULL));
    assert_int_equal(json_length(json_get(json, "a")), 0);
    assert_int_equal(json_length(NULL), 0);
    assert_false(json_is_object(NULL) || json_is_array(NULL));
    json_free(json);
    json_free(NULL);
}

static void test_what_is_not_json_is_refused(void **state)
{
    (void)state;
    const struct {
        const char *text, *message;
    } cases[] = {
        {"", "not valid JSON at byte 0"},
        {"   ", "not valid JSON"},
        {"{\"a\":1", "not valid JSON at byte 5"},
        {"{\"a\" 1}", "not valid JSON at byte 5"},
        {"{\"a\":1,}", "not valid JSON at byte 7"},
        {"{a:1}", "not valid JSON at byte "},
        {"[1,2", "not valid JSON at byte 3"},
        {"[1 2]", "not valid JSON at byte 3"},
        {"\"open", "not valid JSON"},
        {"\"bad \\x escape\"", "not valid JSON"},
        {"nul", "not valid JSON at byte 0"},
        {"NaN", "not valid JSON at byte 0"},
        {"[Infinity]", "not valid JSON at byte 1"},
        {"'a'", "not valid JSON at byte 0"},
        {"{} x", "not valid JSON at byte 3"},
        {"{}{}", "not valid JSON at byte 2"},
        {"1 2", "not valid JSON at byte 2"},
        {"// no\n{}", "not valid JSON at byte 0"},
        {"\"\\ud800\"", "not valid JSON"},
        {"\"\\udc00\"", "not valid JSON"},
        {"{\"a\":\"\xff\"}", "invalid UTF-8 at byte 6"},
        {"{\"a\":\"\xed\xa0\x80\"}", "invalid UTF-8 at byte 6"},
        {"[\"a\\u0000b\"]", "a NUL character (\\u0000) in a string at byte 3"},
        {"[\"\\\\\\u0000\"]", "a NUL character (\\u0000) in a string at byte 4"},
        {"[\"a\x01\"]", "a control character (0x01) at byte 3"},
        {"[\"\x1b[2J\"]", "a control character (0x1b) at byte 2"},
        {"[1,\f2]", "a control character (0x0c) at byte 3"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error err = {0};
        assert_null(json_parse(cases[i].text, strlen(cases[i].text), &err));
        assert_int_equal(err.status, STATUS_FORMAT);
        if (strncmp(err.message, cases[i].message, strlen(cases[i].message)) != 0)
            fail_msg("%s: '%s', wanted '%s'", cases[i].text, err.message, cases[i].message);
    }
}

static void test_nul_bytes_are_refused(void **state)
{
    (void)state;
    struct error err = {0};
    assert_null(json_parse("{\"a\":\"b\0c\"}", 11, &err));
    assert_string_equal(err.message, "a control character (0x00) at byte 7");
    assert_null(json_parse("{}\0", 3, &err));
    assert_string_equal(err.message, "a control character (0x00) at byte 2");
}

/* An escaped backslash before u0000 is text, not a NUL. */
static void test_escaped_backslash_is_no_nul(void **state)
{
    (void)state;
    struct json *json = parse("[\"\\\\u0000\"]");
    assert_string_equal(json_text(json_first(json)), "\\u0000");
    json_free(json);
}

/* Only `length` bytes are looked at, and they need no NUL behind them. */
static void test_every_prefix_of_a_document_is_refused(void **state)
{
    (void)state;
    const char whole[] = "{\"a\":[1.5e-3,\"\\u00e9x\",{\"b\":null}],\"c\":true}";
    for (size_t n = 0; n < sizeof whole - 1; n++) {
        char *part = malloc(n ? n : 1);
        assert_non_null(part);
        memcpy(part, whole, n);
        struct error err = {0};
        assert_null(json_parse(part, n, &err));
        assert_int_equal(err.status, STATUS_FORMAT);
        free(part);
    }
    json_free(parse(whole));
}

static void test_deep_nesting(void **state)
{
    (void)state;
    const struct {
        size_t depth;
        bool wanted;
    } cases[] = {{1, true}, {900, true}, {1100, false}, {1000000, false}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text text = {0};
        for (size_t d = 0; d < cases[i].depth; d++)
            text_add_char(&text, '[');
        for (size_t d = 0; d < cases[i].depth; d++)
            text_add_char(&text, ']');
        struct error err = {0};
        struct json *json = json_parse(text.bytes, text.length, &err);
        assert_int_equal(json != NULL, cases[i].wanted);
        if (json) {
            char *again = json_write(json, false);
            assert_string_equal(again, text.bytes);
            free(again);
        } else {
            assert_int_equal(err.status, STATUS_FORMAT);
        }
        json_free(json);
        text_done(&text);
    }
}

/* ---- writing ---- */

static void test_documents_are_written(void **state)
{
    (void)state;
    struct json *json = json_object(), *list = json_put(json, "list", json_array());
    json_push(list, json_new_number(1));
    json_push(json_push(list, json_array()), json_new_flag(false));
    json_push(list, json_object());
    json_put_text(json, "te\"xt", "a\tb");
    json_put_text(json, "none", NULL);
    json_put_number(json, "third", 1.0 / 3);
    json_put_number(json, "nan", (double)NAN);
    json_put_number(json, "infinite", (double)-INFINITY);
    json_put_flag(json, "yes", true);
    char *line = json_write(json, false);
    assert_string_equal(line,
                        "{\"list\":[1,[false],{}],\"te\\\"xt\":\"a\\tb\",\"none\":null,"
                        "\"third\":0.3333333333333333,\"nan\":null,\"infinite\":null,"
                        "\"yes\":true}");
    free(line);
    char *pretty = json_write(list, true);
    assert_string_equal(pretty, "[\n  1,\n  [\n    false\n  ],\n  {}\n]");
    free(pretty);
    json_free(json);
}

static void test_numbers_round_trip(void **state)
{
    (void)state;
    const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "-0"},
        {1, "1"},
        {-42, "-42"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1e15, "1e+15"},
        {9007199254740993.0, "9007199254740992"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {4.9406564584124654e-324, "4.94065645841247e-324"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct json *json = json_new_number(cases[i].value);
        char *text = json_write(json, false);
        assert_string_equal(text, cases[i].text);
        free(text);
        json_free(json);
    }
    struct rng rng;
    rng_init(&rng, 17, 0);
    struct text text = {0};
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = rng_next(&rng);
        double value, again = 0;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        text_clear(&text);
        json_add_number(&text, value);
        struct json *json = parse(text.bytes);
        assert_true(json_number(json, &again));
        assert_memory_equal(&again, &value, sizeof value);
        json_free(json);
    }
    text_done(&text);
}

static void test_quote(void **state)
{
    (void)state;
    const struct {
        const char *bytes;
        size_t length;
        const char *quoted;
    } cases[] = {
        {"", 0, "\"\""},
        {"plain", 5, "\"plain\""},
        {"a\"b\\c/", 6, "\"a\\\"b\\\\c/\""},
        {"\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\""},
        {"\x01\x1f\x7f", 3, "\"\\u0001\\u001f\x7f\""},
        {"a\0b", 3, "\"a\\u0000b\""},
        {"\xc3\xa9\xe2\x82\xac", 5, "\"\xc3\xa9\xe2\x82\xac\""},
        {"a\xff\"\xc3", 4, "\"a\xef\xbf\xbd\\\"\xef\xbf\xbd\""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text out = {0};
        json_quote(&out, cases[i].bytes, cases[i].length);
        assert_string_equal(out.bytes, cases[i].quoted);
        text_done(&out);
    }
}

static void test_random_text_round_trips(void **state)
{
    (void)state;
    struct rng rng;
    rng_init(&rng, 23, 0);
    struct text raw = {0}, quoted = {0};
    for (int round = 0; round < 5000; round++) {
        static const char *const pieces[] = {
            "a",  "\"", "\\", "/",        "\n",
            "\t", "\b", "\r", "\xc3\xa9", "\xf0\x9f\x98\x80",
            "u",  "{",  "\f", "\x01",     "\x7f"};
        text_clear(&raw);
        text_clear(&quoted);
        text_add(&raw, "");
        for (size_t n = rng_below(&rng, 20); n > 0; n--)
            text_add(&raw, pieces[rng_below(&rng, COUNT(pieces))]);
        json_quote(&quoted, raw.bytes, raw.length);
        struct json *json = parse(quoted.bytes);
        assert_string_equal(json_text(json), raw.bytes);
        char *again = json_write(json, false);
        assert_string_equal(again, quoted.bytes);
        free(again);
        json_free(json);
    }
    text_done(&raw);
    text_done(&quoted);
}

static void test_values_as_they_are_written(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_strict;
    } values[] = {
        {"12345678901234567890", true},
        {"-0.50e+1", true},
        {"0", true},
        {"1E5", true},
        {"\"a\\\"}\\\\\"", true},
        {"[ 1,{\"b\":[]}, \"]\" ]", true},
        {"{}", true},
        {"null", true},
        {"[true,false]", true},
        {"01", false},
        {"1.", false},
        {"-01", false},
        {"[1,[02]]", false},
        {"\"a\tb\"", false},
        {"{\"\t\":1}", false},
    };
    for (size_t i = 0; i < COUNT(values); i++) {
        struct text line = {0};
        text_printf(&line, " { \"a}\\\"\" : %s ,\"b\":%s}", values[i].text, values[i].text);
        json_free(parse(line.bytes));
        const char *at = line.bytes;
        struct json_written value;
        for (int round = 0; round < 2; round++) {
            assert_true(json_next_written(&at, &value));
            assert_int_equal(value.length, strlen(values[i].text));
            assert_memory_equal(value.text, values[i].text, value.length);
            assert_int_equal(value.is_strict, values[i].is_strict);
        }
        assert_false(json_next_written(&at, &value));
        text_done(&line);
    }
    const char *empty = "{ }";
    assert_false(json_next_written(&empty, &(struct json_written){0}));
}

static void test_keys_held_twice_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"{}", NULL},
        {"{\"a\":1}", NULL},
        {"{\"b\":1,\"a\":{\"b\":1},\"B\":1}", NULL},
        {"{\"b\":1,\"a\":2,\"b\":3}", "b"},
        {"{\"a\":1,\"\\u0061\":2}", "a"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        struct json *json = json_parse(cases[i].text, strlen(cases[i].text), &err);
        assert_non_null(json);
        const char *twice = json_duplicate(json);
        assert_int_equal(twice != NULL, cases[i].want != NULL);
        if (twice)
            assert_string_equal(twice, cases[i].want);
        json_free(json);
    }
}

static void test_lines_and_columns(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"{\n  \"a\": 1,\n  \"é\" 2}", "3:"},
        {"{\"a\": \"\xff\"}", "1:8: invalid UTF-8"},
        {"{}\n{}", "2:1: not valid JSON"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error err;
        assert_null(json_parse_lines(cases[i].text, strlen(cases[i].text), &err));
        assert_int_equal(strncmp(err.message, cases[i].wanted, strlen(cases[i].wanted)), 0);
    }
    size_t line, column;
    json_place("a\né b", 5, &line, &column);
    assert_int_equal(line, 2);
    assert_int_equal(column, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_and_columns),
        cmocka_unit_test(test_values_are_read),
        cmocka_unit_test(test_getters_answer_no),
        cmocka_unit_test(test_keys_held_twice_are_found),
        cmocka_unit_test(test_what_is_not_json_is_refused),
        cmocka_unit_test(test_nul_bytes_are_refused),
        cmocka_unit_test(test_escaped_backslash_is_no_nul),
        cmocka_unit_test(test_every_prefix_of_a_document_is_refused),
        cmocka_unit_test(test_deep_nesting),
        cmocka_unit_test(test_documents_are_written),
        cmocka_unit_test(test_numbers_round_trip),
        cmocka_unit_test(test_quote),
        cmocka_unit_test(test_random_text_round_trips),
        cmocka_unit_test(test_values_as_they_are_written),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
