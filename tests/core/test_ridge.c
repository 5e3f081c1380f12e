/* Ridge regression: the reference, and that the minimum is one. */
#include "given.h"
#include "reference.h"

#include "core/linalg.h"
#include "core/ridge.h"

enum { ROWS = 96, WIDTH = 12 };

static float label_of(const struct features *features, size_t row, size_t a)
{
    float label;
    dtype_widen(&label, rows_at(&features->labels, row, a), features->labels.dtype, 1);
    return label;
}

static void test_reference(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        double alpha;
    } cases[] = {{"0.0001", 1e-4}, {"1.0", 1}, {"100.0", 100}};
    struct features features;
    struct json *expected = reference_open();
    struct team *team = team_create(1);
    struct error err = {0};
    open_reference(&features, "ratings.safetensors");
    for (size_t a = 0; a < 3; a++) {
        uint32_t which[ROWS];
        double target[ROWS], w[WIDTH], want[3 * WIDTH];
        struct gram_rows rows = {&features.chosen, which, 0};
        struct ridge ridge;
        for (uint32_t i = 0; i < ROWS; i++)
            if (!isnan(label_of(&features, i, a))) {
                which[rows.n] = i;
                target[rows.n++] = (double)label_of(&features, i, a);
            }
        assert_true(rows.n > WIDTH);
        assert_int_equal(ridge_make(&ridge, &rows, target, 1, team, NULL, &err), STATUS_OK);
        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
            char path[64];
            snprintf(path, sizeof path, "armo_ridge/%s", cases[c].key);
            reference_values(reference_get(expected, path), want);
            assert_int_equal(ridge_solve(&ridge, cases[c].alpha, w, &err), STATUS_OK);
            for (size_t d = 0; d < WIDTH; d++)
                assert_near(w[d], want[a * WIDTH + d], 1e-5, 1e-6);
        }
        ridge_done(&ridge);
    }
    team_free(team);
    features_done(&features);
    json_free(expected);
}

/* Two targets at once, and others for the same rows; 0 = X'(y - Xw) - alpha w. */
static void test_normal_equations(void **state)
{
    (void)state;
    struct features features;
    struct team *team = team_create(2);
    struct error err = {0};
    struct ridge ridge;
    uint32_t which[ROWS];
    double target[2 * ROWS], w[2 * WIDTH], missed[2];
    open_reference(&features, "ratings.safetensors");
    for (uint32_t i = 0; i < ROWS; i++) {
        which[i] = i;
        target[2 * i] = sin(i);
        target[2 * i + 1] = i % 3;
    }
    struct gram_rows rows = {&features.chosen, which, ROWS};
    assert_int_equal(ridge_make(&ridge, &rows, target, 2, team, NULL, &err), STATUS_OK);
    for (int again = 0; again < 2; again++) {
        double gradient[2 * WIDTH], squares[2] = {0};
        assert_int_equal(ridge_solve(&ridge, 0.7, w, &err), STATUS_OK);
        for (size_t i = 0; i < 2 * WIDTH; i++)
            gradient[i] = -0.7 * w[i];
        for (size_t i = 0; i < ROWS; i++) {
            float x[WIDTH];
            dtype_widen(x, rows_at(&features.chosen, i, 0), features.chosen.dtype, WIDTH);
            for (size_t t = 0; t < 2; t++) {
                double off = target[2 * i + t];
                for (size_t d = 0; d < WIDTH; d++)
                    off -= w[t * WIDTH + d] * (double)x[d];
                squares[t] += off * off / ROWS;
                for (size_t d = 0; d < WIDTH; d++)
                    gradient[t * WIDTH + d] += off * (double)x[d];
            }
        }
        for (size_t i = 0; i < 2 * WIDTH; i++)
            assert_near(gradient[i], 0, 0, 1e-3);
        ridge_errors(&rows, target, 2, w, missed);
        assert_near(missed[0], squares[0], 1e-9, 0);
        assert_near(missed[1], squares[1], 1e-9, 0);
        for (size_t i = 0; i < 2 * ROWS; i++)
            target[i] = cos((double)i);
        ridge_retarget(&ridge, &rows, target);
    }
    ridge_done(&ridge);
    team_free(team);
    features_done(&features);
}

/* One row says nothing of eleven directions; without a penalty there is no answer. */
static void test_too_small(void **state)
{
    (void)state;
    struct features features;
    struct team *team = team_create(1);
    struct error err = {0};
    struct ridge ridge;
    const uint32_t which[] = {0};
    double target[] = {1}, w[WIDTH];
    open_reference(&features, "ratings.safetensors");
    struct gram_rows rows = {&features.chosen, which, 1};
    assert_int_equal(ridge_make(&ridge, &rows, target, 1, team, NULL, &err), STATUS_OK);
    assert_int_equal(ridge_solve(&ridge, -1, w, &err), STATUS_NUMERIC);
    assert_int_equal(ridge_solve(&ridge, 1, w, &err), STATUS_OK);
    ridge_done(&ridge);
    team_free(team);
    features_done(&features);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_normal_equations),
        cmocka_unit_test(test_too_small),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
