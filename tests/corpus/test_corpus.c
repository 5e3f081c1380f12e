#include "lines.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/text.h"

#define PAIR "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}\n"

/* ---- what is read is written again ---- */

static void test_lines_survive_a_cycle(void **state)
{
    (void)state;
    static const char *const lines[] = {
        PAIR,
        "{\"id\":\"x\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"attribute\":"
        "\"wit\","
        "\"context\":\"Be "
        "funny.\",\"user\":\"u1\",\"split\":\"holdout\",\"chosen_rating\":0.1,"
        "\"rejected_rating\":-3,\"origin\":\"pairs x.jsonl\"}\n",
        /* keys nobody knows, to the letter */
        "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"n\":12345678901234567890,"
        "\"nested\":{\"a\": [1.50, \"]}\\\"\", null], "
        "\"b\":{}},\"yes\":true,\"z\":1e-400}\n",
        /* conversations */
        "{\"prompt\":[{\"role\":\"user\",\"content\":\"p\"}],"
        "\"chosen\":[{\"role\":\"assistant\",\"content\":\"a\",\"name\":\"m\"}],"
        "\"rejected\":[{\"role\":\"assistant\",\"content\":\"b\"},"
        "{\"role\":\"user\",\"content\":\"why?\"}]}\n",
        "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\","
        "\"context\":[{\"role\":\"system\",\"content\":\"Be funny.\"}]}\n",
        "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"\":\"\",\"\":{}}\n",
        /* one text in several forms and roles */
        "{\"prompt\":\"a\",\"chosen\":\"a\",\"rejected\":\"\"}\n"
        "{\"prompt\":[{\"role\":\"user\",\"content\":\"a\"}],\"chosen\":\"\",\"rejected\":"
        "\"a\"}\n",
        "{\"prompt\":\"\xe2\x82\xac "
        "\xf0\x9f\x98\x80\",\"chosen\":\"\\u0001\",\"rejected\":\"\\\\\"}"
        "\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct corpus corpus;
        read_lines(&corpus, lines[i]);
        assert_written(&corpus, lines[i]);
        corpus_done(&corpus);
    }
}

static void test_tolerated_input_is_written_properly(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"\xef\xbb\xbf" PAIR, PAIR},
        {"\n  \r\n{ \"prompt\" : \"p\",\t\"chosen\": \"a\", \"rejected\": \"b\" }\r\n\n",
         PAIR},
        {"{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}", PAIR},
        {"{\"id\":null,\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"split\":null,"
         "\"user\":null,\"attribute\":null,\"chosen_rating\":null,\"context\":\"\"}",
         PAIR},
        {"{\"rejected\":\"b\",\"x\":1,\"chosen\":\"a\",\"prompt\":\"p\"}",
         "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"x\":1}\n"},
        {"{\"id\":9007199254740993,\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\","
         "\"user\":7}",
         "{\"id\":\"9007199254740993\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":"
         "\"b\","
         "\"user\":\"7\"}\n"},
        {"{\"prompt\":\"\\ud83d\\ude00\",\"chosen\":\"\\u0041\",\"rejected\":\"\\/\"}",
         "{\"prompt\":\"\xf0\x9f\x98\x80\",\"chosen\":\"A\",\"rejected\":\"/\"}\n"},
        /* what JSON proper forbids in a value that is kept to the letter */
        {"{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"n\":01,\"t\":\"\t\"}",
         "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"n\":1,\"t\":\"\\t\"}\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct corpus corpus;
        read_lines(&corpus, cases[i].in);
        assert_written(&corpus, cases[i].out);
        corpus_done(&corpus);
    }
}

static void test_fields(void **state)
{
    (void)state;
    struct corpus corpus;
    read_lines(&corpus,
               PAIR "{\"id\":\"7\",\"prompt\":\"p\",\"chosen\":\"b\",\"rejected\":\"c\","
                    "\"attribute\":\"wit\",\"split\":\"test\",\"chosen_rating\":4.5}\n");
    assert_int_equal(corpus.n_pairs, 2);
    assert_int_equal(corpus.prompts.n, 1);
    assert_int_equal(corpus.responses.n, 3);
    const struct pair *first = &corpus.pairs[0], *second = &corpus.pairs[1];
    assert_null(first->id);
    assert_int_equal(first->split, CORPUS_UNSPLIT);
    assert_int_equal(first->attribute, -1);
    assert_true(isnan(first->chosen_rating));
    assert_int_equal(first->rejected, second->chosen);
    assert_string_equal(second->id, "7");
    assert_int_equal(second->split, CORPUS_TEST);
    assert_string_equal(plain(&corpus.attributes, second->attribute), "wit");
    assert_near(second->chosen_rating, 4.5, 0, 0);
    assert_true(isnan(second->rejected_rating));
    corpus_done(&corpus);
}

static void test_equal_responses_are_left_out(void **state)
{
    (void)state;
    struct corpus corpus;
    read_lines(&corpus, "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"a\"}\n" PAIR);
    assert_int_equal(corpus.n_pairs, 1);
    assert_int_equal(corpus.n_equal, 1);
    corpus_done(&corpus);
}

static void test_gzip_round_trip(void **state)
{
    (void)state;
    struct corpus corpus, again = {0};
    struct error err = {0};
    read_lines(&corpus, PAIR "{\"prompt\":\"q\",\"chosen\":\"a\",\"rejected\":\"b\"}\n");
    const char *path = folder_path(&folder, "pairs.jsonl.gz");
    assert_int_equal(corpus_write(&corpus, path, NULL, &err), STATUS_OK);
    assert_int_equal(corpus_read(&again, path, NULL, &err), STATUS_OK);
    assert_int_equal(again.n_pairs, 2);
    assert_true(corpus_hash(&again) == corpus_hash(&corpus));
    corpus_done(&corpus);
    corpus_done(&again);
}

static void test_hash_sees_every_field(void **state)
{
    (void)state;
    static const char two_pairs[] = PAIR PAIR;
    static const char *const lines[] = {
        PAIR,
        two_pairs,
        "{\"id\":\"1\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}",
        "{\"prompt\":\"q\",\"chosen\":\"a\",\"rejected\":\"b\"}",
        "{\"prompt\":[{\"role\":\"\",\"content\":\"p\"}],\"chosen\":\"a\",\"rejected\":"
        "\"b\"}",
        "{\"prompt\":\"p\",\"chosen\":\"b\",\"rejected\":\"a\"}",
        "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"attribute\":\"x\"}",
        "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"context\":\"x\"}",
        "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"user\":\"x\"}",
        "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"origin\":\"x\"}",
        "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"split\":\"train\"}",
        "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"split\":\"test\"}",
        "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"chosen_rating\":1}",
        "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"rejected_rating\":1}",
        "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"x\":1}",
    };
    enum { N = sizeof lines / sizeof *lines };
    uint64_t hashes[N];
    for (size_t i = 0; i < N; i++) {
        struct corpus corpus;
        read_lines(&corpus, lines[i]);
        hashes[i] = corpus_hash(&corpus);
        corpus_done(&corpus);
        for (size_t j = 0; j < i; j++)
            assert_true(hashes[j] != hashes[i]);
    }
    /* Of every machine and version: features remember it. */
    assert_true(hashes[0] == 0x8f79d1ca7007fc40u);
}

/* ---- bad input ---- */

static void assert_refused(const char *path, enum status status, const char *part)
{
    struct corpus corpus = {0};
    struct error err = {0};
    enum status got = corpus_read(&corpus, path, NULL, &err);
    if (got != status)
        print_error("wanted: %s\ngot: %s\n", part, err.message);
    assert_int_equal(got, status);
    assert_int_equal(err.status, status);
    assert_contains(err.message, part);
    assert_contains(err.message, path);
    assert_null(corpus.pairs);
    assert_int_equal(corpus.prompts.n, 0);
}

static void test_bad_lines(void **state)
{
    (void)state;
    static const struct {
        const char *lines, *message;
    } cases[] = {
        {"", "is empty: expected JSON Lines"},
        {"\n\n \r\n", "is empty: expected JSON Lines"},
        {PAIR "x\n", "line 2: not valid JSON at byte 0"},
        {"\n" PAIR "{\"prompt\":\"p\"", "line 3: not valid JSON at byte"},
        {PAIR PAIR "[]", "line 3: not a JSON object"},
        {"\"text\"", "line 1: not a JSON object"},
        {"{\"chosen\":\"a\",\"rejected\":\"b\"}", "line 1: the key 'prompt' is missing"},
        {"{\"prompt\":null,\"chosen\":\"a\",\"rejected\":\"b\"}",
         "the key 'prompt' is missing"},
        {"{\"prompt\":\"p\",\"rejected\":\"b\"}", "the key 'chosen' is missing"},
        {"{\"prompt\":\"p\",\"chosen\":\"b\"}", "the key 'rejected' is missing"},
        {"{\"prompt\":1,\"chosen\":\"a\",\"rejected\":\"b\"}",
         "'prompt' is neither a string nor a list of {role, content}"},
        {"{\"prompt\":\"p\",\"chosen\":{},\"rejected\":\"b\"}",
         "'chosen' is neither a string"},
        {"{\"prompt\":\"p\",\"chosen\":[],\"rejected\":\"b\"}",
         "'chosen' is no list of {role"},
        {"{\"prompt\":\"p\",\"chosen\":[\"a\"],\"rejected\":\"b\"}",
         "turn 1 of 'chosen' has no string 'role'"},
        {"{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":[{\"role\":\"user\",\"content\":"
         "\"b\"},"
         "{\"role\":\"user\",\"content\":null}]}",
         "turn 2 of 'rejected' has no string 'content'"},
        {"{\"prompt\":\"p\",\"prompt\":\"q\",\"chosen\":\"a\",\"rejected\":\"b\"}",
         "the key 'prompt' comes twice"},
        {"{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"attribute\":[]}",
         "'attribute' is neither a string nor a number"},
        {"{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"id\":{}}",
         "'id' is neither"},
        {"{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"context\":7}",
         "'context' is neither a string nor a list of {role, content}"},
        {"{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"split\":\"dev\\n\"}",
         "'split' is dev\\n, expected train, holdout or test"},
        {"{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"split\":1}",
         "expected train, holdout or test"},
        {"{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"chosen_rating\":\"4\"}",
         "'chosen_rating' is no finite number"},
        {"{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"rejected_rating\":1e999}",
         "'rejected_rating' is no finite number"},
        {"{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"chosen_rating\":NaN}",
         "not valid JSON at byte"},
        {"{\"prompt\":\"\xff\",\"chosen\":\"a\",\"rejected\":\"b\"}",
         "invalid UTF-8 at byte 11"},
        {"{\"prompt\":\"\xed\xa0\x80\",\"chosen\":\"a\",\"rejected\":\"b\"}",
         "invalid UTF-8"},
        {"{\"prompt\":\"\\ud800\",\"chosen\":\"a\",\"rejected\":\"b\"}", "not valid JSON"},
        {"{\"prompt\":\"a\\u0000b\",\"chosen\":\"a\",\"rejected\":\"b\"}",
         "a NUL character"},
        {"{\"prompt\":\"a\x1b\",\"chosen\":\"a\",\"rejected\":\"b\"}",
         "a control character"},
        {"{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"a\"}", "holds no pairs"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(write_lines("bad.jsonl", cases[i].lines), STATUS_FORMAT,
                       cases[i].message);
}

static void test_nul_byte_in_a_line(void **state)
{
    (void)state;
    const char bytes[] = PAIR "{\"prompt\":\"p\0q\",\"chosen\":\"a\",\"rejected\":\"b\"}\n";
    const char *path = folder_write(&folder, "nul.jsonl", bytes, sizeof bytes - 1);
    assert_refused(path, STATUS_FORMAT, "line 2: a control character (0x00)");
}

static void test_deep_nesting(void **state)
{
    (void)state;
    struct text line = {0};
    text_add(&line, "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"x\":");
    for (int i = 0; i < 100000; i++)
        text_add_char(&line, '[');
    assert_refused(write_lines("deep.jsonl", line.bytes), STATUS_FORMAT, "not valid JSON");
    text_done(&line);
}

static void test_files_that_are_none(void **state)
{
    (void)state;
    assert_refused(folder.path, STATUS_IO, "it is a directory");
    assert_refused(folder_path(&folder, "nothing.jsonl"), STATUS_NOT_FOUND, "No such file");
}

static void test_gzip_cut_short(void **state)
{
    (void)state;
    const char *path = folder_path(&folder, "cut.jsonl.gz");
    gzFile gz = gzopen(path, "wb");
    for (int i = 0; i < 2000; i++)
        gzprintf(gz, "{\"prompt\":\"p%d\",\"chosen\":\"a\",\"rejected\":\"b\"}\n", i * i);
    assert_int_equal(gzclose(gz), Z_OK);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(truncate(path, info.st_size / 2), 0);
    assert_refused(path, STATUS_FORMAT, "it is cut short");
}

static void test_a_line_of_100_mb(void **state)
{
    (void)state;
    const char *path = folder_path(&folder, "long.jsonl.gz");
    enum { CHUNK = 1 << 20 };
    char *chunk = malloc(CHUNK);
    assert_non_null(chunk);
    memset(chunk, 'x', CHUNK);
    gzFile gz = gzopen(path, "wb1");
    gzputs(gz, PAIR "{\"prompt\":\"");
    for (int i = 0; i < 100; i++)
        assert_int_equal(gzwrite(gz, chunk, CHUNK), CHUNK);
    gzputs(gz, "\",\"chosen\":\"a\",\"rejected\":\"b\"}\n");
    assert_int_equal(gzclose(gz), Z_OK);
    free(chunk);
    assert_refused(path, STATUS_FORMAT, "line 2: longer than 64 MiB");
}

/* ---- writing that fails ---- */

static void assert_write_fails(const struct corpus *corpus, const char *path)
{
    struct error err = {0};
    assert_int_equal(corpus_write(corpus, path, NULL, &err), STATUS_IO);
    assert_contains(err.message, path);
}

static void test_a_full_disk(void **state)
{
    (void)state;
    struct corpus corpus;
    read_lines(&corpus, PAIR);
    assert_write_fails(&corpus, "/dev/full");
    corpus_done(&corpus);
}

static void test_a_path_that_cannot_be_written(void **state)
{
    (void)state;
    struct corpus corpus;
    read_lines(&corpus, PAIR);
    assert_write_fails(&corpus, folder.path);
    assert_write_fails(&corpus, folder_path(&folder, "no/such/folder.jsonl"));
    corpus_done(&corpus);
}

/* A limit on the size of files fails the write half-way. */
static void test_failed_writing_leaves_the_old_file(void **state)
{
    (void)state;
    struct corpus corpus = {0};
    struct pair pair = PAIR_NONE;
    pair.prompt = passages_add_text(&corpus.prompts, "p");
    pair.chosen = passages_add_text(&corpus.responses, "a");
    for (int i = 0; i < 20000; i++) {
        char text[64];
        snprintf(text, sizeof text, "an answer of some length, the %dth", i);
        pair.rejected = passages_add_text(&corpus.responses, text);
        assert_true(corpus_add(&corpus, &pair));
    }
    const char *path = write_lines("old.jsonl", "what was there before\n");
    size_t n_before = folder_each(folder.path, NULL);
    struct rlimit old, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 300000;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    struct error err = {0};
    enum status status = corpus_write(&corpus, path, NULL, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(status, STATUS_IO);
    assert_file_holds(path, "what was there before\n");
    assert_int_equal(folder_each(folder.path, NULL), n_before);
    corpus_done(&corpus);
}

/* ---- watching ---- */

struct watcher {
    struct cancel cancel;
    uint64_t done, total;
    size_t n_calls, stop_at;
};

static void watch_progress(void *self, uint64_t done, uint64_t total)
{
    struct watcher *watcher = self;
    assert_true(done >= watcher->done && (!total || done <= total));
    watcher->done = done;
    watcher->total = total;
    if (++watcher->n_calls == watcher->stop_at)
        atomic_store(&watcher->cancel.asked, true);
}

static const char *write_many(void)
{
    struct text lines = {0};
    for (int i = 0; i < 5000; i++)
        text_printf(&lines, "{\"prompt\":\"p%d\",\"chosen\":\"a\",\"rejected\":\"b\"}\n",
                    i);
    const char *path = write_lines("many.jsonl", lines.bytes);
    text_done(&lines);
    return path;
}

static void test_progress_ends_at_the_size_of_the_file(void **state)
{
    (void)state;
    struct watcher watcher = {0};
    struct corpus_watch watch = {watch_progress, &watcher, &watcher.cancel};
    struct corpus corpus = {0};
    struct error err = {0};
    const char *path = write_many();
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(corpus_read(&corpus, path, &watch, &err), STATUS_OK);
    assert_true(watcher.n_calls > 10);
    assert_int_equal(watcher.done, info.st_size);
    assert_int_equal(watcher.total, info.st_size);
    corpus_done(&corpus);
}

static void test_cancelling(void **state)
{
    (void)state;
    struct watcher watcher = {.stop_at = 3};
    struct corpus_watch watch = {watch_progress, &watcher, &watcher.cancel};
    struct corpus corpus = {0}, stopped = {0};
    struct error err = {0};
    const char *path = write_many();
    assert_int_equal(corpus_read(&stopped, path, &watch, &err), STATUS_CANCELLED);
    assert_int_equal(watcher.n_calls, 3);
    assert_null(stopped.pairs);
    assert_int_equal(corpus_read(&corpus, path, NULL, &err), STATUS_OK);
    watcher = (struct watcher){.stop_at = 2};
    const char *out = folder_path(&folder, "stopped.jsonl");
    assert_int_equal(corpus_write(&corpus, out, &watch, &err), STATUS_CANCELLED);
    assert_int_equal(access(out, F_OK), -1);
    corpus_done(&corpus);
}

/* Texts that come again cost no memory: ten times the pairs, the same texts. */
static void test_memory_follows_distinct_texts(void **state)
{
    (void)state;
    struct text lines = {0};
    for (int i = 0; i < 3000; i++)
        text_printf(
            &lines,
            "{\"prompt\":\"p%d\",\"chosen\":\"a%d\",\"rejected\":\"b\",\"k\":\"v\"}\n",
            i % 300, i % 10);
    struct corpus corpus;
    read_lines(&corpus, lines.bytes);
    assert_int_equal(corpus.n_pairs, 3000);
    assert_int_equal(corpus.prompts.n, 300);
    assert_int_equal(corpus.responses.n, 11);
    assert_int_equal(corpus.extras.n, 1);
    corpus_done(&corpus);
    text_done(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_survive_a_cycle),
        cmocka_unit_test(test_tolerated_input_is_written_properly),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_equal_responses_are_left_out),
        cmocka_unit_test(test_gzip_round_trip),
        cmocka_unit_test(test_hash_sees_every_field),
        cmocka_unit_test(test_bad_lines),
        cmocka_unit_test(test_nul_byte_in_a_line),
        cmocka_unit_test(test_deep_nesting),
        cmocka_unit_test(test_files_that_are_none),
        cmocka_unit_test(test_gzip_cut_short),
        cmocka_unit_test(test_a_line_of_100_mb),
        cmocka_unit_test(test_a_full_disk),
        cmocka_unit_test(test_a_path_that_cannot_be_written),
        cmocka_unit_test(test_failed_writing_leaves_the_old_file),
        cmocka_unit_test(test_progress_ends_at_the_size_of_the_file),
        cmocka_unit_test(test_cancelling),
        cmocka_unit_test(test_memory_follows_distinct_texts),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
