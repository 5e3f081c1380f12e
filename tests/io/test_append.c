#include "folder.h"
#include "near.h"

#include <signal.h>
#include <sys/resource.h>

#include "io/append.h"

static void test_behind_what_is_there(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const char *path = folder_path(&folder, "log.csv");
    assert_int_equal(append_bytes(path, "", 0, NULL), STATUS_OK);
    assert_file_holds(path, "");
    assert_int_equal(append_bytes(path, "a\n", 2, NULL), STATUS_OK);
    assert_int_equal(append_bytes(path, "b\n", 2, NULL), STATUS_OK);
    assert_file_holds(path, "a\nb\n");
    folder_remove(&folder);
}

static void test_refusals(void **state)
{
    (void)state;
    struct error err;
    assert_int_equal(append_bytes("/", "a", 1, &err), STATUS_IO);
    assert_string_equal(err.message, "cannot write '/': Is a directory");
    assert_int_equal(append_bytes("x.csv.gz", "a", 1, &err), STATUS_USAGE);
    assert_string_equal(err.message, "cannot append to 'x.csv.gz': what is compressed is "
                                     "written whole");
    if (access("/dev/full", W_OK) == 0) {
        assert_int_equal(append_bytes("/dev/full", "a", 1, &err), STATUS_IO);
        assert_string_equal(err.message,
                            "cannot write '/dev/full': No space left on device");
    }
}

/* A file that may not grow takes some of the bytes and is cut back. */
static void test_all_or_nothing(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder);
    const char *path = folder_write(&folder, "small.csv", "0123456789", 10);
    struct rlimit before, small = {.rlim_cur = 12};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    struct error err;
    enum status status = append_bytes(path, "abcdef", 6, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, STATUS_IO);
    assert_file_holds(path, "0123456789");
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_behind_what_is_there),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_all_or_nothing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
