#include "near.h"

#include <stdlib.h>
#include <string.h>

#include "encode/encoder.h"
#include "io/json.h"

enum { N = 4 };

static const struct encoder_prompt prompts[N] = {
    {{"Why is the sea salty?", 21}, {NULL, 0}},
    {{"Write a poem about two owls", 27}, {"Be brief.", 9}},
    {{"Why is the sea salty?", 21}, {"Tell it as a funny story", 24}},
    {{"List 3 ports", 12}, {"short, no jokes", 15}},
};
static const struct encoder_response responses[N] = {
    {{"Why is the sea salty?", 21}, {"Rivers carry salt.", 18}},
    {{"Why is the sea salty?", 21},
     {"Perhaps the sea is salty, as rocks dissolve; you see?", 53}},
    {{"Why is the sea salty?", 21}, {"no idea", 7}},
    {{"List 3 ports", 12}, {"- Hull\n- Brest\n- Genoa\n", 23}},
};

static float *encode(struct encoder *encoder, enum encoder_side side)
{
    float *rows = malloc(N * encoder_width(encoder, side) * sizeof *rows);
    assert_non_null(rows);
    if (side == ENCODER_PROMPT)
        assert_int_equal(encoder_prompts(encoder, prompts, N, rows, NULL), STATUS_OK);
    else
        assert_int_equal(encoder_responses(encoder, responses, N, rows, NULL), STATUS_OK);
    return rows;
}

static void test_standardised_afterwards_or_at_once(void **state)
{
    (void)state;
    for (int side = 0; side < ENCODER_SIDES; side++) {
        struct encoder *encoder = encoder_open("surface", NULL, NULL);
        size_t bytes = N * encoder_width(encoder, (enum encoder_side)side) * sizeof(float);
        float *rows = encode(encoder, (enum encoder_side)side);
        float *raw = encode(encoder, (enum encoder_side)side);
        encoder_standardise(encoder, (enum encoder_side)side, rows, N);
        assert_memory_equal(rows, raw, bytes); /* nothing is fitted yet */
        assert_false(encoder_is_fitted(encoder, (enum encoder_side)side));
        const uint32_t training[] = {0, 1, 2};
        assert_int_equal(
            encoder_fit(encoder, (enum encoder_side)side, raw, training, 3, NULL),
            STATUS_OK);
        assert_true(encoder_is_fitted(encoder, (enum encoder_side)side));
        assert_false(encoder_is_fitted(encoder, (enum encoder_side) !side));
        encoder_standardise(encoder, (enum encoder_side)side, rows, N);
        float *again = encode(encoder, (enum encoder_side)side);
        assert_memory_equal(rows, again, bytes);
        assert_memory_not_equal(rows, raw, bytes);
        free(rows);
        free(raw);
        free(again);
        encoder_free(encoder);
    }
}

/* No context is zero after standardisation, too. */
static void test_no_context_stays_zero(void **state)
{
    (void)state;
    struct encoder *encoder = encoder_open("surface", NULL, NULL);
    size_t width = encoder_width(encoder, ENCODER_PROMPT);
    float *rows = encode(encoder, ENCODER_PROMPT);
    encoder_fit(encoder, ENCODER_PROMPT, rows, NULL, N, NULL);
    encoder_standardise(encoder, ENCODER_PROMPT, rows, N);
    for (size_t i = 0; i < width; i++)
        if (strncmp(encoder_feature(encoder, ENCODER_PROMPT, i), "context.", 8) == 0)
            assert_true(rows[i] == 0);
    free(rows);
    encoder_free(encoder);
}

static struct encoder *reopen(const struct encoder *encoder)
{
    struct json *settings = encoder_settings(encoder);
    char *text = json_write(settings, false);
    struct json *parsed = json_parse(text, strlen(text), NULL);
    struct encoder *again = encoder_open(encoder_name(encoder), parsed, NULL);
    assert_non_null(again);
    json_free(settings);
    json_free(parsed);
    free(text);
    return again;
}

static void test_settings_round_trip(void **state)
{
    (void)state;
    struct json *few = json_object();
    json_put_number(few, "version", 1);
    json_put_number(few, "hashed", 7);
    const struct json *cases[] = {NULL, few};
    for (size_t i = 0; i < 2; i++) {
        struct encoder *encoder = encoder_open("surface", cases[i], NULL);
        assert_int_equal(encoder_width(encoder, ENCODER_PROMPT), i ? 51 : 64);
        for (int side = 0; side < ENCODER_SIDES; side++) {
            float *rows = encode(encoder, (enum encoder_side)side);
            encoder_fit(encoder, (enum encoder_side)side, rows, NULL, N, NULL);
            free(rows);
        }
        struct encoder *again = reopen(encoder);
        for (int side = 0; side < ENCODER_SIDES; side++) {
            size_t width = encoder_width(encoder, (enum encoder_side)side);
            assert_int_equal(encoder_width(again, (enum encoder_side)side), width);
            float *first = encode(encoder, (enum encoder_side)side);
            float *second = encode(again, (enum encoder_side)side);
            assert_memory_equal(first, second, N * width * sizeof *first);
            free(first);
            free(second);
        }
        encoder_free(again);
        encoder_free(encoder);
    }
    json_free(few);
}

static void test_refusals(void **state)
{
    (void)state;
    const struct {
        const char *name, *settings;
        enum status status;
        const char *message;
    } cases[] = {
        {"surfaces", NULL, STATUS_NOT_FOUND, "'surfaces'"},
        {"", NULL, STATUS_NOT_FOUND, "'surface'"},
        {"surface", "[]", STATUS_FORMAT, "not a JSON object"},
        {"surface", "{}", STATUS_FORMAT, "'version'"},
        {"surface", "{\"version\": \"1\"}", STATUS_FORMAT, "'version'"},
        {"surface", "{\"version\": 0.5}", STATUS_FORMAT, "'version'"},
        {"surface", "{\"version\": 2}", STATUS_FORMAT, "version 2"},
        {"surface", "{\"version\": 1, \"hashed\": -1}", STATUS_FORMAT, "'hashed'"},
        {"surface", "{\"version\": 1, \"hashed\": 1.5}", STATUS_FORMAT, "'hashed'"},
        {"surface", "{\"version\": 1, \"hashed\": 5000}", STATUS_FORMAT, "0 to 4096"},
        {"surface", "{\"version\": 1, \"prompt\": {\"mean\": [], \"scale\": []}}",
         STATUS_FORMAT, "statistics of 'prompt': 'mean' is not a list of 64 numbers"},
        {"surface", "{\"version\": 1, \"response\": 3}", STATUS_FORMAT, "of 'response'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        const char *text = cases[i].settings;
        struct json *settings = text ? json_parse(text, strlen(text), NULL) : NULL;
        assert_null(encoder_open(cases[i].name, settings, &err));
        assert_int_equal(err.status, cases[i].status);
        assert_non_null(strstr(err.message, cases[i].message));
        json_free(settings);
    }
}

static void test_fit_refuses(void **state)
{
    (void)state;
    struct encoder *encoder = encoder_open("surface", NULL, NULL);
    struct error err = {0};
    float *rows = encode(encoder, ENCODER_RESPONSE);
    assert_int_equal(encoder_fit(encoder, ENCODER_RESPONSE, rows, NULL, 0, &err),
                     STATUS_SHAPE);
    rows[3] = INFINITY;
    assert_int_equal(encoder_fit(encoder, ENCODER_RESPONSE, rows, NULL, 1, &err),
                     STATUS_NUMERIC);
    assert_false(encoder_is_fitted(encoder, ENCODER_RESPONSE));
    free(rows);
    encoder_free(encoder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_standardised_afterwards_or_at_once),
        cmocka_unit_test(test_no_context_stays_zero),
        cmocka_unit_test(test_settings_round_trip),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_fit_refuses),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
