/* PAL-A, linear: people of two kinds get two blends, and a new one is told by some labels. */
#include "people.h"

#include "base/vector.h"
#include "core/linalg.h"
#include "core/pal.h"

enum { N = 1500, D = PEOPLE_WIDTH, K = 2, LABELS = 20 };

static double accuracy(const struct people *people, const struct pal *pal, int sign)
{
    float margin[LABELS * K];
    double weights[K];
    size_t n = 0, right = 0, asked = 0;
    for (size_t i = 0; i < N; i++) {
        const float *row = contrasts_row(&people->contrasts, i);
        if (people_sign(people->person[i]) != sign)
            continue;
        if (n < LABELS) {
            for (size_t k = 0; k < K; k++)
                margin[n * K + k] = (float)vector_dot(pal->prototypes + k * D, row, D);
            if (++n == LABELS)
                pal_adapt(margin, n, K, weights);
            continue;
        }
        double lead = 0;
        for (size_t k = 0; k < K; k++)
            lead += weights[k] * vector_dot(pal->prototypes + k * D, row, D);
        right += lead > 0;
        asked++;
    }
    assert_near(weights[0] + weights[1], 1, 1e-9, 0);
    return (double)right / (double)asked;
}

static void test_tells_people_apart(void **state)
{
    (void)state;
    struct people people, others;
    struct pal pal, again;
    struct error err = {0};
    people_init(&people, N, 2);
    people_init(&others, N, 77);
    struct pal_options options = pal_defaults(K, 4);
    assert_int_equal(
        pal_fit(&pal, &people.contrasts, people.person, PEOPLE, &options, &err), STATUS_OK);
    assert_int_equal(
        pal_fit(&again, &people.contrasts, people.person, PEOPLE, &options, &err),
        STATUS_OK);
    assert_memory_equal(pal.prototypes, again.prototypes, K * D * sizeof(float));
    double lovers = accuracy(&others, &pal, 1), haters = accuracy(&others, &pal, -1);
    print_message("# %.3f and %.3f\n", lovers, haters);
    assert_true(lovers > 0.75 && haters > 0.75); /* one reward for all: 0.5 to 0.6 */
    pal_done(&pal);
    pal_done(&again);
    people_done(&people);
    people_done(&others);
}

static void test_ends(void **state)
{
    (void)state;
    struct people people;
    struct pal pal;
    struct error err = {0};
    double weights[K];
    pal_adapt(NULL, 0, K, weights);
    assert_near(weights[0], 0.5, 0, 0);
    people_init(&people, 50, 2);
    struct pal_options options = pal_defaults(K, 4);
    struct cancel cancel;
    atomic_init(&cancel.asked, true);
    options.cancel = &cancel;
    assert_int_equal(
        pal_fit(&pal, &people.contrasts, people.person, PEOPLE, &options, &err),
        STATUS_CANCELLED);
    options.cancel = NULL;
    people.contrasts.rows[0] = NAN;
    assert_int_equal(
        pal_fit(&pal, &people.contrasts, people.person, PEOPLE, &options, &err),
        STATUS_NUMERIC);
    for (size_t i = 0; i < 50; i++)
        people.person[i] = -1;
    assert_int_equal(
        pal_fit(&pal, &people.contrasts, people.person, PEOPLE, &options, &err),
        STATUS_SHAPE);
    people_done(&people);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tells_people_apart),
        cmocka_unit_test(test_ends),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
