#include "folder.h"
#include "near.h"

#include "base/jobs.h"
#include "base/memory.h"
#include "base/text.h"
#include "encode/tokens.h"
#include "encode/word_text.h"
#include "io/file.h"

static struct folder folder;

static enum status read_text(const char *text, struct word_table *table, struct error *err)
{
    const char *path = folder_write(&folder, "v.txt", text, strlen(text));
    return word_text_read(table, path, NULL, err);
}

/* The row of a word, NULL when it has none. */
static const float *row_of(const struct word_table *table, const char *word)
{
    int64_t row = word_table_find(table, token_hash(word, strlen(word)));
    return row < 0 ? NULL : table->rows + (size_t)row * table->dimension;
}

static void test_forms(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "the 1 -2.5 3e2\nof 0.25 +7 -1E-2\n",        /* GloVe */
        "2 3\nthe 1 -2.5 3e2 \nof 0.25 +7 -1E-2 \n", /* word2vec, a space at the end */
        "the\t1\t-2.5\t300\r\nof  0.25 7.000 -0.01", /* tabs, CRLF, no end */
        "\xef\xbb\xbfthe 1 -2.5 300\n\nof 0.25 7 -.01\n \n", /* byte order mark, blank lines */
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct word_table table;
        struct error err = {0};
        if (read_text(forms[i], &table, &err))
            fail_msg("form %zu: %s", i, err.message);
        assert_int_equal(table.n_rows, 2);
        assert_int_equal(table.dimension, 3);
        const float *the = row_of(&table, "the"), *of = row_of(&table, "of");
        assert_non_null(the);
        assert_non_null(of);
        assert_null(row_of(&table, "to"));
        const double want[] = {1, -2.5, 300, 0.25, 7, -0.01};
        for (size_t j = 0; j < 3; j++) {
            assert_near((double)the[j], want[j], 1e-7, 0);
            assert_near((double)of[j], want[3 + j], 1e-7, 0);
        }
        word_table_done(&table);
    }
}

/* Words in small letters go before others that are the same when folded; then the first counts. Words
 * may hold spaces. */
static void test_words(void **state)
{
    (void)state;
    struct word_table table;
    assert_int_equal(read_text("Paris 1 0\nUS 2 0\nus 3 0\nPARIS 4 0\nthe 5 0\nthe 6 0\n"
                               ". . . 7 0\n\xc3\x89t\xc3\xa9 8 0\n",
                               &table, NULL),
                     STATUS_OK);
    assert_int_equal(table.n_rows, 8);
    assert_near((double)*row_of(&table, "paris"), 1, 0, 0);
    assert_near((double)*row_of(&table, "us"), 3, 0, 0);
    assert_near((double)*row_of(&table, "the"), 5, 0, 0);
    assert_near((double)*row_of(&table, ". . ."), 7, 0, 0);
    assert_near((double)*row_of(&table, "\xc3\xa9t\xc3\xa9"), 8, 0, 0);
    word_table_done(&table);
}

static void test_numbers(void **state)
{
    (void)state;
    static const char *const texts[] = {"0",
                                        "-0.0",
                                        "1e-7",
                                        "123456789012345",
                                        "0.1",
                                        "-0.010167",
                                        "1e22",
                                        "1e-22",
                                        "1e23",
                                        "5e-324",
                                        "3.4028235e38",
                                        "0.30000000000000004",
                                        "00012.50",
                                        "1.7976931348623157e308"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *at = texts[i], *end = at + strlen(at);
        double value = 0;
        assert_true(word_text_number(&at, end, &value));
        assert_ptr_equal(at, end);
        assert_near(value, strtod(texts[i], NULL), 0, 0);
    }
    static const char *const none[] = {"", "-", ".", "e5", "1x", "1e", "1.2.3", "--1"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        const char *at = none[i];
        double value;
        assert_false(word_text_number(&at, at + strlen(at), &value));
    }
}

static void test_refusals(void **state)
{
    (void)state;
    const struct {
        const char *text;
        enum status status;
        const char *message;
    } cases[] = {
        {"", STATUS_FORMAT, "holds no words"},
        {"2 3\n", STATUS_FORMAT, "holds no words"},
        {"word\n", STATUS_FORMAT, "line 1: expected a word and"},
        {"the 1 2\nof 1\n", STATUS_SHAPE, "line 2: 1 numbers, expected 2 as line 1 has"},
        {"the 1 2\nof 1 2 3\n", STATUS_SHAPE,
         "line 2: 3 numbers, expected 2 as line 1 has"},
        {"the 1 2\nof 1 nan\n", STATUS_NUMERIC, "line 2: column 2 is not a finite"},
        {"the 1 2\nof inf 2\n", STATUS_NUMERIC, "line 2: column 1 is not a finite"},
        {"the 1 2\nof 1e39 2\n", STATUS_NUMERIC, "line 2: column 1 is not a finite"},
        {"the 1 x\n", STATUS_FORMAT, "line 1: column 2, 'x', is not a number"},
        {"the 1 2\nof 1 \x1b[2J\n", STATUS_FORMAT, "column 2, '\\x1b[2J', is not"},
        {"3 2\nthe 1 2\nof 3 4\n", STATUS_FORMAT, "announces 3 words, the file has 2"},
        {"1 2\nthe 1 2\nof 3 4\n", STATUS_FORMAT, "announces 1 words, the file has 2"},
        {"2 300\nthe 1 2\nof 3 4\n", STATUS_SHAPE,
         "line 2: 2 numbers, expected 300 as line 1 says"},
        {"9999999 9999999\nthe 1\n", STATUS_FORMAT,
         "line 1: expected a word and 1 to 8192"},
        {"1 0\nthe\n", STATUS_FORMAT, "line 1: expected"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        struct word_table table;
        enum status status = read_text(cases[i].text, &table, &err);
        if (status != cases[i].status || !strstr(err.message, cases[i].message) ||
            !strstr(err.message, "v.txt'"))
            fail_msg("case %zu: %d, %s", i, status, err.message);
    }
}

static void test_long_line(void **state)
{
    (void)state;
    size_t length = (size_t)SOURCE_LINE_MAX + 100;
    char *line = mem_alloc(length);
    memset(line, 'x', length);
    memcpy(line, "the 1 2\n", 8);
    const char *path = folder_write(&folder, "long.txt", line, length);
    struct error err = {0};
    struct word_table table;
    assert_int_equal(word_text_read(&table, path, NULL, &err), STATUS_FORMAT);
    assert_non_null(strstr(err.message, "line 2: longer than 64 MiB"));
    free(line);
}

static void test_gzip(void **state)
{
    (void)state;
    const char *path = folder_path(&folder, "v.txt.gz");
    struct sink *sink = sink_open(path, NULL);
    for (int i = 0; i < 20000; i++) {
        char line[64];
        snprintf(line, sizeof line, "w%d %d 0.%d\n", i, i, i);
        sink_text(sink, line);
    }
    assert_int_equal(sink_commit(sink, NULL), STATUS_OK);
    struct word_table table;
    assert_int_equal(word_text_read(&table, path, NULL, NULL), STATUS_OK);
    assert_int_equal(table.n_rows, 20000);
    assert_near((double)*row_of(&table, "w19999"), 19999, 0, 0);
    word_table_done(&table);
    size_t length;
    char *bytes = folder_read(path, &length);
    const char *cut = folder_write(&folder, "cut.txt.gz", bytes, length / 2);
    struct error err = {0};
    assert_int_equal(word_text_read(&table, cut, NULL, &err), STATUS_FORMAT);
    assert_non_null(strstr(err.message, "damaged gzip data: it is cut short"));
    assert_non_null(strstr(err.message, "cut.txt.gz' line "));
    free(bytes);
}

static double most_seen;
static void see(void *self, double done, double total)
{
    (void)self;
    assert_true(done <= total);
    most_seen = done;
}

static void test_watch(void **state)
{
    (void)state;
    struct cancel cancel = {false};
    struct encoder_watch watch = {see, NULL, &cancel};
    const char *path = folder_path(&folder, "v.txt.gz");
    struct word_table table;
    assert_int_equal(word_text_read(&table, path, &watch, NULL), STATUS_OK);
    assert_true(most_seen > 0);
    word_table_done(&table);
    struct error err = {0};
    atomic_store(&cancel.asked, true);
    assert_int_equal(word_text_read(&table, path, &watch, &err), STATUS_CANCELLED);
    assert_non_null(strstr(err.message, "was stopped"));
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
        cmocka_unit_test(test_forms),     cmocka_unit_test(test_words),
        cmocka_unit_test(test_numbers),   cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_long_line), cmocka_unit_test(test_gzip),
        cmocka_unit_test(test_watch),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
