#include "session/shipped.h"

#include "ui/backing.h"

struct backed {
    struct shipped shipped;
    struct workspace *workspace;
    struct backing *backing;
    struct snapshot snapshot;
};

static void open_backed(struct backed *backed)
{
    *backed = (struct backed){0};
    shipped_open(&backed->shipped);
    backed->workspace = workspace_create();
    backed->backing = backing_create(backed->workspace);
}

static void close_backed(struct backed *backed)
{
    backing_free(backed->backing);
    workspace_free(backed->workspace);
    shipped_done(&backed->shipped);
}

static struct state *change(struct backed *backed)
{
    return workspace_change(backed->workspace, "change");
}

static void put_demo(struct backed *backed)
{
    struct state *state = change(backed);
    state_set_features(state, held_features_ref(backed->shipped.features));
    state_set_corpus(state, held_corpus_ref(backed->shipped.corpus));
    state_set_model(state, held_model_ref(backed->shipped.model));
}

static bool update(struct backed *backed)
{
    backed->snapshot.state = workspace_state(backed->workspace);
    return backing_update(backed->backing, &backed->snapshot);
}

static void settle(struct backed *backed)
{
    backing_wait(backed->backing);
    update(backed);
}

static void test_nothing_is_made_of_nothing(void **state)
{
    (void)state;
    struct backed backed;
    struct text progress = {0};
    open_backed(&backed);
    assert_false(update(&backed));
    assert_null(backed.snapshot.analysis);
    assert_null(backed.snapshot.lab);
    assert_null(backed.snapshot.analysis_wrong);
    backing_add_progress(backed.backing, &progress);
    assert_int_equal(progress.length, 0);
    close_backed(&backed);
}

static void test_analysis_and_lab_come_in_the_background(void **state)
{
    (void)state;
    struct backed backed;
    open_backed(&backed);
    put_demo(&backed);
    assert_true(update(&backed)); /* at once, whatever its size */
    assert_non_null(backed.snapshot.analysis);
    settle(&backed);
    assert_int_equal(analysis_stage(backed.snapshot.analysis), ANALYSIS_WHOLE);
    assert_non_null(backed.snapshot.lab);
    assert_null(backed.snapshot.lab_wrong);
    assert_false(backed.snapshot.lab_stale);
    assert_int_equal(lab_figures(backed.snapshot.lab).n_heads, 10);
    assert_false(update(&backed)); /* and then nothing more happens */
    close_backed(&backed);
}

/* Undo shows at once what was there before. */
static void test_analyses_are_kept_for_undo(void **state)
{
    (void)state;
    struct backed backed;
    open_backed(&backed);
    put_demo(&backed);
    settle(&backed);
    struct analysis *before = backed.snapshot.analysis;
    state_set_model(change(&backed), NULL);
    assert_true(update(&backed));
    assert_null(backed.snapshot.analysis);
    assert_null(backed.snapshot.lab);
    workspace_undo(backed.workspace);
    assert_true(update(&backed));
    assert_ptr_equal(backed.snapshot.analysis, before);
    assert_int_equal(analysis_stage(before), ANALYSIS_WHOLE);
    close_backed(&backed);
}

static void test_pinned_model_has_an_analysis_of_its_own(void **state)
{
    (void)state;
    struct backed backed;
    struct error err = {0};
    open_backed(&backed);
    put_demo(&backed);
    struct held_model *other =
        held_model_open(shipped_path("demo.model.safetensors"), &err);
    change(&backed)->pinned = other; /* its count is the state's */
    settle(&backed);
    assert_non_null(backed.snapshot.pinned);
    assert_ptr_not_equal(backed.snapshot.pinned, backed.snapshot.analysis);
    assert_int_equal(analysis_stage(backed.snapshot.pinned), ANALYSIS_WHOLE);
    close_backed(&backed);
}

static void test_lab_follows_the_settings(void **state)
{
    (void)state;
    struct backed backed;
    open_backed(&backed);
    put_demo(&backed);
    settle(&backed);
    double before = lab_figures(backed.snapshot.lab).context[0];
    lab_settings_set_context(&change(&backed)->lab, "be funny, tell jokes");
    settle(&backed);
    assert_true(lab_figures(backed.snapshot.lab).has_context);
    assert_true(lab_figures(backed.snapshot.lab).context[0] != before);
    change(&backed)->lab.tau = -1; /* refused: the figures stay, and why is said */
    settle(&backed);
    assert_non_null(backed.snapshot.lab_wrong);
    assert_true(lab_figures(backed.snapshot.lab).has_context);
    workspace_undo(backed.workspace);
    settle(&backed);
    assert_null(backed.snapshot.lab_wrong);
    close_backed(&backed);
}

/* The last wish counts, and freeing stops what is at work. */
static void test_what_is_overtaken_is_given_up(void **state)
{
    (void)state;
    struct backed backed;
    open_backed(&backed);
    for (int i = 0; i < 20; i++) {
        put_demo(&backed);
        update(&backed);
        state_set_model(change(&backed), NULL);
        update(&backed);
    }
    assert_null(backed.snapshot.analysis);
    settle(&backed);
    assert_null(backed.snapshot.lab);
    put_demo(&backed);
    update(&backed);
    close_backed(&backed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_made_of_nothing),
        cmocka_unit_test(test_analysis_and_lab_come_in_the_background),
        cmocka_unit_test(test_analyses_are_kept_for_undo),
        cmocka_unit_test(test_pinned_model_has_an_analysis_of_its_own),
        cmocka_unit_test(test_lab_follows_the_settings),
        cmocka_unit_test(test_what_is_overtaken_is_given_up),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
