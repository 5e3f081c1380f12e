#include "near.h"

#include <stdlib.h>
#include <string.h>

#include "encode/standard.h"
#include "io/json.h"

enum { WIDTH = 5, ROWS = 4 };
static const enum scaling scaling[WIDTH] = {SCALING_CENTRED, SCALING_CENTRED,
                                            SCALING_PRESENT, SCALING_PRESENT, SCALING_NONE};
static const float rows[ROWS][WIDTH] = {
    {1, 7, 0, 0, 0.5f},
    {3, 7, 2, 0, 1},
    {5, 7, 0, 0, 2},
    {7, 7, -4, 0, 9},
};

static void test_statistics(void **state)
{
    (void)state;
    struct standard standard = {0};
    assert_int_equal(standard_fit(&standard, scaling, WIDTH, rows[0], NULL, ROWS, NULL),
                     STATUS_OK);
    float got[ROWS][WIDTH];
    memcpy(got, rows, sizeof got);
    standard_apply(&standard, got[0], ROWS);
    const double deviation = sqrt(5), size = sqrt((4.0 + 16) / 2); /* of two rows with it */
    for (size_t i = 0; i < ROWS; i++) {
        assert_near((double)got[i][0], (2 * (double)i - 3) / deviation, 1e-6, 0);
        assert_near((double)got[i][1], 0, 0, 0);
        assert_near((double)got[i][2], (double)rows[i][2] / size, 1e-6, 0);
        assert_near((double)got[i][3], 0, 0, 0);
        assert_near((double)got[i][4], (double)rows[i][4], 0, 0);
    }
    standard_done(&standard);
}

static void test_only_the_rows_named_count(void **state)
{
    (void)state;
    struct standard standard = {0};
    const uint32_t which[] = {3, 1};
    standard_fit(&standard, scaling, WIDTH, rows[0], which, 2, NULL);
    assert_near((double)standard.mean[0], 5, 0, 0);
    assert_near((double)standard.scale[0], 0.5, 1e-7, 0);
    standard_done(&standard);
}

static void test_outliers_are_clipped(void **state)
{
    (void)state;
    struct standard standard = {0};
    standard_fit(&standard, scaling, WIDTH, rows[0], NULL, ROWS, NULL);
    float row[2][WIDTH] = {{1e9f, 0, 1e9f, 0, 0}, {-1e9f, 0, -1e9f, 0, 0}};
    standard_apply(&standard, row[0], 2);
    assert_true(row[0][0] == 6 && row[0][2] == 6 && row[1][0] == -6 && row[1][2] == -6);
    standard_done(&standard);
}

static void test_refusals_leave_it_alone(void **state)
{
    (void)state;
    struct standard standard = {0};
    struct error err = {0};
    assert_int_equal(standard_fit(&standard, scaling, WIDTH, rows[0], NULL, 0, &err),
                     STATUS_SHAPE);
    float bad[2][WIDTH] = {{0}, {0, 0, 0, NAN, 0}};
    assert_int_equal(standard_fit(&standard, scaling, WIDTH, bad[0], NULL, 2, &err),
                     STATUS_NUMERIC);
    assert_non_null(strstr(err.message, "feature 3 of row 1"));
    assert_null(standard.mean);
    float row[WIDTH] = {3, 1, 4, 1, 5}, same[WIDTH] = {3, 1, 4, 1, 5};
    standard_apply(&standard, row, 1);
    assert_memory_equal(row, same, sizeof row);
}

static void test_json_round_trip(void **state)
{
    (void)state;
    struct standard standard = {0}, again = {0};
    standard_fit(&standard, scaling, WIDTH, rows[0], NULL, ROWS - 1, NULL);
    struct json *json = standard_to_json(&standard);
    char *text = json_write(json, false);
    struct json *parsed = json_parse(text, strlen(text), NULL);
    assert_int_equal(standard_from_json(&again, WIDTH, parsed, NULL), STATUS_OK);
    assert_memory_equal(standard.mean, again.mean, WIDTH * sizeof(float));
    assert_memory_equal(standard.scale, again.scale, WIDTH * sizeof(float));
    json_free(json);
    json_free(parsed);
    free(text);
    standard_done(&standard);
    standard_done(&again);
}

static void test_wrong_json(void **state)
{
    (void)state;
    const struct {
        const char *json, *message;
    } cases[] = {
        {"{}", "'mean'"},
        {"{\"mean\": [1, 2]}", "'scale'"},
        {"{\"mean\": [1, 2], \"scale\": [1]}", "list of 2 numbers"},
        {"{\"mean\": [1, \"2\"], \"scale\": [1, 1]}", "number 1 of 'mean'"},
        {"{\"mean\": [1, 2], \"scale\": [1, 1e300]}", "number 1 of 'scale'"},
        {"{\"mean\": [1, 2], \"scale\": [null, 1]}", "number 0 of 'scale'"},
        {"{\"mean\": 3, \"scale\": [1, 1]}", "'mean'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct standard standard = {0};
        struct error err = {0};
        struct json *json = json_parse(cases[i].json, strlen(cases[i].json), NULL);
        assert_int_equal(standard_from_json(&standard, 2, json, &err), STATUS_FORMAT);
        assert_non_null(strstr(err.message, cases[i].message));
        assert_null(standard.mean);
        json_free(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statistics),
        cmocka_unit_test(test_only_the_rows_named_count),
        cmocka_unit_test(test_outliers_are_clipped),
        cmocka_unit_test(test_refusals_leave_it_alone),
        cmocka_unit_test(test_json_round_trip),
        cmocka_unit_test(test_wrong_json),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
