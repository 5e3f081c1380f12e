#include "near.h"

#include <string.h>

#include "encode/normalizer.h"
#include "io/json.h"

#define BERT(more) "{\"type\": \"BertNormalizer\"" more "}"

static void test_steps(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"null", "Any \x01 Text", "Any \x01 Text"},
        {BERT(""), "H\xc3\xa9llo\tW\x01orld\n", "hello world "},
        {BERT(", \"lowercase\": false"), "H\xc3\xa9llo", "H\xc3\xa9llo"},
        {BERT(", \"lowercase\": false, \"strip_accents\": true"), "H\xc3\xa9llo", "Hello"},
        {BERT(", \"strip_accents\": false"), "H\xc3\x89llo", "h\xc3\xa9llo"},
        {BERT(", \"clean_text\": false"), "A\tB\x01", "a\tb\x01"},
        {BERT(""), "a\xe6\x9d\xb1\xe4\xba\xac", "a \xe6\x9d\xb1  \xe4\xba\xac "},
        {BERT(", \"handle_chinese_chars\": false"), "\xe6\x9d\xb1", "\xe6\x9d\xb1"},
        {BERT(""),
         "a\xc2\xa0"
         "b\xe2\x80\x8b"
         "c\xef\xbf\xbd",
         "a bc"},
        {"{\"type\": \"Lowercase\"}", "\xc3\x89\xc4\xb0X", "\xc3\xa9i\xcc\x87x"},
        {"{\"type\": \"NFC\"}", "e\xcc\x81", "\xc3\xa9"},
        {"{\"type\": \"NFD\"}", "\xc3\xa9", "e\xcc\x81"},
        {"{\"type\": \"NFKC\"}", "\xef\xac\x81 \xc2\xb2", "fi 2"},
        {"{\"type\": \"NFKD\"}", "\xef\xac\x81\xc3\xa9", "fie\xcc\x81"},
        {"{\"type\": \"StripAccents\"}", "e\xcc\x81", "e"},
        {"{\"type\": \"Strip\"}", " \t a b \n", "a b"},
        {"{\"type\": \"Strip\", \"strip_right\": false}", "  a ", "a "},
        {"{\"type\": \"Strip\"}", "  ", ""},
        {"{\"type\": \"Nmt\"}",
         "a\x01"
         "b\xe2\x80\x8b"
         "c\n",
         "ab c "},
        {"{\"type\": \"Prepend\", \"prepend\": \"_\"}", "a", "_a"},
        {"{\"type\": \"Replace\", \"pattern\": {\"String\": \" \"}, \"content\": \"_\"}",
         "a b ", "a_b_"},
        {"{\"type\": \"Replace\", \"pattern\": {\"Regex\": \" {2,}\"}, \"content\": \" \"}",
         "a  b   c d", "a b c d"},
        {"{\"type\": \"Replace\", \"pattern\": {\"Regex\": \"\\\\s+\"}, \"content\": "
         "\"-\"}",
         "a \t b c", "a-b-c"},
        {"{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"NFD\"}, {\"type\": "
         "\"StripAccents\"},"
         " {\"type\": \"Lowercase\"}]}",
         "\xc3\x89T", "et"},
    };
    struct text text = {0}, spare = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json *json = json_parse(cases[i][0], strlen(cases[i][0]), NULL);
        struct error err = {0};
        struct normalizer *normalizer = normalizer_open(json, &err);
        if (!normalizer)
            fail_msg("case %zu: %s", i, err.message);
        text_clear(&text);
        text_add(&text, cases[i][1]);
        normalizer_apply(normalizer, &text, &spare);
        if (strcmp(text.bytes, cases[i][2]) != 0)
            fail_msg("case %zu: '%s', want '%s'", i, text.bytes, cases[i][2]);
        normalizer_free(normalizer);
        json_free(json);
    }
    text_done(&text);
    text_done(&spare);
}

static void test_refusals(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{}", "'(without type)'"},
        {"{\"type\": \"Magic\"}", "'Magic'"},
        {"{\"type\": \"Prepend\"}", "'prepend'"},
        {"{\"type\": \"Replace\"}", "'pattern'"},
        {"{\"type\": \"Replace\", \"pattern\": {\"Regex\": \"a|b\"}, \"content\": \"\"}",
         "'a|b'"},
        {"{\"type\": \"Precompiled\"}", "'precompiled_charsmap'"},
        {"{\"type\": \"Precompiled\", \"precompiled_charsmap\": \"!!\"}", "damaged"},
        {"{\"type\": \"Precompiled\", \"precompiled_charsmap\": \"/////w==\"}", "damaged"},
        {"{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"Sequence\"}]}",
         "a Sequence inside"},
        {"{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"NFC\"}, {\"type\": "
         "\"X\"}]}",
         "'X'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json *json = json_parse(cases[i][0], strlen(cases[i][0]), NULL);
        struct error err = {0};
        assert_null(normalizer_open(json, &err));
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
