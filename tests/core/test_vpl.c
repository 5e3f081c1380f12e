/* VPL, linear: who labelled some pairs moves the reward the way that one wants it. */
#include "people.h"

#include "base/vector.h"
#include "core/linalg.h"
#include "core/vpl.h"

enum { N = 1500, D = PEOPLE_WIDTH, LABELS = 20 };

static double accuracy(const struct people *people, const struct vpl *vpl, int sign)
{
    float rows[LABELS * D], direction[D];
    size_t n = 0, right = 0, asked = 0;
    for (size_t i = 0; i < N; i++) {
        const float *row = contrasts_row(&people->contrasts, i);
        if (people_sign(people->person[i]) != sign)
            continue;
        if (n < LABELS) {
            for (size_t d = 0; d < D; d++)
                rows[n * D + d] = row[d];
            struct contrasts labels = {++n, D, rows};
            vpl_direction(vpl, &labels, direction);
            continue;
        }
        right += vector_dot(direction, row, D) > 0;
        asked++;
    }
    return (double)right / (double)asked;
}

static void test_tells_people_apart(void **state)
{
    (void)state;
    struct people people, others;
    struct vpl vpl, again;
    struct error err = {0};
    people_init(&people, N, 2);
    people_init(&others, N, 77);
    struct vpl_options options = vpl_defaults(LABELS, 4);
    options.learning_rate = 1e-2;
    assert_int_equal(
        vpl_fit(&vpl, &people.contrasts, people.person, PEOPLE, &options, &err), STATUS_OK);
    assert_int_equal(
        vpl_fit(&again, &people.contrasts, people.person, PEOPLE, &options, &err),
        STATUS_OK);
    assert_memory_equal(vpl.block, again.block, D * sizeof(float));
    double lovers = accuracy(&others, &vpl, 1), haters = accuracy(&others, &vpl, -1);
    print_message("# %.3f and %.3f\n", lovers, haters);
    assert_true(lovers > 0.8 && haters > 0.8);
    /* Nobody: the reward that all share, which knows of the second number alone. */
    float shared[D];
    vpl_direction(&vpl, &(struct contrasts){0, D, NULL}, shared);
    assert_memory_equal(shared, vpl.block, sizeof shared);
    vpl_done(&vpl);
    vpl_done(&again);
    people_done(&people);
    people_done(&others);
}

static void test_refuses(void **state)
{
    (void)state;
    struct people people;
    struct vpl vpl;
    struct error err = {0};
    struct cancel cancel;
    people_init(&people, PEOPLE, 2);
    struct vpl_options options = vpl_defaults(8, 4);
    for (size_t i = 0; i < PEOPLE; i++)
        people.person[i] = (int32_t)i;
    assert_int_equal(
        vpl_fit(&vpl, &people.contrasts, people.person, PEOPLE, &options, &err),
        STATUS_SHAPE);
    people.person[1] = 0;
    atomic_init(&cancel.asked, true);
    options.cancel = &cancel;
    assert_int_equal(
        vpl_fit(&vpl, &people.contrasts, people.person, PEOPLE, &options, &err),
        STATUS_CANCELLED);
    options.cancel = NULL;
    people.contrasts.rows[0] = INFINITY;
    assert_int_equal(
        vpl_fit(&vpl, &people.contrasts, people.person, PEOPLE, &options, &err),
        STATUS_NUMERIC);
    people_done(&people);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tells_people_apart),
        cmocka_unit_test(test_refuses),
    };
    linalg_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
