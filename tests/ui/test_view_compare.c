/* The view of comparisons: what is at hand, a small comparison run for real, keys and their answers. */
#include "screens.h"

#include "ui/view_compare.h"

/* Small and the same on every machine to the digits that are shown: nothing is trained. */
#define QUICK                                                                              \
    "compare --runs 2 --budget 5 --components 4 --resamples 40 "                           \
    "--methods single,armo-linear,micro,micro-context,em,scratch,best-head"

static void open_compare(struct tried *tried, int rows, int columns)
{
    tried_open_demo(tried, rows, columns);
    workbench_wait(tried->workbench);
    tried_key(tried, "7");
}

static void settle(struct tried *tried)
{
    workbench_wait(tried->workbench);
    workbench_update(tried->workbench);
}

static void run_quick(struct tried *tried)
{
    tried_run(tried, QUICK " > /dev/null");
    settle(tried);
}

static void test_screens(void **state)
{
    (void)state;
    static const int sizes[][2] = {{24, 80}, {60, 200}, {12, 40}, {5, 20}};
    static const char *const names[] = {"compare-80x24", "compare-200x60", "compare-40x12",
                                        "compare-20x5"};
    struct tried tried = {0};
    open_compare(&tried, 24, 80);
    screen_is(&tried, "compare-at-hand-80x24");
    run_quick(&tried);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        workbench_resize(tried.workbench, sizes[i][0], sizes[i][1]);
        workbench_update(tried.workbench);
        screen_is(&tried, names[i]);
    }
    workbench_resize(tried.workbench, 24, 80);
    tried_key(&tried, "o");
    screen_is(&tried, "compare-groups-80x24");
    for (int rows = 1; rows < 8; rows++) {
        workbench_resize(tried.workbench, rows, rows * 3);
        tried_text(&tried);
    }
    tried_done(&tried);
}

static void test_A20_differences_to_any_row(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_compare(&tried, 34, 130);
    tried_has(&tried, "minus model's single");
    tried_keys(&tried, "Down r");
    tried_has(&tried, "r → show compare row model");
    tried_has(&tried, "minus model ");
    tried_key(&tried, "u");
    tried_has(&tried, "minus model's single");
    tried_key(&tried, "R");
    tried_has(&tried, "nothing was compared yet");
    run_quick(&tried);
    tried_has(&tried, "minus single");
    tried_run(&tried, "cursor compare em");
    tried_key(&tried, "r");
    tried_has(&tried, "minus em");
    tried_run(&tried, "cursor compare scratch");
    tried_has(&tried, "of the means alone; R on em compares again");
    tried_run(&tried, "cursor compare em");
    tried_key(&tried, "R");
    settle(&tried);
    tried_keys(&tried, "8 Enter");
    tried_has(&tried, "--methods single,armo-linear,micro,micro-context,em,scratch,"
                      "best-head --reference em");
    tried_keys(&tried, "Esc 7");
    tried_key(&tried, "r"); /* back to the usual one, which is now the same row */
    tried_has(&tried, "minus em");
    tried_run(&tried, "cursor compare scratch");
    tried_lacks(&tried, "of the means alone");
    tried_done(&tried);
}

/* Numbers are those of the command's report. */
static void test_the_table_says_what_the_report_says(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_compare(&tried, 34, 200);
    tried_run(&tried, QUICK);
    settle(&tried);
    const char *at = strstr(tried_text(&tried), "em  ");
    assert_non_null(at);
    char mean[8] = "", *number = strstr(at, " 0.");
    assert_non_null(number);
    snprintf(mean, sizeof mean, "%.5s", number + 1);
    tried_key(&tried, "Esc");
    tried_run(&tried, "filter compare method=em");
    tried_has(&tried, mean);
    tried_has(&tried, "FILTER");
    tried_lacks(&tried, "armo-linear");
    tried_key(&tried, "F");
    tried_has(&tried, "armo-linear");
    tried_done(&tried);
}

static void test_a_row_alone(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_compare(&tried, 34, 200);
    run_quick(&tried);
    tried_run(&tried, "cursor compare scratch");
    tried_key(&tried, "Enter");
    tried_has(&tried, "--methods scratch");
    tried_key(&tried, "Enter");
    settle(&tried);
    tried_has(&tried, "labelled pairs  ");
    tried_key(&tried, "Esc");
    tried_has(&tried, "armo-linear"); /* the rest is still there */
    tried_run(&tried, "cursor compare armo-linear");
    tried_has(&tried, "not applicable: the features have no ratings");
    tried_key(&tried, "r");
    tried_has(&tried, "the features have no ratings");
    tried_run(&tried, "cursor compare model");
    tried_key(&tried, "Enter");
    tried_has(&tried, ":eval");
    tried_done(&tried);
}

static void test_sorted_marked_and_explained(void **state)
{
    (void)state;
    struct tried tried = {0};
    open_compare(&tried, 34, 200);
    run_quick(&tried);
    tried_run(&tried, "sort compare -mean");
    tried_has(&tried, "mean▼");
    tried_run(&tried, "cursor compare 'best-head;mean'");
    tried_has(&tried, "the answers");
    tried_key(&tried, "i");
    tried_has(&tried, "mean of best-head: 0.8");
    tried_has(&tried, "E33 and E11");
    tried_keys(&tried, "Esc");
    tried_run(&tried, "cursor compare \"model's best;mean\"");
    tried_key(&tried, "i");
    tried_has(&tried, "oracle");
    tried_key(&tried, "Esc");
    tried_run(&tried, "cursor compare 'em;difference'");
    tried_key(&tried, "i");
    tried_has(&tried, "less that of single");
    tried_key(&tried, "Esc");
    tried_keys(&tried, "o c c c");
    tried_has(&tried, "c → scale compare difference");
    tried_run(&tried, "scale compare");
    tried_run(&tried, "sort compare humor-and-entertainment,-kind");
    tried_run(&tried, "filter compare humor-and-entertainment>0.6");
    tried_run(&tried, "cursor compare 'em;kind'");
    tried_key(&tried, "o"); /* columns change places under order, filter and cursor */
    tried_has(&tried, "kind▼");
    tried_key(&tried, "i");
    tried_has(&tried, "kind of em: method");
    tried_keys(&tried, "Esc F");
    tried_run(&tried, "cursor compare nobody");
    tried_run(&tried, "search 'micro'");
    tried_has(&tried, "1 of 2");
    tried_done(&tried);
}

static char *read_whole(const char *path)
{
    enum { MOST = 200000 };
    char *text = mem_zero(MOST + 1);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, MOST, file) > 0);
    fclose(file);
    return text;
}

/* A46: files have what is shown; pictures are bars, or a heat table of the attributes. */
static void test_A46_files(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *name, *has, *lacks;
    } files[] = {{"", "bars.svg", "minus single", "humor"},
                 {"o", "heat.svg", "humor", "armo"},
                 {"", "table.csv", "microscope compare", "armo"}};
    struct tried tried = {0};
    char folder[] = "/tmp/compare-XXXXXX", path[64], line[96];
    assert_non_null(mkdtemp(folder));
    open_compare(&tried, 34, 200);
    run_quick(&tried);
    tried_run(&tried, "filter compare mean>0.7");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        tried_keys(&tried, files[i].keys);
        snprintf(path, sizeof path, "%s/%s", folder, files[i].name);
        snprintf(line, sizeof line, "export %s", path);
        tried_run(&tried, line);
        char *text = read_whole(path);
        assert_non_null(strstr(text, files[i].has));
        assert_non_null(strstr(text, "best-head"));
        assert_null(strstr(text, files[i].lacks));
        free(text);
        remove(path);
    }
    remove(folder);
    tried_done(&tried);
}

static void test_odd_states(void **state)
{
    (void)state;
    struct tried tried = {0};
    tried_open(&tried, 24, 80);
    tried_key(&tried, "7");
    tried_has(&tried, "Nothing is open");
    tried_keys(&tried, "Enter r R o Down i");
    tried_done(&tried);

    const char *features[] = {tried_data("demo.features.safetensors")};
    struct error err = {0};
    tried_open(&tried, 24, 80);
    workbench_open(tried.workbench, features, 1, &err);
    settle(&tried);
    tried_key(&tried, "7");
    tried_has(&tried, "There is no model yet, and none is needed");
    tried_run(&tried, "compare --runs 1 --budget 5 --methods scratch --reference scratch "
                      "--resamples 0 > /dev/null");
    settle(&tried);
    tried_has(&tried, "scratch ◆");
    tried_run(&tried, "show compare row nobody");
    tried_run(&tried, "show compare what nonsense");
    tried_run(&tried, "scale compare nonsense");
    tried_has(&tried, "scratch ◆");
    tried_done(&tried);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screens),
        cmocka_unit_test(test_A20_differences_to_any_row),
        cmocka_unit_test(test_the_table_says_what_the_report_says),
        cmocka_unit_test(test_a_row_alone),
        cmocka_unit_test(test_sorted_marked_and_explained),
        cmocka_unit_test(test_A46_files),
        cmocka_unit_test(test_odd_states),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
