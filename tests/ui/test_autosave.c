#include "near.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "folder.h"
#include "ui/autosave.h"

/* A run of its own that keeps two lines and dies without a clean end, or waits to be killed. */
static pid_t run_of_its_own(const struct folder *folder, bool waits)
{
    pid_t child = fork();
    if (child)
        return child;
    struct autosave autosave;
    struct entries layout = {0};
    autosave_open(&autosave, folder->path);
    entries_put(&layout, "view", "view heads");
    autosave_layout(&autosave, &layout);
    autosave_line(&autosave, "set heads 8");
    autosave_line(&autosave, "set epochs 3");
    entries_put(&layout, "view", "view log");
    autosave_layout(&autosave, &layout);
    autosave_flush(&autosave);
    entries_done(&layout);
    while (waits)
        pause();
    _exit(0);
}

static void test_lines_outlive_the_run(void **state)
{
    (void)state;
    struct folder folder;
    struct orphan orphan;
    struct stat info;
    folder_make(&folder);
    autosave_find(&orphan, folder.path);
    assert_null(orphan.path);
    assert_int_equal(waitpid(run_of_its_own(&folder, false), NULL, 0) > 0, true);
    autosave_find(&orphan, folder.path);
    assert_non_null(orphan.path);
    assert_int_equal(strlen(orphan.when), 5); /* today: "14:05" */
    assert_int_equal(stat(orphan.path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    char here[512], wanted[1024];
    assert_non_null(getcwd(here, sizeof here));
    snprintf(wanted, sizeof wanted,
             "# microscope session, kept while the program runs\n# in %s\n"
             "set heads 8\nset epochs 3\nview log\n",
             here);
    assert_file_holds(orphan.path, wanted);
    char *ran_in = autosave_folder(&orphan);
    assert_string_equal(ran_in, here);
    free(ran_in);
    autosave_forget(&orphan);
    autosave_find(&orphan, folder.path);
    assert_null(orphan.path);
    folder_remove(&folder);
}

static void test_a_run_at_work_is_no_orphan(void **state)
{
    (void)state;
    struct folder folder;
    struct orphan orphan;
    folder_make(&folder);
    pid_t child = run_of_its_own(&folder, true);
    struct timespec moment = {0, 20000000};
    for (int i = 0; i < 100 && folder_each(folder.path, NULL) == 0; i++)
        nanosleep(&moment, NULL);
    nanosleep(&moment, NULL);
    autosave_find(&orphan, folder.path);
    assert_null(orphan.path);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    autosave_find(&orphan, folder.path);
    assert_non_null(orphan.path);
    autosave_leave(&orphan);
    folder_remove(&folder);
}

/* A run that did nothing leaves nothing to go on with. */
static void test_nothing_done_is_nothing_to_offer(void **state)
{
    (void)state;
    struct folder folder;
    struct autosave autosave;
    struct orphan orphan;
    struct entries layout = {0};
    folder_make(&folder);
    autosave_open(&autosave, folder.path);
    entries_put(&layout, "view", "view heads");
    autosave_layout(&autosave, &layout);
    entries_done(&layout);
    autosave_done(&autosave, true);
    assert_int_equal(folder_each(folder.path, NULL), 1);
    autosave_find(&orphan, folder.path);
    assert_null(orphan.path);
    folder_remove(&folder);
}

static void test_a_clean_end_leaves_nothing(void **state)
{
    (void)state;
    struct folder folder;
    struct autosave autosave;
    folder_make(&folder);
    autosave_open(&autosave, folder.path);
    autosave_line(&autosave, "set heads 8");
    assert_int_equal(folder_each(folder.path, NULL), 1);
    autosave_done(&autosave, false);
    assert_int_equal(folder_each(folder.path, NULL), 0);
    folder_remove(&folder);
}

/* Without a place to write nothing is kept, and nothing goes wrong. */
static void test_no_place_no_harm(void **state)
{
    (void)state;
    struct autosave autosave;
    autosave_open(&autosave, "/dev/null/nowhere");
    assert_int_equal(autosave.fd, -1);
    autosave_line(&autosave, "set heads 8");
    autosave_flush(&autosave);
    autosave_done(&autosave, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_outlive_the_run),
        cmocka_unit_test(test_a_run_at_work_is_no_orphan),
        cmocka_unit_test(test_nothing_done_is_nothing_to_offer),
        cmocka_unit_test(test_a_clean_end_leaves_nothing),
        cmocka_unit_test(test_no_place_no_harm),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
