#include "near.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/text.h"
#include "folder.h"
#include "io/file.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct folder folder;

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

static void assert_refused(const struct error *err, enum status status, const char *part)
{
    if (err->status != status || !strstr(err->message, part))
        fail_msg("status %d, '%s', wanted %d, '%s'", err->status, err->message, status,
                 part);
}

/* Writes a file through a sink; compressed when the name says so. */
static const char *put(const char *name, const char *bytes, size_t length)
{
    const char *path = folder_path(&folder, name);
    struct error err = {0};
    struct sink *sink = sink_open(path, &err);
    assert_non_null(sink);
    sink_write(sink, bytes, length);
    assert_int_equal(sink_commit(sink, &err), STATUS_OK);
    return path;
}

/* ---- reading lines ---- */

static void test_lines(void **state)
{
    (void)state;
    enum { MOST = 4 };
    const struct {
        const char *bytes;
        size_t length, n;
        const char *lines[MOST];
    } cases[] = {
        {"", 0, 0, {NULL}},
        {"a", 1, 1, {"a"}},
        {"a\n", 2, 1, {"a"}},
        {"\n", 1, 1, {""}},
        {"a\n\nb", 4, 3, {"a", "", "b"}},
        {"a\r\nb\r\n", 6, 2, {"a", "b"}},
        {"\r\n", 2, 1, {""}},
        {"a\rb\r", 4, 1, {"a\rb"}},
        {"\xef\xbb\xbf"
         "a\n\xef\xbb\xbf"
         "b\n",
         10,
         2,
         {"a", "\xef\xbb\xbf"
               "b"}},
        {"\xef\xbb\xbf", 3, 1, {""}},
        {"\xef\xbb", 2, 1, {"\xef\xbb"}},
        {"\xff\n", 2, 1, {"\xff"}},
        {"\x1f", 1, 1, {"\x1f"}},
    };
    for (size_t i = 0; i < COUNT(cases) * 2; i++) {
        size_t c = i / 2;
        const char *path =
            put(i % 2 ? "lines.gz" : "lines", cases[c].bytes, cases[c].length);
        struct error err = {0};
        struct source *source = source_open(path, &err);
        assert_non_null(source);
        assert_string_equal(source_name(source), path);
        char *line;
        size_t length;
        for (size_t n = 0; n < cases[c].n; n++) {
            assert_int_equal(source_line(source, &line, &length, &err), STATUS_OK);
            assert_non_null(line);
            assert_string_equal(line, cases[c].lines[n]);
            assert_int_equal(length, strlen(cases[c].lines[n]));
            assert_int_equal(source_line_number(source), n + 1);
        }
        for (int again = 0; again < 2; again++) {
            assert_int_equal(source_line(source, &line, &length, &err), STATUS_OK);
            assert_null(line);
            assert_int_equal(length, 0);
        }
        source_free(source);
    }
}

static void test_nul_bytes_stay_in_lines(void **state)
{
    (void)state;
    const char *path = put("nul", "a\0b\nc\n", 6);
    struct error err = {0};
    struct source *source = source_open(path, &err);
    char *line;
    size_t length;
    assert_int_equal(source_line(source, &line, &length, &err), STATUS_OK);
    assert_int_equal(length, 3);
    assert_memory_equal(line, "a\0b", 4);
    assert_int_equal(source_line(source, &line, &length, &err), STATUS_OK);
    assert_string_equal(line, "c");
    source_free(source);
}

/* Lines of lengths around the buffer's size, so that each kind of refill is met. */
static void test_long_lines(void **state)
{
    (void)state;
    const size_t lengths[] = {262143, 1, 262144, 262145, 0, 700000, 262142, 5};
    struct text all = {0};
    for (size_t i = 0; i < COUNT(lengths); i++) {
        for (size_t j = 0; j < lengths[i]; j++)
            text_add_char(&all, (char)('a' + (i + j) % 26));
        text_add(&all, i % 2 ? "\n" : "\r\n");
    }
    for (int zipped = 0; zipped < 2; zipped++) {
        const char *path = put(zipped ? "long.gz" : "long", all.bytes, all.length);
        struct error err = {0};
        struct source *source = source_open(path, &err);
        char *line;
        size_t length, at = 0;
        uint64_t seen = 0;
        for (size_t i = 0; i < COUNT(lengths); i++) {
            assert_int_equal(source_line(source, &line, &length, &err), STATUS_OK);
            assert_int_equal(length, lengths[i]);
            assert_memory_equal(line, all.bytes + at, length);
            assert_int_equal(line[length], '\0');
            at += length + (i % 2 ? 1 : 2);
            assert_true(source_bytes(source) >= seen);
            seen = source_bytes(source);
        }
        struct stat info;
        assert_int_equal(stat(path, &info), 0);
        assert_int_equal(source_size(source), info.st_size);
        assert_int_equal(source_bytes(source), info.st_size);
        source_free(source);
    }
    text_done(&all);
}

static void test_endless_line_is_refused(void **state)
{
    (void)state;
    const char *path = folder_write(&folder, "endless", "short\n", 6);
    assert_int_equal(truncate(path, (off_t)SOURCE_LINE_MAX + 4096), 0);
    struct error err = {0};
    struct source *source = source_open(path, &err);
    char *line;
    size_t length;
    assert_int_equal(source_line(source, &line, &length, &err), STATUS_OK);
    line = NULL;
    assert_int_equal(source_line(source, &line, &length, &err), STATUS_FORMAT);
    assert_refused(&err, STATUS_FORMAT, "endless' line 2: longer than 64 MiB");
    assert_null(line);
    source_free(source);
}

static enum status read_all(const char *path, size_t *n_lines, struct error *err)
{
    struct source *source = source_open(path, err);
    assert_non_null(source);
    *n_lines = 0;
    enum status status;
    char *line;
    size_t length;
    while (!(status = source_line(source, &line, &length, err)) && line)
        ++*n_lines;
    source_free(source);
    return status;
}

static void test_gzip_cut_short_is_refused(void **state)
{
    (void)state;
    const char text[] = "one\ntwo\nthree\n";
    const char *path = put("whole.gz", text, sizeof text - 1);
    size_t length, n_lines;
    char *bytes = folder_read(path, &length);
    struct error err = {0};
    assert_int_equal(read_all(path, &n_lines, &err), STATUS_OK);
    assert_int_equal(n_lines, 3);
    for (size_t cut = 2; cut < length; cut++) {
        path = folder_write(&folder, "cut.gz", bytes, cut);
        err = (struct error){0};
        assert_int_equal(read_all(path, &n_lines, &err), STATUS_FORMAT);
        assert_refused(&err, STATUS_FORMAT, "damaged gzip data: it is cut short");
    }
    free(bytes);
}

static void test_damaged_gzip_is_refused(void **state)
{
    (void)state;
    const char text[] = "one\ntwo\nthree\n";
    const char *path = put("whole.gz", text, sizeof text - 1);
    size_t length, n_lines;
    char *bytes = folder_read(path, &length);
    bytes[length - 6] ^= 1; /* in the checksum */
    path = folder_write(&folder, "damaged.gz", bytes, length);
    struct error err = {0};
    assert_int_equal(read_all(path, &n_lines, &err), STATUS_FORMAT);
    assert_refused(&err, STATUS_FORMAT, "damaged gzip data: incorrect data check");
    free(bytes);
}

static void test_gzip_members_follow_each_other(void **state)
{
    (void)state;
    size_t length, n_lines;
    char *bytes = folder_read(put("one.gz", "a\nb\n", 4), &length);
    bytes = realloc(bytes, 2 * length);
    assert_non_null(bytes);
    memcpy(bytes + length, bytes, length);
    struct error err = {0};
    assert_int_equal(
        read_all(folder_write(&folder, "two.gz", bytes, 2 * length), &n_lines, &err),
        STATUS_OK);
    assert_int_equal(n_lines, 4);
    free(bytes);
}

static void test_what_cannot_be_read(void **state)
{
    (void)state;
    folder_write(&folder, "plain", "x", 1);
    const struct {
        const char *name;
        enum status status;
        const char *message;
    } cases[] = {
        {"missing", STATUS_NOT_FOUND, "missing': No such file or directory"},
        {".", STATUS_IO, "it is a directory"},
        {"plain/below", STATUS_IO, "plain/below': Not a directory"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error err = {0};
        assert_null(source_open(folder_path(&folder, cases[i].name), &err));
        assert_refused(&err, cases[i].status, cases[i].message);
    }
}

static void test_standard_input(void **state)
{
    (void)state;
    int saved = dup(STDIN_FILENO);
    int fd = open(put("input.gz", "piped\n", 6), O_RDONLY);
    assert_true(fd >= 0 && dup2(fd, STDIN_FILENO) == STDIN_FILENO);
    close(fd);
    struct error err = {0};
    struct source *source = source_open("-", &err);
    assert_non_null(source);
    assert_string_equal(source_name(source), "standard input");
    char *line;
    size_t length;
    assert_int_equal(source_line(source, &line, &length, &err), STATUS_OK);
    assert_string_equal(line, "piped");
    source_free(source);
    if (saved >= 0) {
        dup2(saved, STDIN_FILENO);
        close(saved);
    }
}

/* ---- writing ---- */

static void test_all_sizes_are_written(void **state)
{
    (void)state;
    const size_t sizes[] = {0, 1, 262143, 262144, 262145, 1000000};
    const size_t pieces[] = {1000, 262144, 300000, 1 << 20};
    struct text all = {0};
    for (size_t i = 0; i < 1000000; i++)
        text_add_char(&all, (char)(i * i % 251));
    for (size_t s = 0; s < COUNT(sizes); s++)
        for (size_t p = 0; p < COUNT(pieces); p++) {
            const char *path = folder_path(&folder, "sizes");
            struct error err = {0};
            struct sink *sink = sink_open(path, &err);
            for (size_t at = 0; at < sizes[s]; at += pieces[p])
                sink_write(sink, all.bytes + at,
                           sizes[s] - at < pieces[p] ? sizes[s] - at : pieces[p]);
            assert_int_equal(sink_commit(sink, &err), STATUS_OK);
            size_t length;
            char *got = folder_read(path, &length);
            assert_int_equal(length, sizes[s]);
            assert_memory_equal(got, all.bytes, length);
            free(got);
        }
    text_done(&all);
}

static void test_gzip_is_small_and_repeatable(void **state)
{
    (void)state;
    struct text all = {0};
    for (int i = 0; i < 50000; i++)
        text_add(&all, "the same line again\n");
    size_t one, two, n_lines;
    char *first = folder_read(put("first.gz", all.bytes, all.length), &one);
    char *second = folder_read(put("second.gz", all.bytes, all.length), &two);
    assert_int_equal(one, two);
    assert_memory_equal(first, second, one);
    assert_memory_equal(first, "\x1f\x8b", 2);
    assert_true(one < all.length / 50);
    struct error err = {0};
    assert_int_equal(read_all(folder_path(&folder, "first.gz"), &n_lines, &err), STATUS_OK);
    assert_int_equal(n_lines, 50000);
    free(first);
    free(second);
    text_done(&all);
}

static void test_nothing_changes_before_commit(void **state)
{
    (void)state;
    const char *path = folder_write(&folder, "kept", "old", 3);
    size_t n = folder_each(folder.path, NULL);
    struct error err = {0};
    struct sink *sink = sink_open(path, &err);
    sink_text(sink, "new");
    assert_file_holds(path, "old");
    sink_abandon(sink);
    assert_file_holds(path, "old");
    assert_int_equal(folder_each(folder.path, NULL), n);

    sink = sink_open(path, &err);
    sink_text(sink, "new");
    assert_int_equal(sink_commit(sink, &err), STATUS_OK);
    assert_file_holds(path, "new");
    assert_int_equal(folder_each(folder.path, NULL), n);
    sink_abandon(NULL);
}

/* The system refuses to let a file grow past a limit, as a full disk would. */
static void test_failed_write_keeps_what_was_there(void **state)
{
    (void)state;
    const char *path = folder_write(&folder, "kept", "old", 3);
    size_t n = folder_each(folder.path, NULL);
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    struct rlimit small = {.rlim_cur = 4096, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);

    struct error err = {0};
    struct sink *sink = sink_open(path, &err);
    for (int i = 0; sink && i < 100000; i++)
        sink_text(sink, "one line of many\n");
    enum status status = sink ? sink_commit(sink, &err) : STATUS_OK;

    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    assert_int_equal(status, STATUS_IO);
    assert_refused(&err, STATUS_IO, "kept': File too large");
    assert_file_holds(path, "old");
    assert_int_equal(folder_each(folder.path, NULL), n);
}

static void test_full_device(void **state)
{
    (void)state;
    const size_t sizes[] = {1, 1000000};
    if (access("/dev/full", W_OK) != 0)
        return; /* not every system has one */
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct error err = {0};
        struct sink *sink = sink_open("/dev/full", &err);
        assert_non_null(sink);
        for (size_t n = 0; n < sizes[i]; n++)
            sink_write(sink, "x", 1);
        assert_int_equal(sink_commit(sink, &err), STATUS_IO);
        assert_string_equal(err.message,
                            "cannot write '/dev/full': No space left on device");
    }
    struct error err = {0};
    struct sink *sink = sink_open("/dev/null", &err);
    sink_text(sink, "gone");
    assert_int_equal(sink_commit(sink, &err), STATUS_OK);
}

static void test_what_cannot_be_written(void **state)
{
    (void)state;
    folder_write(&folder, "plain", "x", 1);
    const struct {
        const char *name, *message;
    } cases[] = {
        {"no/such", "no/such': No such file or directory"},
        {".", "Is a directory"},
        {"plain/below", "plain/below': Not a directory"},
    };
    size_t n = folder_each(folder.path, NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error err = {0};
        assert_null(sink_open(folder_path(&folder, cases[i].name), &err));
        assert_refused(&err, STATUS_IO, cases[i].message);
    }
    struct error err = {0};
    assert_null(sink_open("", &err));
    assert_refused(&err, STATUS_IO, "cannot write '': No such file or directory");
    assert_int_equal(folder_each(folder.path, NULL), n);
}

/* Nothing is forbidden to root, who therefore becomes nobody for one test. */
static int become_nobody(void **state)
{
    (void)state;
    enum { NOBODY = 65534 };
    if (geteuid() != 0)
        return 0;
    return chown(folder.path, NOBODY, (gid_t)-1) || seteuid(NOBODY);
}

static int become_self(void **state)
{
    (void)state;
    return seteuid(getuid());
}

static void test_permissions_are_obeyed(void **state)
{
    (void)state;
    const char *closed = folder_path(&folder, "closed");
    assert_int_equal(mkdir(closed, 0500), 0);
    struct error err = {0};
    assert_null(sink_open(folder_path(&folder, "closed/new"), &err));
    assert_refused(&err, STATUS_IO, "closed/new': Permission denied");
    const char *path = folder_write(&folder, "protected", "old", 3);
    assert_int_equal(chmod(path, 0400), 0);
    assert_null(sink_open(path, &err));
    assert_refused(&err, STATUS_IO, "protected': Permission denied");
    assert_int_equal(chmod(path, 0000), 0);
    assert_null(source_open(path, &err));
    assert_refused(&err, STATUS_IO, "protected': Permission denied");
    assert_int_equal(chmod(path, 0600), 0);
    assert_file_holds(path, "old");
}

static void test_links_and_permissions_are_kept(void **state)
{
    (void)state;
    assert_int_equal(mkdir(folder_path(&folder, "far"), 0700), 0);
    const char *target = folder_write(&folder, "far/target", "old", 3);
    assert_int_equal(chmod(target, 0640), 0);
    const char *link = folder_path(&folder, "link");
    assert_int_equal(symlink("far/target", link), 0);
    struct error err = {0};
    struct sink *sink = sink_open(link, &err);
    assert_non_null(sink);
    sink_text(sink, "new");
    assert_int_equal(sink_commit(sink, &err), STATUS_OK);
    struct stat info;
    assert_int_equal(lstat(link, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_file_holds(target, "new");
    assert_int_equal(stat(target, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0640);
    assert_int_equal(folder_each(folder_path(&folder, "far"), NULL), 1);
}

/* Two writers of one file never mix: the one that commits last is there, whole. */
static void test_two_writers_of_one_file(void **state)
{
    (void)state;
    const char *path = folder_path(&folder, "both");
    size_t n = folder_each(folder.path, NULL);
    struct error err = {0};
    struct sink *one = sink_open(path, &err), *two = sink_open(path, &err);
    assert_true(one && two);
    sink_text(one, "the first and the longer");
    sink_text(two, "second");
    assert_int_equal(sink_commit(one, &err), STATUS_OK);
    assert_file_holds(path, "the first and the longer");
    assert_int_equal(sink_commit(two, &err), STATUS_OK);
    assert_file_holds(path, "second");
    assert_int_equal(folder_each(folder.path, NULL), n + 1);
}

/* Writes a text to "-" while standard output is fd, which is closed then. */
static enum status write_standard(int fd, const char *text)
{
    fflush(stdout);
    int saved = dup(STDOUT_FILENO);
    assert_true(saved >= 0 && fd >= 0 && dup2(fd, STDOUT_FILENO) == STDOUT_FILENO);
    close(fd);
    struct error err = {0};
    struct sink *sink = sink_open("-", &err);
    if (sink)
        sink_text(sink, text);
    enum status status = sink ? sink_commit(sink, &err) : err.status;
    dup2(saved, STDOUT_FILENO);
    close(saved);
    return status;
}

static void test_standard_output(void **state)
{
    (void)state;
    const char *path = folder_path(&folder, "output");
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write_standard(fd, "to the pipe"), STATUS_OK);
    assert_file_holds(path, "to the pipe");
}

/* As in `microscope eval ... | head -1`. A device that is full is a failure all the same. */
static void test_reader_of_standard_output_may_leave(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    void (*handler)(int) = signal(SIGPIPE, SIG_IGN);
    enum status status = write_standard(ends[1], "nobody reads this");
    signal(SIGPIPE, handler);
    assert_int_equal(status, STATUS_OK);
    if (access("/dev/full", W_OK) == 0)
        assert_int_equal(write_standard(open("/dev/full", O_WRONLY), "x"), STATUS_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_nul_bytes_stay_in_lines),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_endless_line_is_refused),
        cmocka_unit_test(test_gzip_cut_short_is_refused),
        cmocka_unit_test(test_damaged_gzip_is_refused),
        cmocka_unit_test(test_gzip_members_follow_each_other),
        cmocka_unit_test(test_what_cannot_be_read),
        cmocka_unit_test(test_standard_input),
        cmocka_unit_test(test_all_sizes_are_written),
        cmocka_unit_test(test_gzip_is_small_and_repeatable),
        cmocka_unit_test(test_nothing_changes_before_commit),
        cmocka_unit_test(test_failed_write_keeps_what_was_there),
        cmocka_unit_test(test_full_device),
        cmocka_unit_test(test_what_cannot_be_written),
        cmocka_unit_test_setup_teardown(test_permissions_are_obeyed, become_nobody,
                                        become_self),
        cmocka_unit_test(test_links_and_permissions_are_kept),
        cmocka_unit_test(test_two_writers_of_one_file),
        cmocka_unit_test(test_standard_output),
        cmocka_unit_test(test_reader_of_standard_output_may_leave),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
