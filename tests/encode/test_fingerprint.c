#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "encode/fingerprint.h"
#include "io/json.h"

enum { WIDTH = 12 };

static struct fingerprint make(void)
{
    struct rng rng;
    struct fingerprint made = {WIDTH, 100,
                               malloc(FINGERPRINT_TEXTS * WIDTH * sizeof(float))};
    assert_non_null(made.rows);
    rng_init(&rng, 5, 0);
    for (size_t i = 0; i < FINGERPRINT_TEXTS * WIDTH; i++)
        made.rows[i] = (float)(3 * rng_normal(&rng));
    return made;
}

static void scale(struct fingerprint *fingerprint, size_t text, double by)
{
    for (size_t i = 0; i < WIDTH; i++)
        fingerprint->rows[text * WIDTH + i] *= (float)by;
}

static void normalise(struct fingerprint *fingerprint)
{
    for (size_t t = 0; t < FINGERPRINT_TEXTS; t++) {
        double square = 0;
        for (size_t i = 0; i < WIDTH; i++)
            square += pow((double)fingerprint->rows[t * WIDTH + i], 2);
        scale(fingerprint, t, 1 / sqrt(square));
    }
}

static void test_texts_differ(void **state)
{
    (void)state;
    for (size_t i = 0; i < FINGERPRINT_TEXTS; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(fingerprint_text(i), fingerprint_text(j));
}

static void test_what_differs_is_named(void **state)
{
    (void)state;
    static const struct {
        int change;
        enum status status;
        const char *says;
    } cases[] = {
        {0, STATUS_OK, ""},
        {1, STATUS_OK, ""}, /* 0.5 % longer */
        {2, STATUS_FAILED, "1.02 times as long"},
        {3, STATUS_FAILED, "it normalises them now"},
        {4, STATUS_FAILED, "it is another encoder"},
        {5, STATUS_FAILED, "it counts 101 tokens"},
        {6, STATUS_OK, ""}, /* does not count */
        {7, STATUS_SHAPE, "its vectors have 11 values, expected 12"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fingerprint before = make(), now = make();
        struct error err = {0};
        switch (cases[i].change) {
        case 1:
            scale(&now, 3, 1.005);
            break;
        case 2:
            scale(&now, 3, 1.02);
            break;
        case 3:
            normalise(&now);
            break;
        case 4:
            now.rows[7 * WIDTH] += 1;
            break;
        case 5:
            now.tokens = 101;
            break;
        case 6:
            now.tokens = 0;
            break;
        case 7:
            now.width = WIDTH - 1;
            break;
        default:
            break;
        }
        assert_int_equal(fingerprint_compare(&now, &before, &err), cases[i].status);
        assert_non_null(strstr(err.message, cases[i].says));
        fingerprint_done(&before);
        fingerprint_done(&now);
    }
}

static void test_unit(void **state)
{
    (void)state;
    struct fingerprint made = make();
    assert_false(fingerprint_is_unit(&made));
    normalise(&made);
    assert_true(fingerprint_is_unit(&made));
    scale(&made, FINGERPRINT_TEXTS - 1, 1.01);
    assert_false(fingerprint_is_unit(&made));
    fingerprint_done(&made);
}

static void test_json(void **state)
{
    (void)state;
    struct fingerprint made = make(), again = {0};
    struct error err;
    struct json *json = fingerprint_to_json(&made);
    assert_int_equal(fingerprint_from_json(&again, WIDTH, json, &err), STATUS_OK);
    assert_memory_equal(again.rows, made.rows,
                        FINGERPRINT_TEXTS * WIDTH * sizeof *made.rows);
    assert_true(again.tokens == made.tokens);
    fingerprint_done(&again);
    assert_int_equal(fingerprint_from_json(&again, WIDTH - 1, json, &err), STATUS_FORMAT);
    assert_int_equal(fingerprint_from_json(&again, WIDTH, NULL, &err), STATUS_FORMAT);
    json_free(json);
    made.rows[5] = NAN;
    json = fingerprint_to_json(&made);
    assert_int_equal(fingerprint_from_json(&again, WIDTH, json, &err), STATUS_FORMAT);
    assert_null(again.rows);
    json_free(json);
    fingerprint_done(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_differ),
        cmocka_unit_test(test_what_differs_is_named),
        cmocka_unit_test(test_unit),
        cmocka_unit_test(test_json),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
