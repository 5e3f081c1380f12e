/* `import` and `encode` as a user runs them, and the input they must refuse. argv[1] is the
 * program. */
#define _XOPEN_SOURCE 700
#include "in_folder.h"

/* Sixty pairs of twenty prompts and two attributes, with a split or without. */
static void write_corpus(const char *name, bool with_split)
{
    static const char *const splits[] = {"train", "train", "holdout", "test"};
    struct text lines = {0};
    for (size_t i = 0; i < 60; i++) {
        size_t p = i % 20;
        text_printf(&lines,
                    "{\"prompt\": \"What is %zu and %zu?\", \"chosen\": \"It is %zu.\","
                    " \"rejected\": \"Perhaps %zu, who knows?\", \"attribute\": \"%s\"",
                    p, p, 2 * p, i, i % 2 ? "clarity" : "brevity");
        if (with_split)
            text_printf(&lines, ", \"split\": \"%s\"", splits[p % 4]);
        text_add(&lines, "}\n");
    }
    write_file(name, lines.bytes);
    text_done(&lines);
}

static void write_bad_files(void)
{
    write_file("empty.jsonl", "");
    write_file("blank.jsonl", "\n \n\r\n");
    write_file("broken.jsonl",
               "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\"}\n"
               "{\"prompt\": \"a\", \"chosen\": \n");
    write_file("keys.jsonl", "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\"}\n"
                             "{\"prompt\": \"a\", \"chosen\": \"b\"}\n");
    write_file("types.jsonl", "{\"prompt\": \"a\", \"chosen\": 3, \"rejected\": \"c\"}\n");
    write_file("array.jsonl", "[1, 2]\n");
    write_file("utf8.jsonl",
               "{\"prompt\": \"a\xff\", \"chosen\": \"b\", \"rejected\": \"c\"}\n");
    write_file("control.jsonl", "{\"prompt\": \"\x1b[2J\"}\n");
    write_file("same.jsonl",
               "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"b\"}\n");
    write_file("ties.jsonl", "{\"prompt\": \"a\", \"response\": \"b\", \"clarity\": 3}\n"
                             "{\"prompt\": \"a\", \"response\": \"c\", \"clarity\": 3}\n");
    write_file("split.jsonl", "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\", "
                              "\"split\": \"tset\"}\n");
    write_file("test.jsonl", "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\", "
                             "\"split\": \"test\"}\n");
}

static int set_up(void **state)
{
    (void)state;
    write_corpus("good.jsonl", true);
    write_corpus("unsplit.jsonl", false);
    must_run("import pairs good.jsonl --out out.jsonl");
    must_run("import pairs good.jsonl --out good.jsonl.gz");
    must_run("encode good.jsonl --out out.features");
    write_bad_files();
    cut_file("good.jsonl.gz", "cut.jsonl.gz", 300);
    return 0;
}

/* ---- what works ---- */

static void test_reports(void **state)
{
    (void)state;
    struct json *report = report_of("import pairs good.jsonl.gz --out new.jsonl --json");
    assert_true(number_of(report, "pairs") == 60);
    assert_true(number_of(report, "prompts") == 20);
    assert_true(number_of(report, "attributes") == 2);
    json_free(report);
    assert_same_bytes("new.jsonl", "out.jsonl");
    report = report_of("encode good.jsonl --out new.features --json");
    assert_true(number_of(report, "pairs") == 60);
    assert_true(number_of(report, "prompts") == 20);
    json_free(report);
    assert_same_bytes("new.features", "out.features");
}

/* Through standard input and output, where data must be alone. */
static void test_streams(void **state)
{
    (void)state;
    struct result result = run(microscope, "import pairs good.jsonl --out - -q");
    size_t length;
    char *bytes = folder_read("out.jsonl", &length);
    assert_int_equal(result.code, 0);
    assert_int_equal(result.out.length, length);
    assert_memory_equal(result.out.bytes, bytes, length);
    assert_string_equal(result.err.bytes, "");
    free(bytes);
    done(&result);
    result = run(microscope, "encode good.jsonl --out - -q");
    bytes = folder_read("out.features", &length);
    assert_int_equal(result.out.length, length);
    assert_memory_equal(result.out.bytes, bytes, length);
    free(bytes);
    done(&result);
}

/* Line ends of another system, a byte order mark and blank lines change nothing. */
static void test_other_line_ends(void **state)
{
    (void)state;
    size_t length;
    char *bytes = folder_read("good.jsonl", &length);
    struct text lines = {0};
    text_add(&lines, "\xef\xbb\xbf");
    for (char *line = strtok(bytes, "\n"); line; line = strtok(NULL, "\n"))
        text_printf(&lines, "%s\r\n\r\n", line);
    write_file("windows.jsonl", lines.bytes);
    text_done(&lines);
    free(bytes);
    must_run("encode windows.jsonl --out windows.features");
    struct json *report = report_of("import pairs windows.jsonl --out w.jsonl --json");
    assert_true(number_of(report, "pairs") == 60);
    json_free(report);
}

static void test_one_prompt_only(void **state)
{
    (void)state;
    write_file("one.jsonl",
               "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\", \"split\": "
               "\"train\"}\n{\"prompt\": \"a\", \"chosen\": \"d\", \"rejected\": \"c\", "
               "\"split\": \"train\"}\n");
    must_run("import pairs one.jsonl --out imported.jsonl");
    must_run("encode imported.jsonl --out one.features");
}

/* ---- what is refused ---- */

static void test_import_refuses(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {"import pairs nothing.jsonl --out out.jsonl", 3, "'nothing.jsonl'"},
        {"import pairs . --out out.jsonl", 3, "cannot read '.': it is a directory"},
        {"import pairs empty.jsonl --out out.jsonl", 3, "'empty.jsonl' is empty"},
        {"import pairs blank.jsonl --out out.jsonl", 3, "'blank.jsonl'"},
        {"import pairs broken.jsonl --out out.jsonl", 3, "'broken.jsonl' line 2"},
        {"import pairs keys.jsonl --out out.jsonl", 3, "'keys.jsonl' line 2"},
        {"import pairs keys.jsonl --out out.jsonl", 3, "rejected"},
        {"import pairs types.jsonl --out out.jsonl", 3, "'types.jsonl' line 1"},
        {"import pairs array.jsonl --out out.jsonl", 3, "'array.jsonl' line 1"},
        {"import pairs utf8.jsonl --out out.jsonl", 3, "UTF-8"},
        {"import pairs control.jsonl --out out.jsonl", 3, "'control.jsonl' line 1"},
        {"import pairs same.jsonl --out out.jsonl", 3, "'same.jsonl'"},
        {"import ratings ties.jsonl --out out.jsonl", 3, "'ties.jsonl'"},
        {"import pairs split.jsonl --out out.jsonl", 3, "tset"},
        {"import pairs cut.jsonl.gz --out out.jsonl", 3, "'cut.jsonl.gz'"},
        {"import pairs good.jsonl --out .", 3, "cannot write '.'"},
        {"import pairs good.jsonl --out no/where.jsonl", 3,
         "cannot write 'no/where.jsonl'"},
        {"import pairs good.jsonl --out /dev/full", 3, "No space left"},
        {"import pairs good.jsonl", 2, "--out"},
        {"import pairs --out out.jsonl", 2, "'import' needs"},
        {"import pair good.jsonl --out out.jsonl", 2, "did you mean 'pairs'"},
        {"import pairs good.jsonl --out out.jsonl --tset 0.3", 2, "'--test'"},
        {"import pairs good.jsonl --out out.jsonl --test 1.5", 2, "--test wants"},
        {"import pairs good.jsonl --out out.jsonl --test 0.8 --holdout 0.5", 2, "0.5"},
        {"import ratings good.jsonl --out out.jsonl --min-gap -1", 2, "--min-gap wants"},
        {"import pairs good.jsonl --out out.jsonl --contexts nothing.json", 3,
         "'nothing.json'"},
    };
    ASSERT_REFUSED(refusals);
}

/* A line without an end is refused before it fills the memory. */
static void test_endless_line(void **state)
{
    (void)state;
    int fd = open("endless.jsonl", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(ftruncate(fd, 100 << 20), 0); /* no bytes on the disk */
    close(fd);
    static const struct refusal refusals[] = {
        {"import pairs endless.jsonl --out out.jsonl", 3, "'endless.jsonl' line 1"},
        {"encode endless.jsonl --out out.features", 3, "'endless.jsonl' line 1"},
    };
    struct result result; /* listing the folder would read the file */
    for (size_t i = 0; i < 2; i++) {
        result = run(microscope, refusals[i].words);
        assert_int_equal(result.code, 3);
        assert_non_null(strstr(result.err.bytes, refusals[i].part));
        assert_one_line(result.err.bytes);
        done(&result);
    }
    assert_int_equal(unlink("endless.jsonl"), 0);
}

static void test_encode_refuses(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {"encode nothing.jsonl --out out.features", 3, "'nothing.jsonl'"},
        {"encode . --out out.features", 3, "the folder '.' holds no NumPy files"},
        {"encode empty.jsonl --out out.features", 3, "'empty.jsonl' is empty"},
        {"encode keys.jsonl --out out.features", 3, "'keys.jsonl' line 2"},
        {"encode cut.jsonl.gz --out out.features", 3, "'cut.jsonl.gz'"},
        {"encode out.features --out new.features", 3, "'out.features' line 1"},
        {"encode test.jsonl --out out.features", 3, "no pairs in the train split"},
        {"encode unsplit.jsonl --out out.features --test 1 --holdout 0", 3,
         "no pairs in the train split"},
        {"encode unsplit.jsonl --out out.features --test 0.9 --holdout 0.2", 2, "0.9"},
        {"encode good.jsonl --out out.features --encoder surfac", 3, "'surfac'"},
        {"encode good.jsonl --out out.features --dtype f64", 2, "--dtype wants"},
        {"encode good.jsonl --out out.features.gz", 2, "'out.features.gz'"},
        {"encode good.jsonl --out .", 3, "cannot write '.'"},
        {"encode good.jsonl --out no/where", 3, "cannot write 'no/where'"},
        {"encode good.jsonl --out /dev/full", 3, "No space left"},
        {"encode good.jsonl", 2, "--out"},
    };
    ASSERT_REFUSED(refusals);
}

/* Wherever a gzip file is cut, nothing is made of what was there. */
static void test_gzip_cut_anywhere(void **state)
{
    (void)state;
    size_t length;
    free(folder_read("good.jsonl.gz", &length));
    for (size_t n = 1; n < length; n += length / 12) {
        cut_file("good.jsonl.gz", "cut.jsonl.gz", n);
        assert_refuses(&(struct refusal){"import pairs cut.jsonl.gz --out out.jsonl", 3,
                                         "'cut.jsonl.gz'"});
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reports),         cmocka_unit_test(test_streams),
        cmocka_unit_test(test_other_line_ends), cmocka_unit_test(test_one_prompt_only),
        cmocka_unit_test(test_import_refuses),  cmocka_unit_test(test_endless_line),
        cmocka_unit_test(test_encode_refuses),  cmocka_unit_test(test_gzip_cut_anywhere),
    };
    if (argc < 2)
        return EXIT_FAILURE;
    enter_folder(argv[1]);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = cmocka_run_group_tests(tests, set_up, NULL);
    leave_folder();
    return failed;
}
