/* Typed texts by every encoder: the rows of the features, for those that work here and those that do not. */
#include "folder.h"

#include "small.h"

#include "base/memory.h"
#include "server.h"
#include "session/typed.h"

static struct folder folder;
static struct server *server;
static char vectors[200], remote[100], joined[400];
static const char *const names[] = {vectors, remote, joined};

static void answer(struct visit *visit, const struct server_request *request, void *arg)
{
    const struct server_vectors how = {.width = 6};
    (void)arg;
    visit_vectors(visit, request, &how);
}

static struct typed_text text(const char *string)
{
    return (struct typed_text){string, string ? strlen(string) : 0};
}

static void test_gives_the_rows_of_the_features(void **state)
{
    (void)state;
    for (size_t e = 0; e < sizeof names / sizeof *names; e++) {
        struct small small;
        struct error err = {0};
        small_make_by(&small, names[e]);
        const struct features *features = &small.encoding.features;
        struct typed *typed = typed_create(features, &err);
        if (!typed)
            fail_msg("%s", err.message);
        size_t width = typed_width(typed);
        float *row = mem_array(width, sizeof *row);
        for (size_t i = 0; i < SMALL_PAIRS; i++) {
            int32_t p = features->pair_prompt[i], c = features->pair_context[i];
            struct typed_text prompt = text(small_pairs[i].prompt);
            struct typed_text context = text(small_pairs[i].context);
            assert_int_equal(typed_encode(typed, prompt, text(NULL), row, &err), 0);
            assert_memory_equal(row, rows_at(&features->prompt, (size_t)p, 0),
                                width * sizeof *row);
            if (c < 0)
                continue;
            assert_int_equal(typed_encode(typed, prompt, context, row, &err), 0);
            assert_memory_equal(row, rows_at(&features->context, (size_t)c, 0),
                                width * sizeof *row);
        }
        free(row);
        typed_free(typed);
        small_done(&small);
    }
}

/* What a context adds to any prompt, where the encoder can tell; else it is said. */
static void test_context_part(void **state)
{
    (void)state;
    for (size_t e = 0; e < sizeof names / sizeof *names; e++) {
        struct small small;
        struct error err = {0};
        small_make_by(&small, names[e]);
        const struct features *features = &small.encoding.features;
        struct typed *typed = typed_create(features, &err);
        size_t width = typed_width(typed);
        float *part = mem_array(width, sizeof *part);
        enum status status = typed_context_part(typed, text("Keep it short."), part, &err);
        if (e > 0) {
            assert_int_equal(status, STATUS_USAGE);
            assert_non_null(strstr(err.message, "needs the texts of the prompts"));
        } else {
            const float *with =
                rows_at(&features->context, (size_t)features->pair_context[0], 0);
            const float *without =
                rows_at(&features->prompt, (size_t)features->pair_prompt[0], 0);
            assert_int_equal(status, STATUS_OK);
            for (size_t j = 0; j < width; j++)
                assert_near((double)part[j], (double)with[j] - (double)without[j], 1e-6,
                            1e-6);
        }
        free(part);
        typed_free(typed);
        small_done(&small);
    }
}

static int start(void **state)
{
    static const char words[] =
        "the 1 0 2\nkeep 0 2 1\nshort 4 4 0\nstory -1 1 3\nplan 2 2 2\n";
    (void)state;
    folder_make(&folder);
    setenv("XDG_CACHE_HOME", folder.path, 1);
    server = server_start(answer, NULL);
    snprintf(vectors, sizeof vectors, "vectors:%s",
             folder_write(&folder, "v.txt", words, sizeof words - 1));
    snprintf(remote, sizeof remote, "http://127.0.0.1:%d#tiny", server_port(server));
    snprintf(joined, sizeof joined, "surface+%s+%s", vectors, remote);
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
        cmocka_unit_test(test_gives_the_rows_of_the_features),
        cmocka_unit_test(test_context_part),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, start, stop);
}
