#include "near.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "io/json.h"

static void test_numbers_round_trip(void **state)
{
    (void)state;
    struct rng rng;
    rng_init(&rng, 5, 0);
    struct text out = {0};
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = rng_next(&rng);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            value = rng_uniform(&rng);
        text_clear(&out);
        json_add_number(&out, value);
        assert_true(strtod(out.bytes, NULL) == value);
    }
    text_done(&out);
}

static void test_numbers_are_short(void **state)
{
    (void)state;
    const struct {
        double value;
        const char *want;
    } cases[] = {
        {1283, "1283"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {-0.0, "-0"},
        {(double)NAN, "null"},
        {-HUGE_VAL, "null"},
        {9007199254740992, "9007199254740992"},
        {5e-324, "4.94065645841247e-324"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text out = {0};
        json_add_number(&out, cases[i].value);
        assert_string_equal(out.bytes, cases[i].want);
        text_done(&out);
    }
}

static void test_quote(void **state)
{
    (void)state;
    const struct {
        const char *text, *want;
    } cases[] = {
        {"plain", "\"plain\""},
        {"", "\"\""},
        {"a\"b\\c\n\t\r\b\f\x01", "\"a\\\"b\\\\c\\n\\t\\r\\b\\f\\u0001\""},
        {"日本", "\"日本\""},
        {"bad \xff\xfe byte", "\"bad \xef\xbf\xbd\xef\xbf\xbd byte\""},
        {"cut \xe6\x97", "\"cut \xef\xbf\xbd\xef\xbf\xbd\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text out = {0};
        json_quote(&out, cases[i].text, strlen(cases[i].text));
        assert_string_equal(out.bytes, cases[i].want);
        text_done(&out);
    }
}

static void test_write(void **state)
{
    (void)state;
    const char *text =
        "{\"a\":[1,0.30000000000000004,null,true,false,[],{}],\"b\\\"\":{\"c\":\"\\n\"}}";
    struct error err;
    struct json *json = json_parse(text, strlen(text), &err);
    char *flat = json_write(json, false), *pretty = json_write(json, true);
    assert_string_equal(flat, text);
    struct json *again = json_parse(pretty, strlen(pretty), &err);
    char *flat_again = json_write(again, false);
    assert_string_equal(flat_again, text);
    free(flat);
    free(pretty);
    free(flat_again);
    json_free(json);
    json_free(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_round_trip),
        cmocka_unit_test(test_numbers_are_short),
        cmocka_unit_test(test_quote),
        cmocka_unit_test(test_write),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
