#include "folder.h"
#include "reopened.h"

#include "base/jobs.h"
#include "encode/endpoint.h"
#include "io/safetensors_writer.h"
#include "server.h"

enum { WIDE = 8 };

static struct folder folder;
static struct server_vectors how;

static void answer(struct visit *visit, const struct server_request *request, void *arg)
{
    (void)arg;
    visit_vectors(visit, request, &how);
}

static struct server *start(char address[64])
{
    how = (struct server_vectors){.width = WIDE};
    struct server *server = server_start(answer, NULL);
    snprintf(address, 64, "http://127.0.0.1:%d#tiny", server_port(server));
    return server;
}

static struct encoder *open_well(const char *name, const struct encoder_choices *choices)
{
    struct error err = {0};
    struct encoder *encoder =
        encoder_create(name, &(struct encoder_opening){.choices = choices}, &err);
    if (!encoder)
        fail_msg("%s", err.message);
    return encoder;
}

static void assert_vector(const float *row, const char *text)
{
    float want[WIDE];
    server_vector(text, strlen(text), want, WIDE);
    for (size_t j = 0; j < WIDE; j++)
        assert_near((double)row[j], (double)want[j], 1e-6, 0);
}

static void test_rows(void **state)
{
    (void)state;
    char address[64];
    struct server *server = start(address);
    struct encoder *encoder = open_well(address, NULL);
    float row[WIDE], same[WIDE];
    for (int side = 0; side < ENCODER_SIDES; side++) {
        assert_int_equal(encoder_width(encoder, (enum encoder_side)side), WIDE);
        assert_null(encoder_feature(encoder, (enum encoder_side)side, 0));
    }
    assert_false(encoder_adds_context(encoder));
    assert_null(encoder_warning(encoder));
    encode_prompt(encoder, "Why?", NULL, row);
    assert_vector(row, "Why?");
    encode_prompt(encoder, "Why?", "Be brief.", row);
    assert_vector(row, "Why?\n\nBe brief.");
    encode_response(encoder, "So.", row);
    assert_vector(row, "?\n\nSo.");

    /* Fitting changes nothing: rows are the backbone's. */
    memcpy(same, row, sizeof row);
    same[0] = 1000;
    assert_int_equal(encoder_fit(encoder, ENCODER_RESPONSE, row, NULL, 1, NULL), STATUS_OK);
    encoder_standardise(encoder, ENCODER_RESPONSE, same, 1);
    assert_true(same[0] == 1000 && same[1] == row[1]);

    /* Opened again, the server is asked when there is something to ask. */
    size_t before = server_requests(server);
    struct encoder *again = reopen(encoder, NULL);
    assert_non_null(again);
    assert_int_equal(server_requests(server), before);
    assert_int_equal(encoder_width(again, ENCODER_PROMPT), WIDE);
    encode_response(again, "So.", same);
    assert_memory_equal(same, row, sizeof row);
    assert_true(server_requests(server) > before);
    encoder_free(again);

    /* Another model behind the same address is noticed. */
    how.width = WIDE + 1;
    again = reopen(encoder, NULL);
    struct error err = {0};
    struct encoder_response text = {as_text("?"), as_text("new")};
    float wide[WIDE + 1];
    assert_int_not_equal(encoder_responses(again, &text, 1, wide, &err), STATUS_OK);
    assert_non_null(strstr(err.message, "127.0.0.1"));
    encoder_free(again);
    encoder_free(encoder);
    server_stop(server);
}

static void test_joined(void **state)
{
    (void)state;
    char address[64], name[100];
    struct server *server = start(address);
    snprintf(name, sizeof name, "surface+%s", address);
    struct encoder_choices choices = {.template = "chatml", .batch = 4, .requests = 1};
    struct encoder *encoder = open_well(name, &choices);
    size_t width = encoder_width(encoder, ENCODER_PROMPT);
    float *row = malloc(width * sizeof *row);
    assert_non_null(row);
    encode_prompt(encoder, "Why?", NULL, row);
    assert_vector(row + width - WIDE, "<|im_start|>user\nWhy?<|im_end|>\n");
    assert_false(encoder_adds_context(encoder));
    assert_non_null(encoder_feature(encoder, ENCODER_PROMPT, 0));
    assert_null(encoder_feature(encoder, ENCODER_PROMPT, width - 1));
    free(row);
    encoder_free(encoder);
    server_stop(server);
}

static void write_norm(const char *path, size_t n)
{
    struct safetensors_writer *writer = safetensors_writer_open(path, NULL);
    safetensors_writer_declare(writer, "model.norm.weight", DTYPE_F32, 1, &n);
    safetensors_writer_declare(writer, "other", DTYPE_F32, 1, (const size_t[]){1});
    for (size_t i = 0; i < n + 1; i++)
        safetensors_writer_floats(writer, &(float){2}, 1);
    assert_int_equal(safetensors_writer_commit(writer, NULL), STATUS_OK);
}

/* Unit vectors are told; with the gain they get the length back that RMSNorm gives: here sqrt(D) times 2. */
static void test_unit_vectors(void **state)
{
    (void)state;
    char address[64], norm[256];
    struct server *server = start(address);
    float row[WIDE];
    double squares = 0;
    how.is_unit = true;
    struct encoder *encoder = open_well(address, NULL);
    assert_non_null(strstr(encoder_warning(encoder), "length 1"));
    encoder_free(encoder);
    strcpy(norm, folder_path(&folder, "norm.safetensors"));
    write_norm(norm, WIDE);
    encoder = open_well(address, &(struct encoder_choices){.gain = norm});
    assert_null(encoder_warning(encoder));
    encode_prompt(encoder, "Why?", NULL, row);
    for (size_t j = 0; j < WIDE; j++)
        squares += (double)row[j] * (double)row[j];
    assert_near(squares, 4.0 * WIDE, 1e-5, 0);
    encoder_free(encoder);
    struct error err = {0};
    write_norm(norm, WIDE + 1);
    struct encoder_opening opening = {.choices = &(struct encoder_choices){.gain = norm}};
    assert_null(encoder_create(address, &opening, &err));
    assert_int_equal(err.status, STATUS_SHAPE);
    opening.choices = &(struct encoder_choices){.gain = "/no/such.safetensors"};
    assert_null(encoder_create(address, &opening, &err));
    assert_int_equal(err.status, STATUS_NOT_FOUND);
    server_stop(server);
}

static size_t most;
static void see(void *self, double done, double total)
{
    (void)self;
    assert_true(done <= total);
    most = (size_t)total > most ? (size_t)total : most;
}

static void test_watched(void **state)
{
    (void)state;
    enum { N = 200 };
    char address[64], texts[N][24];
    struct server *server = start(address);
    struct cancel cancel = {false};
    struct encoder_watch watch = {see, NULL, &cancel};
    struct encoder_prompt prompts[N];
    float *rows = malloc(N * WIDE * sizeof *rows);
    assert_non_null(rows);
    struct error err = {0};
    struct encoder *encoder =
        encoder_create(address, &(struct encoder_opening){.watch = &watch}, &err);
    assert_non_null(encoder);
    for (size_t i = 0; i < N; i++) {
        snprintf(texts[i], sizeof texts[i], "watched %zu", i);
        prompts[i] = (struct encoder_prompt){.prompt = as_text(texts[i])};
    }
    assert_int_equal(encoder_prompts(encoder, prompts, N, rows, &err), STATUS_OK);
    assert_vector(rows + (size_t)(N - 1) * WIDE, texts[N - 1]);
    assert_int_equal(most, N);
    atomic_store(&cancel.asked, true);
    struct encoder_prompt other = {.prompt = as_text("something else")};
    assert_int_equal(encoder_prompts(encoder, &other, 1, rows, &err), STATUS_CANCELLED);
    free(rows);
    encoder_free(encoder);
    server_stop(server);
}

static void test_refusals(void **state)
{
    (void)state;
    const struct {
        const char *name, *settings;
        enum status status;
    } cases[] = {
        {"http://", NULL, STATUS_USAGE},
        {"http://127.0.0.1:1", NULL, STATUS_USAGE}, /* no model */
        {"http://user:secret@127.0.0.1#m", NULL, STATUS_USAGE},
        {"http://127.0.0.1:1#m", "{}", STATUS_FORMAT},
        {"http://127.0.0.1:1#m", "{\"remote\": {\"profile\": 7}}", STATUS_FORMAT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        const char *text = cases[i].settings;
        struct json *settings = text ? json_parse(text, strlen(text), NULL) : NULL;
        assert_null(encoder_open(cases[i].name, settings, &err));
        if (err.status != cases[i].status || strstr(err.message, "secret"))
            fail_msg("case %zu: %d, %s", i, err.status, err.message);
        json_free(settings);
    }
    struct error err = {0};
    struct encoder_opening opening = {.choices = &(struct encoder_choices){.batch = 7}};
    assert_null(encoder_create("surface", &opening, &err));
    assert_int_equal(err.status, STATUS_USAGE);
    assert_non_null(strstr(err.message, "'http://HOST#MODEL'"));
}

static void test_unit_vectors_may_be_refused(void **state)
{
    (void)state;
    char address[64];
    struct server *server = start(address);
    struct error err = {0};
    struct encoder_choices choices = {.is_raw = true, .keeps_none = true, .timeout = 5};
    how.is_unit = true;
    assert_null(
        encoder_create(address, &(struct encoder_opening){.choices = &choices}, &err));
    assert_int_equal(err.status, STATUS_FAILED);
    assert_non_null(strstr(err.message, "normalises its vectors"));
    how.is_unit = false;
    encoder_free(open_well(address, &choices));
    server_stop(server);
}

/* The command's list of profiles is in this order. */
static void test_profiles(void **state)
{
    (void)state;
    static const char *const names[ENDPOINT_PROFILES] = {"none",     "llama", "vllm",
                                                         "vllm-old", "tei",   "ollama"};
    for (int i = 0; i < ENDPOINT_PROFILES; i++)
        assert_string_equal(endpoint_profile_name((enum endpoint_profile)i), names[i]);
}

static int make_folder(void **state)
{
    (void)state;
    folder_make(&folder);
    setenv("XDG_CACHE_HOME", folder.path, 1);
    unsetenv("http_proxy");
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    folder_remove(&folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_joined),
        cmocka_unit_test(test_unit_vectors),
        cmocka_unit_test(test_watched),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_unit_vectors_may_be_refused),
        cmocka_unit_test(test_profiles),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
