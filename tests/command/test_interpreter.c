/* Command lines within a session: what they leave there, in front and in the background. */
#include "folder.h"
#include "near.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/interpreter.h"
#include "command/runner.h"
#include "command/table.h"

/* A front end that remembers what it was told. */
struct heard {
    struct text said;
    size_t n_ended, n_background;
    enum status last;
    enum status answer; /* of writing a report */
};

static enum status hear_end(void *self, struct task *task, bool in_background,
                            struct error *err)
{
    struct heard *heard = self;
    heard->n_ended++;
    heard->n_background += in_background;
    heard->last = task_status(task);
    return heard->answer ? error_set(err, heard->answer, "nobody reads") : STATUS_OK;
}

static void hear(void *self, const char *bytes, size_t length)
{
    text_append(&((struct heard *)self)->said, bytes, length);
}

struct fixture {
    struct heard heard;
    struct front front;
    struct interpreter *interpreter;
    char line[4096];
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fixture->front =
        (struct front){.self = &fixture->heard, .ended = hear_end, .say = hear};
    fixture->interpreter = interpreter_create(command_table, &fixture->front, 2);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    interpreter_free(fixture->interpreter);
    text_done(&fixture->heard.said);
    free(fixture);
    return 0;
}

/* Runs a script in which DATA stands for the folder of the shipped data. */
static enum status run(struct fixture *fixture, const char *script)
{
    struct text text = {0};
    struct error err = {0};
    for (const char *at = script, *next; *at; at = next) {
        next = strstr(at, "DATA");
        size_t n = next ? (size_t)(next - at) : strlen(at);
        text_append(&text, at, n);
        if (next)
            text_printf(&text, "%s/data", getenv("MICROSCOPE_SOURCE"));
        next = at + n + (next ? 4 : 0);
    }
    text_clear(&fixture->heard.said);
    text_add(&fixture->heard.said, "");
    enum status status = runner_text(fixture->interpreter, "test.ms", text.bytes,
                                     text.length, &(struct runner_options){0}, &err);
    text_done(&text);
    return status;
}

static void run_well(struct fixture *fixture, const char *script)
{
    if (run(fixture, script))
        fail_msg("%s: %s", script, fixture->heard.said.bytes);
}

static void run_badly(struct fixture *fixture, const char *script, enum status status,
                      const char *said)
{
    enum status got = run(fixture, script);
    if (got != status || !strstr(fixture->heard.said.bytes, said))
        fail_msg("%s: got %d, '%s'", script, got, fixture->heard.said.bytes);
}

static const struct state *state_of(const struct fixture *fixture)
{
    return workspace_state(interpreter_workspace(fixture->interpreter));
}

static size_t heads_of(const struct fixture *fixture)
{
    return state_of(fixture)->model ? state_of(fixture)->model->model.shape.n_heads : 0;
}

#define OPEN_DEMO "open DATA/demo.model.safetensors DATA/demo.features.safetensors\n"

static void test_files_are_held(void **state)
{
    struct fixture *fixture = *state;
    run_badly(fixture, "eval", STATUS_USAGE, "test.ms:1:1: error: 'eval' needs FEATURES");
    run_well(fixture, OPEN_DEMO "eval --resamples 0\nbound");
    assert_int_equal(heads_of(fixture), 10);
    const struct log_entry *entry =
        workspace_log_entry(interpreter_workspace(fixture->interpreter), 0);
    assert_non_null(strstr(entry->line, "--prints="));
    assert_true(entry->repeats);
    run_badly(fixture, "open DATA/demo.jsonl.gz DATA/demo.jsonl.gz", STATUS_USAGE,
              "both corpora");
    run_badly(fixture, "open nowhere.safetensors", STATUS_NOT_FOUND, "^~~~~~");
    run_well(fixture, "open DATA/demo.jsonl.gz; head 3 --top 2");
    assert_non_null(state_of(fixture)->corpus);
}

static void test_models_are_left_and_taken_back(void **state)
{
    struct fixture *fixture = *state;
    run_well(fixture, OPEN_DEMO "prune --threshold 0.9 --resamples 0");
    size_t pruned = heads_of(fixture);
    assert_in_range(pruned, 1, 9);
    run_well(fixture, "undo");
    assert_int_equal(heads_of(fixture), 10);
    run_well(fixture, "redo; pin; undo 2; redo");
    assert_int_equal(heads_of(fixture), pruned);
    run_well(fixture, "pin; undo; train --heads 3 --epochs 1 --restarts 1");
    assert_int_equal(heads_of(fixture), 3);
    run_well(fixture, "undo");
    run_badly(fixture, "redo 1; redo", STATUS_FAILED, "nothing to be redone");
}

static void test_settings(void **state)
{
    struct fixture *fixture = *state;
    run_well(fixture, OPEN_DEMO "set heads 2; set epochs 1\n"
                                "train restarts=1");
    assert_int_equal(heads_of(fixture), 2);
    run_well(fixture, "train --heads 4 --restarts 1");
    assert_int_equal(heads_of(fixture), 4);
    run_badly(fixture, "set heads many", STATUS_USAGE, "heads");
    run_badly(fixture, "set haeds 3", STATUS_USAGE, "did you mean 'heads'?");
    run_well(fixture, "set heads --clear; set epochs");
    assert_null(entries_get(&state_of(fixture)->settings, "heads"));
    run_well(fixture, "undo");
    assert_string_equal(entries_get(&state_of(fixture)->settings, "heads"), "2");
}

static void test_the_background(void **state)
{
    struct fixture *fixture = *state;
    run_well(fixture, OPEN_DEMO "train --heads 3 --epochs 1 --restarts 1 & jobs; wait");
    assert_int_equal(heads_of(fixture), 3);
    assert_int_equal(fixture->heard.n_background, 1);
    assert_int_equal(interpreter_jobs(fixture->interpreter), 0);
    run_well(fixture, "train --epochs 100000 --patience 0 & cancel; wait");
    assert_int_equal(fixture->heard.last, STATUS_OK); /* of wait; the job's came before */
    assert_int_equal(heads_of(fixture), 3);
    run_badly(fixture, "wait 77", STATUS_FAILED, "no job 77");
    /* What is left is stopped with the session. */
    run_well(fixture, "train --epochs 100000 --patience 0 &");
    assert_int_equal(interpreter_jobs(fixture->interpreter), 1);
}

/* What a command showed while it ran stays when it has ended, until it shows something again. */
static void test_shown_tables_are_kept(void **state)
{
    struct fixture *fixture = *state;
    assert_null(interpreter_shown(fixture->interpreter, "train"));
    run_well(fixture, OPEN_DEMO "train --heads 3 --epochs 2 --restarts 1 & wait");
    const struct table *curve = interpreter_shown(fixture->interpreter, "train");
    assert_non_null(curve);
    assert_string_equal(curve->name, "curve");
    assert_int_equal(curve->n_rows, 2);
    assert_true(table_cell(curve, 1, 1)->value < table_cell(curve, 0, 1)->value);
    assert_null(interpreter_shown(fixture->interpreter, "ablate"));
    run_well(fixture, "train --heads 3 --epochs 1 --restarts 1 & wait");
    assert_int_equal(interpreter_shown(fixture->interpreter, "train")->n_rows, 1);
}

static void test_results_are_kept(void **state)
{
    struct fixture *fixture = *state;
    run_well(fixture, OPEN_DEMO "eval --resamples 0 --name before\n"
                                "prune --threshold 0.9 --resamples 0\n");
    assert_non_null(interpreter_result(fixture->interpreter, "before"));
    assert_non_null(interpreter_result(fixture->interpreter, "prune"));
    assert_ptr_equal(interpreter_result(fixture->interpreter, "last"),
                     interpreter_result(fixture->interpreter, "prune"));
    assert_null(interpreter_result(fixture->interpreter, "after"));
    run_well(fixture, "set seed $before.pairs; context \"$before.split\"");
    assert_string_equal(state_of(fixture)->lab.context, "test");
    run_badly(fixture, "context $before.nothing", STATUS_NOT_FOUND, "no value 'nothing'");
    run_badly(fixture, "context $NO_SUCH_THING", STATUS_NOT_FOUND, "NO_SUCH_THING");
}

static void test_the_lab(void **state)
{
    struct fixture *fixture = *state;
    run_badly(fixture, "context short", STATUS_FAILED, "open some first");
    run_well(fixture, OPEN_DEMO "context 'keep it short'\n"
                                "lab --attribute humor-and-entertainment --rule em\n"
                                "label 1 rejected; label 2; label 3 neither");
    const struct lab_settings *lab = &state_of(fixture)->lab;
    assert_int_equal(lab->n_labels, 3);
    assert_true(lab->labels[0].turned);
    assert_true(lab->labels[2].skipped);
    assert_int_equal(lab->rule, WEIGH_EM);
    run_well(fixture, "label 5 --step 2");
    assert_int_equal(lab->labels[1].pair, 4);
    run_well(fixture, "undo");
    assert_int_equal(state_of(fixture)->lab.labels[1].pair, 1);
    run_badly(fixture, "label 0", STATUS_USAGE, "PAIR");
    run_badly(fixture, "label 2 --step 9", STATUS_USAGE, "no step 9");
    run_badly(fixture, "lab --tau -1", STATUS_USAGE, "tau");
    run_badly(fixture, "lab --attribute charm", STATUS_NOT_FOUND, "charm");
    run_well(fixture, "tune --epochs 2");
    run_well(fixture, "label --clear");
    assert_int_equal(state_of(fixture)->lab.n_labels, 0);
    run_badly(fixture, "tune", STATUS_SHAPE, "label");
}

static void test_views_and_marks(void **state)
{
    struct fixture *fixture = *state;
    run_well(fixture, OPEN_DEMO "sort heads -mean; filter router 'entropy<2'; mark 7");
    const struct state *now = state_of(fixture);
    assert_string_equal(entries_get(&now->views, "heads.sort"), "-mean");
    assert_string_equal(entries_get(&now->views, "router.filter"), "entropy<2");
    assert_true(state_is_marked(now, 6));
    run_well(fixture, "mark 7; sort heads; view heads; go down 3");
    now = state_of(fixture);
    assert_false(state_is_marked(now, 6));
    assert_null(entries_get(&now->views, "heads.sort"));
    run_badly(fixture, "mark 1000000", STATUS_USAGE, "PROMPT");
}

static void test_a_saved_session_runs_again(void **state)
{
    struct fixture *fixture = *state;
    struct folder folder;
    folder_make(&folder);
    struct text script = {0};
    text_printf(&script, OPEN_DEMO "set heads 3\ntrain --epochs 1 --restarts 1\nsave %s\n",
                folder_path(&folder, "work.ms"));
    run_well(fixture, script.bytes);
    assert_false(workspace_is_unsaved(interpreter_workspace(fixture->interpreter)));
    uint64_t print = state_of(fixture)->model->print;
    text_clear(&script);
    text_printf(&script, "run %s", folder_path(&folder, "work.ms"));
    struct fixture *other;
    set_up((void **)&other);
    run_well(other, script.bytes);
    assert_true(state_of(other)->model->print == print);
    tear_down((void **)&other);
    folder_write(&folder, "mine.txt", "precious\n", 9);
    text_clear(&script);
    text_printf(&script, "save %s", folder_path(&folder, "mine.txt"));
    run_badly(fixture, script.bytes, STATUS_USAGE, "is left alone");
    assert_file_holds(folder_path(&folder, "mine.txt"), "precious\n");
    text_done(&script);
    folder_remove(&folder);
}

static void test_errors_have_places(void **state)
{
    struct fixture *fixture = *state;
    run_badly(fixture, "set\nset heads 3\n  prnue 5", STATUS_USAGE,
              "test.ms:3:3: error: there is no command 'prnue'; did you mean 'prune'?\n"
              "  prnue 5\n"
              "  ^~~~~\n");
    run_badly(fixture, "set heads 'open", STATUS_USAGE, "test.ms:1:11: error: ");
    run_badly(fixture, "eval --seeed 4", STATUS_USAGE, "test.ms:1:6: error: ");
    fixture->heard.answer = STATUS_IO;
    run_badly(fixture, "set", STATUS_IO, "nobody reads");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_files_are_held, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_models_are_left_and_taken_back, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_settings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_background, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_shown_tables_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_results_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_lab, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_views_and_marks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_saved_session_runs_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_errors_have_places, set_up, tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
