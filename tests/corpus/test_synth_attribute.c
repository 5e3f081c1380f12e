#include "near.h"

#include <string.h>

#include "corpus/synth_attribute.h"

static void test_names_and_wordings_are_all_different(void **state)
{
    (void)state;
    enum { N = ATTRIBUTE_COUNT * SYNTH_N_WORDINGS };
    const char *wordings[N];
    for (size_t i = 0; i < N; i++) {
        wordings[i] = synth_attribute_wording((enum synth_attribute)(i / SYNTH_N_WORDINGS),
                                              i % SYNTH_N_WORDINGS);
        assert_non_null(wordings[i]);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(wordings[i], wordings[j]);
    }
    for (size_t a = 0; a < ATTRIBUTE_COUNT; a++)
        for (size_t b = 0; b < a; b++)
            assert_string_not_equal(synth_attribute_name((enum synth_attribute)a),
                                    synth_attribute_name((enum synth_attribute)b));
    assert_true(SYNTH_N_SEEN >= 16 &&
                3 * (SYNTH_N_WORDINGS - SYNTH_N_SEEN) >= SYNTH_N_WORDINGS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_and_wordings_are_all_different),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
