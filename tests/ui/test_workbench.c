/* The workbench without a terminal. Names are those of the acceptance behaviours. */
#include "tried.h"

#include "folder.h"

/* ---- the frame ---- */

static void test_frame_is_drawn_at_every_size(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open_demo(&tried, 24, 80);
    workbench_wait(tried.workbench);
    tried_key(&tried, "8");
    assert_string_equal(
        tried_row(&tried, 0),
        " microscope   demo · 6,376 pairs · test 1,230   model K=10 mlp · alpha 0.5 · s…");
    assert_string_equal(
        tried_row(&tried, 1),
        " 1 Overview  2 Heads  3 Router  4 Context  5 Prune  6 Ablate  7 Compare [8 Log]");
    assert_string_equal(tried_row(&tried, -2), " 8 → view log");
    assert_non_null(strstr(tried_row(&tried, -1), "? help"));

    workbench_resize(tried.workbench, 30, 120);
    assert_non_null(strstr(tried_row(&tried, 0), "K=10 mlp · alpha 0.5 · seed 1"));
    workbench_resize(tried.workbench, 24,
                     60); /* only the front view's name is written out */
    assert_string_equal(tried_row(&tried, 1), " 1  2  3  4  5  6  7 [8 Log]");
    tried_done(&tried);
}

static void test_A21_small_screens(void **state)
{
    (void)state;
    static const int sizes[][2] = {{12, 40}, {5, 20}, {4, 9},    {2, 3},    {1, 80},
                                   {24, 1},  {1, 1},  {60, 200}, {100, 300}};
    struct tried tried = {0};
    tried_open_demo(&tried, 24, 80);
    tried_key(&tried, "8");
    char *before = mem_copy_text(tried_text(&tried));
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        workbench_resize(tried.workbench, sizes[i][0], sizes[i][1]);
        tried_text(&tried);
        assert_int_equal(workbench_canvas(tried.workbench)->rows, sizes[i][0]);
    }
    workbench_resize(tried.workbench, 12, 40);
    assert_int_equal(strncmp(tried_row(&tried, 0), "Log demo", 8), 0);
    workbench_resize(tried.workbench, 5, 20);
    tried_has(&tried, "open"); /* the cursor's row */
    assert_string_equal(tried_row(&tried, -1), " 8 → view log");
    workbench_resize(tried.workbench, 24, 80);
    assert_string_equal(tried_text(&tried), before);
    free(before);
    tried_done(&tried);
}

static void test_nothing_changes_nothing_is_drawn(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open_demo(&tried, 24, 80);
    workbench_wait(tried.workbench);
    assert_true(workbench_draw(tried.workbench));
    workbench_update(tried.workbench);
    assert_false(workbench_draw(tried.workbench));
    assert_int_equal(workbench_pause(tried.workbench), -1);
    tried_key(&tried, "x");
    assert_true(workbench_draw(tried.workbench));
    tried_done(&tried);
}

/* ---- keys, status, hints ---- */

static void test_A05_keys_are_echoed(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open(&tried, 24, 80);
    tried_key(&tried, "3");
    assert_string_equal(tried_row(&tried, -2), " 3 → view router");
    tried_has(&tried, "[3 Router]");
    tried_key(&tried, "Ctrl-X");
    assert_string_equal(tried_row(&tried, -2), " no binding for Ctrl-X; ? for help");
    tried_has(&tried, "[3 Router]");
    tried_done(&tried);
}

static void test_A04_hints_change_with_the_mode(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open(&tried, 24, 80);
    tried_key(&tried, "8");
    assert_non_null(strstr(tried_row(&tried, -1), "r again"));
    tried_key(&tried, "?");
    assert_null(strstr(tried_row(&tried, -1), "r again"));
    assert_non_null(strstr(tried_row(&tried, -1), "Esc back"));
    tried_keys(&tried, "Esc 2");
    assert_null(strstr(tried_row(&tried, -1), "r again"));
    workbench_resize(tried.workbench, 24, 50); /* help is the last to go */
    assert_non_null(strstr(tried_row(&tried, -1), "? help"));
    tried_done(&tried);
}

static void test_A03_help_has_the_keys_as_they_are(void **state)
{
    (void)state;
    struct tried tried = {0};
    struct config_value own[] = {{"W", "view log", "test"}, {"log: r", NULL, "test"}};
    tried.config = (struct config){.keys = own, .n_keys = 2};
    tried_open(&tried, 40, 100);
    tried_key(&tried, "8");
    char *before = mem_copy_text(tried_text(&tried));
    tried_key(&tried, "F1");
    tried_has(&tried, "keys of Log");
    assert_true(strstr(tried_text(&tried), "keys of Log") <
                strstr(tried.shown.bytes, "keys of all views"));
    tried_lacks(&tried, "run the command again");
    tried_key(&tried, "/");
    tried_type(&tried, "view log");
    tried_has(&tried, "W ");
    tried_lacks(&tried, "view heads");
    tried_keys(&tried, "Enter Esc Esc");
    /* all but the echo of the key is as it was */
    char *after = mem_copy_text(tried_text(&tried));
    assert_int_equal(strncmp(after, before, strlen(before) / 2), 0);
    tried_lacks(&tried, "keys of Log");
    tried_keys(&tried, "1 W");
    tried_has(&tried, "[8 Log]");
    free(before);
    free(after);
    tried_done(&tried);
}

static void test_A30_what_is_pasted_is_no_key(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open(&tried, 24, 80);
    const struct event paste = {.kind = EVENT_PASTE, .text = "2Q", .length = 2};
    workbench_event(tried.workbench, &paste);
    tried_has(&tried, "[1 Overview]");
    assert_false(workbench_ended(tried.workbench));
    tried_key(&tried, ":");
    workbench_event(tried.workbench, &paste);
    assert_string_equal(tried_row(&tried, -2), ":2Q");
    tried_done(&tried);
}

static void test_mouse_chooses_views(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open(&tried, 24, 80);
    tried_text(&tried);
    const struct event click = {
        .kind = EVENT_MOUSE,
        .mouse = {.action = MOUSE_PRESS, .button = 1, .row = 1, .column = 15}};
    workbench_event(tried.workbench, &click);
    tried_has(&tried, "[2 Heads]");
    tried_done(&tried);
}

/* ---- commands ---- */

static void test_A06_commands_are_completed_and_corrected(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open(&tried, 40, 100);
    tried_keys(&tried, ": Tab");
    tried_has(&tried, "train");
    tried_has(&tried, "train a mixture of reward heads and its router");
    tried_key(&tried, "Esc");
    tried_run(&tried, "prnue");
    tried_has(&tried, "did you mean 'prune'");
    tried_done(&tried);
}

static void test_prompt_reads_on_and_remembers(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open(&tried, 24, 80);
    tried_run(&tried, "set heads '8");
    assert_int_equal(strncmp(tried_row(&tried, -2), ":set heads '8", 13), 0);
    tried_key(&tried, "'");
    tried_key(&tried, "Enter");
    assert_null(strstr(tried_row(&tried, -2), ":set heads '8' "));
    tried_keys(&tried, ": Up");
    assert_int_equal(strncmp(tried_row(&tried, -2), ":set heads '8'", 14), 0);
    tried_key(&tried, "Esc");
    tried_run(&tried, "version");
    workbench_wait(tried.workbench);
    assert_non_null(strstr(tried_row(&tried, -2), "microscope  "));
    tried_done(&tried);
}

static void test_results_are_shown_to_be_read(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open_demo(&tried, 40, 120);
    tried_run(&tried, "eval --resamples 0 > /dev/null");
    workbench_wait(tried.workbench);
    assert_non_null(strstr(tried_row(&tried, -2), "written to /dev/null"));
    tried_run(&tried, "eval --resamples 0");
    workbench_wait(tried.workbench);
    tried_has(&tried, "accuracy of each head by attribute");
    tried_key(&tried, "q");
    tried_lacks(&tried, "accuracy of each head by attribute");
    assert_false(workbench_ended(tried.workbench));
    tried_key(&tried, "=");
    tried_has(&tried, "accuracy of each head by attribute");
    tried_done(&tried);
}

static void test_A45_undo_says_what_and_quit_asks_once(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open(&tried, 24, 80);
    tried_run(&tried, "set heads 8");
    tried_key(&tried, "u");
    assert_string_equal(tried_row(&tried, -2), " u → undo  undone: set heads 8");
    tried_key(&tried, "Ctrl-R");
    assert_string_equal(tried_row(&tried, -2), " Ctrl-R → redo  done again: set heads 8");
    tried_key(&tried, "q");
    assert_non_null(strstr(tried_row(&tried, -2), "is not saved"));
    assert_false(workbench_ended(tried.workbench));
    tried_key(&tried, "n");
    assert_false(workbench_ended(tried.workbench));
    tried_keys(&tried, "Q y");
    assert_true(workbench_ended(tried.workbench));
    tried_done(&tried);
}

static void test_undo_goes_far_back(void **state)
{
    (void)state;
    enum { CHANGES = 120 };
    struct tried tried = {0};
    tried_open(&tried, 24, 80);
    for (int i = 1; i <= CHANGES; i++) {
        char line[32];
        snprintf(line, sizeof line, "set heads %d", i);
        tried_run(&tried, line);
    }
    for (int i = CHANGES; i > 0; i--) {
        char wanted[64];
        tried_key(&tried, "u");
        snprintf(wanted, sizeof wanted, "undone: set heads %d", i);
        tried_has(&tried, wanted);
    }
    tried_key(&tried, "u");
    tried_has(&tried, "there is nothing to be undone");
    tried_done(&tried);
}

static void test_A36_a_job_goes_on_and_is_cancelled(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open_demo(&tried, 24, 100);
    tried_run(&tried, "train --epochs 100000 --patience 100000 --out /dev/null --force");
    tried_key(&tried, "8"); /* keys are answered meanwhile */
    tried_has(&tried, "[8 Log]");
    tried_has(&tried, "job 1");
    tried_key(&tried, "Ctrl-C");
    workbench_wait(tried.workbench);
    tried_lacks(&tried, "job 1");
    tried_has(&tried, "demo"); /* what was open is open */
    tried_key(&tried, "Ctrl-C");
    assert_string_equal(tried_row(&tried, -2), " Ctrl-C cancels; Q quits");
    tried_keys(&tried, "Ctrl-C Ctrl-C");
    assert_false(workbench_ended(tried.workbench)); /* nothing runs: nothing is forced */
    tried_done(&tried);
}

/* What stands behind something long waits for it, and the interface for nothing. */
static void test_statements_run_one_after_the_other(void **state)
{
    (void)state;
    struct tried tried = {0};
    char line[2048];
    tried_open(&tried, 24, 100);
    snprintf(line, sizeof line,
             "open %s %s; eval --resamples 0 > /dev/null; set heads 8; view log",
             tried_data("demo.features.safetensors"), tried_data("demo.model.safetensors"));
    tried_run(&tried, line);
    workbench_wait(tried.workbench);
    tried_has(&tried, "[8 Log]");
    const char *shown = tried_text(&tried);
    assert_true(strstr(shown, "eval") < strstr(shown, "set heads 8"));
    tried_run(&tried, "eval --resamples nothing; set heads 9"); /* the rest is left out */
    workbench_wait(tried.workbench);
    tried_lacks(&tried, "set heads 9");
    tried_done(&tried);
}

static void test_a_script_does_not_hold_up_the_keys(void **state)
{
    (void)state;
    static const char script[] =
        "train --epochs 100000 --patience 100000 --out /dev/null --force &\n"
        "wait\nset heads 9\n";
    static const char wrong[] = "set heads 8\n\nnosuch thing\nset heads 9\n";
    struct folder folder;
    struct tried tried = {0};
    char line[700];
    folder_make(&folder);
    tried_open_demo(&tried, 24, 120);
    snprintf(line, sizeof line, "run %s",
             folder_write(&folder, "long.ms", script, sizeof script - 1));
    tried_run(&tried, line);
    tried_key(&tried, "8");
    tried_has(&tried, "job 1");
    tried_lacks(&tried, "set heads 9");
    tried_key(&tried, "Ctrl-C"); /* the script ends with what it was at */
    workbench_wait(tried.workbench);
    tried_lacks(&tried, "set heads 9");
    snprintf(line, sizeof line, "run %s",
             folder_write(&folder, "wrong.ms", wrong, sizeof wrong - 1));
    tried_run(&tried, line);
    workbench_wait(tried.workbench);
    tried_has(&tried, "wrong.ms:3: there is no command 'nosuch'");
    tried_has(&tried, "set heads 8");
    tried_lacks(&tried, "set heads 9");
    tried_run(&tried, "run nowhere.ms");
    workbench_wait(tried.workbench);
    tried_has(&tried, "nowhere.ms");
    tried_done(&tried);
    folder_remove(&folder);
}

static void test_filter_shows_at_once_and_is_a_command(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open(&tried, 24, 100);
    tried_run(&tried, "set heads 8");
    tried_run(&tried, "set epochs 3");
    tried_keys(&tried, "8 f");
    tried_type(&tried, "command~epochs");
    tried_lacks(&tried, "set heads 8"); /* before Enter */
    tried_has(&tried, "set epochs 3");
    tried_key(&tried, "Esc");
    tried_has(&tried, "set heads 8");
    tried_key(&tried, "f");
    tried_type(&tried, "command~epochs");
    tried_key(&tried, "Enter");
    tried_lacks(&tried, "set heads 8");
    tried_has(&tried, "FILTER");
    tried_key(&tried, "F");
    tried_has(&tried, "set heads 8");
    tried_key(&tried, "u"); /* the filter is back */
    tried_lacks(&tried, "set heads 8");
    tried_done(&tried);
}

static void test_A09_search_says_how_many(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open(&tried, 24, 100);
    tried_run(&tried, "set heads 8");
    tried_run(&tried, "set heads 9");
    tried_run(&tried, "set epochs 3");
    tried_keys(&tried, "8 /");
    tried_type(&tried, "heads");
    assert_non_null(strstr(tried_row(&tried, -2), " of 2"));
    tried_keys(&tried, "Enter n");
    tried_done(&tried);
}

/* ---- files ---- */

static void test_A46_the_view_is_written_and_nothing_replaced(void **state)
{
    (void)state;
    static const char *const names[] = {"log.csv", "log.md",  "log.json",
                                        "log.txt", "log.svg", "log.ansi"};
    static const char *const parts[] = {"number,command,result,seconds,at\n",
                                        "| set heads 8",
                                        "\"set heads 8\"",
                                        "[8 Log]",
                                        "<svg",
                                        "\x1b["};
    struct folder folder;
    struct tried tried = {0};
    folder_make(&folder);
    tried_open(&tried, 24, 100);
    tried_run(&tried, "set heads 8");
    tried_key(&tried, "8");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char line[700];
        size_t length;
        const char *path = folder_path(&folder, names[i]);
        snprintf(line, sizeof line, "export %s", path);
        tried_run(&tried, line);
        assert_non_null(strstr(tried_row(&tried, -2), "written to"));
        char *bytes = folder_read(path, &length);
        if (!strstr(bytes, parts[i]))
            fail_msg("'%s' is not in %s:\n%s", parts[i], names[i], bytes);
        free(bytes);
        tried_run(&tried, line);
        tried_has(&tried, "is there already");
    }
    tried_run(&tried, "export nothing.xyz");
    tried_has(&tried, "must end in");
    folder_remove(&folder);
    tried_done(&tried);
}

static void test_A44_a_saved_session_ends_on_the_same_screen(void **state)
{
    (void)state;
    struct folder folder;
    struct tried first = {0}, second = {0};
    struct error err = {0};
    char line[700];
    folder_make(&folder);
    const char *path = folder_path(&folder, "work.ms");
    tried_open_demo(&first, 24, 100);
    tried_run(&first, "set heads 8");
    tried_run(&first, "filter log command~set");
    tried_key(&first, "8");
    snprintf(line, sizeof line, "save %s", path);
    tried_run(&first, line);
    tried_has(&first, "[8 Log]");

    tried_open(&second, 24, 100);
    workbench_replay(second.workbench, path, &err);
    assert_string_equal(err.message, "");
    workbench_wait(first.workbench);
    workbench_wait(second.workbench);
    tried_has(&second, "[8 Log]");
    tried_has(&second, "FILTER");
    assert_string_equal(tried_row(&second, 1), tried_row(&first, 1));
    tried_done(&first);
    tried_done(&second);
    folder_remove(&folder);
}

static void test_keys_of_a_configuration_are_checked(void **state)
{
    (void)state;
    struct appearance appearance;
    struct error err = {0};
    struct config_value wrong = {"Hyper-x", "view log", "own.json"};
    const struct config config = {.keys = &wrong, .n_keys = 1};
    appearance_open(&appearance, "base", DEPTH_NONE, GLYPHS_ASCII, false, &err);
    const struct workbench_options options = {.table = command_table,
                                              .appearance = &appearance,
                                              .config = &config,
                                              .is_fixed = true};
    assert_null(workbench_create(&options, &err));
    assert_non_null(strstr(err.message, "own.json"));
    assert_non_null(strstr(err.message, "Hyper-x"));
    appearance_done(&appearance);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frame_is_drawn_at_every_size),
        cmocka_unit_test(test_A21_small_screens),
        cmocka_unit_test(test_nothing_changes_nothing_is_drawn),
        cmocka_unit_test(test_A05_keys_are_echoed),
        cmocka_unit_test(test_A04_hints_change_with_the_mode),
        cmocka_unit_test(test_A03_help_has_the_keys_as_they_are),
        cmocka_unit_test(test_A30_what_is_pasted_is_no_key),
        cmocka_unit_test(test_mouse_chooses_views),
        cmocka_unit_test(test_A06_commands_are_completed_and_corrected),
        cmocka_unit_test(test_prompt_reads_on_and_remembers),
        cmocka_unit_test(test_results_are_shown_to_be_read),
        cmocka_unit_test(test_A45_undo_says_what_and_quit_asks_once),
        cmocka_unit_test(test_undo_goes_far_back),
        cmocka_unit_test(test_A36_a_job_goes_on_and_is_cancelled),
        cmocka_unit_test(test_statements_run_one_after_the_other),
        cmocka_unit_test(test_a_script_does_not_hold_up_the_keys),
        cmocka_unit_test(test_filter_shows_at_once_and_is_a_command),
        cmocka_unit_test(test_A09_search_says_how_many),
        cmocka_unit_test(test_A46_the_view_is_written_and_nothing_replaced),
        cmocka_unit_test(test_A44_a_saved_session_ends_on_the_same_screen),
        cmocka_unit_test(test_keys_of_a_configuration_are_checked),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
