#include "lines.h"

#include "corpus/wording.h"

static const char lines[] =
    "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"attribute\":\"verbosity\"}\n"
    "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"attribute\":\"wit\"}\n"
    "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}\n"
    "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"attribute\":\"verbosity\","
    "\"context\":\"Mine.\"}\n";

static void assert_contexts(const char *contexts, size_t n_wanted,
                            const char *const *wanted)
{
    struct corpus corpus;
    struct error err = {0};
    size_t n_given;
    read_lines(&corpus, lines);
    assert_int_equal(wording_apply(&corpus, contexts, &n_given, &err), STATUS_OK);
    assert_int_equal(n_given, n_wanted);
    for (size_t i = 0; i < corpus.n_pairs; i++)
        assert_string_equal(plain(&corpus.contexts, corpus.pairs[i].context), wanted[i]);
    corpus_done(&corpus);
}

static void test_builtin(void **state)
{
    (void)state;
    static const char *const named[] = {"helpfulness", "correctness", "coherence",
                                        "complexity",  "verbosity",   "safety"};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        assert_non_null(wording_builtin(named[i]));
    assert_null(wording_builtin("wit"));
    const char *wanted[] = {wording_builtin("verbosity"), "-", "-", "Mine."};
    assert_contexts("builtin", 1, wanted);
}

static void test_file(void **state)
{
    (void)state;
    static const char *const wanted[] = {"-", "Be funny.", "-", "Mine."};
    assert_contexts(write_lines("c.json", "{\"wit\":\"Be funny.\",\"verbosity\":\"\"}"), 1,
                    wanted);
}

static void test_files_that_are_none(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *message;
    } cases[] = {
        {"", "not valid JSON"},
        {"[\"wit\"]", "no JSON object of one sentence per attribute"},
        {"{\"wit\":1}", "no JSON object of one sentence per attribute"},
        {"{\"wit\":\"a\"", "not valid JSON at byte"},
        {"{\"wit\":\"\xff\"}", "invalid UTF-8 at byte"},
    };
    struct corpus corpus;
    read_lines(&corpus, lines);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        size_t n_given = 77;
        const char *path = write_lines("bad.json", cases[i].bytes);
        assert_int_equal(wording_apply(&corpus, path, &n_given, &err), STATUS_FORMAT);
        assert_contains(err.message, cases[i].message);
        assert_contains(err.message, path);
        assert_int_equal(n_given, 77);
        assert_int_equal(corpus.pairs[1].context, -1);
    }
    corpus_done(&corpus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builtin),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_files_that_are_none),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
