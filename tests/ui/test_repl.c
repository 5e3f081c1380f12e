/* The REPL on a real terminal. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "terminal.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "folder.h"

static const char *program, *features, *model;

struct run {
    struct folder folder; /* where it runs, and where its history is */
    struct terminal terminal;
};

static void start_with(struct run *run, const char *settings, const char *arguments)
{
    struct text line = {0};
    const char *folder = run->folder.path;
    text_printf(&line,
                "cd %s; export HOME=%s XDG_STATE_HOME=%s XDG_CONFIG_HOME=%s F=%s M=%s; "
                "unset PAGER LESS INPUTRC; %s stty -g >before; "
                "sh -c 'echo $$ >pid; exec \"$@\"' sh %s %s; "
                "rc=$?; stty -g >after; (exit $rc)",
                folder, folder, folder, folder, features, model, settings, program,
                arguments);
    terminal_start(&run->terminal, 80, 24, line.bytes);
    text_done(&line);
}

static void start(struct run *run)
{
    folder_make(&run->folder);
    start_with(run, "", "repl");
    terminal_sees(&run->terminal, "microscope>");
}

static void end(struct run *run)
{
    terminal_end(&run->terminal);
    folder_remove(&run->folder);
}

static void enter(struct run *run, const char *line)
{
    terminal_type(&run->terminal, line);
    terminal_keys(&run->terminal, "Enter");
}

static size_t count(struct run *run, const char *text)
{
    size_t n = 0;
    for (const char *at = terminal_screen(&run->terminal); (at = strstr(at, text)); at++)
        n++;
    return n;
}

static void check_file(const struct run *run, const char *name, const char *holds)
{
    assert_file_holds(folder_path(&run->folder, name), holds);
}

static void test_commands_are_answered_and_quit_leaves(void **state)
{
    (void)state;
    struct run run;
    start(&run);
    enter(&run, "versoin");
    terminal_sees(&run.terminal, "repl:1:1: error: there is no command 'versoin'; did you "
                                 "mean 'version'?\nversoin\n^~~~~~~\n");
    enter(&run, "open $F $M");
    terminal_sees(&run.terminal, "heads       10");
    enter(&run, "eval --table summary --mode csv > summary.csv");
    enter(&run, "undo; history");
    terminal_sees(&run.terminal, "undo  redo  change");
    enter(&run, "quit; version");
    terminal_sees(&run.terminal, "[rc 0]");
    assert_null(strstr(terminal_screen(&run.terminal), "microscope  0."));
    assert_int_equal(access(folder_path(&run.folder, "summary.csv"), F_OK), 0);
    end(&run);
}

static void test_end_of_input_leaves(void **state)
{
    (void)state;
    struct run run;
    start(&run);
    terminal_keys(&run.terminal, "C-d");
    terminal_sees(&run.terminal, "[rc 0]");
    end(&run);
}

static void test_tab_completes(void **state)
{
    (void)state;
    struct run run;
    start(&run);
    terminal_type(&run.terminal, "vers");
    terminal_keys(&run.terminal, "Tab");
    terminal_sees(&run.terminal, "microscope> version");
    terminal_type(&run.terminal, " --mo"); /* tmux takes -- for its own */
    terminal_keys(&run.terminal, "Tab");
    terminal_type(&run.terminal, "cs");
    terminal_keys(&run.terminal, "Tab Enter");
    terminal_sees(&run.terminal, "microscope,0.");
    terminal_type(&run.terminal, "re");
    terminal_keys(&run.terminal, "Tab Tab");
    terminal_sees(&run.terminal, "do again what was undone last");
    terminal_keys(&run.terminal, "C-c");
    enter(&run, "open $F");
    terminal_sees(&run.terminal, "attributes  9");
    terminal_type(&run.terminal, "eval split=te");
    terminal_keys(&run.terminal, "Tab");
    terminal_sees(&run.terminal, "eval split=test");
    terminal_keys(&run.terminal, "C-u");
    enter(&run, "open $M");
    terminal_type(&run.terminal, "head ");
    terminal_keys(&run.terminal, "Tab Tab"); /* of the model that is open */
    terminal_sees(&run.terminal, "\n10          7");
    terminal_keys(&run.terminal, "C-u");
    terminal_type(&run.terminal, "hedge attribute=hum");
    terminal_keys(&run.terminal, "Tab");
    terminal_sees(&run.terminal, "hedge attribute=humor-and-entertainment");
    end(&run);
}

static void test_history_is_shared_and_private(void **state)
{
    (void)state;
    struct run run, other;
    start(&run);
    other.folder = run.folder;
    start_with(&other, "", "repl");
    terminal_sees(&other.terminal, "microscope>");
    enter(&run, "version");
    enter(&run, "version");
    enter(&run, " version --mode tsv");
    terminal_sees(&run.terminal, "microscope      " MICROSCOPE_VERSION);
    enter(&other, "jobs");
    terminal_sees(&other.terminal, "(no rows)");
    enter(&other, "quit");
    terminal_sees(&other.terminal, "[rc 0]");
    enter(&run, "quit");
    terminal_sees(&run.terminal, "[rc 0]");
    check_file(&run, "microscope/history", "version\njobs\nquit\nquit\n");
    struct stat info;
    assert_int_equal(stat(folder_path(&run.folder, "microscope/history"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    terminal_end(&other.terminal);
    terminal_end(&run.terminal);
    start_with(&run, "", "repl");
    terminal_sees(&run.terminal, "microscope>");
    terminal_keys(&run.terminal, "Up Up Up");
    terminal_sees(&run.terminal, "microscope> version");
    end(&run);
}

static void test_statements_go_on_in_the_next_line(void **state)
{
    (void)state;
    struct run run;
    start(&run);
    enter(&run, "version; set name 'two");
    terminal_sees(&run.terminal, "...>");
    enter(&run, "lines'");
    terminal_sees(&run.terminal, "microscope  0.");
    assert_int_equal(count(&run, "microscope  0."), 1);
    enter(&run, "version --mode \\");
    enter(&run, "  csv");
    terminal_sees(&run.terminal, "microscope,0.");
    enter(&run, "jobs where=(job>1");
    enter(&run, "and done<1)");
    terminal_sees(&run.terminal, "(no rows)");
    terminal_keys(&run.terminal, "Up");
    terminal_sees(&run.terminal, "microscope> jobs where=(job>1 and done<1)");
    terminal_keys(&run.terminal, "Enter");
    enter(&run, "quit");
    terminal_sees(&run.terminal, "[rc 0]");
    check_file(&run, "microscope/history",
               "version; set name 'two'\"\\n\"'lines'\nversion --mode   csv\n"
               "jobs where=(job>1 and done<1)\nquit\n");
    end(&run);
}

static void test_ctrl_c_drops_what_was_typed(void **state)
{
    (void)state;
    struct run run;
    start(&run);
    terminal_type(&run.terminal, "versoin");
    terminal_keys(&run.terminal, "C-c");
    terminal_sees(&run.terminal, "microscope> versoin^C\nmicroscope>");
    enter(&run, "set name (one");
    terminal_type(&run.terminal, "two");
    terminal_keys(&run.terminal, "C-c");
    terminal_sees(&run.terminal, "...> two^C\nmicroscope>");
    enter(&run, "version");
    terminal_sees(&run.terminal, "microscope  0.");
    terminal_keys(&run.terminal, "C-c");
    terminal_sees(&run.terminal, "Ctrl-C stops a command; quit or Ctrl-D leaves");
    enter(&run, "quit");
    terminal_sees(&run.terminal, "[rc 0]");
    end(&run);
}

static void test_ctrl_c_stops_a_command(void **state)
{
    (void)state;
    struct run run;
    start(&run);
    enter(&run, "train $F --epochs 1000 --out long.safetensors");
    terminal_sees(&run.terminal, "training");
    terminal_keys(&run.terminal, "C-c");
    terminal_sees(&run.terminal, "was stopped at step");
    enter(&run, "version");
    terminal_sees(&run.terminal, "microscope  0.");
    enter(&run, "train $F --epochs 1000 --out long.safetensors --force & wait");
    terminal_sees(&run.terminal, "in the background; 'jobs' lists");
    terminal_sleep(0.2);
    terminal_keys(&run.terminal, "C-c");
    terminal_sees(&run.terminal, "waiting was stopped; the job goes on");
    enter(&run, "cancel; wait");
    terminal_sees(&run.terminal, "[done] train");
    folder_write(&run.folder, "long.ms", "train $F epochs=1000 out=l\nversion", 34);
    terminal_keys(&run.terminal, "C-l");
    enter(&run, "run long.ms");
    terminal_sees(&run.terminal, "training");
    terminal_keys(&run.terminal, "C-c");
    terminal_sees(&run.terminal, "long.ms:1:1: error: training was stopped");
    assert_null(strstr(terminal_screen(&run.terminal), "microscope  0."));
    enter(&run, "log --columns command --mode csv");
    terminal_sees(&run.terminal, "command\n");
    assert_int_not_equal(access(folder_path(&run.folder, "long.safetensors"), F_OK), 0);
    end(&run);
}

static void test_jobs_end_while_a_line_is_edited(void **state)
{
    (void)state;
    struct run run;
    start(&run);
    enter(&run, "train $F --epochs 1000 --out long.safetensors &");
    terminal_sees(&run.terminal, "[1] in the background");
    enter(&run, "jobs --columns job");
    terminal_sees(&run.terminal, "job\n---\n  1\n");
    enter(&run, "eval $F $M --table summary & cancel 1");
    terminal_type(&run.terminal, "version --mo");
    terminal_sees(&run.terminal, "[done] train");
    terminal_sees(&run.terminal, "[done] eval");
    terminal_sees(&run.terminal, "microscope> version --mo\n");
    terminal_type(&run.terminal, "de csv");
    terminal_keys(&run.terminal, "Enter");
    terminal_sees(&run.terminal, "microscope,0.");
    end(&run);
}

static void test_the_users_keys_are_honoured(void **state)
{
    (void)state;
    static const char keys[] = "$if microscope\n\"\\C-g\": \"version\\C-m\"\n$endif\n";
    struct run run;
    folder_make(&run.folder);
    folder_write(&run.folder, ".inputrc", keys, sizeof keys - 1);
    start_with(&run, "", "repl");
    terminal_sees(&run.terminal, "microscope>");
    terminal_keys(&run.terminal, "C-g");
    terminal_sees(&run.terminal, "microscope  0.");
    end(&run);
}

static void test_a_line_is_wrapped_anew(void **state)
{
    (void)state;
    struct run run;
    start(&run);
    terminal_type(&run.terminal, "version --columns name --mode csv --quiet");
    terminal_sees(&run.terminal, "--quiet");
    terminal_resize(&run.terminal, 30, 24);
    terminal_type(&run.terminal, " --top 1");
    terminal_keys(&run.terminal, "Enter");
    terminal_sees(&run.terminal, "name\nmicroscope\n");
    end(&run);
}

static void test_a_dumb_terminal_gets_the_prompt(void **state)
{
    (void)state;
    struct run run;
    folder_make(&run.folder);
    start_with(&run, "export TERM=dumb;", "");
    terminal_sees(&run.terminal, "there is no screen to be had: ");
    terminal_sees(&run.terminal, "microscope>");
    enter(&run, "version --mode csv");
    terminal_sees(&run.terminal, "microscope,0.");
    end(&run);
}

static void test_a_signal_leaves_the_terminal_as_it_was(void **state)
{
    (void)state;
    static const struct {
        const char *name, *code;
    } signals[] = {{"TERM", "[rc 143]"}, {"HUP", "[rc 129]"}};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct run run;
        char line[700];
        start(&run);
        terminal_type(&run.terminal, "vers");
        terminal_sees(&run.terminal, "microscope> vers");
        snprintf(line, sizeof line, "kill -%s $(cat %s/pid)", signals[i].name,
                 run.folder.path);
        assert_int_equal(system(line), 0);
        terminal_sees(&run.terminal, signals[i].code);
        snprintf(line, sizeof line, "cmp %s/before %s/after", run.folder.path,
                 run.folder.path);
        assert_int_equal(system(line), 0);
        end(&run);
    }
}

static void test_a_file_is_not_replaced_unasked(void **state)
{
    (void)state;
    struct run run;
    start(&run);
    folder_write(&run.folder, "mine.csv", "old\n", 4);
    enter(&run, "version --out mine.csv");
    terminal_sees(&run.terminal, "'mine.csv' is there already. Replace it? y/n");
    enter(&run, "n");
    terminal_sees(&run.terminal, "--force replaces it");
    check_file(&run, "mine.csv", "old\n");
    enter(&run, "version --out mine.csv");
    terminal_sees(&run.terminal, "y/n n");
    terminal_keys(&run.terminal, "C-c");
    terminal_sees(&run.terminal, "microscope>");
    check_file(&run, "mine.csv", "old\n");
    terminal_keys(&run.terminal, "C-l");
    enter(&run, "version --out mine.csv");
    terminal_sees(&run.terminal, "Replace it?");
    enter(&run, "y");
    enter(&run, "version --mode csv");
    terminal_sees(&run.terminal, "microscope,0.");
    check_file(&run, "mine.csv", "name,value,unit\nmicroscope," MICROSCOPE_VERSION ",\n");
    end(&run);
}

static void test_long_results_are_paged(void **state)
{
    (void)state;
    struct run run;
    folder_make(&run.folder);
    start_with(&run, "export PAGER='cat >paged';", "repl");
    terminal_sees(&run.terminal, "microscope>");
    const char *paged = folder_path(&run.folder, "paged");
    enter(&run, "version");
    enter(&run, "help --all --mode markdown");
    terminal_sees(&run.terminal, "microscope completions");
    assert_int_not_equal(access(paged, F_OK), 0); /* short, or not for people */
    enter(&run, "set no-pager; help train; version --mode csv");
    terminal_sees(&run.terminal, "microscope,0.");
    assert_int_not_equal(access(paged, F_OK), 0);
    enter(&run, "set pager yes; help train; version --mode tsv");
    terminal_sees(&run.terminal, "name    value   unit");
    assert_int_equal(access(paged, F_OK), 0);
    end(&run);
    folder_make(&run.folder);
    start_with(&run, "", "repl");
    if (system("command -v less >/dev/null") == 0) {
        terminal_sees(&run.terminal, "microscope>");
        enter(&run, "help train");
        terminal_sees(&run.terminal, "train: ");
        assert_null(strstr(terminal_screen(&run.terminal), "options of every command"));
        terminal_keys(&run.terminal, "G");
        terminal_sees(&run.terminal, "threads to use");
        terminal_keys(&run.terminal, "q");
        enter(&run, "version");
        terminal_sees(&run.terminal, "microscope  0.");
    }
    end(&run);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commands_are_answered_and_quit_leaves),
        cmocka_unit_test(test_end_of_input_leaves),
        cmocka_unit_test(test_tab_completes),
        cmocka_unit_test(test_history_is_shared_and_private),
        cmocka_unit_test(test_statements_go_on_in_the_next_line),
        cmocka_unit_test(test_ctrl_c_drops_what_was_typed),
        cmocka_unit_test(test_ctrl_c_stops_a_command),
        cmocka_unit_test(test_jobs_end_while_a_line_is_edited),
        cmocka_unit_test(test_the_users_keys_are_honoured),
        cmocka_unit_test(test_a_line_is_wrapped_anew),
        cmocka_unit_test(test_a_dumb_terminal_gets_the_prompt),
        cmocka_unit_test(test_a_signal_leaves_the_terminal_as_it_was),
        cmocka_unit_test(test_a_file_is_not_replaced_unasked),
        cmocka_unit_test(test_long_results_are_paged),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    if (argc < 4)
        return 2;
    program = realpath(argv[1], NULL);
    features = realpath(argv[2], NULL);
    model = realpath(argv[3], NULL);
    if (!program || !features || !model)
        return 2;
    if (!terminal_present())
        return 77;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    terminal_end_all();
    return failed;
}
