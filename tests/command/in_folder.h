/* Command lines run in a folder of their own: those that must succeed, and those that must
 * fail, with the right code and one line that says why, nothing on standard output, and the
 * folder as it was, to the byte. Include it as child.h. */
#ifndef TESTS_COMMAND_IN_FOLDER_H
#define TESTS_COMMAND_IN_FOLDER_H

#include "child.h"
#include "folder.h"

#include "io/json.h"

static const char *microscope; /* path of the program, absolute */
static struct folder here;     /* the working directory of tests and program */

/* The program is the test's argument; files are named without a path from here on. */
static inline void enter_folder(const char *program)
{
    char *path = realpath(program, NULL);
    assert_non_null(path);
    microscope = path;
    folder_make(&here);
    assert_int_equal(chdir(here.path), 0);
}

static inline void leave_folder(void)
{
    assert_int_equal(chdir("/"), 0);
    folder_remove(&here);
    free((char *)(uintptr_t)microscope);
}

static inline void write_file(const char *name, const char *text)
{
    folder_write(&here, name, text, strlen(text));
}

/* Runs a command line that must succeed, without notes and progress. */
static inline void must_run(const char *words)
{
    struct result result = run(microscope, words);
    if (result.code != 0)
        fail_msg("'%s' ends with %d: %s", words, result.code, result.err.bytes);
    done(&result);
}

/* The report of a command line with --json, which must be one document and all that it says. */
static inline struct json *report_of(const char *words)
{
    struct result result = run(microscope, words);
    if (result.code != 0)
        fail_msg("'%s' ends with %d: %s", words, result.code, result.err.bytes);
    assert_string_equal(result.err.bytes, "");
    struct json *report = json_parse(result.out.bytes, result.out.length, NULL);
    assert_non_null(report);
    done(&result);
    return report;
}

static inline double number_of(const struct json *report, const char *key)
{
    double value = (double)NAN;
    json_number(json_get(report, key), &value);
    return value;
}

/* Name, length and hash of every file, in the order of their names. */
static struct text *listing;

static inline void list_file(const char *path)
{
    size_t length;
    char *bytes = folder_read(path, &length);
    text_printf(listing, "%s %zu %llx\n", path, length,
                (unsigned long long)text_hash(bytes, length, 0));
    free(bytes);
}

static inline int compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static inline struct text list_files(void)
{
    struct text files = {0}, sorted = {0};
    const char *lines[256];
    size_t n = 0;
    listing = &files;
    text_add(&files, "");
    folder_each(here.path, list_file);
    for (char *line = strtok(files.bytes, "\n"); line; line = strtok(NULL, "\n")) {
        assert_true(n < sizeof lines / sizeof *lines);
        lines[n++] = line;
    }
    qsort(lines, n, sizeof *lines, compare_lines);
    for (size_t i = 0; i < n; i++)
        text_printf(&sorted, "%s\n", lines[i]);
    text_done(&files);
    return sorted;
}

struct refusal {
    const char *words;
    int code;
    const char *part; /* of the message */
};

static inline void assert_one_line(const char *message)
{
    assert_memory_equal(message, "microscope: ", 12);
    size_t length = strlen(message);
    for (size_t i = 0; i + 1 < length; i++)
        assert_true((unsigned char)message[i] >= ' ' && message[i] != 0x7f);
    assert_int_equal(message[length - 1], '\n');
    assert_int_not_equal(message[length - 2], '.');
}

static inline void assert_refuses(const struct refusal *refusal)
{
    if (strstr(refusal->words, "/dev/full") && access("/dev/full", W_OK))
        return; /* not every system has one */
    struct text before = list_files();
    struct result result = run(microscope, refusal->words);
    struct text after = list_files();
    if (result.code != refusal->code || !strstr(result.err.bytes, refusal->part))
        fail_msg("'%s' ends with %d and \"%s\", not with %d and \"%s\"", refusal->words,
                 result.code, result.err.bytes, refusal->code, refusal->part);
    assert_one_line(result.err.bytes);
    assert_string_equal(result.out.bytes, "");
    assert_string_equal(after.bytes, before.bytes);
    text_done(&before);
    text_done(&after);
    done(&result);
}

/* Every line of a table is refused. */
#define ASSERT_REFUSED(table) assert_all_refused(table, sizeof(table) / sizeof *(table))

static inline void assert_all_refused(const struct refusal *refusals, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_refuses(&refusals[i]);
}

/* A copy of a file that is shipped. */
static inline void copy_shipped(const char *from, const char *to)
{
    char path[512];
    size_t length;
    snprintf(path, sizeof path, "%s/data/%s", getenv("MICROSCOPE_SOURCE"), from);
    char *bytes = folder_read(path, &length);
    folder_write(&here, to, bytes, length);
    free(bytes);
}

static inline void assert_same_bytes(const char *a, const char *b)
{
    size_t n, m;
    char *one = folder_read(a, &n), *two = folder_read(b, &m);
    assert_int_equal(n, m);
    assert_memory_equal(one, two, n);
    free(one);
    free(two);
}

/* Writes a copy of the first bytes of a file. */
static inline void cut_file(const char *from, const char *to, size_t length)
{
    size_t whole;
    char *bytes = folder_read(from, &whole);
    folder_write(&here, to, bytes, length < whole ? length : whole);
    free(bytes);
}

#endif
