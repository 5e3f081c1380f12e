#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "encode/backoff.h"

enum {
    AGAIN = BACKOFF_AGAIN,
    WAIT = BACKOFF_WAIT,
    REPEAT = BACKOFF_REPEAT,
    LOAD = BACKOFF_LOAD,
    HALVE = BACKOFF_HALVE,
    REFUSE = BACKOFF_REFUSE,
    STOP = BACKOFF_STOP
};

/* Each row of the table: what the first and the second failure of a kind lead to. */
static void test_the_table(void **state)
{
    (void)state;
    static const struct {
        struct backoff_outcome outcome;
        int acts[2];
    } cases[] = {
        {{.failure = BACKOFF_DROPPED, .reused = true}, {AGAIN, WAIT}},
        {{.failure = BACKOFF_UNREACHABLE, .reused = true}, {AGAIN, WAIT}},
        {{.failure = BACKOFF_DROPPED}, {WAIT, WAIT}},
        {{.failure = BACKOFF_UNREACHABLE}, {WAIT, WAIT}},
        {{.failure = BACKOFF_TIMED_OUT}, {WAIT, WAIT}},
        {{.failure = BACKOFF_TIMED_OUT, .reused = true}, {WAIT, WAIT}},
        {{.failure = BACKOFF_ENDLESS}, {REPEAT, STOP}},
        {{.failure = BACKOFF_BROKEN}, {STOP, STOP}},
        {{.http = 408}, {WAIT, WAIT}},
        {{.http = 425}, {WAIT, WAIT}},
        {{.http = 429}, {WAIT, WAIT}},
        {{.http = 502}, {WAIT, WAIT}},
        {{.http = 503}, {WAIT, WAIT}},
        {{.http = 504}, {WAIT, WAIT}},
        {{.http = 503, .is_loading = true}, {LOAD, LOAD}},
        {{.http = 429, .is_quota = true}, {STOP, STOP}},
        {{.http = 500, .n = 2}, {REPEAT, HALVE}},
        {{.http = 500, .n = 1}, {REPEAT, REFUSE}},
        {{.http = 424, .n = 2}, {REPEAT, HALVE}},
        {{.http = 507, .n = 1}, {REPEAT, REFUSE}},
        {{.http = 200, .n = 2}, {REPEAT, HALVE}},
        {{.http = 200, .n = 2, .is_misfit = true}, {STOP, STOP}},
        {{.http = 400, .n = 2}, {HALVE, HALVE}},
        {{.http = 413, .n = 1}, {REFUSE, REFUSE}},
        {{.http = 422, .n = 2}, {HALVE, HALVE}},
        {{.http = 418, .n = 1}, {REFUSE, REFUSE}},
        {{.http = 401, .n = 2}, {STOP, STOP}},
        {{.http = 403, .n = 2}, {STOP, STOP}},
        {{.http = 404, .n = 2}, {STOP, STOP}},
        {{.http = 405, .n = 2}, {STOP, STOP}},
        {{.http = 501, .n = 2}, {STOP, STOP}},
        {{.http = 301, .n = 2}, {STOP, STOP}},
        {{.http = 204, .n = 2}, {STOP, STOP}},
        {{.http = 0, .n = 2}, {STOP, STOP}},
    };
    struct rng rng;
    rng_init(&rng, 1, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct backoff backoff = {0};
        struct backoff_outcome outcome = cases[i].outcome;
        outcome.retry_after = -1;
        for (size_t t = 0; t < 2; t++) {
            int act = (int)backoff_next(&backoff, &outcome, &rng).act;
            if (act != cases[i].acts[t])
                print_error("case %zu, failure %zu\n", i, t + 1);
            assert_int_equal(act, cases[i].acts[t]);
        }
    }
}

static void test_waits_grow_and_end(void **state)
{
    (void)state;
    static const double most[] = {0.5, 1, 2, 4, 8};
    double longest[5] = {0};
    struct rng rng;
    rng_init(&rng, 1, 0);
    const struct backoff_outcome outcome = {.http = 503, .retry_after = -1};
    for (size_t turn = 0; turn < 200; turn++) {
        struct backoff backoff = {0};
        for (size_t t = 0; t < 5; t++) {
            struct backoff_step step = backoff_next(&backoff, &outcome, &rng);
            assert_int_equal(step.act, BACKOFF_WAIT);
            assert_true(step.seconds >= 0 && step.seconds <= most[t]);
            longest[t] = step.seconds > longest[t] ? step.seconds : longest[t];
        }
        assert_int_equal(backoff_next(&backoff, &outcome, &rng).act, BACKOFF_STOP);
    }
    for (size_t t = 0; t < 5; t++)
        assert_true(longest[t] > 0.9 * most[t]); /* full jitter: up to the whole of it */
}

static void test_the_server_may_say_when(void **state)
{
    (void)state;
    static const double cases[][2] = {{0, 0}, {3, 3}, {120, 120}, {86400, 120}};
    struct rng rng;
    rng_init(&rng, 1, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct backoff backoff = {0};
        const struct backoff_outcome outcome = {.http = 429, .retry_after = cases[i][0]};
        struct backoff_step step = backoff_next(&backoff, &outcome, &rng);
        assert_int_equal(step.act, BACKOFF_WAIT);
        assert_true(step.seconds == cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_table),
        cmocka_unit_test(test_waits_grow_and_end),
        cmocka_unit_test(test_the_server_may_say_when),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
