#include "near.h"

#include <stdlib.h>
#include <string.h>

#include "encode/subword.h"
#include "io/json.h"

static const char word_piece[] =
    "{\"type\": \"WordPiece\", \"unk_token\": \"[UNK]\", \"max_input_chars_per_word\": 8,"
    " \"vocab\": {\"[UNK]\": 0, \"un\": 1, \"##aff\": 2, \"##able\": 3, \"##a\": 4, "
    "\"play\": 5,"
    " \"##ing\": 6, \"p\": 7, \"##\xc3\xa9\": 8, \"able\": 9}}";

/* Scores such that "abc" is best cut as a|bc, and "bcd" (no piece of its own) as bc|?. */
static const char unigram[] = "{\"type\": \"Unigram\", \"unk_id\": 0, \"vocab\": "
                              "[[\"<unk>\", 0], [\"a\", -1], [\"b\", -2],"
                              " [\"ab\", -2.5], [\"c\", -3], [\"bc\", -2], [\"abc\", -5], "
                              "[\"\xe2\x96\x81\xc3\xa9\", -4],"
                              " [\"<0x64>\", -9]]}";

static void open_well(struct subword *subword, const char *json)
{
    struct json *model = json_parse(json, strlen(json), NULL);
    struct error err = {0};
    *subword = (struct subword){0};
    if (subword_read(subword, model, &err))
        fail_msg("%s", err.message);
    json_free(model);
}

struct cut {
    const char *word;
    size_t n;
    int32_t ids[6];
};

static void check_cuts(const char *json, const struct cut *cuts, size_t n)
{
    struct subword subword;
    struct token_ids ids = {0};
    open_well(&subword, json);
    for (size_t i = 0; i < n; i++) {
        ids.n = 0;
        subword_cut(&subword, cuts[i].word, strlen(cuts[i].word), &ids);
        if (ids.n != cuts[i].n ||
            memcmp(ids.list, cuts[i].ids, ids.n * sizeof *ids.list) != 0)
            fail_msg("'%s' is cut into %zu, first %d", cuts[i].word, ids.n,
                     ids.n ? ids.list[0] : -1);
    }
    free(ids.list);
    subword_done(&subword);
}

static void test_word_piece(void **state)
{
    (void)state;
    static const struct cut cuts[] = {
        {"unaffable", 1, {0}}, /* nine characters, eight allowed */
        {"unable", 2, {1, 3}},
        {"unaffa", 3, {1, 2, 4}},
        {"playing", 2, {5, 6}},
        {"plaing", 1, {0}}, /* p, then nothing goes on */
        {"able", 1, {9}},   /* the piece that begins a word, not the one inside */
        {"un\xc3\xa9", 2, {1, 8}},
        {"##a", 1, {4}}, /* as the reference has it: the whole token is in the vocabulary */
        {"x", 1, {0}},
    };
    check_cuts(word_piece, cuts, sizeof cuts / sizeof *cuts);
}

static void test_unigram(void **state)
{
    (void)state;
    static const struct cut cuts[] = {
        {"abc", 2, {1, 5}}, /* a bc -3 before abc -5, ab c -5.5, a b c -6 */
        {"ab", 1, {3}},     /* ab -2.5 before a b -3 */
        {"bcd", 2, {5, 0}}, /* d is unknown */
        {"xyz", 1, {0}},    /* unknown characters in a row are one */
        {"xay", 3, {0, 1, 0}},
        {"\xe2\x96\x81\xc3\xa9", 1, {7}},
        {"\xe2\x96\x81\x61", 2, {0, 1}},
    };
    check_cuts(unigram, cuts, sizeof cuts / sizeof *cuts);
}

static void test_bytes_and_words(void **state)
{
    (void)state;
    static const char fallback[] =
        "{\"type\": \"Unigram\", \"unk_id\": 0, \"byte_fallback\": true, \"vocab\":"
        " [[\"<unk>\", 0], [\"a\", -1], [\"<0xC3>\", -2], [\"<0xA9>\", -2]]}";
    static const struct cut cuts[] = {
        {"a\xc3\xa9", 3, {1, 2, 3}}, {"a\xc3\xaa", 2, {1, 0}}, /* a byte has no token */
    };
    check_cuts(fallback, cuts, 2);
    static const char level[] = "{\"type\": \"WordLevel\", \"unk_token\": \"?\","
                                " \"vocab\": {\"?\": 3, \"word\": 1}}";
    static const struct cut words[] = {{"word", 1, {1}}, {"words", 1, {3}}};
    check_cuts(level, words, 2);
    static const char silent[] = "{\"type\": \"WordLevel\", \"vocab\": {\"word\": 1}}";
    static const struct cut nothing[] = {{"words", 0, {0}}};
    check_cuts(silent, nothing, 1);
}

static void test_lengths(void **state)
{
    (void)state;
    struct subword subword;
    open_well(&subword, word_piece);
    assert_int_equal(subword.n_lengths, 10);
    assert_int_equal(subword.n_ids, 10);
    assert_int_equal(subword.unknown, 0);
    assert_int_equal(subword.lengths[8], 3); /* characters, not bytes */
    subword_done(&subword);
}

static void test_refusals(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{\"type\": \"BPE\", \"vocab\": {}}", "the model is 'BPE'"},
        {"{\"type\": \"WordPiece\"}", "'vocab'"},
        {"{\"type\": \"WordPiece\", \"vocab\": {}}", "'vocab'"},
        {"{\"type\": \"WordPiece\", \"vocab\": {\"a\": -1}}", "number of 'a'"},
        {"{\"type\": \"WordPiece\", \"vocab\": {\"a\": 1e12}}", "number of 'a'"},
        {"{\"type\": \"WordPiece\", \"vocab\": {\"a\": 0}, \"unk_token\": \"b\"}", "'b'"},
        {"{\"type\": \"Unigram\", \"vocab\": []}", "no list of tokens"},
        {"{\"type\": \"Unigram\", \"vocab\": [[\"a\"]]}", "entry 0"},
        {"{\"type\": \"Unigram\", \"vocab\": [[\"a\", 0]], \"unk_id\": 1}", "'unk_id'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json *model = json_parse(cases[i][0], strlen(cases[i][0]), NULL);
        struct subword subword = {0};
        struct error err = {0};
        assert_int_equal(subword_read(&subword, model, &err), STATUS_FORMAT);
        if (!strstr(err.message, cases[i][1]))
            fail_msg("case %zu: %s", i, err.message);
        subword_done(&subword);
        json_free(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_word_piece),      cmocka_unit_test(test_unigram),
        cmocka_unit_test(test_bytes_and_words), cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_refusals),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
