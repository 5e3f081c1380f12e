#include "near.h"

#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "base/text.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- the buffer ---- */

static void test_buffer_grows(void **state)
{
    (void)state;
    struct text text = {0};
    text_append(&text, NULL, 0);
    assert_string_equal(text.bytes, "");
    text_add(&text, "ab");
    text_add_char(&text, 'c');
    text_append(&text, "\0d", 2);
    text_printf(&text, "%d%%", 42);
    assert_int_equal(text.length, 8);
    assert_memory_equal(text.bytes, "abc\0d42%", 9);
    text_clear(&text);
    assert_int_equal(text.length, 0);
    for (int i = 0; i < 1000; i++)
        text_printf(&text, "%d,", i);
    assert_int_equal(text.length, 10 * 2 + 90 * 3 + 900 * 4);
    assert_int_equal(strlen(text.bytes), text.length);
    assert_memory_equal(text.bytes + text.length - 8, "998,999,", 8);
    text_done(&text);
    assert_null(text.bytes);
    text_clear(&text);
    text_done(&text);
}

/* ---- UTF-8 ---- */

static size_t encode(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)((0xf00u >> length) | code);
    return length;
}

static void test_every_character_decodes(void **state)
{
    (void)state;
    for (uint32_t code = 0; code < 0x110000; code++) {
        char bytes[4];
        size_t length = encode(code, bytes);
        bool surrogate = code >= 0xd800 && code < 0xe000;
        const char *at = bytes;
        assert_int_equal(utf8_next(&at, bytes + length), surrogate ? -1 : (int32_t)code);
        assert_ptr_equal(at, bytes + (surrogate ? 1 : length));
        assert_int_equal(utf8_check(bytes, length), surrogate ? 0 : length);
        for (size_t cut = 1; cut < length; cut++) {
            at = bytes;
            assert_int_equal(utf8_next(&at, bytes + cut), -1);
            assert_ptr_equal(at, bytes + 1);
        }
    }
}

static void test_invalid_bytes_are_found(void **state)
{
    (void)state;
    /* Each is refused at its first byte; behind it the scan goes on one byte further. */
    static const char *const cases[] = {
        "\x80",
        "\xbf", /* nothing is continued */
        "\xc0\x80",
        "\xc1\xbf", /* overlong, two bytes */
        "\xe0\x80\x80",
        "\xe0\x9f\xbf", /* overlong, three */
        "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf", /* overlong, four */
        "\xed\xa0\x80",
        "\xed\xbf\xbf", /* surrogates */
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", /* above U+10FFFF */
        "\xf8\x88\x80\x80\x80",
        "\xfe",
        "\xff",
        "\xc2",
        "\xe1\x80",
        "\xf1\x80\x80", /* cut short */
        "\xc2\x41",
        "\xe1\x80\x41",
        "\xf1\x80\x80\x41",
        "\xc2\xc2\x80",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *at = cases[i];
        size_t length = strlen(cases[i]);
        assert_int_equal(utf8_next(&at, cases[i] + length), -1);
        assert_ptr_equal(at, cases[i] + 1);
        assert_int_equal(utf8_check(cases[i], length), 0);
        for (size_t before = 0; before < 20; before++) {
            struct text text = {0};
            text_append(&text, "abcdefghijklmnopqrst", before);
            text_add(&text, cases[i]);
            text_add(&text, " and valid text behind");
            assert_int_equal(utf8_check(text.bytes, text.length), before);
            text_done(&text);
        }
    }
    assert_int_equal(utf8_check("", 0), 0);
}

static void test_check_agrees_with_decoding(void **state)
{
    (void)state;
    struct rng rng;
    rng_init(&rng, 5, 0);
    for (int round = 0; round < 20000; round++) {
        char bytes[40];
        size_t length = 0;
        while (length < 32) {
            bool odd = rng_below(&rng, 60) == 0;
            uint32_t code = (uint32_t)rng_below(&rng, rng_below(&rng, 4) ? 0x80 : 0x3000);
            if (odd)
                bytes[length++] = (char)(0x80 + rng_below(&rng, 0x80));
            else
                length += encode(code, bytes + length);
        }
        size_t wanted = length;
        for (const char *at = bytes, *start = at; at < bytes + length; start = at)
            if (utf8_next(&at, bytes + length) < 0) {
                wanted = (size_t)(start - bytes);
                break;
            }
        assert_int_equal(utf8_check(bytes, length), wanted);
    }
}

static void test_whole_characters(void **state)
{
    (void)state;
    const struct {
        const char *bytes;
        size_t length, wanted;
    } cases[] = {
        {"", 0, 0},
        {"ab", 2, 2},
        {"a\xc3\xa9", 3, 3},
        {"a\xc3", 2, 1},
        {"\xe2\x82", 2, 0},
        {"\xe2\x82\xac", 3, 3},
        {"a\xf0\x9f\x98", 4, 1},
        {"a\xf0\x9f\x98\x80", 5, 5},
        {"\x80\x80", 2, 2},
        {"\x80\x80\x80\x80", 4, 4}, /* was never a character: left alone */
        {"\xff", 1, 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(utf8_whole(cases[i].bytes, cases[i].length), cases[i].wanted);
}

static void test_width(void **state)
{
    (void)state;
    const struct {
        const char *text;
        size_t cells;
    } cases[] = {
        {"", 0},
        {"plain ~", 7},
        {"\xc3\xa9t\xc3\xa9", 3},
        {"e\xcc\x81t", 2},               /* combining acute */
        {"\xe6\xbc\xa2\xe5\xad\x97", 4}, /* two ideographs */
        {"\xef\xbc\xa1", 2},             /* full-width A */
        {"\xf0\x9f\x98\x80", 2},         /* emoji */
        {"a\xe2\x80\x8b"
         "b",
         2}, /* zero-width space */
        {"a\xff"
         "b",
         3}, /* a byte that is no UTF-8 */
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(text_width(cases[i].text, strlen(cases[i].text)), cases[i].cells);
}

/* ---- hostile text ---- */

static void test_visible(void **state)
{
    (void)state;
    enum { ALL = 1000 };
    const struct {
        const char *text;
        size_t cells;
        const char *shown;
    } cases[] = {
        {"", ALL, ""},
        {"plain", ALL, "plain"},
        {"a\nb\tc\r", ALL, "a\\nb\\tc\\x0d"},
        /* ESC [2J and ESC ]0;title BEL would clear the screen and rename the window. */
        {"\x1b[2J", ALL, "\\x1b[2J"},
        {"\x1b]0;title\a", ALL, "\\x1b]0;title\\x07"},
        {"\x7f\b", ALL, "\\x7f\\x08"},
        {"\xc2\x9b"
         "31m",
         ALL, "\\x9b31m"}, /* C1 control sequence introducer */
        {"\xc2\x80\xc2\x9f\xc2\xa0", ALL, "\\x80\\x9f\xc2\xa0"},
        {"\xe2\x80\xae"
         "evil\xe2\x80\xac",
         ALL, "\\u202eevil\\u202c"},
        {"\xe2\x81\xa6\xe2\x81\xa9\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", ALL,
         "\\u2066\\u2069\\u200e\\u200f\\u061c"},
        {"\xe2\x80\xa8\xe2\x80\xa9", ALL, "\\u2028\\u2029"},
        {"\xef\xbb\xbf"
         "a",
         ALL, "\\ufeffa"},
        {"\xff\xc3", ALL, "\\xff\\xc3"},
        {"\xed\xa0\x80", ALL, "\\xed\\xa0\\x80"},
        {"\xe6\xbc\xa2", ALL, "\xe6\xbc\xa2"},
        {"e\xcc\x81", ALL, "e\xcc\x81"},
        /* cut, with an ellipsis in the last column */
        {"abcd", 4, "abcd"},
        {"abcde", 4, "abc\xe2\x80\xa6"},
        {"abcde", 1, "\xe2\x80\xa6"},
        {"abcde", 0, ""},
        {"\xe6\xbc\xa2\xe5\xad\x97", 4, "\xe6\xbc\xa2\xe5\xad\x97"},
        {"\xe6\xbc\xa2\xe5\xad\x97", 3, "\xe6\xbc\xa2\xe2\x80\xa6"},
        {"\xe6\xbc\xa2\xe5\xad\x97", 2, "\xe2\x80\xa6"},
        {"ab\xe6\xbc\xa2x", 4, "ab\xe2\x80\xa6"},
        {"abc\x1b", 4, "abc\xe2\x80\xa6"},
        {"abcde\xcc\x81", 5, "abcde\xcc\x81"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text out = {0};
        text_add(&out, "<");
        text_add_visible(&out, cases[i].text, strlen(cases[i].text), cases[i].cells);
        assert_int_equal(out.bytes[0], '<');
        assert_string_equal(out.bytes + 1, cases[i].shown);
        text_done(&out);
    }
}

static void test_visible_shows_nul(void **state)
{
    (void)state;
    struct text out = {0};
    text_add_visible(&out, "a\0b", 3, 80);
    assert_string_equal(out.bytes, "a\\x00b");
    text_done(&out);
}

/* Whatever comes in: valid UTF-8 without controls comes out, in no more columns than asked.
 */
static void test_show_cuts_at_a_character(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t room;
        const char *want;
    } cases[] = {
        {"name", 8, "name"},
        {"name", 5, "name"},
        {"name", 4, "nam"},
        {"name", 1, ""},
        {"", 1, ""},
        {"a\033[1m", 16, "a\\x1b[1m"},
        {"\xc3\xa9\xc3\xa9", 4, "\xc3\xa9"},
        {"\xc3\xa9\xc3\xa9", 5, "\xc3\xa9\xc3\xa9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[16];
        assert_ptr_equal(text_show(out, cases[i].room, cases[i].text), out);
        assert_string_equal(out, cases[i].want);
    }
}

static void test_visible_is_safe_for_any_bytes(void **state)
{
    (void)state;
    struct rng rng;
    rng_init(&rng, 11, 0);
    struct text out = {0};
    for (int round = 0; round < 20000; round++) {
        char bytes[24];
        size_t length = rng_below(&rng, sizeof bytes + 1), cells = rng_below(&rng, 30);
        for (size_t i = 0; i < length; i++)
            bytes[i] = (char)rng_below(&rng, 256);
        text_clear(&out);
        text_add_visible(&out, bytes, length, cells);
        assert_int_equal(utf8_check(out.bytes, out.length), out.length);
        assert_true(text_width(out.bytes, out.length) <= cells);
        for (const char *at = out.bytes, *end = at + out.length; at < end;) {
            int32_t code = utf8_next(&at, end);
            assert_true(code >= 0x20 && code != 0x7f && (code < 0x80 || code >= 0xa0));
        }
    }
    text_done(&out);
}

/* ---- hash and distance ---- */

/* Values of an independent implementation: a change moves prompts between splits. */
static void test_clusters(void **state)
{
    (void)state;
    /* each cluster as "bytes/width " */
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"ab", "a/1 b/1 "},
        {"e\u0301x", "e\u0301/1 x/1 "},
        {"日本", "日/2 本/2 "},
        {"\u0301x", " \u0301/1 x/1 "},
        {"\033\xff\n", "\\x1b/4 \\xff/4 \\n/2 "},
        {"\u202ea", "\\u202e/6 a/1 "},
        {"\U0001f469\u200d\U0001f680", "\U0001f469/2 \U0001f680/2 "}, /* no joiner */
        {"\u0915\u200d\u0937", "\u0915\u200d/1 \u0937/1 "},           /* letters keep it */
        {"a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308b",
         "a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307/1 b/1 "}, /* no room for more */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text said = {0};
        struct cluster cluster;
        size_t length = strlen(cases[i].text);
        for (const char *at = cases[i].text, *end = at + length;
             text_next_cluster(&at, end, &cluster);) {
            assert_int_equal(strlen(cluster.bytes), cluster.length);
            text_printf(&said, "%s/%d ", cluster.bytes, cluster.width);
        }
        assert_string_equal(said.bytes, cases[i].wanted);
        text_done(&said);
    }
}

static void test_hash_never_changes(void **state)
{
    (void)state;
    char hundred[100];
    for (size_t i = 0; i < sizeof hundred; i++)
        hundred[i] = (char)i;
    const struct {
        const char *bytes;
        size_t length;
        uint64_t seed, hash;
    } cases[] = {
        {"", 0, 0, 0xa0761d6538515ee7u},
        {"", 0, 1, 0xa0761d6538515ee6u},
        {"a", 1, 0, 0xd8268895557ad05au},
        {"prompt", 6, 0, 0xca8ba91a783dfcaeu},
        {"12345678", 8, 0, 0x38544ade5d80e264u},
        {"123456789", 9, 0, 0xd83248fa7946f7d7u},
        {"Gr\xc3\xb6\xc3\x9f"
         "e \xe2\x82\xac",
         11, 7, 0x9686510a1cb6299fu},
        {"\xff\0\xff", 3, 0, 0x0757180ea36a5a47u},
        {hundred, 100, 12345678901234567890u, 0x9bbdc6679e697195u},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_true(text_hash(cases[i].bytes, cases[i].length, cases[i].seed) ==
                    cases[i].hash);
}

static void test_hash_spreads_short_texts(void **state)
{
    (void)state;
    enum { N = 20000, BINS = 16 };
    size_t low[BINS] = {0}, high[BINS] = {0};
    for (int i = 0; i < N; i++) {
        char text[16];
        int length = snprintf(text, sizeof text, "prompt %d", i);
        uint64_t hash = text_hash(text, (size_t)length, 0);
        low[hash % BINS]++;
        high[hash >> 60]++;
    }
    for (size_t b = 0; b < BINS; b++) { /* 1250 expected, standard deviation 34 */
        assert_in_range(low[b], 1050, 1450);
        assert_in_range(high[b], 1050, 1450);
    }
}

static void test_distance(void **state)
{
    (void)state;
    const struct {
        const char *a, *b;
        size_t edits;
    } cases[] = {
        {"", "", 0},           {"", "abc", 3},       {"train", "train", 0},
        {"tarin", "train", 1}, {"trin", "train", 1}, {"trainn", "train", 1},
        {"trxin", "train", 1}, {"eval", "train", 4}, {"kitten", "sitting", 3},
        {"ca", "abc", 3},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(text_distance(cases[i].a, cases[i].b), cases[i].edits);
        assert_int_equal(text_distance(cases[i].b, cases[i].a), cases[i].edits);
    }
    char longest[64];
    memset(longest, 'x', 63);
    longest[63] = '\0';
    assert_int_equal(text_distance(longest, ""), 63);
    assert_int_equal(text_distance(longest, longest), 0);
    struct text beyond = {0};
    for (int i = 0; i < 500; i++)
        text_add_char(&beyond, 'x');
    assert_int_equal(text_distance(beyond.bytes, beyond.bytes), 64);
    assert_int_equal(text_distance("x", beyond.bytes), 64);
    text_done(&beyond);
}

static void test_kinds_and_lower_case(void **state)
{
    (void)state;
    const struct {
        int32_t code;
        enum utf8_kind kind;
        int32_t lower;
    } cases[] = {
        {'A', UTF8_LETTER, 'a'},
        {'z', UTF8_LETTER, 'z'},
        {'7', UTF8_DIGIT, '7'},
        {'\n', UTF8_SPACE, '\n'},
        {'-', UTF8_PUNCTUATION, '-'},
        {'+', UTF8_SYMBOL, '+'},
        {0xc9, UTF8_LETTER, 0xe9},
        {0x41f, UTF8_LETTER, 0x43f},
        {0xac00, UTF8_LETTER, 0xac00}, /* Hangul is written with spaces */
        {0x65e5, UTF8_IDEOGRAPH, 0x65e5},
        {0x3042, UTF8_IDEOGRAPH, 0x3042},
        {0xe01, UTF8_IDEOGRAPH, 0xe01},
        {0x663, UTF8_DIGIT, 0x663},
        {0x301, UTF8_MARK, 0x301},
        {0x200d, UTF8_MARK, 0x200d},
        {0x2019, UTF8_PUNCTUATION, 0x2019},
        {0x1f600, UTF8_SYMBOL, 0x1f600},
        {0x3000, UTF8_SPACE, 0x3000},
        {0xe000, UTF8_SPACE, 0xe000},
        {-1, UTF8_SPACE, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(utf8_kind(cases[i].code), cases[i].kind);
        assert_int_equal(utf8_lower(cases[i].code), cases[i].lower);
    }
}

static void test_written_characters_decode(void **state)
{
    (void)state;
    for (int32_t code = 0; code <= 0x10ffff; code += code == 0xd7ff ? 0x801 : 1) {
        char bytes[4];
        size_t length = utf8_write(bytes, code);
        const char *at = bytes;
        assert_int_equal(utf8_next(&at, bytes + length), code);
        assert_ptr_equal(at, bytes + length);
    }
}

static void test_invalid_bytes_are_replaced(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        const char *wanted;
    } cases[] = {
        {"", 0, ""},
        {"h\xc3\xa9", 3, "h\xc3\xa9"},
        {"a\xff\x62", 3, "a\xef\xbf\xbd\x62"},
        {"\xc3", 1, "\xef\xbf\xbd"},
        {"\xff\xfe", 2, "\xef\xbf\xbd\xef\xbf\xbd"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text out = {0};
        utf8_append(&out, cases[i].bytes, cases[i].length);
        assert_int_equal(out.length, strlen(cases[i].wanted));
        assert_memory_equal(out.length ? out.bytes : "", cases[i].wanted, out.length);
        text_done(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buffer_grows),
        cmocka_unit_test(test_every_character_decodes),
        cmocka_unit_test(test_kinds_and_lower_case),
        cmocka_unit_test(test_written_characters_decode),
        cmocka_unit_test(test_invalid_bytes_are_found),
        cmocka_unit_test(test_check_agrees_with_decoding),
        cmocka_unit_test(test_invalid_bytes_are_replaced),
        cmocka_unit_test(test_whole_characters),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_visible),
        cmocka_unit_test(test_visible_shows_nul),
        cmocka_unit_test(test_show_cuts_at_a_character),
        cmocka_unit_test(test_visible_is_safe_for_any_bytes),
        cmocka_unit_test(test_clusters),
        cmocka_unit_test(test_hash_never_changes),
        cmocka_unit_test(test_hash_spreads_short_texts),
        cmocka_unit_test(test_distance),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
