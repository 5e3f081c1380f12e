#include "near.h"

#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "folder.h"
#include "ui/history.h"

static void test_lines_are_kept_once_and_for_their_owner(void **state)
{
    (void)state;
    struct folder folder;
    struct history first, second;
    struct stat info;
    folder_make(&folder);
    const char *path = folder_path(&folder, "history");
    history_open(&first, path);
    history_open(&second, path);
    history_add(&first, "eval");
    history_add(&first, "eval");    /* again */
    history_add(&first, " secret"); /* a blank before it */
    history_add(&first, "two\nlines");
    history_add(&second, "train"); /* of another run: both stay */
    assert_string_equal(history_back(&first, 1), "eval");
    assert_null(history_back(&first, 2));
    assert_null(history_back(&first, 0));
    assert_file_holds(path, "eval\ntrain\n");
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    history_done(&first);
    history_done(&second);
    history_open(&first, path);
    assert_string_equal(history_back(&first, 1), "train");
    assert_string_equal(history_back(&first, 2), "eval");
    history_done(&first);
    folder_remove(&folder);
}

static void test_what_is_no_text_is_passed_over(void **state)
{
    (void)state;
    static const char bytes[] = "good\n\xff\xfe\n\nals\0o\nlast\n";
    struct folder folder;
    struct history history;
    folder_make(&folder);
    history_open(&history, folder_write(&folder, "history", bytes, sizeof bytes - 1));
    assert_int_equal(history.n, 2);
    assert_string_equal(history_back(&history, 1), "last");
    history_done(&history);
    history_open(&history, NULL);
    history_add(&history, "kept for this run");
    assert_string_equal(history_back(&history, 1), "kept for this run");
    history_done(&history);
    folder_remove(&folder);
}

static void test_a_long_file_is_cut_to_the_newest_lines(void **state)
{
    (void)state;
    enum { LINES = 10001, KEPT = 5000 };
    struct folder folder;
    struct history history;
    struct stat info;
    struct text text = {0};
    folder_make(&folder);
    for (int i = 0; i < LINES; i++)
        text_printf(&text, "set seed %d\n", i);
    const char *path = folder_write(&folder, "history", text.bytes, text.length);
    assert_int_equal(chmod(path, 0600), 0);
    history_open(&history, path);
    assert_int_equal(history.n, KEPT);
    assert_string_equal(history_back(&history, 1), "set seed 10000");
    history_done(&history);
    size_t length;
    char *bytes = folder_read(path, &length);
    assert_memory_equal(bytes, "set seed 5001\n", 14);
    assert_string_equal(bytes + length - 15, "set seed 10000\n");
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    free(bytes);
    text_done(&text);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_are_kept_once_and_for_their_owner),
        cmocka_unit_test(test_what_is_no_text_is_passed_over),
        cmocka_unit_test(test_a_long_file_is_cut_to_the_newest_lines),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
