#include "served.h"

#include <math.h>
#include <unistd.h>

#include "folder.h"
#include "io/json.h"
#include "near.h"

static void test_profiles_and_shapes(void **state)
{
    (void)state;
    static const struct {
        enum endpoint_profile profile;
        const char *path;
        enum server_shape shape;
        const char *asks, *asks_not;
    } cases[] = {
        {ENDPOINT_NONE, "", SERVER_BASE64, "\"encoding_format\":\"base64\"", "normalize"},
        {ENDPOINT_NONE, "/v1", SERVER_NUMBERS, "\"model\":\"tiny\"", "normalize"},
        {ENDPOINT_LLAMA, "/v1/embeddings", SERVER_BASE64, "\"embd_normalize\":-1", "trunc"},
        {ENDPOINT_LLAMA, "/embedding", SERVER_NESTED, "\"embd_normalize\":-1", "trunc"},
        {ENDPOINT_VLLM, "", SERVER_BASE64, "\"use_activation\":false", "normalize"},
        {ENDPOINT_VLLM_OLD, "", SERVER_BASE64, "\"normalize\":false", "activation"},
        {ENDPOINT_TEI, "", SERVER_BARE, "\"truncate\":false", "model"},
        {ENDPOINT_TEI, "/v1/embeddings", SERVER_NUMBERS, "\"model\":\"tiny\"", "truncate"},
        {ENDPOINT_OLLAMA, "", SERVER_OLLAMA, "\"truncate\":false", "encoding_format"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct served served;
        struct error err;
        float rows[2 * WIDTH];
        const struct endpoint_text texts[] = {only_prompt("one \"two\"\n\t"),
                                              only_prompt("three")};
        served_start(&served, NULL, 0);
        served.options.profile = cases[i].profile;
        served.how.shape = cases[i].shape;
        struct endpoint *endpoint = endpoint_open(served_address(&served, cases[i].path),
                                                  &served.options, NULL, &err);
        assert_non_null(endpoint);
        assert_int_equal(endpoint_embed(endpoint, texts, 2, rows, NULL, &err), STATUS_OK);
        assert_row(rows, "one \"two\"\n\t");
        assert_row(rows + WIDTH, "three");
        assert_int_equal(endpoint_width(endpoint), WIDTH);
        assert_false(endpoint_is_unit(endpoint));
        assert_null(endpoint_warning(endpoint));
        endpoint_free(endpoint);
        served_stop(&served);
        assert_non_null(strstr(served.body, cases[i].asks));
        assert_null(strstr(served.body, cases[i].asks_not));
    }
}

static void test_templates_are_sent(void **state)
{
    (void)state;
    struct served served;
    struct error err;
    float row[WIDTH];
    const struct endpoint_text text = {{" Hi ", 4}, {"short", 5}, {"Hello", 5}};
    served_start(&served, NULL, 0);
    served.options.template = "llama-3";
    struct endpoint *endpoint = served_open(&served);
    assert_int_equal(endpoint_embed(endpoint, &text, 1, row, NULL, &err), STATUS_OK);
    assert_row(row, "<|start_header_id|>user<|end_header_id|>\n\nHi \n\nshort<|eot_id|>"
                    "<|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|>");
    endpoint_free(endpoint);
    served_stop(&served);
}

/* Bytes that are no UTF-8, and NUL, go out as what JSON can carry. */
static void test_any_bytes_are_a_text(void **state)
{
    (void)state;
    struct served served;
    struct error err;
    float rows[2 * WIDTH];
    const struct endpoint_text texts[] = {{.prompt = {"a\xff\x01z", 4}},
                                          {.prompt = {"", 0}}};
    served_start(&served, NULL, 0);
    struct endpoint *endpoint = served_open(&served);
    assert_int_equal(endpoint_embed(endpoint, texts, 2, rows, NULL, &err), STATUS_OK);
    assert_row(rows + WIDTH, "");
    endpoint_free(endpoint);
    served_stop(&served);
    assert_non_null(strstr(served.body, "\"a\xef\xbf\xbd\\u0001z\""));
}

static void make_texts(struct endpoint_text *texts, char (*names)[48], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        snprintf(names[i], 48, "text %zu %.*s", i, (int)(i % 23),
                 "and some more of it to read");
        texts[i] = only_prompt(names[i]);
    }
}

static void test_batches_and_connections(void **state)
{
    (void)state;
    enum { MANY = 300 };
    static float rows[MANY * WIDTH];
    static char names[MANY][48];
    static struct endpoint_text texts[MANY];
    static const struct {
        size_t batch, budget, jobs, largest, n_posts;
    } cases[] = {
        {0, 0, 1, 32, 1 + 10},
        {7, 0, 3, 8, 2 + 43}, /* the fingerprint's eight texts take two */
        {1, 0, 4, 1, 8 + 300},
        {100, 40, 2, 13, 0}, /* a budget of tokens: 40, where the shortest text has 3 */
    };
    make_texts(texts, names, MANY);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct served served;
        struct error err;
        served_start(&served, NULL, 0);
        served.options.batch = cases[i].batch;
        served.options.token_budget = cases[i].budget;
        served.options.jobs = cases[i].jobs;
        struct endpoint *endpoint = served_open(&served);
        assert_int_equal(endpoint_embed(endpoint, texts, MANY, rows, NULL, &err),
                         STATUS_OK);
        for (size_t t = 0; t < MANY; t++)
            assert_row(rows + t * WIDTH, names[t]);
        assert_in_range(atomic_load(&served.largest), 1, cases[i].largest);
        if (cases[i].n_posts)
            assert_int_equal(atomic_load(&served.n_posts), cases[i].n_posts);
        assert_in_range(server_connections(served.server), 1, cases[i].jobs);
        endpoint_free(endpoint);
        served_stop(&served);
    }
}

static void test_equal_texts_are_sent_once(void **state)
{
    (void)state;
    enum { MANY = 100 };
    static float rows[MANY * WIDTH];
    struct endpoint_text texts[MANY];
    struct served served;
    struct error err;
    served_start(&served, NULL, 0);
    for (size_t i = 0; i < MANY; i++)
        texts[i] = only_prompt(i % 2 ? "odd" : "even");
    struct endpoint *endpoint = served_open(&served);
    assert_int_equal(endpoint_embed(endpoint, texts, MANY, rows, NULL, &err), STATUS_OK);
    for (size_t i = 0; i < MANY; i++)
        assert_row(rows + i * WIDTH, i % 2 ? "odd" : "even");
    assert_int_equal(atomic_load(&served.n_posts), 2);
    endpoint_free(endpoint);
    served_stop(&served);
    const char *odd = strstr(served.body, "\"odd\"");
    assert_non_null(odd);
    assert_null(strstr(odd + 1, "\"odd\""));
}

/* ---- the cache ---- */

static struct endpoint_progress last;

static void remember(void *self, const struct endpoint_progress *progress)
{
    (void)self;
    last = *progress;
}

static void test_a_broken_run_resumes(void **state)
{
    (void)state;
    enum { MANY = 200 };
    static float rows[MANY * WIDTH];
    static char names[MANY][48];
    static struct endpoint_text texts[MANY];
    static const enum step script[] = {WELL, WELL, WELL, WELL, QUOTA};
    struct served served;
    struct folder folder;
    struct error err;
    folder_make(&folder);
    make_texts(texts, names, MANY);
    served_start(&served, script, 5);
    served.options.no_cache = false;
    served.options.cache = folder_path(&folder, "deep/in/it");
    served.options.progress = remember;
    struct endpoint *endpoint = served_open(&served);
    assert_int_equal(endpoint_embed(endpoint, texts, MANY, rows, NULL, &err), STATUS_IO);
    endpoint_free(endpoint);
    assert_int_equal(atomic_load(&served.n_posts), 5);

    endpoint = served_open(&served);
    assert_int_equal(endpoint_embed(endpoint, texts, MANY, rows, NULL, &err), STATUS_OK);
    assert_null(endpoint_warning(endpoint));
    for (size_t t = 0; t < MANY; t++)
        assert_row(rows + t * WIDTH, names[t]);
    assert_int_equal(last.cached, 3 * 32);
    assert_int_equal(last.done, MANY);
    assert_int_equal(last.total, MANY);
    assert_true(last.tokens > MANY);
    assert_int_equal(atomic_load(&served.n_posts), 5 + 1 + 4); /* 104 of 200 in 4 */

    /* And once more, without a request but the fingerprint's. */
    assert_int_equal(endpoint_embed(endpoint, texts, MANY, rows, NULL, &err), STATUS_OK);
    assert_row(rows, names[0]);
    assert_int_equal(atomic_load(&served.n_posts), 10);
    assert_int_equal(last.cached, MANY);
    endpoint_free(endpoint);
    served_stop(&served);
    folder_remove(&folder);
}

/* A server that changes its model gets another cache, and the old one with the old model. */
static void test_another_model_at_the_address(void **state)
{
    (void)state;
    struct served served;
    struct folder folder;
    struct error err;
    float row[WIDTH];
    const struct endpoint_text text = only_prompt("hello");
    folder_make(&folder);
    served_start(&served, NULL, 0);
    served.options.no_cache = false;
    served.options.cache = folder.path;
    for (size_t i = 0; i < 4; i++) {
        served.how.is_unit = i % 2; /* another encoder, and the first again */
        struct endpoint *endpoint = served_open(&served);
        assert_int_equal(endpoint_embed(endpoint, &text, 1, row, NULL, &err), STATUS_OK);
        double square = 0;
        for (size_t j = 0; j < WIDTH; j++)
            square += (double)row[j] * (double)row[j];
        assert_int_equal(fabs(square - 1) < 1e-4, i % 2);
        endpoint_free(endpoint);
        /* fingerprint and text of two encoders, then the fingerprint alone */
        assert_int_equal(atomic_load(&served.n_posts), i < 2 ? 2 * (i + 1) : 3 + i);
    }
    assert_int_equal(folder_each(folder.path, NULL), 4);
    served_stop(&served);
    folder_remove(&folder);
}

static void test_without_a_place_for_the_cache_it_goes_on(void **state)
{
    (void)state;
    struct served served;
    struct folder folder;
    struct error err;
    float row[WIDTH];
    const struct endpoint_text text = only_prompt("hello");
    folder_make(&folder);
    folder_write(&folder, "file", "", 0);
    served_start(&served, NULL, 0);
    served.options.no_cache = false;
    served.options.cache = folder_path(&folder, "file/below");
    struct endpoint *endpoint = served_open(&served);
    assert_int_equal(endpoint_embed(endpoint, &text, 1, row, NULL, &err), STATUS_OK);
    assert_row(row, "hello");
    assert_non_null(strstr(endpoint_warning(endpoint), "vectors are not kept"));
    endpoint_free(endpoint);
    served_stop(&served);
    folder_remove(&folder);
}

/* ---- unit vectors ---- */

static void test_unit_vectors(void **state)
{
    (void)state;
    struct served served;
    struct error err;
    float row[WIDTH], gain[WIDTH];
    const struct endpoint_text text = only_prompt("hello");
    served_start(&served, NULL, 0);
    served.how.is_unit = true;
    struct endpoint *endpoint = served_open(&served);
    assert_int_equal(endpoint_embed(endpoint, &text, 1, row, NULL, &err), STATUS_OK);
    assert_true(endpoint_is_unit(endpoint));
    assert_non_null(strstr(endpoint_warning(endpoint), "normalises its vectors"));
    endpoint_free(endpoint);

    served.options.expect_raw = true;
    endpoint = served_open(&served);
    assert_int_equal(endpoint_connect(endpoint, &err), STATUS_FAILED);
    assert_non_null(strstr(err.message, "normalises its vectors to length 1"));
    endpoint_free(endpoint);

    /* With the gain w of the norm, the state y comes back: v = y / |y|, |y ./ w|^2 = D. */
    float wanted[WIDTH];
    double square = 0;
    server_vector("hello", 5, wanted, WIDTH);
    for (size_t i = 0; i < WIDTH; i++) {
        gain[i] = i % 2 ? 0.5f : 1.25f;
        square += pow((double)wanted[i] / (double)gain[i], 2);
    }
    for (size_t i = 0; i < WIDTH; i++)
        wanted[i] *= (float)sqrt(WIDTH / square);
    served.options.gain = gain;
    served.options.n_gain = WIDTH;
    endpoint = served_open(&served);
    assert_int_equal(endpoint_embed(endpoint, &text, 1, row, NULL, &err), STATUS_OK);
    for (size_t i = 0; i < WIDTH; i++)
        assert_near((double)row[i], (double)wanted[i], 1e-5, 1e-6);
    assert_null(endpoint_warning(endpoint));
    endpoint_free(endpoint);

    served.options.n_gain = WIDTH - 1;
    endpoint = served_open(&served);
    assert_int_equal(endpoint_connect(endpoint, &err), STATUS_SHAPE);
    assert_non_null(strstr(err.message, "the gain has 15 values"));
    endpoint_free(endpoint);
    served_stop(&served);
}

/* ---- settings ---- */

static struct json *settings_of(const struct endpoint *endpoint)
{
    struct json *settings = json_object();
    endpoint_settings(endpoint, settings);
    return settings;
}

static void test_settings_make_the_same_again(void **state)
{
    (void)state;
    struct served served;
    struct error err;
    float row[WIDTH];
    const struct endpoint_text text = {.prompt = {"hello", 5}};
    setenv("MICROSCOPE_API_KEY", "sk-secret-42", 1);
    served_start(&served, NULL, 0);
    served.options.template = "chatml";
    served.options.profile = ENDPOINT_LLAMA;
    struct endpoint *endpoint = served_open(&served);
    assert_int_equal(endpoint_connect(endpoint, &err), STATUS_OK);
    struct json *settings = settings_of(endpoint);
    endpoint_free(endpoint);
    char *written = json_write(settings, false);
    assert_null(strstr(written, "secret"));
    assert_non_null(strstr(written, "\"address\":\"http://127.0.0.1:"));
    assert_non_null(strstr(written, "/v1/embeddings#tiny\""));

    /* The options of the first time are not given again. */
    served.options.template = NULL;
    served.options.profile = ENDPOINT_NONE;
    const char *address = json_text(json_get(settings, "address"));
    endpoint = endpoint_open(address, &served.options, settings, &err);
    assert_non_null(endpoint);
    assert_int_equal(endpoint_width(endpoint), WIDTH);
    assert_int_equal(endpoint_embed(endpoint, &text, 1, row, NULL, &err), STATUS_OK);
    assert_row(row, "<|im_start|>user\nhello<|im_end|>\n");
    struct json *again = settings_of(endpoint);
    char *rewritten = json_write(again, false);
    assert_string_equal(written, rewritten);
    endpoint_free(endpoint);

    /* Another encoder there is not taken for it. */
    served.how.is_unit = true;
    endpoint = endpoint_open(address, &served.options, settings, &err);
    assert_int_equal(endpoint_embed(endpoint, &text, 1, row, NULL, &err), STATUS_FAILED);
    assert_non_null(strstr(err.message, "it normalises them now"));
    assert_true(isnan(row[0]));
    endpoint_free(endpoint);
    served_stop(&served);
    unsetenv("MICROSCOPE_API_KEY");
    assert_non_null(strstr(served.head, "Authorization: Bearer sk-secret-42\r\n"));
    assert_null(strstr(served.body, "secret"));
    free(written);
    free(rewritten);
    json_free(settings);
    json_free(again);
}

static void test_settings_that_are_none(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "{}",
        "{\"dimension\":0}",
        "{\"dimension\":2}",
        "{\"dimension\":2,\"profile\":\"x\"}",
        "{\"dimension\":2,\"profile\":\"none\",\"template\":\"raw\"}",
        "{\"dimension\":2,\"profile\":\"none\",\"template\":\"t\",\"template.text\":\"\"}",
        "{\"dimension\":2,\"profile\":\"none\",\"template\":\"t\",\"template.text\":"
        "\"{prompt}{response}\",\"gain\":\"!\"}",
        "{\"dimension\":2,\"profile\":\"none\",\"template\":\"t\",\"template.text\":"
        "\"{prompt}{response}\",\"fingerprint\":{\"tokens\":1,\"rows\":\"AAAA\"}}",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        struct json *settings = json_parse(cases[i], strlen(cases[i]), &err);
        assert_non_null(settings);
        assert_null(endpoint_open("http://localhost#m", NULL, settings, &err));
        assert_int_equal(err.status, STATUS_FORMAT);
        json_free(settings);
    }
}

static void test_keys(void **state)
{
    (void)state;
    struct error err;
    setenv("OPENAI_API_KEY", "with space", 1);
    assert_null(endpoint_open("http://localhost#m", NULL, NULL, &err));
    assert_int_equal(err.status, STATUS_USAGE);
    assert_non_null(strstr(err.message, "OPENAI_API_KEY"));
    assert_null(strstr(err.message, "with space"));
    setenv("OPENAI_API_KEY", "new\nline", 1);
    assert_null(endpoint_open("http://localhost#m", NULL, NULL, &err));
    setenv("OPENAI_API_KEY", "good", 1);
    struct endpoint_options options = {.no_cache = true};
    struct endpoint *endpoint = endpoint_open("http://10.0.0.1#m", &options, NULL, &err);
    assert_non_null(endpoint);
    assert_non_null(strstr(endpoint_warning(endpoint),
                           "the key in OPENAI_API_KEY is not sent to 'http://10.0.0.1/"));
    endpoint_free(endpoint);
    setenv("MICROSCOPE_API_KEY", "mine", 1);
    endpoint = endpoint_open("http://10.0.0.1#m", &options, NULL, &err);
    assert_non_null(endpoint);
    assert_non_null(strstr(endpoint_warning(endpoint),
                           "the key in MICROSCOPE_API_KEY goes to 'http://10.0.0.1/"));
    endpoint_free(endpoint);
    unsetenv("MICROSCOPE_API_KEY");
    endpoint = endpoint_open("https://10.0.0.1#m", &options, NULL, &err);
    assert_non_null(endpoint);
    assert_null(endpoint_warning(endpoint));
    endpoint_free(endpoint);
    unsetenv("OPENAI_API_KEY");
    const float gain[] = {1, 0};
    options.gain = gain;
    options.n_gain = 2;
    assert_null(endpoint_open("http://localhost#m", &options, NULL, &err));
    assert_int_equal(err.status, STATUS_USAGE);
}

int main(void)
{
    unsetenv("MICROSCOPE_API_KEY");
    unsetenv("OPENAI_API_KEY");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_profiles_and_shapes),
        cmocka_unit_test(test_templates_are_sent),
        cmocka_unit_test(test_any_bytes_are_a_text),
        cmocka_unit_test(test_batches_and_connections),
        cmocka_unit_test(test_equal_texts_are_sent_once),
        cmocka_unit_test(test_a_broken_run_resumes),
        cmocka_unit_test(test_another_model_at_the_address),
        cmocka_unit_test(test_without_a_place_for_the_cache_it_goes_on),
        cmocka_unit_test(test_unit_vectors),
        cmocka_unit_test(test_settings_make_the_same_again),
        cmocka_unit_test(test_settings_that_are_none),
        cmocka_unit_test(test_keys),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
