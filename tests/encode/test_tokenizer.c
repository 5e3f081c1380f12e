#include "folder.h"
#include "near.h"

#include "encode/tokenizer.h"

static struct folder folder;

#define MODEL                                                                              \
    "\"model\": {\"type\": \"WordPiece\", \"unk_token\": \"[UNK]\", \"vocab\": "           \
    "{\"[PAD]\": 0,"                                                                       \
    " \"[UNK]\": 1, \"hello\": 2, \"world\": 3, \"##s\": 4, \"new\": 5, \"york\": 6, "     \
    "\",\": 7}}"

static struct tokenizer *open_well(const char *json)
{
    struct error err = {0};
    const char *path = folder_write(&folder, "tokenizer.json", json, strlen(json));
    struct tokenizer *tokenizer = tokenizer_open(path, &err);
    if (!tokenizer)
        fail_msg("%s", err.message);
    return tokenizer;
}

static void check(struct tokenizer *tokenizer, const char *text, size_t length, size_t n,
                  const int32_t *want)
{
    struct token_ids ids = {0};
    token_ids_add(&ids, 99); /* what was there goes */
    tokenizer_encode(tokenizer, text, length, &ids);
    bool same = ids.n == n;
    for (size_t i = 0; i < n && same; i++)
        same = ids.list[i] == want[i];
    if (!same)
        fail_msg("'%s': %zu tokens, first %d", text, ids.n, ids.n ? ids.list[0] : -1);
    free(ids.list);
}

#define CHECK(tokenizer, text, ...)                                                        \
    check(tokenizer, text, sizeof text - 1,                                                \
          sizeof((int32_t[]){__VA_ARGS__}) / sizeof(int32_t), (int32_t[]){__VA_ARGS__})

static const char bert[] =
    "{\"normalizer\": {\"type\": \"BertNormalizer\"}, \"pre_tokenizer\": {\"type\":"
    " \"BertPreTokenizer\"}, " MODEL ", \"added_tokens\": ["
    "{\"id\": 0, \"content\": \"[PAD]\", \"special\": true},"
    "{\"id\": 8, \"content\": \"New York\", \"normalized\": true},"
    "{\"id\": 9, \"content\": \"<m>\", \"lstrip\": true, \"rstrip\": true},"
    "{\"id\": 10, \"content\": \"hell\", \"single_word\": true}]}";

static void test_pipeline(void **state)
{
    (void)state;
    struct tokenizer *tokenizer = open_well(bert);
    assert_int_equal(tokenizer_count(tokenizer), 11);
    assert_int_equal(tokenizer_unknown(tokenizer), 1);
    assert_int_equal(tokenizer_median_length(tokenizer), 4); /* 1 3 3 4 | 5 5 5 5 -> 4.5 */
    CHECK(tokenizer, "Hello, WORLDS", 2, 7, 3, 4);
    CHECK(tokenizer, "hello mars", 2, 1);
    CHECK(tokenizer, "[PAD]hello[PAD] world", 0, 2, 0, 3);
    CHECK(tokenizer, "New York, new", 8, 7, 5); /* an added token in the normalized text */
    CHECK(tokenizer, "hello  <m>  world", 2, 9, 3);
    CHECK(tokenizer, "hell hello", 10, 2);     /* a single word, and not inside one */
    CHECK(tokenizer, "hello\xff world", 2, 3); /* U+FFFD, which is dropped */
    check(tokenizer, "", 0, 0, NULL);
    check(tokenizer, " \n ", 3, 0, NULL);
    check(tokenizer, NULL, 0, 0, NULL);
    tokenizer_free(tokenizer);
}

static void test_truncation(void **state)
{
    (void)state;
    struct tokenizer *tokenizer =
        open_well("{\"pre_tokenizer\": {\"type\": \"Whitespace\"}, \"truncation\": "
                  "{\"max_length\": 2},"
                  " \"normalizer\": null, " MODEL "}");
    CHECK(tokenizer, "hello world hello", 2, 3);
    tokenizer_free(tokenizer);
}

static void test_refusals(void **state)
{
    (void)state;
    const struct {
        const char *json, *message;
    } cases[] = {
        {"", "tokenizer.json'"},
        {"[", "tokenizer.json'"},
        {"{}", "no object 'model'"},
        {"{\"model\": {\"type\": \"BPE\"}}", "the model is 'BPE'"},
        {"{\"normalizer\": {\"type\": \"X\"}, " MODEL "}", "normalizer 'X'"},
        {"{\"pre_tokenizer\": {\"type\": \"X\"}, " MODEL "}", "pre-tokenizer 'X'"},
        {"{" MODEL ", \"added_tokens\": [{\"id\": 1}]}", "'added_tokens': entry 0"},
        {"{" MODEL ", \"added_tokens\": [{\"id\": 1e10, \"content\": \"x\"}]}", "entry 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        const char *path =
            folder_write(&folder, "tokenizer.json", cases[i].json, strlen(cases[i].json));
        assert_null(tokenizer_open(path, &err));
        assert_int_equal(err.status, STATUS_FORMAT);
        if (!strstr(err.message, cases[i].message))
            fail_msg("case %zu: %s", i, err.message);
    }
}

static int make_folder(void **state)
{
    (void)state;
    folder_make(&folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    folder_remove(&folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pipeline),
        cmocka_unit_test(test_truncation),
        cmocka_unit_test(test_refusals),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
