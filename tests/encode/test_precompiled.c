#include "near.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "encode/precompiled.h"

/* A double-array trie by hand. Units (darts-clone): label in bits 0-7, bit 8: a leaf hangs here, bits
 * 10..: offset. From the root, unit 0 with offset `o`, byte c leads to unit o ^ c; its leaf and its own
 * children are at that place ^ its offset. */
enum { UNITS = 512 };

struct table {
    uint32_t units[UNITS];
    char texts[64];
};

static uint32_t unit(uint32_t label, uint32_t offset, bool has_leaf)
{
    return label | (has_leaf ? 1u << 8 : 0) | offset << 10;
}

/* "A" -> "a"; C2 A0 (no-break space) -> " "; EF AC 81 (the ligature fi) -> "fi". */
static struct table make_table(void)
{
    struct table table = {.texts = "a\0 \0fi"};
    uint32_t *u = table.units;
    u[0] = unit(0, 256, false); /* children of the root at 256 ^ c */
    u[256 ^ 'A'] = unit('A', 1, true);
    u[(256 ^ 'A') ^ 1] = 0; /* place of "a" */
    u[256 ^ 0xc2] = unit(0xc2, 4, false);
    uint32_t second = (256 ^ 0xc2 ^ 4) ^ 0xa0;
    u[second] = unit(0xa0, 3, true);
    u[second ^ 3] = 2; /* place of " " */
    u[256 ^ 0xef] = unit(0xef, 8, false);
    uint32_t next = (256 ^ 0xef ^ 8) ^ 0xac;
    u[next] = unit(0xac, 16, false);
    uint32_t last = (next ^ 16) ^ 0x81;
    u[last] = unit(0x81, 32, true);
    u[last ^ 32] = 4; /* place of "fi" */
    return table;
}

/* base64 of n of the trie's bytes and `texts` of the texts'; free it. */
static char *encode(const struct table *table, size_t n, size_t texts)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char bytes[4 + sizeof *table] = {(unsigned char)n, (unsigned char)(n >> 8)};
    size_t length = 4;
    for (size_t i = 0; i < n; i++)
        bytes[length++] = (unsigned char)(table->units[i / 4] >> (8 * (i % 4)));
    memcpy(bytes + length, table->texts, texts);
    length += texts;
    char *out = malloc(length * 2 + 4), *at = out;
    assert_non_null(out);
    for (size_t i = 0; i < length; i += 3) {
        uint32_t group = (uint32_t)bytes[i] << 16 |
                         (i + 1 < length ? (uint32_t)bytes[i + 1] << 8 : 0) |
                         (i + 2 < length ? bytes[i + 2] : 0);
        *at++ = digits[group >> 18];
        *at++ = digits[group >> 12 & 63];
        *at++ = i + 1 < length ? digits[group >> 6 & 63] : '=';
        *at++ = i + 2 < length ? digits[group & 63] : '=';
    }
    *at = '\0';
    return out;
}

static void test_replaces(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"xyz", "xyz"},
        {"ABBA", "aBBa"},
        {"A\xc2\xa0\xef\xac\x81x", "a fix"},
        {"\xc2\xa1", "\xc2\xa1"}, /* begins as one, goes on otherwise */
        {"A\xcc\x81", "a"},       /* a grapheme that begins so is replaced whole */
        {"A\xcc\x81\xcc\x81\xcc\x81",
         "a\xcc\x81\xcc\x81\xcc\x81"}, /* a long one by character */
    };
    struct table table = make_table();
    char *base64 = encode(&table, sizeof table.units, sizeof table.texts);
    struct precompiled *precompiled = precompiled_open(base64, NULL);
    assert_non_null(precompiled);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text out = {0};
        text_add(&out, "");
        precompiled_apply(precompiled, cases[i][0], strlen(cases[i][0]), &out);
        if (strcmp(out.bytes, cases[i][1]) != 0)
            fail_msg("case %zu: '%s'", i, out.bytes);
        text_done(&out);
    }
    precompiled_free(precompiled);
    free(base64);
}

/* A table that leads nowhere leaves texts alone. */
static void test_hostile(void **state)
{
    (void)state;
    struct table table = make_table();
    for (size_t i = 0; i < UNITS; i++)
        if (table.units[i])
            table.units[i] |= 0x7ffffc00u;
    char *base64 = encode(&table, sizeof table.units, 1);
    struct precompiled *precompiled = precompiled_open(base64, NULL);
    struct text out = {0};
    precompiled_apply(precompiled, "A\xc2\xa0", 3, &out);
    assert_string_equal(out.bytes, "A\xc2\xa0");
    text_done(&out);
    precompiled_free(precompiled);
    free(base64);
    static const char *const bad[] = {
        "A", "AAAA", "====", "QUJ#", "AQAAAEFB", "//////////8="};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error err = {0};
        struct precompiled *none = precompiled_open(bad[i], &err);
        if (none) { /* an empty table, or a trie of no units */
            struct text text = {0};
            precompiled_apply(none, "A", 1, &text);
            assert_string_equal(text.bytes, "A");
            text_done(&text);
        } else {
            assert_int_equal(err.status, STATUS_FORMAT);
        }
        precompiled_free(none);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replaces),
        cmocka_unit_test(test_hostile),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
