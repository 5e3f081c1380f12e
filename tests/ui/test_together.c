/* What concerns several views: marks, pins, hints. Names are those of the acceptance behaviours. */
#include "tried.h"

#include "folder.h"

static void test_A04_hints_are_those_that_the_view_can_use(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open_demo(&tried, 24, 100);
    workbench_wait(tried.workbench);
    tried_key(&tried, "1");
    assert_null(strstr(tried_row(&tried, -1), "search"));
    assert_null(strstr(tried_row(&tried, -1), "filter"));
    assert_non_null(strstr(tried_row(&tried, -1), "i explain"));
    assert_non_null(strstr(tried_row(&tried, -1), "? help"));
    tried_key(&tried, "2");
    assert_non_null(strstr(tried_row(&tried, -1), "/ search"));
    tried_done(&tried);
}

static void test_A13_the_next_mark_is_found_from_every_view(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open_demo(&tried, 30, 110);
    workbench_wait(tried.workbench);
    tried_keys(&tried, "1 '");
    tried_has(&tried, "nothing is marked yet");
    tried_keys(&tried, "2 m");
    tried_has(&tried, "there is no prompt under the cursor to mark");
    tried_keys(&tried, "3 Down Down m 1 '");
    tried_has(&tried, "[3 Router]");
    tried_has(&tried, "1 marked");
    tried_keys(&tried, "4 m"); /* of the pair whose answers are compared */
    tried_has(&tried, "2 marked");
    tried_keys(&tried, "u");
    tried_has(&tried, "1 marked");
    tried_done(&tried);
}

static void test_A13_marks_are_written_with_ids_and_texts(void **state)
{
    (void)state;
    struct tried tried = {0};
    struct folder folder;
    char line[640], read[4096] = "";
    folder_make(&folder);
    tried_open_demo(&tried, 30, 110);
    tried_run(&tried, "mark 6");
    snprintf(line, sizeof line, "mark --list --out %s", folder_path(&folder, "marks.csv"));
    tried_run(&tried, line);
    workbench_wait(tried.workbench);
    tried_has(&tried, "written to");
    FILE *file = fopen(folder_path(&folder, "marks.csv"), "r");
    assert_non_null(file);
    assert_true(fread(read, 1, sizeof read - 1, file) > 0);
    fclose(file);
    assert_int_equal(strncmp(read, "row,pairs,ids,prompt\n6,11,6.1 6.2", 33), 0);
    assert_non_null(strstr(read, "Explain to me how photosynthesis"));
    tried_done(&tried);
    folder_remove(&folder);
}

static void test_A20_the_overview_compares_with_the_pinned_model(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open_demo(&tried, 32, 120);
    workbench_wait(tried.workbench);
    tried_lacks(&tried, "- pinned");
    tried_run(&tried, "pin");
    tried_keys(&tried, "5 Enter"); /* prunes */
    workbench_wait(tried.workbench);
    tried_key(&tried, "1");
    workbench_wait(tried.workbench);
    tried_has(&tried, "- pinned");
    tried_keys(&tried, "Down i");
    tried_has(&tried, "The pinned model has 0.723");
    tried_keys(&tried, "Esc P");
    workbench_wait(tried.workbench);
    tried_has(&tried, "K=10 mlp");
    tried_done(&tried);
}

static void test_A19_a_router_can_be_taught_contexts(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open_demo(&tried, 32, 110);
    workbench_wait(tried.workbench);
    tried_key(&tried, "4");
    workbench_wait(tried.workbench);
    tried_has(&tried, "router not taught contexts yet: T does");
    tried_key(&tried, "T");
    workbench_wait(tried.workbench);
    tried_lacks(&tried, "not taught contexts");
    tried_key(&tried, "u"); /* the model of before */
    workbench_wait(tried.workbench);
    tried_has(&tried, "not taught contexts");
    tried_done(&tried);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_A04_hints_are_those_that_the_view_can_use),
        cmocka_unit_test(test_A13_the_next_mark_is_found_from_every_view),
        cmocka_unit_test(test_A13_marks_are_written_with_ids_and_texts),
        cmocka_unit_test(test_A20_the_overview_compares_with_the_pinned_model),
        cmocka_unit_test(test_A19_a_router_can_be_taught_contexts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
