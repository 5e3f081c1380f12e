/* The view of ablations: a small one run for real, its curves, keys and their answers. */
#include "screens.h"

#include <time.h>

#include "command/call.h"
#include "ui/view_ablate.h"

#define SMALL "ablate heads --from 1 --to 3 --seeds 2 --epochs 2 --budget 0 --threads 1"

static void open_ablate(struct tried *tried, int rows, int columns)
{
    tried_open_demo(tried, rows, columns);
    workbench_wait(tried->workbench);
    tried_key(tried, "6");
}

static void settle(struct tried *tried)
{
    workbench_wait(tried->workbench);
    workbench_update(tried->workbench);
}

static void run_small(struct tried *tried)
{
    tried_run(tried, SMALL " > /dev/null");
    settle(tried);
}

/* ---- screens of figures that no machine's rounding moves ---- */

/* What an ablation shows of a cluster's work: the last value is still being trained. */
static enum status show_figures(struct call *call, struct error *err)
{
    static const double heads[] = {1, 2, 4, 8, 16}, mixture[] = {.62, .68, .71, .722, NAN};
    (void)err;
    struct table *table = table_create("ablation", "by value; means over seeds");
    table_column(table, "heads", COLUMN_COUNT, 0, NULL);
    table_column(table, "oracle", COLUMN_SHARE, 3, NULL);
    table_title(table, "best head (oracle)");
    table_column(table, "oracle_interval", COLUMN_INTERVAL, 3, NULL);
    table_title(table, "95 %");
    table_column(table, "mixture", COLUMN_SHARE, 3, NULL);
    table_column(table, "mixture_interval", COLUMN_INTERVAL, 3, NULL);
    table_title(table, "95 %");
    table_column(table, "nll", COLUMN_REAL, 3, "nats");
    table_column(table, "holdout_nll", COLUMN_REAL, 4, "nats");
    for (size_t i = 0; i < 5; i++) {
        table_row(table);
        table_number(table, heads[i]);
        table_number(table, 1.2 * mixture[i]);
        table_interval(table, 1.2 * mixture[i] - .02, 1.2 * mixture[i] + .03);
        table_number(table, mixture[i]);
        table_interval(table, mixture[i] - .01, mixture[i] + .01);
        table_number(table, 1 - mixture[i] / 2);
        table_number(table, .7 - .01 * heads[i] / 2);
    }
    call_show(call, table);
    return STATUS_OK;
}

static const struct command figures = {
    .name = "ablate", .group = "model", .help = "figures of a test", .run = show_figures};

static void open_figures(struct tried *tried)
{
    enum { MOST = 128 };
    static const struct command *table[MOST];
    size_t n = 0;
    for (; command_table[n] && n + 1 < MOST; n++)
        table[n] =
            strcmp(command_table[n]->name, "ablate") == 0 ? &figures : command_table[n];
    tried->table = table;
    open_ablate(tried, 24, 80);
    screen_is(tried, "ablate-nothing-80x24");
    tried_run(tried, "ablate");
    settle(tried);
}

static void test_screens(void **state)
{
    (void)state;
    static const int sizes[][2] = {{24, 80}, {60, 200}, {12, 40}, {5, 20}};
    static const char *const names[] = {"ablate-80x24", "ablate-200x60", "ablate-40x12",
                                        "ablate-20x5"};
    struct tried tried = {0};
    open_figures(&tried);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        workbench_resize(tried.workbench, sizes[i][0], sizes[i][1]);
        workbench_update(tried.workbench);
        screen_is(&tried, names[i]);
    }
    workbench_resize(tried.workbench, 24, 80);
    tried_keys(&tried, "\\ }");
    screen_is(&tried, "ablate-log-80x24");
    tried_keys(&tried, "o } } }");
    screen_is(&tried, "ablate-loss-80x24");
    for (int rows = 1; rows < 8; rows++) {
        workbench_resize(tried.workbench, rows, rows * 3);
        tried_text(&tried);
    }
    tried_done(&tried);
}

static void test_A18_the_cursor_reads_values(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_ablate(&tried, 34, 130);
    run_small(&tried);
    tried_has(&tried, "accuracy against heads");
    tried_has(&tried, "heads 1  o");
    tried_key(&tried, "}");
    tried_has(&tried, "heads 2  o");
    tried_keys(&tried, "} }");
    tried_has(&tried, "heads 3  o");
    tried_key(&tried, "{");
    tried_has(&tried, "heads 2  o");
    tried_key(&tried, "\\");
    tried_has(&tried, "\\ → scale ablate log");
    tried_key(&tried, "o");
    tried_has(&tried, "loss against heads");
    tried_has(&tried, "nll");
    tried_key(&tried, "u");
    tried_has(&tried, "accuracy against heads");
    tried_run(&tried, "cursor ablate 3");
    tried_has(&tried, "heads 3  o");
    tried_run(&tried, "cursor ablate nonsense");
    tried_run(&tried, "cursor ablate 99");
    tried_has(&tried, "heads 3  o");
    tried_done(&tried);
}

static void test_sorted_filtered_and_explained(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_ablate(&tried, 34, 130);
    run_small(&tried);
    tried_run(&tried, "sort ablate -heads");
    tried_has(&tried, "heads▼");
    tried_run(&tried, "filter ablate heads>1");
    tried_has(&tried, "FILTER");
    tried_keys(&tried, "Right i");
    tried_has(&tried, "chosen on these very pairs");
    tried_key(&tried, "Esc");
    tried_key(&tried, "F");
    tried_run(&tried, "cursor ablate 2");
    tried_key(&tried, "Enter");
    settle(&tried);
    tried_key(&tried, "Esc");
    tried_has(&tried, "K=2");
    tried_done(&tried);
}

/* While models are trained their loss on the hold-out grows a curve; figures that are not there yet
 * leave gaps. */
static void test_half_of_it(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_ablate(&tried, 34, 130);
    tried_run(&tried, "ablate heads --from 2 --to 3 --seeds 2 --epochs 500 --budget 0 "
                      "--patience 0 > /dev/null");
    for (int i = 0; i < 400 && !strstr(tried_text(&tried), "loss against heads"); i++) {
        nanosleep(&(struct timespec){0, 10000000}, NULL);
        workbench_update(tried.workbench);
    }
    tried_has(&tried, "loss against heads");
    tried_has(&tried, "at work");
    tried_lacks(&tried, "best head"); /* of which nothing is known yet */
    tried_run(&tried, "sort ablate -heads");
    tried_keys(&tried, "} } { \\ o Right Right i Esc x");
    settle(&tried);
    tried_lacks(&tried, "at work");
    tried_has(&tried, "heads 3  o");
    tried_done(&tried);
}

static void test_odd_states(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open(&tried, 24, 80);
    tried_key(&tried, "6");
    tried_has(&tried, "Nothing is open");
    tried_keys(&tried, "Enter { } o \\ Down i y");
    tried_run(&tried, "cursor ablate 1");
    tried_done(&tried);

    open_ablate(&tried, 34, 130);
    tried_run(&tried, "ablate heads 2 --seeds 1 --epochs 1 --budget 0 > /dev/null");
    settle(&tried);
    tried_has(&tried, "heads 2  o"); /* one value, no interval */
    tried_run(&tried, "ablate alpha 0,0.5 --seeds 1 --heads 2 --epochs 1 --budget 0 "
                      "> /dev/null");
    settle(&tried);
    tried_has(&tried, "accuracy against alpha");
    tried_key(&tried, "\\"); /* 0 has no logarithm */
    tried_has(&tried, "alpha 0");
    tried_done(&tried);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screens),
        cmocka_unit_test(test_A18_the_cursor_reads_values),
        cmocka_unit_test(test_sorted_filtered_and_explained),
        cmocka_unit_test(test_half_of_it),
        cmocka_unit_test(test_odd_states),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
