/* endpoint_run.c and endpoint_answer.c: every way in which a server fails, and what the client makes of it. */
#include "served.h"

#include <math.h>
#include <time.h>

#include "base/clock.h"

enum { N = 4 };

static const char *const words[N] = {"alpha", "bravo, a longer one", "charlie", "delta"};

static enum status embed(struct endpoint *endpoint, float *rows, bool *failed,
                         struct error *err)
{
    struct endpoint_text texts[N];
    for (size_t i = 0; i < N; i++)
        texts[i] = only_prompt(words[i]);
    for (size_t i = 0; i < N * WIDTH; i++)
        rows[i] = 7;
    *err = (struct error){0};
    return endpoint_embed(endpoint, texts, N, rows, failed, err);
}

static void assert_all_rows(const float *rows)
{
    for (size_t i = 0; i < N; i++)
        assert_row(rows + i * WIDTH, words[i]);
}

static void assert_no_rows(const float *rows)
{
    for (size_t i = 0; i < N * WIDTH; i++)
        assert_true(isnan(rows[i]));
}

/* What passes: the vectors come in the end, after so many requests. The first one is that of the
 * fingerprint. */
static void test_failures_that_pass(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum step script[8];
        size_t n_steps, n_posts;
    } cases[] = {
        {"well", {WELL}, 1, 2},
        {"shuffled", {SHUFFLED, SHUFFLED}, 2, 2},
        {"503 then 200", {WELL, UNAVAILABLE}, 2, 3},
        {"503 at once", {UNAVAILABLE, UNAVAILABLE}, 2, 4},
        {"429", {WELL, LATER, LATER}, 3, 4},
        {"502 with a page", {WELL, PAGE}, 2, 3},
        {"500 once", {WELL, SICK}, 2, 3},
        {"cut", {WELL, CUT}, 2, 3},
        {"hung up, on the second request of a connection", {WELL, HANG_UP}, 2, 3},
        {"too few once", {WELL, TOO_FEW}, 2, 3},
        {"twice once", {WELL, TWICE}, 2, 3},
        {"NaN once", {WELL, NOT_A_NUMBER}, 2, 3},
        {"null once", {WELL, NULL_ENTRY}, 2, 3},
        {"zeros once", {WELL, ZEROS}, 2, 3},
        {"empty once", {WELL, EMPTY}, 2, 3},
        {"endless once", {WELL, ENDLESS}, 2, 3},
        {"500 twice: halves", {WELL, SICK, SICK}, 3, 5},
        {"five of six tries", {WELL, PAGE, CUT, LATER, UNAVAILABLE, HANG_UP}, 6, 7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct served served;
        struct error err;
        float rows[N * WIDTH];
        served_start(&served, cases[i].script, cases[i].n_steps);
        struct endpoint *endpoint = served_open(&served);
        enum status status = embed(endpoint, rows, NULL, &err);
        if (status || atomic_load(&served.n_posts) != cases[i].n_posts)
            print_error("%s: %zu requests, %s\n", cases[i].name,
                        atomic_load(&served.n_posts), status ? err.message : "ok");
        assert_int_equal(status, STATUS_OK);
        assert_int_equal(atomic_load(&served.n_posts), cases[i].n_posts);
        assert_all_rows(rows);
        endpoint_free(endpoint);
        served_stop(&served);
    }
}

/* What does not: an error that says why, after so many requests at most, and not one row. */
static void test_failures_that_stay(void **state)
{
    (void)state;
    static const struct {
        enum step step; /* from the first request after the fingerprint's on */
        enum status status;
        const char *says;
        size_t most;
    } cases[] = {
        {UNAVAILABLE, STATUS_IO, "the server answers 503: busy", 6},
        {LATER, STATUS_IO, "the server answers 429: slow down", 6},
        {QUOTA, STATUS_IO, "You exceeded your current quota", 1},
        {PAGE, STATUS_IO, "502: <html><h1>502 Bad [31m Gateway", 6},
        {CUT, STATUS_IO, "", 7},
        {SICK, STATUS_IO, "the server answers 500: it hurts", 12},
        {TOO_FEW, STATUS_FORMAT, "vectors for", 12},
        {TWICE, STATUS_FORMAT, "", 12},
        {NOT_A_NUMBER, STATUS_FORMAT, "not valid JSON", 12},
        {NULL_ENTRY, STATUS_NUMERIC, "value 16 is not a finite number", 12},
        {ZEROS, STATUS_NUMERIC, "all its values are 0", 12},
        {OTHER_WIDTH, STATUS_SHAPE, "it has 17 values, expected 16", 1},
        {EMPTY, STATUS_FORMAT, "the reply is empty", 12},
        {ENDLESS, STATUS_IO, "the reply is larger than vectors can be", 2},
        {REDIRECT, STATUS_IO, "it redirects elsewhere (302)", 1},
        {UNKNOWN_KEY, STATUS_IO, "the server answers 401: Invalid API Key: ***", 1},
        {UNIT, STATUS_NUMERIC, "normalises its vectors now", 1},
    };
    setenv("MICROSCOPE_API_KEY", "sk-secret-42", 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum step script[32] = {WELL};
        for (size_t s = 1; s < 32; s++)
            script[s] = cases[i].step;
        struct served served;
        struct error err;
        float rows[N * WIDTH];
        served_start(&served, script, 32);
        struct endpoint *endpoint = served_open(&served);
        enum status status = embed(endpoint, rows, NULL, &err);
        size_t n_posts = atomic_load(&served.n_posts) - 1;
        if (status != cases[i].status || !strstr(err.message, cases[i].says) ||
            n_posts > cases[i].most)
            print_error("case %zu: %zu requests, %s\n", i, n_posts, err.message);
        assert_int_equal(status, cases[i].status);
        assert_non_null(strstr(err.message, cases[i].says));
        assert_non_null(strstr(err.message, "/v1/embeddings' (model 'tiny'): "));
        assert_null(strstr(err.message, "secret"));
        assert_in_range(n_posts, 1, cases[i].most);
        assert_no_rows(rows);
        assert_int_equal(atomic_load(&served.n_elsewhere), 0);
        endpoint_free(endpoint);
        served_stop(&served);
    }
    unsetenv("MICROSCOPE_API_KEY");
}

static void test_a_stalled_server_is_left(void **state)
{
    (void)state;
    static const enum step script[] = {WELL, STALL};
    struct served served;
    struct error err;
    float rows[N * WIDTH];
    served_start(&served, script, 2);
    served.options.bulk_seconds = 0.2;
    struct endpoint *endpoint = served_open(&served);
    assert_int_equal(embed(endpoint, rows, NULL, &err), STATUS_OK);
    assert_all_rows(rows);
    assert_int_equal(atomic_load(&served.n_posts), 3);
    endpoint_free(endpoint);
    served_stop(&served);
}

/* A server that took a tenth of a second for the fingerprint has longer for more. */
static void test_a_slow_server_has_more_time(void **state)
{
    (void)state;
    static const enum step script[] = {SLOW, SLOWER};
    struct served served;
    struct error err;
    static char long_text[1200];
    float rows[2 * WIDTH];
    memset(long_text, 'x', sizeof long_text - 1);
    const struct endpoint_text texts[] = {only_prompt(long_text), only_prompt("short")};
    served_start(&served, script, 2);
    served.options.bulk_seconds = 0.2;
    struct endpoint *endpoint = served_open(&served);
    assert_int_equal(endpoint_embed(endpoint, texts, 2, rows, NULL, &err), STATUS_OK);
    assert_row(rows, long_text);
    assert_int_equal(atomic_load(&served.n_posts), 2);
    endpoint_free(endpoint);
    served_stop(&served);
}

static void test_a_model_that_is_being_loaded_is_waited_for(void **state)
{
    (void)state;
    static const enum step script[] = {LOADING, WELL, LOADING};
    struct served served;
    struct error err;
    float rows[N * WIDTH];
    served_start(&served, script, 3);
    atomic_store(&served.loading, 12); /* more than the six tries of other failures */
    struct endpoint *endpoint = served_open(&served);
    assert_int_equal(embed(endpoint, rows, NULL, &err), STATUS_OK);
    assert_all_rows(rows);
    assert_int_equal(atomic_load(&served.n_posts), 4);
    assert_int_equal(atomic_load(&served.n_healths), 12 + 2);
    endpoint_free(endpoint);
    served_stop(&served);
}

static void test_loading_has_an_end(void **state)
{
    (void)state;
    static const enum step script[] = {LOADING};
    struct served served;
    struct error err;
    served_start(&served, script, 1);
    atomic_store(&served.loading, 1000000);
    struct endpoint *endpoint = served_open(&served);
    assert_int_equal(endpoint_connect(endpoint, &err), STATUS_IO);
    assert_non_null(strstr(err.message, "has been loading its model for 300 seconds"));
    endpoint_free(endpoint);
    served_stop(&served);
}

/* A connection that the server has closed meanwhile costs nothing but another one. */
static void test_a_dead_connection(void **state)
{
    (void)state;
    static const enum step script[] = {WELL, HANG_UP};
    struct served served;
    struct error err;
    float rows[N * WIDTH];
    served_start(&served, script, 2);
    served.options.hurry = 0.001; /* a wait would take minutes */
    struct endpoint *endpoint = served_open(&served);
    assert_int_equal(embed(endpoint, rows, NULL, &err), STATUS_OK);
    assert_all_rows(rows);
    assert_int_equal(server_connections(served.server), 2);
    endpoint_free(endpoint);
    served_stop(&served);
}

static void test_nobody_is_there(void **state)
{
    (void)state;
    struct served served;
    struct error err;
    served_start(&served, NULL, 0);
    struct endpoint *endpoint = served_open(&served);
    served_stop(&served);
    assert_int_equal(endpoint_connect(endpoint, &err), STATUS_NOT_FOUND);
    assert_non_null(strstr(err.message, "onnect"));
    endpoint_free(endpoint);

    /* Who waits for one text is told at once. */
    float row[WIDTH];
    const struct endpoint_text text = only_prompt("typed");
    served.options.hurry = 0.001;
    endpoint = endpoint_open("http://127.0.0.1:1#tiny", &served.options, NULL, &err);
    assert_non_null(endpoint);
    assert_int_equal(endpoint_embed(endpoint, &text, 1, row, NULL, &err), STATUS_NOT_FOUND);
    endpoint_free(endpoint);
}

/* ---- a bad text among good ones ---- */

static void test_a_bad_text_is_found_and_the_others_kept(void **state)
{
    (void)state;
    struct served served;
    struct error err;
    float rows[N * WIDTH];
    bool failed[N];
    served_start(&served, NULL, 0);
    served.bad = "charlie";
    struct endpoint *endpoint = served_open(&served);
    assert_int_equal(embed(endpoint, rows, failed, &err), STATUS_OK);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(failed[i], i == 2);
        if (i == 2)
            assert_true(isnan(rows[i * WIDTH]));
        else
            assert_row(rows + i * WIDTH, words[i]);
    }
    assert_int_equal(embed(endpoint, rows, NULL, &err), STATUS_IO);
    assert_non_null(strstr(err.message, "text 3 of 4: the server answers 400: the input is "
                                        "too long"));
    assert_no_rows(rows);
    endpoint_free(endpoint);
    served_stop(&served);
}

/* Of 64 texts one is bad: found in log2(64) halvings, not by asking for each. */
static void test_halving_is_quick(void **state)
{
    (void)state;
    enum { MANY = 64 };
    struct served served;
    struct error err;
    static float rows[MANY * WIDTH];
    bool failed[MANY];
    char names[MANY][32];
    struct endpoint_text texts[MANY];
    served_start(&served, NULL, 0);
    served.bad = "number 37.";
    served.options.batch = MANY;
    for (size_t i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "number %zu.", i);
        texts[i] = only_prompt(names[i]);
    }
    struct endpoint *endpoint = served_open(&served);
    assert_int_equal(endpoint_embed(endpoint, texts, MANY, rows, failed, &err), STATUS_OK);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(failed[i], i == 37);
    assert_row(rows, names[0]);
    assert_in_range(atomic_load(&served.n_posts), 8, 1 + 1 + 2 * 6);
    endpoint_free(endpoint);
    served_stop(&served);
}

/* While batches wait for the only connection, the processor rests. */
static void test_waiting_costs_nothing(void **state)
{
    (void)state;
    static const enum step script[] = {WELL, SICK, SICK, SLOWER, SLOWER};
    struct served served;
    struct error err;
    float rows[N * WIDTH];
    served_start(&served, script, 5);
    struct endpoint *endpoint = served_open(&served);
    clock_t began = clock();
    assert_int_equal(embed(endpoint, rows, NULL, &err), STATUS_OK);
    assert_true((double)(clock() - began) / CLOCKS_PER_SEC < 0.05); /* of 0.6 seconds */
    assert_all_rows(rows);
    endpoint_free(endpoint);
    served_stop(&served);
}

/* When no text at all comes through, it is not the texts: a few tries must be enough. */
static void test_a_server_that_refuses_all(void **state)
{
    (void)state;
    enum { MANY = 400 };
    struct served served;
    struct error err;
    static float rows[MANY * WIDTH];
    static char names[MANY][32];
    static struct endpoint_text texts[MANY];
    served_start(&served, NULL, 0);
    served.bad = "bad";
    for (size_t i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "bad %zu", i);
        texts[i] = only_prompt(names[i]);
    }
    struct endpoint *endpoint = served_open(&served);
    assert_int_equal(endpoint_embed(endpoint, texts, MANY, rows, NULL, &err), STATUS_IO);
    assert_in_range(atomic_load(&served.n_posts), 1, 30);
    endpoint_free(endpoint);
    served_stop(&served);
}

/* ---- stopping ---- */

static void set_cancel(void *self, const struct endpoint_progress *progress)
{
    if (progress->total == N)
        atomic_store(&((struct cancel *)self)->asked, true);
}

static void test_it_can_be_stopped(void **state)
{
    (void)state;
    static const enum step script[] = {WELL, STALL};
    struct served served;
    struct error err;
    float rows[N * WIDTH];
    struct cancel cancel = {false};
    served_start(&served, script, 2);
    served.options.cancel = &cancel;
    served.options.progress = set_cancel;
    served.options.self = &cancel;
    struct endpoint *endpoint = served_open(&served);
    assert_int_equal(embed(endpoint, rows, NULL, &err), STATUS_CANCELLED);
    assert_no_rows(rows);
    endpoint_free(endpoint);
    served_stop(&served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failures_that_pass),
        cmocka_unit_test(test_failures_that_stay),
        cmocka_unit_test(test_a_stalled_server_is_left),
        cmocka_unit_test(test_a_slow_server_has_more_time),
        cmocka_unit_test(test_a_model_that_is_being_loaded_is_waited_for),
        cmocka_unit_test(test_loading_has_an_end),
        cmocka_unit_test(test_a_dead_connection),
        cmocka_unit_test(test_nobody_is_there),
        cmocka_unit_test(test_a_bad_text_is_found_and_the_others_kept),
        cmocka_unit_test(test_halving_is_quick),
        cmocka_unit_test(test_waiting_costs_nothing),
        cmocka_unit_test(test_a_server_that_refuses_all),
        cmocka_unit_test(test_it_can_be_stopped),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
