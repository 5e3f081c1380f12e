#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/sha256.h"

static void finish(struct sha256 *sha, char hex[65])
{
    unsigned char digest[SHA256_BYTES];
    sha256_finish(sha, digest);
    for (size_t i = 0; i < SHA256_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

/* FIPS 180-4's own examples, and the lengths around the ends of blocks as coreutils has them. */
static void test_known_digests(void **state)
{
    (void)state;
    static const struct {
        const char *piece;
        size_t n_times;
        const char *wanted;
    } cases[] = {
        {"", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
        {"x", 55, "d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072"},
        {"x", 56, "04c26261370ee7541549d16dee320c723e3fd14671e66a099afe0a377c16888e"},
        {"x", 63, "75220b47218278e656f2013bb8f0c455a25eaf01e86c64924e9d48d89776d6f2"},
        {"x", 64, "7ce100971f64e7001e8fe5a51973ecdfe1ced42befe7ee8d5fd6219506b5393c"},
        {"x", 65, "9537c5fdf120482f7d58d25e9ed583f52c02b4e304ea814db1633ad565aed7e9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sha256 sha;
        char got[65];
        sha256_init(&sha);
        for (size_t t = 0; t < cases[i].n_times; t++)
            sha256_add(&sha, cases[i].piece, strlen(cases[i].piece));
        finish(&sha, got);
        assert_string_equal(got, cases[i].wanted);
    }
}

static void test_pieces_make_no_difference(void **state)
{
    (void)state;
    char bytes[300];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 7);
    struct sha256 sha;
    char whole[65], pieces[65];
    sha256_init(&sha);
    sha256_add(&sha, bytes, sizeof bytes);
    finish(&sha, whole);
    for (size_t step = 1; step < 130; step++) {
        sha256_init(&sha);
        for (size_t at = 0; at < sizeof bytes; at += step) {
            size_t left = sizeof bytes - at;
            sha256_add(&sha, bytes + at, left < step ? left : step);
        }
        finish(&sha, pieces);
        assert_string_equal(pieces, whole);
    }
}

static void test_fields_do_not_run_into_each_other(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"ab", "c"}, {"a", "bc"}, {"", "abc"}, {"abc", ""}};
    char digests[4][65];
    for (size_t i = 0; i < 4; i++) {
        struct sha256 sha;
        sha256_init(&sha);
        for (size_t f = 0; f < 2; f++)
            sha256_add_field(&sha, cases[i][f], strlen(cases[i][f]));
        finish(&sha, digests[i]);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(digests[i], digests[j]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_digests),
        cmocka_unit_test(test_pieces_make_no_difference),
        cmocka_unit_test(test_fields_do_not_run_into_each_other),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
