#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "encode/address.h"

static void test_good_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum endpoint_profile profile;
        const char *url, *health, *model;
        enum address_form form;
        bool is_https, is_loopback;
    } cases[] = {
        {"http://localhost:8080#m", ENDPOINT_LLAMA, "http://localhost:8080/v1/embeddings",
         "http://localhost:8080/health", "m", ADDRESS_OPENAI, false, true},
        {"https://api.x.com/#text/3-large", ENDPOINT_NONE,
         "https://api.x.com/v1/embeddings", "https://api.x.com/health", "text/3-large",
         ADDRESS_OPENAI, true, false},
        {"http://127.0.0.1:1/v1#m", ENDPOINT_VLLM, "http://127.0.0.1:1/v1/embeddings",
         "http://127.0.0.1:1/health", "m", ADDRESS_OPENAI, false, true},
        {"http://127.0.0.1.evil.com/a/b#m", ENDPOINT_NONE, "http://127.0.0.1.evil.com/a/b",
         "http://127.0.0.1.evil.com/health", "m", ADDRESS_OPENAI, false, false},
        {"http://[::1]:80#m#n", ENDPOINT_TEI, "http://[::1]:80/embed",
         "http://[::1]:80/health", "m#n", ADDRESS_TEI, false, true},
        {"http://h/v1/embeddings#m", ENDPOINT_TEI, "http://h/v1/embeddings",
         "http://h/health", "m", ADDRESS_OPENAI, false, false},
        {"http://h#m", ENDPOINT_OLLAMA, "http://h/api/embed", "http://h/health", "m",
         ADDRESS_OLLAMA, false, false},
        {"http://h/v1/embeddings#m", ENDPOINT_OLLAMA, "http://h/v1/embeddings",
         "http://h/health", "m", ADDRESS_OPENAI, false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct address address;
        struct error err;
        assert_true(address_is(cases[i].text));
        assert_int_equal(address_parse(&address, cases[i].text, cases[i].profile, &err),
                         STATUS_OK);
        assert_string_equal(address.url, cases[i].url);
        assert_string_equal(address.health, cases[i].health);
        assert_string_equal(address.model, cases[i].model);
        assert_int_equal(address.form, cases[i].form);
        assert_int_equal(address.is_https, cases[i].is_https);
        assert_int_equal(address.is_loopback, cases[i].is_loopback);
        address_done(&address);
    }
}

static void test_bad_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"ftp://h#m", "expected http"},
        {"surface", "expected http"},
        {"http://#m", "expected http"},
        {"http://:80#m", "expected http"},
        {"http://h:#m", "expected http"},
        {"http://h:99999#m", "expected http"},
        {"http://[::1#m", "expected http"},
        {"http://h", "the model is missing"},
        {"http://h#", "the model behind '#' is missing"},
        {"http://h/v1", "the model is missing"},
        {"http://h/a?key=1#m", "a query"},
        {"http://h/a b#m", "a character"},
        {"http://h\r\nX: y#m", "a character"},
        {"http://me:secret@h#m", "a user or a password"},
        {"http://secret@h/#m", "a user or a password"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct address address;
        struct error err;
        assert_int_equal(address_parse(&address, cases[i].text, ENDPOINT_NONE, &err),
                         STATUS_USAGE);
        if (!strstr(err.message, cases[i].says))
            print_error("%s: %s\n", cases[i].text, err.message);
        assert_non_null(strstr(err.message, cases[i].says));
        assert_null(strstr(err.message, "secret"));
    }
    char text[4000];
    struct error err;
    struct address address;
    snprintf(text, sizeof text, "http://h/%03500d#m", 0);
    assert_int_equal(address_parse(&address, text, ENDPOINT_NONE, &err), STATUS_USAGE);
    assert_non_null(strstr(err.message, "too long"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_addresses),
        cmocka_unit_test(test_bad_addresses),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
