/* The console, without a terminal: the same session as the views. */
#include "tried.h"

static void enter(struct tried *tried, const char *line)
{
    tried_type(tried, line);
    tried_key(tried, "Enter");
}

static void test_A37_the_console_shares_the_state(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open_demo(&tried, 30, 100);
    workbench_wait(tried.workbench);
    tried_keys(&tried, "2 `");
    tried_has(&tried, "console");
    tried_has(&tried, "user-"); /* the view is still there, above */
    enter(&tried, "set threshold 0.9");
    enter(&tried, "view prune");
    tried_has(&tried, "[5 Prune]");
    tried_has(&tried, "threshold 0.9");
    tried_has(&tried, "> set threshold 0.9");
    enter(&tried, "undo");
    tried_has(&tried, "threshold 0.95");
    tried_has(&tried, "undone: ");
    tried_done(&tried);
}

static void test_A37_results_stay_in_the_console(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open_demo(&tried, 60, 100);
    tried_key(&tried, "`");
    enter(&tried, "help undo");
    workbench_wait(tried.workbench);
    tried_has(&tried, "one on every processor");
    enter(&tried, "prnue");
    tried_has(&tried, "did you mean 'prune'?");
    tried_key(&tried, "Esc");
    tried_lacks(&tried, "one on every processor");
    tried_key(&tried, "`"); /* what was there is there again */
    tried_has(&tried, "one on every processor");
    tried_key(&tried, "`"); /* closes, as nothing is typed */
    tried_lacks(&tried, "one on every processor");
    tried_done(&tried);
}

static void test_A37_completion_and_history_are_those_of_the_prompt(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open_demo(&tried, 30, 100);
    tried_run(&tried, "set threshold 0.8");
    tried_keys(&tried, "` Up");
    tried_has(&tried, "> set threshold 0.8");
    tried_keys(&tried, "Ctrl-U");
    tried_type(&tried, "unm");
    tried_key(&tried, "Ctrl-C"); /* drops the line and stays */
    tried_lacks(&tried, "> unm");
    tried_type(&tried, "thr");
    tried_key(&tried, "Ctrl-U");
    tried_type(&tried, "overv");
    tried_key(&tried, "Ctrl-U");
    tried_type(&tried, "view ov");
    tried_key(&tried, "Tab");
    tried_has(&tried, "> view overview");
    tried_key(&tried, "Esc");
    tried_run(&tried, "set threshold 0.7");
    tried_keys(&tried, "` Up");
    tried_has(&tried, "> set threshold 0.7");
    tried_done(&tried);
}

static void test_A38_a_command_may_take_several_lines(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open_demo(&tried, 30, 100);
    tried_key(&tried, "`");
    enter(&tried, "set threshold \\");
    tried_has(&tried, "...> ");
    enter(&tried, "0.85");
    tried_keys(&tried, "Esc 5");
    workbench_wait(tried.workbench);
    tried_has(&tried, "threshold 0.85");
    tried_key(&tried, "`");
    enter(&tried, "set threshold \\");
    tried_key(&tried, "Ctrl-C"); /* the whole of it */
    enter(&tried, "view heads");
    tried_has(&tried, "[2 Heads]");
    tried_done(&tried);
}

static void test_console_can_be_made_larger_and_scrolled(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open_demo(&tried, 24, 80);
    tried_key(&tried, "`");
    enter(&tried, "help");
    workbench_wait(tried.workbench);
    tried_lacks(&tried, "> help");
    tried_keys(&tried, "PgUp PgUp PgUp PgUp PgUp PgUp PgUp PgUp PgUp PgUp PgUp PgUp");
    tried_has(&tried, "> help");
    tried_has(&tried, "does a mixture help");
    tried_keys(&tried, "Alt-Up Alt-Up Alt-Up Alt-Up Alt-Up");
    tried_lacks(&tried, "does a mixture help"); /* the whole body */
    tried_key(&tried, "Alt-Down");
    static const int sizes[][2] = {{12, 40}, {5, 20}, {3, 9}, {1, 1}, {60, 200}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        workbench_resize(tried.workbench, sizes[i][0], sizes[i][1]);
        tried_text(&tried);
        assert_int_equal(workbench_canvas(tried.workbench)->columns, sizes[i][1]);
    }
    tried_key(&tried, "Esc");
    tried_has(&tried, "does a mixture help");
    tried_done(&tried);
}

static void test_A36_escape_calls_off_what_runs(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open_demo(&tried, 24, 80);
    workbench_wait(tried.workbench);
    tried_key(&tried, "1");
    tried_run(&tried, "train --heads 12 --restarts 8 --epochs 200 --patience 0");
    assert_true(workbench_pause(tried.workbench) >= 0);
    tried_keys(&tried, "? Esc"); /* that one only closes the help */
    assert_true(workbench_pause(tried.workbench) >= 0);
    tried_key(&tried, "Esc");
    workbench_wait(tried.workbench); /* does not take long */
    assert_int_equal(workbench_pause(tried.workbench), -1);
    tried_has(&tried, "stopped");
    tried_has(&tried, "K=10 mlp");
    tried_done(&tried);
}

static void test_A04_prompts_have_hints(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open_demo(&tried, 24, 80);
    tried_keys(&tried, "2 :");
    assert_non_null(strstr(tried_row(&tried, -1), "Enter run  Tab complete"));
    tried_keys(&tried, "Esc f");
    assert_non_null(strstr(tried_row(&tried, -1), "Enter keep"));
    tried_keys(&tried, "Esc /");
    assert_non_null(strstr(tried_row(&tried, -1), "Esc back"));
    tried_keys(&tried, "Esc `");
    assert_non_null(strstr(tried_row(&tried, -1), "Esc close"));
    tried_done(&tried);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_A37_the_console_shares_the_state),
        cmocka_unit_test(test_A37_results_stay_in_the_console),
        cmocka_unit_test(test_A37_completion_and_history_are_those_of_the_prompt),
        cmocka_unit_test(test_A38_a_command_may_take_several_lines),
        cmocka_unit_test(test_console_can_be_made_larger_and_scrolled),
        cmocka_unit_test(test_A36_escape_calls_off_what_runs),
        cmocka_unit_test(test_A04_prompts_have_hints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
