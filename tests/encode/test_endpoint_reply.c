#include <float.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "encode/endpoint_reply.h"

static void test_good_replies(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        double tokens;
    } cases[] = {
        {"{\"data\":[{\"index\":0,\"embedding\":[1,2]},{\"index\":1,\"embedding\":[3,-4]}]"
         "}",
         0},
        {"{\"data\":[{\"index\":1,\"embedding\":[3,-4]},{\"index\":0,\"embedding\":[1,2]}],"
         "\"usage\":{\"prompt_tokens\":9}}",
         9},
        {"{\"data\":[{\"index\":0,\"embedding\":\"AACAPwAAAEA=\"},"
         "{\"embedding\":\"AABAQAAAgMA=\",\"index\":1}]}",
         0},
        {"{\"data\":[{\"embedding\":[1,2]},{\"embedding\":[3,-4]}]}", 0},
        {"[[1,2],[3,-4]]", 0},
        {"[{\"index\":0,\"embedding\":[[1,2]]},{\"index\":1,\"embedding\":[[3,-4]]}]", 0},
        {"{\"embeddings\":[[1,2],[3,-4]],\"prompt_eval_count\":5}", 5},
        {" \n[[1,2],[3,-4]]\r\n", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static const float wanted[] = {1, 2, 3, -4};
        struct endpoint_reply reply = {0};
        struct error err = {0};
        enum status status =
            endpoint_reply_read(&reply, cases[i].body, strlen(cases[i].body), 2, &err);
        if (status)
            print_error("case %zu: %s\n", i, err.message);
        assert_int_equal(status, STATUS_OK);
        assert_int_equal(reply.width, 2);
        assert_memory_equal(reply.rows, wanted, sizeof wanted);
        assert_true(reply.tokens == cases[i].tokens);
        endpoint_reply_done(&reply);
    }
}

static void test_bad_replies(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        enum status status;
        const char *says;
        bool is_misfit;
    } cases[] = {
        {"", STATUS_FORMAT, "the reply is empty", false},
        {"<html>", STATUS_FORMAT, "not valid JSON", false},
        {"[[1,2],[3,4]", STATUS_FORMAT, "not valid JSON", false},
        {"[[1,2],[3,NaN]]", STATUS_FORMAT, "not valid JSON", false},
        {"7", STATUS_FORMAT, "no list of vectors", false},
        {"{}", STATUS_FORMAT, "no list of vectors", false},
        {"{\"data\":{}}", STATUS_FORMAT, "no list of vectors", false},
        {"[]", STATUS_FORMAT, "0 vectors for 2 texts", false},
        {"[[1,2]]", STATUS_FORMAT, "1 vectors for 2 texts", false},
        {"[[1,2],[3,4],[5,6]]", STATUS_FORMAT, "3 vectors for 2 texts", false},
        {"[{\"index\":0},{\"index\":1}]", STATUS_FORMAT, "item 1 has no 'embedding'",
         false},
        {"[{\"index\":0,\"embedding\":[1,2]},{\"index\":0,\"embedding\":[1,2]}]",
         STATUS_FORMAT, "index 0 comes twice", false},
        {"[{\"index\":0,\"embedding\":[1,2]},{\"index\":2,\"embedding\":[1,2]}]",
         STATUS_FORMAT, "index 2 is of no text", false},
        {"[{\"index\":-1,\"embedding\":[1,2]},{\"index\":0,\"embedding\":[1,2]}]",
         STATUS_FORMAT, "item 1 has an index that is none", false},
        {"[{\"index\":0.5,\"embedding\":[1,2]},{\"index\":0,\"embedding\":[1,2]}]",
         STATUS_FORMAT, "item 1 has an index that is none", false},
        {"[{\"index\":\"0\",\"embedding\":[1,2]},{\"index\":1,\"embedding\":[1,2]}]",
         STATUS_FORMAT, "item 1 has an index that is none", false},
        {"[[],[]]", STATUS_FORMAT, "its vectors have 0 values", false},
        {"[7,8]", STATUS_FORMAT, "its vectors have 0 values", false},
        {"[[1,2],7]", STATUS_FORMAT, "vector 2 of 2: it is neither", false},
        {"[[1,2],[3,4,5]]", STATUS_SHAPE, "vector 2 of 2: it has 3 values, expected 2",
         true},
        {"[[1,2],[3]]", STATUS_SHAPE, "vector 2 of 2: it has 1 values, expected 2", true},
        {"[[1,2],[3,null]]", STATUS_NUMERIC, "vector 2 of 2: value 2 is not", false},
        {"[[1,2],[3,\"4\"]]", STATUS_NUMERIC, "vector 2 of 2: value 2 is not", false},
        {"[[1,2],[3,1e999]]", STATUS_NUMERIC, "vector 2 of 2: value 2 is not", false},
        {"[[1,2],[3,1e39]]", STATUS_NUMERIC, "vector 2 of 2: value 2 is not", false},
        {"[[1,2],[0,-0]]", STATUS_NUMERIC, "vector 2 of 2: all its values are 0", false},
        {"[\"AACAPwAAAEA=\",\"AACAPw\"]", STATUS_FORMAT, "vector 2 of 2: its base64",
         false},
        {"[\"AACAPwAAAEA=\",\"AACAPwA=\"]", STATUS_FORMAT, "vector 2 of 2: its base64",
         false},
        {"[\"AACAPwAAAEA=\",\"AACAPw==\"]", STATUS_SHAPE, "it has 1 values", true},
        {"[\"AACAPwAAAEA=\",\"AACAPwAAwH8=\"]", STATUS_NUMERIC, "value 2 is not", false},
        {"[\"AAA=\",\"AAA=\"]", STATUS_FORMAT, "its vectors have 0 values", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct endpoint_reply reply = {0};
        struct error err = {0};
        enum status status =
            endpoint_reply_read(&reply, cases[i].body, strlen(cases[i].body), 2, &err);
        if (status != cases[i].status || !strstr(err.message, cases[i].says))
            print_error("case %zu: %s\n", i, err.message);
        assert_int_equal(status, cases[i].status);
        assert_non_null(strstr(err.message, cases[i].says));
        assert_int_equal(reply.is_misfit, cases[i].is_misfit);
        assert_null(reply.rows);
        assert_int_equal(reply.width, 0);
    }
}

static void test_the_wanted_width_holds(void **state)
{
    (void)state;
    struct endpoint_reply reply = {.width = 3};
    struct error err;
    assert_int_equal(endpoint_reply_read(&reply, "[[1,2]]", 7, 1, &err), STATUS_SHAPE);
    assert_true(reply.is_misfit);
    assert_int_equal(reply.width, 3);
}

static void test_messages(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{\"error\":{\"message\":\"m\",\"code\":1}}", "m"},
        {"{\"error\":\"m\"}", "m"},
        {"{\"message\":\"m\"}", "m"},
        {"{\"detail\":\"m\"}", "m"},
        {"{\"detail\":[1]}", "{\"detail\":[1]}"},
        {"", ""},
        {"plain\r\n\x1b[2J", "plain   [2J"},
        {"{\"error\":{\"message\":\"key sk-1 sk-1\"}}", "key *** ***"},
        {"bad sk-1", "bad ***"},
        {"{\"error\":{\"message\":\"\xe2\x80\xae x\"}}", "\\u202e x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[256];
        endpoint_reply_message(cases[i][0], strlen(cases[i][0]), "sk-1", out, sizeof out);
        assert_string_equal(out, cases[i][1]);
    }
    char long_body[1000], out[256];
    memset(long_body, 'x', sizeof long_body);
    endpoint_reply_message(long_body, sizeof long_body, NULL, out, sizeof out);
    assert_in_range(strlen(out), 190, 210);
    endpoint_reply_message(long_body, sizeof long_body, NULL, out, 10);
    assert_int_equal(strlen(out), 9);
}

static void test_states(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        bool is_loading, is_quota;
    } cases[] = {
        {"{\"error\":{\"message\":\"Loading model\",\"code\":503}}", true, false},
        {"{\"error\":\"the model is loading\"}", true, false},
        {"Loading model", false, false},
        {"", false, false},
        {"{\"error\":{\"type\":\"insufficient_quota\"}}", false, true},
        {"{\"error\":{\"code\":\"insufficient_quota\"}}", false, true},
        {"{\"error\":{\"code\":429}}", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length = strlen(cases[i].body);
        assert_int_equal(endpoint_reply_is_loading(cases[i].body, length),
                         cases[i].is_loading);
        assert_int_equal(endpoint_reply_is_quota(cases[i].body, length), cases[i].is_quota);
    }
}

static void test_requests(void **state)
{
    (void)state;
    static const struct {
        enum endpoint_profile profile;
        const char *wanted;
    } cases[] = {
        {ENDPOINT_NONE,
         "{\"model\":\"m\\\"\",\"input\":[\"a\\n\",\"\"],\"encoding_format\":\"base64\"}"},
        {ENDPOINT_TEI,
         "{\"inputs\":[\"a\\n\",\"\"],\"normalize\":false,\"truncate\":false}"},
        {ENDPOINT_OLLAMA,
         "{\"model\":\"m\\\"\",\"input\":[\"a\\n\",\"\"],\"truncate\":false}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct address address;
        struct text body = {0};
        assert_int_equal(address_parse(&address, "http://h#m\"", cases[i].profile, NULL),
                         STATUS_OK);
        endpoint_request_begin(&body, &address);
        endpoint_request_add(&body, (struct encoder_text){"a\n", 2});
        endpoint_request_add(&body, (struct encoder_text){"", 0});
        endpoint_request_end(&body, &address, cases[i].profile);
        assert_string_equal(body.bytes, cases[i].wanted);
        text_done(&body);
        address_done(&address);
    }
    assert_true(endpoint_reply_most(2, 4) == 2 * (64 + 128) + 65536);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_replies),
        cmocka_unit_test(test_bad_replies),
        cmocka_unit_test(test_the_wanted_width_holds),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_requests),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
