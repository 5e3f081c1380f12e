#include "near.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "encode/tokens.h"

/* The words of a text, joined by "|". */
static void assert_tokens(const char *text, const char *wanted)
{
    struct tokens tokens = {0};
    struct text joined = {0};
    tokens_read(&tokens, text, strlen(text));
    text_add(&joined, "");
    for (size_t i = 0; i < tokens.n; i++) {
        const struct token *token = &tokens.list[i];
        text_add(&joined, i ? "|" : "");
        text_append(&joined, tokens.lower + token->start, token->length);
        assert_int_equal(token->hash,
                         token_hash(tokens.lower + token->start, token->length));
    }
    assert_string_equal(joined.bytes, wanted);
    text_done(&joined);
    tokens_done(&tokens);
}

static void test_cutting(void **state)
{
    (void)state;
    const struct {
        const char *text, *tokens;
    } cases[] = {
        {"", ""},
        {" \t\r\n ", ""},
        {"Hello, World!", "hello|world"},
        {"user-friendly", "user|friendly"},
        {"3rd of 1,000.50 at 10:30.", "3rd|of|1,000.50|at|10:30"},
        {"I don't, CAN'T, won\xe2\x80\x99t", "i|do|n't|ca|n't|wo|n't"},
        {"I do n't", "i|do|n't"},
        {"it's Tom's; we're they'll I'd I'm you've",
         "it|'s|tom|'s|we|'re|they|'ll|i|'d|i|'m|you|'ve"},
        {"it 's", "it|'s"},
        {"O'Brien 'quoted'", "o'brien|quoted"},
        {"rock 'n' roll", "rock|n|roll"},
        {"\xc3\x89TUDE caf\xc3\xa9", "\xc3\xa9tude|caf\xc3\xa9"},
        {"cafe\xcc\x81 x", "cafe\xcc\x81|x"}, /* combining acute accent */
        {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x80\x82",
         "\xe6\x97\xa5|\xe6\x9c\xac|\xe8\xaa\x9e"},
        {"good \xf0\x9f\x98\x80 day", "good|day"},
        {"\xd0\x9f\xd0\xa0\xd0\x98", "\xd0\xbf\xd1\x80\xd0\xb8"},
        {"\xc8\xba\xc8\xba\xc8\xba",
         "\xe2\xb1\xa5\xe2\xb1\xa5\xe2\xb1\xa5"}, /* grows in lower case */
        {"a\xff"
         "b\xc3",
         "a|b"},
        {"a\x01"
         "b\x7f"
         "c",
         "a|b|c"},
        {"n't", "n't"},
        {"'", ""},
        {"\xcc\x81", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_tokens(cases[i].text, cases[i].tokens);
}

static void test_sentences(void **state)
{
    (void)state;
    const struct {
        const char *text;
        size_t n;
        bool is_complete;
    } cases[] = {
        {"", 0, false},
        {"One", 1, false},
        {"One.", 1, true},
        {"One . Two .", 2, true},
        {"One. Two! Three? Four", 4, false},
        {"Mr. Smith met Dr. Jones in the U.S. today.", 1, true},
        {"So did I. He left.", 2, true},
        {"Pi is 3.14 or so.", 1, true},
        {"He said \"Go.\" She went.", 2, true},
        {"Wait... what?!", 2, true},
        {"Title\n\nBody text", 2, false},
        {"broken\nline", 1, false},
        {"- one\n- two\n- three", 3, false},
        {"# Head\ntext.", 2, true},
        {"\xe4\xbd\xa0\xe3\x80\x82\xe5\xa5\xbd\xe3\x80\x82", 2, true},
        {"...", 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tokens tokens = {0};
        tokens_read(&tokens, cases[i].text, strlen(cases[i].text));
        if (tokens.n_sentences != cases[i].n || tokens.is_complete != cases[i].is_complete)
            print_error("'%s': %zu sentences\n", cases[i].text, tokens.n_sentences);
        assert_int_equal(tokens.n_sentences, cases[i].n);
        assert_int_equal(tokens.is_complete, cases[i].is_complete);
        tokens_done(&tokens);
    }
}

static void test_layout_and_marks(void **state)
{
    (void)state;
    const char *text = "# Title\n\n1. one\n2) two\n  * three\n\xe2\x80\xa2 four\n"
                       "```c\nx = 1;\n```\n\xe2\x80\x9cquoted\xe2\x80\x9d ``so'' "
                       "\xf0\x9f\x98\x80?\xef\xbc\x9f";
    struct tokens tokens = {0};
    tokens_read(&tokens, text, strlen(text));
    assert_int_equal(tokens.n_headings, 1);
    assert_int_equal(tokens.n_list_items, 4);
    assert_int_equal(tokens.n_fences, 2);
    assert_int_equal(tokens.n_lines, 9);
    assert_int_equal(tokens.marks['"'], 4);
    assert_int_equal(tokens.marks['='], 1);
    assert_int_equal(tokens.marks['?'], 2);
    assert_int_equal(tokens.n_symbols, 1);
    tokens_read(&tokens, "h\xc3\xa9", 3);
    assert_int_equal(tokens.n_headings, 0);
    assert_int_equal(tokens.n, 1);
    tokens_done(&tokens);
}

static void test_flags(void **state)
{
    (void)state;
    const char *text = "We met NASA, in \xc3\x89vian (2 days). iPhone";
    const unsigned wanted[] = {
        TOKEN_CAPITAL | TOKEN_SENTENCE | TOKEN_BREAK,
        0,
        TOKEN_CAPITAL | TOKEN_UPPER,
        TOKEN_BREAK,
        TOKEN_CAPITAL,
        TOKEN_NUMBER | TOKEN_BREAK,
        0,
        TOKEN_SENTENCE | TOKEN_BREAK,
    };
    struct tokens tokens = {0};
    tokens_read(&tokens, text, strlen(text));
    assert_int_equal(tokens.n, sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < tokens.n; i++)
        assert_int_equal(tokens.list[i].flags, wanted[i]);
    tokens_done(&tokens);
}

static void test_a_word_of_a_megabyte(void **state)
{
    (void)state;
    const size_t length = 1 << 20;
    char *text = malloc(length);
    assert_non_null(text);
    memset(text, 'A', length);
    struct tokens tokens = {0};
    tokens_read(&tokens, text, length);
    assert_int_equal(tokens.n, 1);
    assert_int_equal(tokens.list[0].length, UINT16_MAX);
    tokens_done(&tokens);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cutting),
        cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_layout_and_marks),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_a_word_of_a_megabyte),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
