/* The lab behind the views where a server encodes contexts: nothing waits for it. */
#include "session/served_run.h"

#include <math.h>

#include "base/clock.h"
#include "ui/backing.h"

/* Less than any time-out here, and more than a busy machine takes from an update. */
static const double BLOCKED = 0.2;

struct backed {
    struct served served;
    struct workspace *workspace;
    struct backing *backing;
    struct snapshot snapshot;
    double longest; /* seconds of an update */
};

static void update(struct backed *backed)
{
    double began = clock_seconds();
    backed->snapshot.state = workspace_state(backed->workspace);
    backing_update(backed->backing, &backed->snapshot);
    backed->longest = fmax(backed->longest, clock_seconds() - began);
}

static void type(struct backed *backed, const char *context)
{
    backed->snapshot.typed_context = context;
    update(backed);
}

static void settle(struct backed *backed)
{
    backing_wait(backed->backing);
    update(backed);
    backed->longest = 0;
}

/* What a front end does until that holds. */
static void until(struct backed *backed, bool (*holds)(const struct snapshot *snapshot))
{
    double began = clock_seconds();
    while (!holds(&backed->snapshot) && clock_seconds() - began < 10) {
        poll(NULL, 0, 2);
        update(backed);
    }
    assert_true(holds(&backed->snapshot));
}

static bool is_fresh(const struct snapshot *snapshot)
{
    return snapshot->lab && !snapshot->lab_stale;
}

static bool is_wrong(const struct snapshot *snapshot)
{
    return snapshot->lab_wrong != NULL;
}

static bool is_whole(const struct snapshot *snapshot)
{
    return is_fresh(snapshot) && !lab_figures(snapshot->lab).n_estimated;
}

static void open_backed(struct backed *backed, double patience)
{
    const struct live_options options = {.rest = 0.02, .patience = patience, .again = 0.05};
    *backed = (struct backed){0};
    served_open(&backed->served);
    backed->workspace = workspace_create();
    backed->backing = backing_create(backed->workspace);
    backing_set_patience(backed->backing, &options);
    struct state *state = workspace_change(backed->workspace, "open");
    state_set_features(state, held_features_ref(backed->served.features));
    state_set_corpus(state, held_corpus_ref(backed->served.corpus));
    state_set_model(state, held_model_ref(backed->served.model));
    settle(backed);
    assert_non_null(backed->snapshot.lab);
    assert_null(backed->snapshot.lab_wrong);
}

static void close_backed(struct backed *backed)
{
    backing_free(backed->backing);
    workspace_free(backed->workspace);
    served_close(&backed->served);
}

static double first_weight(const struct backed *backed)
{
    return lab_figures(backed->snapshot.lab).context[0];
}

static void enter(struct backed *backed, const char *context)
{
    struct state *state = workspace_change(backed->workspace, "context");
    lab_settings_set_context(&state->lab, context);
    type(backed, NULL);
}

/* Typing shows the weights of before as stale until those of a sample are there; entering reads all. */
static void test_typing_and_entering(void **state)
{
    (void)state;
    struct backed backed;
    struct text progress = {0};
    open_backed(&backed, 5);
    double router = first_weight(&backed);
    atomic_store(&backed.served.mood, SERVED_SLOW);
    type(&backed, "in verse");
    assert_true(backed.snapshot.lab_stale);
    assert_true(first_weight(&backed) == router);
    backing_add_progress(backed.backing, &progress);
    assert_string_equal(progress.bytes, "encoding the context");
    until(&backed, is_fresh);
    assert_true(lab_figures(backed.snapshot.lab).n_estimated > 0);
    assert_true(first_weight(&backed) != router);
    enter(&backed, "in verse");
    assert_false(
        backed.snapshot.lab_stale); /* the same text: better figures are on their way */
    until(&backed, is_whole);
    assert_true(backed.longest < BLOCKED);
    text_clear(&progress);
    settle(&backed);
    backing_add_progress(backed.backing, &progress);
    assert_int_equal(progress.length, 0);
    text_done(&progress);
    close_backed(&backed);
}

/* While a server hangs labels count, with the context of before; then why is said, and known contexts do. */
static void test_a_server_that_hangs(void **state)
{
    (void)state;
    struct backed backed;
    open_backed(&backed, 0.3);
    enter(&backed, "in verse");
    settle(&backed);
    double before = first_weight(&backed);
    atomic_store(&backed.served.mood, SERVED_HANGS);
    enter(&backed, "in prose");
    lab_settings_add_label(&workspace_change(backed.workspace, "label")->lab,
                           (struct lab_label){.pair = 3});
    update(&backed);
    assert_true(backed.snapshot.lab_stale);
    assert_int_equal(lab_figures(backed.snapshot.lab).n_steps, 1);
    assert_true(first_weight(&backed) == before);
    until(&backed, is_wrong);
    assert_non_null(strstr(backed.snapshot.lab_wrong, "no answer within 0.3 seconds"));
    assert_non_null(strstr(backed.snapshot.lab_wrong, "known contexts can be chosen"));
    assert_true(backed.longest < BLOCKED);
    struct state *known = workspace_change(backed.workspace, "known");
    lab_settings_set_context(&known->lab, NULL);
    known->lab.known = backed.served.features->features.pair_context[0];
    update(&backed);
    assert_null(backed.snapshot.lab_wrong);
    assert_false(backed.snapshot.lab_stale);
    assert_true(first_weight(&backed) != before);
    close_backed(&backed);
}

static void test_a_server_that_dies_and_comes_back(void **state)
{
    (void)state;
    struct backed backed;
    open_backed(&backed, 5);
    served_leave(&backed.served);
    type(&backed, "in verse");
    until(&backed, is_wrong);
    assert_true(backed.snapshot.lab_stale);
    served_return(&backed.served);
    until(&backed, is_fresh);
    assert_null(backed.snapshot.lab_wrong);
    close_backed(&backed);
}

/* Other files while a request is under way: nobody waits for its end. */
static void test_leaving_while_it_hangs(void **state)
{
    (void)state;
    struct backed backed;
    open_backed(&backed, 5);
    atomic_store(&backed.served.mood, SERVED_HANGS);
    enter(&backed, "in verse");
    poll(NULL, 0, 50);
    update(&backed);
    state_set_model(workspace_change(backed.workspace, "close"), NULL);
    update(&backed);
    struct state *state_again = workspace_change(backed.workspace, "open");
    state_set_model(state_again, held_model_ref(backed.served.model));
    lab_settings_set_context(&state_again->lab, NULL);
    update(&backed);
    until(&backed, is_fresh);
    assert_true(backed.longest < BLOCKED);
    close_backed(&backed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_typing_and_entering),
        cmocka_unit_test(test_a_server_that_hangs),
        cmocka_unit_test(test_a_server_that_dies_and_comes_back),
        cmocka_unit_test(test_leaving_while_it_hangs),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
