#include "near.h"

#include <string.h>

#include "encode/pretokenizer.h"
#include "io/json.h"

#define MARK "\xe2\x96\x81"

/* The words of a text between bars. */
static void cut(const char *json, const char *input, bool is_first, struct text *out)
{
    struct error err = {0};
    struct json *parsed = json_parse(json, strlen(json), NULL);
    struct pretokenizer *pretokenizer = pretokenizer_open(parsed, &err);
    if (!pretokenizer)
        fail_msg("%s: %s", json, err.message);
    struct words words = {0}, spare = {0};
    text_add(&words.text, input);
    words_add(&words, 0, strlen(input));
    pretokenizer_cut(pretokenizer, &words, &spare, is_first);
    text_clear(out);
    text_add(out, "");
    for (size_t i = 0; i < words.n; i++) {
        text_add(out, i ? "|" : "");
        text_append(out, words.text.bytes + words.list[i].start,
                    words.list[i].end - words.list[i].start);
    }
    words_done(&words);
    words_done(&spare);
    pretokenizer_free(pretokenizer);
    json_free(parsed);
}

static void test_steps(void **state)
{
    (void)state;
    static const struct {
        const char *json, *text, *want;
        bool later; /* not the first stretch of the text */
    } cases[] = {
        {"null", "a b", "a b", false},
        {"{\"type\": \"BertPreTokenizer\"}", " Hey, it's  $5. ", "Hey|,|it|'|s|$|5|.",
         false},
        {"{\"type\": \"BertPreTokenizer\"}",
         "a\xe2\x80\x94"
         "b!!",
         "a|\xe2\x80\x94|b|!|!", false},
        {"{\"type\": \"Whitespace\"}", "Hey, it's_x  $5!?", "Hey|,|it|'|s_x|$|5|!?", false},
        {"{\"type\": \"WhitespaceSplit\"}", " a,b\tc ", "a,b|c", false},
        {"{\"type\": \"Punctuation\", \"behavior\": \"Isolated\"}", "a,b c", "a|,|b c",
         false},
        {"{\"type\": \"Digits\", \"individual_digits\": true}", "a12b", "a|1|2|b", false},
        {"{\"type\": \"Digits\"}", "a12b", "a|12|b", false},
        {"{\"type\": \"Metaspace\"}", "a b  c", MARK "a|" MARK "b|" MARK "|" MARK "c",
         false},
        {"{\"type\": \"Metaspace\", \"prepend_scheme\": \"never\"}", "a b", "a|" MARK "b",
         false},
        {"{\"type\": \"Metaspace\", \"add_prefix_space\": false}", "a b", "a|" MARK "b",
         false},
        {"{\"type\": \"Metaspace\", \"prepend_scheme\": \"first\"}", "a b",
         MARK "a|" MARK "b", false},
        {"{\"type\": \"Metaspace\", \"prepend_scheme\": \"first\"}", "a b", "a|" MARK "b",
         true},
        {"{\"type\": \"Metaspace\", \"split\": false}", "a b", MARK "a" MARK "b", false},
        {"{\"type\": \"Metaspace\", \"replacement\": \"_\"}", "a _b", "_a|_|_b", false},
        {"{\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"WhitespaceSplit\"},"
         " {\"type\": \"Metaspace\", \"prepend_scheme\": \"always\"}]}",
         " a  b", MARK "a|" MARK "b", false},
        {"{\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Whitespace\"},"
         " {\"type\": \"Digits\", \"individual_digits\": true}]}",
         "x 10%", "x|1|0|%", false},
    };
    struct text out = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cut(cases[i].json, cases[i].text, !cases[i].later, &out);
        if (strcmp(out.bytes, cases[i].want) != 0)
            fail_msg("case %zu: '%s', want '%s'", i, out.bytes, cases[i].want);
    }
    text_done(&out);
}

static void test_refusals(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{}", "'(without type)'"},
        {"{\"type\": \"ByteLevel\"}", "'ByteLevel'"},
        {"{\"type\": \"Punctuation\", \"behavior\": \"Removed\"}", "'Removed'"},
        {"{\"type\": \"Metaspace\", \"prepend_scheme\": \"last\"}", "'last'"},
        {"{\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Sequence\"}]}",
         "'Sequence'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        struct json *json = json_parse(cases[i][0], strlen(cases[i][0]), NULL);
        assert_null(pretokenizer_open(json, &err));
        assert_int_equal(err.status, STATUS_FORMAT);
        if (!strstr(err.message, cases[i][1]))
            fail_msg("case %zu: %s", i, err.message);
        json_free(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_refusals),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
