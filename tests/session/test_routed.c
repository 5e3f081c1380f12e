/* Prompts that carry a typed context, by an encoder that has to read both together. */
#include "folder.h"

#include "small.h"

#include "base/jobs.h"
#include "base/memory.h"
#include "server.h"
#include "session/routed.h"

static struct folder folder;
static struct server *server;
static char remote[100];

static void answer(struct visit *visit, const struct server_request *request, void *arg)
{
    const struct server_vectors how = {.width = 6};
    (void)arg;
    visit_vectors(visit, request, &how);
}

static void test_rows(void **state)
{
    (void)state;
    static const struct typed_text context = {"In verse, please.", 17};
    static const char *const names[] = {remote, "surface"};
    for (size_t e = 0; e < 2; e++) {
        struct small small;
        struct routed routed;
        struct error err = {0};
        small_make_by(&small, names[e]);
        const struct features *features = &small.encoding.features;
        size_t width = features->prompt.n_columns;
        assert_int_equal(routed_wants_texts(features), e == 0);
        if (routed_open(&routed, features, &small.corpus, 0, context, NULL, &err))
            fail_msg("%s", err.message);
        assert_int_equal(routed.features.n_pairs, features->n_pairs);
        assert_ptr_equal(routed.features.chosen.data, features->chosen.data);
        assert_int_equal(routed.features.prompt.n_rows, features->prompt.n_rows);
        struct typed *typed = typed_create(features, &err);
        float *row = mem_array(width, sizeof *row);
        for (size_t i = 0; i < SMALL_PAIRS; i++) {
            struct typed_text prompt = {small_pairs[i].prompt,
                                        strlen(small_pairs[i].prompt)};
            assert_int_equal(typed_encode(typed, prompt, context, row, &err), STATUS_OK);
            assert_memory_equal(
                row, rows_at(&routed.features.prompt, (size_t)features->pair_prompt[i], 0),
                width * sizeof *row);
        }
        free(row);
        typed_free(typed);
        routed_done(&routed);
        small_done(&small);
    }
}

/* Prompts without pairs of the attribute stay as they are. */
static void test_other_prompts(void **state)
{
    (void)state;
    static const struct typed_text context = {"In verse, please.", 17};
    struct small small;
    struct routed routed;
    struct error err = {0};
    small_make_by(&small, remote);
    const struct features *features = &small.encoding.features;
    /* "story" is judged of the first prompt alone. */
    assert_int_equal(routed_open(&routed, features, &small.corpus, 1, context, NULL, &err),
                     STATUS_OK);
    size_t bytes = features->prompt.n_columns * sizeof(float);
    assert_memory_not_equal(rows_at(&routed.features.prompt, 0, 0),
                            rows_at(&features->prompt, 0, 0), bytes);
    assert_memory_equal(rows_at(&routed.features.prompt, 1, 0),
                        rows_at(&features->prompt, 1, 0), bytes);
    routed_done(&routed);
    small_done(&small);
}

static void test_refusals(void **state)
{
    (void)state;
    struct small small;
    struct routed routed = {0};
    struct error err = {0};
    small_make_by(&small, remote);
    const struct features *features = &small.encoding.features;
    const struct typed_text bad = {"caf\xe9", 4}, good = {"new words", 9};
    assert_int_equal(routed_open(&routed, features, &small.corpus, 0, bad, NULL, &err),
                     STATUS_USAGE);
    struct features fewer = *features;
    fewer.prompt.n_rows--;
    assert_int_equal(routed_open(&routed, &fewer, &small.corpus, 0, good, NULL, &err),
                     STATUS_SHAPE);
    struct cancel cancel = {true};
    const struct encoder_watch watch = {.cancel = &cancel};
    assert_int_equal(routed_open(&routed, features, &small.corpus, 0, good, &watch, &err),
                     STATUS_CANCELLED);
    assert_null(routed.rows);
    struct features unnamed = *features;
    unnamed.metadata = NULL;
    assert_false(routed_wants_texts(&unnamed));
    assert_int_equal(routed_open(&routed, &unnamed, &small.corpus, 0, good, NULL, &err),
                     STATUS_NOT_FOUND);
    small_done(&small);
}

static int start(void **state)
{
    (void)state;
    folder_make(&folder);
    setenv("XDG_CACHE_HOME", folder.path, 1);
    server = server_start(answer, NULL);
    snprintf(remote, sizeof remote, "http://127.0.0.1:%d#tiny", server_port(server));
    return 0;
}

static int stop(void **state)
{
    (void)state;
    server_stop(server);
    folder_remove(&folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_other_prompts),
        cmocka_unit_test(test_refusals),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, start, stop);
}
