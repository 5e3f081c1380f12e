/* What is asked of the context lab without changing it. */
#include "shipped.h"

#include "session/lab.h"

/* What comes next if the data labels is what comes when it does; and the lab stays where it is. */
static void looks_ahead(void **state)
{
    (void)state;
    struct shipped shipped;
    shipped_open(&shipped);
    struct error err = {0};
    struct lab *lab = lab_create(shipped.features, shipped.model, NULL, &err);
    assert_string_equal(err.message, "");
    struct lab_settings settings = lab_settings_make();
    uint32_t ahead[10], pair;
    settings.attribute = 1;
    lab_settings_set_context(&settings, "keep it short");
    assert_int_equal(lab_set(lab, &settings, &err), STATUS_OK);
    assert_int_equal(lab_ahead(lab, 5, ahead), 5);
    assert_int_equal(lab_figures(lab).n_labels, 0);
    for (size_t i = 0; i < 5; i++) {
        assert_true(lab_next(lab, &pair));
        assert_int_equal(pair, ahead[i]);
        lab_settings_add_label(&settings, (struct lab_label){.pair = pair});
        assert_int_equal(lab_set(lab, &settings, &err), STATUS_OK);
    }
    assert_int_equal(lab_figures(lab).n_labels, 5);
    settings.pool = 7;
    settings.n_labels = 0;
    assert_int_equal(lab_set(lab, &settings, &err), STATUS_OK);
    assert_int_equal(lab_ahead(lab, 10, ahead), 7);
    lab_settings_done(&settings);
    lab_free(lab);
    shipped_done(&shipped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(looks_ahead)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
