/* A context typed in the workbench where a server encodes it: keys are answered, whatever the server does. */
#include "session/served_run.h"

#include "tried.h"

#include <math.h>

#include "base/clock.h"
#include "ui/workbench_inside.h"

static struct served served;
static struct tried tried;
static double longest; /* seconds from a key to the screen */

/* Less than any time-out here, and more than a busy machine takes for a key. */
static const double BLOCKED = 0.2;

static void open_run(double patience)
{
    const struct live_options options = {.rest = 0.02, .patience = patience, .again = 0.05};
    struct error err = {0};
    served_open(&served);
    const char *files[] = {served_path(&served, "run.features.safetensors"),
                           served_path(&served, "run.model.safetensors"),
                           served_path(&served, "run.jsonl")};
    tried = (struct tried){0};
    tried_open(&tried, 30, 120);
    backing_set_patience(tried.workbench->backing, &options);
    workbench_open(tried.workbench, files, 3, &err);
    assert_string_equal(err.message, "");
    workbench_wait(tried.workbench);
    tried_key(&tried, "4");
    workbench_wait(tried.workbench);
    longest = 0;
}

static void close_run(void)
{
    tried_done(&tried);
    served_close(&served);
}

static void type(const char *text)
{
    for (const char *end = text + strlen(text); text < end;) {
        struct event event = {.kind = EVENT_KEY};
        event.key.code = utf8_next(&text, end);
        double began = clock_seconds();
        workbench_event(tried.workbench, &event);
        workbench_update(tried.workbench);
        workbench_draw(tried.workbench);
        longest = fmax(longest, clock_seconds() - began);
    }
}

/* What the loop does without keys, until a text is on the screen, or is not. */
static void until(const char *part, bool is_there)
{
    double began = clock_seconds();
    while ((strstr(tried_text(&tried), part) != NULL) != is_there &&
           clock_seconds() - began < 10) {
        poll(NULL, 0, 2);
        double at = clock_seconds();
        workbench_update(tried.workbench);
        workbench_draw(tried.workbench);
        longest = fmax(longest, clock_seconds() - at);
    }
    if (is_there)
        tried_has(&tried, part);
    else
        tried_lacks(&tried, part);
}

/* The row of the first head, as it is shown. */
static const char *head_row(void)
{
    static char rows[4][200];
    static size_t next;
    char *row = rows[next++ % 4];
    const char *at = strstr(tried_text(&tried), "h1 ");
    assert_non_null(at);
    snprintf(row, sizeof rows[0], "%.45s", at);
    return row;
}

static void test_typing_moves_the_weights(void **state)
{
    (void)state;
    open_run(5);
    const char *before = head_row();
    atomic_store(&served.mood, SERVED_SLOW);
    tried_key(&tried, "c");
    type("in verse");
    tried_has(&tried, "weights of before");
    assert_string_equal(head_row(), before);
    until("weights of before", false);
    assert_string_not_equal(head_row(), before);
    tried_has(&tried, "near ");
    const char *verse = head_row();
    type(", or in prose");
    tried_has(&tried, "weights of before");
    assert_string_equal(head_row(), verse);
    atomic_store(&served.mood, SERVED_WELL);
    until("weights of before", false);
    assert_string_not_equal(head_row(), verse);
    tried_key(&tried, "Enter");
    workbench_wait(tried.workbench);
    tried_lacks(&tried, "weights of before");
    assert_true(longest < BLOCKED);
    close_run();
}

static void test_a_server_that_hangs(void **state)
{
    (void)state;
    open_run(0.4);
    atomic_store(&served.mood, SERVED_HANGS);
    tried_key(&tried, "c");
    type("keep it short");
    until("no answer within 0.4 seconds", true);
    tried_has(&tried, "alike 0.75 brief \"Keep it short");
    type(" and");
    tried_has(&tried, "keep it short and");
    assert_true(longest < BLOCKED);
    atomic_store(&served.mood, SERVED_WELL);
    until("no answer", false);
    until("weights of before", false);
    close_run();
}

/* Without the server a known context moves the weights, and the server is noticed when it is back. */
static void test_a_server_that_is_away(void **state)
{
    (void)state;
    open_run(5);
    const char *router = head_row();
    served_leave(&served);
    tried_run(&tried, "context 'tell it with colours'");
    until("127.0.0.1", true);
    tried_has(&tried, "alike");
    tried_has(&tried, "Tell it with many colours.");
    tried_has(&tried, "weights of before");
    assert_string_equal(head_row(), router);
    tried_keys(&tried, "K Enter");
    until("known: Tell it with many colours.", true);
    tried_lacks(&tried, "weights of before");
    tried_lacks(&tried, "alike");
    assert_string_not_equal(head_row(), router);
    tried_key(&tried, "u");
    until("alike", true);
    served_return(&served);
    until("alike", false);
    until("weights of before", false);
    assert_string_not_equal(head_row(), router);
    assert_true(longest < BLOCKED);
    close_run();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_typing_moves_the_weights),
        cmocka_unit_test(test_a_server_that_hangs),
        cmocka_unit_test(test_a_server_that_is_away),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
