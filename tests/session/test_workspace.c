/* States are changed, left and come back to; the log knows what is saved. */
#include "near.h"

#include <stdio.h>
#include <stdlib.h>

#include "session/workspace.h"

static struct held_model *make_model(size_t heads)
{
    struct model model;
    struct error err = {0};
    struct shape shape = {.router = ROUTER_STATIC, .n_heads = heads, .response_width = 3};
    assert_int_equal(model_create(&model, &shape, &err), STATUS_OK);
    return held_model_make(&model, NULL);
}

static size_t heads_of(const struct workspace *workspace)
{
    const struct state *state = workspace_state(workspace);
    return state->model ? state->model->model.shape.n_heads : 0;
}

static void test_undo_and_redo(void **state)
{
    (void)state;
    struct workspace *workspace = workspace_create();
    assert_null(workspace_undo(workspace));
    assert_null(workspace_redo(workspace));
    for (size_t k = 1; k <= 3; k++) {
        char what[32];
        snprintf(what, sizeof what, "model %zu", k);
        uint64_t version = workspace_version(workspace);
        state_set_model(workspace_change(workspace, what), make_model(k));
        assert_true(workspace_version(workspace) > version);
    }
    assert_int_equal(heads_of(workspace), 3);
    assert_string_equal(workspace_undo(workspace), "model 3");
    assert_string_equal(workspace_undo(workspace), "model 2");
    assert_int_equal(heads_of(workspace), 1);
    assert_string_equal(workspace_redo(workspace), "model 2");
    assert_int_equal(heads_of(workspace), 2);
    assert_int_equal(workspace_undos(workspace), 2);
    assert_int_equal(workspace_redos(workspace), 1);
    entries_put(&workspace_change(workspace, "set tau 1")->settings, "tau", "1");
    assert_null(workspace_redo(workspace));
    assert_string_equal(entries_get(&workspace_state(workspace)->settings, "tau"), "1");
    assert_string_equal(workspace_undo(workspace), "set tau 1");
    assert_null(entries_get(&workspace_state(workspace)->settings, "tau"));
    workspace_free(workspace);
    workspace_free(NULL);
}

static void test_many_changes(void **state)
{
    (void)state;
    struct workspace *workspace = workspace_create();
    char what[32];
    for (size_t i = 0; i < WORKSPACE_UNDO_MOST + 50; i++) {
        snprintf(what, sizeof what, "%zu", i);
        entries_put(&workspace_change(workspace, what)->settings, "i", what);
    }
    assert_int_equal(workspace_undos(workspace), WORKSPACE_UNDO_MOST);
    while (workspace_undo(workspace))
        ;
    assert_string_equal(entries_get(&workspace_state(workspace)->settings, "i"), "49");
    assert_int_equal(workspace_redos(workspace), WORKSPACE_UNDO_MOST);
    workspace_free(workspace);
}

static void test_marks(void **state)
{
    (void)state;
    struct state marked = {0}, copy;
    static const uint32_t rows[] = {7, 3, 900, 4, 3};
    for (size_t i = 0; i < 5; i++)
        state_mark(&marked, rows[i], true);
    assert_int_equal(marked.n_marks, 4);
    for (size_t i = 1; i < marked.n_marks; i++)
        assert_true(marked.marks[i - 1] < marked.marks[i]);
    state_copy(&copy, &marked);
    state_mark(&marked, 4, false);
    state_mark(&marked, 5, false);
    assert_int_equal(marked.n_marks, 3);
    assert_false(state_is_marked(&marked, 4));
    assert_true(state_is_marked(&marked, 900));
    assert_true(state_is_marked(&copy, 4));
    state_set_features(&copy, NULL);
    assert_int_equal(copy.n_marks, 0);
    state_done(&marked);
    state_done(&copy);
}

static void test_log_and_saving(void **state)
{
    (void)state;
    struct workspace *workspace = workspace_create();
    char line[] = "set tau 1", asks[] = "jobs";
    workspace_log(workspace, &(struct log_entry){.line = asks});
    assert_false(workspace_is_unsaved(workspace));
    workspace_log(workspace, &(struct log_entry){.line = line, .repeats = true});
    assert_true(workspace_is_unsaved(workspace));
    workspace_saved(workspace);
    assert_false(workspace_is_unsaved(workspace));
    assert_int_equal(workspace_log_count(workspace), 2);
    line[0] = 'g';
    assert_string_equal(workspace_log_entry(workspace, 1)->line, "set tau 1");
    assert_null(workspace_log_entry(workspace, 1)->message);
    workspace_free(workspace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_undo_and_redo),
        cmocka_unit_test(test_many_changes),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_log_and_saving),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
