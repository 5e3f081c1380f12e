#include "near.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/jobs.h"
#include "folder.h"
#include "io/mapping.h"
#include "io/safetensors_writer.h"

enum { PAGES = 6, THREADS = 3 };

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

static void test_mapping(void **state)
{
    (void)state;
    struct error err = {0};
    struct mapping mapping;
    assert_int_equal(
        mapping_open(&mapping, folder_write(&folder, "mapped", "a\0b", 3), &err),
        STATUS_OK);
    assert_int_equal(mapping.length, 3);
    assert_memory_equal(mapping.bytes, "a\0b", 3);
    mapping_done(&mapping);
    assert_null(mapping.bytes);
    mapping_done(&mapping);
    assert_int_equal(mapping_open(&mapping, folder_write(&folder, "empty", "", 0), &err),
                     STATUS_OK);
    assert_int_equal(mapping.length, 0);
    assert_null(mapping.bytes);
    mapping_done(&mapping);
    assert_int_equal(mapping_check(&err), STATUS_OK);
}

static void test_what_cannot_be_mapped(void **state)
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
        {"/dev/null", STATUS_IO, "cannot map '/dev/null': it is not a regular file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *name = cases[i].name;
        const char *path = name[0] == '/' ? name : folder_path(&folder, name);
        struct mapping mapping = {.length = 77};
        struct error err = {0};
        assert_int_equal(mapping_open(&mapping, path, &err), cases[i].status);
        assert_non_null(strstr(err.message, cases[i].message));
        assert_int_equal(mapping_open(&mapping, path, NULL), cases[i].status);
        assert_int_equal(mapping.length, 77);
    }
}

/* A file of some pages, all sevens, mapped. */
static struct mapping map_sevens(const char *name, size_t page)
{
    unsigned char *bytes = malloc(PAGES * page);
    struct mapping mapping;
    struct error err;
    memset(bytes, 7, PAGES * page);
    const char *path = folder_write(&folder, name, (const char *)bytes, PAGES * page);
    free(bytes);
    assert_int_equal(mapping_open(&mapping, path, &err), STATUS_OK);
    return mapping;
}

/* What is left of it reads as before, the rest as zeros; the file is named as long as it is mapped,
 * and once more. */
static void test_cut_short(void **state)
{
    (void)state;
    size_t page = (size_t)sysconf(_SC_PAGESIZE), kept = page + page / 2;
    struct mapping cut = map_sevens("cut", page), whole = map_sevens("whole", page);
    struct error err = {0};
    assert_int_equal(truncate(folder_path(&folder, "cut"), (off_t)kept), 0);
    assert_int_equal(mapping_check(&err), STATUS_OK); /* nobody has read it yet */
    for (size_t i = PAGES * page; i-- > 0;) {
        assert_int_equal(cut.bytes[i], i < kept ? 7 : 0);
        assert_int_equal(whole.bytes[i], 7);
    }
    for (size_t again = 0; again < 2; again++) {
        assert_int_equal(mapping_check(&err), STATUS_IO);
        assert_non_null(strstr(err.message, "cut' was cut short while it was being read"));
    }
    struct safetensors_writer *writer =
        safetensors_writer_open(folder_path(&folder, "made"), &err);
    assert_non_null(writer);
    assert_int_equal(safetensors_writer_commit(writer, &err), STATUS_IO);
    assert_int_equal(access(folder_path(&folder, "made"), F_OK), -1);
    mapping_done(&cut);
    assert_int_equal(mapping_check(&err), STATUS_IO);
    assert_int_equal(mapping_check(&err), STATUS_OK);
    mapping_done(&whole);
    assert_int_equal(mapping_check(&err), STATUS_OK);
}

static void on_other(int number)
{
    _exit(number);
}

/* Whoever takes the signal afterwards gives it back, and gets what is not ours. */
static void test_guarded_again(void **state)
{
    (void)state;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    pid_t child = fork();
    if (child == 0) {
        struct mapping cut = map_sevens("again", page);
        signal(SIGBUS, on_other);
        mapping_guard();
        if (truncate(folder_path(&folder, "again"), 0) || cut.bytes[3 * page])
            _exit(0);
        raise(SIGBUS);
        _exit(0);
    }
    int ended = 0;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == SIGBUS);
}

struct reading {
    struct mapping mapping;
    size_t page, sums[THREADS];
};

static void read_all(void *arg, size_t thread)
{
    struct reading *reading = arg;
    const volatile unsigned char *bytes = reading->mapping.bytes;
    for (size_t i = thread * reading->page; i < reading->mapping.length; i++)
        reading->sums[thread] += bytes[i];
}

/* Threads of a team take no signals but those of their own faults. */
static void test_cut_short_under_threads(void **state)
{
    (void)state;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct team *team = team_create(THREADS);
    struct reading reading = {.mapping = map_sevens("threads", page), .page = page};
    struct error err;
    assert_int_equal(truncate(folder_path(&folder, "threads"), 0), 0);
    team_run(team, read_all, &reading);
    for (size_t t = 0; t < THREADS; t++)
        assert_int_equal(reading.sums[t], 0);
    assert_int_equal(mapping_check(&err), STATUS_IO);
    mapping_done(&reading.mapping);
    mapping_check(&err);
    team_free(team);
}

/* A bus error that is none of ours ends the program as it always did. */
static void test_other_bus_errors(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct mapping mapping;
        struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGBUS, SIG_DFL);
        if (mapping_open(&mapping, folder_path(&folder, "plain"), NULL) == STATUS_OK)
            raise(SIGBUS);
        _exit(0);
    }
    int ended = 0;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGBUS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mapping),
        cmocka_unit_test(test_what_cannot_be_mapped),
        cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_cut_short_under_threads),
        cmocka_unit_test(test_guarded_again),
        cmocka_unit_test(test_other_bus_errors),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
