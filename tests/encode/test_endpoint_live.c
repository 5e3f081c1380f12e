#include "served.h"

#include <poll.h>

#include "base/clock.h"

/* Polls as an interface does, for two seconds at most; the state that it ends in. */
static enum endpoint_state wait_for(struct endpoint *endpoint, float *row,
                                    struct error *err)
{
    double began = clock_seconds();
    enum endpoint_state state = ENDPOINT_WAITING;
    while (clock_seconds() - began < 2) {
        state = endpoint_poll(endpoint, row, err);
        if (state != ENDPOINT_WAITING)
            break;
        struct pollfd fds[8];
        int timeout_ms = 500;
        size_t n = endpoint_descriptors(endpoint, fds, 8, &timeout_ms);
        assert_in_range(timeout_ms, 0, 500);
        assert_non_null(endpoint_doing(endpoint));
        poll(fds, n, timeout_ms);
    }
    return state;
}

static void test_a_text_comes_without_waiting(void **state)
{
    (void)state;
    static const enum step script[] = {SLOW, SLOW};
    struct served served;
    struct error err = {0};
    float row[WIDTH];
    served_start(&served, script, 2);
    struct endpoint *endpoint = served_open(&served);
    int timeout_ms = -1;
    assert_int_equal(endpoint_poll(endpoint, row, &err), ENDPOINT_IDLE);
    assert_int_equal(endpoint_descriptors(endpoint, NULL, 0, &timeout_ms), 0);
    assert_int_equal(timeout_ms, -1);
    const struct endpoint_text text = only_prompt("typed");
    endpoint_ask(endpoint, &text);
    assert_int_equal(endpoint_poll(endpoint, row, &err), ENDPOINT_WAITING);
    assert_string_equal(endpoint_doing(endpoint), "connecting");
    assert_int_equal(wait_for(endpoint, row, &err), ENDPOINT_READY);
    assert_row(row, "typed");
    assert_int_equal(endpoint_width(endpoint), WIDTH);
    assert_int_equal(atomic_load(&served.n_posts), 2);
    assert_int_equal(endpoint_poll(endpoint, row, &err), ENDPOINT_READY);
    endpoint_forget(endpoint);
    assert_int_equal(endpoint_poll(endpoint, row, &err), ENDPOINT_IDLE);
    endpoint_free(endpoint);
    served_stop(&served);
}

static void test_the_latest_text_wins(void **state)
{
    (void)state;
    static const enum step script[] = {SLOW, STALL, STALL, SLOW};
    struct served served;
    struct error err = {0};
    float row[WIDTH];
    served_start(&served, script, 4);
    struct endpoint *endpoint = served_open(&served);
    const char *const typed[] = {"t", "ty", "typ"};
    for (size_t i = 0; i < 3; i++) {
        char copy[8];
        strcpy(copy, typed[i]);
        const struct endpoint_text text = only_prompt(copy);
        endpoint_ask(endpoint, &text); /* while it still connects */
        memset(copy, 'x', sizeof copy);
    }
    double began = clock_seconds();
    while (atomic_load(&served.n_posts) < 2 && clock_seconds() - began < 2)
        endpoint_poll(endpoint, row, &err);
    assert_int_equal(atomic_load(&served.n_posts), 2); /* "typ" hangs now */
    struct endpoint_text text = only_prompt("type");
    endpoint_ask(endpoint, &text);
    while (atomic_load(&served.n_posts) < 3 && clock_seconds() - began < 2)
        endpoint_poll(endpoint, row, &err);
    text = only_prompt("typed");
    endpoint_ask(endpoint, &text);
    assert_int_equal(wait_for(endpoint, row, &err), ENDPOINT_READY);
    assert_row(row, "typed");
    assert_int_equal(atomic_load(&served.n_posts), 4);
    endpoint_free(endpoint);
    served_stop(&served);
}

static void test_failures_are_told(void **state)
{
    (void)state;
    static const struct {
        enum step script[4];
        size_t n_steps;
        enum endpoint_state state;
        const char *says;
    } cases[] = {
        {{WELL, STALL, STALL, STALL}, 4, ENDPOINT_FAILED, "no answer within 0.2 seconds"},
        {{LOADING}, 1, ENDPOINT_FAILED, "the server loads its model"},
        {{WELL, UNKNOWN_KEY}, 2, ENDPOINT_FAILED, "401"},
        {{WELL, NULL_ENTRY, NULL_ENTRY}, 3, ENDPOINT_FAILED, "not a finite number"},
        {{WELL, HANG_UP}, 2, ENDPOINT_READY, NULL},
        {{WELL, UNAVAILABLE}, 2, ENDPOINT_READY, NULL},
        {{SICK, WELL}, 2, ENDPOINT_READY, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct served served;
        struct error err = {0};
        float row[WIDTH];
        served_start(&served, cases[i].script, cases[i].n_steps);
        atomic_store(&served.loading, 1000000);
        served.options.live_seconds = 0.2;
        struct endpoint *endpoint = served_open(&served);
        const struct endpoint_text text = only_prompt("typed");
        endpoint_ask(endpoint, &text);
        enum endpoint_state state_now = wait_for(endpoint, row, &err);
        if (state_now != cases[i].state)
            print_error("case %zu: %s\n", i, err.message);
        assert_int_equal(state_now, cases[i].state);
        if (cases[i].says)
            assert_non_null(strstr(err.message, cases[i].says));
        else
            assert_row(row, "typed");
        endpoint_free(endpoint);
        served_stop(&served);
    }
}

static void test_nobody_there_is_told_at_once(void **state)
{
    (void)state;
    struct served served;
    struct error err = {0};
    served_start(&served, NULL, 0);
    served.options.hurry = 0.001;
    struct endpoint *endpoint = served_open(&served);
    served_stop(&served);
    const struct endpoint_text text = only_prompt("typed");
    endpoint_ask(endpoint, &text);
    assert_int_equal(wait_for(endpoint, NULL, &err), ENDPOINT_FAILED);
    assert_int_equal(err.status, STATUS_NOT_FOUND);
    /* And it can be asked again. */
    endpoint_ask(endpoint, &text);
    assert_int_equal(wait_for(endpoint, NULL, &err), ENDPOINT_FAILED);
    endpoint_free(endpoint);
}

/* Many texts in between break off what was typed, and it goes on to work. */
static void test_many_texts_in_between(void **state)
{
    (void)state;
    static const enum step script[] = {WELL, STALL};
    struct served served;
    struct error err = {0};
    float row[WIDTH];
    served_start(&served, script, 2);
    struct endpoint *endpoint = served_open(&served);
    const struct endpoint_text text = only_prompt("typed"), other = only_prompt("other");
    endpoint_ask(endpoint, &text);
    double began = clock_seconds();
    while (atomic_load(&served.n_posts) < 2 && clock_seconds() - began < 2)
        endpoint_poll(endpoint, row, &err);
    assert_int_equal(endpoint_embed(endpoint, &other, 1, row, NULL, &err), STATUS_OK);
    assert_row(row, "other");
    assert_int_equal(endpoint_poll(endpoint, row, &err), ENDPOINT_IDLE);
    endpoint_ask(endpoint, &text);
    assert_int_equal(wait_for(endpoint, row, &err), ENDPOINT_READY);
    assert_row(row, "typed");
    endpoint_free(endpoint);
    served_stop(&served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_text_comes_without_waiting),
        cmocka_unit_test(test_the_latest_text_wins),
        cmocka_unit_test(test_failures_are_told),
        cmocka_unit_test(test_nobody_there_is_told_at_once),
        cmocka_unit_test(test_many_texts_in_between),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
