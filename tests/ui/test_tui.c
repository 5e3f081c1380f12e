/* The program on a real terminal. Names are those of the acceptance behaviours. */
#define _XOPEN_SOURCE 700 /* realpath */
#include <signal.h>

#include "terminal.h"

#include <sys/stat.h>

#include "base/memory.h"
#include "folder.h"

static const char *program;

struct run {
    struct folder folder; /* settings, and what runs leave behind */
    struct terminal terminal;
};

/* What is written before the program: where its files are, and its process's number. */
static const char *line_of(const struct run *run, const char *arguments)
{
    static char line[2048];
    snprintf(line, sizeof line,
             "cd %s; export XDG_STATE_HOME=%s XDG_CONFIG_HOME=%s HOME=%s; "
             "sh -c 'echo $$ >pid; exec \"$@\"' sh %s %s",
             run->folder.path, run->folder.path, run->folder.path, run->folder.path,
             program, arguments);
    return line;
}

static void start_again(struct run *run, int columns, int rows, const char *arguments)
{
    terminal_start(&run->terminal, columns, rows, line_of(run, arguments));
}

static void start(struct run *run, int columns, int rows, const char *arguments)
{
    folder_make(&run->folder);
    start_again(run, columns, rows, arguments);
}

static void end(struct run *run)
{
    terminal_end(&run->terminal);
    folder_remove(&run->folder);
}

static void send_signal(const struct run *run, const char *name)
{
    char line[700];
    snprintf(line, sizeof line, "kill -%s $(cat %s/pid)", name, run->folder.path);
    assert_int_equal(system(line), 0);
}

/* Waits until the analysis is done, so that the screen rests: nothing is said of it for a while. */
static void rest(struct run *run)
{
    enum { QUIET = 6 };
    int quiet = 0;
    for (int i = 0; i < TERMINAL_PATIENCE && quiet < QUIET; i++) {
        const char *screen = terminal_screen(&run->terminal);
        bool works = strstr(screen, "analysing") || strstr(screen, "preparing");
        quiet = works ? 0 : quiet + 1;
        terminal_sleep(0.08);
    }
    assert_int_equal(quiet, QUIET);
}

static void test_A01_wrong_files_never_open_a_screen(void **state)
{
    (void)state;
    struct run run;
    start(&run, 80, 24, "nowhere.safetensors");
    terminal_sees(&run.terminal, "[rc 3]");
    assert_non_null(strstr(terminal_screen(&run.terminal), "nowhere.safetensors"));
    assert_null(strstr(run.terminal.screen.bytes, "Overview"));
    end(&run);
}

static void test_A02_demo_opens_and_q_leaves(void **state)
{
    (void)state;
    struct run run;
    start(&run, 80, 24, "demo");
    terminal_sees(&run.terminal, "[1 Overview]");
    terminal_sees(&run.terminal, "6,376 pairs");
    terminal_keys(&run.terminal, "q");
    terminal_sees(&run.terminal, "[rc 0]");
    assert_null(strstr(terminal_screen(&run.terminal), "Overview"));
    end(&run);
}

static void test_A03_esc_returns_to_the_identical_screen(void **state)
{
    (void)state;
    struct run run;
    start(&run, 80, 24, "demo");
    terminal_sees(&run.terminal, "[1 Overview]");
    rest(&run);
    terminal_keys(&run.terminal, "8");
    terminal_sees(&run.terminal, "[8 Log]");
    char *before = mem_copy_text(terminal_screen(&run.terminal));
    terminal_keys(&run.terminal, "F1");
    terminal_sees(&run.terminal, "keys of Log");
    terminal_keys(&run.terminal, "Escape");
    terminal_sees(&run.terminal, "1 undo");
    assert_string_equal(terminal_screen(&run.terminal), before);
    free(before);
    end(&run);
}

static void test_A21_growing_back_restores_the_screen(void **state)
{
    (void)state;
    struct run run;
    start(&run, 80, 24, "demo");
    terminal_sees(&run.terminal, "[1 Overview]");
    rest(&run);
    terminal_keys(&run.terminal, "8");
    terminal_sees(&run.terminal, "[8 Log]");
    char *before = mem_copy_text(terminal_screen(&run.terminal));
    static const int sizes[][2] = {{40, 12}, {20, 5}, {1, 1}, {200, 60}, {80, 24}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        terminal_resize(&run.terminal, sizes[i][0], sizes[i][1]);
        terminal_sleep(0.15);
    }
    terminal_sees(&run.terminal, "[8 Log]");
    assert_string_equal(terminal_screen(&run.terminal), before);
    free(before);
    end(&run);
}

static void test_A22_resize_storm_while_a_job_runs(void **state)
{
    (void)state;
    struct run run;
    start(&run, 80, 24, "demo");
    terminal_sees(&run.terminal, "[1 Overview]");
    terminal_keys(&run.terminal, ":");
    terminal_type(&run.terminal, "train --epochs 100000 --patience 100000 --out t.model");
    terminal_keys(&run.terminal, "Enter 8");
    terminal_sees(&run.terminal, "job 1");
    for (int i = 0; i < 30; i++)
        terminal_resize(&run.terminal, 30 + (i * 37) % 90, 5 + (i * 13) % 30);
    terminal_resize(&run.terminal, 80, 24);
    terminal_sleep(0.7); /* tmux tells programs of new sizes a few times a second */
    terminal_sees(&run.terminal, "[8 Log]");
    terminal_keys(&run.terminal, "C-c"); /* A36: cancelled, and nothing is lost */
    terminal_sees(&run.terminal, "stopped");
    rest(&run);
    terminal_keys(&run.terminal, "C-l");
    terminal_sees(&run.terminal, "redraw");
    char *before = mem_copy_text(terminal_screen(&run.terminal));
    terminal_keys(&run.terminal, "C-l");
    terminal_sleep(0.2);
    assert_string_equal(terminal_screen(&run.terminal), before);
    terminal_keys(&run.terminal, "C-c");
    terminal_sees(&run.terminal, "Ctrl-C cancels; Q quits");
    free(before);
    end(&run);
}

static void test_A24_without_a_screen_there_is_a_reason(void **state)
{
    (void)state;
    struct run run;
    folder_make(&run.folder);
    char line[2300];
    snprintf(line, sizeof line, "export TERM=dumb; %s", line_of(&run, "--tui demo"));
    terminal_start(&run.terminal, 80, 24, line);
    terminal_sees(&run.terminal, "[rc 2]");
    assert_non_null(strstr(terminal_screen(&run.terminal), "no screen"));
    terminal_end(&run.terminal);
    snprintf(line, sizeof line, "export TERM=dumb; %s", line_of(&run, ""));
    terminal_start(&run.terminal, 80, 24, line);
    terminal_sees(&run.terminal, "microscope>");
    terminal_type(&run.terminal, "quit");
    terminal_keys(&run.terminal, "Enter");
    terminal_sees(&run.terminal, "[rc 0]");
    end(&run);
}

static size_t bytes_of(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? (size_t)info.st_size : 0;
}

static void test_A31_idle_writes_nothing_and_a_key_little(void **state)
{
    (void)state;
    struct run run;
    start(&run, 100, 30, "demo");
    terminal_sees(&run.terminal, "[1 Overview]");
    rest(&run);
    char command[700];
    const char *path = folder_path(&run.folder, "bytes");
    snprintf(command, sizeof command, "cat >%s", path);
    TMUX(&run.terminal, NULL, "pipe-pane", command);
    terminal_sleep(1.5);
    assert_int_equal(bytes_of(path), 0);
    terminal_keys(&run.terminal, "x");
    terminal_sees(&run.terminal, "no binding for x");
    terminal_sleep(0.2);
    size_t bytes = bytes_of(path);
    assert_true(bytes > 0 && bytes < 4096);
    end(&run);
}

static void test_A32_stopping_and_going_on(void **state)
{
    (void)state;
    struct run run;
    folder_make(&run.folder);
    terminal_start(&run.terminal, 80, 24, "PS1='sh> ' sh -i");
    terminal_sees(&run.terminal, "sh>");
    char line[2300];
    snprintf(line, sizeof line, "stty -a >%s/modes; %s", run.folder.path,
             line_of(&run, "--fixed demo"));
    terminal_type(&run.terminal, line);
    terminal_keys(&run.terminal, "Enter");
    terminal_sees(&run.terminal, "[1 Overview]");
    rest(&run);
    terminal_keys(&run.terminal, "8");
    terminal_sees(&run.terminal, "[8 Log]");
    char *before = mem_copy_text(terminal_screen(&run.terminal));
    terminal_keys(&run.terminal, "C-z");
    terminal_sees(&run.terminal, "sh>");
    terminal_type(&run.terminal, "stty -a | cmp - modes && echo sa''me");
    terminal_keys(&run.terminal, "Enter");
    terminal_sees(&run.terminal, "same");
    terminal_type(&run.terminal, "fg");
    terminal_keys(&run.terminal, "Enter");
    terminal_sees(&run.terminal, "[8 Log]");
    terminal_sleep(0.1);
    assert_string_equal(terminal_screen(&run.terminal), before);
    terminal_keys(&run.terminal, "C-z");
    terminal_sees(&run.terminal, "sh>");
    terminal_resize(&run.terminal, 100, 20);
    terminal_type(&run.terminal, "fg");
    terminal_keys(&run.terminal, "Enter");
    terminal_sees(&run.terminal, "[8 Log]");
    terminal_keys(&run.terminal, "Q");
    terminal_sees(&run.terminal, "sh>");
    free(before);
    end(&run);
}

static void test_A33_a_signal_leaves_the_session(void **state)
{
    (void)state;
    struct run run;
    start(&run, 80, 24, "demo");
    terminal_sees(&run.terminal, "[1 Overview]");
    terminal_keys(&run.terminal, "8");
    terminal_sees(&run.terminal, "[8 Log]");
    send_signal(&run, "TERM");
    terminal_sees(&run.terminal, "[rc 143]");
    assert_null(strstr(terminal_screen(&run.terminal), "Log"));
    assert_int_equal(folder_each(folder_path(&run.folder, "microscope/sessions"), NULL), 1);
    end(&run);
}

static void test_A34_a_crash_says_where_the_session_is(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        int rc;
    } crashes[] = {{"--self-test-crash segv demo", 128 + SIGSEGV},
                   {"--self-test-crash abrt demo", 128 + SIGABRT},
                   {"--self-test-crash fpe demo", 128 + SIGFPE},
                   {"--self-test-crash bus demo", 128 + SIGBUS}};
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) {
        struct run run;
        start(&run, 80, 24, crashes[i].words);
#ifdef NDEBUG
        assert_true(crashes[i].rc > 128);
        terminal_sees(&run.terminal, "[rc 2]"); /* only in builds with assertions */
#else
        char rc[16];
        snprintf(rc, sizeof rc, "[rc %d]", crashes[i].rc);
        terminal_sees(&run.terminal, rc);
        const char *screen = terminal_screen(&run.terminal);
        assert_non_null(strstr(screen, "microscope 0."));
        assert_non_null(strstr(screen, "the session is in"));
        assert_null(strstr(screen, "Overview"));
#endif
        end(&run);
    }
}

static void test_A35_the_next_start_goes_on(void **state)
{
    (void)state;
    struct run run;
    start(&run, 80, 24, "demo");
    terminal_sees(&run.terminal, "[1 Overview]");
    terminal_keys(&run.terminal, ":");
    terminal_type(&run.terminal, "set heads 8");
    terminal_keys(&run.terminal, "Enter 8");
    terminal_sees(&run.terminal, "set heads 8");
    rest(&run);
    terminal_sleep(0.7); /* how the display lies is written at most twice a second */
    terminal_keys(&run.terminal, "x");
    terminal_sees(&run.terminal, "no binding");
    send_signal(&run, "KILL");
    terminal_sees(&run.terminal, "[rc 137]");
    terminal_end(&run.terminal);

    start_again(&run, 80, 24, "");
    terminal_sees(&run.terminal, "recover session from");
    terminal_keys(&run.terminal, "y");
    terminal_sees(&run.terminal, "[8 Log]");
    terminal_sees(&run.terminal, "set heads 8");
    terminal_sees(&run.terminal, "6,376 pairs");
    send_signal(&run, "TERM"); /* what was recovered is this run's now, and only once */
    terminal_sees(&run.terminal, "[rc 143]");
    assert_int_equal(folder_each(folder_path(&run.folder, "microscope/sessions"), NULL), 1);
    end(&run);
}

static void test_A44_a_script_ends_on_its_screen(void **state)
{
    (void)state;
    static const char script[] = "set heads 8\nview log\n";
    struct run run;
    folder_make(&run.folder);
    folder_write(&run.folder, "work.ms", script, sizeof script - 1);
    start_again(&run, 80, 24, "--replay work.ms demo");
    terminal_sees(&run.terminal, "[8 Log]");
    terminal_sees(&run.terminal, "set heads 8");
    end(&run);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_A01_wrong_files_never_open_a_screen),
        cmocka_unit_test(test_A02_demo_opens_and_q_leaves),
        cmocka_unit_test(test_A03_esc_returns_to_the_identical_screen),
        cmocka_unit_test(test_A21_growing_back_restores_the_screen),
        cmocka_unit_test(test_A22_resize_storm_while_a_job_runs),
        cmocka_unit_test(test_A24_without_a_screen_there_is_a_reason),
        cmocka_unit_test(test_A31_idle_writes_nothing_and_a_key_little),
        cmocka_unit_test(test_A32_stopping_and_going_on),
        cmocka_unit_test(test_A33_a_signal_leaves_the_session),
        cmocka_unit_test(test_A34_a_crash_says_where_the_session_is),
        cmocka_unit_test(test_A35_the_next_start_goes_on),
        cmocka_unit_test(test_A44_a_script_ends_on_its_screen),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    if (argc < 2 || !(program = realpath(argv[1], NULL)))
        return 2;
    if (!terminal_present())
        return 77; /* skipped */
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    terminal_end_all();
    return failed;
}
