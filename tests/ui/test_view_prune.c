/* The view of pruning: the map, the threshold, and what the command prune says of the same. */
#include "screens.h"

#include "ui/view_prune.h"

static void open_prune(struct tried *tried, int rows, int columns)
{
    tried_open_demo(tried, rows, columns);
    workbench_wait(tried->workbench);
    tried_key(tried, "5");
}

static void test_screens(void **state)
{
    (void)state;
    static const int sizes[][2] = {{24, 80}, {60, 200}, {12, 40}};
    static const char *const names[] = {"prune-80x24", "prune-200x60", "prune-40x12"};
    for (size_t i = 0; i < 3; i++) {
        struct tried tried = {0};
        open_prune(&tried, sizes[i][0], sizes[i][1]);
        screen_is(&tried, names[i]);
        tried_done(&tried);
    }
}

static void test_A17_the_threshold_moves(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_prune(&tried, 34, 130);
    tried_has(&tried, "threshold 0.95");
    tried_has(&tried, "7 of 10");
    tried_keys(&tried, "[ [ [");
    tried_has(&tried, "threshold 0.92");
    tried_has(&tried, "[ → set threshold 0.92");
    tried_key(&tried, "Alt-[");
    tried_has(&tried, "threshold 0.82");
    tried_key(&tried, "u");
    tried_has(&tried, "threshold 0.92");
    tried_key(&tried, "Esc");
    tried_has(&tried, "threshold 0.95");
    tried_key(&tried, "{"); /* the next cut, wherever it is */
    tried_has(&tried, "6 of 10");
    tried_key(&tried, "}");
    tried_has(&tried, "7 of 10");
    for (int i = 0; i < 30; i++)
        tried_key(&tried, "Alt-[");
    tried_has(&tried, "threshold -1.00");
    tried_has(&tried, "that is as far as it goes");
    tried_has(&tried, "1 of 10");
    tried_done(&tried);
}

static void test_numbers_are_those_of_the_command(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_prune(&tried, 34, 130);
    tried_run(&tried, "set threshold 0.9");
    tried_run(&tried, "prune --threshold 0.9 --dry-run --json > /dev/null");
    workbench_wait(tried.workbench);
    tried_run(&tried, "context $prune.heads_after");
    workbench_wait(tried.workbench);
    tried_has(&tried, "6 of 10");
    tried_key(&tried, "8");
    tried_has(&tried, "context 6");
    tried_done(&tried);
}

static void test_pruning_and_undo(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_prune(&tried, 34, 130);
    tried_keys(&tried, "[ [ Enter");
    workbench_wait(tried.workbench);
    workbench_update(tried.workbench);
    workbench_wait(tried.workbench);
    tried_has(&tried, "K=6");
    tried_key(&tried, "u");
    workbench_wait(tried.workbench);
    tried_has(&tried, "K=10");
    tried_done(&tried);
}

static void test_the_map_is_explained_and_copied(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_prune(&tried, 34, 130);
    tried_keys(&tried, "Right Right Right i");
    tried_has(&tried, "correlation of h1 and h3");
    tried_has(&tried, "E16");
    tried_keys(&tried, "Esc");
    tried_run(&tried, "cursor prune 'h2 h5'");
    tried_key(&tried, "i");
    tried_has(&tried, "correlation of h2 and h5");
    tried_done(&tried);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screens),
        cmocka_unit_test(test_A17_the_threshold_moves),
        cmocka_unit_test(test_numbers_are_those_of_the_command),
        cmocka_unit_test(test_pruning_and_undo),
        cmocka_unit_test(test_the_map_is_explained_and_copied),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
